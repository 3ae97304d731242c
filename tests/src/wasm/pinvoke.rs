//! Links a P/Invoke table with definitions of the exact wasm types and asks its override function for every entry.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use wasmi::{Caller, Engine, ExternType, FuncType, Linker, Module, Val};

use crate::Failure;

use super::engine::Machine;
use super::keys::{Shape, Ty};
use super::link::Build;
use super::patterns::{Bits, Random};
use super::toolchain::Flags;

/// The function the definitions report to.
pub const HIT: &str = "probe_hit";

/// An entry the table must hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Library name, as the runtime asks for it.
    pub module: String,
    /// Entry point name, as the runtime asks for it.
    pub entry_point: String,
    /// The native signature string.
    pub signature: String,
    /// Where the function comes from.
    pub source: Source,
}

/// Where the function of an entry comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A symbol of a linked library.
    Symbol(String),
    /// A wasm import of this module and name.
    Import(String, String),
}

/// What ran.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ran {
    /// Entries found and called.
    pub entries: usize,
    /// Names that had to be unknown.
    pub unknown: usize,
}

/// Compiles the table, links it with definitions of every symbol and checks it.
pub fn check(text: &str, entries: &[Entry], flags: Flags) -> Result<Ran, Vec<Failure>> {
    assert!(!entries.is_empty(), "a check that runs nothing proves nothing");
    let whole = |what: String| vec![Failure::new("callhelpers_pinvoke_override", what)];
    let symbols = Symbols::of(entries);
    let (object, wasm) = symbols.link(text, flags).map_err(whole)?;
    let mut failures = symbols.check_prototypes(&object).map_err(whole)?;
    failures.extend(symbols.check_imports(&wasm).map_err(whole)?);
    let mut machine = symbols.instantiate(&wasm).map_err(whole)?;
    for entry in entries {
        if let Err(what) = check_entry(&mut machine, entry, &symbols) {
            failures.push(Failure::new(format!("{}!{}", entry.module, entry.entry_point), what));
        }
    }
    let known: BTreeSet<(&str, &str)> = entries.iter().map(|e| (e.module.as_str(), e.entry_point.as_str())).collect();
    let unknown = unknown_names(&known);
    for (module, entry_point) in &unknown {
        match look_up(&mut machine, module, entry_point) {
            Ok(0) => {}
            Ok(index) => failures.push(Failure::new(format!("{module}!{entry_point}"), format!("found {index}"))),
            Err(what) => failures.push(Failure::new(format!("{module}!{entry_point}"), what)),
        }
    }
    if failures.is_empty() { Ok(Ran { entries: entries.len(), unknown: unknown.len() }) } else { Err(failures) }
}

/// C++ that defines the functions of the entries with their exact types.
pub fn definitions(entries: &[Entry]) -> String {
    Symbols::of(entries).definitions()
}

/// The functions behind the entries, numbered.
struct Symbols {
    /// Symbol, its number and signature.
    defined: BTreeMap<String, (u32, Shape)>,
    /// Import module and name, its number and signature.
    imported: BTreeMap<ImportName, (u32, Shape)>,
}

impl Symbols {
    fn of(entries: &[Entry]) -> Symbols {
        let mut symbols = Symbols { defined: BTreeMap::new(), imported: BTreeMap::new() };
        for (entry, number) in entries.iter().zip(1..) {
            let shape = Shape::of_signature(&entry.signature);
            let known = match &entry.source {
                Source::Symbol(name) => symbols.defined.entry(name.clone()).or_insert((number, shape.clone())),
                Source::Import(module, name) => {
                    let key = (module.clone(), name.clone());
                    symbols.imported.entry(key).or_insert((number, shape.clone()))
                }
            };
            let same = known.1.func_type() == shape.func_type();
            assert!(same, "{}!{} has two types: no table can hold both", entry.module, entry.entry_point);
        }
        symbols
    }

    fn number(&self, source: &Source) -> u32 {
        match source {
            Source::Symbol(name) => self.defined[name].0,
            Source::Import(module, name) => self.imported[&(module.clone(), name.clone())].0,
        }
    }

