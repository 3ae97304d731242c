//! The stub file for Rust: a module with a trait, the functions that export what implements it, and its types.
//!
//! The exported functions stand in the file as they are, and call the type that the crate names beside the module. A
//! macro that makes them would hide them from whoever reads the source, people and tools, until it is expanded; and
//! functions that are exported by name cannot be generic.

mod docs;
mod functions;
mod idents;
mod layout;
mod native_types;
mod passing;
mod prototypes;
mod structs;

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::quote;

use super::names::camel;
use super::{StubFile, text};
use docs::{Docs, code};
use functions::{Missing, TraitFunction};
use idents::{Scope, ident};
use layout::StructPlans;
use native_types::{Defined, RustTypes};
use passing::Lowering;
use structs::Definitions;

/// The text of the file, without the header.
pub(super) fn render(stub_file: &StubFile<'_>) -> String {
    let layouts = StructPlans::new(stub_file.declarations);
    render_with(stub_file, &layouts)
}

fn render_with<'d>(stub_file: &StubFile<'d>, layouts: &'d StructPlans<'d>) -> String {
    let lowering = Lowering::new(stub_file.declarations, layouts);
    let implementation = camel(stub_file.name, "Module");
    let mut types = RustTypes::new(stub_file.declarations, stub_file.types, &lowering);
    let (functions, missing) = functions::all(stub_file, &mut types, &lowering);

    let mut text = head(stub_file, &implementation);
    if !functions.is_empty() {
        let implementation = ident(&implementation);
        item(quote!(use super::#implementation as Implementation;), &mut text);
    }
    item(methods(stub_file, &functions, &missing, &implementation), &mut text);
    for definition in definitions(stub_file, layouts, &mut types) {
        item(definition, &mut text);
    }
    for function in functions {
        item(function.export, &mut text);
    }
    text
}

/// How the file is used.
fn head(stub_file: &StubFile<'_>, implementation: &str) -> String {
    let StubFile { name, library, .. } = stub_file;
    let module = text::line(library.module);
    let some = library.functions.iter().filter_map(|of| of.entry_point.as_deref()).next();
    let some = super::names::snake(some.unwrap_or_default(), "function");
    let lines = [
        format!("What managed code calls in the native library `{module}`, for a library that is written in Rust."),
        String::new(),
        format!("Keep the file in the crate as `{name}.rs`, and beside the module name a type that has the functions:"),
        String::new(),
        format!("    mod {name};"),
        String::new(),
        format!("    struct {implementation};"),
        String::new(),
        format!("    impl {name}::Functions for {implementation} {{"),
        format!("        unsafe fn {some}(/* as in the trait */) {{ /* ... */ }}"),
        "    }".to_owned(),
        String::new(),
        "The functions at the end of this file export its methods under the names that managed code knows. A method that"
            .to_owned(),
        "is missing, or of another type, is an error of the compiler; so is a struct that is not laid out as in C#."
            .to_owned(),
        "Structs with pointers are smaller on wasm32 than on the machine that builds: what is asserted of them holds on"
            .to_owned(),
        "wasm32 only, so that the crate still compiles for its own tests. No dependencies, no `std`; Rust 1.82 or newer."
            .to_owned(),
    ];
    lines.iter().map(|line| format!("//{}{line}\n", if line.is_empty() { "" } else { " " })).collect()
}

fn methods(
    stub_file: &StubFile<'_>,
    functions: &[TraitFunction],
    missing: &[Missing<'_>],
    implementation: &str,
) -> TokenStream {
    let mut docs = Docs::default();
    docs.paragraph(&format!("The functions of {}, which `{implementation}` has.", code(stub_file.library.module)));
    docs.paragraph("# Safety");
    docs.paragraph("Managed code calls them; that its pointers are good and its values in range is what they rely on.");
    if !missing.is_empty() {
        docs.paragraph("Not here, and to be written by hand:");
    }
    for (index, Missing { symbol, reason }) in missing.iter().enumerate() {
        docs.item(&format!("- {}: {reason}.", code(symbol)), index == 0);
    }
    let docs = docs.tokens();
    let methods = functions.iter().map(|function| &function.method);
    quote! {
        #docs
        #[allow(dead_code, clippy::missing_safety_doc, clippy::too_many_arguments)]
        pub trait Functions {
            #(#methods)*
        }
    }
}

/// Every type that is named, and those that these name, in the order of their names.
fn definitions<'d>(
    stub_file: &StubFile<'d>,
    layouts: &'d StructPlans<'d>,
    types: &mut RustTypes<'d>,
) -> Vec<TokenStream> {
    let mut done: BTreeSet<Defined> = BTreeSet::new();
    let mut written: Vec<(String, Vec<TokenStream>)> = Vec::new();
    // Names of all types, so that those of the types inside do not depend on which are in this file.
    let scope = Scope::with(stub_file.types.all());
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

/// Adds an item, behind an empty line.
fn item(tokens: TokenStream, text: &mut String) {
    let file = syn::parse2(tokens).expect("an item was written");
    text.push('\n');
    let mut code_above = false;
    for line in prettyplease::unparse(&file).lines() {
        let start = line.trim_start();
        // The printer leaves no lines empty between methods.
        if code_above && start.starts_with("///") && line.starts_with("    ") {
            text.push('\n');
        }
        code_above = !start.starts_with("///") && start.ends_with(';');
        // Inside of macros it only knows tokens.
        match start.strip_prefix("assert!(core::mem::") {
            Some(_) => text.push_str(&line.replace(":: < ", "::<").replace(" > ()", ">()")),
            None => text.push_str(line),
        }
        text.push('\n');
    }
}
