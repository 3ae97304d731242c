//! `doctor` on apps of our own, whole and with one thing wrong, and on the published sets.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use thunkgen_driver::doctor::report::{CallState, CallbackState, Flavor, InteropReport, KeyState, LibraryState};
use thunkgen_driver::{Examined, Options, doctor};
use thunkgen_tests::data::{crate_dir, sets};
use thunkgen_tests::executable;
use thunkgen_tests::published::{Form, PublishedApp, module, published_name, sizes, tables};
use thunkgen_tests::wasm::linked_app::LinkedApp;
use thunkgen_tests::wasm::pinvoke::{Entry, Source};

fn examine(path: &Path) -> Examined {
    let mut options = Options::default();
    options.inputs.push(path.to_owned());
    doctor(&options, &|_| {}).unwrap_or_else(|error| panic!("{}: {}", path.display(), error.message))
}

/// Level, code, and the place of each finding without its directories.
fn findings(report: &InteropReport) -> Vec<String> {
    let line = |finding: &thunkgen_driver::doctor::report::Finding| {
        let file = finding.file.rsplit('/').next().unwrap_or_default();
        let place = finding.line.map(|line| format!("({line})")).unwrap_or_default();
        let member = finding.member.as_ref().map(|member| format!(" {member}")).unwrap_or_default();
        format!("{} {} {file}{place}{member}", finding.level, finding.code)
    };
    report.findings.iter().map(line).collect()
}

/// Writes an app and examines it.
fn of(app: &PublishedApp, form: Form) -> InteropReport {
    let folder = tempfile::tempdir().expect("a temporary folder");
    app.write(folder.path(), form);
    examine(folder.path()).report
}

/// Examines the .NET 11 form; the findings must be these.
#[track_caller]
fn expect(app: &PublishedApp, expected: &[&str]) -> InteropReport {
    let report = of(app, Form::Net11);
    let messages: Vec<&str> = report.findings.iter().map(|finding| &*finding.message).collect();
    assert_eq!(findings(&report), expected, "{messages:#?}");
    assert_eq!(report.fails(), expected.iter().any(|line| line.starts_with("error")));
    report
}

/// The app whose module has other tables.
fn with_tables(change: impl FnOnce(&mut LinkedApp)) -> PublishedApp {
    let mut tables = tables();
    change(&mut tables);
    PublishedApp::with_module(module(&tables))
}

#[test]
#[ignore = "needs clang and wasm-ld"]
fn a_complete_app_has_no_problem_in_any_form() {
    let app = PublishedApp::complete();
    for form in Form::ALL {
        let report = of(&app, form);
        assert_eq!(findings(&report), [] as [&str; 0], "{form:?}");
        assert_eq!((report.runtime.flavor, report.assemblies.len()), (Flavor::CoreClr, 3), "{form:?}");
        assert_eq!(report.runtime.version.as_deref(), Some("11.0.0-rtm.26529.118"), "{form:?}");
        assert_eq!(report.runtime.contract.as_deref(), Some("wasm-thunks"), "{form:?}");
        assert!(report.keys.iter().all(|key| key.state == KeyState::Provided), "{form:?}");
        assert!(report.pinvokes.iter().all(|entry| entry.state == CallState::Callable), "{form:?}");
        assert!(report.callbacks.iter().all(|entry| entry.state == CallbackState::Callable), "{form:?}");
        let geo = report.libraries.iter().find(|library| library.name == "geo").expect("the library");
        assert_eq!((geo.state, geo.pinvokes, geo.callable, geo.rows), (LibraryState::Complete, 4, 4, Some(4)));
        let shape = report.structs.iter().find(|shape| shape.name == "Geo.Box").expect("the struct");
        let fields =
            shape.fields.as_ref().expect("fields").iter().map(|field| (&*field.native, field.offset, field.size));
        assert_eq!((shape.size, shape.alignment), (24, 8));
        assert!(fields.eq([("double", 0, 8), ("double", 8, 8), ("uint8_t", 16, 1)]), "{shape:?}");
        assert_eq!(shape.used_by.len(), 2);
        let boot = report.boot_configuration.as_ref().and_then(|boot| boot.main_assembly.as_deref());
        assert_eq!(boot, (form != Form::Bare).then_some("Geo"), "{form:?}");
    }
}

