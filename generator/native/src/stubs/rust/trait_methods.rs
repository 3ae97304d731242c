//! The methods of the trait, and the functions that export them.

use std::collections::BTreeSet;

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};

use super::super::StubFile;
use super::super::declared::{self, Declared};
use super::super::stub_names::snake;
use super::docs::{Docs, code, escaped};
use super::idents::{Scope, ident};
use super::native_types::{RustTypes, has_vectors, result};
use super::passing::{self, Lowering};
use super::{inside_braces, item, printed};
use clr_wasm_abi::{Crossing, MultiSlot, Scalar};
use thunkgen_core::collect::ir::declarations::Declaration;
use thunkgen_core::emit::symbol_names::distinct;

/// The functions of a library in Rust, as text: tokens take much more memory.
#[derive(Default)]
pub(super) struct TraitFunctions {
    /// The methods, indented as in the trait, with an empty line between two.
    pub methods: String,
    /// The exported functions that call them, each after an empty line.
    pub exports: String,
}

/// A function that is not in the trait, and why.
pub(super) struct Missing<'d> {
    pub symbol: &'d str,
    pub reason: &'static str,
}

/// The functions of a library, and those that Rust cannot express.
pub(super) fn all<'d>(
    stub_file: &StubFile<'d>,
    types: &mut RustTypes<'d>,
    lowering: &Lowering<'d>,
) -> (TraitFunctions, Vec<Missing<'d>>) {
    let (mut functions, mut missing) = (TraitFunctions::default(), Vec::new());
    let named = stub_file.library.functions.iter().filter_map(|of| Some((of.entry_point.as_deref()?, *of)));
    let named: Vec<(&'d str, &'d Declaration)> = named.collect();
    let wanted = named.iter().map(|(symbol, _)| ((*symbol).to_owned(), snake(symbol, "function"))).collect();
    let names = distinct(wanted, [].into());
    for (symbol, declaration) in named {
        let Some(name) = names.get(symbol) else { continue };
        let declared = declared::of(declaration, stub_file.declarations);
        let writer = Writer { stub_file, types: &mut *types, lowering, declaration };
        let written = exportable(symbol).and_then(|()| writer.write(&ident(name), symbol, &declared, &mut functions));
        if let Err(reason) = written {
            missing.push(Missing { symbol, reason });
        }
    }
    (functions, missing)
}

/// Rust and LLVM accept any other name as a symbol.
fn exportable(symbol: &str) -> Result<(), &'static str> {
    match symbol {
        "" => Err("it has no name"),
        _ if symbol.contains('\0') => Err("its name contains a NUL"),
        _ if symbol.starts_with("llvm.") || symbol.starts_with('\u{1}') => Err("its name is reserved for the compiler"),
        _ => Ok(()),
    }
}

struct Writer<'w, 'd> {
    stub_file: &'w StubFile<'d>,
    types: &'w mut RustTypes<'d>,
    lowering: &'w Lowering<'d>,
    declaration: &'d Declaration,
}

