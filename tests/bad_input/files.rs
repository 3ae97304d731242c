//! Files that are not what a run needs, and names that it must not use: nothing is lost in silence, nothing that is read
//! is written.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use tempfile::TempDir;
use thunkgen_tests::cost::HANG;
use thunkgen_tests::data::crate_dir;
use thunkgen_tests::executable;

/// Fixtures under the names that the tests use.
fn workplace() -> TempDir {
    let directory = tempfile::tempdir().expect("a directory");
    let copies = [
        ("corlib/System.Private.CoreLib.dll", "corlib/System.Private.CoreLib.dll"),
        ("facade/System.Runtime.dll", "corlib/System.Runtime.dll"),
        ("interop-il/InteropIl.dll", "in/InteropIl.dll"),
        ("source-lines/SourceLines.dll", "SourceLines.dll"),
        ("source-lines/SourceLines.pdb", "SourceLines.pdb"),
        ("native-side/NativeSide.dll", "a.dll"),
        ("native-side/libdraw.a", "lib.a"),
        ("linked-runtime/dotnet.native.wasm", "m.wasm"),
        ("images/thunks.wasm", "i.wasm"),
        ("thunk-tables/by-hand.cpp", "t.cpp"),
    ];
    for (from, to) in copies {
        let to = directory.path().join(to);
        fs::create_dir_all(to.parent().expect("a parent")).expect("a directory");
        fs::copy(crate_dir().join("fixtures").join(from), to).unwrap_or_else(|error| panic!("{from}: {error}"));
    }
    let texts = [("k", "Mvi\n"), ("e", "# why\nMvi\n"), ("s", "A.B=4\n"), ("l", "lib\n"), ("h", "Licence\n")];
    let tables = [("s.toml", "[[suppress]]\ncode = \"TG0204\"\nreason = \"r\"\n"), ("r.rsp", "--strict\n")];
    for (name, text) in texts.into_iter().chain(tables) {
        fs::write(directory.path().join(name), text).expect("a text");
    }
    directory
}

/// Runs the tool; `{}` in the words is the directory. The exit code, and standard error.
fn run(directory: &Path, words: &str) -> (u8, String) {
    let path = directory.display().to_string();
    let words = ["thunkgen"].into_iter().chain(words.split(' ')).map(|word| word.replace("{}", &path).into());
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let exit = thunkgen::run_in_process(&words.collect::<Vec<OsString>>(), &mut out, &mut err);
    (exit, String::from_utf8(err).expect("UTF-8"))
}

/// An assembly with other bytes at an offset.
fn patched(bytes: &[u8], at: usize, with: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes[at..at + with.len()].copy_from_slice(with);
    bytes
}

