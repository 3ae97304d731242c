//! What is in the package.

use std::collections::BTreeMap;

use crate::error::Error;
use crate::executable::Executable;
use crate::nuspec::Repository;
use crate::version::Version;
use crate::{nuspec, opc, tasks};

/// A file in the package.
#[derive(Debug)]
pub struct Part {
    /// Its contents.
    pub bytes: Vec<u8>,
    /// Whether it can be run. NuGet drops that; other readers of zip files keep it.
    pub is_executable: bool,
}

impl Part {
    fn file(bytes: impl Into<Vec<u8>>) -> Part {
        Part { bytes: bytes.into(), is_executable: false }
    }
}

/// Files of the repository, with their names in the package.
const FILES: [(&str, &str); 2] =
    [("LICENSE", include_str!("../../../LICENSE")), ("README.md", include_str!("../../msbuild/README.md"))];

/// What NuGet imports: for a project that names the package, for those that get it from another package or project, and
/// for the outer build of several target frameworks.
const DIRECTORIES: [&str; 3] = ["build", "buildMultiTargeting", "buildTransitive"];

const IMPORTED: [(&str, &str); 2] = [
    ("props", include_str!("../../msbuild/build/Thunkgen.MSBuild.props")),
    ("targets", include_str!("../../msbuild/build/Thunkgen.MSBuild.targets")),
];

/// Every part by its name.
pub fn all(
    version: &Version,
    repository: &Repository,
    executables: &[Executable],
    tasks: Vec<u8>,
) -> Result<BTreeMap<String, Part>, Error> {
    // A checkout may have converted the line endings.
    let file = |name: String, text: &str| (name, Part::file(text.replace("\r\n", "\n")));
    let mut parts: BTreeMap<String, Part> = FILES.into_iter().map(|(name, text)| file(name.to_owned(), text)).collect();
    for directory in DIRECTORIES {
        parts.extend(IMPORTED.map(|(kind, text)| file(format!("{directory}/{}.{kind}", nuspec::ID), text)));
    }
    parts.insert(tasks::PART.to_owned(), Part::file(tasks));
    for executable in executables {
        let part = Part { bytes: executable.bytes.clone(), is_executable: true };
        if parts.insert(executable.part_name(), part).is_some() {
            return Err(Error::DuplicateRid(executable.rid.to_owned()));
        }
    }
    parts.insert(nuspec::PART.to_owned(), Part::file(nuspec::render(version, repository)?));
    let types = opc::content_types(parts.keys().map(String::as_str))?;
    parts.insert(opc::TYPES_PART.to_owned(), Part::file(types));
    parts.insert(opc::RELATIONS_PART.to_owned(), Part::file(opc::relationships(nuspec::PART)?));
    Ok(parts)
}
