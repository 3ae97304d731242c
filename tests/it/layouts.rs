//! Every value type of `fixtures/layouts/expected.tsv`, a table made by hand: size, alignment, offsets and tokens.

use std::collections::{BTreeMap, BTreeSet};

use clr_wasm_abi::types::{Type, TypeKind, TypeSystem};
use clr_wasm_abi::{LayoutEngine, LayoutTarget, TokenSet};
use thunkgen_tests::data::crate_file;
use thunkgen_tests::fixtures::Fixtures;
use thunkgen_tests::type_notation::named;

/// A line of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Row {
    type_name: String,
    size: u32,
    align: u32,
    offsets: Vec<u32>,
    param: String,
    ret: String,
}

fn rows() -> Vec<Row> {
    let text = crate_file("fixtures/layouts/expected.tsv");
    let rows: Vec<Row> = text.lines().filter(|line| !line.starts_with('#')).map(parse).collect();
    assert!(rows.len() > 200, "{} rows", rows.len());
    rows
}

fn parse(line: &str) -> Row {
    let number = |text: &str| text.parse().unwrap_or_else(|_| panic!("{line}: `{text}` is no number"));
    let [type_name, size, align, offsets, param, ret] = line.split('\t').collect::<Vec<_>>()[..] else {
        panic!("{line}: six columns expected");
    };
    Row {
        type_name: type_name.to_owned(),
        size: number(size),
        align: number(align),
        offsets: if offsets == "-" { Vec::new() } else { offsets.split(',').map(number).collect() },
        param: param.to_owned(),
        ret: ret.to_owned(),
    }
}

/// What the generator computes for a row's type.
fn computed(layouts: &LayoutEngine<'_, '_>, row: &Row) -> Result<Row, String> {
    let named = named(layouts.type_system(), &row.type_name);
    let layout = layouts.of(&named).map_err(|error| error.to_string())?;
    let ty = if row.type_name == "System.TypedReference" { Type::TypedReference } else { Type::Value(named) };
    let lowered = layouts.lower(&ty).map_err(|error| error.to_string())?;
    Ok(Row {
        type_name: row.type_name.clone(),
        size: layout.size,
        align: layout.align,
        offsets: layout.offsets.clone(),
        param: lowered.param(TokenSet::Current).map(|token| token.to_string()).unwrap_or_default(),
        ret: lowered.ret().to_string(),
    })
}

fn with_layouts(test: impl FnOnce(&LayoutEngine<'_, '_>)) {
    let fixtures = Fixtures::with_core(&["layouts"]);
    let type_system = fixtures.type_system();
    test(&LayoutEngine::new(&type_system, LayoutTarget::WASM32, BTreeMap::new()));
}

#[test]
fn every_row_is_computed_alike() {
    with_layouts(|layouts| {
        let mut wrong = Vec::new();
        for row in rows() {
            match computed(layouts, &row) {
                Ok(found) if found == row => {}
                other => wrong.push(format!("{row:?}\n  but {other:?}")),
            }
        }
        assert!(wrong.is_empty(), "{} rows differ:\n{}", wrong.len(), wrong.join("\n"));
    });
}

// A type is laid out once and kept: neither what was asked before nor the order may matter.
#[test]
fn the_order_of_questions_does_not_matter() {
    let mut rows = rows();
    rows.reverse();
    with_layouts(|layouts| {
        for row in &rows {
            assert_eq!(computed(layouts, row).as_ref(), Ok(row));
        }
    });
    for row in rows.iter().step_by(7) {
        with_layouts(|layouts| assert_eq!(computed(layouts, row).as_ref(), Ok(row)));
    }
}

#[test]
fn tokens_of_an_old_runtime_have_no_alignment_and_no_multi_slot_types() {
    let rows = rows();
    with_layouts(|layouts| {
        let mut changed = BTreeSet::new();
        for row in &rows {
            let expected = match (row.param.as_str(), row.param.strip_prefix('A')) {
                ("l2" | "V2" | "V4", _) => format!("S{}", row.size),
                (_, Some(size)) => format!("S{size}"),
                (same, None) => same.to_owned(),
            };
            let lowered = layouts.lower(&Type::Value(named(layouts.type_system(), &row.type_name))).expect("a token");
            let found = lowered.param(TokenSet::Pr127483).expect("no void").to_string();
            assert_eq!(found, expected, "{}", row.type_name);
            if found != row.param {
                changed.insert(&row.param);
            }
        }
        let expected: BTreeSet<String> = ["A16", "A32", "A64", "A128", "V2", "V4", "l2"].map(str::to_owned).into();
        assert_eq!(changed, expected.iter().collect::<BTreeSet<_>>());
    });
}

/// The struct types of an assembly that can be written without type arguments.
fn plain_structs(type_system: &TypeSystem<'_>, assembly: &str) -> BTreeSet<String> {
    let index = type_system.find_assembly(assembly).expect("an assembly");
    let rows = type_system[index].module.tables.all(clr_metadata::TableId::TypeDef);
    rows.map(|row| {
        type_system.type_info(clr_wasm_abi::types::TypeDefId { assembly: index, row }).expect("a sound fixture")
    })
    .filter(|info| matches!(info.kind, TypeKind::Struct | TypeKind::Enum) && info.generic_params == 0)
    .map(|info| info.full_name.clone())
    .collect()
}

// A type added to the fixture without a row would prove nothing.
#[test]
fn every_struct_of_the_fixture_has_a_row() {
    let named: BTreeSet<String> = rows().into_iter().map(|row| row.type_name).collect();
    let fixtures = Fixtures::with_core(&["layouts"]);
    let missing: Vec<String> = plain_structs(&fixtures.type_system(), "Layouts").difference(&named).cloned().collect();
    assert_eq!(missing, [] as [&str; 0]);
}
