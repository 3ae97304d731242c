//! The layout engine, set to linux-x64 and .NET 8, against a real .NET 8 runtime: sizes and offsets of every value type
//! of the framework, of its generic instantiations, and of shapes made for the purpose.
//!
//! `THUNKGEN_LAB` names a folder made by `tests/tools/csharp-compiler.sh` (default `target/lab`).

use std::collections::BTreeMap;
use std::sync::LazyLock;

use clr_wasm_abi::types::{Definition, TypeDefId};
use clr_wasm_abi::{ExplicitReferenceRules, InlineArrayRules, LayoutTarget};
use thunkgen_tests::runtime_layouts::compare::Tally;
use thunkgen_tests::runtime_layouts::exceptions::EXCEPTIONS;
use thunkgen_tests::runtime_layouts::oracle::Kind;
use thunkgen_tests::runtime_layouts::session::Session;
use thunkgen_tests::runtime_layouts::subjects::Set;

static SESSION: LazyLock<Session> = LazyLock::new(Session::run);

const ALL: [Set; 5] =
    [Set::Framework, Set::FrameworkInstantiations, Set::Shapes, Set::ShapesInstantiations, Set::Around];

/// Panics with at most 40 of the differences of all sets.
fn expect_agreement(tallies: &BTreeMap<Set, Tally>) {
    let differences: Vec<&String> = tallies.values().flat_map(|tally| &tally.differences).collect();
    let shown: Vec<String> = differences.iter().take(40).map(|difference| format!("  {difference}")).collect();
    assert!(shown.is_empty(), "{} types differ:\n{}", differences.len(), shown.join("\n"));
}

#[test]
#[ignore = "needs the C# compiler"]
fn every_size_and_offset_is_the_runtime_s() {
    let tallies = SESSION.compare(&[SESSION.target()], &ALL).remove(0);
    for (set, Tally { agreed, offsets, refused, missing, excepted, .. }) in &tallies {
        println!("{set:?}: {agreed} types, {offsets} offsets, {refused} refused, {missing} missing, {excepted:?}");
    }
    expect_agreement(&tallies);

    // A difference that went away must leave the list.
    let mut excepted: Vec<&str> = tallies.values().flat_map(|tally| &tally.excepted).map(String::as_str).collect();
    excepted.sort_unstable();
    let mut listed = EXCEPTIONS.map(|(name, _)| name);
    listed.sort_unstable();
    assert_eq!(excepted, listed);

    // The framework is pinned: it has what it has, and nothing in it is refused.
    let counts = |set| (tallies[&set].agreed, tallies[&set].refused, tallies[&set].missing);
    assert_eq!(counts(Set::Framework), (3_407, 0, 0));
    assert_eq!(counts(Set::FrameworkInstantiations), (1_517, 0, 0));
    assert!(
        tallies[&Set::Shapes].agreed >= 1_700 && tallies[&Set::Shapes].refused >= 30,
        "{:?}",
        tallies[&Set::Shapes]
    );
    assert!(tallies[&Set::ShapesInstantiations].agreed >= 100);
    assert!(tallies[&Set::Around].agreed >= 40_000);
}

/// Neither side overlooks a type.
#[test]
#[ignore = "needs the C# compiler"]
fn both_sides_see_the_same_value_types() {
    SESSION.with_universe(|type_system, subjects| {
        let key = |id: TypeDefId| (type_system[id.assembly].name.to_owned(), id.row);
        let mut ours: BTreeMap<(String, u32), Kind> =
            subjects.generic.iter().map(|id| (key(*id), Kind::Open)).collect();
        for (_, named) in subjects.types.iter().filter(|(set, _)| matches!(set, Set::Framework | Set::Shapes)) {
            let Definition::Resolved(id) = &named.definition else { unreachable!("a definition") };
            ours.insert(key(*id), Kind::Closed);
        }
        // Of a type that it cannot load the runtime does not say whether it is a value type.
        let theirs = &SESSION.answers().definitions;
        ours.retain(|key, _| theirs.get(key) != Some(&Kind::Refused));
        let theirs: BTreeMap<(String, u32), Kind> =
            theirs.iter().filter(|(_, kind)| **kind != Kind::Refused).map(|(key, kind)| (key.clone(), *kind)).collect();
        assert_eq!(ours, theirs);
    });
}

/// Each constant of the target matters, and a wrong one turns the comparison red.
///
/// `supports_align8` is left out: nothing depends on it where pointers have eight bytes.
#[test]
#[ignore = "needs the C# compiler"]
fn every_wrong_constant_is_noticed() {
    let right = SESSION.target();
    let wrong = [
        ("pointer_size", LayoutTarget { pointer_size: 4, ..right }),
        ("align_of_8_byte_primitives", LayoutTarget { align_of_8_byte_primitives: 4, ..right }),
        ("default_packing", LayoutTarget { default_packing: 32, ..right }),
        ("max_vector_align", LayoutTarget { max_vector_align: 32, ..right }),
        ("vector_t_size", LayoutTarget { vector_t_size: right.vector_t_size * 2, ..right }),
        ("vector_t_align", LayoutTarget { vector_t_align: 16, ..right }),
        ("int128_align", LayoutTarget { int128_align: 8, ..right }),
        ("inline_arrays", LayoutTarget { inline_arrays: InlineArrayRules::Current, ..right }),
        ("explicit_references", LayoutTarget { explicit_references: ExplicitReferenceRules::TypeSystem, ..right }),
        ("has_extended_layout", LayoutTarget { has_extended_layout: true, ..right }),
    ];
    let tallies = SESSION.compare(&wrong.map(|(_, target)| target), &ALL[..4]);
    for ((constant, _), tallies) in wrong.iter().zip(tallies) {
        let differences: usize = tallies.values().map(|tally| tally.differences.len()).sum();
        println!("{constant}: {differences} types differ");
        assert!(differences > 0, "{constant}");
    }
}
