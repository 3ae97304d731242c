//! Symbol files, which emscripten writes next to a linked module (`--emit-symbol-map`): a line is
//! `function index:name`.

/// Function names by index.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SymbolNames<'a> {
    /// Sorted by index.
    names: Vec<(u32, &'a str)>,
}

/// Why a file is not a symbol file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a function index, a colon and a name")]
pub struct SymbolsError {
    /// 1-based line.
    pub line: u32,
}

impl<'a> SymbolNames<'a> {
    /// Reads the text of the file.
    ///
    /// ```
    /// use clr_wasm_file::objects::SymbolNames;
    /// let names = SymbolNames::parse(b"7:malloc\n3:free\n").unwrap();
    /// assert_eq!(names.iter().collect::<Vec<_>>(), [(3, "free"), (7, "malloc")]);
    /// assert_eq!(SymbolNames::parse(b"7:malloc\nfree").unwrap_err().line, 2);
    /// ```
    pub fn parse(bytes: &'a [u8]) -> Result<SymbolNames<'a>, SymbolsError> {
        let mut names = Vec::new();
        for (index, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
            let error = SymbolsError { line: u32::try_from(index + 1).unwrap_or(u32::MAX) };
            let line = std::str::from_utf8(line).map_err(|_| error)?.trim_end_matches('\r');
            if line.is_empty() {
                continue;
            }
            let (index, name) = line.split_once(':').ok_or(error)?;
            let is_number = !index.is_empty() && index.bytes().all(|byte| byte.is_ascii_digit());
            names.push((index.parse().ok().filter(|_| is_number).ok_or(error)?, name));
        }
        // If equal functions were merged, one function has several names.
        names.sort_by_key(|(index, _)| *index);
        Ok(SymbolNames { names })
    }

    /// Every index with its name.
    pub fn iter(&self) -> impl Iterator<Item = (u32, &'a str)> + '_ {
        self.names.iter().copied()
    }
}