#[test]
#[ignore = "needs clang and wasm-ld"]
fn the_file_of_the_boot_configuration_can_be_named() {
    let app = PublishedApp::complete();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let directory = app.write(folder.path(), Form::Net11);
    for path in [directory.join("dotnet.js"), directory.clone(), folder.path().join("wwwroot")] {
        let report = examine(&path).report;
        assert_eq!((findings(&report).len(), report.assemblies.len()), (0, 3), "{}", path.display());
        let boot = report.boot_configuration.expect("a boot configuration");
        assert!(boot.path.ends_with("dotnet.js") && boot.form == "dotnet.js");
    }
    // The script of .NET 8 is without a configuration, which is next to it.
    let folder = tempfile::tempdir().expect("a temporary folder");
    let directory = app.write(folder.path(), Form::Net8);
    fs::write(directory.join("dotnet.js"), "export const dotnet = 1;").expect("a script");
    let report = examine(&directory.join("dotnet.js")).report;
    assert!(report.boot_configuration.expect("a boot configuration").path.ends_with("blazor.boot.json"));
}

#[test]
#[ignore = "needs clang and wasm-ld"]
fn each_of_several_boot_configurations_is_named() {
    let app = PublishedApp::complete();
    let folder = tempfile::tempdir().expect("a temporary folder");
    app.write(&folder.path().join("a"), Form::Net11);
    app.write(&folder.path().join("b"), Form::Net8);
    // A copy without its files is not the app, although it is further outside.
    fs::write(folder.path().join("dotnet.js"), app.boot_configuration(Form::Net11)).expect("a script");
    let report = examine(folder.path()).report;
    let tail = |path: &str| path.strip_prefix(&folder.path().display().to_string()).expect("below").to_owned();
    assert_eq!(tail(&report.boot_configuration.expect("one").path), "/a/wwwroot/_framework/dotnet.js");
    let others: Vec<String> = report.other_boot_configurations.iter().map(|path| tail(path)).collect();
    assert_eq!(others, ["/b/AppBundle/_framework/blazor.boot.json", "/dotnet.js"]);
}

#[test]
#[ignore = "needs clang and wasm-ld"]
fn files_may_be_there_compressed_only() {
    use std::io::Write;
    let app = PublishedApp::complete();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let directory = app.write(folder.path(), Form::Net11);
    for entry in fs::read_dir(&directory).expect("the files") {
        let path = entry.expect("an entry").path();
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(&fs::read(&path).expect("a file")).expect("memory");
        let packed = encoder.finish().expect("memory");
        fs::write(format!("{}.gz", path.display()), packed).expect("a copy");
        fs::remove_file(path).expect("removed");
    }
    let report = examine(folder.path()).report;
    assert_eq!(findings(&report), [] as [&str; 0]);
    assert!(report.assemblies.iter().all(|assembly| assembly.part.compression == Some("gz")));
    assert_eq!(report.assemblies.len(), 3);
}

