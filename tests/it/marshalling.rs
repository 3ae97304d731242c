//! Marshalling: every member of the fixtures `marshalling` and `marshalling-disabled` has the signature its name
//! announces, or is refused for the reason a list in this file gives.

use std::collections::BTreeMap;

use clr_wasm_abi::TargetOs;
use thunkgen_core::collect::ir::{Ir, Reason, ReasonKind};
use thunkgen_diagnostics::{Policy, catalogue};
use thunkgen_tests::fixtures::{Collected, Fixtures, options};
use thunkgen_tests::member_rows::{Kind, MemberRow, read};

const FOLDERS: [&str; 2] = ["marshalling", "marshalling-disabled"];

fn collect(policy: Policy) -> Collected {
    Fixtures::with_core(&FOLDERS).collect(&options(TargetOs::Browser, &["native"]), policy)
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
    let collected = collect(Policy::default());
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

/// What the runtime does not marshal, and a part of what is said of it.
#[rustfmt::skip]
const REFUSED: &[(&str, &str)] = &[
    ("VariantBool", "parameter 1: `bool` is not marshalled as VariantBool; remove the MarshalAs"),
    ("Misfit", "parameter 1: `int` is not marshalled as I8; remove the MarshalAs"),
    ("Object", "parameter 1: `object` is marshalled as a VARIANT or an interface; there is no COM on WebAssembly"),
    ("ObjectResult", "the return type: `object` is marshalled as a VARIANT"),
    ("ObjectAsInterface", "there is no COM on WebAssembly"),
    ("AsAnyRef", "AsAny is for parameters by value only; pass a pointer"),
    ("Interface", "the interface `Marshalling.IThing` is not marshalled; there is no COM"),
    ("NoLayout", "the class `Marshalling.Plain` has no layout and is not marshalled; pass a pointer, or a class with"),
    ("GenericClass", "the generic class `System.Collections.Generic.List`1` is not marshalled"),
    ("GenericDelegate", "the generic class `Marshalling.Generic`1` is not marshalled; use one that is not generic"),
    ("HandleAs", "`Marshalling.Handle` is not marshalled as SysInt"),
    ("AbstractResult", "the return type: the abstract class `Marshalling.AbstractHandle` cannot be made"),
    ("HandleRefResult", "`System.Runtime.InteropServices.HandleRef` is not marshalled"),
    ("HandleRefByRef", "`System.Runtime.InteropServices.HandleRef` is not marshalled"),
    ("ArrayResult", "an array result is not marshalled; return a pointer"),
    ("ArrayOfArrays", "an array of arrays is not marshalled; pass a pointer"),
    ("ArrayOfHandles", "an array of objects is not marshalled"),
    ("ArrayOfObjects", "an array of objects is not marshalled"),
    ("SafeArray", "SafeArray is not supported; there is no COM"),
    ("Nullable", "`System.Nullable`1` is not marshalled; pass its parts"),
    ("NullableByRef", "`System.Nullable`1` is not marshalled"),
    ("Span", "`System.Span`1` is not marshalled"),
    ("GenericBool", "the generic struct `Marshalling.Pair`1` is not blittable"),
    ("Vector", "`System.Runtime.Intrinsics.Vector256`1` is not marshalled"),
    ("Int128", "`System.Int128` by value contains a 128-bit integer; pass it by reference"),
    ("Int128Result", "the return type: `System.Int128` by value contains a 128-bit integer"),
    ("Int128Inside", "`Marshalling.HoldsInt128` by value contains a 128-bit integer"),
    ("AutoLayout", "the struct `Marshalling.Auto` has auto layout; give it sequential layout"),
    ("AutoLayoutByRef", "the struct `Marshalling.Auto` has auto layout"),
    ("AutoLayoutInside", "field `A` of `Marshalling.HoldsAuto`: the struct `Marshalling.Auto` has auto layout"),
    ("ObjectInside", "field `A` of `Marshalling.HoldsObject`: an `object` field is not marshalled"),
    ("ArrayInside", "field `A` of `Marshalling.HoldsArray`: an array field is marshalled as ByValArray only; give it"),
    ("BuilderInside", "field `A` of `Marshalling.HoldsBuilder`: a field of class `System.Text.StringBuilder`"),
    ("VariantBoolInside", "field `A` of `Marshalling.HoldsVariantBool`: `bool` is not marshalled as VariantBool"),
    ("VariantBoolByRef", "field `A` of `Marshalling.HoldsVariantBool`: `bool` is not marshalled as VariantBool"),
    ("PlainInside", "field `B` of `Marshalling.HoldsPlain`: a field of class `Marshalling.Plain` is not marshalled"),
    ("HandleRefInside", "field `A` of `Marshalling.HoldsHandleRef`: a field of type"),
    ("TooLarge", "the struct `Marshalling.Huge` is larger than 65520 bytes; pass a pointer"),
    ("Circle", "contains itself; break the circle with a pointer"),
    ("RefResult", "a `ref` result is not marshalled; return a pointer"),
    ("CurrencyResult", "the return type: `System.Decimal` is not marshalled as Currency"),
    ("StructResult", "the struct `System.Guid` is not marshalled as the result of a method without PreserveSig"),
    ("CustomInt", "only reference types have custom marshalers"),
];

#[test]
fn what_the_runtime_does_not_marshal_costs_one_warning_with_advice() {
    let collected = collect(Policy::default());
    let mut expected: BTreeMap<String, &str> =
        REFUSED.iter().map(|(name, text)| (format!("Marshalling.Refused.{name}"), *text)).collect();
    expected.insert("Marshalling.RefusedDelegate".into(), "parameter 1: `object` is marshalled as a VARIANT");
    let mut found = BTreeMap::new();
    for diagnostic in collected.diagnostics.iter().filter(|d| d.rule == &catalogue::UNSUPPORTED_MARSHALLING) {
        let (member, _) = diagnostic.location.member.clone().expect("a member");
        assert_eq!(diagnostic.location.file, "marshalling.dll");
        assert!(diagnostic.message.contains("; "), "advice: {}", diagnostic.message);
        assert_eq!(found.insert(member, diagnostic.message.clone()), None);
    }
    assert_eq!(found.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
    for (member, text) in expected {
        assert!(found[&member].contains(text), "{member}: {}", found[&member]);
    }
}

#[test]
fn without_marshalling_what_needs_it_costs_one_warning_and_stays_as_declared() {
    let collected = collect(Policy::default());
    let expected = [
        ("Refused.String__vi", "parameter 1 is a string; use a pointer"),
        ("Refused.StringResult__i", "the return type is a string"),
        ("Refused.Array__vi", "parameter 1 is an array"),
        ("Refused.Class__vi", "parameter 1 is an object reference"),
        ("Refused.Delegate__vi", "parameter 1 is an object reference"),
        ("Refused.Ref__vii", "parameter 2 is a `ref`"),
        ("Refused.Out__vi", "parameter 1 is a `ref`"),
        ("Refused.LastError__ii", "SetLastError is not supported"),
        ("Refused.NoPreserveSig__ii", "a method without PreserveSig returns an HRESULT"),
        ("Refused.Lcid__ii", "LCIDConversion adds a parameter"),
        ("RefusedDelegate__vi", "parameter 1 is a string"),
    ];
    let of_file = collected.diagnostics.iter().filter(|d| d.location.file == "marshalling-disabled.dll");
    let found: Vec<_> = of_file.collect();
    assert!(found.iter().all(|d| d.rule == &catalogue::MARSHALLING_DISABLED), "{found:?}");
    assert_eq!(found.len(), expected.len(), "{found:?}");
    for (name, text) in expected {
        let message = collected.message(&format!("MarshallingDisabled.{name}"));
        assert!(message.contains(text), "{name}: {message}");
    }
}

#[test]
fn a_callback_that_is_not_blittable_keeps_its_native_type_and_the_reason() {
    let collected = collect(Policy::default());
    let rows = rows();
    let mut reasons = BTreeMap::new();
    for row in rows.iter().filter(|row| row.kind == Kind::Callback) {
        let name = full_name(row);
        let callback = collected.ir.callbacks.values().find(|c| (&c.assembly, c.token) == (&row.assembly, row.token));
        let callback = callback.unwrap_or_else(|| panic!("{name}"));
        assert_eq!(callback.signature.to_string(), row.announced().expect("a signature"), "{name}");
        assert_eq!(callback.problem.is_some(), row.name.starts_with("Refused_"), "{name}: {:?}", callback.problem);
        if let Some(problem) = &callback.problem {
            assert_eq!(collected.message(&name), problem);
            reasons.insert(row.name.split("__").next().expect("a name"), problem.as_str());
        }
    }
    for (name, text) in [
        ("Refused_Bool", "parameter 2 is not blittable (bool is marshalled); use a blittable type, or put"),
        ("Refused_Result", "the return type is not blittable (char is marshalled)"),
        ("Refused_AnsiChars", "parameter 1 is not blittable (struct `Marshalling.AnsiChars` has"),
        ("Refused_Bools", "parameter 1 is not blittable (struct `Marshalling.TwoBools` has"),
        ("Refused_Date", "parameter 1 is not blittable (struct `System.DateTime` has"),
        ("Refused_HoldsDecimal", "parameter 1 is not blittable (struct `Marshalling.HoldsDecimal` has"),
        ("Refused_MarshalAs", "parameter 1 is not blittable (it has a MarshalAs)"),
        ("Refused_Int128", "parameter 1 is not blittable (`System.Int128` by value contains a 128-bit integer)"),
        ("Refused_Auto", "parameter 1 is not blittable (the struct `Marshalling.Auto` has auto layout)"),
    ] {
        assert!(reasons[name].starts_with(text), "{name}: {}", reasons[name]);
    }
    assert_eq!(reasons.len(), 9);
}

#[test]
fn strict_makes_errors_of_the_warnings() {
    let count = |collected: &Collected| {
        let rules = [&catalogue::UNSUPPORTED_MARSHALLING, &catalogue::MARSHALLING_DISABLED, &catalogue::NOT_BLITTABLE];
        let of_rules = collected.diagnostics.iter().filter(|d| rules.contains(&d.rule));
        of_rules.map(|diagnostic| diagnostic.level.name()).fold(BTreeMap::new(), |mut levels, level| {
            *levels.entry(level).or_insert(0) += 1;
            levels
        })
    };
    let total = REFUSED.len() + 1 + 11 + 9;
    assert_eq!(count(&collect(Policy::default())), BTreeMap::from([("warning", total)]));
    assert_eq!(count(&collect(Policy { strict: true, ..Policy::default() })), BTreeMap::from([("error", total)]));
}

#[test]
fn a_call_through_a_function_pointer_is_marshalled_too() {
    let collected = collect(Policy::default());
    for (member, expected) in [("Marshalling.Calli.Date__dd", "Mdd"), ("Marshalling.Calli.Pair__iS8", "MiS8")] {
        let asks = |reason: &Reason| reason.member == member && reason.kind == ReasonKind::Calli;
        let entries = collected.ir.keys.iter().filter(|(_, entry)| entry.reasons.iter().any(asks));
        assert_eq!(entries.map(|(key, _)| key.as_str()).collect::<Vec<_>>(), [expected], "{member}");
    }
}
