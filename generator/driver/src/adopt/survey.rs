//! What a directory contains that a manifest can name: assemblies, native files, and generated files.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::core_library::{self, is_mono};
use crate::error::reason;
use crate::obsolete::first_bytes;
use crate::{files, inputs, modules};
use clr_wasm_abi::TargetOs;
use clr_wasm_abi::layout::special::CORE_LIBRARY;
use thunkgen_core::RuntimeVersion;
use thunkgen_core::collect::LibraryName;
use thunkgen_core::emit::Contract;
use thunkgen_core::emit::header::{self, Header};

/// Directories that nobody names as inputs.
const SKIPPED: [&str; 5] = ["obj", "node_modules", "target", "ref", "refint"];

/// Most directories below the first one.
const MAX_DEPTH: usize = 12;

/// Most entries that are looked at.
const MAX_ENTRIES: usize = 200_000;

/// Extensions of files with managed code.
const MANAGED: [&str; 4] = ["dll", "exe", "wasm", "webcil"];

/// Extensions of native code.
const NATIVE: [&str; 3] = ["a", "o", "bc"];

/// Extensions of generated files.
const GENERATED: [&str; 7] = ["cpp", "cc", "c", "h", "hpp", "inc", "rs"];

/// What was found. Paths are relative to the directory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Survey {
    /// The directory with the assemblies of the app; the one to name as input.
    pub inputs: Option<PathBuf>,
    /// The directory with the core library, if the inputs do not have it.
    pub references: Option<PathBuf>,
    /// Other directories with assemblies.
    pub other_inputs: Vec<PathBuf>,
    /// Number of assemblies in the inputs.
    pub assemblies: usize,
    /// Major version of the core library, if it is known.
    pub major: Option<u16>,
    /// Whether the core library is that of Mono.
    pub is_mono: bool,
    /// The systems that generated files are for, else the one that the directory's name says; empty if neither shows it.
    pub targets: Vec<TargetOs>,
    /// Native libraries that P/Invokes name and that a native file has the name of.
    pub modules: Vec<String>,
    /// Native libraries that P/Invokes name without such a file, except the runtime's own: first those with the most
    /// P/Invokes.
    pub other_modules: Vec<String>,
    /// Objects, archives and bitcode.
    pub native: Vec<PathBuf>,
    /// The linked module of the app.
    pub native_module: Option<PathBuf>,
    /// The directory of generated files.
    pub out: Option<PathBuf>,
    /// Their contract.
    pub contract: Option<Contract>,
    /// Other generated files.
    pub other_generated: Vec<PathBuf>,
    /// Whether not everything was looked at.
    pub is_cut: bool,
    /// Directories and files that cannot be read, with the reason.
    pub unreadable: Vec<String>,
}

/// Files by directory.
#[derive(Default)]
struct Tree {
    directories: BTreeMap<PathBuf, Vec<PathBuf>>,
    entries: usize,
    is_cut: bool,
    unreadable: Vec<String>,
}

impl Tree {
    fn add(&mut self, root: &Path, below: &Path, depth: usize) {
        let directory = root.join(below);
        let listed = fs::read_dir(&directory).and_then(Iterator::collect::<io::Result<Vec<_>>>);
        let mut entries = listed.unwrap_or_else(|error| {
            self.unreadable.push(format!("{}: {}", directory.display(), reason(&error)));
            Vec::new()
        });
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            self.entries += 1;
            if self.entries > MAX_ENTRIES {
                self.is_cut = true;
                return;
            }
            let name = entry.file_name();
            let path = below.join(&name);
            // A link may lead out of the directory, or back to it; fixtures of tests are links to directories.
            if inputs::is_directory(&entry) {
                let is_skipped = name.to_str().is_none_or(|name| name.starts_with('.') || SKIPPED.contains(&name));
                let is_link = entry.file_type().is_ok_and(|kind| kind.is_symlink());
                if !is_skipped && (!is_link || depth == 0) {
                    if depth < MAX_DEPTH { self.add(root, &path, depth + 1) } else { self.is_cut = true }
                }
            } else {
                self.directories.entry(below.to_owned()).or_default().push(path);
            }
        }
    }
}

fn has_extension(path: &Path, extensions: &[&str]) -> bool {
    path.extension().and_then(OsStr::to_str).is_some_and(|ending| extensions.contains(&ending))
}

