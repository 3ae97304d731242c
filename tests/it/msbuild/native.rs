//! The P/Invokes are compared with the native files that the project links, before it links them.

use std::fs;

use thunkgen_tests::data::crate_dir;
use thunkgen_tests::metadata_writer::{AssemblyWriter, Container, Sig, flags};
use thunkgen_tests::msbuild::{Engine, Log, Sandbox};

use super::{ALL, on_every_engine};

on_every_engine! {
    what_does_not_fit_fails_the_build,
    nothing_is_compared_without_native_files,
}

/// The native files of the app, as its project names them.
const LINKED: &str = "<ItemGroup><NativeFileReference Include=\"native/*\" /></ItemGroup>";

/// Warnings about the fixture's variadic functions, which are not what this is about.
const QUIET: &str = "<PropertyGroup><NoWarn>TG0202;TG0204;TG0603;TG0604;TG0605;TG0607</NoWarn></PropertyGroup>";

pub(super) fn native(sandbox: &Sandbox, file: &str) {
    let bytes = fs::read(crate_dir().join("fixtures/native-side").join(file)).expect("the fixture");
    sandbox.write(&format!("native/{file}"), bytes);
}

/// An assembly in the place of the fixture's, which declares one function and has its color as a C# `long`, or right.
pub(super) fn declares(sandbox: &Sandbox, color: &Sig) {
    let mut writer = AssemblyWriter::new("NativeSide");
    let core_library = writer.assembly_ref("System.Private.CoreLib");
    let object = writer.type_ref(core_library, "System", "Object");
    writer.type_def(flags::STATIC_CLASS, "Drawing", "Canvas", object);
    let module = writer.module_ref("draw");
    writer.pinvoke(module, "draw_circle", &Sig::I4, &[Sig::R4, Sig::R4, color.clone()]);
    sandbox.write("bin/NativeSide.dll", writer.finish(Container::Pe32));
}

/// Whether the engine skipped the comparison, each time it came to it.
fn skipped(log: &Log) -> usize {
    log.lines_with("Skipping target \"_ThunkgenRunCheckNative\" because").len()
}

fn what_does_not_fit_fails_the_build(engine: Engine) {
    let sandbox = Sandbox::new(engine);
    sandbox.assembly("native-side");
    for file in ["libdraw.a", "libpaint.a", "draw.c"] {
        native(&sandbox, file);
    }
    sandbox.project(&format!("{ALL}{LINKED}{QUIET}"));
    // Also in the next build: what failed is not up to date.
    for verbs in [&["generate", "check-native"][..], &["check-native"]] {
        let log = sandbox.fails(&[]);
        assert_eq!(sandbox.started(), verbs, "{}", log.text);
        let told = log.lines_with("error TG0602: Drawing.Canvas.draw_circle (0x06000007): ");
        assert!(!told.is_empty() && told.iter().all(|line| line.contains("bin/NativeSide.dll")), "{}", log.text);
        assert!(log.lines_with("compiled: ").is_empty(), "nothing is compiled after an error\n{}", log.text);
        // Sources are not what can be compared.
        assert!(!log.lines_with("ThunkgenCheckNative does not compare native/draw.c: ").is_empty(), "{}", log.text);
    }
    // Mended, it goes on, and not again.
    declares(&sandbox, &Sig::I4);
    let log = sandbox.builds(&[]);
    assert_eq!(sandbox.started(), ["generate", "check-native"], "{}", log.text);
    let written = log.lines_with("written: ").concat();
    for state in ["App.proj.browser.native.stamp", "App.proj.browser.native.rsp"] {
        assert!(written.contains(state) && sandbox.path(&format!("obj/thunkgen/App/{state}")).exists(), "{written}");
    }
    sandbox.wait();
    let log = sandbox.builds(&[]);
    assert_eq!((sandbox.started().len(), skipped(&log)), (0, 1), "{}", log.text);
    // A library that is newer is compared, and generates nothing.
    sandbox.touch("native/libdraw.a");
    let log = sandbox.builds(&[]);
    assert_eq!((sandbox.started(), skipped(&log)), (vec!["check-native".to_owned()], 0), "{}", log.text);
    // A declaration too.
    sandbox.wait();
    declares(&sandbox, &Sig::I8);
    let log = sandbox.fails(&[]);
    assert!(!log.lines_with("error TG0602: ").is_empty(), "{}", log.text);
    sandbox.started();
    sandbox.project(&format!(
        "{ALL}{LINKED}{QUIET}<PropertyGroup><ThunkgenCheckNativeEnabled>false</ThunkgenCheckNativeEnabled></PropertyGroup>"
    ));
    sandbox.builds(&[]);
    assert_eq!(sandbox.started().len(), 0);
}

