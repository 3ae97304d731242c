//! Constants that give the length of an array.

use syn::spanned::Spanned;
use syn::{BinOp, Expr, Lit, UnOp};

use super::attributes::integer;
use super::model::{Cause, Unknown};
use super::resolve::Target;
use super::text::{bare, written};
use super::tree::{DefinitionId, What};
use super::types::{Argument, Env, Types};

impl Types<'_> {
    /// The length of an array.
    pub(super) fn count(&mut self, value: &Expr, env: &Env, depth: u32) -> Result<u32, Unknown> {
        let count = self.value(value, env, depth)?;
        u32::try_from(count).map_err(|_| {
            env.unknown(value.span(), Cause::Invalid, format!("`{}` is {count}, no length", written(value)))
        })
    }

    /// The value of an expression; arithmetic that leaves 128 bits is none.
    pub(super) fn value(&mut self, value: &Expr, env: &Env, depth: u32) -> Result<i128, Unknown> {
        self.step(env, value, depth)?;
        let next = depth + 1;
        let unknown = || {
            let why = format!("the constant `{}` is too much for anyone but a compiler", written(value));
            env.unknown(value.span(), Cause::Elsewhere, why)
        };
        match value {
            Expr::Lit(literal) => match &literal.lit {
                Lit::Int(number) => number.base10_parse::<i128>().map_err(|_| unknown()),
                Lit::Byte(byte) => Ok(byte.value().into()),
                Lit::Char(char) => Ok(u32::from(char.value()).into()),
                Lit::Bool(value) => Ok(value.value.into()),
                _ => Err(unknown()),
            },
            Expr::Paren(inner) => self.value(&inner.expr, env, next),
            Expr::Group(inner) => self.value(&inner.expr, env, next),
            Expr::Block(block) => match block.block.stmts.as_slice() {
                [syn::Stmt::Expr(inner, None)] => self.value(inner, env, next),
                _ => Err(unknown()),
            },
            Expr::Unary(unary) => match unary.op {
                UnOp::Neg(_) => self.value(&unary.expr, env, next)?.checked_neg().ok_or_else(unknown),
                _ => Err(unknown()),
            },
            Expr::Cast(cast) => {
                let inner = self.value(&cast.expr, env, next)?;
                let name = match &*cast.ty {
                    syn::Type::Path(path) => path.path.get_ident().map(bare).unwrap_or_default(),
                    _ => String::new(),
                };
                let (bytes, signed) = integer(&name).ok_or_else(unknown)?;
                cut(inner, bytes, signed).ok_or_else(unknown)
            }
            Expr::Binary(binary) => {
                let (left, right) = (self.value(&binary.left, env, next)?, self.value(&binary.right, env, next)?);
                calculate(&binary.op, left, right).ok_or_else(unknown)
            }
            Expr::Path(path) if path.qself.is_none() => self.named_value(&path.path, env, next),
            Expr::Call(call) if call.args.is_empty() => self.measure(call, env, next).unwrap_or_else(|| Err(unknown())),
            _ => Err(unknown()),
        }
    }

    /// `size_of::<T>()` and `align_of::<T>()`.
    fn measure(&mut self, call: &syn::ExprCall, env: &Env, depth: u32) -> Option<Result<i128, Unknown>> {
        let Expr::Path(function) = &*call.func else { return None };
        let name = function.path.segments.last()?.ident.to_string();
        if !matches!(name.as_str(), "size_of" | "align_of") {
            return None;
        }
        let ty = self.argument(&function.path, env).ok()?;
        let measured = self.ty(&ty, env, depth).and_then(|typed| self.size(&typed.ty, env, ty.span(), depth));
        Some(measured.map(|(size, align)| if name == "size_of" { size.into() } else { align.into() }))
    }

    /// The value of a constant by its name.
    pub(super) fn named_value(&mut self, path: &syn::Path, env: &Env, depth: u32) -> Result<i128, Unknown> {
        self.step(env, path, depth)?;
        let names: Vec<String> = path.segments.iter().map(|segment| bare(&segment.ident)).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        if let [name] = names.as_slice()
            && let Some(Argument::Number(number)) = env.arguments.get(*name)
        {
            return number.clone();
        }
        if let [ty, constant @ ("MAX" | "MIN" | "BITS")] = names.as_slice()
            && let Some((bytes, signed)) = integer(ty).filter(|(bytes, _)| *bytes <= 8)
        {
            let bits = u32::from(bytes) * 8;
            let (min, max) = if signed { (-(1 << (bits - 1)), (1 << (bits - 1)) - 1) } else { (0, (1 << bits) - 1) };
            return Ok(match *constant {
                "MAX" => max,
                "MIN" => min,
                _ => bits.into(),
            });
        }
        let found = self.resolver.path(&env.scope, path.leading_colon.is_some(), &names, true);
        let found = found.map_err(|miss| env.unknown(path.span(), miss.cause, miss.why))?;
        let mut value: Option<i128> = None;
        for target in found {
            let next = match target {
                Target::Definition(id) => self.constant(id, path, env, depth)?,
                _ => {
                    let why = format!("the constant `{}` is not of this crate", written(path));
                    return Err(env.unknown(path.span(), Cause::Elsewhere, why));
                }
            };
            if value.is_some_and(|value| value != next) {
                let why = format!("the value of `{}` depends on a `cfg` that only the build knows", written(path));
                return Err(env.unknown(path.span(), Cause::Conditional, why));
            }
            value = Some(next);
        }
        value.ok_or_else(|| env.unknown(path.span(), Cause::Invalid, format!("there is no `{}` here", written(path))))
    }

    fn constant(&mut self, id: DefinitionId, path: &syn::Path, env: &Env, depth: u32) -> Result<i128, Unknown> {
        let tree = self.tree;
        let Some(definition) = tree.definitions.get(id) else {
            return Err(env.unknown(path.span(), Cause::Invalid, "there is no such constant"));
        };
        let What::Const(item) = &definition.what else {
            let why = format!("`{}` is no constant", written(path));
            return Err(env.unknown(path.span(), Cause::Invalid, why));
        };
        match self.constants.get(&id) {
            Some(Some(value)) => return value.clone(),
            Some(None) => {
                let why = format!("the constant `{}` is made of itself", item.ident);
                return Err(env.unknown(path.span(), Cause::Invalid, why));
            }
            None => {}
        }
        self.constants.insert(id, None);
        let value = self.value(&item.expr, &Env::of(&definition.scope), depth + 1);
        self.constants.insert(id, Some(value.clone()));
        value
    }
}

/// What `as` leaves of a number.
fn cut(value: i128, bytes: u8, signed: bool) -> Option<i128> {
    let bits = u32::from(bytes) * 8;
    if bits >= 128 {
        return (signed || value >= 0).then_some(value);
    }
    let low = value & ((1 << bits) - 1);
    Some(if signed && low >> (bits - 1) == 1 { low - (1 << bits) } else { low })
}

fn calculate(op: &BinOp, left: i128, right: i128) -> Option<i128> {
    let small = || u32::try_from(right).ok().filter(|bits| *bits < 64);
    match op {
        BinOp::Add(_) => left.checked_add(right),
        BinOp::Sub(_) => left.checked_sub(right),
        BinOp::Mul(_) => left.checked_mul(right),
        BinOp::Div(_) => left.checked_div(right),
        BinOp::Rem(_) => left.checked_rem(right),
        BinOp::Shl(_) => left.checked_mul(1 << small()?),
        BinOp::Shr(_) => left.checked_shr(small()?),
        BinOp::BitAnd(_) => Some(left & right),
        BinOp::BitOr(_) => Some(left | right),
        BinOp::BitXor(_) => Some(left ^ right),
        _ => None,
    }
}
