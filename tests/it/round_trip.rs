//! Keys to types and back: a key is parsed, raised to types that a method of that shape could have, and lowered again
//! through the layout engine.

use std::collections::BTreeSet;

use clr_wasm_abi::{LayoutEngine, LayoutTarget, MultiSlot, ParamToken, ReturnToken, Scalar, Signature, StructAlign};
use clr_wasm_abi::{TargetOs, TokenSet};
use thunkgen_diagnostics::Policy;
use thunkgen_tests::corrupt::prng::Prng;
use thunkgen_tests::data::{CheckedInKeys, sets};
use thunkgen_tests::fixtures::{Fixtures, options};
use thunkgen_tests::raise::Raiser;
use thunkgen_tests::tool::Files;

/// Fixtures that are free of errors.
const FOLDERS: [&str; 8] =
    ["corlib", "facade", "facade-netstandard", "netstandard-user", "layouts", "interop", "interop-linux", "interop-il"];

/// Random keys.
const COUNT: u64 = 10_000;

const SEED: u64 = 0x7468_756E_6B67_656E;

/// The same key again, or a panic that names it.
#[track_caller]
fn round_trip(raiser: &Raiser<'_, '_, '_>, key: &str) {
    let text = key.strip_prefix('M').unwrap_or(key);
    let signature: Signature = text.parse().unwrap_or_else(|error| panic!("{key}: {error}"));
    assert_eq!(signature.to_string(), text);
    let raised = raiser.raise(&signature).unwrap_or_else(|token| panic!("{key}: no type lowers to {token}"));
    let lowered = raiser.lower(&raised);
    assert_eq!(lowered.to_string(), text, "{raised:?}");
    assert_eq!(lowered, signature);
}

/// With the fixtures' types.
fn with_fixtures(test: impl FnOnce(&Raiser<'_, '_, '_>)) {
    let fixtures = Fixtures::inputs(FOLDERS);
    let type_system = fixtures.type_system();
    test(&Raiser::new(&LayoutEngine::new(&type_system, LayoutTarget::WASM32, Default::default())));
}

#[test]
fn checked_in_keys() {
    with_fixtures(|raiser| {
        for keys in [CheckedInKeys::browser().interp, CheckedInKeys::wasi().interp] {
            assert!(keys.len() >= 100);
            keys.iter().for_each(|key| round_trip(raiser, key));
        }
    });
}

#[test]
fn fixture_keys() {
    let modules = ["*"];
    let fixtures = Fixtures::inputs(FOLDERS);
    let mut keys = BTreeSet::new();
    for target_os in TargetOs::ALL {
        keys.extend(fixtures.collect(&options(target_os, &modules), Policy::default()).ir.keys.into_keys());
    }
    assert!(keys.len() >= 150, "{}", keys.len());
    with_fixtures(|raiser| keys.iter().for_each(|key| round_trip(raiser, key)));
}

/// `THUNKGEN_SETS` names a folder made by `tests/tools/fetch-sets.sh`. The keys of a set are raised to its own types.
#[test]
#[ignore = "needs the real sets"]
fn keys_of_real_sets() {
    for set in ["net10", "net8", "net7", "framework8"] {
        let files = Files::read_folder(&sets().join(set));
        let mut keys = BTreeSet::new();
        for target_os in TargetOs::ALL {
            let all = BTreeSet::from(["*".into()]);
            let ir = files.collect(target_os, TokenSet::Current, &all);
            keys.extend(ir.unwrap_or_else(|errors| panic!("{}", errors.join("\n"))).keys.into_keys());
        }
        assert!(keys.len() >= 70, "{set}: {}", keys.len());
        files.with_universe(|type_system| {
            let layouts = LayoutEngine::new(type_system, LayoutTarget::WASM32, Default::default());
            let raiser = Raiser::new(&layouts);
            keys.iter().for_each(|key| round_trip(&raiser, key));
        });
    }
}

#[test]
fn random_keys() {
    with_fixtures(|raiser| {
        let mut tokens = BTreeSet::new();
        for number in 0..COUNT {
            let signature = random(raiser, &mut Prng::new(SEED, number));
            tokens.extend(signature.params.iter().map(ToString::to_string));
            round_trip(raiser, &signature.interp_key());
        }
        for token in ["i", "l", "f", "d", "V", "l2", "V2", "V4", "S1", "S8", "S16", "A16", "A32"] {
            assert!(tokens.contains(token), "{token} was never tried");
        }
        assert!(tokens.len() >= 40, "{tokens:?}");
    });
}

/// `e` is reserved: nothing lowers to it.
#[test]
fn an_empty_parameter_cannot_be_raised() {
    with_fixtures(|raiser| {
        assert_eq!(raiser.raise(&"ve".parse().unwrap()), Err("e".to_owned()));
        assert_eq!(raiser.raise(&"vS1234567".parse().unwrap()), Err("S1234567".to_owned()));
    });
}

fn random(raiser: &Raiser<'_, '_, '_>, prng: &mut Prng) -> Signature {
    let scalars = [Scalar::I32, Scalar::I64, Scalar::F32, Scalar::F64, Scalar::V128];
    let ret = match prng.below(3) {
        0 => ReturnToken::Void,
        1 => ReturnToken::Scalar(*prng.pick(&scalars)),
        _ => ReturnToken::Struct(*prng.pick(&raiser.return_sizes())),
    };
    let mut params = Vec::new();
    for _ in 0..prng.below(12) {
        let structs = |prng: &mut Prng, align| {
            let size = *prng.pick(&raiser.param_sizes(align));
            ParamToken::Struct { size, align }
        };
        params.push(match prng.below(4) {
            0 => ParamToken::MultiSlot(*prng.pick(&[MultiSlot::L2, MultiSlot::V2, MultiSlot::V4])),
            1 => structs(prng, StructAlign::Slot),
            2 => structs(prng, StructAlign::Sixteen),
            _ => ParamToken::Scalar(*prng.pick(&scalars)),
        });
    }
    let managed = prng.below(2) == 0;
    let is_async = managed && prng.below(4) == 0;
    Signature {
        ret,
        has_this: managed && prng.below(2) == 0,
        has_generic_context: is_async && prng.below(2) == 0,
        is_async,
        params,
        managed,
    }
}
