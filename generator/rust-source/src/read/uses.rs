//! `use` declarations (Rust Reference, "Use declarations").

use syn::UseTree;

use super::cfg::Truth;
use super::load::Loader;
use super::text::bare;
use super::tree::{Scope, UsePath, What};

impl Loader<'_> {
    /// Defines what a tree imports.
    pub(super) fn uses(&mut self, scope: &Scope, tree: &UseTree, mut path: UsePath, truth: Truth) {
        match tree {
            UseTree::Path(inner) => {
                path.segments = path.segments.with(bare(&inner.ident));
                self.uses(scope, &inner.tree, path, truth);
            }
            UseTree::Group(group) => group.items.iter().for_each(|tree| self.uses(scope, tree, path.clone(), truth)),
            UseTree::Glob(_) => {
                if let Some(module) = self.tree.modules.get_mut(scope.module) {
                    module.globs.push(path);
                }
            }
            UseTree::Name(_) | UseTree::Rename(_) => {
                let (ident, name) = match tree {
                    UseTree::Name(name) => (&name.ident, bare(&name.ident)),
                    UseTree::Rename(rename) => (&rename.ident, bare(&rename.rename)),
                    _ => return,
                };
                if name == "_" {
                    return;
                }
                // `use a::b::{self}` is `b`.
                let is_self = ident == "self";
                let name = match path.segments.last() {
                    Some(last) if is_self && name == "self" => last.to_owned(),
                    _ => name,
                };
                if !is_self || path.segments.last().is_none() {
                    path.segments = path.segments.with(bare(ident));
                }
                self.tree.define_as(scope, name, truth, What::Use(path));
            }
        }
    }
}
