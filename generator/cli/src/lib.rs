//! The command line: arguments, streams and exit codes.
//!
//! [`main`] is the process; `run` is everything but the process, so that tests can call it. The verbs are thin: they turn
//! arguments into [`Options`](thunkgen_driver::Options), and the results of the [`driver`](thunkgen_driver) into text.

mod args;
mod baseline;
mod check_native;
mod closed_output;
mod codes;
mod compared_tables;
mod console;
mod crossgen2;
mod doctor;
mod error;
mod explain;
mod init;
mod layout;
mod lookup;
mod pages;
mod progress;
mod r2r;
mod response_files;
mod run_document;
#[cfg(feature = "schema")]
pub mod schemas;
mod signatures;
mod terminal;
mod verbs;
mod version;

use std::ffi::OsString;
use std::io::{BufWriter, IsTerminal, Write};
use std::process::ExitCode;

use anstream::AutoStream;
use clap::{ArgMatches, CommandFactory, FromArgMatches, ValueEnum};
use serde::Serialize;

use args::{Cli, Format, Verb};
use console::Console;
use error::{Exit, UsageError};
use progress::Progress;
use r2r::args::R2rVerb;
use terminal::Terminal;

use thunkgen_diagnostics::escape_controls;
use thunkgen_driver::{WriteOptions, panics};

/// Runs the tool with the process's arguments.
pub fn main() -> ExitCode {
    // WASI has no current directory; the program that starts this one may pass its own.
    #[cfg(target_os = "wasi")]
    if let Some(directory) = std::env::var_os("PWD") {
        // Without it, relative paths start at the root.
        let _ = std::env::set_current_dir(directory);
    }
    let args: Vec<OsString> = std::env::args_os().collect();
    // Not the standard library's own handle: that one is flushed at every line.
    // What is written has the escapes that it should have; only old consoles of Windows need them translated.
    let (out, mut err) = (AutoStream::always(std::io::stdout()), AutoStream::always(std::io::stderr()));
    let mut out = BufWriter::with_capacity(1 << 16, out);
    let mut console = Console::new(&mut out, &mut err);
    console.interactive = std::io::stderr().is_terminal();
    console.is_closed = closed_output::is_closed();
    console.terminal_of = Terminal::of_process;
    match cfg!(panic = "unwind") {
        true => panics::install(),
        false => exit_at_panic(),
    }
    ExitCode::from(run(&args, &mut console) as u8)
}

/// Where a panic does not come back to [`guarded`], it is reported at once.
fn exit_at_panic() {
    std::panic::set_hook(Box::new(|panic| {
        bug_report("", &panics::describe(panic)).iter().for_each(|line| eprintln!("{line}"));
        std::process::exit(Exit::Bug as i32)
    }));
}

fn bug_report(context: &str, message: &str) -> [String; 2] {
    [
        format!("thunkgen: error: internal error{context}: {message}"),
        format!(
            "thunkgen: no file was changed; please report this bug at {} with the line above, the version ({}), the \
             command and its inputs",
            version::ISSUES,
            version::SHORT
        ),
    ]
}

/// Runs the tool with these arguments, the program's name first, on two streams, and returns the exit code: for tests
/// that count what a run costs, or do many runs.
#[doc(hidden)]
pub fn run_in_process(args: &[OsString], out: &mut dyn Write, err: &mut dyn Write) -> u8 {
    run(args, &mut Console::new(out, err)) as u8
}

/// Whether the process's arguments are for this tool: a verb or a response file first, or those of crossgen2.
pub fn is_asked() -> bool {
    let args: Vec<OsString> = std::env::args_os().collect();
    let first = args.get(1).and_then(|arg| arg.to_str()).unwrap_or_default();
    first.starts_with('@') || Cli::command().find_subcommand(first).is_some() || crossgen2::is_dialect(&args)
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
        bug_report(&format!(" while {step}"), &message).iter().for_each(|line| console.failure(line));
        Exit::Bug
    });
    match console.finish() {
        Ok(()) => exit,
        Err(reason) => {
            console.failure(&format!("error: cannot write to standard output: {reason}"));
            if matches!(exit, Exit::Done | Exit::CheckFailed) { Exit::Problems } else { exit }
        }
    }
}

