//! What is installed beside the executable: completions, tried in the shells themselves, and manual pages, formatted.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use thunkgen_tests::executable::run;

const SHELLS: [&str; 5] = ["bash", "elvish", "fish", "powershell", "zsh"];

fn tool(arguments: &[&str]) -> String {
    let run = run(Path::new("."), arguments);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{arguments:?}");
    run.stdout
}

/// Standard output and standard error of a program that gets `input`. What is missing is named with its Debian package.
fn program(name: &str, package: &str, arguments: &[&str], input: &str) -> (String, String) {
    let mut command = Command::new(name);
    command
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .env("LC_ALL", "C.UTF-8");
    let mut child = command.spawn().unwrap_or_else(|error| panic!("{name} (Debian: {package}): {error}"));
    let mut stdin = child.stdin.take().expect("a pipe");
    let input = input.to_owned();
    // Also when the program answers before it has read everything.
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = child.wait_with_output().expect("it ends");
    writer.join().expect("a thread").expect("it reads its input");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    (text(output.stdout), text(output.stderr))
}

/// The long options of a verb, as its help lists them.
fn options(verb: &str) -> Vec<String> {
    let help = help(verb);
    let starts = help.lines().map(str::trim_start).filter(|line| line.starts_with('-'));
    let names = starts.filter_map(|line| line.split([' ', ',']).find(|word| word.starts_with("--")));
    names.map(|name| name.split(['=', '[']).next().unwrap_or(name).to_owned()).collect()
}

fn help(verb: &str) -> String {
    tool(&verb.split_whitespace().chain(["--help"]).collect::<Vec<_>>())
}

/// The verbs, as the help lists them, those of a verb behind it.
fn verbs() -> Vec<String> {
    verbs_below("")
}

fn verbs_below(verb: &str) -> Vec<String> {
    let help = help(verb);
    let list = help.split("Commands:\n").nth(1).and_then(|rest| rest.split("\n\n").next()).unwrap_or_default();
    let indented = list.lines().filter_map(|line| line.strip_prefix("  ")).filter(|line| !line.starts_with(' '));
    let names = indented.filter_map(|line| line.split(' ').next()).filter(|name| *name != "help");
    names
        .flat_map(|name| {
            let name = format!("{verb} {name}").trim_start().to_owned();
            let below = verbs_below(&name);
            std::iter::once(name).chain(below)
        })
        .collect()
}

/// What bash offers for the last of these words, for each case.
fn bash(cases: &[String]) -> BTreeMap<String, Vec<String>> {
    let script = tool(&["completions", "bash"]);
    let mut session = format!(
        "{script}\ntry() {{\n  COMP_WORDS=(\"$@\"); COMP_CWORD=$(($#-1)); COMPREPLY=()\n  \
         _thunkgen thunkgen \"${{@: -1}}\" \"${{@: -2:1}}\"\n  printf '%s|%s\\n' \"$*\" \"${{COMPREPLY[*]}}\"\n}}\n"
    );
    for case in cases {
        session += &format!("try {case}\n");
    }
    let (out, err) = program("bash", "bash", &["--noprofile", "--norc"], &session);
    assert_eq!(err, "");
    let answer = |line: &str| {
        let (words, offers) = line.split_once('|').expect("an answer");
        (words.to_owned(), offers.split(' ').map(str::to_owned).collect())
    };
    out.lines().map(answer).collect()
}

#[test]
fn bash_completes_verbs_options_and_values() {
    let offers =
        bash(&["thunkgen ge", "thunkgen check --target-os w", "thunkgen generate --contract ''"].map(str::to_owned));
    assert_eq!(offers["thunkgen ge"], ["generate"]);
    assert_eq!(offers["thunkgen check --target-os w"], ["wasi"]);
    assert_eq!(offers["thunkgen generate --contract "], ["wasm-thunks", "portable-callhelpers"]);
}

#[test]
fn bash_knows_every_option_of_every_verb() {
    let verbs = verbs();
    assert!(verbs.len() >= 7, "{verbs:?}");
    let mut cases = Vec::new();
    for verb in &verbs {
        let options = options(verb);
        assert!(!options.is_empty(), "{verb}");
        cases.extend(options.into_iter().map(|option| format!("thunkgen {verb} {option}")));
    }
    assert!(cases.len() > 60, "{}", cases.len());
    let offers = bash(&cases);
    for case in cases {
        let option = case.rsplit(' ').next().unwrap_or_default().to_owned();
        assert!(offers[&case].contains(&option), "{case}: {:?}", offers[&case]);
    }
}