fn nothing_is_compared_without_native_files(engine: Engine) {
    let sandbox = Sandbox::new(engine);
    sandbox.assembly("native-side");
    native(&sandbox, "draw.c");
    for body in [String::new(), LINKED.to_owned()] {
        sandbox.project(&format!("{ALL}{QUIET}{body}"));
        let log = sandbox.builds(&[]);
        assert_eq!(sandbox.started(), ["generate"], "{}", log.text);
        assert!(!sandbox.path("obj/thunkgen/App/App.proj.browser.native.rsp").exists());
    }
}

#[test]
#[ignore = "needs the MSBuild engine"]
fn a_target_without_native_files_is_left_out() {
    let sandbox = Sandbox::new(Engine::msbuild());
    declares(&sandbox, &Sig::I4);
    native(&sandbox, "libdraw.a");
    let properties = "<PropertyGroup><ThunkgenTargetOS>browser;wasi</ThunkgenTargetOS></PropertyGroup>";
    for (target, compared) in [("wasi", 1), ("other", 0)] {
        let items = format!(
            "<ItemGroup><ThunkgenNativeReference Include=\"native/libdraw.a\"><TargetOS>{target}</TargetOS>\
             </ThunkgenNativeReference></ItemGroup>"
        );
        sandbox.project_with("App.proj", properties, &format!("{ALL}{QUIET}{items}"));
        let log = sandbox.builds(&[]);
        let started = sandbox.started().into_iter().filter(|verb| verb == "check-native").count();
        assert_eq!(started, compared, "{}", log.text);
    }
}

/// Of several targets each is compared with its own.
#[test]
#[ignore = "needs the MSBuild engine"]
fn each_target_has_its_native_files() {
    let sandbox = Sandbox::new(Engine::msbuild());
    declares(&sandbox, &Sig::I4);
    native(&sandbox, "libdraw.a");
    fs::create_dir(sandbox.path("native/wasi")).expect("a folder");
    fs::copy(sandbox.path("native/libdraw.a"), sandbox.path("native/wasi/libdraw.a")).expect("a copy");
    let properties = "<PropertyGroup><ThunkgenTargetOS>browser;wasi</ThunkgenTargetOS></PropertyGroup>";
    let items = "<ItemGroup>
        <ThunkgenNativeReference Include=\"native/libdraw.a\"><TargetOS>browser</TargetOS></ThunkgenNativeReference>
        <ThunkgenNativeReference Include=\"native/wasi\"><TargetOS>wasi</TargetOS></ThunkgenNativeReference>
        <ThunkgenCheckNativeOption Include=\"--diagnostics obj/native.json\" />
      </ItemGroup>";
    sandbox.project_with("App.proj", properties, &format!("{ALL}{QUIET}{items}"));
    let log = sandbox.builds(&[]);
    assert_eq!(sandbox.started(), ["generate", "generate", "check-native", "check-native"], "{}", log.text);
    assert_eq!(log.lines_with("thunkgen: compared 1 P/Invoke").len(), 2, "{}", log.text);
    assert!(sandbox.path("obj/native.json").exists());
    sandbox.wait();
    let log = sandbox.builds(&[]);
    assert_eq!((sandbox.started().len(), skipped(&log)), (0, 2), "{}", log.text);
    // A file of the directory that changed.
    sandbox.write("native/wasi/libdraw.a", "no archive");
    let log = sandbox.fails(&[]);
    assert!(!log.lines_with("error TG0609: ").is_empty(), "{}", log.text);
}

