//! What the fixtures with problems are told: code, level and member of every line, and nothing about anything else.

use clr_wasm_abi::TargetOs;
use clr_wasm_abi::types::{Role, TypeSystem};
use thunkgen_core::collect::Options;
use thunkgen_core::collect::ir::ReasonKind;
use thunkgen_diagnostics::{Diagnostics, Policy};
use thunkgen_tests::fixtures::{Collected, Fixtures, declared, options};

fn strict() -> Policy {
    Policy { strict: true, ..Policy::default() }
}

fn native() -> Options {
    options(TargetOs::Browser, &["native"])
}

/// The core library, its facade and one fixture, for both targets: problems do not depend on the target.
fn collect(folder: &str, options: Options, policy: Policy) -> Collected {
    let fixtures = Fixtures::with_core(&[folder]);
    let wasi = fixtures.collect(&Options { target_os: TargetOs::Wasi, ..options.clone() }, policy.clone());
    let browser = fixtures.collect(&options, policy);
    assert_eq!(browser.diagnostics, wasi.diagnostics, "{folder}");
    browser
}

/// Compares the problems of a fixture's own file with `LEVEL CODE MEMBER` lines, in any order, without and with
/// `strict`. Of the latter, every line is an error.
fn expect(folder: &str, expected: &[&str]) -> Collected {
    let file = format!("{folder}.dll");
    let mut expected: Vec<String> = expected.iter().map(|line| (*line).to_owned()).collect();
    expected.sort();
    let collected = collect(folder, native(), Policy::default());
    let mut found = collected.problems(&file);
    found.sort();
    assert_eq!(found, expected, "{folder}");
    assert_eq!(collected.has_errors(), expected.iter().any(|line| line.starts_with("error ")), "{folder}");
    for problem in &found {
        let name = problem.rsplit(['.', '+']).next().expect("a member's name");
        // A shape can be fine that the runtime refuses to marshal.
        assert!(!name.starts_with("Fine") || problem.starts_with("warning TG0214 "), "{problem}");
        assert!(!name.starts_with("Warning_") || problem.starts_with("warning "), "{problem}");
    }
    let strict = collect(folder, native(), self::strict());
    let mut found = strict.problems(&file);
    found.sort();
    let mut strict: Vec<String> = expected.iter().map(|line| line.replacen("warning ", "error ", 1)).collect();
    strict.sort();
    assert_eq!(found, strict, "{folder}, strict");
    collected
}

/// A `ref`, a class and an array where marshalling is disabled.
const NEEDS_MARSHALLING: &str = "warning TG0214 ErrorsUnknownStruct.PInvokes.Fine__viiii";

#[test]
fn structs_of_an_assembly_that_is_missing() {
    let collected = expect(
        "errors-unknown-struct",
        &[
            "error TG0101 ErrorsUnknownStruct.PInvokes.Parameter",
            "error TG0101 ErrorsUnknownStruct.PInvokes.Result",
            "error TG0101 ErrorsUnknownStruct.PInvokes.InField",
            "error TG0101 ErrorsUnknownStruct.PInvokes.AsTypeArgument",
            "error TG0101 ErrorsUnknownStruct.PInvokes.Enum",
            "error TG0101 ErrorsUnknownStruct.Callbacks.Parameter",
            "error TG0101 ErrorsUnknownStruct.Callbacks.Result",
            "error TG0101 ErrorsUnknownStruct.Callback",
            "warning TG0102 ErrorsUnknownStruct.PInvokes.Warning_Unlisted",
            "warning TG0102 ErrorsUnknownStruct.PInvokes.Warning_Calli",
            NEEDS_MARSHALLING,
        ],
    );
    for (member, place, name) in [
        ("PInvokes.Parameter", "parameter 1", "`Missing.Point`"),
        ("PInvokes.Result", "the return type", "`Missing.Point`"),
        ("PInvokes.Enum", "parameter 1", "`Missing.Kind`"),
        ("PInvokes.InField", "parameter 1", "`Missing.Point`"),
        ("Callback", "parameter 2", "`Missing.Point`"),
    ] {
        let message = collected.message(&format!("ErrorsUnknownStruct.{member}"));
        for part in [place, name, "assembly `Missing` is not among the inputs", "--struct-size '"] {
            assert!(message.contains(part), "{member}: {message}");
        }
    }
    assert_eq!(collected.keys_of("ErrorsUnknownStruct.PInvokes.Fine__viiii"), ["Mviiii"]);
}

