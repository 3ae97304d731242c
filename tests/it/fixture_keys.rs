//! What is collected from the fixtures, row by row: every member that the tables say can need a thunk is either in the
//! representation with the signature its name announces, or left out for the reason a list in this file gives. The session
//! `collected` has what no name announces.

use std::collections::{BTreeMap, BTreeSet};

use clr_wasm_abi::TargetOs;
use thunkgen_core::collect::ir::{Ir, ReasonKind};
use thunkgen_diagnostics::Policy;
use thunkgen_tests::fixtures::{Fixtures, options};
use thunkgen_tests::member_rows::{Kind, MemberRow, read};

const FOLDERS: [&str; 8] =
    ["corlib", "facade", "facade-netstandard", "netstandard-user", "layouts", "interop", "interop-linux", "interop-il"];

const MODULES: [&str; 3] = ["native", "libSystem.Native", "layouts"];

/// Members that are for some targets only: type, member, kept for browser, kept for wasi.
#[rustfmt::skip]
const PLATFORMS: [(&str, &str, bool, bool); 34] = [
    ("Methods", "Keep_SupportedBrowser__v", true, false),
    ("Methods", "Keep_SupportedUpperCase__v", true, false),
    ("Methods", "Keep_SupportedVersion__v", true, false),
    ("Methods", "Keep_SupportedBoth__v", true, false),
    ("Methods", "Keep_UnsupportedOther__v", true, true),
    ("Methods", "Keep_UnsupportedLonger__v", true, true),
    ("Methods", "KeepWasi_SupportedWasi__v", false, true),
    ("Methods", "KeepWasi_UnsupportedBrowser__v", false, true),
    ("Methods", "KeepWasi_UnsupportedReason__v", false, true),
    ("Methods", "KeepWasi_UnsupportedVersion__v", false, true),
    ("Methods", "Drop_Both__v", false, false),
    ("Methods", "Drop_SupportedOther__v", false, false),
    ("Methods", "Drop_SupportedLonger__v", false, false),
    ("UnsupportedType", "KeepWasi_ByType__v", false, true),
    ("UnsupportedType", "Keep_MethodOverType__v", true, false),
    ("UnsupportedType", "KeepWasi_Callback__ii", false, true),
    ("Nested", "KeepWasi_ByEnclosing__v", false, true),
    ("Deeper", "Keep_InnerOverOuter__v", true, false),
    ("KeepWasi_NestedDelegate__vlll", "KeepWasi_NestedDelegate__vlll", false, true),
    ("SupportedType", "Keep_ByType__v", true, false),
    // The method says that it is not for browser, and by that alone that it is for everything else.
    ("SupportedType", "Drop_MethodOverType__v", false, true),
    ("SupportedType", "Keep_Callback__ii", true, false),
    ("Callbacks", "Drop_Windows__vddd", false, false),
    ("Callbacks", "Keep_Browser__vd", true, false),
    ("Drop_Windows__vffff", "Drop_Windows__vffff", false, false),
    ("Keep_Browser__vfff", "Keep_Browser__vfff", true, false),
    // InteropLinux
    ("Silent", "Drop_ByAssembly__v", false, false),
    ("Silent", "Keep_MethodOverAssembly__v", true, false),
    ("Silent", "Drop_Callback__iii", false, false),
    ("Nested", "Drop_Nested__v", false, false),
    ("Browser", "Keep_TypeOverAssembly__v", true, false),
    ("Nested", "Keep_EnclosingOverAssembly__v", true, false),
    ("Drop_Delegate__vlf", "Drop_Delegate__vlf", false, false),
    ("Words", "default", true, true),
];

/// Members whose name announces nothing: type, member, and the signature, or empty when there is no thunk for it.
const SILENT: [(&str, &str, &str); 12] = [
    ("Words", "default", "i"),
    ("Tokens", "Overloaded", "ii"),
    ("Tokens", "Overloaded", "iii"),
    ("Exports", "Overloaded", "ii"),
    ("PInvokes", "VarArg", ""),
    ("PInvokes", "FastcallFail", ""),
    ("PInvokes", "ClassObjectFail", ""),
    ("BadCallbacks", "VarArgs", ""),
    ("BadCallbacks", "Both", ""),
    ("BadCallbacks", "Both", ""),
    ("Generic`1", "Generic`1", ""),
    ("Statics", "Generic", ""),
];

/// P/Invokes of a shape that the runtime does not marshal (`object`, `TypedReference`), whatever their name announces.
const NOT_MARSHALLED: [&str; 2] = ["Marshalled__iiiii", "Types__iiS8iS8"];

fn fixtures() -> Fixtures {
    Fixtures::inputs(FOLDERS)
}

fn ir(target_os: TargetOs) -> Ir {
    let collected = fixtures().collect(&options(target_os, &MODULES), Policy::default());
    assert!(!collected.has_errors(), "{:?}", collected.diagnostics);
    collected.ir
}

fn rows() -> Vec<MemberRow> {
    fixtures().as_inputs().iter().flat_map(|input| read(input.bytes)).collect()
}

