//! Functions as written to their wasm types.

use std::collections::BTreeMap;
use std::rc::Rc;

use clr_wasm_file::{FuncType, ValType};
use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::{FnArg, Pat, ReturnType, Type};

use super::cfg::{Truth, expand, presence};
use super::entries::State;
use super::lower::Passed;
use super::model::{Cause, Crate, Exported, Imported, Param, Place, RustType, Shape, Struct, Unknown};
use super::text::{bare, written};
use super::tree::{Function, Tree};
use super::types::{Env, Types};
use clr_wasm_abi::function_type::MAX_PARAMS;

/// The ABIs that are C's on wasm32.
const ABIS: [&str; 4] = ["C", "C-unwind", "system", "system-unwind"];

/// Whether an ABI is that of C, and how it is written.
fn abi_name(abi: &syn::Abi) -> (bool, String) {
    let name = abi.name.as_ref().map_or("C".to_owned(), syn::LitStr::value);
    (ABIS.contains(&name.as_str()), name)
}

/// Whether a function with this is called as C does.
pub(super) fn is_c(abi: Option<&syn::Abi>) -> bool {
    abi.is_some_and(|abi| abi_name(abi).0)
}

/// Reads all functions of a tree.
pub(super) fn functions(tree: &Tree, found: &mut Crate) {
    let mut types = Types::new(tree);
    let mut exports: BTreeMap<String, Vec<Exported>> = BTreeMap::new();
    let mut imports: BTreeMap<(String, Option<String>), Vec<Imported>> = BTreeMap::new();
    for function in &tree.functions {
        types.restart();
        let shape = types.function(function);
        let place = function.scope.place(function.signature.ident.span());
        let text = written(&*function.signature);
        let is_conditional = function.truth != Truth::True;
        let symbol = function.symbol.clone();
        match &function.import {
            None => {
                let new = Exported { symbol: symbol.clone(), place, text, is_conditional, shape };
                exports.entry(symbol).or_default().push(new);
            }
            Some(module) => {
                let (module, key) = (module.clone(), (symbol.clone(), module.clone()));
                let new = Imported { module, symbol, place, text, is_conditional, shape };
                imports.entry(key).or_default().push(new);
            }
        }
    }
    types.finish();
    found.functions = exports.into_values().flat_map(merge_exports).collect();
    found.imports = imports.into_values().flatten().collect();
    found.imports.sort_by(|a, b| (&a.symbol, &a.place).cmp(&(&b.symbol, &b.place)));
    found.prototypes = std::mem::take(&mut types.prototypes);
    found.structs = types.structs();
}

/// Functions of one symbol, of which a build has one: one when they agree.
fn merge_exports(mut all: Vec<Exported>) -> Vec<Exported> {
    all.sort_by(|a, b| a.place.cmp(&b.place));
    if all.len() < 2 || all.iter().all(|one| !one.is_conditional) {
        return all;
    }
    let mut all = all.into_iter();
    let Some(mut first) = all.next() else { return Vec::new() };
    first.is_conditional = true;
    for other in all {
        let agree = match (&first.shape, &other.shape) {
            (Ok(one), Ok(two)) => one.ty == two.ty,
            // What is not known of one is not known of all.
            (Err(_), _) => true,
            (_, Err(unknown)) => {
                first.shape = Err(unknown.clone());
                true
            }
        };
        if !agree {
            let why = format!(
                "`{}` has another type at {}, and only the build knows which of them is there",
                first.symbol, other.place
            );
            first.shape = Err(Unknown { place: other.place.clone(), cause: Cause::Conditional, why });
        }
    }
    vec![first]
}

/// A parameter before it is read.
struct Written<'a> {
    name: String,
    ty: &'a Type,
}

