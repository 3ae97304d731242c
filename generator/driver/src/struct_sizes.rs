//! Struct sizes that the user declares, one by one or in files.

use std::collections::BTreeMap;
use std::str::FromStr;

use super::error::OptionError;
use super::files;
use super::options::StructSizes;
use thunkgen_core::collect::DeclaredSize;
use thunkgen_diagnostics::{Diagnostics, Location, catalogue, without_bom};

/// One `Full.Name=SIZE[:ALIGN]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SizeDeclaration {
    name: String,
    size: DeclaredSize,
}

impl SizeDeclaration {
    /// The type's full name.
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// Why a text is not a declaration, and the 1-based character where it goes wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct DeclarationError {
    at: usize,
    reason: String,
}

/// A larger alignment than any the class loader accepts.
const MAX_ALIGN: u32 = 128;

impl FromStr for SizeDeclaration {
    type Err = DeclarationError;

    fn from_str(text: &str) -> Result<SizeDeclaration, DeclarationError> {
        let error = |byte: usize, reason: String| {
            let at = text.get(..byte).unwrap_or(text).chars().count() + 1;
            Err(DeclarationError { at, reason })
        };
        // The last `=`: names that the C# compiler makes can contain one (`__StaticArrayInitTypeSize=16`).
        let Some(equals) = text.rfind('=') else {
            return error(text.len(), "expected `=SIZE` after the type's full name".to_owned());
        };
        let name = text[..equals].trim_end();
        if name.is_empty() {
            return error(0, "expected the type's full name before `=`".to_owned());
        }
        let value = &text[equals + 1..];
        let (size, align) = match value.split_once(':') {
            Some((size, align)) => (size, Some(align)),
            None => (value, None),
        };
        let number = |text: &str| text.trim().parse::<u32>().ok();
        let Some(size) = number(size).filter(|size| (1..=i32::MAX as u32).contains(size)) else {
            let what = format!("`{}` is not a size: expected a number of bytes, at least 1", size.trim());
            return error(equals + 1, what);
        };
        let is_alignment = |align: &u32| align.is_power_of_two() && *align <= MAX_ALIGN;
        let align = match align.map(|text| (text, number(text).filter(is_alignment))) {
            Some((text, None)) => {
                let start = equals + 1 + value.len() - text.len();
                let what = format!("`{}` is not an alignment: expected a power of two up to {MAX_ALIGN}", text.trim());
                return error(start, what);
            }
            Some((_, align)) => align,
            None => None,
        };
        Ok(SizeDeclaration { name: name.to_owned(), size: DeclaredSize { size, align } })
    }
}

/// All declarations, those without a file first; one in a file that cannot be read, or that contradicts an earlier one,
/// is reported with its place.
pub fn gather(
    options: &StructSizes,
    diagnostics: &mut Diagnostics,
) -> Result<BTreeMap<String, DeclaredSize>, OptionError> {
    let mut sizes = Sizes::default();
    for given in &options.declared {
        sizes.add(given, given.origin.place()).map_err(|why| OptionError::of(&given.origin, why))?;
    }
    for path in &options.files {
        let file = path.display().to_string();
        let Some(text) = files::read_text(path, diagnostics) else { continue };
        for (index, line) in without_bom(&text).lines().enumerate() {
            let row = index as u32 + 1;
            let declaration = line.split('#').next().unwrap_or_default();
            let indent = declaration.chars().take_while(|c| c.is_whitespace()).count();
            if declaration.trim().is_empty() {
                continue;
            }
            let (column, why) = match declaration.trim().parse::<SizeDeclaration>() {
                Ok(declaration) => match sizes.add(&declaration, &format!("in {file}({row})")) {
                    Ok(()) => continue,
                    Err(conflict) => (1, conflict),
                },
                Err(error) => (error.at, error.reason),
            };
            let location = Location::position(file.clone(), row, (indent + column) as u32);
            diagnostics.report(&catalogue::BAD_STRUCT_SIZE, location, why);
        }
    }
    Ok(sizes.0.into_iter().map(|(name, (size, _))| (name, size)).collect())
}

