//! An app as a published one: generated tables of all three kinds in one module, behind a small host that looks in them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use clr_wasm_file::{ValType, WasmModule};
use thunkgen_core::emit::Contract;
use thunkgen_r2r::lookup::LinkedTables;
use wasmi::FuncType;

use crate::data::CheckedInKeys;
use crate::generated;

use super::keys::Shape;
use super::link::{Build, REVERSE_IMPORTS};
use super::pinvoke::{self, Entry, Source};
use super::reverse::Callback;
use super::synthetic::{all_keys, without_simd};
use super::toolchain::Flags;

/// What the tables of an app hold.
#[derive(Clone, Debug)]
pub struct LinkedApp {
    /// Keys of calls from the interpreter.
    pub keys: BTreeSet<String>,
    /// Native functions.
    pub entries: Vec<Entry>,
    /// Methods that native code calls.
    pub callbacks: Vec<Callback>,
}

/// What a reader found in an app's module, or what it has to find.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tables {
    /// Keys in order.
    pub keys: Vec<String>,
    /// Library, entry point and wasm type, by library and entry point.
    pub entries: BTreeMap<(String, String), String>,
    /// Keys of callbacks, with the wasm type of the function.
    pub callbacks: BTreeMap<String, String>,
}

impl LinkedApp {
    /// Every key that a compiler without vectors knows, several libraries, and the callbacks of the checked-in tables.
    pub fn sample() -> LinkedApp {
        let entry = |module: &str, entry_point: String, signature: &str| Entry {
            module: module.to_owned(),
            source: Source::Symbol(entry_point.clone()),
            entry_point,
            signature: signature.to_owned(),
        };
        let mut entries = Vec::new();
        for (number, signature) in ["v", "ii", "iil", "dfd", "S16lS24", "lilfd", "viiiiii"].iter().enumerate() {
            entries.push(entry("libSystem.Native", format!("SystemNative_Call{number}"), signature));
            entries.push(entry("geo", format!("geo_call{number}"), signature));
        }
        entries.push(entry("geo", "Geo.Dotted+Name".to_owned(), "ff"));
        entries.push(entry("geo", "_ZN3geo4findEPKc".to_owned(), "ii"));
        entries.push(entry("one", "one".to_owned(), "ld"));
        let poll = Source::Import("wasi:io/poll@0.2.8".to_owned(), "[method]pollable.block".to_owned());
        let import = entry("wasi:io/poll@0.2.8", "[method]pollable.block".to_owned(), "vi");
        entries.push(Entry { source: poll, ..import });
        LinkedApp { keys: without_simd(&all_keys()), entries, callbacks: callbacks() }
    }

    /// The module, as the linker writes it with more options.
    pub fn link(&self, contract: Contract, flags: Flags, options: &[&str]) -> Vec<u8> {
        let mut build = Build::new(flags);
        let mut add = |name: &str, text: &str| {
            build.add(name, text).unwrap_or_else(|error| panic!("{name}: {error}"));
        };
        add("thunks", &generated::interp_to_native_for(contract, &self.keys));
        add("pinvokes", &generated::pinvokes(&self.entries));
        add("callbacks", &generated::callbacks(&self.callbacks));
        add("definitions", &pinvoke::definitions(&self.entries));
        build.add_support(match contract {
            Contract::WasmThunks => "interp_probe",
            Contract::PortableCallhelpers => "portable_probe",
        });
        build.add_support("pinvoke_probe");
        build.add_support("callback_probe");
        let host: Vec<&str> = REVERSE_IMPORTS.into_iter().chain([pinvoke::HIT]).collect();
        build.link_with(&host, &[], options).unwrap_or_else(|error| panic!("the app does not link: {error}"))
    }

    /// What a reader has to find.
    pub fn tables(&self) -> Tables {
        let of_type = |signature: &str| format!("{:?}", Shape::of_signature(signature).func_type());
        let entry = |entry: &Entry| ((entry.module.clone(), entry.entry_point.clone()), of_type(&entry.signature));
        let callback = |callback: &Callback| (callback.key.clone(), of_type(&callback.signature));
        Tables {
            keys: self.keys.iter().cloned().collect(),
            entries: self.entries.iter().map(entry).collect(),
            callbacks: self.callbacks.iter().map(callback).collect(),
        }
    }
}

