//! The name section (WebAssembly core specification, appendix "Custom Sections"): names of functions.

use wasmparser::{Name, NameSectionReader};

use super::error::{ReadError, located};

/// The function names, sorted by index, up to the first that cannot be read.
pub(crate) fn function_names<'a>(section: NameSectionReader<'a>) -> (Vec<(u32, &'a str)>, Option<ReadError>) {
    let mut names = Vec::new();
    let error = read(section, &mut names).err().map(|error| located("wasm name section", &error));
    (names, error)
}

fn read<'a>(section: NameSectionReader<'a>, names: &mut Vec<(u32, &'a str)>) -> Result<(), wasmparser::Error> {
    for subsection in section {
        // A second list would not be sorted behind the first; it may not be there either.
        if let Name::Function(map) = subsection?
            && names.is_empty()
        {
            for name in map {
                let name = name?;
                names.push((name.index, name.name));
            }
        }
    }
    Ok(())
}