#[test]
#[ignore = "needs fish"]
fn fish_completes_verbs_options_and_values() {
    let script = tool(&["completions", "fish"]);
    for (line, offered) in [
        ("thunkgen ge", "generate"),
        ("thunkgen generate --contr", "--contract"),
        ("thunkgen generate --contract port", "portable-callhelpers"),
        ("thunkgen check --targ", "--target-os"),
    ] {
        let session = format!("{script}\ncomplete -C '{line}'\n");
        let (out, err) = program("fish", "fish", &["--no-config"], &session);
        assert_eq!(err, "");
        let words: Vec<&str> = out.lines().filter_map(|line| line.split('\t').next()).collect();
        assert!(words.contains(&offered), "{line}: {out}");
    }
}

#[test]
#[ignore = "needs zsh"]
fn zsh_understands_its_script() {
    let script = tool(&["completions", "zsh"]);
    assert!(script.starts_with("#compdef thunkgen\n"));
    let (_, err) = program("zsh", "zsh", &["-f", "-n"], &script);
    assert_eq!(err, "");
    // Defining it works too, and what is defined is the function that the first line promises.
    let session = format!("autoload -U compinit; compinit -D -u\n{script}\nwhence -w _thunkgen\n");
    let (out, err) = program("zsh", "zsh", &["-f"], &session);
    assert_eq!((out.as_str(), err.as_str()), ("_thunkgen: function\n", ""));
}

#[test]
fn every_shell_has_its_script() {
    for shell in SHELLS {
        let script = tool(&["completions", shell]);
        let last = |verb: &String| verb.rsplit(' ').next().is_some_and(|name| script.contains(name));
        assert!(verbs().iter().all(last), "{shell}");
    }
    let refused = run(Path::new("."), ["completions", "csh"]);
    assert!(refused.code == Some(2) && refused.stderr.contains(&SHELLS.join(", ")), "{}", refused.stderr);
}

/// The page as a terminal shows it, without overstriking; a warning fails the test.
fn formatted(page: &str) -> String {
    let arguments = ["-man", "-Tutf8", "-ww", "-P-c", "-P-b", "-P-o", "-P-u", "-rLL=200n"];
    let (out, err) = program("groff", "groff-base", &arguments, page);
    assert_eq!(err, "", "groff");
    let (lint, err) = program("mandoc", "mandoc", &["-T", "lint", "-W", "warning"], page);
    assert_eq!(err, "", "mandoc");
    // A date would make the same tool write different pages.
    let complaints: Vec<&str> = lint.lines().filter(|line| !line.contains("missing date")).collect();
    assert_eq!(complaints, [] as [&str; 0]);
    out.replace('\u{2010}', "-")
}

#[test]
#[ignore = "needs groff"]
fn manual_pages_are_formatted_without_warnings() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("man1");
    tool(&["man", "--out", out.to_str().expect("UTF-8")]);
    let mut pages: Vec<_> =
        std::fs::read_dir(&out).expect("the folder").map(|entry| entry.expect("a page").path()).collect();
    pages.sort();
    let names: Vec<String> =
        pages.iter().map(|page| page.file_name().expect("a name").to_string_lossy().into_owned()).collect();
    let verbs = verbs();
    let mut expected: Vec<String> = verbs.iter().map(|verb| format!("thunkgen-{}.1", verb.replace(' ', "-"))).collect();
    expected.push("thunkgen.1".to_owned());
    expected.sort();
    assert_eq!(names, expected);
    for (page, name) in pages.iter().zip(&names) {
        let text = formatted(&std::fs::read_to_string(page).expect("UTF-8"));
        let title = name.trim_end_matches(".1");
        assert!(text.starts_with(&format!("{title}(1)")), "{}", &text[..200.min(text.len())]);
        if let Some(verb) = verbs.iter().find(|verb| format!("thunkgen-{}", verb.replace(' ', "-")) == title) {
            let missing: Vec<String> =
                options(verb).into_iter().filter(|option| !text.contains(option.as_str())).collect();
            assert_eq!(missing, [] as [&str; 0], "{name}");
        }
    }
    assert_eq!(tool(&["man"]), std::fs::read_to_string(out.join("thunkgen.1")).expect("UTF-8"));
}
