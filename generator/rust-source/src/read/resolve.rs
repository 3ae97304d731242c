//! What a path names (Rust Reference, "Paths", "Use declarations", "Preludes"). Who may see what is not checked, but for
//! private imports, which another module does not import.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use super::cfg::Truth;
use super::known;
use super::model::Cause;
use super::tree::{DefinitionId, ModuleId, ROOT, Scope, Tree, UsePath, What};

/// What a path may name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    Module(ModuleId),
    Definition(DefinitionId),
    /// Of another crate, whose name is first; a single name is one that needs no `use`.
    External(Vec<String>),
}

/// Why a path names nothing.
#[derive(Clone, Debug)]
pub(super) struct Miss {
    pub cause: Cause,
    pub why: String,
}

/// Most `use` declarations that lead to each other: modules that all import all of another are as many.
const MAX_CHAIN: u32 = 2_000;

/// Most lookups for a crate: beyond them nothing is found.
const MAX_LOOKUPS: u64 = 2_000_000;

/// Everything that a name may be.
type Found = Rc<Vec<Target>>;

/// Finds names in a tree.
pub(super) struct Resolver<'t> {
    tree: &'t Tree,
    /// What was found before, by module and whether it was a value.
    found: RefCell<BTreeMap<(ModuleId, bool), BTreeMap<String, Found>>>,
    lookups: Cell<u64>,
}

/// What one question has met.
#[derive(Default)]
struct Query {
    /// Answers, and an empty one where the answer is being looked for.
    seen: BTreeMap<(ModuleId, bool, String), Found>,
    chain: u32,
    /// Why something may be missing.
    limit: Option<&'static str>,
    /// A crate whose names are all imported.
    maybe_from: Option<String>,
}

