//! The NuGet package: what is in it by an independent reader, and a build from it.

use std::path::{Path, PathBuf};
use std::process::Command;

use clr_metadata::TableId;
use clr_metadata::columns::assembly_ref;
use thunkgen_tests::data::{crate_dir, crate_file};
use thunkgen_tests::executable;
use thunkgen_tests::msbuild::{Engine, Sandbox, lab, tasks};

use super::{ALL, skipped};

/// The packer.
fn packer() -> &'static Path {
    executable::built("thunkgen-pack")
}

/// Runs the packer and gives the paths that it prints.
fn packs(arguments: &mut Command) -> Vec<PathBuf> {
    let output = arguments.output().expect("the packer runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8").lines().map(PathBuf::from).collect()
}

/// The notices of the packages, written once.
fn notices() -> &'static Path {
    static NOTICES: std::sync::OnceLock<(tempfile::TempDir, PathBuf)> = std::sync::OnceLock::new();
    let (_, notices) = NOTICES.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("notices.txt");
        packs(Command::new(packer()).arg("notices").arg(&file));
        (folder, file)
    });
    notices
}

/// The real executables for this host, and files that look like those for Windows.
fn executables(folder: &Path) -> PathBuf {
    let mut windows = b"MZ".to_vec();
    windows.resize(0x3c, 0);
    windows.extend(b"\x40\0\0\0PE\0\0\x64\x86");
    for directory in ["win-x64", "linux-x64"] {
        std::fs::create_dir_all(folder.join(directory)).unwrap();
    }
    for program in ["thunkgen", "thunkgen-task"] {
        std::fs::write(folder.join(format!("win-x64/{program}.exe")), &windows).unwrap();
        std::fs::copy(executable::built(program), folder.join("linux-x64").join(program)).unwrap();
    }
    folder.to_owned()
}