#[test]
#[ignore = "needs clang and wasm-ld"]
fn one_thing_that_the_module_lacks_is_the_only_finding() {
    let app = with_tables(|tables| assert!(tables.keys.remove("MvS24")));
    let report = expect(&app, &["error TG0428 Geo.abc123defg.wasm Geo.Native.geo_draw"]);
    assert_eq!(report.missing_keys().map(|key| &*key.key).collect::<Vec<_>>(), ["MvS24"]);
    let state = |report: &InteropReport, name: &str| {
        report.pinvokes.iter().find(|entry| entry.entry_point == name).expect("a P/Invoke").state
    };
    assert_eq!(state(&report, "geo_draw"), CallState::NoThunk);

    // C# has `long`, and the library was compiled with `int32_t`.
    let app = with_tables(|tables| {
        let entry = tables.entries.iter_mut().find(|entry| entry.entry_point == "geo_seek").expect("the function");
        entry.signature = "iiii".to_owned();
    });
    let report = expect(&app, &["error TG0602 Geo.abc123defg.wasm Geo.Native.geo_seek"]);
    assert!(report.findings[0].message.contains("parameter 2 `offset` is `long`"), "{}", report.findings[0].message);
    assert_eq!(state(&report, "geo_seek"), CallState::OtherType);

    let app = with_tables(|tables| tables.entries.retain(|entry| entry.entry_point != "geo_area"));
    let report = expect(&app, &["error TG0601 Geo.abc123defg.wasm Geo.Native.geo_area"]);
    assert_eq!(state(&report, "geo_area"), CallState::NoFunction);

    // The key of a function that cannot be called is not missing.
    let app = with_tables(|tables| {
        tables.entries.retain(|entry| entry.entry_point != "geo_seek");
        assert!(tables.keys.remove("Miili"));
    });
    expect(&app, &["error TG0601 Geo.abc123defg.wasm Geo.Native.geo_seek"]);

    let app = with_tables(|tables| tables.entries.retain(|entry| entry.module != "geo"));
    let report = expect(&app, &["error TG0216 Geo.abc123defg.wasm Geo.Native.geo_area"]);
    assert!(report.findings[0].message.contains("this and 3 other P/Invokes throw"), "{}", report.findings[0].message);

    let app = with_tables(|tables| tables.callbacks.retain(|callback| callback.method != "OnBox"));
    let report = expect(&app, &["error TG0433 Geo.abc123defg.wasm Geo.Callbacks.OnBox"]);
    let states = report.callbacks.iter().filter(|entry| entry.state == CallbackState::NoRow);
    assert_eq!(states.map(|entry| &*entry.key).collect::<Vec<_>>(), ["OnBox#1:Geo:Geo:Callbacks"]);

    let app = with_tables(|tables| {
        let callback = tables.callbacks.iter_mut().find(|callback| callback.method == "OnReady").expect("it");
        callback.signature = "ii".to_owned();
    });
    expect(&app, &["error TG0606 Geo.abc123defg.wasm Geo.Callbacks.OnReady"]);
}

#[test]
#[ignore = "needs clang and wasm-ld"]
fn a_delegate_and_a_library_under_another_name_are_reported() {
    let mut app = with_tables(|tables| {
        let visit = tables.entries.iter().find(|entry| entry.entry_point == "geo_each").expect("the function").clone();
        let name = "geo_visit".to_owned();
        tables.entries.push(Entry { entry_point: name.clone(), source: Source::Symbol(name), ..visit });
    });
    app.add_fixture("published/visitors", "Visitors");
    let report = expect(&app, &["warning TG0217 Visitors.abc123defg.wasm Visitors.Native.geo_visit"]);
    let visit = report.pinvokes.iter().find(|entry| entry.entry_point == "geo_visit").expect("the P/Invoke");
    assert_eq!(visit.state, CallState::Delegate);

    // CoreCLR compares the name as DllImport spells it.
    let app = with_tables(|tables| {
        for entry in tables.entries.iter_mut().filter(|entry| entry.module == "geo") {
            entry.module = "libgeo".to_owned();
        }
    });
    let report = expect(&app, &["error TG0216 Geo.abc123defg.wasm Geo.Native.geo_area"]);
    assert!(report.findings[0].message.contains("it has `libgeo`"), "{}", report.findings[0].message);
}

