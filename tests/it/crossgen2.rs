//! What crossgen2 11.0.0, the compiler of the released .NET 11.0.0, makes of the same input: bodies of thunks, keys and
//! wasm types of methods, and an image that it wrote.

use std::collections::BTreeMap;

use clr_wasm_abi::{FunctionType, Scalar, TargetOs};
use thunkgen_core::RuntimeVersion;
use thunkgen_core::collect::{Options, extra_signatures};
use thunkgen_core::runtime_version::FormatVersion;
use thunkgen_diagnostics::Diagnostics;
use thunkgen_r2r::emit::image_format::{image_format, like};
use thunkgen_r2r::emit::{Identity, Thunk, image, thunk};
use thunkgen_r2r::ready_to_run;
use thunkgen_tests::data::{crate_dir, crate_file, sets, unpacked};
use thunkgen_tests::tool::Files;
use wasmparser::{Operator, Parser, Payload, TypeRef};

const FIXTURES: &str = "fixtures/crossgen2-11.0.0";

fn fixture(name: &str) -> Vec<u8> {
    let path = crate_dir().join(FIXTURES).join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Keys with the wasm type and the body that the compiler gives their thunks.
fn bodies() -> BTreeMap<String, (String, String)> {
    let text = crate_file(&format!("{FIXTURES}/thunk-bodies.tsv"));
    let row = |line: &str| {
        let columns: Vec<&str> = line.split('\t').collect();
        let [key, of_type, body] = columns[..] else { panic!("{line}") };
        (key.to_owned(), (of_type.to_owned(), body.to_owned()))
    };
    text.lines().map(row).collect()
}

fn image_of<'k>(keys: impl IntoIterator<Item = &'k String>) -> Vec<u8> {
    let thunks: Vec<Thunk> = keys.into_iter().map(|key| thunk(&key.parse().unwrap()).unwrap()).collect();
    image(&thunks, &Identity::new("Thunks".parse().unwrap())).unwrap()
}

#[test]
fn every_body_is_the_compilers() {
    let expected = bodies();
    assert_eq!(expected.len(), 232);
    let found = functions(&image_of(expected.keys()));
    for ((key, expected), found) in expected.iter().zip(&found) {
        assert_eq!(found, expected, "{key}");
    }
    // The other reading is right about the compiler's own image, whose keys are exports too.
    let compiled = fixture("k.wasm");
    let file = ready_to_run::open(&compiled).unwrap();
    let thunks = file.thunks().unwrap();
    let functions = functions(&compiled);
    let keys: Vec<String> = thunks.iter().map(|thunk| thunk.key.to_owned()).collect();
    let ours = self::functions(&image_of(&keys));
    assert_eq!(thunks.len(), 33);
    for (thunk, ours) in thunks.iter().zip(ours) {
        let index = thunk.function.as_ref().expect("a function").index as usize;
        assert_eq!(functions[index], ours, "{}", thunk.key);
    }
}

/// Type and body of every function of an image, in the normal form of the fixture: `local.set x; local.get x` is
/// `tee x`, adding 0 is left out, and alignment hints and the place of the helper's cell do not count.
fn functions(wasm: &[u8]) -> Vec<(String, String)> {
    let (mut types, mut functions, mut globals) = (Vec::new(), Vec::new(), Vec::new());
    let mut found = Vec::new();
    for payload in Parser::new(0).parse_all(wasm) {
        match payload.expect("a section") {
            Payload::TypeSection(section) => {
                types.extend(section.into_iter_err_on_gc_types().map(|of_type| of_type.expect("a type")));
            }
            Payload::ImportSection(section) => {
                for import in section {
                    let import = import.expect("an import");
                    if let TypeRef::Global(_) = import.ty {
                        globals.push(import.name);
                    }
                }
            }
            Payload::FunctionSection(section) => {
                functions.extend(section.into_iter().map(|index| index.expect("a type")))
            }
            Payload::CodeSectionEntry(body) => {
                let of_type = &types[functions[found.len()] as usize];
                let names = |types: &[wasmparser::ValType]| {
                    types.iter().map(|of| format!("{of}")).collect::<Vec<_>>().join(",")
                };
                let shown = format!("{}>{}", names(of_type.params()), names(of_type.results()));
                found.push((shown, normal(&body, &types, &globals)));
            }
            _ => {}
        }
    }
    found
}

