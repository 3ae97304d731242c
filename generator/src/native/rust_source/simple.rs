//! Primitive types in one file.

use std::path::Path;

use quote::ToTokens;
use syn::spanned::Spanned;
use wasmparser::{FuncType, ValType};

use super::{Cause, Crate, Exported, Imported, Open, OpenError, Param, Place, RustType, Shape, SourceError, Unknown};

pub(super) fn read(root: &Path, open: &Open<'_>) -> Result<Crate, Vec<SourceError>> {
    let path = if root.extension().is_some_and(|e| e == "rs") { root.to_owned() } else { root.join("src/lib.rs") };
    let name = path.to_string_lossy().into_owned();
    let at = |line, column, why| vec![SourceError { place: Place { path: name.clone(), line, column }, why }];
    let bytes = open(&path).map_err(|error| match error {
        OpenError::Missing => at(0, 0, "there is no such file".to_owned()),
        OpenError::Other(why) => at(0, 0, why),
    })?;
    let text = String::from_utf8(bytes).map_err(|_| at(0, 0, "it is no UTF-8 text".to_owned()))?;
    let file = syn::parse_file(&text).map_err(|error| {
        let start = error.span().start();
        at(start.line as u32, start.column as u32 + 1, error.to_string())
    })?;
    let mut found = Crate { name: "native".to_owned(), files: vec![path.clone()], ..Crate::default() };
    for item in &file.items {
        match item {
            syn::Item::Fn(function) => {
                let exported = function
                    .attrs
                    .iter()
                    .any(|attribute| attribute.meta.to_token_stream().to_string().contains("no_mangle"));
                if exported {
                    found.functions.push(Exported {
                        symbol: function.sig.ident.to_string(),
                        place: place(&name, function.sig.ident.span()),
                        text: function.sig.to_token_stream().to_string(),
                        is_conditional: false,
                        shape: shape(&name, &function.sig),
                    });
                }
            }
            syn::Item::ForeignMod(block) => {
                for item in &block.items {
                    if let syn::ForeignItem::Fn(function) = item {
                        found.imports.push(Imported {
                            module: None,
                            symbol: function.sig.ident.to_string(),
                            place: place(&name, function.sig.ident.span()),
                            text: function.sig.to_token_stream().to_string(),
                            is_conditional: false,
                            shape: shape(&name, &function.sig),
                        });
                    }
                }
            }
            _ => {}
        }
    }
    Ok(found)
}

fn place(path: &str, span: proc_macro2::Span) -> Place {
    let start = span.start();
    Place { path: path.to_owned(), line: start.line as u32, column: start.column as u32 + 1 }
}

fn shape(path: &str, sig: &syn::Signature) -> Result<Shape, Unknown> {
    let mut params = Vec::new();
    let mut values = Vec::new();
    for input in &sig.inputs {
        let syn::FnArg::Typed(input) = input else { continue };
        let (ty, value) = lower(path, &input.ty)?;
        values.extend(value);
        let written = input.ty.to_token_stream().to_string();
        params.push(Param { name: input.pat.to_token_stream().to_string(), written, ty, values: 1 });
    }
    let (ty, value) = match &sig.output {
        syn::ReturnType::Default => (RustType::Void, None),
        syn::ReturnType::Type(_, ty) => lower(path, ty)?,
    };
    let ret = Param { name: String::new(), written: sig.output.to_token_stream().to_string(), ty, values: 1 };
    Ok(Shape { ty: FuncType::new(values, value), params, ret, is_variadic: false })
}

fn lower(path: &str, ty: &syn::Type) -> Result<(RustType, Option<ValType>), Unknown> {
    let integer = |bytes, signed| RustType::Integer { bytes, signed };
    let text = ty.to_token_stream().to_string();
    Ok(match (text.as_str(), ty) {
        ("()", _) => (RustType::Void, None),
        ("i8", _) => (integer(1, true), Some(ValType::I32)),
        ("u8", _) => (integer(1, false), Some(ValType::I32)),
        ("i16", _) => (integer(2, true), Some(ValType::I32)),
        ("u16", _) => (integer(2, false), Some(ValType::I32)),
        ("i32" | "isize" | "c_int", _) => (integer(4, true), Some(ValType::I32)),
        ("u32" | "usize" | "c_uint", _) => (integer(4, false), Some(ValType::I32)),
        ("i64", _) => (integer(8, true), Some(ValType::I64)),
        ("u64", _) => (integer(8, false), Some(ValType::I64)),
        ("bool", _) => (RustType::Bool, Some(ValType::I32)),
        ("f32", _) => (RustType::Float, Some(ValType::F32)),
        ("f64", _) => (RustType::Double, Some(ValType::F64)),
        (_, syn::Type::Ptr(_) | syn::Type::Reference(_)) => {
            (RustType::Pointer(Box::new(RustType::Void)), Some(ValType::I32))
        }
        _ => {
            let why = format!("`{text}` is not read yet");
            return Err(Unknown { place: place(path, ty.span()), cause: Cause::Elsewhere, why });
        }
    })
}
