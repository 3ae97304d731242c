//! Where thunks come from: tables that are linked in, and images that are loaded.

use std::collections::BTreeMap;

use super::cpp::TableKind;
use super::linked::LinkedTables;
use super::provisions::is_binary;
use super::{image, linked, table};
use clr_wasm_abi::FunctionType;
use clr_wasm_file::WasmModule;
use thunkgen_diagnostics::position::Position;
use thunkgen_diagnostics::{Diagnostics, Location, catalogue};

/// Everything that provides thunks: static tables, and images in the order in which they are loaded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sources {
    list: Vec<Source>,
    /// Where each key is provided: source and thunk, in the order of the list.
    by_key: BTreeMap<String, Vec<(usize, usize)>>,
}

/// One table or image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The file as the user named it.
    pub path: String,
    /// What it is.
    pub kind: SourceKind,
    /// In the order of the file.
    pub thunks: Vec<Provided>,
}

/// What a source is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SourceKind {
    /// An array in a C++ source.
    Table {
        /// What the runtime uses it for.
        kind: TableKind,
        /// Its name.
        name: String,
    },
    /// A linked runtime, which contains a table of calls from the interpreter.
    Module,
    /// An image whose fixups inject thunks.
    Image,
}

impl SourceKind {
    /// What the runtime uses a static table for; `None` for an image.
    pub fn table(&self) -> Option<TableKind> {
        match self {
            SourceKind::Table { kind, .. } => Some(*kind),
            SourceKind::Module => Some(TableKind::FromInterp),
            SourceKind::Image => None,
        }
    }
}

/// A thunk as its source provides it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provided {
    /// The key in the spelling of the runtime.
    pub key: String,
    /// The function: its C++ name, or its name in the module; empty when the module does not name it.
    pub function: String,
    /// Where it is.
    pub place: TablePlace,
}

/// Where a thunk is in its source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TablePlace {
    /// A row of a table.
    Row(Position),
    /// A row of the table in a linked runtime.
    Slot {
        /// The table slot.
        slot: u32,
        /// Index of the function in it.
        function: u32,
    },
    /// An entry of an image's fixup.
    Entry {
        /// Its place in the table, counted from the image's first function.
        table_index: u32,
        /// Index of the function; `None` when nothing is there, and in an image that is not wasm.
        function: Option<u32>,
        /// The image's module has no function there, so that a call through the key traps. Of an image that is not
        /// wasm, this is not known.
        is_empty: bool,
        /// The function's type, when it is one that a thunk can have.
        function_type: Option<FunctionType>,
        /// Whether the runtime adds it as it loads the image; otherwise code of the image must ask first.
        eager: bool,
    },
}

impl Source {
    /// The table's name; empty where it is not known, and for an image.
    fn name(&self) -> &str {
        match &self.kind {
            SourceKind::Table { name, .. } => name,
            SourceKind::Module | SourceKind::Image => "",
        }
    }
}

/// The newer of two tables and the other, when no runtime is known that reads both.
fn generations<'s>(one: &'s Source, two: &'s Source) -> Option<(&'s Source, &'s Source)> {
    [(one, two), (two, one)].into_iter().find(|(one, two)| TableKind::are_of_two_generations(one.name(), two.name()))
}

/// What a file provides, by its first bytes.
fn read(path: &str, bytes: &[u8], diagnostics: &mut Diagnostics) -> Vec<Source> {
    match is_binary(bytes) {
        true => image::read(path, bytes, diagnostics).unwrap_or_else(|| linked::read(path, bytes, diagnostics)),
        false => table::read(path, bytes, diagnostics),
    }
}

impl Sources {
    /// Reads a file and adds what it provides, after everything that was added before.
    ///
    /// The first bytes determine the kind of file. Files that cannot be used are reported.
    pub fn add(&mut self, path: &str, bytes: &[u8], diagnostics: &mut Diagnostics) {
        for source in read(path, bytes, diagnostics) {
            self.push(source, diagnostics);
        }
    }

    /// Adds a linked runtime whose tables were read. A second one is not compared with the first.
    pub fn add_linked(&mut self, path: &str, module: &WasmModule<'_>, tables: &LinkedTables<'_>) {
        self.push(linked::source(path, module, tables), &mut Diagnostics::default());
    }

    /// Adds the files of a directory that provide thunks: first the tables and runtimes, then the images, each in the order of their
    /// names. Other files are ignored; it is reported if no file provides any.
    pub fn add_directory(&mut self, path: &str, files: &[(String, &[u8])], diagnostics: &mut Diagnostics) {
        let (mut tables, mut images) = (Vec::new(), Vec::new());
        for (name, bytes) in files {
            let mut own = Diagnostics::default();
            let found = read(name, bytes, &mut own);
            let is_image = found.iter().any(|source| source.kind == SourceKind::Image);
            let has_thunks = found.iter().any(|source| !source.thunks.is_empty());
            // A table with a mistake is one that the user means.
            let is_wrong_table = own.into_sorted().iter().any(|problem| {
                [catalogue::BAD_TABLE.code, catalogue::CONDITIONAL_ROWS.code].contains(&problem.rule.code)
            });
            if has_thunks || is_wrong_table {
                (if is_image { &mut images } else { &mut tables }).push((name, bytes));
            }
        }
        if tables.is_empty() && images.is_empty() {
            let what = "the directory contains no C++ file with a table of thunks, no linked runtime, and no image with thunks";
            diagnostics.report(&catalogue::BAD_SOURCE, Location::file(path), what);
        }
        tables.into_iter().chain(images).for_each(|(name, bytes)| self.add(name, bytes, diagnostics));
    }

    fn push(&mut self, source: Source, diagnostics: &mut Diagnostics) {
        if let Some(kind) = source.kind.table()
            && let Some(other) = self.list.iter().find(|other| other.kind.table() == Some(kind))
        {
            let name = match source.name() {
                "" => "the table of thunks".to_owned(),
                name => format!("`{name}`"),
            };
            let what =
                format!("{name} is defined here and in {}; a program links one of them, so name one", other.path);
            diagnostics.report(&catalogue::DUPLICATE_TABLE, Location::file(&source.path), what);
        }
        if let Some((newer, other)) = self.list.iter().find_map(|before| generations(before, &source)) {
            let place = if newer.path == other.path { String::new() } else { format!(" in {}", newer.path) };
            let what = format!(
                "no runtime is known that reads `{}` next to `{}`{place}: newer runtimes search for `I` thunks only in images",
                other.name(),
                newer.name()
            );
            diagnostics.report(&catalogue::TWO_GENERATIONS, Location::file(&other.path), what);
        }
        let index = self.list.len();
        for (number, thunk) in source.thunks.iter().enumerate() {
            self.by_key.entry(thunk.key.clone()).or_default().push((index, number));
        }
        self.list.push(source);
    }

    /// The sources in the order in which they were added.
    pub fn list(&self) -> &[Source] {
        &self.list
    }

    /// Every key that is provided, in byte order, whether or not the runtime looks for it there.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.by_key.keys().map(String::as_str)
    }

    /// Every thunk with this key, in the order of the list.
    pub(super) fn with_key(&self, key: &str) -> impl Iterator<Item = (&Source, &Provided)> {
        let places = self.by_key.get(key).map(Vec::as_slice).unwrap_or_default();
        places.iter().filter_map(|&(source, thunk)| {
            let source = self.list.get(source)?;
            Some((source, source.thunks.get(thunk)?))
        })
    }
}