    // C++ with the symbol as an asm label: the compiler's own lowering of plain scalars gives the exact wasm type.
    fn definitions(&self) -> String {
        let mut text = String::from("#include <stdint.h>\nextern \"C\" void probe_hit(uint32_t number);\n");
        if self.defined.values().any(|(_, shape)| shape.needs_simd()) {
            text.push_str("#include <wasm_simd128.h>\n");
        }
        for (name, (number, shape)) in &self.defined {
            let params: Vec<&str> = shape.params().iter().map(|param| c_type(param.ty())).collect();
            let params = params.join(", ");
            let (ret, value) = match shape.result() {
                None => ("void", String::new()),
                Some(Ty::V128) => ("v128_t", format!(" return wasm_i32x4_splat({number});")),
                Some(ty) => (c_type(ty), format!(" return {number};")),
            };
            let label = escaped(name);
            writeln!(text, "extern \"C\" {ret} definition_{number}({params}) __asm__(\"{label}\");").expect("a string");
            writeln!(text, "{ret} definition_{number}({params}) {{ probe_hit({number});{value} }}").expect("a string");
        }
        text
    }

    /// The generated file's object, and the module.
    fn link(&self, text: &str, flags: Flags) -> Result<(Vec<u8>, Vec<u8>), String> {
        let mut build = Build::new(flags);
        let object = build.add("generated", text)?;
        build.add("definitions", &self.definitions()).unwrap_or_else(|error| panic!("the test's definitions: {error}"));
        build.add_support("pinvoke_probe");
        Ok((object, build.link(&[HIT], &[])?))
    }

    // The linker compares a prototype with the definition only where it is called, and the table takes addresses:
    // a wrong prototype would wait for the first direct call. An object's undefined symbols are its imports.
    fn check_prototypes(&self, object: &[u8]) -> Result<Vec<Failure>, String> {
        let prototypes: BTreeMap<String, FuncType> =
            imports(object)?.into_iter().map(|((_, name), ty)| (name, ty)).collect();
        let check = |(name, (_, shape)): (&String, &(u32, Shape))| match prototypes.get(name) {
            Some(actual) if *actual == shape.func_type() => None,
            Some(actual) => {
                let what = format!("the prototype's type is {actual:?}, expected {:?}", shape.func_type());
                Some(Failure::new(name, what))
            }
            None => Some(Failure::new(name, "has no prototype")),
        };
        Ok(self.defined.iter().filter_map(check).collect())
    }

    fn check_imports(&self, wasm: &[u8]) -> Result<Vec<Failure>, String> {
        let mut failures = Vec::new();
        let mut missing: BTreeMap<ImportName, FuncType> =
            self.imported.iter().map(|(key, (_, shape))| (key.clone(), shape.func_type())).collect();
        for (key, actual) in
            imports(wasm)?.into_iter().filter(|(key, _)| (key.0.as_str(), key.1.as_str()) != ("env", HIT))
        {
            let subject = format!("import {}#{}", key.0, key.1);
            match missing.remove(&key) {
                Some(expected) if expected == actual => {}
                Some(expected) => {
                    failures.push(Failure::new(subject, format!("has type {actual:?}, expected {expected:?}")));
                }
                None => failures.push(Failure::new(subject, "nobody asked for it")),
            }
        }
        let missing =
            missing.keys().map(|(module, name)| Failure::new(format!("import {module}#{name}"), "is missing"));
        failures.extend(missing);
        Ok(failures)
    }

    fn instantiate(&self, wasm: &[u8]) -> Result<Machine<Vec<u32>>, String> {
        Machine::new(wasm, Vec::new(), |linker: &mut Linker<Vec<u32>>| {
            let hit = |mut caller: Caller<'_, Vec<u32>>, number: u32| caller.data_mut().push(number);
            linker.func_wrap("env", HIT, hit).expect("defined once");
            for ((module, name), (number, shape)) in &self.imported {
                let number = *number;
                let answer = move |mut caller: Caller<'_, Vec<u32>>, _: &[Val], results: &mut [Val]| {
                    caller.data_mut().push(number);
                    if let Some(slot) = results.first_mut() {
                        *slot = returned(number, Bits::of(slot).ty).val();
                    }
                    Ok(())
                };
                linker.func_new(module, name, shape.func_type(), answer).expect("defined once");
            }
        })
    }
}

