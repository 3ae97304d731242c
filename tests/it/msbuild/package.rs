//! The NuGet package: what is in it by an independent reader, and a build from it.

use std::path::{Path, PathBuf};
use std::process::Command;

use clr_metadata::TableId;
use clr_metadata::columns::assembly_ref;
use thunkgen_tests::data::crate_file;
use thunkgen_tests::executable;
use thunkgen_tests::msbuild::{Engine, Sandbox, lab, tasks};

use super::{ALL, skipped};

/// The packer, and a folder with executables to pack.
fn packer() -> &'static Path {
    executable::built("thunkgen-pack")
}

/// Packs the real executables for this host and a file that looks like one for Windows.
fn pack(folder: &Path, arguments: &[&str]) -> PathBuf {
    let mut windows = b"MZ".to_vec();
    windows.resize(0x3c, 0);
    windows.extend(b"\x40\0\0\0PE\0\0\x64\x86");
    std::fs::create_dir_all(folder).unwrap();
    let exe = folder.join("windows executable");
    std::fs::write(&exe, windows).unwrap();
    let mut command = Command::new(packer());
    command.args(["--rid", "win-x64"]).args([&exe, &exe]);
    command.args(["--rid", "linux-x64"]).args([executable::path(), executable::built("thunkgen-task")]);
    command.arg("--csc").arg(lab().join("csc"));
    let output = command.args(arguments).arg("--out").arg(folder).output().expect("the packer runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    assert!(output.status.success(), "{}", text(&output.stderr));
    PathBuf::from(text(&output.stdout))
}

/// Runs a Python program and gives what it prints.
pub(super) fn python(program: &str, arguments: &[&Path]) -> String {
    let output = Command::new("python3").args(["-c", program]).args(arguments).output().expect("python3 runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// Name, mode and time of every entry; the checksums are looked at as well.
const LIST: &str = "
import sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as package:
    assert package.testzip() is None
    for entry in package.infolist():
        print(entry.filename, oct(entry.external_attr >> 16 & 0o777), entry.date_time[:3], entry.compress_type)
";

/// What NuGet reads: the relationship that leads to the description, the description, and the type of every part.
const DESCRIBE: &str = "
import posixpath, sys, zipfile
import xml.etree.ElementTree as xml
with zipfile.ZipFile(sys.argv[1]) as package:
    relations = '{http://schemas.openxmlformats.org/package/2006/relationships}'
    [relation] = [r for r in xml.fromstring(package.read('_rels/.rels')) if r.tag == relations + 'Relationship'
                  and r.get('Type') == 'http://schemas.microsoft.com/packaging/2010/07/manifest']
    root = xml.fromstring(package.read(relation.get('Target').lstrip('/')))
    namespace = '{http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd}'
    assert root.tag == namespace + 'package'
    for element in root.find(namespace + 'metadata'):
        print(element.tag.removeprefix(namespace), '=', element.text)
    types = xml.fromstring(package.read('[Content_Types].xml'))
    endings = {t.get('Extension') for t in types if t.get('Extension')}
    names = {t.get('PartName') for t in types if t.get('PartName')}
    for name in package.namelist():
        if name == '[Content_Types].xml':
            continue
        ending = posixpath.basename(name).rpartition('.')
        assert '/' + name in names or (ending[1] and ending[2] in endings), name
";

#[test]
#[ignore = "needs Python"]
fn its_parts() {
    let folder = tempfile::tempdir().unwrap();
    let package = pack(&folder.path().join("first"), &["--package-version", "1.2.3-beta.1+build.5"]);
    assert_eq!(package.file_name().unwrap(), "Thunkgen.MSBuild.1.2.3-beta.1.nupkg");
    let expected = "\
LICENSE 0o644 (1980, 1, 1) 8
README.md 0o644 (1980, 1, 1) 8
Thunkgen.MSBuild.nuspec 0o644 (1980, 1, 1) 8
[Content_Types].xml 0o644 (1980, 1, 1) 8
_rels/.rels 0o644 (1980, 1, 1) 8
build/Thunkgen.MSBuild.props 0o644 (1980, 1, 1) 8
build/Thunkgen.MSBuild.targets 0o644 (1980, 1, 1) 8
buildMultiTargeting/Thunkgen.MSBuild.props 0o644 (1980, 1, 1) 8
buildMultiTargeting/Thunkgen.MSBuild.targets 0o644 (1980, 1, 1) 8
buildTransitive/Thunkgen.MSBuild.props 0o644 (1980, 1, 1) 8
buildTransitive/Thunkgen.MSBuild.targets 0o644 (1980, 1, 1) 8
tools/linux-x64/thunkgen 0o755 (1980, 1, 1) 8
tools/linux-x64/thunkgen-task 0o755 (1980, 1, 1) 8
tools/netstandard2.0/Thunkgen.Tasks.dll 0o644 (1980, 1, 1) 8
tools/win-x64/thunkgen-task.exe 0o755 (1980, 1, 1) 8
tools/win-x64/thunkgen.exe 0o755 (1980, 1, 1) 8
";
    assert_eq!(python(LIST, &[&package]), expected);
    let described = python(DESCRIBE, &[&package]);
    let has = |line: &str| described.lines().any(|found| found == line);
    for line in ["id = Thunkgen.MSBuild", "version = 1.2.3-beta.1+build.5", "license = MIT", "readme = README.md"] {
        assert!(has(line), "{line}: {described}");
    }
    assert!(described.contains("\nauthors = ") && described.contains("\ndescription = "), "{described}");
    // The same again, in another place.
    let again = pack(&folder.path().join("second"), &["--package-version", "1.2.3-beta.1+build.5"]);
    assert!(std::fs::read(&package).unwrap() == std::fs::read(&again).unwrap(), "two packages differ");
    // The files are those of the repository, to the byte, in each place where NuGet looks for them.
    let unpacked = unpack(&package, folder.path());
    let same = |part: &str, file: &str| {
        assert_eq!(std::fs::read_to_string(unpacked.join(part)).unwrap(), crate_file(&format!("../{file}")), "{part}");
    };
    same("README.md", "build-integration/msbuild/README.md");
    same("LICENSE", "LICENSE");
    for folder in ["build", "buildMultiTargeting", "buildTransitive"] {
        for file in ["Thunkgen.MSBuild.props", "Thunkgen.MSBuild.targets"] {
            same(&format!("{folder}/{file}"), &format!("build-integration/msbuild/build/{file}"));
        }
    }
    let tool = std::fs::read(unpacked.join("tools/linux-x64/thunkgen")).unwrap();
    assert!(tool == std::fs::read(executable::path()).unwrap(), "the executable is another one");
}

/// Unpacks as NuGet does on Unix: without the modes.
fn unpack(package: &Path, folder: &Path) -> PathBuf {
    let unpacked = folder.join("thunkgen/1.2.3");
    python("import sys, zipfile; zipfile.ZipFile(sys.argv[1]).extractall(sys.argv[2])", &[package, &unpacked]);
    unpacked
}

/// The package, unpacked once.
pub(super) fn unpacked() -> &'static Path {
    static UNPACKED: std::sync::OnceLock<(tempfile::TempDir, PathBuf)> = std::sync::OnceLock::new();
    let (_, unpacked) = UNPACKED.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let package = pack(&folder.path().join("packed"), &[]);
        let unpacked = unpack(&package, folder.path());
        std::fs::rename(package, unpacked.with_file_name("package.nupkg")).unwrap();
        (folder, unpacked)
    });
    unpacked
}