#[test]
fn the_module_list_decides_how_bad_an_unknown_struct_is() {
    let levels = |modules: &[&str]| {
        let collected = collect("errors-unknown-struct", options(TargetOs::Browser, modules), Policy::default());
        let problems = collected.problems("errors-unknown-struct.dll");
        let of_pinvokes = problems.into_iter().filter(|line| line.contains(".PInvokes.") && line.contains(" TG010"));
        let of_pinvokes = of_pinvokes.filter(|line| !line.ends_with("Calli"));
        let (errors, warnings): (Vec<String>, Vec<String>) =
            of_pinvokes.partition(|line| line.starts_with("error TG0101 "));
        assert!(warnings.iter().all(|line| line.starts_with("warning TG0102 ")), "{warnings:?}");
        (errors.len(), warnings.len())
    };
    assert_eq!(levels(&[]), (0, 6));
    assert_eq!(levels(&["native"]), (5, 1));
    assert_eq!(levels(&["unlisted"]), (1, 5));
    assert_eq!(levels(&["*"]), (6, 0));
}

#[test]
fn a_declared_size_is_enough() {
    let sizes = [("Missing.Point", 8, Some(4)), ("Missing.Kind", 4, None)];
    let collected = collect("errors-unknown-struct", declared(native(), &sizes), Policy::default());
    assert_eq!(collected.problems("errors-unknown-struct.dll"), [NEEDS_MARSHALLING]);
    for (member, key) in [
        ("PInvokes.Parameter", "MvS8"),
        ("PInvokes.Result", "MS8"),
        ("PInvokes.InField", "MvS12"),
        ("PInvokes.AsTypeArgument", "MvS12"),
        ("PInvokes.Enum", "MvS4"),
        ("PInvokes.Warning_Unlisted", "MvS8"),
        ("PInvokes.Warning_Calli", "MiS8"),
        ("Callback", "MviS8"),
    ] {
        assert_eq!(collected.keys_of(&format!("ErrorsUnknownStruct.{member}")), [key], "{member}");
    }
    let callback = |key: &str| collected.ir.callbacks[key].signature.to_string();
    assert_eq!(callback("Parameter#1:ErrorsUnknownStruct:ErrorsUnknownStruct:Callbacks"), "iS8");
    assert_eq!(callback("Result#1:ErrorsUnknownStruct:ErrorsUnknownStruct:Callbacks"), "S8i");
}

#[test]
fn a_declared_alignment_counts_where_it_can() {
    let key = |size, align| {
        let sizes = [("Missing.Point", size, align), ("Missing.Kind", 4, None)];
        let collected = collect("errors-unknown-struct", declared(native(), &sizes), Policy::default());
        let keys = |member: &str| collected.keys_of(&format!("ErrorsUnknownStruct.PInvokes.{member}")).join(" ");
        (keys("Parameter"), keys("Result"), keys("InField"))
    };
    let all = |parameter: &str, result: &str, field: &str| (parameter.into(), result.into(), field.into());
    assert_eq!(key(8, Some(1)), all("MvS8", "MS8", "MvS9"));
    assert_eq!(key(8, Some(8)), all("MvS8", "MS8", "MvS16"));
    assert_eq!(key(32, Some(16)), all("MvA32", "MS32", "MvA48"));
    assert_eq!(key(5, Some(4)), all("MvS5", "MS5", "MvS12"));
    // Without an alignment, what holds it in a field stays unknown.
    assert_eq!(key(32, None), all("MvS32", "MS32", ""));
    let sizes = [("Missing.Point", 8, None), ("Missing.Kind", 4, None)];
    let collected = collect("errors-unknown-struct", declared(native(), &sizes), Policy::default());
    let [type_argument, field] =
        ["AsTypeArgument", "InField"].map(|name| format!("error TG0101 ErrorsUnknownStruct.PInvokes.{name}"));
    assert_eq!(collected.problems("errors-unknown-struct.dll"), [&type_argument, NEEDS_MARSHALLING, &field]);
}

