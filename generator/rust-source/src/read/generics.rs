//! Arguments of generic types.

use std::collections::BTreeMap;
use std::rc::Rc;

use syn::spanned::Spanned;
use syn::{GenericArgument, GenericParam, PathArguments, Type};

use super::model::{Cause, Unknown};
use super::text::{bare, written};
use super::tree::Scope;
use super::types::{Argument, Env, Types};

/// Most parameters of a type.
const MAX_ARGUMENTS: usize = 100;

impl Types<'_> {
    /// The first type argument of a path.
    pub(super) fn argument(&self, path: &syn::Path, env: &Env) -> Result<Type, Unknown> {
        let first = path.segments.last().and_then(|segment| match &segment.arguments {
            PathArguments::AngleBracketed(all) => all.args.iter().find_map(|argument| match argument {
                GenericArgument::Type(ty) => Some(ty.clone()),
                _ => None,
            }),
            _ => None,
        });
        first.ok_or_else(|| env.unknown(path.span(), Cause::Invalid, format!("`{}` needs a type in <>", written(path))))
    }

    /// The inside of a generic definition that `path` names with arguments.
    pub(super) fn generic(
        &mut self,
        generics: &syn::Generics,
        scope: &Scope,
        path: &syn::Path,
        env: &Env,
        depth: u32,
    ) -> Result<Env, Unknown> {
        let mut inner = Env::of(scope);
        if generics.params.len() > MAX_ARGUMENTS {
            let why = format!("`{}` has more than {MAX_ARGUMENTS} parameters", written(path));
            return Err(env.unknown(path.span(), Cause::Invalid, why));
        }
        let given: Vec<&GenericArgument> = match path.segments.last().map(|segment| &segment.arguments) {
            Some(PathArguments::AngleBracketed(all)) => {
                all.args.iter().filter(|argument| !matches!(argument, GenericArgument::Lifetime(_))).collect()
            }
            _ => Vec::new(),
        };
        let mut given = given.into_iter();
        let mut arguments = BTreeMap::new();
        for param in &generics.params {
            let missing = |name: &syn::Ident| {
                env.unknown(path.span(), Cause::Invalid, format!("`{}` lacks an argument for `{name}`", written(path)))
            };
            let (ident, argument) = match param {
                GenericParam::Lifetime(_) => continue,
                GenericParam::Type(param) => {
                    let argument = match (given.next(), &param.default) {
                        (Some(GenericArgument::Type(ty)), _) => self.type_argument(ty, env, depth),
                        (None, Some(ty)) => {
                            inner.arguments = Rc::new(arguments.clone());
                            self.type_argument(ty, &inner, depth)
                        }
                        _ => return Err(missing(&param.ident)),
                    };
                    (&param.ident, argument)
                }
                GenericParam::Const(param) => {
                    let argument = match (given.next(), &param.default) {
                        (Some(GenericArgument::Const(value)), _) => self.value(value, env, depth + 1),
                        // A name alone may be a type or a constant.
                        (Some(GenericArgument::Type(Type::Path(name))), _) => {
                            self.named_value(&name.path, env, depth + 1)
                        }
                        (None, Some(value)) => {
                            inner.arguments = Rc::new(arguments.clone());
                            self.value(value, &inner, depth + 1)
                        }
                        _ => return Err(missing(&param.ident)),
                    };
                    (&param.ident, Argument::Number(argument))
                }
            };
            arguments.insert(bare(ident), argument);
        }
        inner.arguments = Rc::new(arguments);
        Ok(inner)
    }

    fn type_argument(&mut self, ty: &Type, env: &Env, depth: u32) -> Argument {
        let thin = self.thin(ty, env, depth + 1);
        let typed = self.ty(ty, env, depth + 1);
        Argument::Type { ty: Box::new(typed), thin }
    }
}
