//! Escapes, beside those of the engine itself, and names that come and go through it.

use thunkgen_task::escapes;
use thunkgen_tests::task_shim::engine::Project;
use thunkgen_tests::task_shim::escape;

/// Texts with escapes, and with what looks like them.
const TEXTS: [&str; 12] =
    ["a%3Bb", "%3b%25", "100%", "%2", "%zz", "%%41", "%e4%C3%A4", "%2541", "a;b*c?", "$(x)@(y)'z'", "%00x", "ü%41日"];

#[test]
#[ignore = "needs the C# compiler"]
fn escapes_are_those_of_the_engine() {
    let project = Project::new(&[]);
    let (mut items, mut messages) = (String::new(), String::new());
    for (index, text) in TEXTS.iter().enumerate() {
        // Wildcards and expressions are nothing that a request has.
        if !text.contains(['*', '(']) {
            items += &format!("<I{index} Include=\"{}\"/>", xml(text));
            messages += &format!("<Message Text=\"entry {index} [%(I{index}.Identity)]\"/>");
        }
        // What is escaped here, and what is escaped by the engine, both show as the text that it was.
        messages += &format!("<Message Text=\"ours [{}]\"/>", xml(&escapes::escape(text)));
        project.write(&format!("text{index}"), text);
        let read = format!("$([System.IO.File]::ReadAllText('text{index}'))");
        messages += &format!("<Message Text=\"theirs [$([MSBuild]::Escape({read}))]\"/>");
    }
    let built = project.build(&format!("<ItemGroup>{items}</ItemGroup><Target Name='Build'>{messages}</Target>"), &[]);
    assert!(built.log.succeeded, "{}", built.log.text);
    for (index, text) in TEXTS.iter().enumerate() {
        assert!(built.says(&format!("ours [{text}]")) && built.says(&format!("theirs [{text}]")), "{text}");
        if !text.contains(['*', '(']) {
            let mut entries: Vec<String> =
                escapes::split(text).map(|entry| format!("entry {index} [{entry}]")).collect();
            let start = format!("entry {index} [");
            let found = built.events.iter().map(|event| &event.message).filter(|message| message.starts_with(&start));
            entries.sort();
            let mut found: Vec<String> = found.cloned().collect();
            found.sort();
            assert_eq!(found, entries, "{text}");
        }
    }
}

fn xml(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

/// Names of files, as far as a Linux file system goes.
const NAMES: [&str; 9] = [
    "semi;colon.dll",
    "per%cent%3B.dll",
    " spaces ",
    "quo\"te's & <x>.dll",
    "$(Property)@(Item).dll",
    "star*?.dll",
    "grün 日本語 🦀.dll",
    "-x.dll",
    "tab\tnew\nline.dll",
];

#[test]
#[ignore = "needs the C# compiler"]
fn names_go_through_the_engine() {
    let project = Project::new(&["corlib"]);
    std::fs::create_dir(project.path("in")).unwrap();
    let mut calls = String::new();
    for (index, name) in NAMES.iter().enumerate() {
        std::fs::copy(thunkgen_tests::fixtures::assembly("facade"), project.path("in").join(name)).unwrap();
        let escaped = escape(name);
        calls += &format!(
            r#"<ItemGroup><A{index} Include="System.Private.CoreLib.dll;in/{escaped}"/></ItemGroup>
            <ManagedToNativeGenerator Assemblies="@(A{index})" PInvokeModules="native"
                PInvokeOutputPath="out/p {escaped}.cpp" ReversePInvokeOutputPath="r{escaped}.cpp"
                InterpToNativeOutputPath="i {escaped}" CacheFilePath="cache {escaped}">
              <Output TaskParameter="FileWrites" ItemName="Written{index}"/>
            </ManagedToNativeGenerator>
            <Message Text="{index} wrote %(Written{index}.Identity)"/>"#
        );
    }
    let built = project.build(&format!("<Target Name=\"Build\">{calls}</Target>"), &[]);
    assert!(built.log.succeeded, "{}", built.log.text);
    for (index, name) in NAMES.iter().enumerate() {
        for file in [format!("out/p {name}.cpp"), format!("r{name}.cpp"), format!("i {name}"), format!("cache {name}")]
        {
            assert!(project.path(&file).is_file(), "{file:?}");
            assert!(built.says(&format!("{index} wrote {file}")), "{file:?}\n{}", built.log.text);
        }
    }
}
