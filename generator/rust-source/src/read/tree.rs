//! Modules, what they define, and their functions, as written.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use proc_macro2::Span;
use syn::Meta;

use super::cfg::Truth;
use super::model::{Hidden, Place, Unexpanded};
use super::text::place;

/// Index of a module in [`Tree::modules`].
pub(super) type ModuleId = usize;
/// Index of a definition in [`Tree::definitions`].
pub(super) type DefinitionId = usize;

/// The module that a crate starts with.
pub(super) const ROOT: ModuleId = 0;

/// Everything that was read of a crate.
#[derive(Default)]
pub(super) struct Tree {
    pub modules: Vec<Module>,
    pub definitions: Vec<Definition>,
    pub functions: Vec<Function>,
    pub hidden: Vec<Hidden>,
    pub unexpanded: Vec<Unexpanded>,
    /// Paths of `use` start at the root, as in the edition 2015.
    pub uses_start_at_root: bool,
    /// Other crates that are known by name.
    pub crates: BTreeSet<String>,
}

/// A module, or the inside of a block that has items.
#[derive(Default)]
pub(super) struct Module {
    /// `None` for the root.
    pub parent: Option<ModuleId>,
    /// It sees what its parent sees.
    pub is_block: bool,
    /// Definitions by name.
    pub names: BTreeMap<String, Vec<DefinitionId>>,
    /// `use path::*`.
    pub globs: Vec<UsePath>,
    /// A macro in it that may define anything.
    pub has_macro: Option<Unexpanded>,
}

/// Where something stands: what names mean there, and for messages.
#[derive(Clone)]
pub(super) struct Scope {
    pub module: ModuleId,
    pub file: Rc<str>,
}

impl Scope {
    pub(super) fn place(&self, span: Span) -> Place {
        place(&self.file, span)
    }
}

/// The path of a `use`.
#[derive(Clone)]
pub(super) struct UsePath {
    pub scope: Scope,
    pub is_global: bool,
    /// Only its module and those in it see the name.
    pub is_private: bool,
    pub segments: Segments,
}

/// Names of a path; those of a group share what stands before it.
#[derive(Clone, Default)]
pub(super) struct Segments(Option<Rc<(Segments, String)>>);

impl Segments {
    /// One name more.
    pub(super) fn with(&self, name: String) -> Segments {
        Segments(Some(Rc::new((self.clone(), name))))
    }

    pub(super) fn last(&self) -> Option<&str> {
        self.0.as_ref().map(|pair| pair.1.as_str())
    }

    /// In order.
    pub(super) fn names(&self) -> Vec<&str> {
        let mut names = Vec::new();
        let mut rest = self;
        while let Some(pair) = &rest.0 {
            names.push(pair.1.as_str());
            rest = &pair.0;
        }
        names.reverse();
        names
    }
}

/// Something with a name.
pub(super) struct Definition {
    pub what: What,
    pub scope: Scope,
    pub truth: Truth,
}

/// Attributes as [`super::cfg::expand`] gives them.
pub(super) type Attributes = Vec<(Meta, Truth)>;

/// What has a name.
pub(super) enum What {
    Module(ModuleId),
    Struct(Rc<syn::ItemStruct>),
    Enum(Rc<syn::ItemEnum>),
    Union(Rc<syn::ItemUnion>),
    Alias(Rc<syn::ItemType>),
    /// A type of an `extern` block.
    Foreign,
    Trait,
    Const(Rc<syn::ItemConst>),
    /// A function or static, which is no type and no constant.
    Value,
    Use(UsePath),
    /// Another crate by its own name.
    Crate(String),
}

impl What {
    /// Whether it can be part of the path to a type.
    pub(super) fn is_type(&self) -> bool {
        !matches!(self, What::Const(_) | What::Value)
    }

    /// Whether it can be a constant.
    pub(super) fn is_value(&self) -> bool {
        matches!(self, What::Const(_) | What::Value | What::Use(_))
    }
}

/// A function that native code sees, or that it is to have.
pub(super) struct Function {
    pub symbol: String,
    /// Of an `extern` block, with its `wasm_import_module`.
    pub import: Option<Option<String>>,
    pub signature: Rc<syn::Signature>,
    pub scope: Scope,
    /// What `Self` is.
    pub self_type: Option<Rc<syn::Type>>,
    /// The `impl` around it has parameters.
    pub in_generic: bool,
    pub truth: Truth,
}

impl Tree {
    /// A new module.
    pub(super) fn module(&mut self, parent: Option<ModuleId>, is_block: bool) -> ModuleId {
        self.modules.push(Module { parent, is_block, ..Module::default() });
        self.modules.len() - 1
    }

    /// Gives something a name.
    pub(super) fn define(&mut self, scope: &Scope, ident: &syn::Ident, truth: Truth, what: What) {
        self.define_as(scope, super::text::bare(ident), truth, what);
    }

    /// The same with another name than what stands there.
    pub(super) fn define_as(&mut self, scope: &Scope, name: String, truth: Truth, what: What) {
        self.definitions.push(Definition { what, scope: scope.clone(), truth });
        let id = self.definitions.len() - 1;
        if let Some(module) = self.modules.get_mut(scope.module) {
            module.names.entry(name).or_default().push(id);
        }
    }

    /// Notes a macro that is not expanded.
    pub(super) fn not_expanded(&mut self, scope: &Scope, span: Span, name: String) {
        let unexpanded = Unexpanded { place: scope.place(span), name };
        if let Some(module) = self.modules.get_mut(scope.module) {
            module.has_macro.get_or_insert_with(|| unexpanded.clone());
        }
        self.unexpanded.push(unexpanded);
    }
}
