//! What a check found wrong.

use std::fmt;

/// One deviation of generated code from what the runtime expects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The key, symbol or table the deviation is about.
    pub subject: String,
    /// What was expected and what happened.
    pub what: String,
}

impl Failure {
    /// A failure about `subject`.
    pub fn new(subject: impl Into<String>, what: impl Into<String>) -> Failure {
        Failure { subject: subject.into(), what: what.into() }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.subject, self.what)
    }
}

/// Panics with all failures of a check, one a line; at most 40 are printed.
pub fn expect_none<T>(what: &str, result: Result<T, Vec<Failure>>) -> T {
    match result {
        Ok(value) => value,
        Err(failures) => {
            let shown: Vec<String> = failures.iter().take(40).map(Failure::to_string).collect();
            panic!("{what}: {} failures\n  {}", failures.len(), shown.join("\n  "));
        }
    }
}
