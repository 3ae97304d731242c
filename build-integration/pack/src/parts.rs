//! What is in the package.

use std::collections::BTreeMap;

use crate::error::Error;
use crate::executable::Executable;
use crate::version::Version;
use crate::{nuspec, opc};

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
const FILES: [(&str, &str); 4] = [
    ("LICENSE", include_str!("../../../LICENSE")),
    ("README.md", include_str!("../../msbuild/README.md")),
    ("build/Thunkgen.props", include_str!("../../msbuild/build/Thunkgen.props")),
    ("build/Thunkgen.targets", include_str!("../../msbuild/build/Thunkgen.targets")),
];

/// Every part by its name.
pub fn all(version: &Version, executables: &[Executable]) -> Result<BTreeMap<String, Part>, Error> {
    // A checkout may have converted the line endings.
    let file = |(name, text): (&str, &str)| (name.to_owned(), Part::file(text.replace("\r\n", "\n")));
    let mut parts: BTreeMap<String, Part> = FILES.into_iter().map(file).collect();
    for executable in executables {
        let part = Part { bytes: executable.bytes.clone(), is_executable: true };
        if parts.insert(executable.part_name(), part).is_some() {
            return Err(Error::DuplicateRid(executable.rid.to_owned()));
        }
    }
    parts.insert(nuspec::PART.to_owned(), Part::file(nuspec::render(version)?));
    let types = opc::content_types(parts.keys().map(String::as_str))?;
    parts.insert(opc::TYPES_PART.to_owned(), Part::file(types));
    parts.insert(opc::RELATIONS_PART.to_owned(), Part::file(opc::relationships(nuspec::PART)?));
    Ok(parts)
}
