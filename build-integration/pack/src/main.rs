//! Creates `Thunkgen.MSBuild.VERSION.nupkg`: the MSBuild files and tasks of this repository, and executables for each host.
//!
//! The same input and compiler give the same bytes: parts in the order of their names, no time, no machine.

mod error;
mod executable;
mod nuspec;
mod opc;
mod package;
mod parts;
mod tasks;
mod version;

use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;

use error::Error;
use executable::{Executable, PROGRAMS};
use nuspec::Repository;
use version::Version;

/// Create the NuGet package of thunkgen from built executables.
#[derive(Debug, Parser)]
#[command(name = "thunkgen-pack", version)]
struct Args {
    /// Version of the package.
    #[arg(long, value_name = "VERSION", default_value = env!("CARGO_PKG_VERSION"))]
    package_version: Version,
    /// Add these executables, thunkgen and thunkgen-task, for hosts with this runtime identifier, such
    /// as linux-x64.
    #[arg(long = "rid", value_names = ["RID", "THUNKGEN", "THUNKGEN_TASK"], num_args = 3)]
    rids: Vec<String>,
    /// Compile the tasks with this C# compiler; a compiler that dotnet runs is `--csc dotnet csc.dll`.
    #[arg(long, value_names = ["CSC", "ARGUMENT"], num_args = 1..=2, default_value = "csc")]
    csc: Vec<OsString>,
    /// Only compile the tasks, into this file.
    #[arg(long, value_name = "FILE", conflicts_with = "rids", required_unless_present = "rids")]
    tasks_only: Option<PathBuf>,
    /// Name this address as the project's page and repository.
    #[arg(long, value_name = "URL")]
    repository: Option<String>,
    /// Name this commit of the repository.
    #[arg(long, value_name = "SHA", requires = "repository")]
    commit: Option<String>,
    /// Write the package to this directory.
    #[arg(long, value_name = "DIR", default_value = ".")]
    out: PathBuf,
}

fn main() -> ExitCode {
    match run(Args::parse()) {
        Ok(path) => {
            println!("{}", path.display());
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: Args) -> Result<PathBuf, Error> {
    if let Some(path) = args.tasks_only {
        let tasks = tasks::compile(&args.csc, &args.package_version)?;
        fs::write(&path, tasks).map_err(Error::file(&path))?;
        return Ok(path);
    }
    let mut executables = Vec::new();
    for host in args.rids.chunks_exact(1 + PROGRAMS.len()) {
        if let [rid, paths @ ..] = host {
            for (program, path) in PROGRAMS.into_iter().zip(paths) {
                executables.push(Executable::read(rid, program, path.as_ref())?);
            }
        }
    }
    let repository = Repository { url: args.repository, commit: args.commit };
    let tasks = tasks::compile(&args.csc, &args.package_version)?;
    let parts = parts::all(&args.package_version, &repository, &executables, tasks)?;
    let bytes = package::zip(&parts)?;
    package::write(&args.out, &format!("{}.{}.nupkg", nuspec::ID, args.package_version.normalized()), &bytes)
}
