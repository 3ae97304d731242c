//! A problem as it is printed, answered and remembered.

use thunkgen_diagnostics::{self as diagnostics, Diagnostic, Level, catalogue};
use thunkgen_driver::write::WriteError;

/// One problem of a run, or of the run whose outputs are still current.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Error or warning.
    pub level: Level,
    /// `TG` and four digits.
    pub code: String,
    /// The file it is in; empty when it is in none.
    pub file: String,
    /// 1-based line and column, where they are known.
    pub position: Option<(u32, u32)>,
    /// What is wrong, of any length.
    pub text: String,
}

impl From<&Diagnostic> for Told {
    fn from(diagnostic: &Diagnostic) -> Told {
        let (file, position) = diagnostic.location.origin();
        Told {
            level: diagnostic.level,
            code: diagnostic.rule.code.to_owned(),
            file: file.to_owned(),
            position,
            text: diagnostic.text(),
        }
    }
}

impl From<WriteError> for Told {
    fn from(WriteError { path, reason }: WriteError) -> Told {
        let (rule, file) = (&catalogue::UNWRITABLE, path.display().to_string());
        Told { level: rule.level, code: rule.code.to_owned(), file, position: None, text: reason }
    }
}

impl Told {
    /// The line of a build log.
    pub fn line(&self) -> String {
        diagnostics::line(&self.file, self.position, self.level, &self.code, &self.text)
    }
}
