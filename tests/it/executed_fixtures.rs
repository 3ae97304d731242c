//! The fixture assemblies through the whole tool: the signature every name announces, compiled and run.

use std::collections::{BTreeMap, BTreeSet};

use clr_wasm_abi::{TargetOs, TokenSet};
use thunkgen_core::collect::ir::{Ir, ReasonKind};
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

/// What follows `__` in a name: the signature it announces, or two of them.
fn announced(member: &str) -> Vec<&str> {
    let name = member.rsplit(['.', '+', '/']).next().unwrap_or_default();
    name.split("__").skip(1).collect()
}

#[test]
fn every_row_has_the_signature_its_name_announces() {
    let mut compared: BTreeMap<ReasonKind, BTreeSet<(String, u32)>> = BTreeMap::new();
    let mut callbacks = 0;
    for target_os in TargetOs::ALL {
        let ir = collect(target_os, TokenSet::Current);
        for (key, entry) in &ir.keys {
            for reason in &entry.reasons {
                // Other reasons are calls inside a method, or function pointers in its signature.
                let own = matches!(reason.kind, ReasonKind::PInvoke | ReasonKind::Delegate | ReasonKind::InternalCall);
                let signatures = announced(&reason.member);
                if own && !signatures.is_empty() {
                    assert!(signatures.contains(&&key[1..]), "{} needs {key}", reason.member);
                    compared.entry(reason.kind).or_default().insert((reason.assembly.clone(), reason.token));
                }
            }
        }
        for callback in ir.callbacks.values() {
            let signatures = announced(&callback.method);
            if !signatures.is_empty() {
                assert_eq!(signatures, [callback.signature.to_string()], "{}", callback.method);
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

/// Names announce calls through function pointers here, and a name is that of the method around the call.
const CALL_SITES: [&str; 2] = ["Calli.cs", "InteropIl.il"];

/// Dropped for browser by a platform attribute, or marked by an attribute that only looks like the real one.
const NOT_COLLECTED: [&str; 4] = ["Drop_", "NotACallback__", "Lookalike__", "Plain__"];

/// Names in the sources that announce a signature, by file.
fn announced_in_sources() -> BTreeMap<String, BTreeSet<String>> {
    let mut names = BTreeMap::new();
    for assembly in ASSEMBLIES {
        let folder = crate_dir().join("fixtures").join(assembly).parent().expect("a folder").to_owned();
        for entry in std::fs::read_dir(&folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
            if entry.extension().is_some_and(|extension| extension == "cs" || extension == "il") {
                let text = std::fs::read_to_string(&entry).expect("a source");
                let words = text.split(|c: char| !c.is_alphanumeric() && c != '_');
                let found =
                    words.filter(|word| announced(word).iter().any(|text| is_signature(text))).map(str::to_owned);
                names.insert(entry.strip_prefix(crate_dir()).expect("below").display().to_string(), found.collect());
            }
        }
    }
    names
}

fn is_signature(text: &str) -> bool {
    text.parse::<clr_wasm_abi::Signature>().is_ok()
}

/// Names of everything collected.
fn collected_names(target_os: TargetOs) -> BTreeSet<String> {
    let ir = collect(target_os, TokenSet::Current);
    let members = ir.keys.values().flat_map(|entry| entry.reasons.iter().map(|reason| &reason.member));
    let names = members.chain(ir.callbacks.values().map(|callback| &callback.method));
    names.map(|member| member.rsplit(['.', '+', '/']).next().expect("a name").to_owned()).collect()
}

#[test]
fn every_name_that_announces_a_signature_is_collected() {
    let (browser, wasi) = (collected_names(TargetOs::Browser), collected_names(TargetOs::Wasi));
    let mut collected = 0;
    for (file, names) in announced_in_sources() {
        if CALL_SITES.iter().any(|name| file.ends_with(name)) {
            continue;
        }
        for name in names {
            // `Drop__vi` is a name like any other.
            let dropped = NOT_COLLECTED.iter().any(|prefix| name.starts_with(prefix)) && !name.starts_with("Drop__");
            let for_wasi = name.starts_with("KeepWasi_");
            assert_eq!(browser.contains(&name), !dropped && !for_wasi, "{file}: {name}");
            assert!(!for_wasi || wasi.contains(&name), "{file}: {name}");
            collected += usize::from(!dropped);
        }
    }
    assert!(collected >= 750, "{collected}");
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
