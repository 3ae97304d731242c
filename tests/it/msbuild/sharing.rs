//! Two projects that write into one folder: one of them fails, and nothing is mixed.

use std::thread;

use thunkgen_tests::msbuild::{Engine, Sandbox};

use super::on_every_engine;

on_every_engine! {
    parallel_builds_do_not_mix,
}

/// Each project has its own assemblies and its own state, but the output folder of the other.
fn project(assembly: &str) -> String {
    format!(
        "<PropertyGroup><ThunkgenOutputDirectory>shared</ThunkgenOutputDirectory></PropertyGroup>
         <ItemGroup><ThunkgenAssembly Include=\"bin/System.*.dll;bin/{assembly}.dll\" /></ItemGroup>"
    )
}

/// Both tools wait for each other, so that they work at the same time however slow an engine starts; ten minutes at most.
const MEETING: &str = "#!/bin/sh
here=$(dirname \"$0\")
touch \"$here/at the door.$$\"
for try in $(seq 30000); do
  [ $(ls \"$here\" | grep -c 'at the door') -ge 2 ] && break
  sleep 0.02
done
";

fn parallel_builds_do_not_mix(engine: Engine) {
    let sandbox = Sandbox::new(engine);
    let names = ["Interop", "Marshalling"];
    sandbox.assembly("interop");
    sandbox.assembly("marshalling");
    for name in names {
        sandbox.project_with(&format!("{name}.proj"), "", &project(name));
    }
    let tool = std::fs::read_to_string(sandbox.path("tool/thunkgen")).unwrap();
    sandbox.write("tool/thunkgen", tool.replace("#!/bin/sh\n", MEETING));
    let own = names.map(|name| {
        let assemblies = ["bin/System.Private.CoreLib.dll", "bin/System.Runtime.dll", &format!("bin/{name}.dll")];
        sandbox.generated_by_hand(&assemblies)
    });
    let logs = thread::scope(|scope| {
        let sandbox = &sandbox;
        let builds = names.map(|name| scope.spawn(move || sandbox.build_project(&format!("{name}.proj"), &[])));
        builds.map(|build| build.join().expect("a build"))
    });
    let [first, second] = &logs;
    assert_eq!(sandbox.started().len(), 2);
    assert!(first.succeeded != second.succeeded, "{}\n{}", first.text, second.text);
    let (winner, loser) = if first.succeeded { (0, second) } else { (1, first) };
    assert!(!loser.lines_with("error TG0305: ").is_empty(), "{}", loser.text);
    assert_eq!(sandbox.generated_in("shared").contents(), own[winner].contents());
    // It stays with the first, also later.
    let log = sandbox.build_project(&format!("{}.proj", names[1 - winner]), &[]);
    assert!(!log.succeeded, "{}", log.text);
    assert_eq!(sandbox.generated_in("shared").contents(), own[winner].contents());
}

/// Configurations of one project may share a folder: each build leaves there what is its own.
#[test]
#[ignore = "needs the MSBuild engine"]
fn configurations_take_turns() {
    let sandbox = Sandbox::new(Engine::msbuild());
    sandbox.assembly("interop");
    let body = "<PropertyGroup><IntermediateOutputPath>obj/$(Configuration)/</IntermediateOutputPath>
          <ThunkgenOutputDirectory>shared/</ThunkgenOutputDirectory></PropertyGroup>
        <ItemGroup><ThunkgenAssembly Include=\"bin/System.*.dll\" />
          <ThunkgenAssembly Include=\"bin/Interop.dll\" Condition=\"'$(Configuration)' == 'Debug'\" /></ItemGroup>";
    sandbox.project(body);
    let debug = sandbox.generated_by_hand(&["bin"]);
    let release = sandbox.generated_by_hand(&["bin/System.Private.CoreLib.dll", "bin/System.Runtime.dll"]);
    for (configuration, expected) in [("Debug", &debug), ("Release", &release), ("Debug", &debug), ("Debug", &debug)] {
        sandbox.builds(&[&format!("-p:Configuration={configuration}")]);
        assert_eq!(sandbox.generated_in("shared").contents(), expected.contents(), "{configuration}");
    }
    assert_eq!(sandbox.started().len(), 3, "the last build had nothing to do");
    // Target frameworks are built at the same time, so they may not.
    let log = sandbox.fails(&["-p:Configuration=Debug", "-p:TargetFramework=net10.0"]);
    assert!(!log.lines_with("error TG0305: ").is_empty(), "{}", log.text);
}