#[test]
fn a_declaration_that_is_wrong_is_refused() {
    let conflicts = |sizes: &[(&str, u32, Option<u32>)]| {
        let collected = collect("layouts", declared(native(), sizes), Policy::default());
        let all = ["corlib.dll", "layouts.dll"].iter().flat_map(|file| collected.problems(file)).collect::<Vec<_>>();
        all.into_iter().filter(|line| line.contains("TG0104")).collect::<Vec<_>>()
    };
    let right = [
        ("System.Decimal", 16, None),
        ("System.Guid", 16, Some(4)),
        ("System.GC+GCHeapHardLimitInfo", 64, Some(8)),
        ("System.Runtime.CompilerServices.QCallModule", 8, None),
        ("Layouts.IntFixedBytes5Short+<Data>e__FixedBuffer", 5, Some(1)),
        ("Not.There", 3, Some(16)),
    ];
    assert_eq!(conflicts(&right), [] as [&str; 0]);
    for (name, size, align) in [
        ("System.Decimal", 12, None),
        ("System.Decimal", 16, Some(16)),
        ("System.Guid", 15, Some(4)),
        ("System.Runtime.CompilerServices.QCallModule", 8, Some(8)),
        ("Layouts.ByteLong", 9, None),
        ("Layouts.IntFixedBytes5Short+<Data>e__FixedBuffer", 8, None),
    ] {
        assert_eq!(conflicts(&[(name, size, align)]), [format!("error TG0104 {name}")], "{size}");
    }
    // The built-in declarations are no user's: they are not held against the core library.
    assert_eq!(conflicts(&[]), [] as [&str; 0]);
}

#[test]
fn without_the_core_library_the_built_in_sizes_are_known() {
    let collected = Fixtures::inputs(["layouts"]).collect(&options(TargetOs::Browser, &[]), Policy::default());
    for (member, key) in [
        ("QCallModule__vS8", "MvS8"),
        ("QCallModule__S8", "MS8"),
        ("QCallAssembly__vS8", "MvS8"),
        ("QCallTypeHandle__vS8", "MvS8"),
        // Types of the assembly itself need no other one.
        ("ByteLong__vS16", "MvS16"),
        ("EnumByte__vi", "Mvi"),
        ("OneDelegate__vi", "Mvi"),
    ] {
        assert_eq!(collected.keys_of(&format!("Layouts.ByValue.{member}")), [key], "{member}");
    }
    // Everything else of the core library is unknown: neither guessed nor an error, since the module is not kept.
    assert!(!collected.has_errors(), "{:?}", collected.diagnostics);
    for member in ["Guid__vS16", "decimal__S16", "DateTime__vl", "ByteGuid__vS20", "Int128__vl2"] {
        assert_eq!(collected.keys_of(&format!("Layouts.ByValue.{member}")), [] as [&str; 0], "{member}");
        let message = collected.message(&format!("Layouts.ByValue.{member}"));
        assert!(message.contains("assembly `System.Runtime` is not among the inputs"), "{message}");
    }
    // A user's declaration comes before a built-in one.
    let sizes = [("System.Runtime.CompilerServices.QCallModule", 12, Some(4))];
    let options = declared(options(TargetOs::Browser, &[]), &sizes);
    let collected = Fixtures::inputs(["layouts"]).collect(&options, Policy::default());
    assert_eq!(collected.keys_of("Layouts.ByValue.QCallModule__vS8"), ["MvS12"]);
}

#[test]
fn the_nested_built_in_type_is_known_too() {
    // The core library under another name is one that nobody finds.
    let mut fixtures = Fixtures::inputs(["corlib"]);
    let mut bytes = fixtures.as_inputs()[0].bytes.to_vec();
    let name = b"System.Private.CoreLib\0";
    for at in 0..bytes.len() - name.len() {
        if bytes[at..].starts_with(name) {
            bytes[at] = b'X';
        }
    }
    fixtures = Fixtures::default();
    fixtures.add_bytes("other.dll", bytes, Role::Input);
    let collected = fixtures.collect(&native(), Policy::default());
    assert_eq!(collected.keys_of("Fixture.QCalls.Limits__vS64"), ["MvS64"]);
    let internal = |entry: &thunkgen_core::collect::ir::KeyEntry| {
        entry.reasons.iter().any(|reason| reason.kind == ReasonKind::InternalCall)
    };
    assert!(!collected.ir.keys.values().any(internal), "only the core library's InternalCalls are collected");
}

