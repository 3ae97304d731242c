//! Every system call of a run on files fails with every error that it can have, or is the last one of the run. Outputs
//! are old or new as a whole, the exit code says which, and the next run completes and cleans up.

use std::fs;
use std::path::Path;
use std::process::Command;

use thunkgen_tests::executable;
use thunkgen_tests::faults::{Fault, Files, Point, Scenario, sample, text};

use super::{fixture_dir, is_whole};

/// Points of a scenario that are tried in CI.
const SAMPLE: usize = 60;

/// Copies the assemblies of fixtures.
fn copy_fixtures(folder: &Path, names: &[&str]) {
    for name in names {
        fs::create_dir(folder.join(name)).unwrap();
        for entry in fs::read_dir(fixture_dir(name)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "dll") {
                fs::copy(&path, folder.join(name).join(path.file_name().unwrap())).unwrap();
            }
        }
    }
}

fn generate() -> Scenario {
    let arguments = [
        "generate",
        "corlib",
        "facade",
        "interop-il",
        "--module",
        "*",
        "--out",
        "out",
        "--depfile",
        "out/deps.d",
        "--list-outputs",
        "out/list",
        "--diagnostics",
        "out/problems.json",
        "--owner",
        "me",
        "--format",
        "json",
    ];
    Scenario::new(executable::path(), "out", &arguments, |folder| {
        copy_fixtures(folder, &["corlib", "facade", "interop-il"]);
        let mut command = Command::new(executable::path());
        command.args(["generate", "corlib", "facade", "--out", "out", "--depfile", "out/deps.d", "--owner", "me"]);
        assert!(command.current_dir(folder).output().unwrap().status.success());
    })
}

fn emit() -> Scenario {
    let arguments =
        ["r2r", "emit", "corlib", "interop-il", "-r", "facade", "--out", "out/a.wasm", "--il-twin", "out/a.dll"];
    Scenario::new(executable::path(), "out", &arguments, |folder| {
        copy_fixtures(folder, &["corlib", "facade", "interop-il"]);
        let mut command = Command::new(executable::path());
        command.args(["r2r", "emit", "--key", "MviS8", "--out", "out/a.wasm", "--il-twin", "out/a.dll"]);
        assert!(command.current_dir(folder).output().unwrap().status.success());
    })
}

/// Why what a run did at a point is wrong.
fn problem(scenario: &Scenario, point: &Point) -> Option<String> {
    scenario.reset();
    let run = scenario.run_with(point);
    let mut found = scenario.files();
    let temporary: Vec<String> = found.keys().filter(|name| name.starts_with(".thunkgen-")).cloned().collect();
    temporary.iter().for_each(|name| _ = found.remove(name));
    // A document is written last, also about the reason why nothing else is.
    let is_document = |name: &str| name.ends_with(".json");
    for (name, bytes) in &found {
        if is_document(name) && bytes.ends_with(b"]\n") {
            continue;
        }
        let is_whole = [&scenario.before, &scenario.after].iter().any(|files| files.get(name) == Some(bytes));
        if !is_whole {
            return Some(format!("{name} is neither old nor new:\n{}", text(&run)));
        }
    }
    let tables = |files: &Files| -> Vec<(String, Vec<u8>)> {
        files.iter().filter(|(name, _)| !is_document(name)).map(|(name, bytes)| (name.clone(), bytes.clone())).collect()
    };
    let said = text(&run);
    let is_document_lost = said.contains("problems.json") || said.contains("cannot write to standard output");
    match (point.fault, run.status.code()) {
        (Fault::Kill, None) => {}
        // The last calls are made after the end of the output.
        (_, Some(0)) if tables(&found) == tables(&scenario.after) => {}
        (Fault::Error(_), Some(2 | 3)) if tables(&found) == tables(&scenario.before) => {}
        (Fault::Error(_), Some(3)) if is_document_lost && tables(&found) == tables(&scenario.after) => {}
        _ => return Some(format!("the files do not fit the exit code: {:?}\n{}", found.keys(), text(&run))),
    }
    if point.fault != Fault::Kill && !temporary.is_empty() && point.call != "unlink" {
        return Some(format!("temporary files of a run that ended: {temporary:?}\n{}", text(&run)));
    }
    let next = scenario.run();
    let repaired = next.status.success() && scenario.files() == scenario.after;
    (!repaired).then(|| format!("the next run does not repair it: {:?}\n{}", scenario.files().keys(), text(&next)))
}

fn check(name: &str, scenario: &Scenario) {
    let all = scenario.points();
    let total = all.len();
    let points = sample(all, (!is_whole()).then_some(SAMPLE), total as u64);
    let found = points.iter().filter_map(|point| Some(format!("{point:?}: {}", problem(scenario, point)?)));
    let problems: Vec<String> = found.collect();
    println!("{name}: {} of {total} points", points.len());
    let shown = problems.iter().take(5).map(String::as_str).collect::<Vec<_>>().join("\n");
    assert!(problems.is_empty(), "{} of {} points\n{shown}", problems.len(), points.len());
}

#[test]
#[ignore = "needs strace, which tests/run.sh installs"]
fn a_fault_in_generate_leaves_old_or_new_files() {
    check("generate", &generate());
}

#[test]
#[ignore = "needs strace, which tests/run.sh installs"]
fn a_fault_in_r2r_emit_leaves_old_or_new_files() {
    check("r2r emit", &emit());
}
