//! Folders and files may have any name, and there may be many.

use thunkgen_tests::metadata_writer::{AssemblyWriter, Container, Sig, flags};
use thunkgen_tests::msbuild::{Engine, Sandbox};

use super::{ALL, on_every_engine, skipped};

on_every_engine! {
    spaces_and_letters,
    four_hundred_assemblies,
}

fn spaces_and_letters(engine: Engine) {
    let sandbox = Sandbox::named(engine, "a b é ö 中 (1) [2]");
    sandbox.project(ALL);
    sandbox.builds(&[]);
    assert_eq!(sandbox.generated().contents(), sandbox.generated_by_hand(&["bin"]).contents());
    let log = sandbox.builds(&[]);
    assert_eq!((sandbox.started().len(), skipped(&log)), (1, 1), "{}", log.text);
}

/// What is special to MSBuild, to a shell, or to both.
const HOSTILE: &str = "a b;c'd%41%e $HOME `f` é #g @(h) $(i) &&";

/// The engine itself finds no files by pattern below a folder whose name has a `%` and two hexadecimal digits, so
/// there the files are named one by one.
#[test]
#[ignore = "needs the MSBuild engine"]
fn special_characters() {
    let sandbox = Sandbox::named(Engine::msbuild(), HOSTILE);
    let (tool, extra) = ("tool/it's; %25 a $tool", "ex;tra %2a.txt");
    sandbox.write(tool, std::fs::read(sandbox.path("tool/thunkgen")).unwrap());
    sandbox.make_executable(tool);
    sandbox.write(extra, "MviS8 # for a call that is made by hand\n");
    sandbox.write("in;put/%;.dll", std::fs::read(sandbox.path("bin/System.Runtime.dll")).unwrap());
    let escaped = |path: &str| path.replace('%', "%25").replace(';', "%3B").replace('$', "%24");
    let before = format!(
        "<PropertyGroup><ThunkgenPath>$(MSBuildProjectDirectory)/{}</ThunkgenPath></PropertyGroup>",
        escaped(tool)
    );
    let body = format!(
        "<ItemGroup>
          <ThunkgenAssembly Include=\"bin/System.Private.CoreLib.dll;{}\" />
          <ThunkgenExtraSignatures Include=\"{}\" />
        </ItemGroup>
        <PropertyGroup><ThunkgenOutputDirectory>{}</ThunkgenOutputDirectory></PropertyGroup>",
        escaped("in;put/%;.dll"),
        escaped(extra),
        escaped("out;put %20/'x'"),
    );
    sandbox.project_with("App.proj", &before, &body);
    let log = sandbox.builds(&[]);
    assert_eq!(sandbox.started(), ["generate"], "{}", log.text);
    let by_hand = ["bin/System.Private.CoreLib.dll", "in;put/%;.dll", "--extra-signatures", extra];
    let generated = sandbox.generated_in("out;put %20/'x'");
    assert_eq!(generated.contents(), sandbox.generated_by_hand(&by_hand).contents(), "{}", log.text);
    let log = sandbox.builds(&[]);
    assert_eq!((sandbox.started().len(), skipped(&log)), (0, 1), "{}", log.text);
    sandbox.wait();
    sandbox.touch(extra);
    sandbox.builds(&[]);
    assert_eq!(sandbox.started().len(), 1);
}

/// How a path is written for cmd.exe, by the engine; nothing here runs it.
#[test]
#[ignore = "needs the MSBuild engine"]
fn a_command_line_for_windows() {
    let sandbox = Sandbox::new(Engine::msbuild());
    let tell = "<Target Name=\"Tell\"><Message Importance=\"high\" Text=\"tool: $(_ThunkgenShellTool)\" />
        <Message Importance=\"high\" Text=\"response: $(_ThunkgenShellState)browser.rsp$(_ThunkgenShellEnd)\" />
        <Message Importance=\"high\" Text=\"chmod: $(_ThunkgenMakeExecutable).\" /></Target>";
    let state = "<ThunkgenIntermediateDirectory>/o b%25j/</ThunkgenIntermediateDirectory>";
    let path = "<ThunkgenPath>C:/a b%25PATH%25;'c'/thunkgen.exe</ThunkgenPath>";
    sandbox.project_with("App.proj", &format!("<PropertyGroup>{path}{state}</PropertyGroup>"), tell);
    let log = sandbox.builds(&["-t:Tell", "-v:m", "-p:OS=Windows_NT"]);
    assert_eq!(log.lines_with("tool: "), ["tool: \"C:/a b%%PATH%%;'c'/thunkgen.exe\""]);
    assert_eq!(log.lines_with("response: "), ["response: \"@/o b%%j/App.proj.browser.rsp\""]);
    assert_eq!(log.lines_with("chmod: "), ["chmod: ."]);
    let package = "<PropertyGroup><ThunkgenPath></ThunkgenPath><ThunkgenTaskPath></ThunkgenTaskPath></PropertyGroup>";
    sandbox.project_with("App.proj", package, tell);
    let log = sandbox.builds(&["-t:Tell", "-v:m", "-p:OS=Windows_NT", "-p:ThunkgenHostRid=win-arm64"]);
    let tool = log.lines_with("tool: ").concat();
    assert!(tool.ends_with("/msbuild/tools/win-x64/thunkgen-task.exe\""), "{tool}");
}

/// Far more than a command line would hold.
fn four_hundred_assemblies(engine: Engine) {
    let sandbox = Sandbox::new(engine);
    for number in 0..400 {
        let mut writer = AssemblyWriter::new(&format!("Assembly.With.A.Long.Name.And.A.Number.{number}"));
        let core_library = writer.assembly_ref("System.Private.CoreLib");
        let object = writer.type_ref(core_library, "System", "Object");
        writer.type_def(flags::STATIC_CLASS, "", "Native", object);
        let module = writer.module_ref("native");
        writer.pinvoke(module, &format!("function_{number}"), &Sig::VOID, &[Sig::I4]);
        let bytes = writer.finish(Container::Pe32);
        sandbox.write(&format!("bin/Assembly.With.A.Long.Name.And.A.Number.{number}.dll"), bytes);
    }
    sandbox.project(&format!("{ALL}<ItemGroup><ThunkgenModule Include=\"native\" /></ItemGroup>"));
    sandbox.builds(&[]);
    let table = std::fs::read_to_string(sandbox.path("obj/thunkgen/App/callhelpers-pinvoke.cpp")).unwrap();
    let missing: Vec<usize> = (0..400).filter(|number| !table.contains(&format!("\"function_{number}\""))).collect();
    assert!(missing.is_empty(), "{missing:?}");
    let log = sandbox.builds(&[]);
    assert_eq!((sandbox.started().len(), skipped(&log)), (1, 1), "{}", log.text);
    sandbox.wait();
    std::fs::remove_file(sandbox.path("bin/Assembly.With.A.Long.Name.And.A.Number.399.dll")).unwrap();
    sandbox.builds(&[]);
    let table = std::fs::read_to_string(sandbox.path("obj/thunkgen/App/callhelpers-pinvoke.cpp")).unwrap();
    assert!(table.contains("\"function_398\"") && !table.contains("\"function_399\""));
}