impl Writer<'_, '_> {
    fn write(
        self,
        name: &Ident,
        symbol: &str,
        ways: &[Declared<'_>],
        functions: &mut TraitFunctions,
    ) -> Result<(), &'static str> {
        let Writer { types, lowering, declaration, .. } = self;
        let tokens = &declaration.signature.params;
        if declaration.params.len() != tokens.len() {
            return Err("its parameters are unknown");
        }
        let locals = BTreeSet::from(["result", "value"]);
        let mut scope = Scope::with(&locals);
        let mut has_vectors_by_value = false;
        let (mut declared, mut taken, mut given, mut names) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for (param, token) in declaration.params.iter().zip(tokens) {
            let name = scope.add(&snake(&param.name, "arg"));
            let crossing = passing::param(lowering, &param.native, *token);
            let crossing = crossing.ok_or("a parameter has a type that cannot be passed by value")?;
            has_vectors_by_value |= has_vectors(&param.native) || is_vector(crossing);
            let ty = types.value(&param.native);
            declared.push(quote!(#name: #ty));
            let (params, value) = taken_as(&name, &ty, crossing);
            taken.extend(params);
            given.push(value);
            names.push(name);
        }
        let crossing = passing::result(lowering, &declaration.ret.native, declaration.signature.ret);
        let crossing = crossing.ok_or("its result has a type that cannot be returned by value")?;
        has_vectors_by_value |= has_vectors(&declaration.ret.native) || is_vector(crossing);
        let ty = types.value(&declaration.ret.native);
        let ret = result(&declaration.ret, &ty);
        let call = quote!(<Implementation as Functions>::#name(#(#given),*));
        let (returned, body) = returned_as(&ret, &ty, crossing, call, &mut taken);

        let (target, feature) = if has_vectors_by_value {
            (quote!(#[cfg(target_arch = "wasm32")]), quote!(#[target_feature(enable = "simd128")]))
        } else {
            (TokenStream::new(), TokenStream::new())
        };
        let docs = docs(self.stub_file, declaration, symbol, &names, ways).tokens();
        let symbol = Literal::string(symbol);
        let method = printed(quote! {
            trait Functions {
                #docs
                #target
                unsafe fn #name(#(#declared),*) #ret;
            }
        });
        let TraitFunctions { methods, exports } = functions;
        // The printer writes no empty lines between methods.
        if !methods.is_empty() {
            methods.push('\n');
        }
        methods.push_str(inside_braces(&method));
        let export = printed(quote! {
            #[allow(improper_ctypes_definitions)]
            #target
            #feature
            #[unsafe(export_name = #symbol)]
            unsafe extern "C" fn #name(#(#taken),*) #returned {
                unsafe { #body }
            }
        });
        item(&export, exports);
        Ok(())
    }
}

/// The parameters of the exported function for a parameter of the method, and the value to pass.
fn taken_as(name: &Ident, ty: &TokenStream, crossing: Crossing) -> (Vec<TokenStream>, TokenStream) {
    match crossing {
        Crossing::AsIs => (vec![quote!(#name: #ty)], quote!(#name)),
        Crossing::ByAddress => (vec![quote!(#name: *const #ty)], quote!(*#name)),
        Crossing::As(scalar) => {
            let scalar = primitive(scalar);
            (vec![quote!(#name: #scalar)], quote!(core::mem::transmute_copy::<#scalar, #ty>(&#name)))
        }
        // The compiler splits it into two values.
        Crossing::AsSeveral(MultiSlot::L2) => {
            (vec![quote!(#name: i128)], quote!(core::mem::transmute_copy::<i128, #ty>(&#name)))
        }
        Crossing::AsSeveral(multi) => {
            let scalar = primitive(multi.element());
            let parts: Vec<Ident> = (0..multi.count()).map(|part| format_ident!("{name}_{part}")).collect();
            let params = parts.iter().map(|part| quote!(#part: #scalar)).collect();
            (params, quote!(core::mem::transmute_copy::<_, #ty>(&[#(#parts),*])))
        }
        Crossing::Nothing => (Vec::new(), quote!(core::mem::zeroed::<#ty>())),
    }
}

/// The result type and the body of the exported function.
fn returned_as(
    ret: &TokenStream,
    ty: &TokenStream,
    crossing: Crossing,
    call: TokenStream,
    taken: &mut Vec<TokenStream>,
) -> (TokenStream, TokenStream) {
    match crossing {
        Crossing::AsIs | Crossing::AsSeveral(_) => (ret.clone(), call),
        Crossing::ByAddress => {
            taken.insert(0, quote!(result: *mut #ty));
            (TokenStream::new(), quote!(result.write(#call)))
        }
        Crossing::As(scalar) => {
            let scalar = primitive(scalar);
            let body = quote! {
                let value = #call;
                let mut result: #scalar = core::mem::zeroed();
                (&raw mut result).cast::<#ty>().write_unaligned(value);
                result
            };
            (quote!(-> #scalar), body)
        }
        Crossing::Nothing => (TokenStream::new(), quote!(let _ = #call;)),
    }
}

fn primitive(scalar: Scalar) -> TokenStream {
    match scalar {
        Scalar::I32 => quote!(i32),
        Scalar::I64 => quote!(i64),
        Scalar::F32 => quote!(f32),
        Scalar::F64 => quote!(f64),
        Scalar::V128 => quote!(core::arch::wasm32::v128),
    }
}

fn is_vector(crossing: Crossing) -> bool {
    match crossing {
        Crossing::As(scalar) => scalar == Scalar::V128,
        Crossing::AsSeveral(multi) => multi.element() == Scalar::V128,
        _ => false,
    }
}

fn docs(
    stub_file: &StubFile<'_>,
    declaration: &Declaration,
    symbol: &str,
    names: &[Ident],
    ways: &[Declared<'_>],
) -> Docs {
    let comment = stub_file.documentation.comments.get(&declaration.documentation_id);
    let mut docs = Docs::default();
    docs.comment(comment);
    let mut is_first = true;
    for (param, name) in declaration.params.iter().zip(names) {
        let text = comment.and_then(|comment| comment.params.get(&param.name));
        let words: Vec<&str> = text.map(|text| text.split_whitespace().collect()).unwrap_or_default();
        if words.is_empty() {
            continue;
        }
        docs.item(&format!("- `{name}`: {}", escaped(&words.join(" "))), is_first);
        is_first = false;
    }
    let assemblies = |of: &Declared<'_>| of.assemblies.iter().map(|name| code(name)).collect::<Vec<_>>().join(", ");
    for (number, way) in ways.iter().enumerate() {
        let (csharp, assemblies, signature) = (code(&way.csharp), assemblies(way), way.signature);
        if number == 0 {
            docs.paragraph(&format!("C#: {csharp}"));
            let entry = code(symbol);
            docs.paragraph(&format!("Entry point {entry}, signature `{signature}`, declared in {assemblies}."));
        } else if way.fits {
            docs.paragraph(&format!("Also declared as {csharp} in {assemblies}."));
        } else {
            docs.paragraph(&format!(
                "Also declared as {csharp} in {assemblies}, signature `{signature}`: a function can have only one of the signatures."
            ));
        }
    }
    docs
}
