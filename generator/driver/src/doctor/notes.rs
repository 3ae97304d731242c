//! What belongs to a problem besides its diagnostic.

use std::collections::BTreeMap;

use super::report::Subject;
use thunkgen_diagnostics::{Diagnostic, Location, Rule};

/// What diagnostics are about, by code, place and message.
#[derive(Default)]
pub(super) struct Notes(BTreeMap<(&'static str, Location, String), Subject>);

impl Notes {
    /// Says what a diagnostic is about.
    pub fn about(&mut self, rule: &'static Rule, location: &Location, message: &str, about: Subject) {
        self.0.insert((rule.code, location.clone(), message.to_owned()), about);
    }

    /// What a diagnostic is about. Its place may have got a source line.
    pub fn of(&self, diagnostic: &Diagnostic) -> Option<Subject> {
        let location = Location { source: None, ..diagnostic.location.clone() };
        self.0.get(&(diagnostic.rule.code, location, diagnostic.message.clone())).cloned()
    }
}
