//! The log of `--log`, of any size.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::document::Mentions;
use super::subject::Subject;
use thunkgen_diagnostics::{Diagnostics, Location, catalogue};
use thunkgen_driver::reason;
use thunkgen_driver::symptoms::{self, Finding, Reading};

/// The missing keys in byte order, and the other problems that a log reports.
#[derive(Default)]
pub struct Log {
    pub missing: Vec<(Subject, Option<Mentions>)>,
    pub others: Vec<Finding>,
    /// Number of problems beyond the maximum that is kept.
    pub omitted: u64,
}

/// Reads a log; `-` is standard input. Lines about a missing thunk without a key are reported.
pub fn read(path: &Path, diagnostics: &mut Diagnostics) -> Log {
    let is_input = path.as_os_str() == "-";
    let name = if is_input { "standard input".to_owned() } else { path.display().to_string() };
    let read = match is_input {
        true => symptoms::read(&mut std::io::stdin().lock()),
        false => File::open(path).and_then(|mut file| symptoms::read(&mut file as &mut dyn Read)),
    };
    let Reading { findings, omitted } = match read {
        Ok(reading) => reading,
        Err(error) => {
            diagnostics.report(&catalogue::UNREADABLE, Location::file(name), reason(&error));
            return Log::default();
        }
    };
    let mut log = Log { omitted, ..Log::default() };
    for finding in findings {
        let line = u32::try_from(finding.line).unwrap_or(u32::MAX);
        match (finding.is_missing_thunk(), finding.subject.is_empty()) {
            (true, true) => {
                let what = "line reports a missing thunk but contains no valid key";
                diagnostics.report(&catalogue::UNCLEAR_LOG, Location::position(&name, line, 1), what);
            }
            (true, false) => {
                let mentions = Mentions { line: finding.line, count: finding.count };
                log.missing.push((Subject { key: finding.subject, of: None }, Some(mentions)));
            }
            // A code has its own message in the log.
            (false, _) if finding.symptom.name == "code" => {}
            (false, _) => log.others.push(finding),
        }
    }
    log.missing.sort_by(|(one, _), (other, _)| one.key.cmp(&other.key));
    log
}