#[test]
fn types_that_no_runtime_loads() {
    let refused = [
        ("ObjectOverInt", "overlap"),
        ("ObjectHalfOverObject", ""),
        ("MisalignedObject", ""),
        ("NoOffset", "offset"),
        ("Pack3", "Pack"),
        ("RecursiveA", "contains itself"),
        ("RecursiveSelf", "contains itself"),
        ("Endless", "nested"),
        ("GenericExplicit", "explicit layout"),
        ("InlineArray0", ""),
        ("InlineArrayNegative", ""),
        ("InlineArrayTwoFields", "field"),
        ("InlineArraySize", ""),
        ("InlineArrayExplicit", "explicit"),
        ("InlineArrayHuge", ""),
        ("OffsetOverflow", ""),
        ("ByRefField", "ref field"),
        ("EnumTwoFields", "exactly one"),
        ("EnumNoField", "exactly one"),
        ("EnumSequential", "auto layout"),
        ("CStructObject", ""),
        ("CStructEmpty", "at least one field"),
        ("CUnionAuto", "auto layout"),
    ];
    let lines: Vec<String> =
        refused.iter().map(|(name, _)| format!("warning TG0103 ErrorsBadLayout.PInvokes.{name}")).collect();
    let collected = expect("errors-bad-layout", &lines.iter().map(String::as_str).collect::<Vec<_>>());
    for (name, part) in refused {
        let member = format!("ErrorsBadLayout.PInvokes.{name}");
        let message = collected.message(&member);
        assert!(message.contains("`ErrorsBadLayout.") && message.contains(part), "{name}: {message}");
        assert_eq!(collected.keys_of(&member), [] as [&str; 0]);
    }
    // No thunk, and no entry to call it through.
    assert_eq!(collected.ir.pinvokes.get("native"), None);
}

#[test]
fn two_callbacks_with_one_key() {
    let collected = expect("errors-duplicate-callback", &["error TG0205 First.Outer+Inner.Run"]);
    let message = collected.message("First.Outer+Inner.Run");
    for part in ["`Run#1:ErrorsDuplicateCallback::Inner`", "Second.Other+Inner.Run (0x06000003)"] {
        assert!(message.contains(part), "{message}");
    }
    assert!(collected.ir.callbacks.contains_key("Run#2:ErrorsDuplicateCallback::Inner"));
}

#[test]
fn exports_that_cannot_be() {
    let collected = expect(
        "errors-entrypoint",
        &[
            "error TG0207 ErrorsEntryPoint.NotIdentifiers.Space",
            "error TG0207 ErrorsEntryPoint.NotIdentifiers.Dash",
            "error TG0207 ErrorsEntryPoint.NotIdentifiers.Digit",
            "error TG0207 ErrorsEntryPoint.NotIdentifiers.NotAscii",
            "error TG0207 ErrorsEntryPoint.NotIdentifiers.Injection",
            "error TG0207 ErrorsEntryPoint.NotIdentifiers.Keyword",
            "error TG0206 ErrorsEntryPoint.Overloads.Overload",
            "error TG0212 ErrorsEntryPoint.SameSymbolB.B",
        ],
    );
    let message = collected.message("ErrorsEntryPoint.SameSymbolB.B");
    assert!(message.contains("`same_symbol`") && message.contains("ErrorsEntryPoint.SameSymbolA.A"), "{message}");
    let message = collected.message("ErrorsEntryPoint.Overloads.Overload");
    assert!(message.contains("`overload_1`") && message.contains("0x0600000C"), "{message}");
    // The line of a hostile name is one line.
    let injection = collected.diagnostics.iter().map(ToString::to_string).find(|line| line.contains("Injection"));
    let injection = injection.expect("a line");
    assert!(injection.contains("`f(){}\\n//`") && !injection.contains('\n'), "{injection}");
    // Neither null nor an empty name exports anything.
    for name in ["Fine", "Nothing"] {
        let key = format!("{name}#0:ErrorsEntryPoint:ErrorsEntryPoint:NotIdentifiers");
        assert_eq!(collected.ir.callbacks[&key].entry_point, None, "{name}");
    }
}