/// A module with both forms of exceptions links, and no engine takes it.
#[test]
fn two_forms_of_exceptions_are_an_error() {
    use wasm_encoder::{
        BlockType, CodeSection, ExportKind, ExportSection, Function, FunctionSection, Instruction, Module, TagKind,
        TagSection, TagType, TypeSection,
    };
    let of = |legacy: bool, standard: bool| {
        let mut types = TypeSection::new();
        types.ty().function([], []);
        let (mut functions, mut code) = (FunctionSection::new(), CodeSection::new());
        let mut add = |instructions: &[Instruction<'_>]| {
            functions.function(0);
            let mut function = Function::new([]);
            instructions.iter().for_each(|instruction| _ = function.instruction(instruction));
            code.function(&function);
        };
        let (end, empty) = (Instruction::End, BlockType::Empty);
        if legacy {
            add(&[Instruction::Try(empty), Instruction::CatchAll, end.clone(), end.clone()]);
        }
        if standard {
            add(&[Instruction::TryTable(empty, [].as_slice().into()), end.clone(), end.clone()]);
        }
        let mut tags = TagSection::new();
        tags.tag(TagType { kind: TagKind::Exception, func_type_idx: 0 });
        let mut exports = ExportSection::new();
        exports.export("mono_wasm_exit", ExportKind::Func, 0);
        let mut module = Module::new();
        module.section(&types).section(&functions).section(&tags).section(&exports).section(&code);
        module.finish()
    };
    let examine = |wasm: Vec<u8>| {
        let folder = tempfile::tempdir().expect("a temporary folder");
        fs::write(folder.path().join("dotnet.native.wasm"), wasm).expect("a module");
        examine(folder.path()).report
    };
    assert_eq!(findings(&examine(of(true, true))), ["error TG0617 dotnet.native.wasm"]);
    for (legacy, standard, name) in [(true, false, "legacy (try, catch)"), (false, true, "standard (try_table)")] {
        let report = examine(of(legacy, standard));
        assert_eq!(findings(&report), [] as [&str; 0]);
        assert_eq!(report.native_module.expect("a module").exceptions, [name]);
    }
}

/// An image of thunks by `r2r emit`.
fn image(arguments: &[&str]) -> Vec<u8> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let run = executable::run(folder.path(), ["r2r", "emit", "-o", "Thunks.wasm"].iter().chain(arguments));
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    fs::read(folder.path().join("Thunks.wasm")).expect("an image")
}

/// The app whose module lacks a key, with an image.
fn with_image(bytes: Vec<u8>) -> PublishedApp {
    let mut app = with_tables(|tables| assert!(tables.keys.remove("MvS24")));
    app.add("Thunks.wasm", bytes);
    app
}

const MISSING: &str = "error TG0428 Geo.abc123defg.wasm Geo.Native.geo_draw";

#[test]
#[ignore = "needs clang and wasm-ld"]
fn an_image_provides_what_the_module_lacks_unless_it_is_refused() {
    let good = image(&["-k", "MvS24"]);
    let app = with_image(good.clone());
    let report = expect(&app, &[]);
    assert_eq!((report.images.len(), report.images[0].thunks), (1, 1));
    assert_eq!(report.images[0].refusals, [] as [&str; 0]);
    let provider = &report.keys.iter().find(|key| key.key == "MvS24").expect("the key").providers[0];
    assert!(provider.is_used && provider.path.ends_with("Thunks.abc123defg.wasm"));

    // The runtime ignores another ReadyToRun version without a word.
    let app = with_image(image(&["-k", "MvS24", "--r2r-version", "18.0", "--nowarn", "TG0463"]));
    let report = expect(&app, &[MISSING, "warning TG0463 Thunks.abc123defg.wasm"]);
    assert!(report.images[0].refusals[0].contains("version 18.0"), "{:?}", report.images[0].refusals);

    // Names of another runtime's host.
    let app = with_image(image(&["-k", "MvS24", "--runtime", "12.0", "--r2r-version", "26.1", "--nowarn", "TG0463"]));
    expect(&app, &[MISSING, "error TG0705 Thunks.abc123defg.wasm"]);

    // Each part of the wrapper.
    let replaced = |from: &[u8], to: &[u8]| {
        let mut bytes = good.clone();
        let at: Vec<usize> = (0..bytes.len()).filter(|at| bytes[*at..].starts_with(from)).collect();
        assert_eq!(at.len(), 1, "{from:?}");
        bytes[at[0]..at[0] + from.len()].copy_from_slice(to);
        bytes
    };
    let (payload, table) = sizes(&good).expect("sizes");
    // The exported version is the only global: i32.const 1, end.
    let app = with_image(replaced(&[6, 6, 1, 0x7f, 0, 0x41, 1, 0x0b], &[6, 6, 1, 0x7f, 0, 0x41, 2, 0x0b]));
    let report = expect(&app, &[MISSING, "error TG0705 Thunks.abc123defg.wasm"]);
    assert!(report.findings[1].message.contains("its wrapper has version 2"), "{}", report.findings[1].message);

    let announced = [payload.to_le_bytes(), table.to_le_bytes()].concat();
    let other = [(payload - 16).to_le_bytes(), table.to_le_bytes()].concat();
    let app = with_image(replaced(&announced, &other));
    let report = expect(&app, &[MISSING, "error TG0705 Thunks.abc123defg.wasm"]);
    assert!(report.findings[1].message.contains("its second data segment has"), "{}", report.findings[1].message);
}