fn parse_and_run(args: &[OsString], console: &mut Console<'_>, progress: &mut Progress) -> Exit {
    progress.step("reading the command line");
    if let Some(document) = version::json(args) {
        console.artefact(&document);
        return Exit::Done;
    }
    let mut format = requested(args, "--format");
    console.terminal = (console.terminal_of)(requested(args, "--color"));
    match try_run(args, &mut format, console, progress) {
        Ok(exit) => exit,
        Err(UsageError(message)) => {
            progress.finish();
            // A verb may have changed it, but nothing else has been written.
            console.format = format;
            console.mistake(&message);
            Exit::Usage
        }
    }
}

/// The error that quotes arguments without the characters that a terminal obeys.
fn without_controls(error: clap::Error, args: &[OsString]) -> clap::Error {
    let args = args.iter().map(|arg| escape_controls(&arg.to_string_lossy()));
    let parsed = Cli::command().try_get_matches_from(args).and_then(|matches| Cli::from_arg_matches(&matches));
    parsed.err().unwrap_or(error)
}

/// `format` becomes the format of errors in the command line.
fn try_run(
    args: &[OsString],
    format: &mut Format,
    console: &mut Console<'_>,
    progress: &mut Progress,
) -> Result<Exit, UsageError> {
    let mut expanded = response_files::expand(args)?;
    *format = requested(&expanded.args, "--format");
    console.terminal = (console.terminal_of)(requested(&expanded.args, "--color"));
    if let Some(own) = crossgen2::translate(&expanded.args)? {
        expanded.args = own;
    }
    let parsed = Cli::command().try_get_matches_from(&expanded.args);
    let parsed = parsed.and_then(|matches| Ok((Cli::from_arg_matches(&matches)?, matches)));
    let (cli, matches) = match parsed {
        Ok(parsed) => parsed,
        Err(error) if error.use_stderr() && !format.is_text() => return Err(error.into()),
        Err(error) => {
            progress.finish();
            let is_mistake = error.use_stderr();
            console.help(&if is_mistake { without_controls(error, &expanded.args) } else { error });
            return Ok(if is_mistake { Exit::Usage } else { Exit::Done });
        }
    };
    (console.is_quiet, console.has_statistics) = reporting(&matches);
    let write = WriteOptions::default();
    let run = verbs::Run {
        given: args,
        expanded: &expanded,
        matches: &matches,
        write,
        console,
        progress,
        prints_document: false,
        baseline: None,
    };
    match cli.verb {
        Verb::Generate(args) => run.generate(&args),
        Verb::Check(mut args) => {
            args.sort_inputs(&matches);
            run.check(&args)
        }
        Verb::Signatures(args) => run.signatures(&args),
        Verb::Explain(args) => run.explain(&args),
        Verb::Layout(args) => run.layout(&args),
        Verb::Doctor(args) => run.doctor(&args),
        Verb::CheckNative(args) => run.check_native(&args),
        Verb::Lookup(args) => run.lookup(&args),
        Verb::R2r(R2rVerb::Emit(args)) => run.r2r_emit(&args),
        Verb::R2r(R2rVerb::Dump(args)) => run.r2r_dump(&args),
        Verb::Codes(args) => Ok(run.codes(&args)),
        Verb::Init(args) => run.init(&args),
        Verb::Completions { shell } => Ok(run.completions(shell)),
        Verb::Man { out } => Ok(run.man(out.as_deref())),
    }
}

/// Whether the verb's options ask for --quiet and --statistics.
fn reporting(matches: &ArgMatches) -> (bool, bool) {
    let mut of_verb = matches;
    while let Some((_, below)) = of_verb.subcommand() {
        of_verb = below;
    }
    let is_given = |name| matches!(of_verb.try_get_one::<bool>(name), Ok(Some(true)));
    (is_given("quiet"), is_given("statistics"))
}

/// The value of an option in arguments that may be invalid: errors in the command line are printed in this format too.
///
/// clap cannot find it, since it stops at the first error, and --format belongs to a verb, which may be missing.
fn requested<T: ValueEnum + Default>(args: &[OsString], option: &str) -> T {
    let mut words = args.iter().map(|arg| arg.to_str().unwrap_or_default());
    let name = words.by_ref().find_map(|word| word.strip_prefix(option).filter(|v| v.is_empty() || v.starts_with('=')));
    let name = name.and_then(|value| value.strip_prefix('=').or_else(|| words.next()));
    name.and_then(|name| T::from_str(name, false).ok()).unwrap_or_default()
}

/// A JSON document, with a line break at its end.
fn json(document: &impl Serialize) -> String {
    // Cannot fail: documents contain only strings, numbers, lists and objects with text for names.
    serde_json::to_string_pretty(document).expect("plain data becomes JSON") + "\n"
}

#[cfg(test)]
mod tests;
