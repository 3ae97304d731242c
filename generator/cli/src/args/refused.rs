//! Which options cannot be combined with a manifest: those of the groups that a manifest replaces.

use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Args, CommandFactory};

use super::{
    Cli, ContractArgs, ExtraArgs, InputArgs, ModuleArgs, NativeArgs, OutputArgs, ReferenceArgs, SizeArgs, TargetArgs,
};
use crate::r2r::args::ObjectContractArgs;

/// The first option of the command line that belongs in the manifest.
pub fn refused_with_manifest(given: &ArgMatches) -> Option<String> {
    let replaced = [
        InputArgs::group_id(),
        ReferenceArgs::group_id(),
        NativeArgs::group_id(),
        OutputArgs::group_id(),
        TargetArgs::group_id(),
        ContractArgs::group_id(),
        ObjectContractArgs::group_id(),
        ModuleArgs::group_id(),
        ExtraArgs::group_id(),
        SizeArgs::group_id(),
    ];
    let whole = Cli::command();
    let (mut given, mut command) = (given, &whole);
    while let Some((name, below)) = given.subcommand() {
        (given, command) = (below, command.find_subcommand(name)?);
    }
    let groups = command.get_groups().filter(|group| replaced.iter().flatten().any(|id| id == group.get_id()));
    let replaced: Vec<_> = groups.flat_map(|group| group.get_args()).collect();
    let is_given = |option: &&Arg| given.value_source(option.get_id().as_str()) == Some(ValueSource::CommandLine);
    let refused = command.get_arguments().filter(|option| replaced.contains(&option.get_id())).find(is_given);
    refused.map(|option| format!("--{}", option.get_long().unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_that_a_manifest_replaces_are_found() {
        let refused = |args: &str| refused_with_manifest(&Cli::command().get_matches_from(args.split(' ')));
        assert_eq!(refused("thunkgen generate --manifest m.toml --strict --format=json -v --stamp s"), None);
        assert_eq!(refused("thunkgen check -r a.dll --strict").as_deref(), Some("--reference"));
        // Also when it only repeats the default.
        assert_eq!(refused("thunkgen check --target-os browser").as_deref(), Some("--target-os"));
        assert_eq!(refused("thunkgen layout N.T --all --json --manifest m"), None);
        assert_eq!(refused("thunkgen layout N.T -r x").as_deref(), Some("--reference"));
        assert_eq!(refused("thunkgen explain N.T -m x").as_deref(), Some("--module"));
        assert_eq!(refused("thunkgen check-native --native x --stamp s").as_deref(), Some("--native"));
        assert_eq!(
            refused("thunkgen lookup --coverage --in x --extra-signatures y").as_deref(),
            Some("--extra-signatures")
        );
        assert_eq!(refused("thunkgen r2r emit --key Mv --out x.o --kind object"), None);
        assert_eq!(refused("thunkgen r2r emit --out x.o --contract wasm-thunks").as_deref(), Some("--contract"));
    }
}
