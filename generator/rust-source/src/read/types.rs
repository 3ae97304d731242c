//! Types as written to types as they are: names resolved, aliases and transparent wrappers taken away.

use std::collections::BTreeMap;
use std::rc::Rc;

use proc_macro2::Span;
use syn::Type;
use syn::spanned::Spanned;

use super::entries::Entry;
use super::known;
use super::model::{Cause, Prototype, RustType, Unknown};
use super::pointers::nested;
use super::resolve::{Resolver, Target};
use super::text::{bare, written};
use super::tree::{DefinitionId, Scope, Tree, What};

/// Most types within types, and most steps for a function and for a crate.
pub(super) const MAX_DEPTH: u32 = 64;
const MAX_STEPS: u32 = 100_000;
const MAX_ALL_STEPS: u64 = 10_000_000;

/// Most structs and prototypes of a crate.
pub(super) const MAX_ENTRIES: usize = 10_000;

/// A type, and whether it is never null or 0, so that an `Option` of it takes no more room.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Typed {
    pub ty: RustType,
    pub niche: bool,
}

/// What stands for a parameter of a generic type.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Argument {
    /// A type, and whether its address is one value.
    Type { ty: Box<Result<Typed, Unknown>>, thin: Result<(), Unknown> },
    /// A number.
    Number(Result<i128, Unknown>),
}

/// What names mean where a type is written.
#[derive(Clone)]
pub(super) struct Env {
    pub scope: Scope,
    pub self_type: Option<Rc<Type>>,
    pub arguments: Rc<BTreeMap<String, Argument>>,
}

impl Env {
    /// Without parameters.
    pub(super) fn of(scope: &Scope) -> Env {
        Env { scope: scope.clone(), self_type: None, arguments: Rc::default() }
    }

    pub(super) fn unknown(&self, span: Span, cause: Cause, why: impl Into<String>) -> Unknown {
        Unknown { place: self.scope.place(span), cause, why: why.into() }
    }
}

/// A function pointer that is still to be read.
pub(super) struct Pending {
    pub index: usize,
    pub written: Rc<syn::TypeBareFn>,
    pub env: Env,
}

/// By which a function pointer's type is known: where it is written, and the arguments there.
type PrototypeKey = (super::model::Place, Vec<(String, Argument)>);

/// Everything about the types of a crate.
pub(super) struct Types<'t> {
    pub tree: &'t Tree,
    pub resolver: Resolver<'t>,
    pub entries: Vec<Entry>,
    pub keys: BTreeMap<(DefinitionId, Vec<(String, Argument)>), usize>,
    pub prototypes: Vec<Prototype>,
    pub prototype_keys: BTreeMap<PrototypeKey, usize>,
    pub pending: Vec<Pending>,
    pub constants: BTreeMap<DefinitionId, Option<Result<i128, Unknown>>>,
    /// Transparent types that are being looked into.
    pub open: Vec<(DefinitionId, Vec<(String, Argument)>)>,
    steps: u32,
    all_steps: u64,
}

