//! Stubs for the native side: declarations of the functions that the P/Invokes of a module call, as source text that
//! the native compiler checks.

mod c_header;
mod csharp_text;
mod declared;
pub mod documentation;
pub mod library_import;
mod merge;
mod rust;
mod stub_names;

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use clr_wasm_abi::TargetOs;
use documentation::Documentation;
use stub_names::TypeNames;
use thunkgen_core::collect::ir::Linkage;
use thunkgen_core::collect::ir::declarations::{Declaration, Declarations};
use thunkgen_core::emit::header;

pub use thunkgen_core::emit::stubs::{Language, is_stub_file};

/// Options for stub files.
#[derive(Clone, Debug)]
pub struct Options {
    /// The language.
    pub language: Language,
    /// The operating system, named in the header of each file.
    pub target_os: TargetOs,
}

/// One file to write.
struct StubFile<'d> {
    /// Its functions.
    library: &'d Library<'d>,
    /// Its name without extension; an identifier in snake case.
    name: &'d str,
    /// Names of all types, the same in every file.
    types: &'d TypeNames,
    declarations: &'d Declarations,
    documentation: &'d Documentation,
}

/// The text of each file by its name: one file per module with functions, named after the module in snake case
/// (`lib_skia_sharp.rs` for `libSkiaSharp`).
///
/// Each starts with a [header], which `check` reads.
pub fn render(
    declarations: Declarations,
    documentation: &Documentation,
    options: &Options,
) -> BTreeMap<String, String> {
    let mut declarations = merge::merge(declarations);
    for function in &mut declarations.functions {
        library_import::rename(function, documentation);
    }
    let libraries = Library::all(&declarations);
    let types = TypeNames::new(&declarations);
    let names = stub_names::files(libraries.iter().map(|library| library.module));
    let (language, target) = (options.language.name(), options.target_os.name());
    let shared = OnceCell::new();
    let file = |library: &Library<'_>| {
        let name = names.get(library.module)?;
        let stub_file = StubFile { library, name, types: &types, declarations: &declarations, documentation };
        let (extension, text) = match options.language {
            Language::Rust => {
                ("rs", rust::render(&stub_file, shared.get_or_init(|| rust::Shared::new(&declarations, &types))))
            }
            Language::CHeader => ("h", c_header::render(&stub_file)),
        };
        Some((format!("{name}.{extension}"), text))
    };
    let texts: BTreeMap<String, String> = libraries.iter().filter_map(file).collect();
    // They can be as large as a text, of which there are two while it gets its header.
    drop(shared);
    drop(declarations);
    let with_header = |text: String| header::prepend_to_stubs(language, target, &text, ends_block);
    texts.into_iter().map(|(name, text)| (name, with_header(text))).collect()
}

/// Whether a line of a stub file is a block of its own: an entry of a list, or the line before the first one.
fn ends_block(line: &str) -> bool {
    let starts = ["// Included again: ", "static_assert(sizeof(&", "    THUNKGEN_ADDRESS(", "pub trait Functions {"];
    starts.iter().any(|start| line.starts_with(start)) || line.ends_with("[] = {")
}

/// The functions of one module, each entry point once.
#[derive(Clone, Debug)]
pub struct Library<'d> {
    /// The name of the module in `DllImport`.
    pub module: &'d str,
    /// In the order of the entry points; the first of several declarations.
    pub functions: Vec<&'d Declaration>,
}

impl<'d> Library<'d> {
    /// The linked libraries, by name.
    pub fn all(declarations: &'d Declarations) -> Vec<Library<'d>> {
        let mut libraries: Vec<Library<'d>> = Vec::new();
        let mut seen = BTreeSet::new();
        for function in &declarations.functions {
            let Some(symbol) = function.entry_point.as_deref() else { continue };
            if function.linkage != Linkage::Static || !seen.insert((&*function.module, symbol)) {
                continue;
            }
            match libraries.last_mut() {
                Some(last) if last.module == function.module => last.functions.push(function),
                _ => libraries.push(Library { module: &function.module, functions: vec![function] }),
            }
        }
        libraries
    }
}