#[test]
fn callbacks_that_need_marshalling() {
    let reasons = [
        ("StructWithString", "parameter 1", "`ErrorsNotBlittable.WithString`"),
        ("StructWithChar", "parameter 1", "`ErrorsNotBlittable.WithChar`"),
        ("StructWithBool", "parameter 1", "`ErrorsNotBlittable.WithBool`"),
        ("AutoStruct", "parameter 2", "`ErrorsNotBlittable.AutoLayout`"),
        ("StructWithAuto", "parameter 1", "`ErrorsNotBlittable.HoldsAuto`"),
        ("Char", "parameter 1", "char"),
        ("BoolResult", "the return type", "bool"),
        ("String", "parameter 1", "reference"),
        ("ByRef", "parameter 1", "pointer"),
    ];
    let lines = reasons.map(|(name, ..)| format!("warning TG0208 ErrorsNotBlittable.Callbacks.{name}"));
    let collected = expect("errors-not-blittable", &lines.each_ref().map(String::as_str));
    for (name, place, part) in reasons {
        let message = collected.message(&format!("ErrorsNotBlittable.Callbacks.{name}"));
        assert!(message.starts_with(place) && message.contains(part), "{name}: {message}");
    }
    // Each costs only itself, and keeps its native type.
    let of_fixture = collected.ir.callbacks.values().filter(|callback| callback.assembly == "ErrorsNotBlittable");
    let mut found: Vec<_> = of_fixture
        .map(|callback| (callback.method.as_str(), callback.signature.to_string(), callback.problem.is_some()))
        .collect();
    found.retain(|(name, signature, refused)| {
        let fine = signature == "iifdiS24";
        assert_eq!(reasons.iter().any(|(refused, ..)| refused == name), *refused, "{name}");
        assert_eq!(fine, !refused, "{name}");
        *refused
    });
    assert_eq!(found.len(), reasons.len());
}

#[test]
fn declarations_of_one_symbol_that_disagree() {
    let collected = expect(
        "errors-symbol-types",
        &[
            "error TG0203 ErrorsSymbolTypes.Exported.Import__vl",
            "error TG0203 ErrorsSymbolTypes.Types.Long__iil",
            "error TG0203 ErrorsSymbolTypes.Types.Int__ii",
            "warning TG0204 ErrorsSymbolTypes.Counts.Two__iii",
            "warning TG0204 ErrorsSymbolTypes.Counts.Three__iiid",
        ],
    );
    for (member, parts) in [
        ("Types.Long__iil", ["`two_types`", "`iil`", "`iii`", "ErrorsSymbolTypes.Types.Int__iii"]),
        ("Types.Int__ii", ["`two_results`", "`ii`", "`vi`", "ErrorsSymbolTypes.Types.Void__vi"]),
        ("Counts.Two__iii", ["`variadic`", "`iii`", "`ii`", "ErrorsSymbolTypes.Counts.One__ii"]),
        ("Counts.Three__iiid", ["`variadic`", "`iiid`", "`ii`", "ErrorsSymbolTypes.Counts.One__ii"]),
    ] {
        let message = collected.message(&format!("ErrorsSymbolTypes.{member}"));
        for part in parts {
            assert!(message.contains(part), "{member}: {message}");
        }
    }
    let entries: Vec<&String> = collected.ir.pinvokes["native"].keys().collect();
    assert_eq!(entries, ["same_type"]);
    // Every shape has its thunk: only the entries are the linker's business.
    for key in ["Miii", "Miil", "Mii", "Mvi", "Miiid", "MiiS16"] {
        assert!(collected.ir.keys.contains_key(key), "{key}");
    }
}

#[test]
fn empty_structs_by_value() {
    let collected = expect(
        "errors-empty-struct",
        &[
            "warning TG0209 ErrorsEmptyStruct.PInvokes.Parameter__vS1",
            "warning TG0209 ErrorsEmptyStruct.PInvokes.Result__S1",
            "warning TG0209 ErrorsEmptyStruct.PInvokes.Statics__viS1i",
        ],
    );
    for key in ["MvS1", "MS1", "MviS1i"] {
        assert!(collected.ir.keys.contains_key(key), "{key}");
    }
    assert_eq!(collected.ir.pinvokes["native"].len(), 4);
}

#[test]
fn type_parameters_in_a_signature() {
    let collected = expect(
        "errors-open-generic",
        &["warning TG0105 ErrorsOpenGeneric.Generic`1.Parameter", "error TG0101 ErrorsOpenGeneric.Generic`1.Wrapped"],
    );
    let entries: Vec<&String> = collected.ir.pinvokes["native"].keys().collect();
    assert_eq!(entries, ["Fine__iii"]);
}

#[test]
fn the_warnings_of_sound_fixtures() {
    let collected = collect("interop", native(), Policy::default());
    assert_eq!(collected.problems("corlib.dll"), ["warning TG0202 Fixture.Statics.Generic"]);
    assert_eq!(collected.problems("facade.dll"), [] as [&str; 0]);
    let strict = collect("interop", native(), self::strict());
    assert_eq!(strict.problems("corlib.dll"), ["error TG0202 Fixture.Statics.Generic"]);
    assert!(strict.has_errors() && !collected.has_errors());
    for folder in ["interop-linux", "netstandard-user", "facade-netstandard"] {
        let fixtures = Fixtures::with_core(&["facade-netstandard", folder]);
        let fixtures = if folder == "facade-netstandard" { Fixtures::with_core(&[folder]) } else { fixtures };
        let collected = fixtures.collect(&native(), self::strict());
        assert_eq!(collected.problems(&format!("{folder}.dll")), [] as [&str; 0], "{folder}");
    }
}

