//! Problems reach the log with their codes and places; what the project says about warnings holds for the tool's too.

use thunkgen_tests::data::{crate_dir, crate_file};
use thunkgen_tests::msbuild::{Engine, Log, Sandbox};

use super::{ALL, on_every_engine, skipped};

on_every_engine! {
    an_error_leaves_everything_as_it_was,
    warnings_are_errors_or_silent,
}

/// A struct of unknown size, as the tool tells it.
const UNKNOWN: &str = "ErrorsUnknownStruct.dll";

fn an_error_leaves_everything_as_it_was(engine: Engine) {
    let sandbox = Sandbox::new(engine.clone());
    sandbox.project(ALL);
    sandbox.builds(&[]);
    assert_eq!(sandbox.started().len(), 1);
    let before = sandbox.generated();
    sandbox.wait();
    let aged = sandbox.generated();
    sandbox.assembly("errors-unknown-struct");
    // Also in later builds: what failed is not up to date.
    for _ in 0..2 {
        let log = sandbox.fails(&[]);
        assert_eq!((sandbox.started().len(), skipped(&log)), (1, 0), "{}", log.text);
        let told = log.lines_with(": error TG0101: ");
        assert!(!told.is_empty() && told.iter().all(|line| line.contains(UNKNOWN)), "{}", log.text);
        assert!(log.lines_with("compiled: ").is_empty(), "nothing is compiled after an error\n{}", log.text);
        assert_eq!(sandbox.generated(), aged);
    }
    std::fs::remove_file(sandbox.path(&format!("bin/{UNKNOWN}"))).unwrap();
    let log = sandbox.builds(&[]);
    assert_eq!((sandbox.started().len(), skipped(&log)), (1, 0), "{}", log.text);
    assert_eq!(sandbox.generated().contents(), before.contents());
}

/// The diagnostics of the log with their levels, each once.
fn told(log: &Log) -> Vec<String> {
    let codes = ["TG0202", "TG0209", "TG0220"];
    let mut found = Vec::new();
    for code in codes {
        for level in ["error", "warning"] {
            if !log.lines_with(&format!("{level} {code}: ")).is_empty() {
                found.push(format!("{level} {code}"));
            }
        }
    }
    found
}

fn warnings_are_errors_or_silent(engine: Engine) {
    let sandbox = Sandbox::new(engine);
    sandbox.assembly("errors-empty-struct");
    let project = |properties: &[(&str, &str)]| {
        let properties: String = properties.iter().map(|(name, value)| format!("<{name}>{value}</{name}>")).collect();
        let items = "<ItemGroup><ThunkgenModule Include=\"native\" /></ItemGroup>";
        sandbox.project(&format!("<PropertyGroup>{properties}</PropertyGroup>{ALL}{items}"));
    };
    project(&[]);
    let log = sandbox.builds(&[]);
    assert_eq!(told(&log), ["warning TG0202", "warning TG0209"], "{}", log.text);
    let before = sandbox.generated();
    // The tool itself must know: if only the engine made an error of it, the next build would be up to date.
    for (name, value, expected) in [
        ("TreatWarningsAsErrors", "true", ["error TG0202", "error TG0209"]),
        ("MSBuildTreatWarningsAsErrors", "true", ["error TG0202", "error TG0209"]),
        ("WarningsAsErrors", "CS1591;TG0202;nullable", ["error TG0202", "warning TG0209"]),
        ("MSBuildWarningsAsErrors", "TG0209", ["warning TG0202", "error TG0209"]),
    ] {
        project(&[(name, value)]);
        for _ in 0..2 {
            let log = sandbox.fails(&[]);
            let found = told(&log);
            assert_eq!((found.iter().map(String::as_str).collect(), skipped(&log)), (expected.to_vec(), 0), "{name}");
            assert_eq!(sandbox.generated(), before);
        }
    }
    let strict = ("TreatWarningsAsErrors", "true");
    for (properties, expected) in [
        (&[("NoWarn", "1701;1702;TG0202,TG0101")][..], &["warning TG0209"][..]),
        (&[("NoWarn", "CS1591;\n  TG0209 TG0202")], &[]),
        (&[("MSBuildWarningsAsMessages", "TG0209")], &["warning TG0202"]),
        (&[strict, ("WarningsNotAsErrors", "TG0209;TG0202;CS1")], &["warning TG0202", "warning TG0209"]),
        (&[strict, ("NoWarn", "TG0209;TG0202")], &[]),
    ] {
        project(properties);
        let log = sandbox.builds(&[]);
        assert_eq!(told(&log), expected, "{properties:?}\n{}", log.text);
        assert_eq!(sandbox.generated(), before);
    }
}

