//! What is collected from the fixtures, row by row: every member that the tables say can need a thunk is either in the
//! representation with the signature its name announces, or left out for the reason a list in this file gives.

use std::collections::{BTreeMap, BTreeSet};

use clr_wasm_abi::{TargetOs, TokenSet};
use thunkgen_core::collect::Options;
use thunkgen_core::collect::ir::{Ir, ReasonKind};
use thunkgen_diagnostics::{Policy, catalogue};
use thunkgen_tests::fixtures::{Collected, Fixtures, options};
use thunkgen_tests::hash::djb2_xor;
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
const SILENT: [(&str, &str, &str); 7] = [
    ("Words", "default", "i"),
    ("Tokens", "Overloaded", "ii"),
    ("Tokens", "Overloaded", "iii"),
    ("Exports", "Overloaded", "ii"),
    ("PInvokes", "VarArg", ""),
    ("Generic`1", "Generic`1", ""),
    ("Statics", "Generic", ""),
];

/// P/Invokes of a shape that the runtime does not marshal (`object`, `TypedReference`), whatever their name announces.
const NOT_MARSHALLED: [&str; 2] = ["Marshalled__iiiii", "Types__iiS8iS8"];

fn fixtures() -> Fixtures {
    Fixtures::inputs(FOLDERS)
}

fn collect(options: &Options) -> Collected {
    let collected = fixtures().collect(options, Policy::default());
    assert!(!collected.has_errors(), "{:?}", collected.diagnostics);
    collected
}

