//! What `--strict`, `--nowarn`, `--warnaserror` and `--suppressions` ask for.

use super::args::ReportArgs;
use super::error::UsageError;
use super::suppressions::{self, everywhere, lookup, suppressible};
use crate::diagnostics::{Diagnostics, Location, Policy, catalogue};

/// A sink with the policy that the arguments ask for. Problems with a suppression file are in it.
pub fn sink(report: &ReportArgs) -> Result<Diagnostics, UsageError> {
    sink_with(report, Policy::default())
}

/// The same with what a manifest asks for.
pub fn sink_with(report: &ReportArgs, manifest: Policy) -> Result<Diagnostics, UsageError> {
    let mut policy = manifest;
    policy.strict |= report.strict;
    for codes in report.warnaserror.iter().flatten() {
        match codes.trim() {
            "" => policy.strict = true,
            codes => {
                let rules = lookup(codes).map_err(|why| UsageError::new(format_args!("--warnaserror: {why}")))?;
                policy.errors.extend(rules.iter().map(|rule| rule.code));
            }
        }
    }
    for codes in &report.nowarn {
        let codes = suppressible(codes).map_err(|why| UsageError::new(format_args!("--nowarn: {why}")))?;
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