/// Declarations by name, with the place of each.
#[derive(Default)]
struct Sizes(BTreeMap<String, (DeclaredSize, String)>);

impl Sizes {
    fn add(&mut self, declaration: &SizeDeclaration, place: &str) -> Result<(), String> {
        let SizeDeclaration { name, size } = declaration;
        match self.0.get(name) {
            Some((other, _)) if other == size => Ok(()),
            Some((other, there)) => {
                Err(format!("{name} is declared as {}, but as {} {there}", text(*size), text(*other)))
            }
            None => {
                self.0.insert(name.clone(), (*size, place.to_owned()));
                Ok(())
            }
        }
    }
}

fn text(size: DeclaredSize) -> String {
    match size.align {
        Some(align) => format!("{}:{align}", size.size),
        None => size.size.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::{Given, Origin};

    #[test]
    fn declarations_parse() {
        let parse = |text: &str| text.parse::<SizeDeclaration>().map(|d| (d.name, d.size.size, d.size.align));
        assert_eq!(parse("N.Outer+Inner=16:8"), Ok(("N.Outer+Inner".into(), 16, Some(8))));
        assert_eq!(parse("A+__StaticArrayInitTypeSize=16=16"), Ok(("A+__StaticArrayInitTypeSize=16".into(), 16, None)));
        for (text, at, reason) in [
            ("N.T", 4, "expected `=SIZE` after the type's full name"),
            ("=4", 1, "expected the type's full name before `=`"),
            ("Ä=", 3, "`` is not a size: expected a number of bytes, at least 1"),
            ("T=0", 3, "`0` is not a size: expected a number of bytes, at least 1"),
            ("T=-1", 3, "`-1` is not a size: expected a number of bytes, at least 1"),
            ("T=8:3", 5, "`3` is not an alignment: expected a power of two up to 128"),
            ("T=8:", 5, "`` is not an alignment: expected a power of two up to 128"),
        ] {
            assert_eq!(
                text.parse::<SizeDeclaration>(),
                Err(DeclarationError { at, reason: reason.to_owned() }),
                "{text}"
            );
        }
    }

    #[test]
    fn files_are_located() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("sizes.txt");
        std::fs::write(&path, "\u{feff}# comment\r\n\r\n  A.B=4 # why\r\nA.B=4\nA.C=2\n  A.D=x\nA.B=8:4\nA.E\n")
            .unwrap();
        let given = |text: &str| Given::on_command_line("--struct-size", text.parse::<SizeDeclaration>().unwrap());
        let options =
            StructSizes { declared: vec![given("A.C=3")], files: vec![path.clone(), directory.path().join("none")] };
        let mut diagnostics = Diagnostics::default();
        let sizes = gather(&options, &mut diagnostics).unwrap();
        assert_eq!(sizes.keys().collect::<Vec<_>>(), ["A.B", "A.C"]);
        let prefix = directory.path().display().to_string();
        let lines: Vec<String> = diagnostics.into_sorted().iter().map(|d| d.to_string().replace(&prefix, "")).collect();
        assert_eq!(
            lines,
            [
                "/none: error TG0001: no such file or directory",
                "/sizes.txt(5,1): error TG0006: A.C is declared as 2, but as 3 on the command line",
                "/sizes.txt(6,7): error TG0006: `x` is not a size: expected a number of bytes, at least 1",
                "/sizes.txt(7,1): error TG0006: A.B is declared as 8:4, but as 4 in /sizes.txt(3)",
                "/sizes.txt(8,4): error TG0006: expected `=SIZE` after the type's full name",
            ]
        );
        let twice = StructSizes { declared: vec![given("A=1"), given("A=2")], files: Vec::new() };
        let error = gather(&twice, &mut Diagnostics::default()).unwrap_err();
        assert_eq!(error.message, "A is declared as 2, but as 1 on the command line");
        assert_eq!(error.origin, Origin::CommandLine("--struct-size"));
    }
}
