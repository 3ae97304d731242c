//! Addresses: what they point to, and whether they are one value.
//!
//! The address of a slice, string or trait object is two. A struct is of such a size when its last field is; that a
//! last field is of another crate does not make it so, though that crate could.

use syn::Type;
use syn::spanned::Spanned;

use super::known::{self, Known};
use super::model::{Cause, RustType, Unknown};
use super::resolve::Target;
use super::text::{bare, written};
use super::tree::What;
use super::types::{Argument, Env, MAX_DEPTH, Types};

impl Types<'_> {
    /// The address of a type.
    pub(super) fn pointer(&mut self, to: &Type, env: &Env, depth: u32) -> Result<RustType, Unknown> {
        self.thin(to, env, depth + 1)?;
        let to = match self.ty(to, env, depth + 1) {
            Ok(typed) => match typed.ty {
                RustType::Enum { name, .. } if name == "c_void" => RustType::Void,
                ty if nested(&ty) >= MAX_DEPTH => RustType::Unknown("it is nested too deeply".to_owned()),
                ty => ty,
            },
            Err(unknown) => RustType::Unknown(unknown.why),
        };
        Ok(RustType::Pointer(Box::new(to)))
    }

    /// Whether the address of a type is one value.
    pub(super) fn thin(&mut self, ty: &Type, env: &Env, depth: u32) -> Result<(), Unknown> {
        self.step(env, ty, depth)?;
        match ty {
            Type::Paren(inner) => self.thin(&inner.elem, env, depth + 1),
            Type::Group(inner) => self.thin(&inner.elem, env, depth + 1),
            Type::Tuple(tuple) => match tuple.elems.last() {
                Some(last) => self.thin(last, env, depth + 1),
                None => Ok(()),
            },
            Type::Never(_) | Type::Ptr(_) | Type::Reference(_) | Type::BareFn(_) | Type::Array(_) => Ok(()),
            Type::Slice(_) | Type::TraitObject(_) => Err(two_values(ty, env)),
            Type::Path(path) if path.qself.is_none() => self.thin_path(path, env, depth),
            _ => {
                let why = format!("only a compiler knows whether the address of `{}` is one value", written(ty));
                Err(env.unknown(ty.span(), Cause::Elsewhere, why))
            }
        }
    }

    fn thin_path(&mut self, path: &syn::TypePath, env: &Env, depth: u32) -> Result<(), Unknown> {
        if let Some(name) = path.path.get_ident() {
            let name = bare(name);
            if let Some(Argument::Type { thin, .. }) = env.arguments.get(&name) {
                return thin.clone();
            }
            if name == "Self"
                && let Some(self_type) = env.self_type.clone()
            {
                let env = Env { self_type: None, ..env.clone() };
                return self.thin(&self_type, &env, depth + 1);
            }
        }
        for target in self.targets(&path.path, env)? {
            self.thin_target(&target, path, env, depth)?;
        }
        Ok(())
    }

    fn thin_target(&mut self, target: &Target, path: &syn::TypePath, env: &Env, depth: u32) -> Result<(), Unknown> {
        let id = match target {
            Target::Module(_) => return Ok(()),
            Target::External(names) => {
                let is_known = match names.first().map(String::as_str) {
                    Some("core" | "std" | "alloc" | "libc") => true,
                    Some(name) => names.len() == 1 && known::is_prelude(name),
                    None => false,
                };
                return match known::find(names) {
                    Some(Known::Unsized) => Err(two_values(path, env)),
                    Some(Known::Same | Known::Cell) => {
                        let inner = self.argument(&path.path, env)?;
                        self.thin(&inner, env, depth + 1)
                    }
                    Some(_) => Ok(()),
                    None if is_known => Ok(()),
                    None => {
                        let name = names.join("::");
                        let why = format!(
                            "`{name}` is not of this crate, so only a compiler knows whether its address is one value"
                        );
                        Err(env.unknown(path.span(), Cause::Elsewhere, why))
                    }
                };
            }
            Target::Definition(id) => *id,
        };
        let tree = self.tree;
        let Some(definition) = tree.definitions.get(id) else { return Ok(()) };
        match &definition.what {
            What::Struct(item) => {
                let inner = self.generic(&item.generics, &definition.scope, &path.path, env, depth)?;
                let Some(last) = item.fields.iter().last() else { return Ok(()) };
                match self.thin(&last.ty, &inner, depth + 1) {
                    Err(unknown) if unknown.cause == Cause::Elsewhere => Ok(()),
                    thin => thin,
                }
            }
            What::Alias(item) => {
                let inner = self.generic(&item.generics, &definition.scope, &path.path, env, depth)?;
                self.thin(&item.ty, &inner, depth + 1)
            }
            What::Trait => Err(two_values(path, env)),
            _ => Ok(()),
        }
    }
}

/// How many addresses and arrays a type is around another.
pub(super) fn nested(mut ty: &RustType) -> u32 {
    let mut depth = 0;
    while let RustType::Pointer(inner) | RustType::Array { element: inner, .. } = ty {
        ty = inner;
        depth += 1;
    }
    depth
}

fn two_values(ty: &(impl quote::ToTokens + Spanned), env: &Env) -> Unknown {
    let why = format!("the address of `{}` is two values, which C does not know", written(ty));
    env.unknown(ty.span(), Cause::NotFfiSafe, why)
}