fn normal(body: &wasmparser::FunctionBody<'_>, types: &[wasmparser::FuncType], globals: &[&str]) -> String {
    let quoted = |of: &[wasmparser::ValType]| {
        format!("[{}]", of.iter().map(|of| format!("\"{of}\"")).collect::<Vec<_>>().join(", "))
    };
    let locals: Vec<_> = body
        .get_locals_reader()
        .expect("locals")
        .into_iter()
        .flat_map(|group| group.map(|(count, of)| vec![of; count as usize]).expect("a group"))
        .collect();
    let mut lines = vec![format!("locals {}", quoted(&locals))];
    let global = |index: u32| match globals.get(index as usize).copied().unwrap_or("own") {
        "stackPointer" => "SP",
        "imageBase" => "IB",
        other => other,
    };
    for operator in body.get_operators_reader().expect("operators") {
        let line = match operator.expect("an operator") {
            Operator::LocalGet { local_index } if lines.last() == Some(&format!("set {local_index}")) => {
                lines.pop();
                format!("tee {local_index}")
            }
            Operator::I32Add if lines.last().is_some_and(|last| last == "i32 0") => {
                lines.pop();
                continue;
            }
            Operator::LocalGet { local_index } => format!("get {local_index}"),
            Operator::LocalSet { local_index } => format!("set {local_index}"),
            Operator::LocalTee { local_index } => format!("tee {local_index}"),
            Operator::GlobalGet { global_index } => format!("gget {}", global(global_index)),
            Operator::GlobalSet { global_index } => format!("gset {}", global(global_index)),
            Operator::I32Const { value } => format!("i32 {value}"),
            Operator::I64Const { value } => format!("i64 {value}"),
            Operator::I32Add => "add".to_owned(),
            Operator::I32Sub => "sub".to_owned(),
            Operator::I32Load { .. } if lines.last().is_some_and(|last| last == "gget IB") => {
                "i32.load CELL".to_owned()
            }
            Operator::I32Load { memarg } => format!("i32.load {}", memarg.offset),
            Operator::I64Load { memarg } => format!("i64.load {}", memarg.offset),
            Operator::F32Load { memarg } => format!("f32.load {}", memarg.offset),
            Operator::F64Load { memarg } => format!("f64.load {}", memarg.offset),
            Operator::V128Load { memarg } => format!("v128.load {}", memarg.offset),
            Operator::I32Store { memarg } => format!("i32.store {}", memarg.offset),
            Operator::I64Store { memarg } => format!("i64.store {}", memarg.offset),
            Operator::F32Store { memarg } => format!("f32.store {}", memarg.offset),
            Operator::F64Store { memarg } => format!("f64.store {}", memarg.offset),
            Operator::V128Store { memarg } => format!("v128.store {}", memarg.offset),
            Operator::MemoryCopy { dst_mem: 0, src_mem: 0 } => "memcopy".to_owned(),
            Operator::MemoryFill { mem: 0 } => "memfill".to_owned(),
            Operator::CallIndirect { type_index, table_index: 0 } => {
                let of_type = &types[type_index as usize];
                format!("calli [{}, {}]", quoted(of_type.params()), quoted(of_type.results()))
            }
            Operator::End => "end".to_owned(),
            other => format!("{other:?}"),
        };
        lines.push(line);
    }
    lines.join("; ")
}

/// The declaration of a row. Of a runtime-async method in shared code, the row does not say that it has a generic context.
fn declaration(row: &[&str]) -> String {
    let [_, _, declaration, method] = row else { panic!("{row:?}") };
    let mut depth = 0;
    let path = method.split('(').next().unwrap_or_default();
    let dot = path.char_indices().rev().find(|(_, c)| {
        depth += i32::from(*c == '>') - i32::from(*c == '<');
        *c == '.' && depth == 0
    });
    let (owner, name) = path.split_at(dot.map_or(0, |(at, _)| at));
    let is_shared = |part: &str| part.contains("__Canon");
    // The generic structs and the interface of these sources; classes find it by their object.
    let needs_it = ["GS`1", "GNS`1", "IDef`1"].iter().any(|of_type| owner.starts_with(of_type));
    let needs_it = needs_it || name.contains('<') || method.contains(" static");
    let has_context = is_shared(name) || (is_shared(owner) && needs_it);
    match declaration.strip_prefix("managed async ") {
        Some(rest) if has_context => format!("managed generic async {rest}"),
        _ => (*declaration).to_owned(),
    }
}