#[test]
#[ignore = "needs clang and wasm-ld"]
fn the_written_image_cures_what_an_image_can() {
    let app = with_tables(|tables| {
        assert!(tables.keys.remove("MvS24") && tables.keys.remove("Mdi"));
        tables.entries.retain(|entry| entry.entry_point != "geo_seek");
        tables.callbacks.retain(|callback| callback.method != "OnBox");
    });
    let folder = tempfile::tempdir().expect("a temporary folder");
    app.write(folder.path(), Form::Net11);
    let run = executable::run(folder.path(), ["doctor", ".", "--fix", "Thunks.wasm"]);
    assert_eq!(run.code, Some(1), "{}", run.stdout);
    assert_eq!(
        run.stderr,
        "thunkgen: wrote Thunks.wasm with 2 thunks; the app must load it as an assembly, see docs/reference/r2r-emit.md\n\
         thunkgen: an image does not help with 1 P/Invoke and 1 callback: link the native module again\n"
    );
    let mut cured = app.clone();
    cured.add("Thunks.wasm", fs::read(folder.path().join("Thunks.wasm")).expect("the image"));
    expect(
        &cured,
        &[
            "error TG0433 Geo.abc123defg.wasm Geo.Callbacks.OnBox",
            "error TG0601 Geo.abc123defg.wasm Geo.Native.geo_seek",
        ],
    );
    // A file of the app is not overwritten, and nothing is written when nothing is missing.
    let native = "wwwroot/_framework/dotnet.native.abc123defg.wasm";
    // Nor is one output by another.
    let run = executable::run(folder.path(), ["doctor", ".", "--fix", "new.wasm", "--html", "./new.wasm"]);
    assert_eq!((run.code, &*run.stderr), (Some(2), "error: outputs ./new.wasm and new.wasm are one file\n"));
    assert!(!folder.path().join("new.wasm").exists());
    let run = executable::run(folder.path(), ["doctor", ".", "--fix", native]);
    assert_eq!((run.code, &*run.stderr), (Some(2), &*format!("error: output {native} is also an input\n")));
    let folder = tempfile::tempdir().expect("a temporary folder");
    PublishedApp::complete().write(folder.path(), Form::Net11);
    let run = executable::run(folder.path(), ["doctor", ".", "--fix", "Thunks.wasm"]);
    assert_eq!((run.code, &*run.stderr), (Some(0), "thunkgen: no thunk is missing, so Thunks.wasm was not written\n"));
    assert!(!folder.path().join("Thunks.wasm").exists());
}

#[test]
#[ignore = "needs clang and wasm-ld"]
fn sizes_and_hashes_are_those_of_the_boot_configuration() {
    let app = with_image(image(&["-k", "MvS24"]));
    let (payload, table) = sizes(&app.assemblies[3].bytes).expect("sizes");
    for (from, to, expected) in [
        (format!("\"payloadSize\": {payload}"), format!("\"payloadSize\": {}", payload + 1), "has payloadSize"),
        (format!("\"payloadSize\": {payload},"), String::new(), "has no payloadSize"),
        (format!("\"tableSize\": {table}"), format!("\"tableSize\": {}", table + 1), "has tableSize"),
        (format!("\"tableSize\": {table},"), String::new(), "has tableSize 0"),
    ] {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let directory = app.write(folder.path(), Form::Net11);
        let text = app.boot_configuration(Form::Net11);
        assert_eq!(text.matches(&from).count(), 1, "{from}");
        fs::write(directory.join("dotnet.js"), text.replace(&from, &to)).expect("a script");
        let report = examine(folder.path()).report;
        assert_eq!(findings(&report), [MISSING, "error TG0704 Thunks.abc123defg.wasm"], "{from}");
        assert!(report.findings[1].message.contains(expected), "{}", report.findings[1].message);
    }
    // One byte of a file is another one.
    let folder = tempfile::tempdir().expect("a temporary folder");
    let directory = PublishedApp::complete().write(folder.path(), Form::Net11);
    let path = directory.join("System.Runtime.abc123defg.wasm");
    let mut bytes = fs::read(&path).expect("a file");
    *bytes.last_mut().expect("a byte") ^= 1;
    fs::write(path, bytes).expect("a file");
    assert_eq!(findings(&examine(folder.path()).report), ["error TG0703 System.Runtime.abc123defg.wasm"]);
}

