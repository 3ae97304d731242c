//! The stub file for Rust: a module with a trait, functions that export an implementation of it, and its types.
//!
//! The exported functions are written out, and call the type that the crate defines next to the module. A
//! macro would hide them from readers and tools until it is expanded; and
//! exported functions cannot be generic.

mod docs;
mod idents;
mod native_types;
mod passing;
mod recursive_prototypes;
mod repr_c;
mod struct_items;
mod trait_methods;

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::quote;

use super::stub_names::camel;
use super::{StubFile, TypeNames, csharp_text};
use docs::{Docs, code};
use idents::{Scope, ident};
use native_types::{Defined, RustTypes};
use passing::Lowering;
use recursive_prototypes::Cycles;
use repr_c::StructPlans;
use struct_items::Definitions;
use thunkgen_core::collect::ir::declarations::Declarations;
use trait_methods::{Missing, TraitFunctions};

/// Bytes that are reserved for the types of a file.
const RESERVED: usize = 1 << 16;

/// What all files have in common.
pub(super) struct Shared<'d> {
    layouts: StructPlans<'d>,
    cycles: Cycles,
    /// Names of all types, so that the names of nested types do not depend on which are in a file.
    type_names: BTreeSet<&'d str>,
}

impl<'d> Shared<'d> {
    pub fn new(declarations: &'d Declarations, types: &'d TypeNames) -> Shared<'d> {
        Shared {
            layouts: StructPlans::new(declarations),
            cycles: Cycles::of(&declarations.prototypes),
            type_names: types.all().collect(),
        }
    }
}

/// The text of the file, without the header.
pub(super) fn render<'d>(stub_file: &StubFile<'d>, shared: &'d Shared<'d>) -> String {
    let lowering = Lowering::new(stub_file.declarations, &shared.layouts);
    let lowering = &lowering;
    let implementation = camel(stub_file.name, "Module");
    let mut types = RustTypes::new(stub_file.declarations, stub_file.types, lowering, &shared.cycles);
    let (functions, missing) = trait_methods::all(stub_file, &mut types, lowering);

    let mut start = head(stub_file, &implementation);
    if !functions.methods.is_empty() {
        let implementation = ident(&implementation);
        item(&printed(quote!(use super::#implementation as Implementation;)), &mut start);
    }
    item(&trait_head(stub_file, &missing, &implementation), &mut start);
    start.push_str(if functions.methods.is_empty() { "{}\n" } else { "{\n" });
    // The text can be large: what is in it is not held twice.
    let TraitFunctions { methods: mut text, exports } = functions;
    text.reserve_exact(start.len() + exports.len() + RESERVED);
    if !text.is_empty() {
        text.push_str("}\n");
    }
    text.insert_str(0, &start);
    for definition in definitions(stub_file, shared, &mut types) {
        item(&definition, &mut text);
    }
    text.push_str(&exports);
    text
}

/// How to use the file.
fn head(stub_file: &StubFile<'_>, implementation: &str) -> String {
    let StubFile { name, library, .. } = stub_file;
    let module = csharp_text::line(library.module);
    let some = library.functions.iter().filter_map(|of| of.entry_point.as_deref()).next();
    let some = super::stub_names::snake(some.unwrap_or_default(), "function");
    let lines = [
        format!("The functions that managed code calls in the native library `{module}`, for an implementation in Rust."),
        String::new(),
        format!("Keep this file in the crate as `{name}.rs`, and implement its trait for a type next to the module:"),
        String::new(),
        format!("    mod {name};"),
        String::new(),
        format!("    struct {implementation};"),
        String::new(),
        format!("    impl {name}::Functions for {implementation} {{"),
        format!("        unsafe fn {some}(/* as in the trait */) {{ /* ... */ }}"),
        "    }".to_owned(),
        String::new(),
        "The functions at the end of this file export the methods under the names that managed code uses. A missing method, a"
            .to_owned(),
        "method with a different type, and a struct with a different layout than in C# are compiler errors."
            .to_owned(),
        "Structs with pointers are smaller on wasm32 than on the build machine: their layout is asserted only for wasm32, so"
            .to_owned(),
        "that the crate still compiles for its own tests. This file needs no dependencies and no `std`; Rust 1.82 or newer."
            .to_owned(),
    ];
    lines.iter().map(|line| format!("//{}{line}\n", if line.is_empty() { "" } else { " " })).collect()
}

/// The trait up to its opening brace.
fn trait_head(stub_file: &StubFile<'_>, missing: &[Missing<'_>], implementation: &str) -> String {
    let mut docs = Docs::default();
    docs.paragraph(&format!(
        "The functions of {}, which `{implementation}` implements.",
        code(stub_file.library.module)
    ));
    docs.paragraph("# Safety");
    docs.paragraph("Managed code calls these functions; they rely on valid pointers and values.");
    if !missing.is_empty() {
        docs.paragraph("Not generated, write these by hand:");
    }
    for (index, Missing { symbol, reason }) in missing.iter().enumerate() {
        docs.item(&format!("- {}: {reason}.", code(symbol)), index == 0);
    }
    let docs = docs.tokens();
    let mut text = printed(quote! {
        #docs
        #[allow(dead_code, clippy::missing_safety_doc, clippy::too_many_arguments)]
        pub trait Functions {}
    });
    text.truncate(text.strip_suffix("{}\n").unwrap_or(&text).len());
    text
}

/// Every type that is used, directly or by other types, in the order of their names.
fn definitions<'d>(stub_file: &StubFile<'d>, shared: &'d Shared<'d>, types: &mut RustTypes<'d>) -> Vec<String> {
    let mut done: BTreeSet<Defined> = BTreeSet::new();
    let mut written: Vec<(String, Vec<String>)> = Vec::new();
    let (scope, layouts) = (Scope::with(&shared.type_names), &shared.layouts);
    let structs = &*stub_file.declarations.structs;
    let mut definitions = Definitions { types, layouts, structs, documentation: stub_file.documentation, scope };
    loop {
        let open: Vec<Defined> = definitions.types.named.difference(&done).cloned().collect();
        if open.is_empty() {
            break;
        }
        for defined in open {
            let name = definitions.types.name(&defined).to_owned();
            written.push((name, definitions.define(&defined)));
            done.insert(defined);
        }
    }
    written.sort_by(|(a, _), (b, _)| a.cmp(b));
    written.into_iter().flat_map(|(_, items)| items).collect()
}

/// Adds an item after an empty line.
fn item(printed: &str, text: &mut String) {
    text.push('\n');
    text.push_str(printed);
}

/// The lines between the braces of the only item of a text.
fn inside_braces(printed: &str) -> &str {
    let (_, rest) = printed.split_once('\n').unwrap_or_default();
    rest.trim_end_matches(['\n', ';']).strip_suffix('}').unwrap_or_default()
}

/// The text of an item.
fn printed(tokens: TokenStream) -> String {
    let file = syn::parse2(tokens).expect("an item was written");
    let mut text = prettyplease::unparse(&file);
    text.shrink_to_fit();
    // Inside macros, the printer writes plain tokens.
    if !text.contains("assert!(core::mem::") {
        return text;
    }
    let line = |line: &str| match line.trim_start().starts_with("assert!(core::mem::") {
        true => line.replace(":: < ", "::<").replace(" > ()", ">()") + "\n",
        false => format!("{line}\n"),
    };
    text.lines().map(line).collect()
}
