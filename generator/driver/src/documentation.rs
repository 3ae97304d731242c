//! The XML documentation files beside assemblies, which compilers write under the assembly's name.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use super::error::reason;
use super::files;
use thunkgen_diagnostics::{Diagnostics, Location, catalogue};
use thunkgen_native::stubs::documentation::Documentation;

/// What is written about the members of these assemblies, and the files that say it. What cannot be read is reported.
pub fn beside(assemblies: BTreeSet<&Path>, diagnostics: &mut Diagnostics) -> (Documentation, Vec<PathBuf>) {
    let (mut documentation, mut read) = (Documentation::default(), Vec::new());
    let paths: BTreeSet<PathBuf> = assemblies.into_iter().map(|assembly| assembly.with_extension("xml")).collect();
    for path in paths {
        let file = path.display().to_string();
        let bytes = match files::open(&path) {
            Ok((bytes, _)) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => {
                diagnostics.report(&catalogue::BAD_DOCUMENTATION, Location::file(file), reason(&error));
                continue;
            }
        };
        let (found, problem) = Documentation::parse(&bytes);
        if let Some(problem) = problem {
            let location = Location::position(file, problem.line, problem.column);
            diagnostics.report(&catalogue::BAD_DOCUMENTATION, location, problem.message);
        }
        for (id, comment) in found.comments {
            documentation.comments.entry(id).or_insert(comment);
        }
        read.push(path);
    }
    (documentation, read)
}
