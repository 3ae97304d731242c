//! The program that the task starts: where it is looked for, and what becomes of one that does not do its work.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use thunkgen_tests::task_shim::engine::Project;

use super::{BUILD, TASK};

fn set_mode(path: &Path, mode: u32) {
    std::fs::set_permissions(path, PermissionsExt::from_mode(mode)).unwrap();
}

/// The build with another program.
fn with_program(path: &str) -> String {
    BUILD.replace("DotNetHostPath=", &format!("ThunkgenTaskPath=\"{path}\" DotNetHostPath="))
}

/// The one error of a build that fails without an answer.
fn no_answer(project: &Project, body: &str) -> String {
    let built = project.build(body, &[]);
    assert!(!built.log.succeeded && !project.path("obj").exists(), "{}", built.log.text);
    let errors = built.events("error");
    let [error] = errors[..] else { panic!("{}", built.log.text) };
    assert_eq!((&*error.code, error.position), ("TG0523", TASK));
    assert_eq!(error.file, project.path("app.proj").to_str().unwrap());
    error.message.clone()
}

#[test]
#[ignore = "needs the C# compiler"]
fn a_missing_program_is_named() {
    let project = Project::new(&["corlib", "facade"]);
    std::fs::rename(project.path("tasks/thunkgen-task"), project.path("elsewhere")).unwrap();
    let message = no_answer(&project, BUILD);
    let beside = project.path("tasks/thunkgen-task").display().to_string();
    assert!(message.starts_with(&format!("there is no program {beside} or ")), "{message}");
    assert!(message.ends_with("; set the parameter ThunkgenTaskPath"), "{message}");
    let message = no_answer(&project, &with_program("no/such"));
    let advice = "; correct the parameter ThunkgenTaskPath";
    assert_eq!(message, format!("there is no program {}{advice}", project.path("no/such").display()));
    // What `explain` shows.
    let (line, column) = TASK;
    let shown = message.replace(&project.path("").display().to_string(), "/src/");
    assert_eq!(
        thunkgen_diagnostics::example("TG0523"),
        Some(&*format!("/src/app.proj({line},{column}): error TG0523: {shown}"))
    );
    let built = project.build(&with_program("elsewhere"), &[]);
    assert!(built.log.succeeded, "relative to the project\n{}", built.log.text);
}

/// A package has the task beside a folder for each kind of machine.
#[test]
#[ignore = "needs the C# compiler"]
fn the_program_of_the_machine_is_found() {
    for folder in ["tasks/linux-x64", "linux-x64"] {
        let project = Project::new(&["corlib", "facade"]);
        std::fs::create_dir(project.path(folder)).unwrap();
        std::fs::rename(project.path("tasks/thunkgen-task"), project.path(folder).join("thunkgen-task")).unwrap();
        let built = project.build(BUILD, &[]);
        assert!(built.log.succeeded, "{folder}\n{}", built.log.text);
    }
}

/// Packages lose the permission to execute a file.
#[test]
#[ignore = "needs the C# compiler"]
fn a_program_without_permission_gets_it() {
    let project = Project::new(&["corlib", "facade"]);
    set_mode(&project.path("tasks/thunkgen-task"), 0o644);
    let built = project.build(BUILD, &[]);
    assert!(built.log.succeeded, "{}", built.log.text);
}

#[test]
#[ignore = "needs the C# compiler"]
fn what_is_no_program_is_an_error() {
    let project = Project::new(&["corlib", "facade"]);
    project.write("text", "no program\n");
    set_mode(&project.path("text"), 0o755);
    let message = no_answer(&project, &with_program("text"));
    assert!(message.starts_with("thunkgen-task cannot be run: ") && message.contains("text"), "{message}");
}

#[test]
#[ignore = "needs the C# compiler"]
fn what_gives_no_answer_is_quoted() {
    let project = Project::new(&["corlib", "facade"]);
    for (script, message) in [
        ("echo out; echo err >&2; exit 5", "exited with code 5 without an answer; its output: "),
        ("kill -SEGV $$", "exited with code 139 without an answer"),
        ("echo '<Project' > \"$3\"", "thunkgen-task cannot be run: "),
        ("echo '<Project/>' > \"$3\"", "thunkgen-task failed without a reason"),
    ] {
        project.write("script", format!("#!/bin/sh\n{script}\n"));
        set_mode(&project.path("script"), 0o755);
        let found = no_answer(&project, &with_program("script"));
        assert!(found.contains(message), "{script}: {found}");
        if script.starts_with("echo out") {
            assert!(found.contains("out") && found.contains("err"), "{found}");
        }
    }
}

/// A folder for temporary files can have any name, and nothing stays in it.
#[test]
#[ignore = "needs the C# compiler"]
fn names_of_temporary_files_are_quoted() {
    let project = Project::new(&["corlib", "facade"]);
    for name in ["with space", "quo\"te\\", "\\", "a;b%41$(x)'", "grün 🦀"] {
        let folder = project.path(name);
        std::fs::create_dir(&folder).unwrap();
        let mut command = project.command(BUILD, &[]);
        command.env("TMPDIR", &folder);
        let built = project.finish(thunkgen_tests::msbuild::Log::of(command));
        assert!(built.log.succeeded, "{name}\n{}", built.log.text);
        let left: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        let left: Vec<_> = left.iter().filter(|name| name.to_string_lossy().starts_with("thunkgen")).collect();
        assert!(left.is_empty(), "{left:?}");
    }
}
