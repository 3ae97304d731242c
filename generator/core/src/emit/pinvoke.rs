//! `callhelpers-pinvoke.cpp`: the statically linked functions by library and entry point.

use std::collections::{BTreeMap, BTreeSet};

use super::blocks::END;
use super::cpp::{Cpp, c_params, c_result, uses_simd};
use super::escape::{AsmLabel, Comment, Literal};
use super::symbol_names;
use super::template::{Fill, fill};
use crate::collect::ir::{Linkage, PInvoke};
use clr_wasm_abi::{ReturnToken, Signature};

pub(super) const TEMPLATE: &str = thunkgen_templates::PINVOKE;

pub(super) fn render(modules: &BTreeMap<String, BTreeMap<String, PInvoke>>) -> String {
    let functions = functions(modules);
    let mut prototypes = Cpp::default();
    for (linked, function) in &functions {
        prototype(&mut prototypes, linked, function);
    }

    // A library without entries needs no table: the runtime looks for its functions elsewhere.
    let libraries: Vec<_> = modules.iter().filter(|(_, rows)| !rows.is_empty()).collect();
    let wanted = libraries.iter().map(|(module, _)| ((*module).clone(), symbol_names::sanitize(module))).collect();
    let tables = symbol_names::distinct(wanted, BTreeSet::from(["libraries".to_owned()]));
    let mut entries = Cpp::default();
    let mut rows = Cpp::default();
    for (module, pinvokes) in &libraries {
        let table = &tables[*module];
        entries.separate();
        entries.line(format_args!("static const Entry s_{table}[] = {{{END}"));
        for (entry_point, pinvoke) in *pinvokes {
            let name = &functions[&Linked::of(module, entry_point, &pinvoke.linkage)].name;
            let assemblies = pinvoke.assemblies.iter().map(|name| Comment(name).to_string()).collect::<Vec<_>>();
            let (literal, assemblies) = (Literal(entry_point), assemblies.join(", "));
            entries.line(format_args!("    {{ {literal}, (const void*)&{name} }}, // {assemblies}{END}"));
        }
        entries.line(format_args!("}};{END}"));
        rows.line(format_args!("    {{ {}, s_{table}, sizeof(s_{table}) / sizeof(Entry) }},{END}", Literal(module)));
    }
    let simd = functions.values().any(|function| uses_simd(function.signature));
    fill(
        TEMPLATE,
        [
            ("simd", Fill::If(simd)),
            ("prototypes", Fill::Rows(prototypes.finish())),
            ("entries", Fill::Rows(entries.finish())),
            ("libraries", Fill::Rows(rows.finish())),
        ],
    )
}

fn prototype(out: &mut Cpp, linked: &Linked<'_>, function: &LinkedFunction<'_>) {
    let LinkedFunction { name, signature } = function;
    let buffer = matches!(signature.ret, ReturnToken::Struct(_)).then_some("void*");
    let params = signature.params.iter().flat_map(|&token| c_params(token, "void*"));
    let params: Vec<_> = buffer.into_iter().chain(params).collect();
    let result = c_result(signature.ret);
    match linked {
        Linked::Symbol(symbol) => out.list(
            4,
            format_args!("extern \"C\" {result} {name}("),
            &params,
            &format!(") __asm__({});{END}", AsmLabel(symbol)),
        ),
        Linked::WasmImport { module, name: import, .. } => {
            let (module, import) = (Literal(module), Literal(import));
            out.list(4, format_args!("extern \"C\" {result} {name}("), &params, ")");
            out.line(format_args!("    __attribute__((import_module({module}), import_name({import})));{END}"));
        }
    }
}

/// A function as the linker sees it.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Linked<'a> {
    Symbol(&'a str),
    WasmImport { namespace: &'a str, module: &'a str, name: &'a str },
}

impl<'a> Linked<'a> {
    fn of(module: &'a str, entry_point: &'a str, linkage: &'a Linkage) -> Linked<'a> {
        match linkage {
            Linkage::Static => Linked::Symbol(entry_point),
            Linkage::WasmImport { namespace } => Linked::WasmImport { namespace, module, name: entry_point },
        }
    }

    /// Its unique identity; names from metadata contain no NUL.
    fn identity(&self) -> String {
        match self {
            Linked::Symbol(name) => (*name).to_owned(),
            Linked::WasmImport { namespace, module, name } => format!("{namespace}\0{module}\0{name}"),
        }
    }

    /// Its preferred identifier. For an import, this is also the symbol.
    fn wanted_name(&self) -> String {
        match self {
            Linked::Symbol(name) => format!("p_{}", symbol_names::sanitize(name)),
            Linked::WasmImport { namespace, module, name } => {
                let name = symbol_names::sanitize(&format!("{namespace}#{module}#{name}"));
                if name.starts_with(|c: char| c.is_ascii_digit()) { format!("_{name}") } else { name }
            }
        }
    }
}

/// The declaration of a function.
struct LinkedFunction<'a> {
    name: String,
    signature: &'a Signature,
}

/// The functions of all tables, each once: several modules may list one symbol.
fn functions(modules: &BTreeMap<String, BTreeMap<String, PInvoke>>) -> BTreeMap<Linked<'_>, LinkedFunction<'_>> {
    let rows = modules.iter().flat_map(|(module, rows)| rows.iter().map(move |(name, row)| (module, name, row)));
    let signatures: BTreeMap<_, _> =
        rows.map(|(module, name, row)| (Linked::of(module, name, &row.linkage), &row.signature)).collect();
    let wanted = signatures.keys().map(|linked| (linked.identity(), linked.wanted_name())).collect();
    let mut names = symbol_names::distinct(wanted, BTreeSet::new());
    let mut functions = BTreeMap::new();
    for (linked, signature) in signatures {
        let name = names.remove(&linked.identity()).expect("every function was given a name");
        functions.insert(linked, LinkedFunction { name, signature });
    }
    functions
}