/// What is in a directory and below it.
pub fn survey(root: &Path) -> Survey {
    let mut tree = Tree::default();
    tree.add(root, Path::new(""), 0);
    let mut found = Survey { is_cut: tree.is_cut, unreadable: tree.unreadable.clone(), ..Survey::default() };
    find_generated(root, &tree, &mut found);
    let mut candidates: Vec<Candidate> = tree
        .directories
        .iter()
        .filter_map(|(directory, files)| Candidate::of(root, directory, files, &mut found.unreadable))
        .collect();
    candidates.sort_by_key(Candidate::rank);
    let mut candidates = candidates.into_iter();
    let mut libraries = BTreeMap::new();
    if let Some(best) = candidates.next() {
        let has_core = best.core_library.is_some();
        let mut core = best.core_library.clone();
        for candidate in candidates {
            if !has_core && found.references.is_none() && candidate.core_library.is_some() {
                core = candidate.core_library;
                found.references = Some(candidate.directory);
            } else {
                found.other_inputs.push(candidate.directory);
            }
        }
        found.other_inputs.sort();
        found.assemblies = best.assemblies.len();
        if found.targets.is_empty() {
            found.targets.extend(target_of(&best.directory));
        }
        let core = core.and_then(|path| files::open(&root.join(path)).ok());
        if let Some((bytes, _)) = &core
            && let Ok(Some(module)) = clr_metadata::open(bytes)
        {
            (found.major, found.is_mono) = (core_library::major(&module), is_mono(&module));
        }
        libraries = libraries_of(root, &best.assemblies);
        found.native_module = best.native_module;
        found.inputs = Some(best.directory);
    }
    find_native(&tree, libraries, &mut found);
    found
}

/// A directory with assemblies.
struct Candidate {
    directory: PathBuf,
    assemblies: Vec<PathBuf>,
    core_library: Option<PathBuf>,
    native_module: Option<PathBuf>,
}

impl Candidate {
    fn of(root: &Path, directory: &Path, all: &[PathBuf], unreadable: &mut Vec<String>) -> Option<Candidate> {
        let mut candidate = Candidate {
            directory: directory.to_owned(),
            assemblies: Vec::new(),
            core_library: None,
            native_module: None,
        };
        for path in all.iter().filter(|path| has_extension(path, &MANAGED)) {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if name.starts_with("dotnet.native.") && name.ends_with(".wasm") {
                candidate.native_module.get_or_insert_with(|| path.clone());
                continue;
            }
            let bytes = match files::open(&root.join(path)) {
                Ok((bytes, _)) => bytes,
                Err(error) => {
                    unreadable.push(format!("{}: {}", root.join(path).display(), reason(&error)));
                    continue;
                }
            };
            if bytes.is_empty() {
                unreadable.push(format!("{}: it is empty", root.join(path).display()));
            }
            if !matches!(clr_metadata::open(&bytes), Ok(Some(_))) {
                continue;
            }
            // A published assembly may have a fingerprint in its name.
            if name.strip_prefix(CORE_LIBRARY).is_some_and(|rest| rest.starts_with('.')) {
                candidate.core_library.get_or_insert_with(|| path.clone());
            }
            candidate.assemblies.push(path.clone());
        }
        (!candidate.assemblies.is_empty()).then_some(candidate)
    }

    /// Less is better: a published app, then a directory with the core library, then many assemblies.
    fn rank(&self) -> impl Ord + use<> {
        let has = |name: &str| self.directory.iter().any(|part| part.eq_ignore_ascii_case(name));
        (
            !(has("_framework") && has("publish")),
            !has("_framework"),
            !has("publish"),
            self.core_library.is_none(),
            has("Debug"),
            std::cmp::Reverse(self.assemblies.len()),
            self.directory.clone(),
        )
    }
}

/// The system that a directory's name says.
fn target_of(directory: &Path) -> Option<TargetOs> {
    let is = |name: &str| directory.iter().any(|part| part.to_string_lossy().starts_with(name));
    if is("wasi") {
        Some(TargetOs::Wasi)
    } else if is("browser") || is("_framework") {
        Some(TargetOs::Browser)
    } else {
        None
    }
}