/// Packs the package, or the packages of the tool.
fn pack(folder: &Path, verb: &str, arguments: &[&str]) -> Vec<PathBuf> {
    let mut command = Command::new(packer());
    command.arg(verb).arg("--executables").arg(executables(&folder.join("executables")));
    if verb == "msbuild" {
        command.arg("--csc").arg(lab().join("csc"));
    }
    packs(command.args(arguments).arg("--notices").arg(notices()).arg("--out").arg(folder))
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
        print(element.tag.removeprefix(namespace), '=', element.text, *[f'{k}={v}' for k, v in sorted(element.items())])
    types = xml.fromstring(package.read('[Content_Types].xml'))
    endings = {t.get('Extension') for t in types if t.get('Extension')}
    names = {t.get('PartName') for t in types if t.get('PartName')}
    for name in package.namelist():
        if name == '[Content_Types].xml':
            continue
        ending = posixpath.basename(name).rpartition('.')
        assert '/' + name in names or (ending[1] and ending[2] in endings), name
";

/// A version and a commit.
const VERSION: [&str; 4] = ["--package-version", "1.2.3-beta.1+build.5", "--commit", "c0ffee"];

#[test]
#[ignore = "needs Python and the C# compiler"]
fn its_parts() {
    let folder = tempfile::tempdir().unwrap();
    let package = pack(&folder.path().join("first"), "msbuild", &VERSION).remove(0);
    assert_eq!(package.file_name().unwrap(), "Thunkgen.MSBuild.1.2.3-beta.1.nupkg");
    let expected = "\
LICENSE 0o644 (1980, 1, 1) 8
README.md 0o644 (1980, 1, 1) 8
THIRD-PARTY-NOTICES.txt 0o644 (1980, 1, 1) 8
Thunkgen.MSBuild.nuspec 0o644 (1980, 1, 1) 8
[Content_Types].xml 0o644 (1980, 1, 1) 8
_rels/.rels 0o644 (1980, 1, 1) 8
build/Thunkgen.MSBuild.props 0o644 (1980, 1, 1) 8
build/Thunkgen.MSBuild.targets 0o644 (1980, 1, 1) 8
buildMultiTargeting/Thunkgen.MSBuild.props 0o644 (1980, 1, 1) 8
buildMultiTargeting/Thunkgen.MSBuild.targets 0o644 (1980, 1, 1) 8
buildTransitive/Thunkgen.MSBuild.props 0o644 (1980, 1, 1) 8
buildTransitive/Thunkgen.MSBuild.targets 0o644 (1980, 1, 1) 8
icon.png 0o644 (1980, 1, 1) 8
tools/linux-x64/thunkgen-task 0o755 (1980, 1, 1) 8
tools/netstandard2.0/Thunkgen.Tasks.dll 0o644 (1980, 1, 1) 8
tools/win-x64/thunkgen-task.exe 0o755 (1980, 1, 1) 8
";
    assert_eq!(python(LIST, &[&package]), expected);
    let described = python(DESCRIBE, &[&package]);
    let has = |line: &str| described.lines().any(|found| found == line);
    let home = "https://github.com/thunkgen/thunkgen";
    for line in [
        "id = Thunkgen.MSBuild",
        "version = 1.2.3-beta.1+build.5",
        "title = thunkgen for MSBuild",
        "license = MIT type=expression",
        "readme = README.md",
        "icon = icon.png",
        &format!("projectUrl = {home}"),
        &format!("releaseNotes = {home}/blob/v1.2.3-beta.1/CHANGELOG.md"),
        &format!("repository = None commit=c0ffee type=git url={home}"),
    ] {
        assert!(has(line), "{line}: {described}");
    }
    assert!(described.contains("\nauthors = ") && described.contains("\ndescription = "), "{described}");
    // The same again, in another place.
    let again = pack(&folder.path().join("second"), "msbuild", &VERSION).remove(0);
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
    let tool = std::fs::read(unpacked.join("tools/linux-x64/thunkgen-task")).unwrap();
    assert!(tool == std::fs::read(executable::built("thunkgen-task")).unwrap(), "the executable is another one");
    assert!(std::fs::read(unpacked.join("icon.png")).unwrap().starts_with(b"\x89PNG\r\n\x1a\n"));
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
        let package = pack(&folder.path().join("packed"), "msbuild", &[]).remove(0);
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
    let tool = unpacked.join("tools/linux-x64/thunkgen-task");
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
    // Where the libraries of the machine are others: the executable is static.
    sandbox.touch("bin/System.Runtime.dll");
    let log = sandbox.builds(&[switches[0], "-p:ThunkgenHostRid=linux-musl-x64"]);
    assert_eq!(skipped(&log), 0, "{}", log.text);
    // Without the tasks.
    sandbox.touch("bin/System.Runtime.dll");
    let log = sandbox.builds(&[switches[0], "-p:ThunkgenUseExec=true"]);
    assert_eq!(skipped(&log), 0, "{}", log.text);
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

/// The commands of the documentation, with the executables of this build.
#[test]
#[ignore = "needs the C# compiler"]
fn the_documented_commands() {
    let page = crate_file("../build-integration/README.md");
    let lines: Vec<&str> =
        page.lines().filter_map(|line| line.split_once("thunkgen-pack -- ")).map(|(_, line)| line).collect();
    assert_eq!(lines.len(), 3, "{page}");
    let folder = tempfile::tempdir().unwrap();
    executables(&folder.path().join("target/executables"));
    for line in lines {
        let csc = lab().join("csc").display().to_string();
        let words = line.split(' ').map(|word| if word == "csc" { &csc } else { word });
        packs(Command::new(packer()).args(words).current_dir(folder.path()));
    }
    assert_eq!(std::fs::read_dir(folder.path().join("target/packages")).unwrap().count(), 5);
}

/// Executables for a host: the machine's own, or another's that also runs there.
#[test]
#[ignore = "needs the MSBuild engine"]
fn which_executable_a_machine_runs() {
    let sandbox = Sandbox::new(Engine::msbuild());
    let package = unpack(&unpacked().with_file_name("package.nupkg"), &sandbox.path("packages"));
    sandbox.project_importing(
        &package.join("build"),
        "App.proj",
        "",
        "<Target Name=\"Show\"><Message Importance=\"high\" Text=\"path: $(ThunkgenTaskPath)\" /></Target>",
    );
    let shows = |rid: &str, expected: &str| {
        let log = sandbox.builds(&["-t:Show", &format!("-p:ThunkgenHostRid={rid}")]);
        let line = format!("path: {}/", package.join("tools").join(expected).display());
        assert!(log.text.contains(&line), "{rid}: {expected}: {}", log.text);
    };
    for (rid, expected) in [
        ("linux-x64", "linux-x64"),
        ("linux-musl-x64", "linux-x64"),
        ("linux-musl-arm64", "linux-arm64"),
        ("win-x64", "win-x64"),
        ("win-arm64", "win-x64"),
        ("osx-arm64", "osx-x64"),
    ] {
        shows(rid, expected);
    }
    for rid in ["win-arm64", "osx-arm64"] {
        std::fs::create_dir(package.join("tools").join(rid)).unwrap();
        shows(rid, rid);
    }
}

/// Installs the tool as the SDK does: what the settings name is looked up in the packages, and run.
const INSTALL: &str = "
import pathlib, stat, subprocess, sys, zipfile
import xml.etree.ElementTree as xml
feed, store, rid = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3].rpartition('/')[2]
def unpack(name, kind):
    folder = store / name
    with zipfile.ZipFile(feed / f'{name}.1.2.3-beta.1.nupkg') as package:
        assert package.testzip() is None
        package.extractall(folder)
    [nuspec] = folder.glob('*.nuspec')
    namespace = {'n': 'http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd'}
    metadata = xml.parse(nuspec).find('n:metadata', namespace)
    assert metadata.find('n:id', namespace).text == name
    assert [t.get('name') for t in metadata.iterfind('n:packageTypes/n:packageType', namespace)] == [kind]
    for file in ['readme', 'icon']:
        assert (folder / metadata.find(f'n:{file}', namespace).text).is_file()
    assert (folder / 'THIRD-PARTY-NOTICES.txt').stat().st_size > 10000
    [settings] = folder.glob('tools/*/*/DotnetToolSettings.xml')
    root = xml.parse(settings).getroot()
    assert root.tag == 'DotNetCliTool' and root.get('Version') == '2'
    [command] = root.iterfind('Commands/Command')
    assert command.get('Name') == 'thunkgen'
    return settings, root, command
settings, root, command = unpack('thunkgen', 'DotnetTool')
assert settings.parent.relative_to(store).as_posix() == 'thunkgen/tools/any/any' and command.get('EntryPoint') is None
known = {p.get('RuntimeIdentifier'): p.get('Id') for p in root.iterfind('RuntimeIdentifierPackages/RuntimeIdentifierPackage')}
print(*sorted(known))
settings, root, command = unpack(known[rid], 'DotnetToolRidPackage')
assert settings.parent.relative_to(store).as_posix() == f'{known[rid]}/tools/any/{rid}'
assert command.get('Runner') == 'executable'
program = settings.parent / command.get('EntryPoint')
assert program.is_file(), program
if rid == 'linux-x64':
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    print(subprocess.run([program, '--version'], check=True, capture_output=True, text=True).stdout.split()[0])
";

#[test]
#[ignore = "needs Python"]
fn the_tool_is_installed_from_its_packages() {
    let folder = tempfile::tempdir().unwrap();
    let packages = pack(folder.path(), "tool", &VERSION);
    assert_eq!(packages.len(), 3);
    for (rid, ran) in [("linux-x64", "thunkgen\n"), ("win-x64", "")] {
        let store = folder.path().join(format!("store of {rid}"));
        let printed = python(INSTALL, &[folder.path(), &store, Path::new(rid)]);
        assert_eq!(printed, format!("linux-x64 win-x64\n{ran}"));
    }
    let again = pack(&folder.path().join("again"), "tool", &VERSION);
    for (first, second) in packages.iter().zip(&again) {
        assert!(std::fs::read(first).unwrap() == std::fs::read(second).unwrap(), "{first:?} differs");
    }
}

/// The notices list what cargo says is in the executables, and have a text for each.
#[test]
fn the_notices_list_every_crate() {
    let text = std::fs::read_to_string(notices()).unwrap();
    let mut expected = std::collections::BTreeSet::new();
    let native =
        ["linux-musl", "darwin", "windows"].into_iter().flat_map(|os| ["x86_64", "aarch64"].map(|arch| (arch, os)));
    for target in native.chain([("wasm32", "wasip1")]) {
        let triple = match target {
            (arch, "linux-musl") => format!("{arch}-unknown-linux-musl"),
            (arch, "wasip1") => format!("{arch}-wasip1"),
            (arch, "darwin") => format!("{arch}-apple-darwin"),
            (arch, _) => format!("{arch}-pc-windows-gnullvm"),
        };
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.args(["tree", "--offline", "--locked", "-e", "normal", "--prefix", "none", "--target", &triple]);
        cargo.args(["-p", "thunkgen", "-p", "thunkgen-task", "--format", "{p}"]);
        let output = cargo.current_dir(crate_dir()).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let lines = String::from_utf8(output.stdout).unwrap();
        // What has a path is of this project, or a macro.
        let names = lines.lines().filter(|line| !line.contains("(/")).map(|line| {
            let mut words = line.split(' ');
            format!("{} {}", words.next().unwrap_or_default(), words.next().unwrap_or_default().trim_start_matches('v'))
        });
        expected.extend(names.filter(|name| name != " "));
    }
    let (mut found, mut texts) = (std::collections::BTreeSet::new(), 0);
    let rule = "-".repeat(80);
    for (index, part) in text.split(&format!("{rule}\n")).skip(1).enumerate() {
        if index % 2 == 1 {
            assert!(part.trim().len() > 400, "a licence is longer than this: {part}");
            texts += 1;
            continue;
        }
        let names = part.lines().filter_map(|line| line.split_once(" (")).map(|(name, _)| name.to_owned());
        found.extend(names.filter(|name| name.ends_with(|last: char| last.is_ascii_digit()) || name.contains('+')));
    }
    assert!(texts > 20 && expected.len() > 60, "{texts} texts of {} crates", expected.len());
    assert_eq!(found, expected);
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
    let good = executables(&folder.path().join("good"));
    // The executable of another host, a directory of no host, nothing, and a header that leads out of the file.
    let put = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    };
    put("swapped/win-x64/thunkgen.exe", &std::fs::read(executable::path()).unwrap());
    put("unknown/linux/thunkgen", b"");
    put("without/linux-x64/other", b"");
    put("cut/win-x64/thunkgen.exe", &[&b"MZ"[..], &[0; 0x3a], &[0xff; 4]].concat());
    std::fs::create_dir(folder.path().join("empty")).unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    let (good, out) = (good.display().to_string(), folder.path().join("out"));
    for (verb, executables, more, message) in [
        ("tool", at("swapped"), vec![], "not an executable for win-x64: it is one for linux-x64"),
        ("tool", at("unknown"), vec![], "linux is not a runtime identifier that the packages support"),
        ("tool", at("without"), vec![], "thunkgen: No such file"),
        ("tool", at("empty"), vec![], "no executables"),
        ("tool", at("cut"), vec![], "not an executable for win-x64: unknown file format"),
        ("tool", good.clone(), vec!["--package-version", "1.0"], "expected a version such as 1.2.3"),
        ("tool", good.clone(), vec!["--package-version", "1.2.3-"], "expected a version such as 1.2.3"),
        ("msbuild", good.clone(), vec!["--csc", "no compiler"], "no compiler: No such file"),
        ("msbuild", good.clone(), vec!["--csc", "false"], "the C# compiler failed"),
    ] {
        let mut command = Command::new(packer());
        command.args([verb, "--executables", &executables, "--notices"]).arg(notices()).args(&more);
        let output = command.arg("--out").arg(&out).output().unwrap();
        let reported = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && reported.contains(message), "{executables} {more:?}: {reported}");
    }
    assert!(!out.exists() || std::fs::read_dir(&out).unwrap().count() == 0);
}