/// A file can have the name of another library, and with the whole link a missing function is an error.
#[test]
#[ignore = "needs the MSBuild engine"]
fn libraries_of_a_file_and_the_whole_link() {
    let sandbox = Sandbox::new(Engine::msbuild());
    let mut writer = AssemblyWriter::new("NativeSide");
    let core_library = writer.assembly_ref("System.Private.CoreLib");
    let object = writer.type_ref(core_library, "System", "Object");
    writer.type_def(flags::STATIC_CLASS, "Drawing", "Canvas", object);
    let module = writer.module_ref("easel");
    writer.pinvoke(module, "easel_missing", &Sig::I4, &[]);
    sandbox.write("bin/NativeSide.dll", writer.finish(Container::Pe32));
    native(&sandbox, "libdraw.a");
    let items = "<ItemGroup><ThunkgenNativeReference Include=\"native/libdraw.a\" /></ItemGroup>";
    sandbox.project(&format!("{ALL}{QUIET}{items}"));
    let log = sandbox.fails(&[]);
    // The advice in words of MSBuild.
    let advice = "or give a file its name: the metadata Library=\"easel\" of its item ThunkgenNativeReference";
    assert!(!log.lines_with("error TG0615: ").is_empty() && log.text.contains(advice), "{}", log.text);
    let items = "<ItemGroup><ThunkgenNativeReference Include=\"native/libdraw.a\" Library=\"easel\" /></ItemGroup>";
    sandbox.project(&format!("{ALL}{QUIET}{items}"));
    let log = sandbox.fails(&[]);
    assert!(!log.lines_with("warning TG0601: ").is_empty(), "{}", log.text);
    assert!(log.lines_with("error TG0601: ").is_empty(), "{}", log.text);
    let log = sandbox.fails(&["-p:ThunkgenWholeLink=true"]);
    let told = log.lines_with("error TG0601: ").concat();
    assert!(told.contains("; or suppress it with a reason (the item ThunkgenSuppressions)"), "{}", log.text);
}

/// The items hold for both runs, and warnings are what the project makes of them.
#[test]
#[ignore = "needs the MSBuild engine"]
fn it_runs_with_what_the_project_says() {
    let sandbox = Sandbox::new(Engine::msbuild());
    sandbox.assembly("native-side");
    sandbox.assembly("errors-unknown-struct");
    native(&sandbox, "libpaint.a");
    // It has the library's name, and none of its functions.
    let other = fs::read(crate_dir().join("fixtures/library-names/foo.o")).expect("the fixture");
    sandbox.write("native/draw.o", other);
    let entry = "[[suppress]]\ncode = \"TG0601,TG0603\"\nreason = \"linked otherwise\"\n";
    sandbox.write("lists/suppressions.toml", entry);
    let items = "<ItemGroup>
        <ThunkgenNativeReference Include=\"native/libpaint.a;native/draw.o\" />
        <ThunkgenSuppressions Include=\"lists/suppressions.toml\" />
        <ThunkgenModule Include=\"draw\" />
        <ThunkgenStructSize Include=\"Missing.Point\" Size=\"8\" Alignment=\"4\" />
        <ThunkgenStructSize Include=\"Missing.Kind\" Size=\"4\" />
      </ItemGroup>";
    let warns = "<PropertyGroup><NoWarn>TG0202;TG0204;TG0214</NoWarn></PropertyGroup>";
    sandbox.project(&format!("{ALL}{warns}{items}"));
    let log = sandbox.builds(&["-p:TreatWarningsAsErrors=true"]);
    assert!(log.lines_with("TG0603").is_empty(), "{}", log.text);
    sandbox.write("lists/suppressions.toml", "");
    let log = sandbox.builds(&[]);
    assert!(!log.lines_with("warning TG0603: ").is_empty(), "{}", log.text);
    for switch in ["-p:TreatWarningsAsErrors=true", "-p:WarningsAsErrors=TG0603"] {
        let log = sandbox.fails(&[switch]);
        assert!(!log.lines_with("error TG0603: ").is_empty(), "{}", log.text);
    }
    let log = sandbox.builds(&["-p:NoWarn=TG0603%3BTG0202%3BTG0204%3BTG0214"]);
    assert!(log.lines_with("TG0603").is_empty(), "{}", log.text);
}

