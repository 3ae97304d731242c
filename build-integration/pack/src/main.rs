//! Creates the NuGet packages of thunkgen (the package for MSBuild, the packages of the tool), zip archives, and the
//! licences of third parties that all of them contain.
//!
//! The same input and compiler give the same bytes: parts in the order of their names, no time, no machine.

mod error;
mod executable;
mod notices;
mod nuspec;
mod opc;
mod package;
mod parts;
mod tasks;
mod version;

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Parser};

use error::Error;
use nuspec::Release;
use version::Version;

/// The most bytes of the package for MSBuild: every project that references it downloads it.
const MOST_BYTES: usize = 40_000_000;

/// Create packages of thunkgen from built executables.
#[derive(Debug, Parser)]
#[command(name = "thunkgen-pack", version)]
enum Command {
    /// Create Thunkgen.MSBuild, with thunkgen-task for each host.
    Msbuild {
        #[command(flatten)]
        packing: Packing,
        #[command(flatten)]
        csc: Csc,
    },
    /// Create the packages of the `dotnet tool`: one that names the hosts, and one with thunkgen for each of them.
    Tool {
        #[command(flatten)]
        packing: Packing,
    },
    /// Only compile the MSBuild tasks, into this file.
    Tasks {
        file: PathBuf,
        #[arg(long, default_value = env!("CARGO_PKG_VERSION"), hide = true)]
        package_version: Version,
        #[command(flatten)]
        csc: Csc,
    },
    /// Write the licences of the crates in the executables to this file.
    Notices { file: PathBuf },
    /// Create a zip archive of a directory.
    Zip { directory: PathBuf, file: PathBuf },
}

#[derive(Args, Debug)]
struct Packing {
    /// Version of the packages.
    #[arg(long, value_name = "VERSION", default_value = env!("CARGO_PKG_VERSION"))]
    package_version: Version,
    /// Take the executables for a host from the directory here that has the name of its runtime identifier, such as linux-x64.
    #[arg(long, value_name = "DIR")]
    executables: PathBuf,
    /// Add this file, which `thunkgen-pack notices` writes.
    #[arg(long, value_name = "FILE")]
    notices: PathBuf,
    /// Name this commit of the repository.
    #[arg(long, value_name = "SHA")]
    commit: Option<String>,
    /// Write the packages to this directory.
    #[arg(long, value_name = "DIR", default_value = ".")]
    out: PathBuf,
}

#[derive(Args, Debug)]
struct Csc {
    /// Compile the tasks with this C# compiler; a compiler that dotnet runs is `--csc dotnet csc.dll`.
    #[arg(long, value_names = ["CSC", "ARGUMENT"], num_args = 1..=2, default_value = "csc")]
    csc: Vec<OsString>,
}

fn main() -> ExitCode {
    match run(Command::parse()) {
        Ok(paths) => {
            paths.iter().for_each(|path| println!("{}", path.display()));
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Runs a command and gives the files that it wrote.
fn run(command: Command) -> Result<Vec<PathBuf>, Error> {
    match command {
        Command::Msbuild { packing, csc } => {
            let executables = executable::all(&packing.executables, "thunkgen-task")?;
            let release = packing.release()?;
            let tasks = tasks::compile(&csc.csc, &release.version)?;
            let bytes = package::zip(&parts::msbuild(&release, executables, tasks)?)?;
            if bytes.len() > MOST_BYTES {
                return Err(Error::TooLarge { bytes: bytes.len(), most: MOST_BYTES });
            }
            Ok(vec![package::write(&packing.out.join(parts::MSBUILD.file_name(&release)), &bytes)?])
        }
        Command::Tool { packing } => {
            let executables = executable::all(&packing.executables, "thunkgen")?;
            let packages = parts::tool(&packing.release()?, executables)?;
            let write = |(name, parts)| package::write(&packing.out.join::<String>(name), &package::zip(&parts)?);
            packages.into_iter().map(write).collect()
        }
        Command::Tasks { file, package_version, csc } => written(file, &tasks::compile(&csc.csc, &package_version)?),
        Command::Notices { file } => written(file, notices::all()?.as_bytes()),
        Command::Zip { directory, file } => written(file, &package::zip(&package::directory(&directory)?)?),
    }
}

fn written(file: PathBuf, bytes: &[u8]) -> Result<Vec<PathBuf>, Error> {
    Ok(vec![package::write(&file, bytes)?])
}

impl Packing {
    fn release(&self) -> Result<Release, Error> {
        let notices = read(&self.notices)?;
        Ok(Release { version: self.package_version.clone(), commit: self.commit.clone(), notices })
    }
}

fn read(path: &Path) -> Result<Vec<u8>, Error> {
    fs::read(path).map_err(Error::file(path))
}