impl<'t> Types<'t> {
    pub(super) fn new(tree: &'t Tree) -> Types<'t> {
        Types {
            tree,
            resolver: Resolver::new(tree),
            entries: Vec::new(),
            keys: BTreeMap::new(),
            prototypes: Vec::new(),
            prototype_keys: BTreeMap::new(),
            pending: Vec::new(),
            constants: BTreeMap::new(),
            open: Vec::new(),
            steps: 0,
            all_steps: 0,
        }
    }

    /// Starts something that has steps of its own.
    pub(super) fn restart(&mut self) {
        self.steps = 0;
    }

    /// One step more; fails when there were too many, or too many within each other.
    pub(super) fn step(&mut self, env: &Env, at: &impl Spanned, depth: u32) -> Result<(), Unknown> {
        self.steps += 1;
        self.all_steps += 1;
        if depth > MAX_DEPTH {
            return Err(env.unknown(at.span(), Cause::Invalid, "its type contains itself or is nested too deeply"));
        }
        if self.steps > MAX_STEPS || self.all_steps > MAX_ALL_STEPS {
            return Err(env.unknown(at.span(), Cause::Invalid, "its type is too large to be followed"));
        }
        Ok(())
    }

    /// What a type is.
    pub(super) fn ty(&mut self, ty: &Type, env: &Env, depth: u32) -> Result<Typed, Unknown> {
        self.step(env, ty, depth)?;
        let plain = |ty| Ok(Typed { ty, niche: false });
        let not_safe = |why: String| Err(env.unknown(ty.span(), Cause::NotFfiSafe, why));
        match ty {
            Type::Paren(inner) => self.ty(&inner.elem, env, depth + 1),
            Type::Group(inner) => self.ty(&inner.elem, env, depth + 1),
            Type::Never(_) => plain(RustType::Void),
            Type::Tuple(tuple) if tuple.elems.is_empty() => plain(RustType::Void),
            Type::Tuple(_) => not_safe(format!("the tuple `{}` has no fixed layout", written(ty))),
            Type::Ptr(pointer) => plain(self.pointer(&pointer.elem, env, depth)?),
            Type::Reference(reference) => Ok(Typed { ty: self.pointer(&reference.elem, env, depth)?, niche: true }),
            Type::BareFn(function) => Ok(Typed { ty: RustType::Function(self.prototype(function, env)?), niche: true }),
            Type::Array(array) => {
                let element = self.ty(&array.elem, env, depth + 1)?.ty;
                let count = self.count(&array.len, env, depth + 1)?;
                if nested(&element) >= MAX_DEPTH {
                    return Err(env.unknown(ty.span(), Cause::Invalid, "it is nested too deeply"));
                }
                plain(RustType::Array { element: Box::new(element), count })
            }
            Type::Path(path) => self.path(path, env, depth),
            Type::Slice(_) | Type::TraitObject(_) => not_safe(format!("`{}` has no fixed size", written(ty))),
            Type::ImplTrait(_) | Type::Infer(_) => {
                let why = format!("only a compiler knows what `{}` is", written(ty));
                Err(env.unknown(ty.span(), Cause::Generic, why))
            }
            _ => {
                let why = format!("`{}` is made by a macro or of unknown form", written(ty));
                Err(env.unknown(ty.span(), Cause::Elsewhere, why))
            }
        }
    }

    fn path(&mut self, path: &syn::TypePath, env: &Env, depth: u32) -> Result<Typed, Unknown> {
        if path.qself.is_some() {
            let why = format!("`{}` is an associated type, which only a compiler can find", written(path));
            return Err(env.unknown(path.span(), Cause::Elsewhere, why));
        }
        if let Some(name) = path.path.get_ident() {
            let name = bare(name);
            if let Some(argument) = env.arguments.get(&name) {
                return match argument {
                    Argument::Type { ty, .. } => ty.as_ref().clone(),
                    Argument::Number(_) => {
                        Err(env.unknown(path.span(), Cause::Invalid, format!("`{name}` is a number, no type")))
                    }
                };
            }
            if name == "Self"
                && let Some(self_type) = env.self_type.clone()
            {
                let env = Env { self_type: None, ..env.clone() };
                return self.ty(&self_type, &env, depth + 1);
            }
        }
        let mut found: Option<Typed> = None;
        for target in self.targets(&path.path, env)? {
            let typed = self.target(&target, &path.path, env, depth)?;
            found = Some(match found {
                None => typed,
                Some(before) => self.same(before, typed).ok_or_else(|| {
                    let why = format!("which `{}` it is depends on a `cfg` that only the build knows", written(path));
                    env.unknown(path.span(), Cause::Conditional, why)
                })?,
            });
        }
        found.ok_or_else(|| env.unknown(path.span(), Cause::Invalid, format!("there is no `{}` here", written(path))))
    }

    /// What the path of a type may name.
    pub(super) fn targets(&self, path: &syn::Path, env: &Env) -> Result<Vec<Target>, Unknown> {
        let names: Vec<String> = path.segments.iter().map(|segment| bare(&segment.ident)).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let is_associated = match names.as_slice() {
            [first, _, ..] => *first == "Self" || env.arguments.contains_key(*first),
            _ => false,
        };
        if is_associated {
            let why = format!("`{}` is an associated item, which only a compiler can find", written(path));
            return Err(env.unknown(path.span(), Cause::Elsewhere, why));
        }
        let found = self.resolver.path(&env.scope, path.leading_colon.is_some(), &names, false);
        found.map_err(|miss| env.unknown(path.span(), miss.cause, miss.why))
    }

    fn target(&mut self, target: &Target, path: &syn::Path, env: &Env, depth: u32) -> Result<Typed, Unknown> {
        let not_safe = |cause, why: String| Err(env.unknown(path.span(), cause, why));
        let name = written(path);
        match target {
            Target::Module(_) => not_safe(Cause::Invalid, format!("`{name}` is a module, no type")),
            Target::External(names) => match known::find(names) {
                Some(known) => self.known(known, path, env, depth),
                None => not_safe(Cause::Elsewhere, format!("`{}` is not of this crate", names.join("::"))),
            },
            Target::Definition(id) => {
                let tree = self.tree;
                let Some(definition) = tree.definitions.get(*id) else {
                    return not_safe(Cause::Invalid, format!("there is no `{name}` here"));
                };
                match &definition.what {
                    What::Struct(item) => {
                        let env = self.generic(&item.generics, &definition.scope, path, env, depth)?;
                        self.structure(*id, item, &env, depth)
                    }
                    What::Union(item) => {
                        let env = self.generic(&item.generics, &definition.scope, path, env, depth)?;
                        self.entry(*id, &item.ident, &item.generics, &env)
                    }
                    What::Enum(item) => {
                        let env = self.generic(&item.generics, &definition.scope, path, env, depth)?;
                        self.enumeration(*id, item, &env, depth)
                    }
                    What::Alias(item) => {
                        let env = self.generic(&item.generics, &definition.scope, path, env, depth)?;
                        self.ty(&item.ty, &env, depth + 1)
                    }
                    What::Foreign => not_safe(Cause::NotFfiSafe, format!("`{name}` is a type of unknown size")),
                    What::Trait => not_safe(Cause::NotFfiSafe, format!("`{name}` is a trait, of no fixed size")),
                    _ => not_safe(Cause::Invalid, format!("`{name}` is no type")),
                }
            }
        }
    }

    /// The index of a function pointer's type.
    fn prototype(&mut self, function: &syn::TypeBareFn, env: &Env) -> Result<usize, Unknown> {
        let arguments = env.arguments.iter().map(|(name, argument)| (name.clone(), argument.clone())).collect();
        let place = env.scope.place(function.fn_token.span());
        let key = (place, arguments);
        if let Some(index) = self.prototype_keys.get(&key) {
            return Ok(*index);
        }
        if self.prototypes.len() >= MAX_ENTRIES {
            return Err(env.unknown(function.span(), Cause::Invalid, "the crate has too many types to be followed"));
        }
        let index = self.prototypes.len();
        let waiting = env.unknown(function.span(), Cause::Invalid, "it is being read");
        self.prototypes.push(Prototype { text: written(function), shape: Err(waiting) });
        self.prototype_keys.insert(key, index);
        self.pending.push(Pending { index, written: Rc::new(function.clone()), env: env.clone() });
        Ok(index)
    }
}