/// Where the step of the workload runs the tool, the native code is compared before it.
#[test]
#[ignore = "needs the MSBuild engine"]
fn it_comes_before_the_step_of_the_workload() {
    let sandbox = Sandbox::new(Engine::msbuild());
    declares(&sandbox, &Sig::I8);
    native(&sandbox, "libdraw.a");
    let replace = "<PropertyGroup><ThunkgenReplaceCrossgen2>true</ThunkgenReplaceCrossgen2></PropertyGroup>";
    let step = super::crossgen2::step("Crossgen2Path");
    sandbox.project(&format!("{step}{replace}{ALL}{QUIET}{LINKED}"));
    let log = sandbox.fails(&["-t:Relink"]);
    assert_eq!(sandbox.started(), ["check-native"], "{}", log.text);
    declares(&sandbox, &Sig::I4);
    let log = sandbox.builds(&["-t:Relink"]);
    assert_eq!(sandbox.started()[0], "check-native", "{}", log.text);
}

/// Stubs come beside the tables, and are made again when the comments of an assembly change.
#[test]
#[ignore = "needs the MSBuild engine"]
fn stubs_come_beside_the_tables() {
    let sandbox = Sandbox::new(Engine::msbuild());
    sandbox.assembly("documented");
    let comments = fs::read_to_string(crate_dir().join("fixtures/documented/Documented.xml")).expect("the fixture");
    sandbox.write("bin/Documented.xml", &comments);
    let body = "<ItemGroup><ThunkgenModule Include=\"%2A\" /></ItemGroup>
        <PropertyGroup><ThunkgenStubs>rust;c-header</ThunkgenStubs></PropertyGroup>";
    sandbox.project(&format!("{ALL}{QUIET}{body}"));
    // What somebody else keeps there is nobody's to clean.
    sandbox.write("obj/thunkgen/App/mine.h", "#define MINE\n");
    let log = sandbox.builds(&[]);
    let written = log.lines_with("written: ").concat();
    assert!(!written.contains("mine.h"), "{}", log.text);
    for file in ["documented.rs", "documented.h"] {
        assert!(sandbox.path(&format!("obj/thunkgen/App/{file}")).exists() && written.contains(file), "{}", log.text);
    }
    assert_eq!(sandbox.started(), ["generate"]);
    sandbox.wait();
    sandbox.builds(&[]);
    assert_eq!(sandbox.started().len(), 0);
    sandbox.write("bin/Documented.xml", comments.replace("Opens the recorder.", "Opens a recorder."));
    sandbox.builds(&[]);
    assert_eq!(sandbox.started(), ["generate"]);
    let module = fs::read_to_string(sandbox.path("obj/thunkgen/App/documented.rs")).expect("a stub file");
    assert!(module.contains("Opens a recorder."), "{module}");
    // One that is gone, or was edited, is made again.
    let header = sandbox.path("obj/thunkgen/App/documented.h");
    let before = fs::read_to_string(&header).expect("a stub file");
    for edited in [None, Some(format!("{before}// mine\n"))] {
        sandbox.wait();
        match edited {
            None => fs::remove_file(&header).expect("a file"),
            Some(text) => fs::write(&header, text).expect("a file"),
        }
        let log = sandbox.builds(&[]);
        assert_eq!(sandbox.started(), ["generate"], "{}", log.text);
        assert_eq!(fs::read_to_string(&header).expect("a stub file"), before);
    }
    sandbox.wait();
    sandbox.builds(&[]);
    assert_eq!(sandbox.started().len(), 0);
    // A list on the command line.
    fs::remove_dir_all(sandbox.path("obj")).expect("the folder");
    sandbox.builds(&["-p:ThunkgenStubs=c-header%3Brust"]);
    assert!(sandbox.path("obj/thunkgen/App/documented.rs").exists());
}

/// Both steps read the same assemblies.
#[test]
#[ignore = "needs the MSBuild engine"]
fn warnings_are_reported_once() {
    let sandbox = Sandbox::new(Engine::msbuild());
    declares(&sandbox, &Sig::I4);
    native(&sandbox, "libdraw.a");
    sandbox.project(&format!("{ALL}{LINKED}"));
    for verbs in [&["generate", "check-native"][..], &[]] {
        let log = sandbox.builds(&["-v:q"]);
        assert_eq!(sandbox.started(), verbs, "{}", log.text);
        assert_eq!(log.lines_with("warning TG0202: Fixture.Statics.Generic ").len(), 1, "{}", log.text);
        sandbox.wait();
    }
}
