//! `init`: writes a manifest for what a directory contains.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::Args;

use super::error::{Exit, UsageError};
use super::verbs::Run;
use thunkgen_driver::adopt::manifest_text;
use thunkgen_driver::adopt::survey::{Survey, survey};
use thunkgen_driver::manifest::FILE_NAME;
use thunkgen_driver::shell_quote;
use thunkgen_driver::summary::plural;
use thunkgen_driver::write::write_all;

/// After the help of `init`.
pub const EXAMPLES: &str = "\
Examples:
  Write thunkgen.toml for the project in this directory, and generate what it describes:
    thunkgen init
    thunkgen generate

  Only show the manifest:
    thunkgen init --dry-run";

#[derive(Debug, Args)]
pub struct InitArgs {
    /// The directory of the project.
    #[arg(value_name = "DIR", default_value = ".")]
    pub directory: PathBuf,
    /// Replace a thunkgen.toml that exists.
    #[arg(long)]
    pub force: bool,
    /// Print the manifest to standard output, and write nothing.
    #[arg(long)]
    pub dry_run: bool,
}

impl Run<'_, '_> {
    /// `init`
    pub fn init(self, args: &InitArgs) -> Result<Exit, UsageError> {
        let directory = &args.directory;
        if !directory.is_dir() {
            return Err(UsageError::new(format_args!("{}: it is not a directory", directory.display())));
        }
        let path = if directory == Path::new(".") { PathBuf::from(FILE_NAME) } else { directory.join(FILE_NAME) };
        if path.symlink_metadata().is_ok() && !args.force && !args.dry_run {
            return Err(UsageError::new(format_args!(
                "{} exists: edit it, or replace it with --force",
                path.display()
            )));
        }
        self.progress.step("looking for assemblies and native code");
        let found = survey(directory);
        let text = manifest_text(&found);
        self.progress.finish();
        for line in lines(&found) {
            self.console.remark(&format!("thunkgen: {line}"));
        }
        if args.dry_run {
            self.console.artefact(&text);
            return Ok(Exit::Done);
        }
        if let Err(error) = write_all(&BTreeMap::from([(path.clone(), text.into_bytes())]), self.write) {
            self.console.remark(&format!("thunkgen: {error}"));
            return Ok(Exit::Problems);
        }
        let mut command = vec!["thunkgen".into(), "generate".into()];
        if directory != Path::new(".") {
            command.extend(["--manifest".into(), path.clone().into_os_string()]);
        }
        let command = shell_quote::command(&command);
        let next = match found.inputs {
            Some(_) => format!("next: {command}"),
            None => format!("next: set `inputs`, then run {command}"),
        };
        self.console.remark(&format!("thunkgen: wrote {}; {next}", path.display()));
        Ok(Exit::Done)
    }
}

/// What was found, a line each.
fn lines(found: &Survey) -> Vec<String> {
    let mut lines = Vec::new();
    let shown = |path: &Path| match path.as_os_str().is_empty() {
        true => ".".to_owned(),
        false => path.display().to_string(),
    };
    match &found.inputs {
        Some(directory) => {
            let runtime = match (found.is_mono, found.major) {
                (true, Some(major)) => format!(", with the core library of Mono {major}"),
                (false, Some(major)) => format!(", with the core library of .NET {major}"),
                (_, None) => String::new(),
            };
            lines.push(format!("found {} in {}{runtime}", plural(found.assemblies, "assembly"), shown(directory)));
        }
        None => lines.push("found no assembly: build or publish the app first, or set `inputs`".to_owned()),
    }
    if found.is_mono {
        lines.push(
            "the tables are for the CoreCLR runtime; check-native, layout and stubs are valid for Mono".to_owned(),
        );
    }
    if let Some(directory) = &found.references {
        lines.push(format!("found the core library in {}", shown(directory)));
    }
    let native = found.native.len() + usize::from(found.native_module.is_some());
    if native > 0 {
        lines.push(format!("found {}: thunkgen check-native compares with them", plural(native, "native file")));
    }
    if !found.other_modules.is_empty() {
        let more = found.other_modules.len();
        let first = &found.other_modules[0];
        lines.push(match more {
            1 => format!("P/Invokes name the library {first}, which no file here has the name of: is it linked?"),
            _ => format!(
                "P/Invokes name {more} libraries that no file here has the name of, such as {first}: are they linked?"
            ),
        });
    }
    if let Some(out) = &found.out {
        let contract = found.contract.map(|contract| format!(" of the contract {}", contract.name()));
        lines.push(format!("found generated files{} in {}", contract.unwrap_or_default(), shown(out)));
    }
    if let Some(first) = found.unreadable.first() {
        lines.push(match found.unreadable.len() - 1 {
            0 => format!("skipped {first}"),
            more => format!("skipped {first}, and {}", plural(more, "other path")),
        });
    }
    if found.is_cut {
        lines.push("the directory is too large: not everything was looked at".to_owned());
    }
    lines
}
