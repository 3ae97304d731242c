//! What the documentation says: parameters, the snippets, and the task in the place of another.

use thunkgen_task::parameters::{self, Kind};
use thunkgen_tests::data::crate_file;
use thunkgen_tests::markdown::blocks;
use thunkgen_tests::msbuild::{Engine, Log, compile};
use thunkgen_tests::task_shim::engine::Project;

use super::BUILD;

/// Properties of the task's source: name, type, and whether `[Required]` stands above.
fn properties() -> Vec<(String, String, bool)> {
    let source = crate_file("../task-shim/ManagedToNativeGenerator.cs");
    let lines: Vec<&str> = source.lines().map(str::trim).collect();
    let properties = lines.iter().enumerate().filter(|(_, line)| line.ends_with("{ get; set; }"));
    properties
        .map(|(at, line)| {
            let words: Vec<&str> = line.split(' ').collect();
            (words[2].to_owned(), words[1].to_owned(), lines[at - 1] == "[Required]")
        })
        .collect()
}

#[test]
fn the_task_and_the_program_have_the_same_parameters() {
    let mut of_task = properties();
    // What is the task's own.
    of_task.retain(|(name, ..)| name != "ThunkgenTaskPath");
    of_task.sort();
    let shape = |kind: Kind| match kind {
        Kind::Inputs => "ITaskItem[]",
        Kind::Files(_) | Kind::ItemFiles(_) | Kind::List(_) | Kind::Codes(_) | Kind::IgnoredModules => "string[]",
        Kind::Flag(_) | Kind::FlagWithoutEffect | Kind::WarnUnresolved => "bool",
        Kind::Output(_) | Kind::Choice(..) | Kind::Cache => "string",
        Kind::WithoutEffect => "",
    };
    let mut of_program: Vec<(String, String, bool)> =
        parameters::ALL.iter().map(|p| (p.name.to_owned(), shape(p.kind).to_owned(), p.required)).collect();
    of_program.sort();
    assert_eq!(of_task.len(), of_program.len());
    for (task, program) in of_task.iter().zip(&of_program) {
        assert_eq!((&task.0, task.2), (&program.0, program.2));
        assert!(program.1.is_empty() || task.1 == program.1, "{task:?} {program:?}");
    }
}

#[test]
fn every_parameter_is_in_the_page() {
    let page = crate_file("../task-shim/README.md");
    for parameter in parameters::ALL {
        assert!(page.contains(&format!("`{}`", parameter.name)), "{}", parameter.name);
    }
}

/// The XML blocks of the page, in order.
fn snippets() -> Vec<String> {
    blocks(&crate_file("../task-shim/README.md"), "xml")
}

/// Stands in for the runtime's own assembly: its task has our name, and says so.
const THEIRS: &str = r#"
using Microsoft.Build.Framework;
namespace Microsoft.WebAssembly.Build.Tasks.CoreClr
{
    public class ManagedToNativeGenerator : ITask
    {
        public string[] Assemblies { get; set; }
        public string[] PInvokeModules { get; set; }
        public string TargetOS { get; set; }
        public bool IsLibraryMode { get; set; }
        public bool WarnOnUnresolvedPInvokeModules { get; set; }
        public string DotNetHostPath { get; set; }
        public string PInvokeOutputPath { get; set; }
        public string ReversePInvokeOutputPath { get; set; }
        public string InterpToNativeOutputPath { get; set; }
        public string CacheFilePath { get; set; }
        [Output] public string[] FileWrites { get; set; }
        [Output] public bool Skipped { get; set; }
        public IBuildEngine BuildEngine { get; set; }
        public ITaskHost HostObject { get; set; }
        public bool Execute()
        {
            BuildEngine.LogMessageEvent(new BuildMessageEventArgs("theirs", null, "theirs", MessageImportance.High));
            return true;
        }
    }
}
"#;

/// The declaration of the page beside one of the runtime's assembly, and calls by the short and by the full name.
#[test]
#[ignore = "needs the C# compiler"]
fn the_task_can_stand_in_the_place_of_another() {
    let project = Project::new(&["corlib", "facade"]);
    project.write("ManagedToNativeGenerator.cs", THEIRS);
    compile(&project.path("ManagedToNativeGenerator.cs"), &project.path("tasks/WasmAppBuilder.dll"));
    let full = "Microsoft.WebAssembly.Build.Tasks.CoreClr.ManagedToNativeGenerator";
    let ours = &snippets()[0];
    assert!(ours.contains(full) && ours.contains("Override=\"true\""), "{ours}");
    let by_full_name = BUILD.replace("<ManagedToNativeGenerator", &format!("<{full}"));
    let by_full_name = by_full_name.replace("</ManagedToNativeGenerator", &format!("</{full}"));
    let call = by_full_name.split("<Target Name=\"Build\">").nth(1).unwrap().split("</Target>").next().unwrap();
    for declared in [full, "ManagedToNativeGenerator"] {
        let theirs = format!("<UsingTask TaskName=\"{declared}\" AssemblyFile=\"tasks/WasmAppBuilder.dll\"/>");
        // The first of two declarations counts for the full name, and the overriding one for the short name.
        for (using, by_us) in [
            (format!("{ours}{theirs}"), 2),
            (format!("{theirs}{ours}"), if declared == full { 1 } else { 2 }),
            (theirs.clone(), 0),
        ] {
            let body = BUILD.replace("</Target>", &format!("{call}</Target>"));
            project.write("other.proj", format!("<Project DefaultTargets=\"Build\">{using}{body}</Project>"));
            let tasks = format!("-p:ThunkgenTasks={}", project.path("tasks").display());
            let mut command = Engine::msbuild().command(&project.path("other.proj"), [&tasks, "-events:events.txt"]);
            command.current_dir(project.folder());
            let built = project.finish(Log::of(command));
            let theirs = built.events("high").iter().filter(|event| event.message == "theirs").count();
            assert!(built.log.succeeded && theirs == 2 - by_us, "{using}\n{}", built.log.text);
            let summaries = built.events("normal").iter().filter(|e| e.sender == "ManagedToNativeGenerator").count();
            assert_eq!(summaries, by_us, "{using}\n{}", built.log.text);
        }
    }
}

/// The project that the page shows, and the program's request.
#[test]
#[ignore = "needs the C# compiler"]
fn the_snippets_work() {
    let [_, call, request] = &snippets()[..] else { panic!("three blocks of XML") };
    let project = Project::new(&["corlib", "facade"]);
    let body = format!(
        "<ItemGroup><WasmPInvokeAssembly Include=\"*.dll\"/><WasmPInvokeModule Include=\"native\"/></ItemGroup>{call}"
    );
    let built = project.build(&body, &["-t:GenerateThunks"]);
    assert!(built.log.succeeded && project.path("obj/callhelpers.cache").is_file(), "{}", built.log.text);

    std::fs::rename(project.path("System.Runtime.dll"), project.path("100% semicolon;.dll")).unwrap();
    project.write("request.xml", request);
    let mut command = std::process::Command::new(thunkgen_tests::task_shim::program());
    let output =
        command.args(["request.xml", "--answer", "answer.xml"]).current_dir(project.folder()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    assert!(project.path("obj/interp-to-native.cpp").is_file());
}
