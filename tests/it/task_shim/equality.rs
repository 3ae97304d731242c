//! The files are those of `thunkgen generate` with the same inputs.

use std::path::PathBuf;

use thunkgen_tests::data::sets;
use thunkgen_tests::executable;
use thunkgen_tests::task_shim::Work;

/// The outputs of the task, and those of the tool with these arguments more, in the order of the parameters.
fn both(work: &Work, more: &[&str]) -> [Vec<Vec<u8>>; 2] {
    let answer = work.run();
    assert!(answer.succeeded, "{answer:?}");
    let mut arguments: Vec<String> = ["generate", "--no-default-modules", "--out", "by-tool"].map(str::to_owned).into();
    arguments.extend(work.request.items("Assemblies").map(str::to_owned));
    arguments.extend(work.request.items("PInvokeModules").map(|module| format!("--module={module}")));
    arguments.extend(more.iter().map(ToString::to_string));
    let run = executable::run(work.folder(), &arguments);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let names = ["callhelpers-pinvoke.cpp", "callhelpers-reverse.cpp", "callhelpers-interp-to-managed.cpp"];
    let by_tool = names.map(|name| std::fs::read(work.path("by-tool").join(name)).unwrap());
    let by_task = ["out/p.cpp", "out/r.cpp", "out/i.cpp"].map(|name| std::fs::read(work.path(name)).unwrap());
    [by_task.into(), by_tool.into()]
}

#[test]
fn fixtures_for_every_target_and_contract() {
    let mut seen = Vec::new();
    for target in ["browser", "wasi"] {
        for contract in ["wasm-thunks", "portable-callhelpers"] {
            let mut work = Work::new(&["corlib", "facade", "interop"]);
            work.request.set("TargetOS", target).set("Contract", contract);
            // They have no effect, here as in the tool.
            work.request.set("IsLibraryMode", "true").set("WarnOnUnresolvedPInvokeModules", "false");
            let [by_task, by_tool] = both(&work, &["--target-os", target, "--contract", contract]);
            assert!(by_task == by_tool, "{target} {contract}");
            seen.push(by_task);
        }
    }
    seen.dedup();
    assert_eq!(seen.len(), 4, "the parameters make a difference");
}

#[test]
fn every_option_that_has_a_parameter() {
    let mut work = Work::new(&["corlib", "interop"]);
    std::fs::copy(thunkgen_tests::fixtures::assembly("facade"), work.path("facade.dll")).unwrap();
    work.write("extra.txt", "MviS8 # why\n");
    work.write("list.props", "<Project><ItemGroup><Native Include=\"libSystem.Native\"/></ItemGroup></Project>");
    work.write("sizes.txt", "A.B=12\n");
    work.write("s.toml", "[[suppress]]\ncode = \"TG0202\"\nreason = \"a fixture\"\n");
    work.request.add("References", "facade.dll").add("ExtraSignatures", "extra.txt");
    work.request
        .add("ModuleLists", "list.props:Native")
        .add("StructSizes", "C.D=8:4")
        .add("StructSizeFiles", "sizes.txt");
    work.request.add("Suppressions", "s.toml").add("NoWarn", "TG0209").add("NoWarn", "CS1591");
    let more = [
        "--reference=facade.dll",
        "--extra-signatures=extra.txt",
        "--module-list=list.props:Native",
        "--struct-size=C.D=8:4",
        "--struct-size-file=sizes.txt",
        "--suppressions=s.toml",
        "--nowarn=TG0209",
    ];
    let [by_task, by_tool] = both(&work, &more);
    assert!(by_task == by_tool);
    let all = String::from_utf8(by_task.concat()).unwrap();
    assert!(all.contains("MviS8") && all.contains("libSystem.Native"));
    let codes: Vec<String> = work.answer().problems.into_iter().map(|problem| problem.code).collect();
    assert!(!codes.contains(&"TG0202".to_owned()) && !codes.contains(&"TG0209".to_owned()), "{codes:?}");
    work.request.set("TreatWarningsAsErrors", "true");
    assert!(!work.run().succeeded);
    work.request.set("TreatWarningsAsErrors", "false").add("WarningsAsErrors", &codes[0]);
    assert!(!work.run().succeeded);
}

/// A whole app, with the files and libraries that its build would name.
#[test]
#[ignore = "needs the real sets"]
fn a_real_set() {
    let mut files: Vec<PathBuf> = std::fs::read_dir(sets().join("net10")).unwrap().map(|e| e.unwrap().path()).collect();
    files.sort();
    let mut work = Work::new(&[]);
    for file in files.iter().filter(|file| file.extension().is_some_and(|ending| ending == "wasm")) {
        work.request.add("Assemblies", file.to_str().unwrap());
    }
    work.request.add("PInvokeModules", "libSystem.Native");
    work.request.set("CacheFilePath", "cache");
    let [by_task, by_tool] = both(&work, &[]);
    assert!(by_task == by_tool && by_task.iter().all(|file| file.len() > 1000));
    assert!(work.run().skipped);
}
