//! Names that mean something to MSBuild, XML, command lines or file systems go in and come back unchanged.

use thunkgen_tests::task_shim::{Work, escape};

/// Names of files, as far as a Linux file system goes.
const NAMES: [&str; 22] = [
    "plain.dll",
    "semi;colon.dll",
    "per%cent.dll",
    "%3B.dll",
    "100%25.dll",
    " spaces around ",
    "quo\"te's.dll",
    "a&b<c>d.dll",
    "$(Property).dll",
    "@(Item)%(Meta).dll",
    "star*.dll",
    "[a-z]{b,c}?.dll",
    "-o.dll",
    "--out=x.dll",
    "@response.dll",
    "tab\tline\nreturn\r.dll",
    "\u{1}\u{7f}.dll",
    "grün.dll",
    "日本語 テスト.dll",
    "🦀.dll",
    "back\\slash.dll",
    "colon:Item.dll",
];

#[test]
fn names_come_back() {
    for name in NAMES {
        let mut work = Work::new(&["corlib"]);
        std::fs::create_dir(work.path("in")).unwrap();
        std::fs::copy(thunkgen_tests::fixtures::assembly("facade"), work.path("in").join(name)).unwrap();
        work.request.add("Assemblies", &format!("in/{name}"));
        for (parameter, file) in [
            ("PInvokeOutputPath", format!("out/p{name}")),
            ("ReversePInvokeOutputPath", format!("r {name}/{name}")),
            ("InterpToNativeOutputPath", format!("{name} i")),
            ("CacheFilePath", format!("{name};cache")),
        ] {
            work.request.set(parameter, &file);
        }
        let answer = work.run();
        assert!(answer.succeeded, "{name:?}: {answer:?}");
        let sorted = |mut paths: Vec<String>| {
            paths.sort();
            paths
        };
        let expected = sorted(work.request.properties.iter().map(|(_, path)| path.clone()).collect());
        assert_eq!(sorted(answer.file_writes), expected, "{name:?}");
        assert!(expected.iter().all(|path| work.path(path).is_file()), "{name:?}");
        assert_eq!(answer.changed_files.len(), 3);
        assert!(work.run().skipped, "{name:?}");
    }
}

/// The same name, written in every way that an entry of a list can be.
#[test]
fn one_name_has_many_spellings() {
    for list in ["a%3bb.dll", "  a%3Bb.dll\n", ";;a%3Bb.dll;", "%61%3b%62%2E%64ll", "a%3bb.dll;a%3Bb.dll"] {
        let mut work = Work::new(&["corlib", "facade"]);
        std::fs::rename(work.path("System.Runtime.dll"), work.path("a;b.dll")).unwrap();
        work.request.remove("Assemblies", "System.Runtime.dll");
        let text =
            work.request.render().replace("<ItemGroup>", &format!("<ItemGroup><Assemblies Include=\"{list}\"/>"));
        let mut command = work.command();
        work.write("request.xml", text);
        assert!(command.output().unwrap().status.success(), "{list:?}");
        assert!(work.answer().succeeded, "{list:?}");
    }
}

#[test]
fn a_property_can_be_a_list() {
    let mut work = Work::new(&["corlib", "facade", "interop"]);
    let list: Vec<String> = work.request.items("Assemblies").map(escape).collect();
    work.run();
    let expected = work.outputs();
    work.request.items.retain(|(name, _)| name != "Assemblies");
    let text = work.request.render();
    let property = format!("<PropertyGroup><Assemblies>{}</Assemblies>", list.join("; "));
    let mut command = work.command();
    work.write("request.xml", text.replace("<PropertyGroup>", &property));
    assert!(command.output().unwrap().status.success());
    assert_eq!(work.outputs(), expected);
}

/// What stands in a message comes back as it was, too: names of members can hold anything.
#[test]
fn messages_come_back() {
    let mut work = Work::new(&["corlib", "facade", "errors-entrypoint"]);
    work.request.set("TargetOS", "browser");
    work.request.set("WarningsAsErrors", "TG0206;TG0207;TG0212");
    let answer = work.run();
    assert!(!answer.succeeded && answer.file_writes.is_empty() && !work.path("out").exists());
    let messages: Vec<&str> = answer.problems.iter().map(|problem| problem.message.as_str()).collect();
    for part in
        ["EntryPoint `f(){}\\n//` has a control character", "EntryPoint `same_symbol` is also", "(0x0600000B): "]
    {
        assert!(messages.iter().any(|message| message.contains(part)), "{part}: {messages:#?}");
    }
    let errors = answer.problems.iter().filter(|problem| problem.level == "error");
    assert!(errors.clone().count() == 3 && errors.clone().all(|error| error.file == "ErrorsEntryPoint.dll"));
}

/// Warnings are located in their source, when its PDB is at hand.
#[test]
fn source_lines_are_answered() {
    let work = Work::new(&["corlib", "facade", "source-lines"]);
    let pdb = thunkgen_tests::fixtures::assembly("source-lines").with_extension("pdb");
    std::fs::copy(pdb, work.path("SourceLines.pdb")).unwrap();
    std::fs::create_dir(work.path("source-lines")).unwrap();
    std::fs::write(work.path("source-lines/SourceLines.cs"), "").unwrap();
    let answer = work.run();
    let found = answer.problems.iter().find(|problem| problem.message.contains("Thiscall")).unwrap();
    assert_eq!((&*found.level, &*found.code, found.position), ("warning", "TG0220", (19, 13)));
    assert_eq!(found.file, "source-lines/SourceLines.cs");
}
