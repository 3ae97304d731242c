//! Which options cannot be given beside a manifest: those of the groups that say what the manifest says.

use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Args, CommandFactory};

use super::{
    Cli, ContractArgs, ExtraArgs, InputArgs, ModuleArgs, NativeArgs, OutputArgs, ReferenceArgs, SizeArgs, TargetArgs,
};
use crate::r2r::args::ObjectContractArgs;

/// The first option of the command line that says what the manifest is to say.
pub fn refused_with_manifest(given: &ArgMatches) -> Option<String> {
    let said = [
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
    let groups = command.get_groups().filter(|group| said.iter().flatten().any(|id| id == group.get_id()));
    let said: Vec<_> = groups.flat_map(|group| group.get_args()).collect();
    let is_given = |option: &&Arg| given.value_source(option.get_id().as_str()) == Some(ValueSource::CommandLine);
    let refused = command.get_arguments().filter(|option| said.contains(&option.get_id())).find(is_given);
    refused.map(|option| format!("--{}", option.get_long().unwrap_or_default()))
}