/// The place of a problem, down to the column, is what an editor jumps to. Xbuild's task shows only the tool's line.
#[test]
#[ignore = "needs the MSBuild engine"]
fn places_in_source_files() {
    let sandbox = Sandbox::new(Engine::msbuild());
    sandbox.assembly("source-lines");
    sandbox.write(
        "bin/SourceLines.pdb",
        std::fs::read(crate_dir().join("fixtures/source-lines/SourceLines.pdb")).unwrap(),
    );
    sandbox.project(ALL);
    sandbox.write("source-lines/SourceLines.cs", "");
    sandbox.write("source-lines/embedded/SourceLinesEmbedded.cs", "");
    let line = "source-lines/SourceLines.cs(22,78): warning TG0220: SourceLines.Calls.Expression (0x06000007): ";
    let log = sandbox.builds(&["-v:q"]);
    assert!(log.text.lines().any(|told| told.trim().starts_with(line)), "{}", log.text);
    sandbox.assembly("source-lines/embedded");
    let log = sandbox.builds(&["-v:q"]);
    let line =
        "source-lines/embedded/SourceLinesEmbedded.cs(18,39): warning TG0206: SourceLinesEmbedded.Exports.Overload ";
    assert!(log.text.lines().any(|told| told.trim().starts_with(line)), "{}", log.text);
}

/// The tasks have a word of MSBuild for every option that a message of the build's verbs names.
#[test]
fn options_in_messages_have_words_of_msbuild() {
    let words = crate_file("../task-shim/ThunkgenProgram.cs");
    let words = words.split_once("s_words =").expect("the words").1;
    let mut named = std::collections::BTreeSet::new();
    for session in thunkgen_tests::data::sessions("thunkgen") {
        let text = std::fs::read_to_string(session).expect("a session");
        let is_of_build = |line: &&str| {
            let code = line.split_once(" TG").and_then(|(before, code)| {
                code.get(..2).filter(|_| before.ends_with("warning") || before.ends_with("error"))
            });
            // TG0010 shows the command line, and the codes between are those of other verbs.
            line.starts_with("2> ") && code.is_some_and(|code| ["01", "02", "06"].contains(&code))
        };
        for line in text.lines().filter(is_of_build) {
            let options = line.split([' ', '(', '`']).filter(|word| word.starts_with("--"));
            let name =
                |word: &str| word.chars().take_while(|c| c.is_ascii_lowercase() || *c == '-').collect::<String>();
            named.extend(options.filter(|option| !option.ends_with("...")).map(name));
        }
    }
    // An option of emcc.
    named.remove("--emit-symbol-map");
    assert!(named.len() >= 5, "{named:?}");
    let missing: Vec<_> = named.iter().filter(|option| !words.contains(&format!("\"{option}"))).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// What the tool prints for people is no diagnostic, and what is wrong with the options is one.
#[test]
#[ignore = "needs the MSBuild engine"]
fn other_lines() {
    let sandbox = Sandbox::new(Engine::msbuild());
    sandbox.project(ALL);
    let log = sandbox.builds(&["-v:q", "-p:NoWarn=TG0202"]);
    assert!(log.lines_with("warning").is_empty() && log.lines_with("error").is_empty(), "{}", log.text);
    sandbox.touch("bin/System.Runtime.dll");
    let log = sandbox.builds(&["-v:m", "-p:ThunkgenMessageImportance=high", "-p:NoWarn=TG0202"]);
    assert_eq!(log.lines_with("thunkgen: ").len(), 1, "{}", log.text);
    // In words of MSBuild, and nothing but that.
    let log = sandbox.fails(&["-v:q", "-p:ThunkgenContract=none"]);
    let told = "error TG0010: invalid value 'none' for 'the property ThunkgenContract <NAME>'";
    assert_eq!(log.lines_with(told).len(), 1, "{}", log.text);
    assert!(log.lines_with("MSB3073").is_empty(), "{}", log.text);
    let log = sandbox.fails(&["-v:q", "-p:ThunkgenContract=none", "-p:ThunkgenUseExec=true"]);
    assert_eq!(log.lines_with("error TG0010: invalid value 'none' for '--contract <NAME>'").len(), 1, "{}", log.text);
    assert_eq!(log.lines_with("exited with code 2").len(), 1, "{}", log.text);
}

/// What the switch makes errors of fails every build, also one after a build without it; each warning is reported once.
#[test]
#[ignore = "needs the MSBuild engine"]
fn every_build_fails() {
    let sandbox = Sandbox::new(Engine::msbuild());
    sandbox.assembly("errors-empty-struct");
    sandbox.project(&format!("{ALL}<ItemGroup><ThunkgenModule Include=\"native\" /></ItemGroup>"));
    let one = "TG0209: ErrorsEmptyStruct.PInvokes.Result__S1";
    for switch in ["-warnaserror", "-warnaserror:TG0209"] {
        for _ in 0..2 {
            let log = sandbox.fails(&["-v:q", switch]);
            assert_eq!(log.lines_with(&format!("error {one}")).len(), 1, "{switch}\n{}", log.text);
            assert!(log.lines_with("MSB3").is_empty(), "{}", log.text);
        }
        let log = sandbox.builds(&["-v:q"]);
        assert_eq!(log.lines_with(&format!("warning {one}")).len(), 1, "{}", log.text);
    }
}
