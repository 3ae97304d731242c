//! The MSBuild engine that the other suites build with: what it does itself, and how the stand-ins for its standard
//! tasks read the output of a tool.

use std::path::Path;

use thunkgen_tests::msbuild::{Engine, Log};

fn build(folder: &Path, body: &str, switches: &[&str]) -> Log {
    let project = folder.join("test.proj");
    std::fs::write(&project, format!("<Project DefaultTargets=\"Test\">\n{body}\n</Project>\n")).unwrap();
    Engine::msbuild().build(&project, switches)
}

/// The canonical diagnostics among lines that a tool prints, as the log shows them.
#[test]
#[ignore = "needs the MSBuild engine"]
fn output_becomes_diagnostics() {
    let folder = tempfile::tempdir().unwrap();
    let said = [
        ("a.cs(3,4): error TG0001: text: more", "a.cs(3,4): error TG0001: text: more"),
        ("/a b/c.dll: error TG0002: text", "/a b/c.dll : error TG0002: text"),
        ("C:/a.cs(12): warning TG0209: text", "C:/a.cs(12): warning TG0209: text"),
        ("a.cs(1,2-7): warning TG0210: text", "a.cs(1,2): warning TG0210: text"),
        ("thunkgen : fatal error TG0304: text", "thunkgen : fatal error TG0304: text"),
        ("error: no code", "EXEC : error : no code"),
        ("thunkgen: 3 keys; 2 errors, 1 warning", ""),
        ("an error in words", ""),
        ("there was an error : in words", "EXEC : there was an error : in words"), // what stands before is a subcategory
    ];
    let lines: String = said.iter().map(|(line, _)| format!("{line}\n")).collect();
    std::fs::write(folder.path().join("said.txt"), lines).unwrap();
    let log = build(folder.path(), "<Target Name='Test'><Exec Command='cat said.txt'/></Target>", &["-v:q"]);
    let found: Vec<&str> = log.lines_with(":").into_iter().filter(|line| !line.contains("test.proj\"")).collect();
    let expected: Vec<&str> = said.iter().map(|(_, logged)| *logged).filter(|logged| !logged.is_empty()).collect();
    assert_eq!(found, expected, "{}", log.text);
    assert!(!log.succeeded);
}

#[test]
#[ignore = "needs the MSBuild engine"]
fn it_is_the_real_engine() {
    let folder = tempfile::tempdir().unwrap();
    let body = "
      <ItemGroup><In Include='in.txt'/><T Include='a;b%3Bc'/></ItemGroup>
      <Target Name='Test' DependsOnTargets='Once'><Message Text='version $(MSBuildVersion), %(T.Identity)' Importance='high'/></Target>
      <Target Name='Once' Inputs='@(In)' Outputs='out.txt'><Touch Files='out.txt' AlwaysCreate='true'/></Target>";
    std::fs::write(folder.path().join("in.txt"), "").unwrap();
    let first = build(folder.path(), body, &[]);
    assert_eq!(first.lines_with("version 17."), ["version 17.9.5, a", "version 17.9.5, b;c"], "{}", first.text);
    assert!(first.succeeded && first.lines_with("Skipping target \"Once\"").is_empty(), "{}", first.text);
    let second = build(folder.path(), body, &[]);
    assert!(second.succeeded && second.lines_with("Skipping target \"Once\"").len() == 1, "{}", second.text);
}

#[test]
#[ignore = "needs the MSBuild engine"]
fn warnings_can_be_made_errors() {
    let folder = tempfile::tempdir().unwrap();
    let body = "<Target Name='Test'><Exec Command='echo a.cs: warning TG0209: text'/></Target>";
    assert!(build(folder.path(), body, &[]).succeeded);
    for switch in ["-warnaserror", "-warnaserror:TG0209", "-p:MSBuildTreatWarningsAsErrors=true"] {
        let log = build(folder.path(), body, &[switch]);
        assert!(!log.succeeded && !log.lines_with("a.cs : error TG0209: text").is_empty(), "{switch}\n{}", log.text);
    }
    assert!(build(folder.path(), body, &["-warnaserror", "-warnasmessage:TG0209"]).succeeded);
}
