//! How bad problems are: what the options ask for, and what a manifest does.

use std::collections::BTreeSet;

use super::error::OptionError;
use super::options::{Given, PolicyOptions};
use super::suppressions::{self, everywhere, lookup, warnings, warnings_among};
use thunkgen_diagnostics::{Diagnostics, Location, Policy, catalogue};

/// A sink with the policy that the options ask for, besides that of a manifest. Problems with a suppression file are in
/// it.
pub fn sink(options: &PolicyOptions, manifest: Policy) -> Result<Diagnostics, OptionError> {
    let mut policy = manifest;
    policy.strict |= options.strict;
    let codes = |given: &Given<String>, find: fn(&str) -> Result<BTreeSet<&'static str>, String>| {
        if options.shared_codes {
            return Ok(warnings_among(given));
        }
        find(given).map_err(|why| OptionError::of(&given.origin, format_args!("{}: {why}", given.origin)))
    };
    let any = |codes: &str| Ok(lookup(codes)?.iter().map(|rule| rule.code).collect());
    for given in &options.warnings_as_errors {
        match given.trim() {
            "" => policy.strict = true,
            _ => policy.errors.extend(codes(given, any)?),
        }
    }
    for given in &options.warnings_not_as_errors {
        policy.warnings.extend(codes(given, warnings)?);
    }
    for given in &options.no_warn {
        let reason = format!("{} {}", given.origin, given.origin.place());
        policy.suppressions.push(everywhere(codes(given, warnings)?, reason, None));
    }
    let mut problems = Vec::new();
    for path in &options.suppressions {
        match suppressions::read(path) {
            Ok((found, bad)) => {
                policy.suppressions.extend(found);
                problems.extend(bad);
            }
            Err(why) => problems.push((&catalogue::UNREADABLE, Location::file(path.display().to_string()), why)),
        }
    }
    let mut diagnostics = Diagnostics::new(policy);
    problems.into_iter().for_each(|(rule, location, why)| diagnostics.report(rule, location, why));
    Ok(diagnostics)
}
