//! `lookup --diff`: the tables of a linked module against the sources that it was linked from.

use thunkgen_core::emit::Contract;
use thunkgen_tests::executable;
use thunkgen_tests::generated;
use thunkgen_tests::wasm::linked_app::LinkedApp;
use thunkgen_tests::wasm::toolchain::Flags;

#[test]
#[ignore = "needs clang and wasm-ld"]
fn a_module_has_what_its_sources_have() {
    let folder = tempfile::tempdir().unwrap();
    let app = LinkedApp::sample();
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    };
    write("sources/thunks.cpp", generated::interp_to_native_for(Contract::WasmThunks, &app.keys).as_bytes());
    write("sources/pinvokes.cpp", generated::pinvokes(&app.entries).as_bytes());
    write("sources/callbacks.cpp", generated::callbacks(&app.callbacks).as_bytes());
    write("linked/dotnet.native.wasm", &app.link(Contract::WasmThunks, Flags::PLAIN, &["--strip-all"]));
    let diff = |old: &str, new: &str| executable::run(folder.path(), ["lookup", "--diff", old, new]);
    let run = diff("sources", "linked");
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), "thunkgen: both provide the same\n"), "{}", run.stdout);
    // One of each is gone.
    let mut less = app.clone();
    let key = less.keys.pop_first().unwrap();
    let entry = less.entries.pop().unwrap();
    let callback = less.callbacks.pop().unwrap();
    write("less.wasm", &less.link(Contract::WasmThunks, Flags::PLAIN, &["--strip-all"]));
    let run = diff("sources", "less.wasm");
    assert_eq!((run.code, run.stderr.as_str()), (Some(1), "thunkgen: 0 added, 3 removed\n"), "{}", run.stdout);
    for line in [key, format!("{} of {}", entry.entry_point, entry.module), callback.key] {
        assert!(run.stdout.lines().any(|shown| shown == format!("  - {line}")), "{line}\n{}", run.stdout);
    }
    assert_eq!(diff("less.wasm", "sources").stderr, "thunkgen: 3 added, 0 removed\n");
}
