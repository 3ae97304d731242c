//! The CMake module, with CMake, Ninja, Make and clang as Debian has them: the tool runs exactly when it has to.
//!
//! What runs is counted: the executable that CMake is given is a script that adds a line to a file and then becomes the
//! tool, and the compiler is started through another one.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

use thunkgen_tests::data::crate_dir;
use thunkgen_tests::executable;
use thunkgen_tests::metadata_writer::{AssemblyWriter, Container, Sig, flags};

/// The example project, configured for an app of its own.
struct Project {
    folder: tempfile::TempDir,
    generator: &'static str,
    counts: std::cell::Cell<(usize, usize)>,
    /// Grows with every touch, so that times differ on any file system.
    clock: std::cell::Cell<u64>,
}

/// A path of the app with every character that CMake, Ninja and Make can all handle.
const APP: &str = "my app (1) [x] é +%";

impl Project {
    fn new(generator: &'static str) -> Project {
        let folder = tempfile::tempdir().expect("a folder");
        let project = Project { folder, generator, counts: Default::default(), clock: Default::default() };
        for name in ["tool", "compiler"] {
            let counter = project.at(&format!("{name}.count"));
            let real = if name == "tool" { executable::path().display().to_string() } else { String::new() };
            project.script(name, &format!("echo run >> '{}'\nexec {real} \"$@\"\n", counter.display()));
        }
        for fixture in ["corlib/System.Private.CoreLib.dll", "facade/System.Runtime.dll"] {
            project.add(fixture);
        }
        project
    }

