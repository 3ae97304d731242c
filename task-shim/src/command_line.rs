//! The program: its arguments, what it prints, and its exit code.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::builder::styling::Styles;
use clap::{CommandFactory, FromArgMatches, Parser};
use thunkgen_driver::{files, panics, reason};

use crate::answer::{Answer, FIRST_LINE};
use crate::parameters;
use crate::task;

/// Writes the C++ call thunks that an MSBuild file of parameters asks for, as the task ManagedToNativeGenerator does.
///
/// The request is an MSBuild project whose PropertyGroup and ItemGroup contain the task's parameters. Lists are
/// separated by `;`, and %XX is a character, as in MSBuild. Paths are relative to the current directory.
///
/// `thunkgen-task VERB ...` does what `thunkgen VERB ...` does.
#[derive(Debug, Parser)]
#[command(name = "thunkgen-task", version, max_term_width = 100, styles = Styles::plain())]
struct Arguments {
    /// MSBuild file with the parameters.
    #[arg(value_name = "REQUEST")]
    request: PathBuf,
    /// Write what came of it to this file, as properties and items of MSBuild.
    #[arg(long, value_name = "FILE")]
    answer: Option<PathBuf>,
    /// Also print why the work was done or skipped, and which files changed.
    #[arg(short, long)]
    verbose: bool,
}

const EXIT_CODES: &str =
    "Exit codes: 0 the outputs are current; 2 wrong usage; 3 errors were reported; 4 a bug in thunkgen-task.";

const EXAMPLE: &str = r#"Example:
  <Project>
    <PropertyGroup>
      <PInvokeOutputPath>obj/pinvoke.cpp</PInvokeOutputPath>
      <ReversePInvokeOutputPath>obj/reverse.cpp</ReversePInvokeOutputPath>
      <InterpToNativeOutputPath>obj/interp-to-native.cpp</InterpToNativeOutputPath>
    </PropertyGroup>
    <ItemGroup>
      <Assemblies Include="bin/App.dll;bin/System.Private.CoreLib.dll" />
      <PInvokeModules Include="libSystem.Native" />
    </ItemGroup>
  </Project>"#;

/// Runs the program with the process's arguments: a request, or a verb of the command line.
pub fn main() -> ExitCode {
    if thunkgen::is_asked() {
        return thunkgen::main();
    }
    let help = format!("Parameters:\n{}\n{EXAMPLE}\n\n{EXIT_CODES}", parameters::help());
    let command = Arguments::command().after_help(EXIT_CODES).after_long_help(help);
    let arguments = command.try_get_matches().and_then(|matches| Arguments::from_arg_matches(&matches));
    let arguments = match arguments {
        Ok(arguments) => arguments,
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
        }
    };
    if let Some(why) = arguments.answer.as_deref().and_then(refused) {
        eprintln!("error: --answer {}: {why}", arguments.answer.unwrap_or_default().display());
        return ExitCode::from(2);
    }
    panics::install();
    let answered = panics::guard(|| answer(&arguments));
    let (lines, code) = answered.unwrap_or_else(|message| {
        let bug = format!("thunkgen-task: error: this is a bug in thunkgen: {message}");
        (vec![bug, "thunkgen-task: please report it with the line above, the request and its inputs".to_owned()], 4)
    });
    let mut out = io::stdout().lock();
    // A reader that goes away ends the output, not the program.
    let _ = lines.iter().try_for_each(|line| writeln!(out, "{line}")).and_then(|()| out.flush());
    ExitCode::from(code)
}

/// Why a file cannot become the answer.
fn refused(path: &Path) -> Option<String> {
    match files::open(path) {
        Ok((bytes, _)) if bytes.is_empty() || bytes.starts_with(FIRST_LINE.as_bytes()) => None,
        Ok(_) => Some("the file exists and is not an answer; name another".to_owned()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => Some(reason(&error)),
    }
}

/// What is printed, and the exit code.
fn answer(arguments: &Arguments) -> (Vec<String>, u8) {
    let mut answer = task::run(&arguments.request, arguments.answer.as_slice());
    if let Some(path) = &arguments.answer {
        let bytes = answer.render();
        answer.write_also(path, bytes, "the answer is not written");
    }
    (lines(&answer, arguments.verbose), if answer.succeeded { 0 } else { 3 })
}

fn lines(answer: &Answer, verbose: bool) -> Vec<String> {
    let mut lines: Vec<String> = answer.problems.iter().map(ToString::to_string).collect();
    if verbose && answer.succeeded {
        let what = if answer.skipped { "skipped" } else { "generated" };
        lines.push(format!("thunkgen: {what}; {}", answer.reason));
        lines.extend(answer.changed_files.iter().map(|file| format!("thunkgen: changed {file}")));
    }
    lines.push(answer.summary.clone());
    lines
}