/// What is in place of an assembly, with a name.
fn not_assemblies(assembly: &[u8]) -> Vec<(String, Vec<u8>)> {
    let word = |at: usize| u32::from_le_bytes(assembly[at..at + 4].try_into().expect("four bytes")) as usize;
    let pe = word(0x3C);
    // Of PE32: the directory with number 14.
    let cli = pe + 24 + 96 + 14 * 8;
    let mut all: Vec<(String, Vec<u8>)> = vec![
        ("nothing".into(), Vec::new()),
        ("a page that a proxy sent".into(), b"<!DOCTYPE html><title>502</title>".to_vec()),
        (
            "a pointer of Git LFS".into(),
            b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 7168\n".to_vec(),
        ),
        ("text in UTF-16".into(), b"\xFF\xFEM\0Z\0".to_vec()),
        ("zeros".into(), vec![0; assembly.len()]),
        ("a shared library".into(), b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0".to_vec()),
        ("a package".into(), b"PK\x03\x04\x14\0\0\0\x08\0".to_vec()),
        ("compressed".into(), b"\x1f\x8b\x08\0\0\0\0\0\0\x03".to_vec()),
        ("half of a magic number".into(), b"\0as".to_vec()),
        ("Webcil of a later version".into(), [b"WbIL\xFF\xFF\0\0".to_vec(), vec![0; 64]].concat()),
        ("no place of the PE header".into(), patched(assembly, 0x3C, &[0; 4])),
        ("a PE header after the end".into(), patched(assembly, 0x3C, &[0xFF; 4])),
        ("no CLI header".into(), patched(assembly, cli, &[0; 8])),
        ("a CLI header after the end".into(), patched(assembly, cli, &[0xFF, 0xFF, 0xFF, 0x7F])),
        ("the second half".into(), assembly[assembly.len() / 2..].to_vec()),
    ];
    all.extend(
        [1, 2, 64, 128, 512, 1_000, assembly.len() / 2]
            .map(|size| (format!("{size} bytes"), assembly[..size].to_vec())),
    );
    for at in [0, 1, pe, pe + 1, pe + 2, pe + 3] {
        all.extend(
            (0..8).map(|bit| (format!("bit {bit} of byte {at}"), patched(assembly, at, &[assembly[at] ^ 1 << bit]))),
        );
    }
    all
}

#[test]
fn what_is_no_assembly_is_named() {
    let directory = workplace();
    let path = directory.path();
    let file = path.join("in/Other.dll");
    let assembly = fs::read(path.join("in/InteropIl.dll")).expect("an assembly");
    let mut wrong = Vec::new();
    let all = not_assemblies(&assembly);
    assert!(all.len() > 60, "{} files", all.len());
    for (what, bytes) in all {
        fs::write(&file, bytes).expect("the file");
        for (place, strict) in [("{}/in", ""), ("{}/in/Other.dll", ""), ("{}/in/*.dll", " --strict")] {
            let words =
                format!("generate {place} -r {{}}/corlib --nowarn TG0210,TG0220 --out {{}}/o --no-sync{strict}");
            let (exit, said) = run(path, &words);
            let is_named = said.lines().any(|line| line.contains("Other.dll") && line.contains(" TG00"));
            let is_written = path.join("o").exists();
            if !is_named || (exit != 0) == is_written || (exit != 3 && !strict.is_empty()) {
                wrong.push(format!("{what}: {place}: exit {exit}: {said}"));
            }
            let _ = fs::remove_dir_all(path.join("o"));
        }
    }
    assert!(wrong.is_empty(), "{} failures\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn links_to_nothing_and_what_is_no_file_are_errors() {
    let directory = workplace();
    let path = directory.path();
    let file = path.join("in/Other.dll");
    for level in 0..60 {
        symlink(format!("{}", level + 1), path.join(level.to_string())).expect("a link");
    }
    fs::write(path.join("60"), "").expect("a file");
    let _socket = std::os::unix::net::UnixListener::bind(path.join("socket")).expect("a socket");
    for target in ["Other.dll", "gone/Other.dll", "InteropIl.dll/Other.dll", "/dev/null", "../0", "../socket"] {
        symlink(target, &file).expect("a link");
        for place in ["{}/in", "{}/in/Other.dll", "{}/in/O*.dll"] {
            let (exit, said) = run(path, &format!("generate {place} -r {{}}/corlib --out {{}}/o --no-sync"));
            assert!(exit == 3 && said.contains("Other.dll: error TG0001"), "{target}: {place}: exit {exit}: {said}");
            assert!(!path.join("o").exists(), "{target}: {place} writes");
        }
        fs::remove_file(&file).expect("the link");
    }
}

#[test]
fn directories_of_apps_and_tables_hide_nothing() {
    let directory = workplace();
    let path = directory.path();
    fs::create_dir(path.join("app")).expect("a directory");
    fs::copy(path.join("m.wasm"), path.join("app/dotnet.native.wasm")).expect("a copy");
    let _socket = std::os::unix::net::UnixListener::bind(path.join("app/f.dll")).expect("a socket");
    for (name, target) in [("dangling.wasm", "gone"), ("loop.dll", "loop.dll")] {
        symlink(target, path.join("app").join(name)).expect("a link");
    }
    let skipped: [(&str, &[u8]); 3] = [("empty.dll", b""), ("text.dll", b"hi"), ("later.wasm", b"\0asm\x02\0\0\0")];
    for (name, bytes) in skipped {
        fs::write(path.join("app").join(name), bytes).expect("a file");
    }
    for words in ["doctor {}/app", "lookup Mvi --in {}/app", "lookup --diff {}/app {}/app"] {
        let (exit, said) = run(path, words);
        assert_ne!(exit, 0, "{words}: {said}");
        for (name, code) in [("f.dll", "TG0001"), ("dangling.wasm", "TG0001"), ("loop.dll", "TG0001")]
            .into_iter()
            .chain(skipped.map(|(name, _)| (name, "TG0015")))
        {
            let is_named = said.lines().any(|line| line.contains(name) && line.contains(code));
            assert!(is_named || words.starts_with("doctor"), "{words}: {name}: {said}");
        }
    }
    let report = String::from_utf8(printed(path, "doctor {}/app")).expect("UTF-8");
    for (name, code) in [("f.dll", "TG0001"), ("dangling.wasm", "TG0001"), ("later.wasm", "TG0015")] {
        assert!(report.lines().any(|line| line.contains(name) && line.contains(code)), "{name}: {report}");
    }
}

/// What a run prints.
fn printed(directory: &Path, words: &str) -> Vec<u8> {
    let path = directory.display().to_string();
    let words = ["thunkgen"].into_iter().chain(words.split(' ')).map(|word| word.replace("{}", &path).into());
    let mut out = Vec::new();
    thunkgen::run_in_process(&words.collect::<Vec<OsString>>(), &mut out, &mut Vec::new());
    out
}

#[test]
fn what_cannot_be_an_app_has_its_reason() {
    let directory = workplace();
    let path = directory.path();
    symlink("/dev/null", path.join("device.dll")).expect("a link");
    let (exit, said) = run(path, "doctor {}/device.dll");
    assert!(exit == 2 && said.contains("device.dll: it is not a regular file"), "exit {exit}: {said}");
}

#[test]
fn a_link_to_nothing_in_place_of_an_output_is_named() {
    let directory = workplace();
    let path = directory.path();
    symlink("gone", path.join("p.cpp")).expect("a link");
    let (exit, said) = run(path, "check {}/a.dll -r {}/corlib --pinvoke {}/p.cpp");
    assert!(exit == 1 && said.contains("p.cpp: error TG0302: it is a link to a missing file"), "exit {exit}: {said}");
}

/// Each run is repeated until it meets a change.
#[test]
fn a_file_that_changes_after_it_is_read_is_an_error() {
    let directory = workplace();
    let path = directory.path();
    for name in ["app", "tables"] {
        fs::create_dir(path.join(name)).expect("a directory");
    }
    fs::copy(path.join("m.wasm"), path.join("app/dotnet.native.wasm")).expect("a copy");
    let assembly = fs::read(path.join("a.dll")).expect("an assembly");
    let table = fs::read(path.join("t.cpp")).expect("a table");
    let cases: [(&str, &str, &[u8]); 6] = [
        ("doctor {}/app", "app/a.dll", &assembly),
        ("doctor {}/app", "app/a.runtimeconfig.json", b"{} "),
        ("r2r dump {}/b.dll", "b.dll", &assembly),
        ("lookup --diff {}/t.cpp {}/tables", "tables/t.cpp", &table),
        ("lookup Mvi --in {}/tables", "tables/t.cpp", &table),
        ("lookup --log {}/log --in {}/t.cpp", "log", b"started\n"),
    ];
    for (words, file, start) in cases {
        let file = path.join(file);
        fs::write(&file, start).expect("the file");
        let is_done = std::sync::atomic::AtomicBool::new(false);
        let is_noticed = std::thread::scope(|scope| {
            scope.spawn(|| {
                let mut number = 0_u64;
                while !is_done.load(std::sync::atomic::Ordering::Relaxed) {
                    number += 1;
                    fs::write(&file, [start, format!("{number:>20}").as_bytes()].concat()).expect("the file");
                }
            });
            // A busy machine may need many runs.
            let end = Instant::now() + HANG;
            let mut is_noticed = false;
            while !is_noticed && Instant::now() < end {
                let (_, said) = run(path, words);
                is_noticed =
                    said.contains("TG0016") || String::from_utf8_lossy(&printed(path, words)).contains("TG0016");
            }
            is_done.store(true, std::sync::atomic::Ordering::Relaxed);
            is_noticed
        });
        assert!(is_noticed, "{words}: {} changes", file.display());
        fs::remove_file(file).expect("the file");
    }
}

#[test]
fn what_is_read_is_not_written() {
    let directory = workplace();
    let path = directory.path();
    symlink("SourceLines.pdb", path.join("link")).expect("a link");
    fs::hard_link(path.join("SourceLines.pdb"), path.join("hard")).expect("a link");
    fs::hard_link(path.join("lib.a"), path.join("other.a")).expect("a link");
    let generate = "generate {}/a.dll -r {}/corlib --out {}/o --force";
    let cases = [
        ("generate {}/SourceLines.dll -r {}/corlib --out {}/o --force --reverse {}/link", "SourceLines.pdb"),
        ("generate {}/SourceLines.dll -r {}/corlib --out {}/o --force --depfile {}/hard", "SourceLines.pdb"),
        ("check-native {}/a.dll -r {}/corlib --native {}/lib.a --force --html {}/lib.a", "lib.a"),
        ("check-native {}/a.dll -r {}/corlib --native {}/lib.a --force --stamp {}/t --depfile {}/other.a", "lib.a"),
        ("r2r emit {}/a.dll -r {}/corlib --force --out {}/t.wasm --il-twin {}/a.dll", "a.dll"),
        ("r2r emit --keys {}/k --force --out {}/k", "k"),
        ("r2r emit --key Mvi --missing-from {}/m.wasm --force --out {}/m.wasm", "m.wasm"),
        ("r2r emit --key Mvi --like {}/i.wasm --force --out {}/t.wasm --il-twin {}/i.wasm", "i.wasm"),
        ("lookup --coverage {}/a.dll -r {}/corlib --in {}/t.cpp --force --html {}/t.cpp", "t.cpp"),
        (&format!("{generate} --extra-signatures {{}}/e --list-outputs {{}}/e"), "e"),
        (&format!("{generate} --struct-size-file {{}}/s --stamp {{}}/s"), "s"),
        (&format!("{generate} --module-list {{}}/l --depfile {{}}/l"), "l"),
        (&format!("{generate} --header-file {{}}/h --interp-to-native {{}}/h"), "h"),
        (&format!("{generate} --trailer-file {{}}/h --pinvoke {{}}/./h"), "h"),
        (&format!("{generate} --suppressions {{}}/s.toml --diagnostics {{}}/s.toml"), "s.toml"),
        (&format!("{generate} @{{}}/r.rsp --diagnostics {{}}/r.rsp"), "r.rsp"),
        (&format!("{generate} --pinvoke {{}}/corlib/System.Runtime.dll"), "corlib/System.Runtime.dll"),
    ];
    for (words, file) in cases {
        let before = fs::read(path.join(file)).expect("the file");
        let (exit, said) = run(path, &format!("{words} --no-sync"));
        assert!(exit == 2 && said.contains("is also an input"), "{words}: exit {exit}: {said}");
        assert!(fs::read(path.join(file)).expect("the file") == before, "{words}: {file} is written");
        assert!(!path.join("o").exists() && !path.join("t.wasm").exists(), "{words}: something is written");
    }
}

#[test]
fn temporary_files_of_killed_runs_go_with_the_next_run() {
    let directory = workplace();
    let path = directory.path();
    let runs = [
        "generate {}/a.dll -r {}/corlib -m * --out {}/o",
        "generate {}/a.dll -r {}/corlib -m * --emit rust,c-header --out {}/o",
        "r2r emit --key Mvi --out {}/o/t.wasm",
        "r2r emit --key Mvi --kind object --out {}/o/t.o --diagnostics {}/o/d.json",
        "check-native {}/a.dll -r {}/corlib --native {}/lib.a --html {}/o/r.html --stamp {}/o/s --depfile {}/o/d",
        "lookup --coverage {}/a.dll -r {}/corlib --in {}/t.cpp --html {}/o/r.html",
    ];
    for words in runs {
        fs::create_dir(path.join("o")).expect("a directory");
        // A change is written in the first run, and nothing in the second one.
        for _ in 0..2 {
            for name in [".thunkgen-AbC123.tmp", ".thunkgen-000000.tmp", ".thunkgen-.tmp"] {
                fs::write(path.join("o").join(name), "half").expect("a file");
            }
            fs::write(path.join("o/.thunkgen.notes"), "mine").expect("a file");
            let (exit, said) = run(path, &format!("{words} --no-sync"));
            assert!(exit <= 1 || exit == 3 && words.contains("check-native"), "{words}: exit {exit}: {said}");
            let entries = fs::read_dir(path.join("o")).expect("the outputs");
            let hidden = entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned());
            let hidden: Vec<String> = hidden.filter(|name| name.starts_with('.')).collect();
            assert_eq!(hidden, [".thunkgen.notes"], "{words}");
        }
        fs::remove_dir_all(path.join("o")).expect("the outputs");
    }
}

/// Names that a rule of make would contain as something else.
#[test]
fn a_depfile_names_every_input_or_is_an_error() {
    let directory = workplace();
    let path = directory.path();
    let refused: [&[u8]; 6] = [b"a\nb.dll", b"a\rb.dll", b"a\tb.dll", b"a|b.dll", b";.dll", b"\x01.dll"];
    let named: [&[u8]; 6] = [b"%.dll", b"a:b.dll", b"$(x).dll", b"'a'.dll", b"-r.dll", b"\xC3.dll"];
    for (name, is_refused) in refused.map(|name| (name, true)).into_iter().chain(named.map(|name| (name, false))) {
        let inputs = path.join("names");
        fs::create_dir(&inputs).expect("a directory");
        fs::copy(path.join("a.dll"), inputs.join(OsStr::from_bytes(name))).expect("a copy");
        let (exit, said) = run(path, "generate {}/names -r {}/corlib --out {}/o --depfile {}/d --no-sync");
        let rule = fs::read(path.join("d")).unwrap_or_default();
        // The empty rules of the input and of two references.
        let named = rule.split(|byte| *byte == b'\n').filter(|line| line.ends_with(b".dll:")).count();
        assert_eq!((exit, named), if is_refused { (3, 0) } else { (0, 3) }, "{name:?}: {said}");
        assert_eq!(said.contains("TG0017"), is_refused, "{name:?}: {said}");
        fs::remove_dir_all(&inputs).expect("the inputs");
        let _ = fs::remove_file(path.join("d"));
    }
}

/// The files that a run waits for until they are on the disk, as strace shows them; temporary files without their names.
fn flushed(directory: &Path, words: &str) -> Vec<String> {
    let log = directory.join("calls");
    let words = words.split(' ').map(|word| word.replace("{}", "."));
    let mut strace = Command::new("strace");
    strace.args(["-f", "-y", "-qq", "-e", "trace=fsync,fdatasync,syncfs,sync", "-o"]).arg(&log);
    let status = strace.arg(executable::path()).args(words).current_dir(directory).stderr(Stdio::null()).status();
    assert!(status.expect("strace runs").success(), "the run fails");
    let text = fs::read_to_string(log).expect("the system calls");
    let path = |line: &str| line.rsplit_once('>')?.0.rsplit_once('/').map(|(_, name)| name.to_owned());
    let name = |line| path(line).unwrap_or_else(|| panic!("no file in {line}"));
    let names = text.lines().map(name).map(|name| if name.starts_with(".thunkgen-") { "file".into() } else { name });
    names.collect()
}

#[test]
#[ignore = "needs strace, which tests/run.sh installs"]
fn each_changed_file_and_each_directory_is_flushed_once() {
    let directory = workplace();
    let path = directory.path();
    let parent = path.file_name().expect("a name").to_string_lossy().into_owned();
    let generate = "generate {}/a.dll -r {}/corlib --out {}/o";
    assert_eq!(flushed(path, generate), ["file", "file", "file", &*parent, "o"]);
    assert_eq!(flushed(path, generate), [""; 0], "nothing changed");
    assert_eq!(flushed(path, &format!("{generate} -m *")), ["file", "o"], "one table changed");
    assert_eq!(flushed(path, &format!("{generate} --no-sync")), [""; 0]);
}
