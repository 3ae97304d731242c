//! Files of a crate: which one a module is in, and limits (Rust Reference, "Module Source Filenames").

use std::path::{Component, Path, PathBuf};

use proc_macro2::Span;
use syn::File;

use super::cfg::Truth;
use super::manifest::{Start, shown};
use super::model::{OpenError, SourceError};
use super::text::error;
use super::tree::{Scope, Tree};
use super::{Open, cannot_open, guard};

/// Most files of a crate, bytes in all of them, and files on the way from the root to a module.
const MAX_FILES: usize = 5_000;
const MAX_TOTAL: usize = 128 << 20;
const MAX_CHAIN: usize = 60;

/// Reads files into a tree.
pub(super) struct Loader<'o> {
    open: &'o Open<'o>,
    pub(super) tree: Tree,
    pub(super) files: Vec<PathBuf>,
    pub(super) errors: Vec<SourceError>,
    total: usize,
    /// Files that are being read, the root first.
    chain: Vec<PathBuf>,
}

/// Where the files of a module's children are.
#[derive(Clone)]
pub(super) struct Folders {
    /// The folder of the source.
    pub file: PathBuf,
    /// The folder of modules without `path`.
    pub children: PathBuf,
    /// Inside of an inline module, which `path` is relative to.
    pub is_inline: bool,
}

impl<'o> Loader<'o> {
    /// Reads a crate.
    pub(super) fn load(start: Start, open: &'o Open<'o>) -> Loader<'o> {
        let tree = Tree { uses_start_at_root: start.is_2015, crates: start.crates, ..Tree::default() };
        let files = start.read.iter().map(|(path, _)| path.clone()).collect();
        let mut loader = Loader { open, tree, files, errors: Vec::new(), total: 0, chain: Vec::new() };
        let root = loader.tree.module(None, false);
        if let Some((path, bytes)) = start.read.into_iter().last() {
            let scope = Scope { module: root, file: shown(&path).into() };
            let file = path.parent().map(Path::to_owned).unwrap_or_default();
            let folders = Folders { children: file.clone(), file, is_inline: false };
            loader.source(path, &bytes, &scope, &folders, Truth::True);
        }
        loader
    }

    /// Reads a source into a module.
    fn source(&mut self, path: PathBuf, bytes: &[u8], scope: &Scope, folders: &Folders, truth: Truth) {
        let parsed = guard::tokens(&scope.file, bytes).and_then(|tokens| guard::parse::<File>(&scope.file, tokens));
        match parsed {
            Ok(file) => {
                self.chain.push(normal(&path));
                self.items(scope, file.items, folders, truth);
                self.chain.pop();
            }
            Err(error) => self.errors.push(error),
        }
    }

    /// Opens a file for what stands at `span`; the error is noted.
    fn read(&mut self, path: &Path, scope: &Scope, span: Span) -> Option<Result<Vec<u8>, OpenError>> {
        let why = if self.chain.contains(&normal(path)) {
            format!("{} contains itself", shown(path))
        } else if self.chain.len() >= MAX_CHAIN {
            format!("modules in more than {MAX_CHAIN} files in each other")
        } else if self.files.len() >= MAX_FILES || self.total > MAX_TOTAL {
            format!("a crate of more than {MAX_FILES} files or {MAX_TOTAL} bytes")
        } else {
            let bytes = (self.open)(path);
            if let Ok(bytes) = &bytes {
                self.total = self.total.saturating_add(bytes.len());
                self.files.push(path.to_owned());
            }
            return Some(bytes);
        };
        // The same once is enough.
        if !self.errors.iter().any(|error| error.why == why) {
            self.errors.push(error(&scope.file, span, why));
        }
        None
    }

    /// A module in another file, at the first of the paths that is there.
    pub(super) fn file_module(
        &mut self,
        outer: &Scope,
        ident: &syn::Ident,
        places: &[(PathBuf, PathBuf)],
        module: usize,
        truth: Truth,
    ) {
        for (path, children) in places {
            match self.read(path, outer, ident.span()) {
                None => return,
                Some(Ok(bytes)) => {
                    let scope = Scope { module, file: shown(path).into() };
                    let file = path.parent().map(Path::to_owned).unwrap_or_default();
                    let folders = Folders { file, children: children.clone(), is_inline: false };
                    return self.source(path.clone(), &bytes, &scope, &folders, truth);
                }
                Some(Err(OpenError::Missing)) => {}
                Some(Err(error)) => return self.errors.push(cannot_open(path, error)),
            }
        }
        // What a condition keeps away need not be there.
        if truth == Truth::True {
            let tried: Vec<String> = places.iter().map(|(path, _)| shown(path)).collect();
            let why = format!("there is no file for the module `{ident}`: {}", tried.join(" or "));
            self.errors.push(error(&outer.file, ident.span(), why));
        }
    }

    /// `include!("path")` among items.
    pub(super) fn include(&mut self, outer: &Scope, span: Span, path: &str, folders: &Folders, truth: Truth) {
        let path = folders.file.join(path);
        match self.read(&path, outer, span) {
            None => {}
            Some(Ok(bytes)) => {
                let scope = Scope { module: outer.module, file: shown(&path).into() };
                let file = path.parent().map(Path::to_owned).unwrap_or_default();
                let folders = Folders { children: file.clone(), file, is_inline: false };
                self.source(path, &bytes, &scope, &folders, truth);
            }
            Some(Err(OpenError::Missing)) if truth != Truth::True => {}
            Some(Err(why)) => {
                let SourceError { why, .. } = cannot_open(&path, why);
                self.errors.push(error(&outer.file, span, format!("{}: {why}", shown(&path))));
            }
        }
    }
}

/// The paths a module may be at, each with the folder of its children. `attribute` is the value of `path`.
pub(super) fn places(ident: &syn::Ident, attribute: Option<&str>, folders: &Folders) -> Vec<(PathBuf, PathBuf)> {
    if let Some(attribute) = attribute {
        let base = if folders.is_inline { &folders.children } else { &folders.file };
        let path = base.join(attribute.replace('\\', "/"));
        let children = path.parent().map(Path::to_owned).unwrap_or_default();
        return vec![(path, children)];
    }
    let name = super::text::bare(ident);
    let children = folders.children.join(&name);
    vec![(folders.children.join(format!("{name}.rs")), children.clone()), (children.join("mod.rs"), children)]
}

/// The path without `.` and `..`, as far as its text tells.
fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if normal.file_name().is_some() => drop(normal.pop()),
            part => normal.push(part),
        }
    }
    normal
}
