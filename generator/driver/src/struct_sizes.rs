//! Struct sizes that the user declares, one by one or in files.

use std::collections::BTreeMap;
use std::str::FromStr;

use super::error::{OptionError, reason};
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

/// Why a text is no declaration, and the 1-based character where it goes wrong.
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
        // The last `=`: names the C# compiler makes can hold one (`__StaticArrayInitTypeSize=16`).
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
        let size = match number(size) {
            Some(size) if (1..=i32::MAX as u32).contains(&size) => size,
            _ => {
                return error(
                    equals + 1,
                    format!("`{}` is no size: expected a number of bytes, at least 1", size.trim()),
                );
            }
        };
        let align = match align {
            None => None,
            Some(text) => match number(text) {
                Some(align) if align.is_power_of_two() && align <= MAX_ALIGN => Some(align),
                _ => {
                    let start = equals + 1 + value.len() - text.len();
                    let what = format!("`{}` is no alignment: expected a power of two up to {MAX_ALIGN}", text.trim());
                    return error(start, what);
                }
            },
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
        let text = match std::fs::read(path).map_err(|e| reason(&e)) {
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(why) => {
                diagnostics.report(&catalogue::UNREADABLE, Location::file(file), why);
                continue;
            }
        };
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
