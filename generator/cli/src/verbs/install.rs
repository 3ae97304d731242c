//! The verbs `completions` and `man`. Both print what clap knows of the command line, like `--help`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::{Command, CommandFactory};
use clap_complete::Shell;
use clap_mangen::Man;

use super::Run;
use crate::args::Cli;
use crate::error::Exit;
use thunkgen_diagnostics::Diagnostics;
use thunkgen_driver::write::write_all;
use thunkgen_driver::{OutputKind, report_unwritable};

impl Run<'_, '_> {
    /// `completions`
    pub fn completions(self, shell: Shell) -> Exit {
        let mut command = Cli::command();
        let name = command.get_name().to_owned();
        let mut script = Vec::new();
        clap_complete::generate(shell, &mut command, name, &mut script);
        self.progress.finish();
        self.console.artefact(&String::from_utf8_lossy(&script));
        Exit::Done
    }

    /// `man`
    pub fn man(self, out: Option<&Path>) -> Exit {
        let mut command = Cli::command().disable_help_subcommand(true);
        command.build();
        self.progress.finish();
        let Some(directory) = out else {
            self.console.artefact(&page(command));
            return Exit::Done;
        };
        let pages = all(command).into_iter();
        let pages = pages.map(|command| (directory.join(format!("{}.1", name(&command))), page(command).into_bytes()));
        let pages: BTreeMap<PathBuf, Vec<u8>> = pages.collect();
        let mut diagnostics = Diagnostics::default();
        pages.keys().for_each(|page| OutputKind::ManualPage.refuse_foreign(page, self.write, &mut diagnostics));
        if !diagnostics.has_errors() {
            let Err(error) = write_all(&pages, self.write) else { return Exit::Done };
            report_unwritable(error, &mut diagnostics);
        }
        self.console.findings(&diagnostics.into_findings());
        Exit::Problems
    }
}

/// A command and its subcommands.
fn all(command: Command) -> Vec<Command> {
    let below: Vec<Command> = command.get_subcommands().cloned().flat_map(all).collect();
    std::iter::once(command).chain(below).collect()
}

/// The page's name, as `thunkgen-generate`.
fn name(command: &Command) -> &str {
    command.get_display_name().unwrap_or_else(|| command.get_name())
}

/// The page in roff. It has no date: the same tool writes the same page.
fn page(command: Command) -> String {
    // Empty arguments must be quoted, which clap_mangen does not do.
    let title = format!(".TH {} 1 \"\" \"thunkgen {}\" \"thunkgen\"\n", name(&command), env!("CARGO_PKG_VERSION"));
    let mut page = Vec::new();
    Man::new(command).render(&mut page).expect("writing into memory");
    let page = String::from_utf8_lossy(&page);
    let (before, body) = page.split_once(".TH ").unwrap_or_default();
    let body = body.split_once('\n').unwrap_or_default().1;
    // A heading for the examples, and one form of empty line.
    let body =
        body.replace(".SH EXTRA\nExamples:\n", ".SH EXAMPLES\n").replace(".SH EXTRA\nExample:\n", ".SH EXAMPLE\n");
    format!("{before}{title}{}", body.replace(".br\n\n.br\n", ".sp\n"))
}
