//! Source lines for problems in methods, out of the portable PDBs of their assemblies.
//!
//! A PDB is opened only for a problem that has a method with code. One that is damaged, or of another build, is not used
//! and costs a remark.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use super::error::reason;
use super::files;
use crate::diagnostics::{Diagnostic, SourceLine};
use crate::metadata::pdb::Pdb;
use crate::metadata::{self, DebugDirectory, Module, TableId, Token};

/// Adds the source line to every diagnostic that has one, and says in a remark which PDBs were of no use.
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
        let Ok(Some(module)) = metadata::open(&bytes) else { continue };
        methods.retain(|(row, _)| has_code(&module, *row));
        if !methods.is_empty()
            && let Err((pdb, why)) = add_for_module(path, &module, &mut methods)
        {
            remarks.push(format!("thunkgen: no source lines from {}; {why}", pdb.display()));
        }
    }
    remarks
}

fn has_code(module: &Module<'_>, row: u32) -> bool {
    module.tables.cell(TableId::MethodDef, row, 0).is_ok_and(|rva| rva != 0)
}

/// An error names the file that is no use.
fn add_for_module(
    path: &Path,
    module: &Module<'_>,
    methods: &mut [(u32, &mut Diagnostic)],
) -> Result<(), (PathBuf, String)> {
    let in_assembly = |error: metadata::ReadError| (path.to_owned(), error.to_string());
    let directory = module.debug_directory().map_err(in_assembly)?;
    if let Some(bytes) = directory.embedded().map_err(in_assembly)? {
        return add_from(&bytes, &directory, methods).map_err(|why| (path.to_owned(), why));
    }
    let mut useless = Ok(());
    for candidate in beside(path, &directory) {
        let result = match files::open(&candidate) {
            Ok((bytes, _)) => add_from(&bytes, &directory, methods),
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

/// Where the PDB of an assembly can be: under the assembly's name, or the one the compiler gave it (a Webcil file may
/// have been renamed).
fn beside(path: &Path, directory: &DebugDirectory<'_>) -> Vec<PathBuf> {
    let mut found = vec![path.with_extension("pdb")];
    let name = directory.path.and_then(|path| path.rsplit(['/', '\\']).next()).filter(|name| !name.is_empty());
    let named = name.map(|name| path.with_file_name(name));
    found.extend(named.filter(|named| !found.contains(named)));
    found
}

fn add_from(
    bytes: &[u8],
    directory: &DebugDirectory<'_>,
    methods: &mut [(u32, &mut Diagnostic)],
) -> Result<(), String> {
    let pdb = Pdb::open(bytes).map_err(|error| error.to_string())?;
    let pdb = pdb.ok_or("it is no portable PDB")?;
    if directory.id != Some(pdb.id) {
        return Err("it belongs to another build of the assembly".to_owned());
    }
    // All or none: a damaged PDB may be wrong in the other places too.
    let positions: Result<Vec<_>, _> = methods.iter().map(|(row, _)| pdb.method_start(*row)).collect();
    let positions = positions.map_err(|error| error.to_string())?;
    for ((_, diagnostic), position) in methods.iter_mut().zip(positions) {
        diagnostic.location.source =
            position.map(|found| SourceLine { file: found.document, line: found.line, column: found.column });
    }
    Ok(())
}