impl<'t> Resolver<'t> {
    pub(super) fn new(tree: &'t Tree) -> Resolver<'t> {
        Resolver { tree, found: RefCell::default(), lookups: Cell::new(0) }
    }

    /// Everything that a path may name in a scope: more than one where only the build knows. `value` asks for
    /// constants instead of types.
    pub(super) fn path(
        &self,
        scope: &Scope,
        is_global: bool,
        names: &[&str],
        value: bool,
    ) -> Result<Vec<Target>, Miss> {
        let mut query = Query::default();
        let found = self.follow(scope.module, is_global, names, value, false, &mut query);
        let text = names.join("::");
        let miss = |cause, why: String| Err(Miss { cause, why });
        if let Some(limit) = query.limit {
            return miss(Cause::Invalid, format!("`{text}`: {limit}"));
        }
        match found {
            Ok(found) if !found.is_empty() => Ok(found),
            Ok(_) => self.not_here(scope.module, &text, &query),
            Err(why) => miss(Cause::Elsewhere, why),
        }
    }

    fn not_here(&self, module: ModuleId, text: &str, query: &Query) -> Result<Vec<Target>, Miss> {
        if let Some(from) = &query.maybe_from {
            let why = format!("there is no `{text}` in the crate; it may come from `{from}`");
            return Err(Miss { cause: Cause::Elsewhere, why });
        }
        let mut module = self.tree.modules.get(module);
        while let Some(here) = module {
            if let Some(unexpanded) = &here.has_macro {
                let why =
                    format!("there is no `{text}` here; it may come from {} at {}", unexpanded.name, unexpanded.place);
                return Err(Miss { cause: Cause::Elsewhere, why });
            }
            module = here.parent.filter(|_| here.is_block).and_then(|parent| self.tree.modules.get(parent));
        }
        if !self.tree.unexpanded.is_empty() {
            let why = format!("there is no `{text}` here, unless a macro of the crate makes it");
            return Err(Miss { cause: Cause::Elsewhere, why });
        }
        Err(Miss { cause: Cause::Invalid, why: format!("there is no `{text}` here") })
    }

    /// Follows a path; the error is that it goes into something that is no module.
    fn follow(
        &self,
        module: ModuleId,
        is_global: bool,
        names: &[&str],
        value: bool,
        is_use: bool,
        query: &mut Query,
    ) -> Result<Vec<Target>, String> {
        let Some((first, rest)) = names.split_first() else { return Ok(vec![Target::Module(ROOT)]) };
        let starts_at_root = self.tree.uses_start_at_root && (is_use || is_global);
        let mut found = match *first {
            "crate" => vec![Target::Module(ROOT)],
            "self" => vec![Target::Module(self.enclosing(module))],
            "super" => self.outer(module),
            first if is_global && !starts_at_root => {
                vec![self.named_crate(first).unwrap_or_else(|| Target::External(vec![first.to_owned()]))]
            }
            // What is imported with all of a module cannot have the name of a crate in `use`: so it need not be looked for.
            first if is_use && !starts_at_root && self.is_crate(first) && !self.has_own(module, first) => {
                vec![self.named_crate(first).unwrap_or_else(|| Target::External(vec![first.to_owned()]))]
            }
            first => {
                let value = value && rest.is_empty();
                let start = if starts_at_root { ROOT } else { module };
                let mut found = self.lexical(start, first, value, query);
                if found.is_empty() && is_use && !starts_at_root {
                    // The edition of a single file is not known.
                    found = self.member(ROOT, first, value, query).as_ref().clone();
                }
                if found.is_empty() {
                    found.extend(self.named_crate(first));
                }
                // `use anyhow::anyhow` is of a macro, and the crate keeps its name.
                found.retain(|target| !matches!(target, Target::External(path) if *path == [first, first]));
                let is_bare = !value && (known::find(&[first.to_owned()]).is_some() || known::is_prelude(first));
                if found.is_empty() && (!rest.is_empty() || is_bare || is_use) {
                    found.push(Target::External(vec![first.to_owned()]));
                }
                found
            }
        };
        for (index, name) in rest.iter().enumerate() {
            let value = value && index + 1 == rest.len();
            let mut inner: Vec<Target> = Vec::new();
            for target in found {
                match target {
                    Target::Module(module) if *name == "super" => inner.extend(self.outer(module)),
                    Target::Module(module) if *name == "self" => inner.push(Target::Module(module)),
                    Target::Module(module) => inner.extend(self.member(module, name, value, query).iter().cloned()),
                    Target::External(mut path) => {
                        path.push((*name).to_owned());
                        inner.push(Target::External(path));
                    }
                    Target::Definition(_) => {
                        let text = names.join("::");
                        return Err(format!("`{text}` is an associated item, which only a compiler can find"));
                    }
                }
            }
            found = inner;
        }
        Ok(found)
    }

    fn is_crate(&self, name: &str) -> bool {
        matches!(name, "core" | "std" | "alloc") || self.tree.crates.contains(name)
    }

    /// Whether a module, or one that a block sees, says itself what a name is.
    fn has_own(&self, mut module: ModuleId, name: &str) -> bool {
        while let Some(here) = self.tree.modules.get(module) {
            match here.parent {
                _ if here.names.contains_key(name) => return true,
                Some(parent) if here.is_block => module = parent,
                _ => return false,
            }
        }
        false
    }

    /// What an `extern crate` of the root calls so: it is known everywhere.
    fn named_crate(&self, name: &str) -> Option<Target> {
        let ids = self.tree.modules.get(ROOT)?.names.get(name)?;
        ids.iter().find_map(|id| match self.tree.definitions.get(*id)?.what {
            What::Crate(ref name) => Some(Target::External(vec![name.clone()])),
            What::Module(ROOT) => Some(Target::Module(ROOT)),
            _ => None,
        })
    }

    /// The module around a block.
    fn enclosing(&self, mut module: ModuleId) -> ModuleId {
        while let Some(here) = self.tree.modules.get(module).filter(|module| module.is_block) {
            module = here.parent.unwrap_or(ROOT);
        }
        module
    }

    fn outer(&self, module: ModuleId) -> Vec<Target> {
        let parent = self.tree.modules.get(self.enclosing(module)).and_then(|module| module.parent);
        parent.map(|parent| Target::Module(self.enclosing(parent))).into_iter().collect()
    }

    /// A name as code sees it: in blocks, then in the module.
    fn lexical(&self, mut module: ModuleId, name: &str, value: bool, query: &mut Query) -> Vec<Target> {
        loop {
            let found = self.member(module, name, value, query);
            let Some(here) = self.tree.modules.get(module) else { return Vec::new() };
            match here.parent {
                Some(parent) if here.is_block && found.is_empty() => module = parent,
                _ => return found.as_ref().clone(),
            }
        }
    }

    /// A name in a module.
    fn member(&self, module: ModuleId, name: &str, value: bool, query: &mut Query) -> Found {
        let is_first = query.chain == 0;
        if is_first {
            query.seen.clear();
        }
        if let Some(found) = self.found.borrow().get(&(module, value)).and_then(|names| names.get(name)) {
            return Rc::clone(found);
        }
        let key = (module, value, name.to_owned());
        if let Some(found) = query.seen.get(&key) {
            return Rc::clone(found);
        }
        if query.chain >= MAX_CHAIN {
            query.limit = Some("too many `use` declarations that lead to each other");
            return Rc::default();
        }
        query.seen.insert(key.clone(), Rc::default());
        query.chain += 1;
        let found = Rc::new(self.search(module, name, value, query));
        query.chain -= 1;
        query.seen.insert(key, Rc::clone(&found));
        if is_first && query.limit.is_none() && query.maybe_from.is_none() {
            let mut all = self.found.borrow_mut();
            all.entry((module, value)).or_default().insert(name.to_owned(), Rc::clone(&found));
        }
        found
    }

    fn search(&self, module: ModuleId, name: &str, value: bool, query: &mut Query) -> Vec<Target> {
        let mut found: Vec<Target> = Vec::new();
        let Some(here) = self.tree.modules.get(module) else { return found };
        let add = |targets: Vec<Target>, found: &mut Vec<Target>| {
            for target in targets {
                if !found.contains(&target) && found.len() < MAX_CHOICES {
                    found.push(target);
                }
            }
        };
        let all = here.names.get(name).map_or(&[][..], Vec::as_slice);
        let is_use = |id: &&DefinitionId| matches!(self.tree.definitions.get(**id), Some(definition) if matches!(definition.what, What::Use(_)));
        // A `use` may start with what is defined beside it by the same name.
        for id in all.iter().filter(|id| !is_use(id)).chain(all.iter().filter(is_use)) {
            if !self.may_look(query) {
                return found;
            }
            let Some(definition) = self.tree.definitions.get(*id) else { continue };
            let targets = match &definition.what {
                What::Use(path) => self.used(path, value, query),
                what if value && !what.is_value() || !value && !what.is_type() => continue,
                What::Module(module) => vec![Target::Module(*module)],
                What::Crate(name) => vec![Target::External(vec![name.clone()])],
                _ => vec![Target::Definition(*id)],
            };
            // Another definition of the name would be an error, or is in another namespace.
            if definition.truth == Truth::True && !targets.is_empty() {
                found.clear();
                add(targets, &mut found);
                return found;
            }
            add(targets, &mut found);
        }
        if !found.is_empty() {
            return found;
        }
        for glob in &here.globs {
            if !self.may_look(query) {
                return found;
            }
            for target in self.used(glob, false, query) {
                match target {
                    Target::Module(of) if self.is_hidden(of, name, module) => {}
                    Target::Module(module) => {
                        add(self.member(module, name, value, query).as_ref().clone(), &mut found);
                    }
                    Target::External(mut path) => {
                        let from = path.join("::");
                        path.push(name.to_owned());
                        if known::find(&path).is_some() {
                            add(vec![Target::External(path)], &mut found);
                        } else if !matches!(path.first().map(String::as_str), Some("core" | "std" | "alloc")) {
                            query.maybe_from.get_or_insert(from);
                        }
                    }
                    Target::Definition(_) => {}
                }
            }
        }
        found
    }

    /// Whether a module has a name by private imports alone, which only modules inside of it see.
    fn is_hidden(&self, of: ModuleId, name: &str, from: ModuleId) -> bool {
        let ids = self.tree.modules.get(of).and_then(|module| module.names.get(name));
        let mut whats = ids.into_iter().flatten().filter_map(|id| self.tree.definitions.get(*id)).map(|one| &one.what);
        ids.is_some()
            && whats.all(|what| matches!(what, What::Use(path) if path.is_private))
            && !std::iter::successors(Some(from), |id| self.tree.modules.get(*id)?.parent).any(|id| id == of)
    }

    fn used(&self, path: &UsePath, value: bool, query: &mut Query) -> Vec<Target> {
        let names = path.segments.names();
        self.follow(path.scope.module, path.is_global, &names, value, true, query).unwrap_or_default()
    }

    fn may_look(&self, query: &mut Query) -> bool {
        self.lookups.set(self.lookups.get() + 1);
        let may = self.lookups.get() < MAX_LOOKUPS;
        if !may {
            query.limit = Some("the crate's `use` declarations are too many to follow");
        }
        may
    }
}

/// Most alternatives of a name that are told apart.
const MAX_CHOICES: usize = 16;
