//! The layout engine and the lowering against clang: thousands of random structs, written as C and as metadata.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use clr_wasm_abi::{LayoutTarget, TargetOs};
use thunkgen_core::collect::{Options, collect};
use thunkgen_diagnostics::Diagnostics;

use thunkgen_tests::clang_structs::compare::Compared;
use thunkgen_tests::clang_structs::exceptions::{EXCEPTIONS, Exception};
use thunkgen_tests::clang_structs::ours::load;
use thunkgen_tests::clang_structs::run::Run;
use thunkgen_tests::clang_structs::shape::{Field, Kind, Known, Scalar, Struct, Ty};
use thunkgen_tests::clang_structs::write_dotnet::LIBRARY;

/// Structs to compare at least.
const MIN_STRUCTS: usize = 5_000;
/// Share of them to which no exception applies, at least.
const MIN_ORDINARY_PERCENT: usize = 80;
/// Rows of the table of exceptions, at most.
const MAX_EXCEPTIONS: usize = 10;

fn run() -> &'static Run {
    static RUN: OnceLock<Run> = OnceLock::new();
    RUN.get_or_init(Run::new)
}

fn compared() -> &'static [Compared] {
    static COMPARED: OnceLock<Vec<Compared>> = OnceLock::new();
    COMPARED.get_or_init(|| run().compare(LayoutTarget::WASM32))
}

fn unexcused(compared: &[Compared], without: Option<usize>) -> Vec<&Compared> {
    compared.iter().filter(|compared| !compared.unexcused(without).is_empty()).collect()
}

#[test]
#[ignore = "needs clang"]
fn layouts_and_wasm_types_are_clang_s() {
    let all = compared();
    let wrong = unexcused(all, None);
    assert!(wrong.is_empty(), "{}", run().describe(wrong));
    let ordinary = all.iter().filter(|compared| compared.exceptions.is_empty()).count();
    println!("{}: {} structs compared, {ordinary} of them with no exception", run().compiler, all.len());
    assert!(all.len() >= MIN_STRUCTS, "{} structs", all.len());
    assert!(ordinary * 100 >= all.len() * MIN_ORDINARY_PERCENT, "{ordinary} of {} structs", all.len());
}

/// Without any of its rows the comparison fails, and no row is there for structs that agree.
#[test]
#[ignore = "needs clang"]
fn every_exception_is_needed() {
    assert!(EXCEPTIONS.len() <= MAX_EXCEPTIONS);
    for (row, Exception { name, reason, .. }) in EXCEPTIONS.iter().enumerate() {
        let applies = compared().iter().filter(|compared| compared.exceptions.contains(&row));
        let (differ, agree): (Vec<_>, Vec<_>) = applies.partition(|compared| !compared.differs.is_empty());
        let needed = unexcused(compared(), Some(row)).len();
        println!("{name}: {} differ, {needed} by it alone, {} agree: {reason}", differ.len(), agree.len());
        assert!(needed > 0, "no struct differs by `{name}` alone");
        assert!(agree.len() < differ.len(), "`{name}` excuses what needs no excuse");
    }
}

/// The model that shapes are generated and told apart by is C's own.
#[test]
#[ignore = "needs clang"]
fn the_tests_own_measures_are_clang_s() {
    for written in &run().units {
        for (index, (measured, clang)) in written.unit.measured.iter().zip(&written.clang).enumerate() {
            let made = &written.unit.structs[index];
            assert_eq!((measured.size, measured.align), (clang.size, clang.align), "S{index}: {made}");
        }
    }
}

/// Whether the interpreter aligns a struct's slots is not for C to say, but by which alignment it decides is.
#[test]
#[ignore = "needs clang"]
fn structs_of_large_alignment_get_aligned_slots() {
    let mut aligned = 0;
    for compared in compared().iter().filter(|compared| compared.exceptions.is_empty()) {
        let written = &run().units[compared.unit];
        // The rule goes by other things for explicit layout with bool or char inside, and for extended layout.
        let sequential = [Kind::Sequential, Kind::Pair].contains(&written.unit.structs[compared.index].kind);
        let ours = compared.ours.as_ref().expect("a layout");
        let clang = &written.clang[compared.index];
        let token = &ours.param[1..];
        if sequential && token.starts_with(['S', 'A']) {
            let expected = format!("{}{}", if clang.align > 8 { 'A' } else { 'S' }, clang.size);
            assert_eq!(token, expected, "{} S{}", written.name, compared.index);
            aligned += usize::from(clang.align > 8);
        }
    }
    assert!(aligned >= 100, "{aligned} structs with aligned slots");
}

