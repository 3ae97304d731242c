//! Source lines for problems in methods, out of the portable PDBs of their assemblies.
//!
//! A method without code, as a P/Invoke is, has no line in a PDB; it has the file of its type, where that is written in
//! one file, and the line of its declaration, if the file has exactly one. A source that does not exist here is not shown.
//! A PDB that is damaged, or of another build, is not used and costs a remark.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use super::error::reason;
use super::extern_declarations::ExternDeclarations;
use super::files::{self, FileBytes};
use clr_metadata::columns::{method_def, type_def};
use clr_metadata::pdb::{DocumentChecksum, Pdb, TypeDocuments};
use clr_metadata::{self, DebugDirectory, Module, TableId, Token};
use thunkgen_diagnostics::{Checksum, Diagnostic, SourceLine};

/// Adds the source line to every diagnostic that has one, and says in a remark which PDBs could not be used.
pub fn add<'d>(diagnostics: impl Iterator<Item = &'d mut Diagnostic>) -> Vec<String> {
    let mut by_file: BTreeMap<String, Vec<(u32, &mut Diagnostic)>> = BTreeMap::new();
    for diagnostic in diagnostics {
        let token = diagnostic.location.member.as_ref().and_then(|(_, token)| Token::from_u32(*token));
        if let Some(token) = token.filter(|token| token.table == TableId::MethodDef) {
            by_file.entry(diagnostic.location.file.clone()).or_default().push((token.row, diagnostic));
        }
    }
    let mut remarks = Vec::new();
    for (file, mut methods) in by_file {
        let path = Path::new(&file);
        // What cannot be read here was reported by those who needed it more.
        let Ok((bytes, _)) = files::open(path) else { continue };
        let Ok(Some(module)) = clr_metadata::open(&bytes) else { continue };
        if let Err((pdb, why)) = add_for_module(path, &module, &mut methods) {
            remarks.push(format!("thunkgen: no source lines from {}; {why}", pdb.display()));
        }
    }
    remarks
}

/// Root directory of paths in PDBs of deterministic builds (`DeterministicSourcePaths`).
const DETERMINISTIC_ROOT: &str = "/_/";

/// A source, if it exists: paths of another machine are not shown. The root directory of a deterministic build is the
/// current directory or a parent of it.
fn existing(file: String) -> Option<String> {
    match file.strip_prefix(DETERMINISTIC_ROOT) {
        Some(rest) => {
            let depth = std::env::current_dir().ok()?.ancestors().position(|root| root.join(rest).is_file())?;
            Some(format!("{}{rest}", "../".repeat(depth)))
        }
        None => Some(file).filter(|file| Path::new(file).is_file()),
    }
}

/// The `extern` methods of sources, each read once.
#[derive(Default)]
struct Sources(BTreeMap<String, ExternDeclarations>);

impl Sources {
    fn of(&mut self, file: &str) -> &ExternDeclarations {
        self.0.entry(file.to_owned()).or_insert_with(|| {
            let bytes = files::open(Path::new(file)).map(|(bytes, _)| bytes);
            bytes.map(|bytes| ExternDeclarations::find(&String::from_utf8_lossy(&bytes))).unwrap_or_default()
        })
    }
}

/// The methods without code, by type and name.
type Overloads<'a> = BTreeMap<(u32, &'a str), Vec<u32>>;

fn overloads<'a>(module: &Module<'a>, owners: &BTreeMap<u32, u32>) -> Result<Overloads<'a>, clr_metadata::ReadError> {
    let mut overloads = Overloads::new();
    for (row, owner) in owners.iter().filter(|(row, _)| !has_code(module, **row)) {
        overloads.entry((*owner, module.string(method_def::NAME, *row)?)).or_default().push(*row);
    }
    Ok(overloads)
}

fn has_code(module: &Module<'_>, row: u32) -> bool {
    module.tables.cell(method_def::RVA, row).is_ok_and(|rva| rva != 0)
}

/// Every method with the type it is of.
fn owners(module: &Module<'_>) -> BTreeMap<u32, u32> {
    let types = module.tables.all(TableId::TypeDef);
    let methods = |owner| module.tables.list(type_def::METHOD_LIST, owner).unwrap_or(0..0);
    types.flat_map(|owner| methods(owner).map(move |method| (method, owner))).collect()
}