fn ir(target_os: TargetOs) -> Ir {
    collect(&options(target_os, &MODULES)).ir
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
    if row.assembly == "InteropIl" && NOT_MARSHALLED.contains(&row.name.as_str()) {
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
        let expected = if target_os == TargetOs::Browser { [653, 74, 55, 11] } else { [650, 74, 54, 11] };
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

#[test]
fn attributes_of_the_same_name_mean_nothing() {
    for target_os in TargetOs::ALL {
        let ir = ir(target_os);
        for key in ["Mifffff", "Mvdddddddd", "Mvllllllll"] {
            assert!(!ir.keys.contains_key(key), "{key}");
        }
        assert!(ir.callbacks.values().all(|callback| callback.method != "NotACallback__ifffff"));
    }
}

#[test]
fn the_runtime_s_own_keys_are_always_there() {
    let runtime = ["MiS8p", "Miiiiip", "Miiiip", "Miiip", "Miip"];
    let empty = Fixtures::inputs([]).collect(&options(TargetOs::Wasi, &[]), Policy::default());
    assert_eq!(empty.ir.keys.keys().collect::<Vec<_>>(), runtime);
    let ir = ir(TargetOs::Browser);
    for key in runtime {
        assert!(ir.keys[key].reasons.iter().any(|reason| reason.kind == ReasonKind::Runtime), "{key}");
    }
    let of_runtime = |entry: &&thunkgen_core::collect::ir::KeyEntry| {
        entry.reasons.iter().any(|reason| reason.kind == ReasonKind::Runtime)
    };
    assert_eq!(ir.keys.values().filter(of_runtime).count(), runtime.len());
}

/// Unmanaged calls through pointers that are no P/Invoke: member of the calling method, signature.
const CALLI: [(&str, &str); 20] = [
    ("Interop.Pointers.Calls.Unmanaged__iil", "iil"),
    ("Interop.Pointers.Calls.Cdecl__fff", "fff"),
    ("Interop.Pointers.Calls.Stdcall__ddd", "ddd"),
    ("Interop.Pointers.Calls.Fastcall__ll", "ll"),
    ("Interop.Pointers.Calls.Suppress__iiii", "iiii"),
    ("Interop.Pointers.Calls.CdeclSuppress__iiiii", "iiiii"),
    ("Interop.Pointers.Calls.Struct__S16S12", "S16S12"),
    ("Interop.Pointers.Calls.Aligned__vA32", "vA32"),
    ("Interop.Pointers.Calls.Vector__VVl2", "VVl2"),
    ("Interop.Pointers.Calls.Refs__viii", "viii"),
    ("Interop.Pointers.Calls.MemberFunction", "ii"),
    // Generic code has the shapes of its instantiations.
    ("Interop.Pointers.Calls.Open", "id"),
    ("Interop.Pointers.Calls.Open", "ii"),
    ("Interop.Pointers.Calls.Open", "iS16"),
    ("Interop.Pointers.Box`1.Call", "if"),
    ("Interop.Pointers.Box`1.Call", "il"),
    ("InteropIl.Bodies.FatSection__ilf", "ilf"),
    ("InteropIl.Calli.Cdecl__iil", "iil"),
    ("InteropIl.Calli.Fastcall__viii", "viii"),
    ("InteropIl.Calli.Stdcall__ffd", "ffd"),
];

#[test]
fn calls_through_pointers_are_found_in_method_bodies() {
    let mut found = BTreeSet::new();
    for (key, entry) in ir(TargetOs::Browser).keys {
        let of_kind = entry.reasons.into_iter().filter(|reason| reason.kind == ReasonKind::Calli);
        found.extend(of_kind.map(|reason| (reason.member, key[1..].to_owned())));
    }
    let expected: BTreeSet<_> = CALLI.map(|(member, key)| (member.to_owned(), key.to_owned())).into();
    assert_eq!(found, expected);
}

#[test]
fn calls_without_a_thunk_are_reported() {
    let collected = collect(&options(TargetOs::Browser, &MODULES));
    let expected = [
        ("interop.dll", "warning TG0201 Interop.Delegates.Generic`1"),
        ("interop-il.dll", "warning TG0211 InteropIl.PInvokes.VarArg"),
        ("corlib.dll", "warning TG0202 Fixture.Statics.Generic"),
    ];
    for (file, problem) in expected {
        assert!(collected.problems(file).contains(&problem.to_owned()), "{problem}");
    }
    let found: BTreeSet<&str> = collected
        .diagnostics
        .iter()
        .filter(|diagnostic| *diagnostic.rule == catalogue::NO_THUNK_CONVENTION)
        .filter_map(|diagnostic| diagnostic.location.member.as_ref().map(|(member, _)| member.as_str()))
        .collect();
    let expected =
        ["Interop.Pointers.Calls.Thiscall", "InteropIl.Calli.ManagedVarArg", "InteropIl.Calli.Thiscall"].into();
    assert_eq!(found, expected);
}

#[test]
fn totals_count_rows_before_the_filters() {
    let rows = rows();
    let count = |kind: Kind| rows.iter().filter(|row| row.kind == kind && !is_no_internal_call(row)).count();
    for target_os in TargetOs::ALL {
        let totals = ir(target_os).totals;
        assert_eq!(totals.assemblies, FOLDERS.len());
        assert_eq!(totals.pinvoke_rows, count(Kind::PInvoke));
        assert_eq!(totals.internal_calls, count(Kind::InternalCall));
        assert_eq!(totals.delegates, count(Kind::Delegate));
        assert_eq!(totals.callbacks, count(Kind::Callback));
    }
}

/// Keys that a runtime of PR 127483's age spells otherwise: member, its key now, its key then.
const OLD_KEYS: [(&str, &str, &str); 8] = [
    ("Fixture.Statics.Add128__S16l2l2p", "MS16l2l2p", "MS16S16S16p"),
    ("Fixture.Statics.Vector256__vlV2ip", "MvlV2ip", "MvlS32ip"),
    ("Fixture.Statics.Vector512__S64V4p", "MS64V4p", "MS64S64p"),
    ("Fixture.Statics.Aligned__vA32p", "MvA32p", "MvS32p"),
    ("Fixture.Statics.VectorOfChar__vA16A32p", "MvA16A32p", "MvS16S32p"),
    ("Fixture.Statics.VectorOfBool__S16A16p", "MS16A16p", "MS16S16p"),
    ("Layouts.Several.Vectors__VlV2iA32", "MVlV2iA32", "MVlS32iS32"),
    // A v128 is one wasm value in both.
    ("Fixture.Statics.Vectors__VVVp", "MVVVp", "MVVVp"),
];

#[test]
fn an_old_runtime_gets_its_own_spelling() {
    let now = collect(&options(TargetOs::Browser, &MODULES));
    let then = collect(&Options { tokens: TokenSet::Pr127483, ..options(TargetOs::Browser, &MODULES) });
    for (member, new, old) in OLD_KEYS {
        assert_eq!(now.keys_of(member), [new]);
        assert_eq!(then.keys_of(member), [old]);
    }
    assert!(then.ir.keys.keys().all(|key| !key.contains('A') && !key.contains("l2") && !key.contains("V2")));
    assert!(then.ir.callbacks.values().any(|callback| callback.signature.to_string() == "iiS32i"));
}

/// A callback as its C# source says: key, full type name, signature, exported name.
type CallbackRow = (&'static str, &'static str, &'static str, Option<&'static str>);

#[rustfmt::skip]
const CALLBACKS: [CallbackRow; 21] = [
    ("Nothing__v#0:Interop:Interop.Callbacks:Tokens", "Interop.Callbacks.Tokens", "v", None),
    ("Mixed__difld#4:Interop:Interop.Callbacks:Tokens", "Interop.Callbacks.Tokens", "difld", None),
    ("Aligned__iiA32i#3:Interop:Interop.Callbacks:Tokens", "Interop.Callbacks.Tokens", "iiA32i", None),
    ("Int128__iil2i#3:Interop:Interop.Callbacks:Tokens", "Interop.Callbacks.Tokens", "iil2i", None),
    ("Vector512__iiV4i#3:Interop:Interop.Callbacks:Tokens", "Interop.Callbacks.Tokens", "iiV4i", None),
    ("Returns32__S32A32#1:Interop:Interop.Callbacks:Tokens", "Interop.Callbacks.Tokens", "S32A32", None),
    ("Overloaded#1:Interop:Interop.Callbacks:Tokens", "Interop.Callbacks.Tokens", "ii", None),
    ("Overloaded#2:Interop:Interop.Callbacks:Tokens", "Interop.Callbacks.Tokens", "iii", None),
    ("Add__iii#2:Interop:Interop.Callbacks:Exports", "Interop.Callbacks.Exports", "iii", Some("exported_add")),
    ("Struct__S16S12#1:Interop:Interop.Callbacks:Exports", "Interop.Callbacks.Exports", "S16S12", Some("exported_struct")),
    ("Float__fd#1:Interop:Interop.Callbacks:Exports", "Interop.Callbacks.Exports", "fd", Some("exported_float")),
    ("Nothing__v#0:Interop:Interop.Callbacks:Exports", "Interop.Callbacks.Exports", "v", Some("exported_nothing")),
    ("Overloaded#1:Interop:Interop.Callbacks:Exports", "Interop.Callbacks.Exports", "ii", Some("exported_overloaded")),
    ("Nested__ii#1:Interop::Inner", "Interop.Callbacks.Outer+Inner", "ii", None),
    ("Nested__iii#2:Interop::Deepest", "Interop.Callbacks.Outer+Inner+Deepest", "iii", None),
    ("Ñame日__ii#1:Interop:Interop.Callbacks:Ünïcode", "Interop.Callbacks.Ünïcode", "ii", None),
    ("OfStruct__ii#1:Interop:Interop.Callbacks:InStruct", "Interop.Callbacks.InStruct", "ii", None),
    ("OfInterface__ii#1:Interop:Interop.Callbacks:IWithStatics", "Interop.Callbacks.IWithStatics", "ii", None),
    ("NoNamespace__ii#1:Interop::GlobalCallbacks", "GlobalCallbacks", "ii", None),
    ("call:back#2 \"x\"__ii#1:InteropIl:odd/na me+x,y:Ty:pe#1\"*/\\", "odd/na me\\+x\\,y.Ty:pe#1\"\\*/\\\\", "ii", None),
    ("Nested__iii#2:InteropIl::Ne.st+ed", "odd/na me\\+x\\,y.Ty:pe#1\"\\*/\\\\+Ne.st\\+ed", "iii", None),
];

#[test]
fn callbacks_have_the_runtime_s_keys() {
    let ir = ir(TargetOs::Browser);
    for (key, type_full_name, signature, export) in CALLBACKS {
        let callback = ir.callbacks.get(key).unwrap_or_else(|| panic!("no callback {key}"));
        assert_eq!(callback.key(), key);
        assert_eq!(callback.type_full_name, type_full_name, "{key}");
        assert_eq!(callback.signature.to_string(), signature, "{key}");
        assert_eq!(callback.entry_point.as_deref(), export, "{key}");
        assert_eq!(thunkgen_core::emit::reverse_hash(key), djb2_xor(key), "{key}");
    }
    let exported = ir.callbacks.values().filter(|callback| callback.entry_point.is_some()).count();
    assert_eq!(exported, 5);
    for (key, callback) in &ir.callbacks {
        assert_eq!(*key, callback.key());
    }
}

#[test]
fn forwarded_types_are_those_of_the_core_library() {
    let ir = ir(TargetOs::Browser);
    let user: BTreeMap<&str, &str> =
        [("Guid__S16S16", "S16S16"), ("Nested__vS16S24", "vS16S24"), ("Scalars__lil2", "lil2")].into();
    let table = &ir.pinvokes["layouts"];
    for (entry_point, signature) in user {
        assert_eq!(table[entry_point].signature.to_string(), signature);
        assert_eq!(table[entry_point].assemblies, ["NetStandardUser".to_owned()].into());
    }
    // Without the facade in the middle nothing can be found, and that is an error for kept P/Invokes.
    let fixtures = Fixtures::inputs(["corlib", "facade-netstandard", "netstandard-user"]);
    let collected = fixtures.collect(&options(TargetOs::Browser, &MODULES), Policy::default());
    assert!(collected.has_errors());
    let message = collected.message("NetStandardUser.PInvokes.Guid__S16S16");
    assert!(message.contains("`System.Guid`") && message.contains("`System.Runtime`"), "{message}");
}
