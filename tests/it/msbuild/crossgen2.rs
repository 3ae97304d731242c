//! The step that generates with crossgen2 can run thunkgen instead.

use thunkgen_tests::msbuild::{Engine, Sandbox};

use super::ALL;

/// A step that runs the program of a property on a response file, the way the workload's does: it collects the options,
/// writes them one to a line, runs the program, and takes the files for granted.
pub(super) fn step(property: &str) -> String {
    format!(
        "<PropertyGroup>
          <{property}>$(MSBuildProjectDirectory)/no crossgen2 here</{property}>
        </PropertyGroup>
        <ItemGroup><Managed Include=\"bin/*.dll\" /><Module Include=\"libSystem.Native;native\" /></ItemGroup>
        <Target Name=\"Relink\" DependsOnTargets=\"_CoreCLRGenerateManagedToNative;AfterStep\" />
        <Target Name=\"_CoreCLRGenerateManagedToNative\">
          <PropertyGroup><Folder>$(MSBuildProjectDirectory)/relink out/</Folder></PropertyGroup>
          <ItemGroup>
            <_Crossgen2GeneratorArg Include=\"--targetos:browser\" />
            <_Crossgen2GeneratorArg Include=\"--targetarch:wasm\" />
            <_Crossgen2GeneratorArg Include=\"--generate-portable-callhelpers:$(Folder)\" />
            <_Crossgen2GeneratorArg Include=\"@(Module->'--directpinvoke:%(Identity)')\" />
            <_Crossgen2GeneratorArg Include=\"@(Managed->'%(FullPath)')\" />
          </ItemGroup>
          <MakeDir Directories=\"$(Folder)\" />
          <WriteLinesToFile File=\"$(Folder)generator.rsp\" Lines=\"@(_Crossgen2GeneratorArg)\" Overwrite=\"true\" WriteOnlyWhenDifferent=\"true\" />
          <Exec Command=\"&quot;$({property})&quot; &quot;@$(Folder)generator.rsp&quot;\" />
        </Target>
        <Target Name=\"AfterStep\">
          <Message Importance=\"high\" Text=\"later steps have $({property})\" />
        </Target>"
    )
}

#[test]
#[ignore = "needs the MSBuild engine"]
fn the_step_runs_thunkgen() {
    for property in ["Crossgen2Path", "PortableCallHelpersGeneratorPath"] {
        let sandbox = Sandbox::new(Engine::msbuild());
        sandbox.assembly("interop");
        sandbox.project(&step(property));
        let log = sandbox.fails(&["-t:Relink"]);
        assert!(sandbox.started().is_empty() && !log.lines_with("exited with code 127").is_empty(), "{}", log.text);
        let switch = "-p:ThunkgenReplaceCrossgen2=true";
        let log = sandbox.builds(&["-t:Relink", switch]);
        assert_eq!(sandbox.started().len(), 1);
        let by_hand =
            "bin --contract portable-callhelpers --no-default-modules --module libSystem.Native --module native";
        let by_hand = sandbox.generated_by_hand(&by_hand.split(' ').collect::<Vec<_>>());
        assert_eq!(sandbox.generated_in("relink out").contents(), by_hand.contents());
        // Only in that step, and no second set of files.
        assert_eq!(
            log.lines_with("later steps have ").concat().matches("/no crossgen2 here").count(),
            1,
            "{}",
            log.text
        );
        let log = sandbox.builds(&[switch]);
        assert!(sandbox.started().is_empty(), "{}", log.text);
    }
}

/// A name of the step of one's own, and a tool that is not there.
#[test]
#[ignore = "needs the MSBuild engine"]
fn another_step() {
    let sandbox = Sandbox::new(Engine::msbuild());
    let body = step("Crossgen2Path").replace("_CoreCLRGenerateManagedToNative", "MakeHelpers");
    sandbox.project(&body);
    let switches = ["-t:Relink", "-p:ThunkgenReplaceCrossgen2=true", "-p:ThunkgenWorkloadTarget=MakeHelpers"];
    sandbox.builds(&switches);
    assert_eq!(sandbox.started().len(), 1);
    for path in ["nowhere", "tool", "tool/"] {
        let path = format!("-p:ThunkgenPath={path}");
        let log = sandbox.fails(&[&switches[..], &[path.as_str()]].concat());
        assert_eq!(log.lines_with("error TGM001: ").len(), 2, "{path}: {}", log.text);
    }
}

/// Items and properties reach the step, in words that crossgen2 does not have.
#[test]
#[ignore = "needs the MSBuild engine"]
fn options_reach_the_step() {
    let sandbox = Sandbox::new(Engine::msbuild());
    sandbox.assembly("interop");
    sandbox.assembly("errors-unknown-struct");
    sandbox.write("sizes.txt", "Missing.Kind = 4\n");
    let items = "<ItemGroup>
        <ThunkgenStructSize Include=\"Missing.Point\" Size=\"8\" Alignment=\"4\" />
        <ThunkgenStructSizeFile Include=\"sizes.txt\" />
        <ThunkgenModule Include=\"more\" />
      </ItemGroup>";
    sandbox.project(&format!("{}{items}", step("Crossgen2Path")));
    let switches = ["-t:Relink", "-p:ThunkgenReplaceCrossgen2=true"];
    let log = sandbox.builds(&switches);
    let by_hand = "bin --contract portable-callhelpers --no-default-modules --module libSystem.Native --module native \
        --optional-module more --struct-size Missing.Point=8:4 --struct-size Missing.Kind=4";
    let by_hand = sandbox.generated_by_hand(&by_hand.split_whitespace().collect::<Vec<_>>());
    assert_eq!(sandbox.generated_in("relink out").contents(), by_hand.contents());
    assert!(!log.lines_with("warning TG0214: ").is_empty(), "{}", log.text);
    let log = sandbox.builds(&[&switches[..], &["-p:NoWarn=TG0214%3BCS1591"]].concat());
    assert!(log.lines_with("TG0214").is_empty(), "{}", log.text);
    for switch in ["-p:WarningsAsErrors=TG0214", "-p:TreatWarningsAsErrors=true"] {
        let log = sandbox.fails(&[&switches[..], &[switch]].concat());
        assert!(!log.lines_with("error TG0214: ").is_empty(), "{switch}: {}", log.text);
    }
}

/// The workload's target has another name now: an error, since somebody asked for it.
#[test]
#[ignore = "needs the MSBuild engine"]
fn a_step_that_is_not_there() {
    let sandbox = Sandbox::new(Engine::msbuild());
    let native =
        "<PropertyGroup><UseMonoRuntime>false</UseMonoRuntime><WasmBuildNative>true</WasmBuildNative></PropertyGroup>";
    sandbox.project(&format!("{native}{ALL}"));
    let log = sandbox.fails(&["-p:ThunkgenReplaceCrossgen2=true"]);
    let text = "error TGM008: No target '_CoreCLRGenerateManagedToNative' ran";
    assert!(!log.lines_with(text).is_empty(), "{}", log.text);
    let log = sandbox.builds(&[]);
    assert!(!log.lines_with(&text.replace("error", "warning")).is_empty(), "{}", log.text);
    for switch in ["-p:ThunkgenReplaceTask=false", "-p:UseMonoRuntime=true"] {
        let log = sandbox.builds(&[switch]);
        assert!(log.lines_with("TGM008").is_empty(), "{switch}: {}", log.text);
    }
}
