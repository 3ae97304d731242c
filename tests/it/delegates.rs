//! Delegates: those that native code hands to managed code have a key, and those that managed code passes to native code
//! are reported.

use std::collections::{BTreeMap, BTreeSet};

use clr_wasm_abi::TargetOs;
use thunkgen_core::collect::ir::ReasonKind;
use thunkgen_diagnostics::{Policy, catalogue};
use thunkgen_tests::fixtures::{Collected, Fixtures, options};

fn collected(modules: &[&str]) -> Collected {
    Fixtures::with_core(&["delegates"]).collect(&options(TargetOs::Browser, modules), Policy::default())
}

/// The suffix of a delegate's name is its key.
#[test]
fn what_native_code_hands_out_has_a_key() {
    let found = collected(&["m"]);
    let mut delegates = BTreeSet::new();
    for (key, entry) in &found.ir.keys {
        for reason in entry.reasons.iter().filter(|reason| reason.kind == ReasonKind::Delegate) {
            let (_, signature) = reason.member.split_once("__").unwrap_or_else(|| panic!("{}", reason.member));
            assert_eq!(*key, format!("M{signature}"), "{}", reason.member);
            delegates.insert(reason.member.trim_start_matches("Delegates.").split("__").next().unwrap_or_default());
        }
    }
    let expected = [
        "Attributed",
        "Cycle",
        "FromField",
        "FromGenericClass",
        "FromGenericLocal",
        "FromLayoutClass",
        "FromLazy",
        "FromLoader",
        "FromLocal",
        "FromMarshal",
        "FromNotLinked",
        "FromOut",
        "FromOutOfLoader",
        "FromRef",
        "FromResult",
        "FromTypeOf",
        "Next",
    ];
    assert_eq!(delegates, BTreeSet::from(expected));
}

/// Wherever a delegate comes from, its convention counts.
#[test]
fn a_received_delegate_with_a_refused_convention_has_no_key() {
    let found = collected(&["m"]);
    let of_rule = found.diagnostics.iter().filter(|found| found.rule == &catalogue::NO_THUNK_CONVENTION);
    let members: Vec<&str> = of_rule.filter_map(|found| Some(found.location.member.as_ref()?.0.as_str())).collect();
    assert_eq!(members, ["Delegates.Fast", "Delegates.NoThis"]);
}

/// One warning for each linked P/Invoke, each method that makes pointers, and each method with Mono's attribute.
#[test]
fn what_managed_code_passes_is_reported() {
    let found = collected(&["m"]);
    let of_rule = found.diagnostics.iter().filter(|found| found.rule == &catalogue::DELEGATE_TO_NATIVE);
    let messages: BTreeMap<&str, &str> = of_rule
        .map(|found| (found.location.member.as_ref().map_or("", |(name, _)| name.as_str()), found.message.as_str()))
        .collect();
    let members: Vec<&str> = messages.keys().map(|name| name.trim_start_matches("Delegates.")).collect();
    let expected = [
        "Mono.OnVisit",
        "Passed.Open",
        "Passed.Typed",
        "Passed.Untyped",
        "Passed.any",
        "Passed.by_ref",
        "Passed.direct",
        "Passed.field",
        "Passed.multicast",
        "Passed.nested",
        "Passed.two",
        "Received.layout_class",
    ];
    assert_eq!(members, expected);
    // The way out, for that very signature.
    let pointer = "`delegate* unmanaged<nint, int, byte*, Delegates.Size*, int>`, for `[UnmanagedCallersOnly] static int \
                   F(nint p1, int p2, byte* p3, Delegates.Size* p4)`";
    for member in ["Passed.direct", "Passed.field", "Passed.nested"] {
        let message = messages[format!("Delegates.{member}").as_str()];
        assert!(message.ends_with(pointer), "{member}: {message}");
    }
    assert!(messages["Delegates.Passed.nested"].starts_with("field `Inner.Visit` of parameter 1"), "{messages:?}");
    assert!(messages["Delegates.Passed.two"].contains("and at least one other:"), "{messages:?}");
    let of_double = "`delegate* unmanaged<double, double, double, double, void>`";
    assert!(messages["Delegates.Mono.OnVisit"].contains(of_double), "{messages:?}");
}

/// A library that is not linked is not asked for anything.
#[test]
fn nothing_is_reported_of_libraries_that_are_not_linked() {
    let found = collected(&[]);
    let members = found.diagnostics.iter().filter_map(|found| found.location.member.as_ref());
    let members: BTreeSet<&str> = members.map(|(name, _)| name.as_str()).collect();
    let of_methods = ["Passed.Typed", "Passed.Untyped", "Passed.Open", "Mono.OnVisit"];
    let of_methods = of_methods.map(|name| format!("Delegates.{name}"));
    let others = ["Fixture.Statics.Generic", "Delegates.Fast", "Delegates.NoThis"];
    let expected = of_methods.iter().map(String::as_str).chain(others).collect();
    assert_eq!(members, expected);
    assert_eq!(found.ir.dropped_modules.values().sum::<usize>(), 19, "{:?}", found.ir.dropped_modules);
}