#[test]
#[ignore = "needs clang and wasm-ld"]
fn settings_that_turn_images_off() {
    for (name, value, is_off) in
        [("DOTNET_ReadyToRun", "0", true), ("DOTNET_InterpMode", "3", true), ("DOTNET_InterpMode", "1", false)]
    {
        let mut app = with_image(image(&["-k", "MvS24"]));
        app.variables.push((name.to_owned(), value.to_owned()));
        let expected = [MISSING, "warning TG0706 dotnet.js"];
        let report = expect(&app, if is_off { &expected } else { &[] });
        assert_eq!(report.settings.len(), 1);
    }
    // Without an image, the settings change nothing; a runtimeconfig.json counts too.
    let mut app = PublishedApp::complete();
    app.variables.push(("DOTNET_ReadyToRun".to_owned(), "0".to_owned()));
    expect(&app, &[]);
    let app = with_image(image(&["-k", "MvS24"]));
    let folder = tempfile::tempdir().expect("a temporary folder");
    app.write(folder.path(), Form::Net11);
    let config =
        r#"{ "runtimeOptions": { "configProperties": { "DOTNET_InterpMode": 2, "System.GC.Server": true } } }"#;
    fs::write(folder.path().join("Geo.runtimeconfig.json"), config).expect("a file");
    assert_eq!(findings(&examine(folder.path()).report), [MISSING, "warning TG0706 Geo.runtimeconfig.json"]);
}

/// What a change of the written files leads to.
#[track_caller]
fn after(change: impl FnOnce(&Path), expected: &[&str]) -> InteropReport {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let directory = PublishedApp::complete().write(folder.path(), Form::Net11);
    change(&directory);
    let report = examine(folder.path()).report;
    let messages: Vec<&str> = report.findings.iter().map(|finding| &*finding.message).collect();
    assert_eq!(findings(&report), expected, "{messages:#?}");
    report
}

#[test]
#[ignore = "needs clang and wasm-ld"]
fn missing_and_damaged_parts_are_findings() {
    let name = |name: &str| published_name(name, Form::Net11);
    let cut = |path: PathBuf, length: usize| {
        let bytes = fs::read(&path).expect("a file");
        fs::write(path, &bytes[..length]).expect("a file");
    };
    let text = PublishedApp::complete().boot_configuration(Form::Net11);
    let line = |of: &str| text[..text.find(of).expect("it is in the text")].matches('\n').count() + 1;
    for part in ["dotnet.native.wasm", "Geo.wasm"] {
        let expected = format!("error TG0702 dotnet.js({})", line(&format!("\"{}\"", name(part))));
        after(|directory| fs::remove_file(directory.join(name(part))).expect("removed"), &[&expected]);
    }
    // What was the hash of the whole file is not that of its beginning.
    after(
        |directory| cut(directory.join(name("dotnet.native.wasm")), 500),
        &["error TG0609 dotnet.native.abc123defg.wasm", "error TG0703 dotnet.native.abc123defg.wasm"],
    );
    after(
        |directory| cut(directory.join(name("Geo.wasm")), 500),
        &["error TG0002 Geo.abc123defg.wasm", "error TG0703 Geo.abc123defg.wasm"],
    );
    let end = text.find("\"assembly\"").expect("the assemblies");
    let cut_off = format!("error TG0701 dotnet.js({})", line("\"assembly\""));
    let report =
        after(|directory| fs::write(directory.join("dotnet.js"), &text[..end]).expect("a script"), &[&cut_off]);
    assert_eq!((report.assemblies.len(), report.boot_configuration), (3, None), "the files next to it are examined");
    // A module that is not one of .NET, and an old core library.
    after(
        |directory| {
            let mono = crate_dir().join("fixtures/core-libraries/mono/System.Private.CoreLib.dll");
            fs::copy(mono, directory.join(name("System.Private.CoreLib.wasm"))).expect("a copy");
        },
        &["error TG0703 System.Private.CoreLib.abc123defg.wasm", "error TG0708 System.Private.CoreLib.abc123defg.wasm"],
    );
}

