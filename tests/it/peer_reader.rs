//! The reader against the one that .NET's compilers use, over the framework: every row, signature, attribute and
//! instruction. See `tests/peer`.
//!
//! ```text
//! tests/tools/csharp-compiler.sh LAB; THUNKGEN_LAB=LAB cargo test -p thunkgen-tests --test it peer_reader:: -- --ignored
//! ```

mod rows;

use std::path::{Path, PathBuf};
use std::process::Command;

use clr_wasm_abi::types::{Input, Role, TypeSystem};
use thunkgen_diagnostics::Diagnostics;
use thunkgen_tests::data::crate_dir;

/// The compiled dump, and what runs it.
struct Peer {
    lab: PathBuf,
    program: PathBuf,
    _folder: tempfile::TempDir,
}

impl Peer {
    fn build() -> Peer {
        let lab = std::env::var_os("THUNKGEN_LAB").map(PathBuf::from);
        let lab = lab.expect("THUNKGEN_LAB is not set: run `tests/tools/csharp-compiler.sh DEST` and set it to DEST");
        let folder = tempfile::tempdir().expect("a temporary folder");
        let program = folder.path().join("peer.dll");
        let mut csc = Command::new(lab.join("csc"));
        csc.args(["-nologo", "-nostdlib", "-noconfig", "-optimize+", "-langversion:latest", "-nowarn:1701,1702"]);
        for reference in dlls(&lab.join("framework")) {
            // Facades that define nothing, but would be a second source of every type.
            if !reference.ends_with("mscorlib.dll") && !reference.ends_with("netstandard.dll") {
                csc.arg(format!("-r:{}", reference.display()));
            }
        }
        let sources = ["Program.cs", "Folder.cs", "Text.cs", "Rows.cs", "Bodies.cs"];
        csc.args(sources.map(|name| crate_dir().join("peer").join(name)));
        run(csc.arg(format!("-out:{}", program.display())));
        std::fs::copy(crate_dir().join("peer/runtimeconfig.json"), folder.path().join("peer.runtimeconfig.json"))
            .expect("the runtime's configuration");
        Peer { lab, program, _folder: folder }
    }

    fn dump(&self, arguments: &[&str]) -> Vec<String> {
        let mut dotnet = Command::new(self.lab.join("dotnet"));
        dotnet.arg(&self.program).arg(self.lab.join("framework")).args(arguments);
        run(&mut dotnet).lines().map(str::to_owned).collect()
    }
}

fn run(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    assert!(output.status.success(), "{command:?}\n{text}{}", String::from_utf8_lossy(&output.stderr));
    text
}

fn dlls(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("a folder entry").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "dll"));
    paths.sort();
    paths
}

#[test]
#[ignore = "needs the C# compiler and the .NET runtime"]
fn both_readers_see_the_same() {
    let peer = Peer::build();
    let expected = peer.dump(&[]);
    let files: Vec<(String, Vec<u8>)> = dlls(&peer.lab.join("framework"))
        .into_iter()
        .map(|path| {
            let name = path.file_name().expect("a file").to_string_lossy().into_owned();
            (name, std::fs::read(&path).expect("a readable file"))
        })
        .collect();
    let inputs: Vec<Input<'_>> = files.iter().map(|(path, bytes)| Input { path, bytes, role: Role::Input }).collect();
    let mut diagnostics = Diagnostics::default();
    let type_system = TypeSystem::load(&inputs, &mut diagnostics);
    assert!(!diagnostics.has_errors(), "{:?}", diagnostics.into_sorted());
    let mut order: Vec<_> = type_system.assemblies().map(|(id, _)| id).collect();
    order.sort_by_key(|index| type_system[*index].path);
    let mut found = Vec::new();
    let mut total = 0;
    for index in order {
        for (kind, make) in rows::KINDS {
            let rows = make(&type_system, index);
            total += rows.len();
            found.push(format!("{} {kind} {} {:016x}", type_system[index].path, rows.len(), hash(&rows)));
        }
    }
    println!("{} lines of {} files, {total} rows", found.len(), files.len());
    assert_eq!(found.len(), expected.len(), "files or kinds of row");
    let differing = found.iter().zip(&expected).filter(|(found, expected)| found != expected);
    let mut messages: Vec<String> = Vec::new();
    for (line, _) in differing.clone().take(5) {
        messages.push(first_difference(&peer, &type_system, line));
    }
    assert_eq!(differing.count(), 0, "\n{}", messages.join("\n"));
    assert!(total > 600_000, "hardly a row: {total}");
}

/// The first row of a file and kind that the two see differently.
fn first_difference(peer: &Peer, type_system: &TypeSystem<'_>, line: &str) -> String {
    let mut words = line.split(' ');
    let (file, kind) = (words.next().expect("a file"), words.next().expect("a kind"));
    let index =
        type_system.assemblies().find(|(_, assembly)| assembly.path == file).map(|(id, _)| id).expect("the file");
    let make = rows::KINDS.iter().find(|(name, _)| *name == kind).expect("the kind").1;
    let (found, expected) = (make(type_system, index), peer.dump(&[file, kind]));
    let at = found.iter().zip(&expected).position(|(found, expected)| found != expected);
    let at = at.unwrap_or(found.len().min(expected.len()));
    let row = |rows: &[String]| rows.get(at).cloned().unwrap_or_else(|| "no row".to_owned());
    format!("{file} {kind}, line {}:\n  found    {}\n  expected {}", at + 1, row(&found), row(&expected))
}

/// FNV-1a over the lines.
fn hash(rows: &[String]) -> u64 {
    let bytes = rows.iter().flat_map(|row| row.bytes().chain([b'\n']));
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3))
}