/// An error names the file that cannot be used.
fn add_for_module(
    path: &Path,
    module: &Module<'_>,
    methods: &mut [(u32, &mut Diagnostic)],
) -> Result<(), (PathBuf, String)> {
    let in_assembly = |error: clr_metadata::ReadError| (path.to_owned(), error.to_string());
    let directory = module.debug_directory().map_err(in_assembly)?;
    if let Some(bytes) = directory.embedded().map_err(in_assembly)? {
        return add_from(&bytes, module, &directory, methods).map_err(|why| (path.to_owned(), why));
    }
    let mut useless = Ok(());
    for candidate in candidates(path, &directory) {
        let result = match files::open(&candidate) {
            Ok((bytes, _)) => add_from(&bytes, module, &directory, methods),
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => Err(reason(&error)),
        };
        match result {
            Ok(()) => return Ok(()),
            Err(why) => useless = Err((candidate, why)),
        }
    }
    useless
}

/// The files that can be read for the source lines of an assembly: PDBs, and the sources that they name.
pub fn files(path: &Path, bytes: &[u8]) -> Vec<PathBuf> {
    let Ok(Some(module)) = clr_metadata::open(bytes) else { return Vec::new() };
    let directory = module.debug_directory().unwrap_or_default();
    let mut found = candidates(path, &directory);
    let pdbs: Vec<FileBytes> = found.iter().filter_map(|path| Some(files::open(path).ok()?.0)).collect();
    let embedded = directory.embedded().ok().flatten();
    for bytes in pdbs.iter().map(|bytes| &**bytes).chain(embedded.as_deref()) {
        let documents = Pdb::open(bytes).ok().flatten().map(|pdb| pdb.documents()).unwrap_or_default();
        found.extend(documents.into_iter().filter_map(existing).map(PathBuf::from));
    }
    found
}

/// Where the PDB of an assembly can be: under the assembly's name, or the one the compiler gave it (a Webcil file may
/// have been renamed).
fn candidates(path: &Path, directory: &DebugDirectory<'_>) -> Vec<PathBuf> {
    let mut found = vec![path.with_extension("pdb")];
    let name = directory.path.and_then(|path| path.rsplit(['/', '\\']).next()).filter(|name| !name.is_empty());
    let named = name.map(|name| path.with_file_name(name));
    found.extend(named.filter(|named| !found.contains(named)));
    found
}

fn add_from(
    bytes: &[u8],
    module: &Module<'_>,
    directory: &DebugDirectory<'_>,
    methods: &mut [(u32, &mut Diagnostic)],
) -> Result<(), String> {
    let pdb = Pdb::open(bytes).map_err(|error| error.to_string())?;
    let pdb = pdb.ok_or("it is not a portable PDB")?;
    if directory.id != Some(pdb.id) {
        return Err("it belongs to another build of the assembly".to_owned());
    }
    // All or none: a damaged PDB may be wrong in the other places too.
    let found = find(&pdb, module, methods).map_err(|error| error.to_string())?;
    for ((_, diagnostic), source) in methods.iter_mut().zip(found) {
        diagnostic.location.source = source;
    }
    Ok(())
}

/// Where each method was written.
fn find(
    pdb: &Pdb<'_>,
    module: &Module<'_>,
    methods: &[(u32, &mut Diagnostic)],
) -> Result<Vec<Option<SourceLine>>, clr_metadata::ReadError> {
    let (mut types, mut sources) = (None, Sources::default());
    let mut found = Vec::new();
    for (row, diagnostic) in methods {
        if has_code(module, *row) {
            let start = match diagnostic.location.instruction {
                Some(offset) => pdb.position_of(*row, offset)?,
                None => pdb.method_start(*row)?,
            };
            found.push(start.and_then(|at| {
                let checksum = at.checksum.map(|checksum| match checksum {
                    DocumentChecksum::Sha1(hash) => Checksum::Sha1(hash),
                    DocumentChecksum::Sha256(hash) => Checksum::Sha256(hash),
                });
                Some(SourceLine { file: existing(at.document)?, position: Some((at.line, at.column)), checksum })
            }));
            continue;
        }
        let (owners, documents, overloads) = match &types {
            Some(known) => known,
            None => {
                let owners = owners(module);
                let documents = TypeDocuments::read(pdb, owners.iter().map(|(method, owner)| (*method, *owner)))?;
                let overloads = overloads(module, &owners)?;
                types.insert((owners, documents, overloads))
            }
        };
        let owner = owners.get(row).copied();
        let document =
            owner.and_then(|owner| documents.only(owner)).map(|document| pdb.document(document)).transpose()?;
        found.push(match (owner, document.and_then(existing)) {
            (Some(owner), Some(file)) => {
                let name = module.string(method_def::NAME, *row)?;
                let rows = overloads.get(&(owner, name)).map_or(&[][..], Vec::as_slice);
                let overload = (rows.partition_point(|other| other < row), rows.len());
                let position = sources.of(&file).position(name, overload);
                // The position was found in the file as it is.
                Some(SourceLine { file, position, checksum: None })
            }
            _ => None,
        });
    }
    Ok(found)
}