#[test]
#[ignore = "needs clang and wasm-ld"]
fn a_compressed_copy_of_another_file_is_reported() {
    after(
        |directory| {
            let compress = |bytes: &[u8], path: PathBuf| {
                let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
                std::io::Write::write_all(&mut encoder, bytes).expect("memory");
                fs::write(path, encoder.finish().expect("memory")).expect("a copy");
            };
            let geo = directory.join(published_name("Geo.wasm", Form::Net11));
            compress(&fs::read(geo).expect("a file"), directory.join("Geo.abc123defg.wasm.gz"));
            compress(b"an older build", directory.join("System.Runtime.abc123defg.wasm.gz"));
        },
        &["warning TG0710 System.Runtime.abc123defg.wasm.gz"],
    );
}

/// What the sessions use: `BLESS=1` writes it.
#[test]
#[ignore = "needs clang and wasm-ld"]
fn the_app_of_the_sessions_is_complete() {
    let fixture = crate_dir().join("fixtures/published");
    let lacking = with_tables(|tables| {
        assert!(tables.keys.remove("MvS24"));
        tables.entries.retain(|entry| entry.entry_point != "geo_area");
        tables.callbacks.retain(|callback| callback.method != "OnBox");
        let seek = tables.entries.iter_mut().find(|entry| entry.entry_point == "geo_seek").expect("it");
        seek.signature = "iiii".to_owned();
    });
    if std::env::var_os("BLESS").is_some() {
        let _ = fs::remove_dir_all(fixture.join("app"));
        PublishedApp::complete().write(&fixture.join("app"), Form::Net11);
        fs::write(fixture.join("lacking.wasm"), &lacking.native).expect("a module");
    }
    assert_eq!(findings(&examine(&fixture.join("app")).report), [] as [&str; 0]);
}

#[test]
#[ignore = "needs the real sets"]
fn published_mono_apps_have_all_functions_of_their_libraries() {
    for (set, functions, libraries, version) in [("net10", 170, 3, "10.0."), ("net8", 166, 3, "8.0.")] {
        let report = examine(&sets().join(set)).report;
        assert_eq!(findings(&report), [] as [&str; 0], "{set}");
        assert_eq!((report.runtime.flavor, report.fails()), (Flavor::Mono, false), "{set}");
        assert!(
            report.runtime.version.as_deref().is_some_and(|found| found.starts_with(version)),
            "{:?}",
            report.runtime
        );
        assert!(report.verdict.summary.contains("thunk tables do not apply to Mono"), "{}", report.verdict.summary);
        let linked: Vec<_> =
            report.libraries.iter().filter(|library| library.state == LibraryState::Complete).collect();
        assert_eq!(linked.len(), libraries, "{set}: {:#?}", report.libraries);
        let callable = report.pinvokes.iter().filter(|entry| entry.state == CallState::Callable).count();
        assert_eq!(callable, functions, "{set}");
        let wrong: BTreeSet<_> = report.pinvokes.iter().map(|entry| entry.state).collect();
        assert!(!wrong.contains(&CallState::OtherType) && !wrong.contains(&CallState::NoFunction), "{set}: {wrong:?}");
        assert!(report.keys.is_empty(), "Mono has no keys");
    }
}