/// Problems of opening these files: path of each, fixture, role, and whether a byte is added at the end.
fn opened(files: &[(&str, &str, Role, bool)]) -> (usize, Vec<String>) {
    let mut fixtures = Fixtures::default();
    for (path, folder, role, longer) in files {
        let mut bytes = Fixtures::inputs([*folder]).as_inputs()[0].bytes.to_vec();
        bytes.extend(longer.then_some(0));
        fixtures.add_bytes(path, bytes, *role);
    }
    let mut diagnostics = Diagnostics::default();
    let inputs = fixtures.as_inputs();
    let count = TypeSystem::load(&inputs, &mut diagnostics).assemblies().len();
    (count, diagnostics.into_sorted().iter().map(ToString::to_string).collect())
}

#[test]
fn two_files_with_one_name() {
    use Role::{Input, Reference};
    let clash = |files: &[(&str, &str, Role, bool)], first: &str, second: &str| {
        for files in [files.to_vec(), files.iter().rev().copied().collect()] {
            let (count, lines) = opened(&files);
            assert_eq!((count, lines.len()), (1, 1), "{lines:?}");
            assert!(lines[0].starts_with(&format!("{second}: error TG0003: assembly `Interop` ")), "{lines:?}");
            assert!(lines[0].contains(&format!(" {first};")), "{lines:?}");
        }
    };
    // The same bytes twice are two files all the same.
    clash(&[("a/x.dll", "interop", Input, false), ("b/x.dll", "interop", Input, false)], "a/x.dll", "b/x.dll");
    clash(&[("b.dll", "interop", Input, false), ("a.wasm", "interop", Input, true)], "a.wasm", "b.dll");
    clash(&[("a.dll", "interop", Reference, false), ("b.dll", "interop", Reference, true)], "a.dll", "b.dll");
    // A reference that is also an input, or the same file twice, means no other one.
    let sound = [("a.dll", "interop", Reference, true), ("b.dll", "interop", Input, false)];
    assert_eq!(opened(&sound), (1, vec![]));
    let sound = [("a.dll", "interop", Reference, false), ("b.dll", "interop", Reference, false)];
    assert_eq!(opened(&sound), (1, vec![]));
    let three = ["a.dll", "b.dll", "c.dll"].map(|path| (path, "interop", Input, false));
    assert_eq!(opened(&three).1.len(), 2, "each file beyond the first");
}

#[test]
fn references_are_resolved_against_and_nothing_else() {
    let mut fixtures = Fixtures::inputs(["interop"]);
    fixtures.add("corlib.dll", "corlib", Role::Reference);
    fixtures.add("facade.dll", "facade", Role::Reference);
    let referenced = fixtures.collect(&native(), Policy::default());
    let all = Fixtures::with_core(&["interop"]).collect(&native(), Policy::default());
    assert!(!referenced.has_errors() && !all.has_errors());
    let of_interop = |collected: &Collected| {
        let mut keys = collected.ir.keys.clone();
        keys.values_mut().for_each(|entry| entry.reasons.retain(|reason| reason.assembly == "Interop"));
        keys.retain(|_, entry| !entry.reasons.is_empty());
        keys
    };
    assert!(of_interop(&all).len() > 30, "{}", of_interop(&all).len());
    assert_eq!(of_interop(&referenced), of_interop(&all));
    let assemblies = |collected: &Collected| {
        let reasons = collected.ir.keys.values().flat_map(|entry| entry.reasons.iter());
        reasons.map(|reason| reason.assembly.clone()).collect::<std::collections::BTreeSet<_>>()
    };
    assert_eq!(assemblies(&referenced), ["", "Interop"].map(str::to_owned).into());
    assert!(referenced.ir.callbacks.values().all(|callback| callback.assembly == "Interop"));
    assert_eq!(referenced.problems("corlib.dll"), [] as [&str; 0], "nothing is said of a reference");
    let totals = (referenced.ir.totals.assemblies, referenced.ir.totals.internal_calls);
    assert_eq!(totals, (1, 0));
}
