//! The fixture assemblies through the whole tool: compiled and run.

use clr_wasm_abi::{TargetOs, TokenSet};
use thunkgen_core::collect::ir::Ir;
use thunkgen_tests::data::crate_dir;
use thunkgen_tests::executed::run_all;
use thunkgen_tests::tool::Files;
use thunkgen_tests::wasm::toolchain::Flags;

/// Every fixture whose input has no error.
const ASSEMBLIES: [&str; 9] = [
    "corlib/System.Private.CoreLib.dll",
    "facade/System.Runtime.dll",
    "facade-netstandard/netstandard.dll",
    "netstandard-user/NetStandardUser.dll",
    "layouts/Layouts.dll",
    "interop/Interop.dll",
    "interop-il/InteropIl.dll",
    "interop-linux/InteropLinux.dll",
    "metadata/Metadata.dll",
];

fn collect(target_os: TargetOs, tokens: TokenSet) -> Ir {
    let files = Files::read(ASSEMBLIES.map(|path| crate_dir().join("fixtures").join(path)));
    let modules = ["native", "libSystem.Native", "layouts"].map(Into::into).into();
    files.collect(target_os, tokens, &modules).unwrap_or_else(|errors| panic!("{}", errors.join("\n")))
}

#[test]
#[ignore = "needs clang and wasm-ld"]
fn everything_generated_for_the_fixtures_runs() {
    for target_os in TargetOs::ALL {
        let ir = collect(target_os, TokenSet::Current);
        let ran = run_all(target_os.name(), &ir, Flags::SIMD);
        assert!(ran.keys > 100 && ran.pinvokes > 100 && ran.callbacks > 30, "{ran:?}");
    }
}

/// An older runtime's tokens are all of the present ones but `a`, `A` and the values that take several slots.
#[test]
#[ignore = "needs clang and wasm-ld"]
fn older_tokens_run_too() {
    let ir = collect(TargetOs::Browser, TokenSet::Pr127483);
    let newer = |key: &&String| key.contains(['a', 'A']) || ["l2", "V2", "V4"].iter().any(|token| key.contains(token));
    assert_eq!(ir.keys.keys().find(newer), None);
    let ran = run_all("127483", &ir, Flags::SIMD);
    assert!(ran.keys > 100 && ran.pinvokes > 100 && ran.callbacks > 30, "{ran:?}");
}