    fn at(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    fn app(&self, file: &str) -> PathBuf {
        self.at(APP).join(file)
    }

    fn script(&self, name: &str, text: &str) {
        fs::write(self.at(name), format!("#!/bin/sh\n{text}")).expect("a script");
        fs::set_permissions(self.at(name), fs::Permissions::from_mode(0o755)).expect("permissions");
    }

    fn add(&self, fixture: &str) {
        let from = crate_dir().join("fixtures").join(fixture);
        fs::create_dir_all(self.at(APP)).expect("a folder");
        fs::copy(&from, self.app(&from.file_name().expect("a file").to_string_lossy())).expect("a fixture");
    }

    /// Makes a file newer than everything before.
    fn touch(&self, path: &Path) {
        self.clock.set(self.clock.get() + 1);
        let file = fs::File::options().append(true).open(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        file.set_modified(SystemTime::now() + Duration::from_millis(10 * self.clock.get())).expect("a time");
        std::thread::sleep(Duration::from_millis(20 * self.clock.get()));
    }

    fn configure(&self, more: &[String]) {
        self.configure_source(&crate_dir().join("../build-integration/cmake/example"), more);
    }

    fn configure_source(&self, source: &Path, more: &[String]) {
        let toolchain = crate_dir().join("../build-integration/cmake/example/wasm32-clang.cmake");
        let mut command = Command::new("cmake");
        command.args(["-G", self.generator, "-Wno-dev", "-S"]).arg(source).arg("-B").arg(self.at("build"));
        command.arg("--toolchain").arg(toolchain);
        command.arg("-D").arg(format!("APP={}", self.at(APP).display()));
        command.arg("-D").arg(format!("THUNKGEN_EXECUTABLE={}", self.at("tool").display()));
        command.arg("-D").arg(format!("CMAKE_CXX_COMPILER_LAUNCHER={}", self.at("compiler").display())).args(more);
        if let Ok(clang) = std::env::var("CLANGXX") {
            command.arg("-D").arg(format!("CMAKE_CXX_COMPILER={clang}"));
        }
        let output = command.output().expect("cmake runs (Debian: cmake ninja-build make)");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    /// Builds; says how it ended and what it printed.
    fn try_build(&self) -> (bool, String) {
        let output = Command::new("cmake").arg("--build").arg(self.at("build")).output().expect("cmake runs");
        let text = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
        (output.status.success(), text)
    }

    /// Builds, and says how often tool and compiler ran.
    fn build(&self) -> (usize, usize) {
        let (success, text) = self.try_build();
        assert!(success, "{text}");
        self.ran()
    }

    /// How often tool and compiler ran since it was asked last.
    fn ran(&self) -> (usize, usize) {
        let count = |name: &str| fs::read_to_string(self.at(name)).map_or(0, |text| text.lines().count());
        let now = (count("tool.count"), count("compiler.count"));
        let before = self.counts.replace(now);
        (now.0 - before.0, now.1 - before.1)
    }

    fn output(&self, file: &str) -> PathBuf {
        self.at("build/thunkgen/app_thunks").join(file)
    }
}

const NOTHING: (usize, usize) = (0, 0);

#[test]
#[ignore = "needs CMake and clang"]
fn with_ninja_it_runs_exactly_when_needed() {
    let project = Project::new("Ninja");
    project.configure(&[]);
    project.ran();
    assert_eq!(project.build(), (1, 3), "clean");
    assert!(project.at("build/libapp_thunks.a").is_file());
    assert_eq!(project.build(), NOTHING, "nothing to do");

    project.touch(&project.app("System.Runtime.dll"));
    assert_eq!(project.build(), (1, 0), "a touched assembly: the files stay as they are, nothing is compiled");
    assert_eq!(project.build(), NOTHING, "and that is remembered");

    project.add("interop/Interop.dll");
    assert_eq!(project.build(), (1, 3), "an assembly came");
    assert_eq!(project.build(), NOTHING);

    let other = crate_dir().join("fixtures/interop-linux/InteropLinux.dll");
    fs::copy(other, project.app("Interop.dll")).expect("a fixture");
    project.touch(&project.app("Interop.dll"));
    let (tool, compiler) = project.build();
    assert!(tool == 1 && compiler >= 1, "an assembly changed: {compiler}");
    assert_eq!(project.build(), NOTHING);

    fs::remove_file(project.app("Interop.dll")).expect("the assembly");
    let (tool, compiler) = project.build();
    assert!(tool == 1 && compiler >= 1, "an assembly went: {compiler}");
    assert_eq!(project.build(), NOTHING);

    fs::remove_file(project.output("callhelpers-pinvoke.cpp")).expect("the output");
    assert_eq!(project.build(), (1, 1), "an output went");
    assert_eq!(project.build(), NOTHING);

    project.touch(&project.at("tool"));
    assert_eq!(project.build(), (1, 0), "the tool changed");
    assert_eq!(project.build(), NOTHING);
}

#[test]
#[ignore = "needs CMake and clang"]
fn what_the_arguments_name_counts_too() {
    let project = Project::new("Ninja");
    project.add("interop/Interop.dll");
    // A project of its own, with every parameter; the target's name is false to CMake.
    let source = project.at("source");
    fs::create_dir(&source).expect("a folder");
    let write = |name: &str, text: &str| fs::write(source.join(name), text).expect("a file");
    write("modules.txt", "native\n");
    write("extra.txt", "MviS8 # why\n");
    write("sizes.txt", "A.D=4\n");
    write("suppressions.toml", "[[suppress]]\ncode = \"TG0202\"\nreason = \"never called\"\n");
    let lists = |options: &str| {
        format!(
            "cmake_minimum_required(VERSION 3.20)\nproject(p CXX)\n\
             list(APPEND CMAKE_MODULE_PATH \"{}\")\ninclude(Thunkgen)\n\
             add_library(n OBJECT)\ntarget_compile_options(n PRIVATE -std=c++17 -msimd128)\n\
             target_include_directories(n PRIVATE \"{}\")\n\
             thunkgen_generate(TARGET n ASSEMBLIES \"${{APP}}/Interop.dll\" REFERENCES \"${{APP}}\"\n  \
             MODULES a b MODULE_LISTS modules.txt TARGET_OS wasi RUNTIME 12.0\n  \
             EXTRA_SIGNATURES extra.txt STRUCT_SIZES \"A.B=8\" \"A.C=16:8\" STRUCT_SIZE_FILES sizes.txt\n  \
             SUPPRESSIONS suppressions.toml OUTPUT_DIRECTORY \"gen erated\" {options})\n",
            crate_dir().join("../build-integration/cmake").canonicalize().expect("the module").display(),
            crate_dir().join("../templates/compat").canonicalize().expect("the headers").display(),
        )
    };
    write("CMakeLists.txt", &lists(""));
    project.configure(&["-S".to_owned(), source.display().to_string()]);
    project.ran();
    assert_eq!(project.build(), (1, 3), "clean");
    assert_eq!(project.build(), NOTHING);
    let first_line = fs::read_to_string(project.at("build/gen erated/callhelpers-pinvoke.cpp")).expect("an output");
    assert!(first_line.contains("contract=portable-callhelpers target=wasi"), "{first_line}");
    for (file, why) in [
        ("modules.txt", "a list"),
        ("extra.txt", "extra signatures"),
        ("sizes.txt", "declared sizes"),
        ("suppressions.toml", "suppressions"),
    ] {
        project.touch(&source.join(file));
        assert_eq!(project.build(), (1, 0), "{why}");
        assert_eq!(project.build(), NOTHING, "{why}");
    }
    project.touch(&project.app("System.Runtime.dll"));
    assert_eq!(project.build(), (1, 0), "a reference");
    write("CMakeLists.txt", &lists("OPTIONS --module native2"));
    project.touch(&source.join("CMakeLists.txt"));
    assert_eq!(project.build(), (1, 0), "an argument that changes nothing");
    write("extra.txt", "MviS16 # why\n");
    project.touch(&source.join("extra.txt"));
    assert_eq!(project.build(), (1, 1), "one table changes");
    assert_eq!(project.build(), NOTHING);
    write("CMakeLists.txt", &lists("CONTRACT wasm-thunks"));
    project.touch(&source.join("CMakeLists.txt"));
    assert_eq!(project.build().0, 1, "another contract");
    let first_line = fs::read_to_string(project.at("build/gen erated/callhelpers-pinvoke.cpp")).expect("an output");
    assert!(first_line.contains("contract=wasm-thunks target=wasi"), "{first_line}");
}

#[test]
#[ignore = "needs CMake and clang"]
fn an_error_stops_the_build_and_leaves_the_files() {
    let project = Project::new("Ninja");
    project.configure(&[]);
    project.build();
    let before = fs::read(project.output("callhelpers-interp-to-managed.cpp")).expect("an output");
    let whole = fs::read(project.app("System.Private.CoreLib.dll")).expect("an assembly");
    // The metadata begins with BSJB; its first stream now begins far outside of the file.
    let root = whole.windows(4).position(|bytes| bytes == b"BSJB").expect("metadata");
    let mut broken = whole.clone();
    broken[root + 32..root + 36].copy_from_slice(&[0xff; 4]);
    fs::write(project.app("System.Private.CoreLib.dll"), &broken).expect("a file");
    project.touch(&project.app("System.Private.CoreLib.dll"));
    for _ in 0..2 {
        let (success, text) = project.try_build();
        assert!(!success && text.contains("System.Private.CoreLib.dll: error TG0002: "), "{text}");
        assert_eq!(project.ran().0, 1, "it is tried again until it succeeds");
    }
    assert_eq!(fs::read(project.output("callhelpers-interp-to-managed.cpp")).expect("an output"), before);
    fs::write(project.app("System.Private.CoreLib.dll"), &whole).expect("a file");
    project.touch(&project.app("System.Private.CoreLib.dll"));
    assert_eq!(project.build(), (1, 0));
    assert_eq!(project.build(), NOTHING);
}

#[test]
#[ignore = "needs CMake and clang"]
fn with_make_it_runs_when_needed_and_not_again() {
    let project = Project::new("Unix Makefiles");
    project.configure(&[]);
    project.ran();
    assert_eq!(project.build(), (1, 3), "clean");
    assert_eq!(project.build(), NOTHING);
    project.touch(&project.app("System.Runtime.dll"));
    assert_eq!(project.build(), (1, 3), "Make goes by times");
    assert_eq!(project.build(), NOTHING);
    project.add("interop/Interop.dll");
    project.configure(&[]);
    assert_eq!(project.build(), (1, 3), "an assembly came");
    assert_eq!(project.build(), NOTHING);
}

/// A library of the project, and an app that declares its function; `right` or with one C# `long` too many.
fn with_native_code(project: &Project, right: bool) {
    let mut writer = AssemblyWriter::new("Drawing");
    let core_library = writer.assembly_ref("System.Private.CoreLib");
    let object = writer.type_ref(core_library, "System", "Object");
    writer.type_def(flags::STATIC_CLASS, "Drawing", "Canvas", object);
    let draw = writer.module_ref("draw");
    let color = if right { Sig::I4 } else { Sig::I8 };
    writer.pinvoke(draw, "draw_circle", &Sig::I4, &[Sig::R4, Sig::R4, color]);
    fs::write(project.app("Drawing.dll"), writer.finish(Container::Pe32)).expect("an assembly");
}

#[test]
#[ignore = "needs CMake and clang"]
fn native_code_is_compared_before_what_links_it() {
    // The linker resolves symbols: a target of any name can provide the library.
    for (generator, target) in [("Ninja", "draw"), ("Unix Makefiles", "shapes")] {
        let project = Project::new(generator);
        with_native_code(&project, false);
        let source = project.at("source");
        fs::create_dir_all(&source).expect("a folder");
        let write = |path: &str, text: &str| fs::write(source.join(path), text).expect("a file");
        write("draw.cpp", "extern \"C\" int draw_circle(float x, float y, long color) { return color; }\n");
        write("app.cpp", "int app;\n");
        let module = crate_dir().join("../build-integration/cmake/Thunkgen.cmake").canonicalize().expect("the module");
        write(
            "CMakeLists.txt",
            &format!(
                "cmake_minimum_required(VERSION 3.20)\nproject(p CXX)\ninclude(\"{}\")\n\
                 add_library({target} STATIC draw.cpp)\nadd_library(app STATIC app.cpp)\n\
                 thunkgen_check_native(TARGET app ASSEMBLIES \"${{APP}}\" NATIVE {target} RUNTIME 12.0)\n",
                module.display()
            ),
        );
        project.configure_source(&source, &[]);
        project.ran();
        let arguments =
            fs::read_to_string(project.at("build/thunkgen/app-native/arguments.rsp")).expect("the arguments");
        assert!(arguments.contains("--runtime\n12.0\n"), "{arguments}");
        for _ in 0..2 {
            let (success, text) = project.try_build();
            assert!(!success && text.contains("Drawing.dll: error TG0602: Drawing.Canvas.draw_circle "), "{text}");
            assert!(!project.at("build/libapp.a").exists());
            assert_eq!(project.ran().0, 1, "it is tried again until it succeeds");
        }
        with_native_code(&project, true);
        project.touch(&project.app("Drawing.dll"));
        assert_eq!(project.build(), (1, 1), "mended: the app is built");
        assert_eq!(project.build(), NOTHING);
        project.touch(&source.join("draw.cpp"));
        assert_eq!(project.build(), (1, 1), "the library is compared when it is built again");
        assert_eq!(project.build(), NOTHING);
    }
}

#[test]
#[ignore = "needs CMake and clang"]
fn mistakes_are_told_when_configuring() {
    let project = Project::new("Ninja");
    let source = project.at("source");
    fs::create_dir_all(source.join("empty")).expect("a folder");
    for (call, message) in [
        ("TARGET p", "ASSEMBLIES is missing"),
        ("ASSEMBLIES a.dll", "TARGET is missing"),
        ("TARGET p ASSEMBLIES empty", "no assemblies in"),
        ("TARGET p ASSEMBLIES bin/*.dll", "is a pattern; name files or directories"),
        ("p ASSEMBLIES a.dll", "unknown arguments: p"),
        ("off TARGET p ASSEMBLIES a.dll", "unknown arguments: off"),
        ("TARGET p ASSEMBLIES a.dll)\nthunkgen_check_native(TARGET p ASSEMBLIES a.dll", "NATIVE is missing"),
        (
            "TARGET p ASSEMBLIES a.dll)\nthunkgen_check_native(TARGET p ASSEMBLIES a.dll NATIVE p",
            "cannot depend on itself",
        ),
        (
            "TARGET p ASSEMBLIES a.dll)\nthunkgen_check_native(TARGET p ASSEMBLIES a.dll NATIVE i",
            "i has no output file (INTERFACE_LIBRARY)",
        ),
    ] {
        let text = format!(
            "cmake_minimum_required(VERSION 3.20)\nproject(p NONE)\nset(THUNKGEN_EXECUTABLE /bin/true)\n\
             include(\"{}\")\nadd_custom_target(p)\nadd_library(i INTERFACE)\nthunkgen_generate({call})\n",
            crate_dir().join("../build-integration/cmake/Thunkgen.cmake").canonicalize().expect("the module").display()
        );
        fs::write(source.join("CMakeLists.txt"), text).expect("a file");
        // Each for the first time, when the cache has no executable.
        let build = tempfile::tempdir().expect("a folder");
        let mut command = Command::new("cmake");
        command.args(["-G", "Ninja", "-S"]).arg(&source).arg("-B").arg(build.path());
        let output = command.output().expect("cmake runs");
        let text = String::from_utf8_lossy(&output.stderr).split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(!output.status.success() && text.contains(message), "{call}: {text}");
    }
}