/// The signature of every member of the representation, by kind, assembly and token.
fn signatures(ir: &Ir) -> BTreeMap<(Kind, String, u32), BTreeSet<String>> {
    let mut found: BTreeMap<_, BTreeSet<String>> = BTreeMap::new();
    for (key, entry) in &ir.keys {
        assert_eq!(*key, format!("M{}", entry.signature));
        assert!(!entry.reasons.is_empty(), "{key}");
        for reason in &entry.reasons {
            let kind = match reason.kind {
                ReasonKind::PInvoke => Kind::PInvoke,
                ReasonKind::Delegate => Kind::Delegate,
                ReasonKind::InternalCall => Kind::InternalCall,
                _ => continue,
            };
            let signature = key[1..].to_owned();
            found.entry((kind, reason.assembly.clone(), reason.token)).or_default().insert(signature);
        }
    }
    for callback in ir.callbacks.values() {
        let place = (Kind::Callback, callback.assembly.clone(), callback.token);
        found.entry(place).or_default().insert(callback.signature.to_string());
    }
    found
}

/// What must be found for a row: a signature, or nothing.
fn expected<'r>(row: &'r MemberRow, rows: &[MemberRow], target_os: TargetOs) -> Option<&'r str> {
    let by_platform = PLATFORMS.iter().find(|(owner, name, ..)| (*owner, *name) == (&row.type_name, &row.name));
    if let Some(&(_, _, browser, wasi)) = by_platform {
        let kept = if target_os == TargetOs::Browser { browser } else { wasi };
        if !kept {
            return None;
        }
    }
    if row.is_refused() || (row.assembly == "InteropIl" && NOT_MARSHALLED.contains(&row.name.as_str())) {
        return None;
    }
    if let Some(announced) = row.announced() {
        return Some(announced);
    }
    // Of several members of one name, the list gives one after the other.
    let same = |other: &&MemberRow| (&other.type_name, &other.name) == (&row.type_name, &row.name);
    let position = rows.iter().filter(same).position(|other| other == row).expect("among the rows");
    let mut silent = SILENT.iter().filter(|(owner, name, _)| (*owner, *name) == (&row.type_name, &row.name));
    let (_, _, signature) = silent.nth(position).unwrap_or_else(|| panic!("no list says anything of {row:?}"));
    Some(*signature).filter(|signature| !signature.is_empty())
}

/// Whether the runtime asks for a fixed key instead: a constructor of `string`, and what is not of the core library.
fn is_no_internal_call(row: &MemberRow) -> bool {
    let of_core = row.assembly == "System.Private.CoreLib";
    row.kind == Kind::InternalCall && (!of_core || (row.type_name == "String" && row.name == ".ctor"))
}

#[test]
fn every_member_has_the_signature_its_name_announces_or_is_left_out_for_a_reason() {
    let rows = rows();
    for target_os in TargetOs::ALL {
        let mut found = signatures(&ir(target_os));
        let mut counts: BTreeMap<Kind, usize> = BTreeMap::new();
        for row in rows.iter().filter(|row| !is_no_internal_call(row)) {
            let signatures = found.remove(&(row.kind, row.assembly.clone(), row.token)).unwrap_or_default();
            let expected: BTreeSet<String> = expected(row, &rows, target_os).into_iter().map(str::to_owned).collect();
            assert_eq!(signatures, expected, "{}: {row:?}", target_os.name());
            *counts.entry(row.kind).or_default() += expected.len();
        }
        assert_eq!(found, BTreeMap::new(), "collected, but no such row");
        let counts: Vec<usize> = counts.into_values().collect();
        // P/Invokes, InternalCalls, callbacks, delegates, as counted in the sources.
        let expected = if target_os == TargetOs::Browser { [409, 74, 55, 11] } else { [406, 74, 54, 11] };
        assert_eq!(counts, expected, "{}", target_os.name());
    }
}

#[test]
fn every_line_of_the_lists_is_about_a_member() {
    let rows = rows();
    let names: BTreeSet<(&str, &str)> = rows.iter().map(|row| (row.type_name.as_str(), row.name.as_str())).collect();
    for (owner, name, ..) in PLATFORMS {
        assert!(names.contains(&(owner, name)), "{owner}.{name}");
    }
    for (owner, name, _) in SILENT {
        assert!(names.contains(&(owner, name)), "{owner}.{name}");
    }
    // What a name says of browser agrees with the list.
    for (_, name, browser, _) in PLATFORMS {
        assert!(name == "default" || browser == name.starts_with("Keep_"), "{name}");
    }
    let said = |row: &&MemberRow| row.name.starts_with("Keep") || row.name.starts_with("Drop_");
    let said = |row: &&MemberRow| said(row) && row.type_name != "Poll";
    assert_eq!(rows.iter().filter(said).count(), PLATFORMS.len() - 1);
    let outside = rows.iter().filter(|row| is_no_internal_call(row)).count();
    assert_eq!(outside, 5 + 1, "string constructors, and one InternalCall of another assembly");
}