/// The callbacks of the checked-in browser tables, with signatures of the right parameter count.
fn callbacks() -> Vec<Callback> {
    let callback = |(_, key): (u32, String)| {
        let (method, place) = key.split_once('#').expect("Method#paramCount");
        let parts: Vec<&str> = place.split(':').collect();
        let [count, assembly, namespace, type_name] = parts[..] else { panic!("four parts in {place}") };
        let params = "ilfd".chars().cycle().take(count.parse().expect("a count"));
        let prefix = if namespace.is_empty() { "Some.Outer+".to_owned() } else { format!("{namespace}.") };
        Callback {
            qualified_type: format!("{prefix}{type_name}, {assembly}"),
            method: method.to_owned(),
            signature: format!("v{}", params.collect::<String>()),
            export: None,
            key,
        }
    };
    CheckedInKeys::browser().reverse.into_iter().map(callback).collect()
}

/// What the tool's reader finds. Panics where a row leads to no function.
pub fn read(wasm: &[u8]) -> Tables {
    let module = WasmModule::open(wasm).expect("a readable module").expect("a core module");
    let found = LinkedTables::of(&module);
    let of_type = |function: u32| {
        let ty = module.function(function).expect("a function").ty.expect("a type");
        let list = |types: &[ValType]| types.iter().map(val_type).collect::<Vec<_>>();
        format!("{:?}", FuncType::new(list(ty.params()), list(ty.results())))
    };
    let thunk = format!("{:?}", FuncType::new([wasmi::ValType::I32; 3], []));
    let mut tables = Tables::default();
    for row in found.thunk_rows() {
        assert!(row.calls_its_type, "{}: function {}", row.key, row.function);
        assert_eq!(of_type(row.function), thunk, "{}", row.key);
        tables.keys.push(row.key.to_owned());
    }
    for table in &found.pinvokes {
        for (name, function) in &table.entries {
            let key = (table.library.to_owned(), (*name).to_owned());
            assert!(tables.entries.insert(key, of_type(*function)).is_none(), "{}!{name} twice", table.library);
        }
    }
    for row in found.callbacks.iter().flat_map(|table| &table.rows) {
        assert!(tables.callbacks.insert(row.key.to_owned(), of_type(row.function)).is_none(), "{} twice", row.key);
    }
    tables
}

fn val_type(ty: &ValType) -> wasmi::ValType {
    match ty {
        ValType::I32 => wasmi::ValType::I32,
        ValType::I64 => wasmi::ValType::I64,
        ValType::F32 => wasmi::ValType::F32,
        ValType::F64 => wasmi::ValType::F64,
        ValType::V128 => wasmi::ValType::V128,
        other => panic!("no C function has a parameter {other}"),
    }
}

/// The module after Binaryen's optimiser.
pub fn optimised(wasm: &[u8], arguments: &[&str]) -> Vec<u8> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (from, to) = (folder.path().join("from.wasm"), folder.path().join("to.wasm"));
    std::fs::write(&from, wasm).expect("a written file");
    let mut command = Command::new(tool("THUNKGEN_NODE", "node.sh", "node"));
    command.arg(tool("THUNKGEN_BINARYEN", "binaryen.sh", "wasm-opt")).args(arguments).arg(&from).arg("-o").arg(&to);
    run(command);
    std::fs::read(&to).expect("the optimised module")
}

/// Writes the module compressed with brotli and gzip by Node.js, as servers send them; returns the paths.
pub fn compressed(wasm: &Path) -> [PathBuf; 2] {
    let script =
        "const fs = require('fs'), zlib = require('zlib'), path = process.argv[1], bytes = fs.readFileSync(path);
        fs.writeFileSync(path + '.br', zlib.brotliCompressSync(bytes));
        fs.writeFileSync(path + '.gz', zlib.gzipSync(bytes));";
    let mut command = Command::new(tool("THUNKGEN_NODE", "node.sh", "node"));
    command.arg("-e").arg(script).arg(wasm);
    run(command);
    ["br", "gz"].map(|ending| PathBuf::from(format!("{}.{ending}", wasm.display())))
}

fn tool(variable: &str, script: &str, name: &str) -> PathBuf {
    let folder = std::env::var_os(variable).map(PathBuf::from);
    let help = || panic!("{variable} is not set: run `tests/tools/{script} DEST` and set it to DEST");
    folder.unwrap_or_else(help).join(name)
}

fn run(mut command: Command) {
    let output = command.output().unwrap_or_else(|error| panic!("cannot run {command:?}: {error}"));
    assert!(output.status.success(), "{command:?}\n{}", String::from_utf8_lossy(&output.stderr));
}
