//! A build that is canceled ends at once, and with it the program.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use thunkgen_tests::cost::HANG;
use thunkgen_tests::msbuild::Log;
use thunkgen_tests::task_shim::engine::Project;

use super::{BUILD, FILES};

/// Waits for a file, and for what is in it.
fn wait_for(path: &Path) -> String {
    let start = Instant::now();
    loop {
        match std::fs::read_to_string(path) {
            Ok(text) if text.ends_with('\n') => return text.trim().to_owned(),
            _ => assert!(start.elapsed() < HANG, "no {}", path.display()),
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn signal(name: &str, process: &str) -> bool {
    Command::new("sh").args(["-c", &format!("kill -{name} {process} 2>/dev/null")]).status().unwrap().success()
}

/// The log of a build that is interrupted as soon as its program runs, and the process of that.
fn interrupted(project: &Project, script: &str) -> (Log, String) {
    project.write("slow", format!("#!/bin/sh\n{script}\n"));
    std::fs::set_permissions(project.path("slow"), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let body = BUILD.replace("DotNetHostPath=", "ThunkgenTaskPath=\"slow\" DotNetHostPath=");
    let mut command = project.command(&body, &[]);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let build: Child = command.spawn().unwrap();
    let program = wait_for(&project.path("pid"));
    assert!(signal("INT", &build.id().to_string()));
    let output = build.wait_with_output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    (Log { succeeded: output.status.success(), text }, program)
}

#[test]
#[ignore = "needs the C# compiler"]
fn the_program_is_ended() {
    let project = Project::new(&["corlib", "facade", "interop"]);
    assert!(project.build(BUILD, &[]).log.succeeded);
    let files = || FILES.map(|file| std::fs::read(project.path(file)).unwrap());
    let before = files();
    std::fs::remove_file(project.path("Interop.dll")).unwrap();
    let temporary = project.path("temporary");
    std::fs::create_dir(&temporary).unwrap();
    // The program itself, were it slow: it never gets to its work.
    let (log, program) = interrupted(&project, "echo $$ > pid; exec sleep 600");
    let built = project.finish(log);
    assert!(!built.log.succeeded && !signal("0", &program), "{}", built.log.text);
    assert!(built.events("error").is_empty(), "a canceled build is no error of the task\n{}", built.log.text);
    let ended = format!("{} was stopped because the build was canceled", project.path("slow").display());
    assert!(built.says(&ended), "{}", built.log.text);
    assert_eq!(files(), before);
    // The next build does what this one did not.
    assert!(project.build(BUILD, &[]).says("skipped False"));
    assert_ne!(files(), before);
}

/// Who still has the program's streams does not keep the build.
#[test]
#[ignore = "needs the C# compiler"]
fn a_process_that_is_left_behind_keeps_nobody() {
    let project = Project::new(&["corlib", "facade"]);
    let (log, program) = interrupted(&project, "sleep 600 & echo $! > child; echo $$ > pid; wait");
    let child = wait_for(&project.path("child"));
    assert!(!log.succeeded && !signal("0", &program), "{}", log.text);
    assert!(signal("KILL", &child), "it was there all the time");
    assert!(!project.path("obj").exists());
}
