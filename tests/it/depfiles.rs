//! The rule of `--depfile` as make and Ninja read it: whichever input changes, both run again.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, SystemTime};

use thunkgen_tests::data::crate_dir;
use thunkgen_tests::executable;

/// Names with a meaning in Makefiles or Ninja files. The last one is not UTF-8.
const NAMES: [&[u8]; 13] = [
    b"plain.dll",
    b"two words.dll",
    b"$HOME.dll",
    b"#hash.dll",
    b"back\\slash.dll",
    b"tail\\ of.dll",
    b"two\\\\ of.dll",
    b"[x].dll",
    b"{y,z}.dll",
    b"equal=.dll",
    b"~tilde%20.dll",
    b"\xC3\xA9(1)@+,!.dll",
    b"b\xFFd.dll",
];

const OUTPUTS: [&str; 3] =
    ["out/callhelpers-interp-to-managed.cpp", "out/callhelpers-pinvoke.cpp", "out/callhelpers-reverse.cpp"];

fn set_time(path: &Path, seconds: u64) {
    let time = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
    File::options().append(true).open(path).unwrap().set_modified(time).unwrap();
}

fn run(folder: &Path, program: &str, arguments: &[&str]) -> Output {
    let output = Command::new(program).args(arguments).current_dir(folder).output();
    output.unwrap_or_else(|error| panic!("{program}: {error}; tests/run.sh installs it"))
}

#[test]
#[ignore = "needs make and ninja, which tests/run.sh installs"]
fn make_and_ninja_see_every_input() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let fixtures = crate_dir().join("fixtures");
    fs::create_dir(folder.join("refs")).unwrap();
    let path = |name: &[u8]| folder.join("refs").join(OsStr::from_bytes(name));
    for name in NAMES {
        fs::copy(fixtures.join("facade/System.Runtime.dll"), path(name)).unwrap();
    }
    fs::copy(fixtures.join("corlib/System.Private.CoreLib.dll"), folder.join("core.dll")).unwrap();
    let arguments = ["generate", "core.dll", "-r", "refs", "--out", "out", "--depfile", "deps.d"];
    let generated = executable::run(folder, arguments);
    assert!(generated.code == Some(0) && generated.stderr.matches("TG0018").count() == 1, "{generated:?}");
    let rule = fs::read(folder.join("deps.d")).unwrap();
    fs::write(
        folder.join("Makefile"),
        format!("{}: ; touch {}\ninclude deps.d\n", OUTPUTS.join(" "), OUTPUTS.join(" ")),
    )
    .unwrap();
    let ninja = format!(
        "rule generate\n  command = touch {0} && cp saved.d deps.d\n  depfile = deps.d\nbuild {0}: generate core.dll\n",
        OUTPUTS.join(" ")
    );
    fs::write(folder.join("build.ninja"), ninja).unwrap();
    fs::write(folder.join("saved.d"), rule).unwrap();
    NAMES.iter().for_each(|name| set_time(&path(name), 1_000_000_000));
    set_time(&folder.join("core.dll"), 1_000_000_000);
    let built = run(folder, "ninja", &[]);
    assert!(built.status.success(), "{built:?}");
    let is_current = || {
        let make = run(folder, "make", &["-q"]);
        let ninja = run(folder, "ninja", &["-n"]);
        assert!(make.status.code().is_some_and(|code| code < 2) && ninja.status.success(), "{make:?} {ninja:?}");
        let nothing = String::from_utf8_lossy(&ninja.stdout).contains("no work to do");
        (make.status.success(), nothing)
    };
    assert_eq!(is_current(), (true, true));
    for name in NAMES {
        set_time(&path(name), 4_000_000_000);
        assert_eq!(is_current(), (false, false), "{}", String::from_utf8_lossy(name));
        set_time(&path(name), 1_000_000_000);
        assert_eq!(is_current(), (true, true), "{}", String::from_utf8_lossy(name));
    }
}
