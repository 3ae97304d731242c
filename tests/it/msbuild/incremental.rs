//! The tool runs exactly when something it was told, read or wrote is another thing now.

use std::fs;

use thunkgen_tests::msbuild::{Engine, Sandbox};

use super::{ALL, on_every_engine, skipped};

on_every_engine! {
    nothing_changed,
    an_assembly_is_touched,
    an_assembly_is_replaced,
    an_assembly_is_left_out,
    an_option_changed,
    generated_files_changed,
    the_tool_changed,
}

fn built(engine: Engine) -> Sandbox {
    let sandbox = Sandbox::new(engine);
    sandbox.assembly("interop");
    sandbox.project(ALL);
    let log = sandbox.builds(&[]);
    assert_eq!((sandbox.started(), skipped(&log)), (vec!["generate".to_owned()], 0), "{}", log.text);
    sandbox.wait();
    sandbox
}

/// Runs again, and then never.
fn runs_once(sandbox: &Sandbox) {
    let log = sandbox.builds(&[]);
    assert_eq!((sandbox.started().len(), skipped(&log)), (1, 0), "{}", log.text);
    sandbox.wait();
    let log = sandbox.builds(&[]);
    assert_eq!((sandbox.started().len(), skipped(&log)), (0, 1), "{}", log.text);
}

fn nothing_changed(engine: Engine) {
    let sandbox = Sandbox::new(engine);
    sandbox.assembly("interop");
    sandbox.project(ALL);
    let clean = sandbox.builds(&[]);
    assert_eq!((sandbox.started().len(), skipped(&clean)), (1, 0), "{}", clean.text);
    let names = ["callhelpers-interp-to-managed.cpp", "callhelpers-pinvoke.cpp", "callhelpers-reverse.cpp"];
    assert_eq!(sandbox.generated().names(), names);
    assert_eq!(sandbox.generated().contents(), sandbox.generated_by_hand(&["bin"]).contents());
    // At once, and after a while.
    for _ in 0..2 {
        let before = sandbox.generated();
        let log = sandbox.builds(&[]);
        assert_eq!((sandbox.started().len(), skipped(&log)), (0, 1), "{}", log.text);
        // What later targets get to know is the same.
        for said in ["compiled: ", "written: "] {
            assert_eq!(log.lines_with(said), clean.lines_with(said));
        }
        assert_eq!(sandbox.generated(), before);
        sandbox.wait();
    }
    let written = clean.lines_with("written: ").concat();
    for name in names.iter().chain(&["App.proj.browser.rsp", "App.proj.browser.stamp"]) {
        let path = sandbox.path(&format!("obj/thunkgen/App/{name}"));
        assert!(path.exists() && written.contains(&path.display().to_string()), "{name}: {written}");
    }
}

fn an_assembly_is_touched(engine: Engine) {
    let sandbox = built(engine);
    let before = sandbox.generated();
    sandbox.touch("bin/Interop.dll");
    let log = sandbox.builds(&[]);
    assert_eq!((sandbox.started().len(), skipped(&log)), (1, 0), "{}", log.text);
    assert_eq!(sandbox.generated(), before, "what is generated is the same, and so are the files and their times");
    let log = sandbox.builds(&[]);
    assert_eq!((sandbox.started().len(), skipped(&log)), (0, 1), "{}", log.text);
}

fn an_assembly_is_replaced(engine: Engine) {
    let sandbox = built(engine);
    let before = sandbox.generated();
    let other = thunkgen_tests::fixtures::assembly("marshalling");
    sandbox.write("bin/Interop.dll", fs::read(other).unwrap());
    runs_once(&sandbox);
    assert_ne!(sandbox.generated().contents(), before.contents());
    assert_eq!(sandbox.generated().contents(), sandbox.generated_by_hand(&["bin"]).contents());
}

fn an_assembly_is_left_out(engine: Engine) {
    let sandbox = built(engine);
    // None of the files that are left is newer than the stamp.
    fs::remove_file(sandbox.path("bin/Interop.dll")).unwrap();
    runs_once(&sandbox);
    assert_eq!(sandbox.generated().contents(), sandbox.generated_by_hand(&["bin"]).contents());
}

fn an_option_changed(engine: Engine) {
    let sandbox = built(engine);
    let before = sandbox.generated();
    sandbox.project(&format!("{ALL}<ItemGroup><ThunkgenModule Include=\"native\" /></ItemGroup>"));
    runs_once(&sandbox);
    assert_ne!(sandbox.generated().contents(), before.contents());
    assert_eq!(sandbox.generated().contents(), sandbox.generated_by_hand(&["bin", "--module", "native"]).contents());
}

fn generated_files_changed(engine: Engine) {
    let sandbox = built(engine);
    let before = sandbox.generated();
    let (pinvoke, reverse) = ("obj/thunkgen/App/callhelpers-pinvoke.cpp", "obj/thunkgen/App/callhelpers-reverse.cpp");
    sandbox.write(pinvoke, "edited");
    runs_once(&sandbox);
    fs::remove_file(sandbox.path(reverse)).unwrap();
    runs_once(&sandbox);
    assert_eq!(sandbox.generated().contents(), before.contents());
}

fn the_tool_changed(engine: Engine) {
    let sandbox = built(engine);
    sandbox.touch("tool/thunkgen");
    runs_once(&sandbox);
    // Another one that is not newer.
    sandbox.write("other tool", fs::read(sandbox.path("tool/thunkgen")).unwrap());
    sandbox.make_executable("other tool");
    sandbox.wait();
    let body = "<PropertyGroup><ThunkgenPath>$(MSBuildProjectDirectory)/other tool</ThunkgenPath></PropertyGroup>";
    sandbox.project(&format!("{body}{ALL}"));
    let log = sandbox.builds(&[]);
    assert_eq!((sandbox.path("started").exists(), skipped(&log)), (true, 0), "{}", log.text);
}
