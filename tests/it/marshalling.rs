//! Marshalling: every member of the fixtures `marshalling` and `marshalling-disabled` has the signature its name
//! announces, or is refused. The session `marshalling` has the reasons.

use clr_wasm_abi::TargetOs;
use thunkgen_core::collect::ir::{Ir, Reason, ReasonKind};
use thunkgen_diagnostics::Policy;
use thunkgen_tests::fixtures::{Collected, Fixtures, options};
use thunkgen_tests::member_rows::{Kind, MemberRow, read};

const FOLDERS: [&str; 2] = ["marshalling", "marshalling-disabled"];

fn collect() -> Collected {
    Fixtures::with_core(&FOLDERS).collect(&options(TargetOs::Browser, &["native"]), Policy::default())
}

/// Every member of the two fixtures.
fn rows() -> Vec<MemberRow> {
    let fixtures = Fixtures::inputs(FOLDERS);
    let rows: Vec<MemberRow> = fixtures.as_inputs().iter().flat_map(|input| read(input.bytes)).collect();
    assert!(rows.len() > 150, "{}", rows.len());
    rows
}

fn full_name(row: &MemberRow) -> String {
    match row.kind {
        Kind::Delegate => format!("{}.{}", row.assembly, row.name),
        _ => format!("{}.{}.{}", row.assembly, row.type_name, row.name),
    }
}

/// The keys a call asks for itself, those of function pointers among its parameters left out.
fn keys_of<'i>(ir: &'i Ir, member: &str) -> Vec<&'i str> {
    let asks =
        |reason: &Reason| reason.member == member && matches!(reason.kind, ReasonKind::PInvoke | ReasonKind::Delegate);
    ir.keys.iter().filter(|(_, entry)| entry.reasons.iter().any(asks)).map(|(key, _)| key.as_str()).collect()
}

fn has_entry(ir: &Ir, row: &MemberRow) -> bool {
    ir.pinvokes.get("native").is_some_and(|entries| entries.contains_key(&row.name))
}

#[test]
fn every_call_has_the_native_signature_its_name_announces() {
    let collected = collect();
    assert!(!collected.has_errors());
    let mut seen = 0;
    for row in rows().iter().filter(|row| row.kind != Kind::Callback) {
        let name = full_name(row);
        let keys = keys_of(&collected.ir, &name);
        match row.announced() {
            Some(signature) => {
                let key = format!("M{signature}");
                assert_eq!(keys, [key.as_str()], "{name}");
                assert_eq!(has_entry(&collected.ir, row), row.kind == Kind::PInvoke, "{name}");
                seen += 1;
            }
            None => {
                assert!(keys.is_empty(), "{name} is refused: {keys:?}");
                assert!(!has_entry(&collected.ir, row), "{name}");
            }
        }
    }
    assert!(seen > 100, "{seen}");
}

#[test]
fn a_callback_that_is_not_blittable_keeps_its_native_type_and_the_reason() {
    let collected = collect();
    let rows = rows();
    for row in rows.iter().filter(|row| row.kind == Kind::Callback) {
        let name = full_name(row);
        let callback = collected.ir.callbacks.values().find(|c| (&c.assembly, c.token) == (&row.assembly, row.token));
        let callback = callback.unwrap_or_else(|| panic!("{name}"));
        assert_eq!(callback.signature.to_string(), row.announced().expect("a signature"), "{name}");
        assert_eq!(callback.problem.is_some(), row.name.starts_with("Refused_"), "{name}: {:?}", callback.problem);
        if let Some(problem) = &callback.problem {
            assert_eq!(collected.message(&name), problem);
        }
    }
}

#[test]
fn a_call_through_a_function_pointer_is_marshalled_too() {
    let collected = collect();
    for (member, expected) in [("Marshalling.Calli.Date__dd", "Mdd"), ("Marshalling.Calli.Pair__iS8", "MiS8")] {
        let asks = |reason: &Reason| reason.member == member && reason.kind == ReasonKind::Calli;
        let entries = collected.ir.keys.iter().filter(|(_, entry)| entry.reasons.iter().any(asks));
        assert_eq!(entries.map(|(key, _)| key.as_str()).collect::<Vec<_>>(), [expected], "{member}");
    }
}
