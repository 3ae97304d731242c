//! What `--strict`, `--nowarn`, `--warnaserror`, `--warnnotaserror` and `--suppressions` ask for.

use std::collections::BTreeSet;

use super::args::ReportArgs;
use super::error::UsageError;
use super::suppressions::{self, everywhere, lookup, suppressible, warnings_among};
use crate::diagnostics::{Diagnostics, Location, Policy, catalogue};

/// A sink with the policy that the arguments ask for. Problems with a suppression file are in it.
pub fn sink(report: &ReportArgs) -> Result<Diagnostics, UsageError> {
    sink_with(report, Policy::default())
}

/// The same with what a manifest asks for.
pub fn sink_with(report: &ReportArgs, manifest: Policy) -> Result<Diagnostics, UsageError> {
    let mut policy = manifest;
    policy.strict |= report.strict;
    let codes = |option: &str, codes: &str, find: fn(&str) -> Result<BTreeSet<&'static str>, String>| {
        if report.shared_codes {
            return Ok(warnings_among(codes));
        }
        find(codes).map_err(|why| UsageError::new(format_args!("{option}: {why}")))
    };
    let any = |codes: &str| Ok(lookup(codes)?.iter().map(|rule| rule.code).collect());
    for list in report.warnaserror.iter().flatten() {
        match list.trim() {
            "" => policy.strict = true,
            list => policy.errors.extend(codes("--warnaserror", list, any)?),
        }
    }
    for list in &report.warnnotaserror {
        policy.warnings.extend(codes("--warnnotaserror", list, suppressible)?);
    }
    for list in &report.nowarn {
        let codes = codes("--nowarn", list, suppressible)?;
        policy.suppressions.push(everywhere(codes, "--nowarn on the command line".to_owned(), None));
    }
    let mut problems = Vec::new();
    for path in &report.suppressions {
        match suppressions::read(path) {
            Ok((found, bad)) => {
                policy.suppressions.extend(found);
                problems.extend(bad.into_iter().map(|bad| (&catalogue::BAD_SUPPRESSION, bad.location, bad.message)));
            }
            Err(why) => problems.push((&catalogue::UNREADABLE, Location::file(path.display().to_string()), why)),
        }
    }
    let mut diagnostics = Diagnostics::new(policy);
    problems.into_iter().for_each(|(rule, location, why)| diagnostics.report(rule, location, why));
    Ok(diagnostics)
}