#[test]
#[ignore = "needs the real sets"]
fn every_key_and_wasm_type_is_the_compilers() {
    let mut files = Files::read_folder(&sets().join("net10"));
    for name in ["oracle", "oracle2", "oracle_async"] {
        files.add(&format!("{name}.dll"), unpacked(&format!("{FIXTURES}/{name}.dll.gz")));
    }
    let text = String::from_utf8(unpacked(&format!("{FIXTURES}/lowering.tsv.gz"))).expect("UTF-8");
    let rows: Vec<Vec<&str>> = text.lines().map(|line| line.split('\t').collect()).collect();
    assert_eq!(rows.len(), 3806);
    let lines: String = rows.iter().map(|row| format!("{} # row\n", declaration(row))).collect();
    let mut diagnostics = Diagnostics::default();
    let mut extra_signatures = Vec::new();
    extra_signatures::read("rows", &lines, &mut extra_signatures, &mut diagnostics);
    let problems: Vec<String> = diagnostics.into_sorted().iter().map(ToString::to_string).collect();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    let options = Options { extra_signatures, ..Options::new(TargetOs::Browser) };
    let ir = files.collect_with(&options).unwrap_or_else(|errors| panic!("{}", errors.join("\n")));
    let mut found = BTreeMap::new();
    for (key, entry) in &ir.keys {
        for reason in &entry.reasons {
            if let Some(line) = reason.assembly.strip_prefix("rows(").and_then(|rest| rest.strip_suffix(')')) {
                found.insert(line.parse::<usize>().expect("a line"), (key, &entry.signature));
            }
        }
    }
    let mut wrong = Vec::new();
    for (row, line) in rows.iter().zip(1..) {
        let expected = (row[0].to_owned(), row[1].to_owned());
        let Some((key, signature)) = found.get(&line) else {
            wrong.push(format!("{}: no key, expected {expected:?}", row[2]));
            continue;
        };
        let of_type = FunctionType::of(signature);
        let names = |types: &[Scalar]| types.iter().map(|of| of.wasm_name()).collect::<Vec<_>>().join(" ");
        let shown = format!("{} -> {}", names(&of_type.params), names(of_type.result.as_slice()));
        if ((*key).clone(), shown.trim_end().to_owned()) != expected {
            wrong.push(format!("{}: {key} {shown}, expected {expected:?}", row[2]));
        }
    }
    // Mono's core library of this set has other fields than CoreCLR's.
    let all = wrong.len();
    wrong.retain(|line| !line.contains("NFloat") && !line.contains("System.ArgIterator"));
    assert!(all - wrong.len() <= 7, "{}", all - wrong.len());
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
}

#[test]
fn the_form_of_a_compiled_image_is_that_of_its_runtime() {
    let compiled = fixture("k.wasm");
    let file = ready_to_run::open(&compiled).unwrap();
    let format = image_format(&file).unwrap();
    assert_eq!(format, RuntimeVersion::V11_0.facts().image);
    assert_eq!(like(&file), Ok(format.clone()));
    assert_eq!(format.ready_to_run, FormatVersion(26, 1));
}

/// The names of functions are exports: there is no name section.
#[test]
fn functions_of_a_compiled_image_have_names() {
    let compiled = fixture("k.wasm");
    let file = ready_to_run::open(&compiled).unwrap();
    let wasm = file.wasm.as_ref().expect("a module");
    let names = wasm.names();
    assert_eq!((names.len(), wasm.function_count()), (76, 76));
    assert_eq!((wasm.name(0), wasm.name(73)), (Some("k_K__v256"), Some("getWebcilSize")));
    for thunk in file.thunks().unwrap() {
        let name = thunk.function.expect("a function").name.expect("a name").to_owned();
        let node = if thunk.key.starts_with('M') { "InterpreterToR2R" } else { "R2RToInterpreter" };
        assert_eq!(name, format!("Wasm{node}Thunk({})", &thunk.key[1..]));
    }
}
