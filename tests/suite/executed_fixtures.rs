//! The fixture assemblies through the whole tool: the signature every name announces, compiled and run.

use std::collections::{BTreeMap, BTreeSet};

use thunkgen::abi::TargetOs;
use thunkgen::collect::ir::{Ir, ReasonKind};
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

fn collect(target_os: TargetOs) -> Ir {
    let files = Files::read(ASSEMBLIES.map(|path| crate_dir().join("fixtures").join(path)));
    let modules = ["native", "libSystem.Native", "layouts"].map(str::to_owned).into();
    files.collect(target_os, &modules).unwrap_or_else(|errors| panic!("{}", errors.join("\n")))
}

/// What follows `__` in a name, when it has one.
fn announced(member: &str) -> Option<&str> {
    let name = member.rsplit(['.', '+', '/']).next()?;
    name.split_once("__").map(|(_, signature)| signature)
}

#[test]
fn every_row_has_the_signature_its_name_announces() {
    let mut compared: BTreeMap<ReasonKind, BTreeSet<(String, u32)>> = BTreeMap::new();
    let mut callbacks = 0;
    for target_os in TargetOs::ALL {
        let ir = collect(target_os);
        for (key, entry) in &ir.keys {
            for reason in &entry.reasons {
                if let Some(signature) = announced(&reason.member) {
                    assert_eq!(*key, format!("M{signature}"), "{}", reason.member);
                    compared.entry(reason.kind).or_default().insert((reason.assembly.clone(), reason.token));
                }
            }
        }
        for callback in ir.callbacks.values() {
            if let Some(signature) = announced(&callback.method) {
                assert_eq!(callback.signature.to_string(), signature, "{}", callback.method);
                callbacks += 1;
            }
        }
    }
    let count = |kind: ReasonKind| compared.get(&kind).map_or(0, BTreeSet::len);
    assert!(count(ReasonKind::PInvoke) >= 600, "{}", count(ReasonKind::PInvoke));
    assert!(count(ReasonKind::Delegate) >= 12, "{}", count(ReasonKind::Delegate));
    assert!(count(ReasonKind::InternalCall) >= 70, "{}", count(ReasonKind::InternalCall));
    assert!(callbacks >= 90, "{callbacks}");
}

#[test]
fn everything_generated_for_the_fixtures_runs() {
    for target_os in TargetOs::ALL {
        let ir = collect(target_os);
        let ran = run_all(target_os.name(), &ir, Flags::SIMD);
        assert!(ran.keys > 100 && ran.pinvokes > 100 && ran.callbacks > 30, "{ran:?}");
    }
}
