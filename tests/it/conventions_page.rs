//! The table of `docs/reference/conventions.md` is what the generator does: each cell is compiled and collected.

use std::collections::BTreeSet;

use clr_wasm_abi::TargetOs;
use clr_wasm_abi::types::{Input, Role, TypeSystem};
use thunkgen_core::collect::ir::ReasonKind;
use thunkgen_core::collect::{LibraryName, Options, collect};
use thunkgen_diagnostics::{Diagnostics, Policy};
use thunkgen_tests::data::crate_file;
use thunkgen_tests::runtime_layouts::lab::Lab;

const KINDS: [&str; 4] = ["P/Invoke", "delegate", "calli", "callback"];

/// The rows of the table: first cell, and one for each kind.
fn rows() -> Vec<Vec<String>> {
    let page = crate_file("../docs/reference/conventions.md");
    let cells = |line: &str| -> Vec<String> {
        line.trim().trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect()
    };
    let mut rows = page.lines().filter(|line| line.starts_with('|')).map(cells);
    assert_eq!(rows.next().expect("a heading")[1..], KINDS);
    rows.filter(|row| !row[0].starts_with("---")).collect()
}

/// The conventions of a row, as `CallConvX` types are named, and whether there is a parameter.
fn conventions(row: &str) -> (Vec<&'static [&'static str]>, bool) {
    let names: Vec<&'static [&'static str]> = match row {
        "none, or `Winapi`" => vec![&[]],
        "`Cdecl`" => vec![&["Cdecl"]],
        "`StdCall`" => vec![&["Stdcall"]],
        "`ThisCall` with a parameter" | "`ThisCall` without a parameter" => vec![&["Thiscall"]],
        "`FastCall`" => vec![&["Fastcall"]],
        "`MemberFunction`" => vec![&["MemberFunction"]],
        "`SuppressGCTransition`" => vec![&["SuppressGCTransition"]],
        "two of `Cdecl`, `StdCall`, `ThisCall` and `FastCall`" => {
            vec![&["Cdecl", "Stdcall"], &["Cdecl", "Thiscall"], &["Thiscall", "Stdcall"], &["Stdcall", "Fastcall"]]
        }
        "variable arguments (`__arglist`)" => vec![],
        other => panic!("the test does not know the row {other}"),
    };
    (names, !row.ends_with("without a parameter"))
}

/// What a cell means in C#, one member each, whose names begin with `name`.
fn declarations(row: &str, kind: &str, name: &str) -> Vec<(String, String)> {
    let (all, has_param) = conventions(row);
    let param = if has_param { "nint a" } else { "" };
    if all.is_empty() {
        let text = format!("[DllImport(\"m\")] static extern int {name}(int a, __arglist);");
        return if kind == "P/Invoke" { vec![(name.to_owned(), text)] } else { Vec::new() };
    }
    let mut found = Vec::new();
    for (number, names) in all.into_iter().enumerate() {
        let name = format!("{name}_{number}");
        let types: Vec<String> = names.iter().map(|name| format!("typeof(CallConv{name})")).collect();
        let array = format!("CallConvs = new System.Type[] {{ {} }}", types.join(", "));
        // The older enumeration has one of five conventions.
        let enumerated = match names {
            [] => Some("Winapi"),
            ["Cdecl"] => Some("Cdecl"),
            ["Stdcall"] => Some("StdCall"),
            ["Thiscall"] => Some("ThisCall"),
            ["Fastcall"] => Some("FastCall"),
            _ => None,
        };
        match (kind, enumerated) {
            ("P/Invoke", _) => {
                let text = format!("[DllImport(\"m\"), UnmanagedCallConv({array})] static extern int {name}({param});");
                found.push((name.clone(), text));
                if let Some(value) = enumerated {
                    let import = format!("DllImport(\"m\", CallingConvention = CallingConvention.{value})");
                    found.push((format!("{name}_e"), format!("[{import}] static extern int {name}_e({param});")));
                }
            }
            ("delegate", Some(value)) => found.push((
                name.clone(),
                format!("[UnmanagedFunctionPointer(CallingConvention.{value})] public delegate int {name}({param});"),
            )),
            ("delegate", None) => {}
            ("calli", _) => {
                let list = if names.is_empty() { String::new() } else { format!("[{}]", names.join(", ")) };
                let (types, argument) = if has_param { ("nint, int", "1") } else { ("int", "") };
                let text =
                    format!("static int {name}(void* p) => ((delegate* unmanaged{list}<{types}>)p)({argument});");
                found.push((name, text));
            }
            ("callback", _) if names == ["SuppressGCTransition"] => {}
            ("callback", _) => {
                found.push((name.clone(), format!("[UnmanagedCallersOnly({array})] static int {name}({param}) => 0;")));
            }
            _ => panic!("{kind}"),
        }
    }
    found
}