/// Chooses the first directory of tables. If it has the name of their target, directories next to it that are named after
/// theirs belong to the same output.
fn find_generated(root: &Path, tree: &Tree, found: &mut Survey) {
    let all = tree.directories.values().flatten().filter(|path| has_extension(path, &GENERATED));
    let generated: Vec<(&PathBuf, Header)> = all
        .filter_map(|path| Some((path, first_bytes(&root.join(path)).and_then(|start| header::read(&start))?)))
        .collect();
    let is_table =
        |path: &Path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("callhelpers-"));
    let directory = |path: &'_ Path| path.parent().unwrap_or(Path::new("")).to_owned();
    let is_named = |path: &Path, header: &Header| directory(path).file_name() == Some(OsStr::new(&header.target));
    let Some((first, header)) = generated.iter().find(|(path, _)| is_table(path)) else {
        found.other_generated = generated.into_iter().map(|(path, _)| path.clone()).collect();
        return;
    };
    let (out, parent) = (directory(first), directory(&directory(first)));
    let has_name = is_named(first, header);
    let belongs = |path: &Path, header: &Header| {
        let directory = directory(path);
        is_table(path)
            && (directory == out || has_name && is_named(path, header) && directory.parent() == Some(&parent))
    };
    let (own, others): (Vec<_>, Vec<_>) = generated.iter().partition(|(path, header)| belongs(path, header));
    let targets = TargetOs::ALL.into_iter();
    found.targets = match has_name {
        true => targets.filter(|target| own.iter().any(|(_, header)| header.target == target.name())).collect(),
        false => targets.filter(|target| header.target == target.name()).collect(),
    };
    found.contract = own.iter().find_map(|(_, header)| Contract::from_name(&header.contract));
    found.other_generated = others.into_iter().map(|(path, _)| PathBuf::clone(path)).collect();
    found.out = Some(if found.targets.len() > 1 { parent } else { out });
}

/// The native libraries that P/Invokes of assemblies name, with their number, without the runtime's own and the host's.
fn libraries_of(root: &Path, assemblies: &[PathBuf]) -> BTreeMap<String, usize> {
    let mut libraries = BTreeMap::new();
    for path in assemblies {
        let Ok((bytes, _)) = files::open(&root.join(path)) else { continue };
        let Ok(Some(module)) = clr_metadata::open(&bytes) else { continue };
        // A damaged assembly is reported when it is used.
        for pinvoke in module.pinvokes().unwrap_or_default() {
            let is_runtime = TargetOs::ALL.iter().any(|&target| modules::is_runtime(pinvoke.module, target));
            let is_plain = pinvoke.module.chars().all(|c| c.is_alphanumeric() || "._-+".contains(c));
            if !is_runtime
                && is_plain
                && !["QCall", "__Internal"].contains(&pinvoke.module)
                && !pinvoke.module.is_empty()
            {
                *libraries.entry(pinvoke.module.to_owned()).or_default() += 1;
            }
        }
    }
    libraries
}

fn find_native(tree: &Tree, libraries: BTreeMap<String, usize>, found: &mut Survey) {
    let all = tree.directories.values().flatten().filter(|path| has_extension(path, &NATIVE));
    let name = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    // Those of the runtime are in its packs; nobody compares with them.
    let own = all.filter(|path| !TargetOs::ALL.iter().any(|&target| modules::is_runtime(&name(path), target)));
    found.native = own.cloned().collect();
    let has_file = |library: &str| found.native.iter().any(|path| LibraryName::same(&name(path), library));
    let (linked, others): (Vec<_>, Vec<_>) = libraries.into_iter().partition(|(library, _)| has_file(library));
    let mut others: Vec<(String, usize)> = others;
    others.sort_by(|a, b| (b.1, &a.0).cmp(&(a.1, &b.0)));
    found.modules = linked.into_iter().map(|(library, _)| library).collect();
    found.other_modules = others.into_iter().map(|(library, _)| library).collect();
}

impl Survey {
    /// The version of the runtime that the core library is of.
    pub fn runtime(&self) -> Option<RuntimeVersion> {
        RuntimeVersion::ALL.into_iter().find(|version| Some(version.facts().major) == self.major)
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_read_is_named() {
        let root = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink("nowhere", root.path().join("dangling.dll")).unwrap();
        fs::write(root.path().join("empty.dll"), "").unwrap();
        let found = survey(root.path());
        let ends = ["dangling.dll: no such file or directory", "empty.dll: it is empty"];
        assert!(found.unreadable.iter().zip(ends).all(|(line, end)| line.ends_with(end)), "{:?}", found.unreadable);
        assert_eq!(found.unreadable.len(), 2);
    }
}