/// Module and name of an import.
type ImportName = (String, String);

/// The functions a module or an object imports.
fn imports(wasm: &[u8]) -> Result<Vec<(ImportName, FuncType)>, String> {
    let module = Module::new(&Engine::default(), wasm).map_err(|error| format!("does not validate: {error}"))?;
    let function = |import: wasmi::ImportType<'_>| match import.ty() {
        ExternType::Func(ty) => Some(((import.module().to_owned(), import.name().to_owned()), ty.clone())),
        _ => None,
    };
    Ok(module.imports().filter_map(function).collect())
}

/// What the function of that number returns.
fn returned(number: u32, ty: Ty) -> Bits {
    let bits = match ty {
        Ty::I32 | Ty::I64 => number.into(),
        Ty::F32 => (number as f32).to_bits().into(),
        Ty::F64 => f64::from(number).to_bits().into(),
        Ty::V128 => (0..4).fold(0, |bits, _| bits << 32 | u128::from(number)),
    };
    Bits { ty, bits }
}

/// A name inside a C string literal: everything that could mean something there is spelt in octal.
fn escaped(name: &str) -> String {
    let spell =
        |byte: u8| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("\\{byte:03o}") };
    name.bytes().map(spell).collect()
}

fn c_type(ty: Ty) -> &'static str {
    match ty {
        Ty::I32 => "int32_t",
        Ty::I64 => "int64_t",
        Ty::F32 => "float",
        Ty::F64 => "double",
        Ty::V128 => "v128_t",
    }
}

fn look_up(machine: &mut Machine<Vec<u32>>, module: &str, entry_point: &str) -> Result<u32, String> {
    let (library, entry) = (machine.arena(), machine.arena() + machine.arena_size() / 2);
    for (at, text) in [(library, module), (entry, entry_point)] {
        assert!((text.len() as u32) < machine.arena_size() / 2, "the name fits the arena");
        machine.write(at, &[text.as_bytes(), &[0]].concat());
    }
    Ok(machine.call_export("probe_override", &[Bits::i32(library), Bits::i32(entry)])?[0].bits as u32)
}

fn check_entry(machine: &mut Machine<Vec<u32>>, entry: &Entry, symbols: &Symbols) -> Result<(), String> {
    let shape = Shape::of_signature(&entry.signature);
    let index = look_up(machine, &entry.module, &entry.entry_point)?;
    if index == 0 {
        return Err("was not found".to_owned());
    }
    let mut random = Random::new(&entry.entry_point, 0);
    let arguments: Vec<Bits> = shape.params().iter().map(|param| random.value(param.ty())).collect();
    let actual = machine.function_type(index)?;
    if actual != shape.func_type() {
        return Err(format!("the function's type is {actual:?}, expected {:?}", shape.func_type()));
    }
    machine.data().clear();
    let results = machine.call(index, &arguments)?;
    let number = symbols.number(&entry.source);
    if *machine.data() != [number] {
        return Err(format!("reached the functions {:?}, expected {number}", machine.data()));
    }
    let expected: Vec<Bits> = shape.result().map(|ty| returned(number, ty)).into_iter().collect();
    if results != expected {
        return Err(format!("returned {results:?}, expected {expected:?}"));
    }
    Ok(())
}

/// Names the table must not know: made of parts it does know wherever possible.
fn unknown_names(known: &BTreeSet<(&str, &str)>) -> Vec<(String, String)> {
    let modules: BTreeSet<&str> = known.iter().map(|(module, _)| *module).collect();
    let mut names = vec![(String::new(), String::new())];
    for (module, entry_point) in known {
        names.push(((*module).to_owned(), format!("{entry_point}_")));
        names.push((format!("{module}."), (*entry_point).to_owned()));
        names.push((String::new(), (*entry_point).to_owned()));
        names.push(((*module).to_owned(), entry_point.chars().skip(1).collect()));
        names.extend(modules.iter().map(|other| ((*other).to_owned(), (*entry_point).to_owned())));
    }
    names.extend(modules.iter().map(|module| ((*module).to_owned(), String::new())));
    names.retain(|(module, entry_point)| !known.contains(&(module.as_str(), entry_point.as_str())));
    names
}
