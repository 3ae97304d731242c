//! The command line: arguments, streams and exit codes.
//!
//! [`main`] is the process; `run` is everything but the process and can be called by tests. The verbs are thin: they make
//! [`Options`](thunkgen_driver::Options) of arguments, and text of what the [`driver`](thunkgen_driver) returns.

mod args;
mod check_native;
mod console;
mod crossgen2;
mod error;
mod explain;
mod layout;
mod lookup;
mod progress;
mod r2r;
mod response;
mod shell_quote;
mod signatures;
mod verbs;

use std::ffi::OsString;
use std::io::{BufWriter, IsTerminal};
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, ValueEnum};

use args::{Cli, Format, Verb};
use console::Console;
use error::{Exit, UsageError};
use progress::Progress;
use r2r::args::R2rVerb;

use thunkgen_driver::panics;

/// Runs the tool with the process's arguments.
pub fn main() -> ExitCode {
    let args: Vec<OsString> = std::env::args_os().collect();
    // Not the standard library's own handle: that one is flushed at every line.
    let (mut out, mut err) = (BufWriter::with_capacity(1 << 16, std::io::stdout()), std::io::stderr());
    let mut console = Console::new(&mut out, &mut err);
    console.interactive = std::io::stderr().is_terminal();
    panics::install();
    ExitCode::from(run(&args, &mut console) as u8)
}

/// Runs the tool with these arguments, the program's name first.
fn run(args: &[OsString], console: &mut Console<'_>) -> Exit {
    guarded(console, |console, progress| parse_and_run(args, console, progress))
}

/// Runs `work` and ends the output, whatever happens.
fn guarded(console: &mut Console<'_>, work: impl FnOnce(&mut Console<'_>, &mut Progress) -> Exit) -> Exit {
    let mut progress = if console.interactive { Progress::on_terminal() } else { Progress::silent() };
    let exit = panics::guard(|| work(console, &mut progress));
    let exit = exit.unwrap_or_else(|message| {
        let step = progress.current();
        progress.finish();
        console.remark(&format!("thunkgen: error: this is a bug in thunkgen: {message}, while {step}"));
        console
            .remark("thunkgen: no file was changed; please report it with the line above, the command and its inputs");
        Exit::Bug
    });
    match console.finish() {
        Ok(()) => exit,
        Err(reason) => {
            console.remark(&format!("error: standard output cannot be written: {reason}"));
            if exit == Exit::Done { Exit::Problems } else { exit }
        }
    }
}

fn parse_and_run(args: &[OsString], console: &mut Console<'_>, progress: &mut Progress) -> Exit {
    progress.step("reading the command line");
    let mut format = asked_format(args);
    match try_run(args, &mut format, console, progress) {
        Ok(exit) => exit,
        Err(UsageError(message)) => {
            progress.finish();
            // Whatever the verb made of it: nothing else has been written.
            console.format = format;
            console.mistake(&message);
            Exit::Usage
        }
    }
}

/// `format` becomes the one in which a mistake on the command line is told.
fn try_run(
    args: &[OsString],
    format: &mut Format,
    console: &mut Console<'_>,
    progress: &mut Progress,
) -> Result<Exit, UsageError> {
    let mut expanded = response::expand(args)?;
    *format = asked_format(&expanded.args);
    if let Some(own) = crossgen2::translate(&expanded.args)? {
        expanded.args = own;
    }
    let parsed = Cli::command().try_get_matches_from(&expanded.args);
    let parsed = parsed.and_then(|matches| Ok((Cli::from_arg_matches(&matches)?, matches)));
    let (cli, matches) = match parsed {
        Ok(parsed) => parsed,
        Err(error) if error.use_stderr() && *format != Format::Text => return Err(error.into()),
        Err(error) => {
            progress.finish();
            let text = error.render().to_string();
            if error.use_stderr() {
                console.report(&text);
                return Ok(Exit::Usage);
            }
            console.artefact(&text);
            return Ok(Exit::Done);
        }
    };
    let run = verbs::Run { given: args, expanded: &expanded, matches: &matches, console, progress };
    match cli.verb {
        Verb::Generate(args) => run.generate(&args),
        Verb::Check(args) => run.check(&args),
        Verb::Signatures(args) => run.signatures(&args),
        Verb::Explain(args) => run.explain(&args),
        Verb::Layout(args) => run.layout(&args),
        Verb::CheckNative(args) => run.check_native(&args),
        Verb::Lookup(args) => run.lookup(&args),
        Verb::R2r(args) => match args.verb {
            R2rVerb::Emit(args) => run.r2r_emit(&args),
            R2rVerb::Dump(args) => run.r2r_dump(&args),
        },
        Verb::Completions(args) => Ok(run.completions(&args)),
        Verb::Man(args) => Ok(run.man(&args)),
    }
}

/// The format that is asked for, before the arguments are understood: a program is told its mistakes in it too.
fn asked_format(args: &[OsString]) -> Format {
    let words = args.iter().map(|arg| arg.to_str().unwrap_or_default());
    let values = words.clone().skip(1).map(Some).chain([None]);
    let asked = words.zip(values).find_map(|(word, next)| match word.strip_prefix("--format")? {
        "" => next,
        value => value.strip_prefix('='),
    });
    asked.and_then(|name| Format::from_str(name, false).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests;
