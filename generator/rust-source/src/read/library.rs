//! Types of the standard library, with their arguments.

use syn::spanned::Spanned;

use super::known::Known;
use super::model::{Cause, RustType, Unknown};
use super::text::written;
use super::types::{Env, Typed, Types};

impl Types<'_> {
    /// What a known type is.
    pub(super) fn known(&mut self, known: Known, path: &syn::Path, env: &Env, depth: u32) -> Result<Typed, Unknown> {
        let typed = |ty, niche| Ok(Typed { ty, niche });
        let integer = |bytes, signed| RustType::Integer { bytes, signed };
        match known {
            Known::Integer(bytes, signed) => typed(integer(bytes, signed), false),
            Known::NonZero(bytes, signed) => typed(integer(bytes, signed), true),
            Known::Bool => typed(RustType::Bool, false),
            Known::Char => typed(RustType::Char, false),
            Known::Float => typed(RustType::Float, false),
            Known::Double => typed(RustType::Double, false),
            Known::Vector => typed(RustType::Vector, false),
            Known::CVoid => typed(RustType::Enum { name: "c_void".to_owned(), bytes: 1, signed: false }, false),
            Known::VaList => typed(RustType::Pointer(Box::new(RustType::Void)), false),
            Known::Empty => typed(RustType::Void, false),
            Known::Unsized => {
                Err(env.unknown(path.span(), Cause::NotFfiSafe, format!("`{}` has no fixed size", written(path))))
            }
            Known::NonNull => {
                let pointee = self.argument(path, env)?;
                typed(self.pointer(&pointee, env, depth)?, true)
            }
            Known::AtomicPointer => {
                let pointee = self.argument(path, env)?;
                typed(self.pointer(&pointee, env, depth)?, false)
            }
            Known::Same => {
                let inner = self.argument(path, env)?;
                self.ty(&inner, env, depth + 1)
            }
            Known::Cell => {
                let inner = self.argument(path, env)?;
                typed(self.ty(&inner, env, depth + 1)?.ty, false)
            }
            Known::NonZeroOf => {
                let inner = self.argument(path, env)?;
                let inner = self.ty(&inner, env, depth + 1)?;
                match inner.ty {
                    RustType::Integer { .. } | RustType::Char => typed(inner.ty, true),
                    _ => Err(env.unknown(path.span(), Cause::Invalid, format!("`{}` is no integer", written(path)))),
                }
            }
            Known::Option => {
                let inner = self.argument(path, env)?;
                let inner = self.ty(&inner, env, depth + 1)?;
                if inner.niche {
                    return typed(inner.ty, false);
                }
                let why = format!("`{}` has no layout that C knows, as its inside may have any value", written(path));
                Err(env.unknown(path.span(), Cause::NotFfiSafe, why))
            }
        }
    }
}