/// A project that only imports what NuGet would import.
#[test]
#[ignore = "needs the MSBuild engine"]
fn a_build_from_it() {
    let sandbox = Sandbox::new(Engine::msbuild());
    // A copy of its own, since modes of files change.
    let package = unpacked().with_file_name("package.nupkg");
    let unpacked = unpack(&package, &sandbox.path("packages"));
    let tool = unpacked.join("tools/linux-x64/thunkgen");
    let mode = || std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&tool).unwrap().permissions()) & 0o777;
    assert_eq!(mode() & 0o111, 0, "the reader keeps no modes");
    sandbox.project_importing(&unpacked.join("build"), "App.proj", "", ALL);
    let switches = ["-p:ThunkgenBeforeTargets=NativeCompile"];
    let log = sandbox.builds(&switches);
    assert_eq!(mode() & 0o111, 0o100, "the owner may run it now\n{}", log.text);
    assert!(log.lines_with("chmod").is_empty() && log.lines_with("/../").is_empty(), "{}", log.text);
    assert_eq!(sandbox.generated().contents(), sandbox.generated_by_hand(&["bin"]).contents());
    let log = sandbox.builds(&switches);
    assert_eq!(skipped(&log), 1, "{}", log.text);
    assert!(log.lines_with("chmod").is_empty(), "{}", log.text);
    // Someone restored the package again.
    std::fs::set_permissions(&tool, std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
    sandbox.touch("bin/System.Runtime.dll");
    sandbox.builds(&switches);
    // The check needs it as well.
    std::fs::set_permissions(&tool, std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
    sandbox.builds(&[switches[0], "-p:ThunkgenCheckOnly=true"]);
    // A machine that the package has nothing for.
    let log = sandbox.fails(&[switches[0], "-p:ThunkgenHostRid=linux-riscv64"]);
    assert_eq!(log.lines_with("error TGM001: ").len(), 2, "{}", log.text);
    assert!(log.text.contains("the package has none for 'linux-riscv64'"), "{}", log.text);
}

/// A command that root runs.
fn as_root(program: &str) -> Command {
    let is_root = std::os::unix::fs::MetadataExt::uid(&std::fs::metadata("/proc/self").unwrap()) == 0;
    let mut command = Command::new(if is_root { "env" } else { "sudo" });
    command.arg(program);
    command
}

/// A package cache of another user, whose files cannot be given a permission: a copy runs, and is gone after that.
#[test]
#[ignore = "needs the MSBuild engine and root"]
fn a_package_cache_of_another_user() {
    const NOBODY: [&str; 4] = ["--reuid=65534", "--regid=65534", "--clear-groups", "env"];
    let sandbox = Sandbox::new(Engine::msbuild());
    sandbox.project(ALL);
    let (tool, tasks_copy) = (sandbox.path("package/thunkgen"), sandbox.path("package/Thunkgen.Tasks.dll"));
    sandbox.write("package/thunkgen", std::fs::read(executable::path()).unwrap());
    sandbox.write("package/Thunkgen.Tasks.dll", std::fs::read(tasks()).unwrap());
    std::fs::set_permissions(&tool, std::os::unix::fs::PermissionsExt::from_mode(0o744)).unwrap();
    let root = sandbox.path("");
    assert!(as_root("chown").arg("65534:65534").arg(&root).status().unwrap().success());
    // The directory of the sandbox is in a temporary one that only its owner can read.
    let above = root.parent().unwrap();
    std::fs::set_permissions(above, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    for (exec, left) in [("false", false), ("true", true)] {
        let state = sandbox.path(&format!("obj {exec}"));
        let switches = [
            format!("-p:ThunkgenPath={}", tool.display()),
            format!("-p:ThunkgenTasksAssembly={}", tasks_copy.display()),
            format!("-p:ThunkgenUseExec={exec}"),
            format!("-p:ThunkgenIntermediateDirectory={}/", state.display()),
        ];
        let engine = Engine::msbuild().command(&sandbox.path("App.proj"), switches);
        let mut command = as_root("setpriv");
        command.args(NOBODY).arg(format!("HOME={}", root.display())).arg(engine.get_program()).args(engine.get_args());
        let log = thunkgen_tests::msbuild::Log::of(command);
        assert!(log.succeeded, "{}", log.text);
        assert_eq!(sandbox.generated_in(&format!("obj {exec}")).0.len(), 3);
        let copies = std::fs::read_dir(&state).unwrap().filter(|entry| {
            let name = entry.as_ref().unwrap().file_name().to_string_lossy().into_owned();
            name.ends_with(".executable") || name.starts_with("thunkgen-")
        });
        assert_eq!(copies.count(), usize::from(left), "with Exec={exec}");
    }
}

/// The command of the documentation, with the executables of this build.
#[test]
#[ignore = "needs the C# compiler"]
fn the_documented_command() {
    let page = crate_file("../build-integration/README.md");
    let line = page.lines().find(|line| line.contains("cargo run") && line.contains("thunkgen-pack")).expect("it");
    let (start, arguments) = line.trim().split_once(" -- ").expect("arguments");
    assert_eq!(start, "cargo run --release -p thunkgen-pack");
    let folder = tempfile::tempdir().unwrap();
    let host = executable::path().display().to_string();
    let arguments: Vec<String> = arguments
        .split(' ')
        .map(|word| match word {
            "target/release/thunkgen" => host.clone(),
            "target/release/thunkgen-task" => executable::built("thunkgen-task").display().to_string(),
            "csc" => lab().join("csc").display().to_string(),
            "target/package" => folder.path().display().to_string(),
            word => word.to_owned(),
        })
        .collect();
    let output = Command::new(packer()).args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

/// The tasks load in every MSBuild: what they refer to is there since version 15.1, in this and every later version.
#[test]
#[ignore = "needs the C# compiler"]
fn what_the_tasks_refer_to() {
    let bytes = std::fs::read(tasks()).unwrap();
    let module = clr_metadata::open(&bytes).expect("an image").expect("a managed one");
    let mut found = Vec::new();
    for row in 1..=module.tables.rows(TableId::AssemblyRef) {
        let number = |column| module.tables.cell(column, row).expect("a number");
        let name = module.string(assembly_ref::NAME, row).expect("a name");
        let version = [
            assembly_ref::MAJOR_VERSION,
            assembly_ref::MINOR_VERSION,
            assembly_ref::BUILD_NUMBER,
            assembly_ref::REVISION_NUMBER,
        ];
        found.push(format!("{name} {}", version.map(|column| number(column).to_string()).join(".")));
    }
    found.sort();
    assert_eq!(found, ["Microsoft.Build.Framework 15.1.0.0", "netstandard 2.0.0.0"]);
}

/// What would make a package that does not work is refused.
#[test]
fn what_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let exe = executable::path().display().to_string();
    // Its header leads out of the file.
    let cut = folder.path().join("cut");
    std::fs::write(&cut, [&b"MZ"[..], &[0; 0x3a], &[0xff; 4]].concat()).unwrap();
    let (cut, out) = (cut.display().to_string(), folder.path().join("out"));
    for (arguments, message) in [
        (vec!["--rid", "win-x64", &exe, &exe], "not an executable for win-x64: it is one for linux-x64"),
        (vec!["--rid", "linux", &exe, &exe], "linux is not a runtime identifier that Thunkgen.MSBuild.props supports"),
        (vec!["--rid", "linux-x64", "nowhere", &exe], "nowhere: No such file"),
        (vec!["--rid", "linux-x64", &exe, &exe, "--csc", "no compiler"], "no compiler: No such file"),
        (vec!["--rid", "linux-x64", &exe, &exe, "--csc", "false"], "the C# compiler failed"),
        (vec!["--rid", "linux-x64", &exe, &exe, "--package-version", "1.0"], "expected a version such as 1.2.3"),
        (vec!["--rid", "linux-x64", &exe, &exe, "--package-version", "1.2.3-"], "expected a version such as 1.2.3"),
        (vec!["--rid", "win-x64", &cut, &exe], "not an executable for win-x64: unknown file format"),
    ] {
        let output = Command::new(packer()).args(&arguments).arg("--out").arg(&out).output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && told.contains(message), "{arguments:?}: {told}");
    }
    assert!(!out.exists() || std::fs::read_dir(&out).unwrap().count() == 0);
}