/// The same types through everything the tool does with a P/Invoke.
#[test]
#[ignore = "needs clang"]
fn collected_pinvokes_have_these_signatures() {
    let modules = BTreeSet::from([LIBRARY.into()]);
    let options = Options { modules, ..Options::new(TargetOs::Browser) };
    for (number, written) in run().units.iter().enumerate() {
        let mut diagnostics = Diagnostics::default();
        let ir = collect(&load(&written.assembly, &run().references), &options, &mut diagnostics);
        assert!(!diagnostics.has_errors());
        let collected = &ir.pinvokes[LIBRARY];
        // The runtime refuses 128-bit integers by value.
        let unit = &written.unit;
        let holds_wide = |index: usize| {
            let is_wide = |field: &Field| matches!(field.ty, Ty::Int128 { .. });
            unit.anywhere(index, &|inner| unit.structs[inner].fields.iter().any(is_wide))
        };
        let passed = (0..unit.structs.len()).filter(|index| !holds_wide(*index)).count();
        assert_eq!(collected.len(), 2 * passed);
        assert!(passed * 2 > unit.structs.len(), "{passed}");
        let of_unit = compared().iter().filter(|compared| compared.unit == number);
        for compared in of_unit.filter(|compared| !holds_wide(compared.index)) {
            let ours = compared.ours.as_ref().expect("a layout");
            for (name, expected) in [('p', &ours.param), ('r', &ours.ret)] {
                let name = format!("{name}{}", compared.index);
                assert_eq!(collected[&name].signature.to_string(), *expected, "{name}");
            }
        }
    }
}

/// Every kind of part is in many structs that had to agree.
#[test]
#[ignore = "needs clang"]
fn every_kind_of_part_is_compared() {
    let mut parts: Vec<(String, Is)> = vec![
        ("Size".into(), Box::new(|made| made.class_size != 0)),
        ("inline array of one".into(), Box::new(|made| made.kind == Kind::InlineArray(1))),
        ("inline array".into(), Box::new(|made| matches!(made.kind, Kind::InlineArray(2..)))),
        ("fixed buffer of one".into(), holds(|ty| matches!(ty, Ty::FixedBuffer(_, 1)))),
        ("fixed buffer".into(), holds(|ty| matches!(ty, Ty::FixedBuffer(_, 2..)))),
        ("Vector<T>".into(), holds(|ty| matches!(ty, Ty::VectorT(_)))),
        ("struct".into(), holds(|ty| matches!(ty, Ty::Struct(_)))),
    ];
    for pack in [1, 2, 4, 8, 16] {
        parts.push((format!("Pack = {pack}"), Box::new(move |made| made.pack == pack)));
    }
    for kind in [Kind::Sequential, Kind::Explicit, Kind::Pair, Kind::CStruct, Kind::CUnion] {
        parts.push((format!("{kind:?}"), Box::new(move |made| made.kind == kind)));
    }
    for bytes in [8, 16, 32, 64] {
        let is = move |ty: &Ty| matches!(ty, Ty::Vector { size, .. } if *size == bytes);
        parts.push((format!("vector of {bytes} bytes"), holds(is)));
    }
    let types = Scalar::ALL.map(Ty::Scalar).into_iter().chain(Scalar::OF_ENUMS.map(Ty::Enum));
    let int128 = [true, false].map(|signed| Ty::Int128 { signed });
    for wanted in types.chain(Known::ALL.map(Ty::Known)).chain(int128) {
        parts.push((format!("{wanted:?}"), holds(move |ty| *ty == wanted)));
    }
    for (what, is) in parts {
        let ordinary = compared().iter().filter(|compared| compared.exceptions.is_empty());
        let found = ordinary.filter(|compared| is(&run().units[compared.unit].unit.structs[compared.index])).count();
        assert!(found >= 20, "{found} structs with {what}");
    }
}

/// What is said of a struct.
type Is = Box<dyn Fn(&Struct) -> bool>;

/// Has a field of such a type.
fn holds(is: impl Fn(&Ty) -> bool + 'static) -> Is {
    Box::new(move |made| made.fields.iter().any(|field| is(&field.ty)))
}