impl Types<'_> {
    fn function(&mut self, function: &Function) -> Result<Shape, Unknown> {
        let signature = &function.signature;
        let mut env = Env::of(&function.scope);
        env.self_type = function.self_type.clone();
        let span = signature.ident.span();
        let generic = signature.generics.params.iter().any(|of| !matches!(of, syn::GenericParam::Lifetime(_)));
        if signature.asyncness.is_some() {
            return Err(env.unknown(span, Cause::Generic, "it is `async`, so it returns what only a compiler knows"));
        }
        if generic || function.in_generic {
            return Err(env.unknown(span, Cause::Generic, "it has type parameters, so it has no one type"));
        }
        self.abi(signature.abi.as_ref(), &env, span, function.import.is_some())?;
        let mut params = Vec::new();
        for input in &signature.inputs {
            let (attributes, name, ty) = match input {
                FnArg::Receiver(receiver) => (&receiver.attrs, "self".to_owned(), &*receiver.ty),
                FnArg::Typed(typed) => (&typed.attrs, name_of(&typed.pat), &*typed.ty),
            };
            if self.is_there(attributes, &env, input.span())? {
                params.push(Written { name, ty });
            }
        }
        let ret = match &signature.output {
            ReturnType::Default => None,
            ReturnType::Type(_, ty) => Some(&**ty),
        };
        self.shape(params, ret, signature.variadic.is_some(), &env, span)
    }

    fn is_there(&self, attributes: &[syn::Attribute], env: &Env, span: Span) -> Result<bool, Unknown> {
        match presence(&expand(attributes)) {
            Truth::True => Ok(true),
            Truth::False => Ok(false),
            Truth::Unknown => {
                let why = "whether the parameter is there depends on a `cfg` that only the build knows";
                Err(env.unknown(span, Cause::Conditional, why))
            }
        }
    }

    fn abi(&self, abi: Option<&syn::Abi>, env: &Env, span: Span, is_import: bool) -> Result<(), Unknown> {
        let name = match abi.map(abi_name) {
            None if is_import => return Ok(()),
            None => {
                let why = "it has no extern \"C\", so it is called by rules that only its own compiler knows";
                return Err(env.unknown(span, Cause::Abi, why));
            }
            Some((true, _)) => return Ok(()),
            Some((false, name)) => name,
        };
        Err(env.unknown(span, Cause::Abi, format!("it is extern \"{name}\", which is not how C calls")))
    }

    fn shape(
        &mut self,
        written_params: Vec<Written<'_>>,
        ret: Option<&Type>,
        is_variadic: bool,
        env: &Env,
        span: Span,
    ) -> Result<Shape, Unknown> {
        let mut values = Vec::new();
        let mut params = Vec::new();
        for param in written_params {
            let (ty, passed) = self.passed_type(param.ty, env)?;
            values.extend_from_slice(passed.values());
            let (values, by_address) = (passed.values().len(), passed == Passed::Address);
            params.push(Param { name: param.name, written: written(param.ty), ty, values, by_address });
        }
        let (ret, passed) = match ret {
            None => (
                Param {
                    name: String::new(),
                    written: "()".to_owned(),
                    ty: RustType::Void,
                    values: 0,
                    by_address: false,
                },
                None,
            ),
            Some(ret) => {
                let (ty, passed) = self.passed_type(ret, env)?;
                let by_address = passed == Passed::Address;
                (Param { name: String::new(), written: written(ret), ty, values: 0, by_address }, Some(passed))
            }
        };
        let mut result = None;
        match passed {
            Some(Passed::One(value)) => result = Some(value),
            Some(Passed::Two | Passed::Address) => values.insert(0, ValType::I32),
            Some(Passed::Nothing) | None => {}
        }
        if is_variadic {
            values.push(ValType::I32);
        }
        if values.len() > MAX_PARAMS {
            return Err(env.unknown(span, Cause::Invalid, format!("it has more than {MAX_PARAMS} parameters")));
        }
        let ret = Param { values: usize::from(result.is_some()), ..ret };
        Ok(Shape { ty: FuncType::new(values, result), params, ret, is_variadic })
    }

    fn passed_type(&mut self, ty: &Type, env: &Env) -> Result<(RustType, Passed), Unknown> {
        let typed = self.ty(ty, env, 0)?.ty;
        self.size(&typed, env, ty.span(), 0)?;
        if matches!(typed, RustType::Array { .. }) {
            let why = format!("the array `{}` is passed as only rustc does", written(ty));
            return Err(env.unknown(ty.span(), Cause::NotFfiSafe, why));
        }
        let passed = self.passed(&typed);
        Ok((typed, passed))
    }

    /// Reads what was only mentioned: behind pointers, and function pointers.
    fn finish(&mut self) {
        let mut next = 0;
        loop {
            if let Some(pending) = self.pending.pop() {
                self.restart();
                let shape = self.pointed(&pending.written, &pending.env);
                if let Some(prototype) = self.prototypes.get_mut(pending.index) {
                    prototype.shape = shape;
                }
            } else if let Some(entry) = self.entries.get(next) {
                let env = entry.env.clone();
                self.restart();
                // The answer is kept with the entry.
                let _ = self.layout(next, &env, Span::call_site(), 0);
                next += 1;
            } else {
                return;
            }
        }
    }

    /// What a function pointer points to.
    fn pointed(&mut self, function: &Rc<syn::TypeBareFn>, env: &Env) -> Result<Shape, Unknown> {
        let span = function.fn_token.span();
        self.abi(function.abi.as_ref(), env, span, false)?;
        let mut params = Vec::new();
        for input in &function.inputs {
            if self.is_there(&input.attrs, env, input.span())? {
                let name = input.name.as_ref().map(|(name, _)| bare(name)).unwrap_or_default();
                params.push(Written { name, ty: &input.ty });
            }
        }
        let ret = match &function.output {
            ReturnType::Default => None,
            ReturnType::Type(_, ty) => Some(&**ty),
        };
        self.shape(params, ret, function.variadic.is_some(), env, span)
    }

    fn structs(self) -> Vec<Struct> {
        let layout = |state| match state {
            State::Done(done) => done.map(|(layout, _)| layout),
            State::Waiting | State::Open => {
                Err(Unknown { place: Place::default(), cause: Cause::Invalid, why: "it was not read".to_owned() })
            }
        };
        self.entries
            .into_iter()
            .map(|entry| Struct { name: entry.name, place: entry.place, layout: layout(entry.state) })
            .collect()
    }
}

fn name_of(pattern: &Pat) -> String {
    match pattern {
        Pat::Ident(ident) => bare(&ident.ident),
        _ => String::new(),
    }
}