#[test]
#[ignore = "needs the C# compiler"]
fn the_page_says_what_is_collected() {
    let rows = rows();
    let mut cells = Vec::new();
    let mut source = "using System.Runtime.CompilerServices;\nusing System.Runtime.InteropServices;\n\
                      public static unsafe class C {\n"
        .to_owned();
    for (at, row) in rows.iter().enumerate() {
        for (kind, cell) in KINDS.into_iter().zip(&row[1..]) {
            let prefix = format!("m{at}_{}", kind.replace('/', ""));
            let declared = declarations(&row[0], kind, &prefix);
            assert_eq!(declared.is_empty(), cell.is_empty(), "{kind} of {}", row[0]);
            for (name, text) in declared {
                source += &format!("  {text}\n");
                cells.push((name, kind, cell.as_str(), row[0].as_str()));
            }
        }
    }
    let lab = Lab::find();
    let folder = tempfile::tempdir().expect("a folder");
    let (file, output) = (folder.path().join("C.cs"), folder.path().join("C.dll"));
    std::fs::write(&file, source + "}\n").expect("a source");
    lab.compile_library(&[file], &[], &output);
    let bytes = std::fs::read(output).expect("an assembly");
    let framework = ["System.Private.CoreLib", "System.Runtime", "System.Runtime.InteropServices"].map(|name| {
        let path = lab.framework().join(format!("{name}.dll"));
        (name, std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
    });
    let references = framework.iter().map(|(path, bytes)| Input { path, bytes, role: Role::Reference });
    let inputs: Vec<_> = references.chain([Input { path: "C.dll", bytes: &bytes, role: Role::Input }]).collect();

    let mut diagnostics = Diagnostics::new(Policy::default());
    let type_system = TypeSystem::load(&inputs, &mut diagnostics);
    let modules = [LibraryName::from(LibraryName::ANY)].into();
    let ir = collect(&type_system, &Options { modules, ..Options::new(TargetOs::Browser) }, &mut diagnostics);
    let found = diagnostics.into_sorted();
    let keys: BTreeSet<(ReasonKind, &str)> = ir
        .keys
        .values()
        .flat_map(|entry| &entry.reasons)
        .map(|reason| (reason.kind, reason.member.rsplit(['.', '+']).next().unwrap_or_default()))
        .collect();
    let callbacks: BTreeSet<&str> = ir.callbacks.values().map(|callback| callback.method.as_str()).collect();
    let mut compared = BTreeSet::new();
    for (name, kind, cell, row) in cells {
        let has_key = match kind {
            "P/Invoke" => keys.contains(&(ReasonKind::PInvoke, &*name)),
            "delegate" => keys.contains(&(ReasonKind::Delegate, &*name)),
            "calli" => keys.contains(&(ReasonKind::Calli, &*name)),
            _ => callbacks.contains(&*name),
        };
        let of_member = found
            .iter()
            .find(|found| found.location.member.as_ref().is_some_and(|(member, _)| member.ends_with(&name)));
        let answer = match of_member {
            None if has_key => "called",
            Some(found) if !has_key && found.message.contains("the runtime refuses") => "refused",
            Some(found) if !has_key && found.message.contains("no thunk") => "traps",
            other => panic!("{kind} of {row}: key {has_key}, {other:?}"),
        };
        assert_eq!(cell, answer, "{kind} of {row}: {of_member:?}");
        compared.insert(answer);
    }
    assert_eq!(compared.len(), 3);
}
