//! Creates `Thunkgen.VERSION.nupkg`: the MSBuild files of this repository and an executable for each host.
//!
//! The same input gives the same bytes: parts in the order of their names, no time, no machine.

mod error;
mod executable;
mod nuspec;
mod opc;
mod package;
mod parts;
mod version;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;

use error::Error;
use executable::Executable;
use version::Version;

/// Create the NuGet package of thunkgen from built executables.
#[derive(Debug, Parser)]
#[command(name = "thunkgen-pack", version)]
struct Args {
    /// Version of the package.
    #[arg(long, value_name = "VERSION", default_value = env!("CARGO_PKG_VERSION"))]
    package_version: Version,
    /// Add this thunkgen executable for hosts with this runtime identifier, such as linux-x64.
    #[arg(long = "rid", value_names = ["RID", "EXE"], num_args = 2, required = true)]
    rids: Vec<String>,
    /// Write the package to this directory.
    #[arg(long, value_name = "DIR", default_value = ".")]
    out: PathBuf,
}

fn main() -> ExitCode {
    match run(&Args::parse()) {
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

fn run(args: &Args) -> Result<PathBuf, Error> {
    let mut executables = Vec::new();
    for pair in args.rids.chunks_exact(2) {
        if let [rid, path] = pair {
            executables.push(Executable::read(rid, path.as_ref())?);
        }
    }
    let parts = parts::all(&args.package_version, &executables)?;
    let bytes = package::zip(&parts)?;
    package::write(&args.out, &format!("{}.{}.nupkg", nuspec::ID, args.package_version.normalized()), &bytes)
}
