//! Which options a command line gives, for a run that is described elsewhere: in a manifest.

use std::ffi::OsString;

use clap::parser::ValueSource;
use clap::{Arg, CommandFactory};

use super::args::Cli;

/// What can be given beside a manifest: all that does not say what is generated.
const WITH_MANIFEST: [&str; 13] = [
    "manifest",
    "stamp",
    "owner",
    "depfile",
    "strict",
    "warnaserror",
    "warnnotaserror",
    "nowarn",
    "shared_codes",
    "suppressions",
    "format",
    "diagnostics",
    "verbose",
];

/// The first option of the command line that says what the manifest is to say.
pub fn refused_with_manifest(args: &[OsString]) -> Option<String> {
    let mut command = Cli::command();
    let matches = command.try_get_matches_from_mut(args).ok()?;
    let (verb, given) = matches.subcommand()?;
    let options = command.find_subcommand(verb)?.get_arguments();
    let given = |option: &&Arg| given.value_source(option.get_id().as_str()) == Some(ValueSource::CommandLine);
    // Images have no place in a manifest.
    let may = |option: &&Arg| WITH_MANIFEST.contains(&option.get_id().as_str()) || option.get_id() == "image";
    let refused = options.filter(given).find(|option| !may(option));
    refused.map(|option| format!("--{}", option.get_long().unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_that_say_what_is_generated_are_found() {
        let refused = |args: &str| {
            let args: Vec<OsString> = args.split(' ').map(OsString::from).collect();
            refused_with_manifest(&args)
        };
        assert_eq!(refused("thunkgen generate --manifest m.toml --strict --format=json -v --stamp s"), None);
        assert_eq!(refused("thunkgen check -r a.dll --strict").as_deref(), Some("--reference"));
        // Also when it only repeats the default.
        assert_eq!(refused("thunkgen check --target-os browser").as_deref(), Some("--target-os"));
    }

    #[test]
    fn every_name_is_an_options() {
        let command = Cli::command();
        let options = command.find_subcommand("generate").expect("the verb");
        let names: Vec<&str> = options.get_arguments().map(|option| option.get_id().as_str()).collect();
        assert!(WITH_MANIFEST.iter().all(|name| names.contains(name)), "{names:?}");
    }
}
