//! Which options a command line gives, for a run that is described elsewhere: in a manifest.

use std::ffi::OsString;

use clap::parser::ValueSource;
use clap::{Arg, CommandFactory};

use super::args::Cli;

/// What can be given beside a manifest to every verb: how problems are told.
const REPORTING: [&str; 9] = [
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

/// What a verb takes beside that: all that does not say what is generated.
const OF_VERBS: [(&str, &[&str]); 7] = [
    ("generate", &["manifest", "stamp", "owner", "depfile", "list_outputs"]),
    // Images have no place in a manifest.
    ("check", &["manifest", "stamp", "owner", "depfile", "list_outputs", "image"]),
    ("check-native", &["manifest", "manifest_output", "stamp", "depfile"]),
    ("signatures", &["manifest", "manifest_output", "json", "unresolved"]),
    ("explain", &["manifest", "manifest_output", "subject"]),
    ("layout", &["manifest", "manifest_output", "json", "words", "all"]),
    (
        "emit",
        &[
            "manifest",
            "manifest_output",
            "key",
            "keys",
            "to_interpreter",
            "out",
            "kind",
            "assembly_name",
            "assembly_version",
            "mvid",
            "r2r_version",
        ],
    ),
];

/// The first option of the command line that says what the manifest is to say.
pub fn refused_with_manifest(args: &[OsString]) -> Option<String> {
    let mut command = Cli::command();
    let matches = command.try_get_matches_from_mut(args).ok()?;
    let (mut verb, mut given, mut command) = ("", &matches, &command);
    while let Some((name, below)) = given.subcommand() {
        (verb, given, command) = (name, below, command.find_subcommand(name)?);
    }
    let own = OF_VERBS.iter().find(|(name, _)| *name == verb).map_or(&[][..], |(_, own)| own);
    let given = |option: &&Arg| given.value_source(option.get_id().as_str()) == Some(ValueSource::CommandLine);
    let may = |option: &&Arg| REPORTING.iter().chain(own).any(|name| option.get_id() == name);
    let refused = command.get_arguments().filter(given).find(|option| !may(option));
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
        assert_eq!(refused("thunkgen layout N.T --all --json --manifest m"), None);
        assert_eq!(refused("thunkgen explain N.T -m x").as_deref(), Some("--module"));
        assert_eq!(refused("thunkgen r2r emit --key Mv --out x.o --kind object"), None);
        assert_eq!(refused("thunkgen r2r emit --out x.o --contract wasm-thunks").as_deref(), Some("--contract"));
    }

    #[test]
    fn every_name_is_an_options() {
        let command = Cli::command();
        for (verb, own) in OF_VERBS {
            let command = if verb == "emit" { command.find_subcommand("r2r").expect("r2r") } else { &command };
            let options = command.find_subcommand(verb).expect("the verb");
            let names: Vec<&str> = options.get_arguments().map(|option| option.get_id().as_str()).collect();
            assert!(REPORTING.iter().chain(own).all(|name| names.contains(name)), "{verb}: {names:?}");
        }
    }
}
