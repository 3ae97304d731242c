//! Every item and property becomes the option it stands for.

use std::fs;

use thunkgen_tests::fixtures;
use thunkgen_tests::msbuild::{Engine, Sandbox};

use super::{ALL, on_every_engine, skipped};

on_every_engine! {
    items_become_options,
}

fn items_become_options(engine: Engine) {
    let sandbox = Sandbox::new(engine);
    sandbox.assembly("interop");
    sandbox.assembly("errors-unknown-struct");
    sandbox.write("lists/modules.txt", "native\n");
    sandbox.write(
        "lists/modules.props",
        "<Project><ItemGroup><Linked Include='libA' /><Other Include='libB' /></ItemGroup></Project>",
    );
    sandbox.write("lists/extra.txt", "MviS8 # for a call that is made by hand\n");
    sandbox.write("lists/sizes.txt", SIZES);
    sandbox.write("lists/suppressions.toml", "[[suppress]]\ncode = \"TG0202\"\nreason = \"never called\"\n");
    sandbox.write("reference/Marshalling.dll", fs::read(fixtures::assembly("marshalling")).unwrap());
    let body = format!(
        "<PropertyGroup>
          <ThunkgenContract>portable-callhelpers</ThunkgenContract>
        </PropertyGroup>
        <ItemGroup>
          <ThunkgenModule Include=\"libC;libD\" />
          <ThunkgenModuleList Include=\"lists/modules.txt\" />
          <ThunkgenModuleList Include=\"lists/modules.props\"><ItemName>Linked</ItemName></ThunkgenModuleList>
          <ThunkgenReference Include=\"reference/Marshalling.dll\" />
          <ThunkgenExtraSignatures Include=\"lists/extra.txt\" />
          <ThunkgenStructSize Include=\"Example.First\"><Size>12</Size></ThunkgenStructSize>
          <ThunkgenStructSize Include=\"Missing.Point\"><Size>8</Size><Alignment>4</Alignment></ThunkgenStructSize>
          <ThunkgenStructSizeFile Include=\"lists/sizes.txt\" />
          <ThunkgenSuppressions Include=\"lists/suppressions.toml\" />
          <ThunkgenOption Include=\"--diagnostics obj/problems.json\" />
        </ItemGroup>{ALL}"
    );
    sandbox.project(&body);
    let log = sandbox.builds(&[]);
    let arguments = "--contract portable-callhelpers --module libC --module libD --module-list lists/modules.txt \
        --module-list lists/modules.props:Linked --reference reference/Marshalling.dll --extra-signatures lists/extra.txt \
        --struct-size Example.First=12 --struct-size Missing.Point=8:4 --struct-size-file lists/sizes.txt \
        --suppressions lists/suppressions.toml bin";
    let by_hand = sandbox.generated_by_hand(&arguments.split_whitespace().collect::<Vec<_>>());
    assert_eq!(sandbox.generated().contents(), by_hand.contents());
    assert!(log.lines_with("TG0202").is_empty() && sandbox.path("obj/problems.json").exists(), "{}", log.text);
    let response = fs::read_to_string(sandbox.path("obj/thunkgen/App/App.proj.browser.rsp")).unwrap();
    let root = sandbox.path("").display().to_string();
    let lines: Vec<String> = response.lines().map(|line| line.replace(&root, "")).collect();
    for expected in [
        "--module libC",
        "--module libD",
        "--module-list lists/modules.txt",
        "--module-list lists/modules.props:Linked",
        "--struct-size Example.First=12",
        "--struct-size Missing.Point=8:4",
    ] {
        assert!(lines.iter().any(|line| line == expected), "{expected}: {lines:?}");
    }
    // Each list is read again when it is newer.
    for list in
        ["modules.txt", "modules.props", "extra.txt", "sizes.txt", "suppressions.toml", "../reference/Marshalling.dll"]
    {
        sandbox.wait();
        sandbox.started();
        sandbox.touch(&format!("lists/{list}"));
        let log = sandbox.builds(&[]);
        assert_eq!((sandbox.started().len(), skipped(&log)), (1, 0), "{list}\n{}", log.text);
    }
}

/// One of the two sizes that the fixture with structs of an absent assembly needs; the other is in an item.
const SIZES: &str = "Missing.Kind = 4 # an enum\n";
