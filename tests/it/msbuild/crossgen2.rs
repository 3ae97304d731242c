//! The step that generates with crossgen2 can run thunkgen instead.

use thunkgen_tests::msbuild::{Engine, Sandbox};

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
            <Argument Include=\"--targetos:browser\" />
            <Argument Include=\"--targetarch:wasm\" />
            <Argument Include=\"--generate-portable-callhelpers:$(Folder)\" />
            <Argument Include=\"@(Module->'--directpinvoke:%(Identity)')\" />
            <Argument Include=\"@(Managed->'%(FullPath)')\" />
          </ItemGroup>
          <MakeDir Directories=\"$(Folder)\" />
          <WriteLinesToFile File=\"$(Folder)generator.rsp\" Lines=\"@(Argument)\" Overwrite=\"true\" WriteOnlyWhenDifferent=\"true\" />
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
    let switches = ["-t:Relink", "-p:ThunkgenReplaceCrossgen2=true", "-p:ThunkgenCrossgen2Target=MakeHelpers"];
    sandbox.builds(&switches);
    assert_eq!(sandbox.started().len(), 1);
    for path in ["nowhere", "tool", "tool/"] {
        let path = format!("-p:ThunkgenPath={path}");
        let log = sandbox.fails(&[&switches[..], &[path.as_str()]].concat());
        assert_eq!(log.lines_with("error TGM001: ").len(), 2, "{path}: {}", log.text);
    }
}
