use std::collections::BTreeMap;
use std::path::PathBuf;

use thunkgen::abi::TargetOs;
use thunkgen::collect::Options;
use thunkgen::collect::ir::declarations::Declarations;
use thunkgen::emit::skeleton::documentation::Documentation;
use thunkgen::emit::skeleton::{self, Language};
use thunkgen_tests::data::crate_dir;
use thunkgen_tests::tool::Files;

fn declarations(fixture: &str) -> Declarations {
    let file = |path: &str| crate_dir().join("fixtures").join(path);
    let files =
        Files::read([file("corlib/System.Private.CoreLib.dll"), file("facade/System.Runtime.dll"), file(fixture)]);
    let options = Options { modules: ["*".to_owned()].into(), declarations: true, ..Options::new(TargetOs::Browser) };
    files.collect_with(&options).unwrap_or_else(|errors| panic!("{errors:#?}")).declarations
}

#[test]
fn dump() {
    for fixture in [
        "native-corpus/NativeCorpus.dll",
        "interop/Interop.dll",
        "layouts/Layouts.dll",
        "marshalling/Marshalling.dll",
        "marshalling-disabled/MarshallingDisabled.dll",
        "native-side/NativeSide.dll",
    ] {
        let options = skeleton::Options { language: Language::CHeader, target_os: TargetOs::Browser };
        let files = skeleton::render(&declarations(fixture), &Documentation::default(), &options);
        let dir = PathBuf::from("/tmp/skelc").join(fixture.split('/').next().unwrap());
        std::fs::create_dir_all(&dir).unwrap();
        for (name, text) in files {
            std::fs::write(dir.join(name), text).unwrap();
        }
    }
}
