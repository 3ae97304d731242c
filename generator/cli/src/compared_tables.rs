//! The rows of tables, in the document of `check --compare-with --json`.

use std::collections::BTreeMap;

use serde::Serialize;
use thunkgen_driver::compare_tables::{ComparedFile, ComparedRow, ComparedTables};

/// The rows of a file of tables, compared with those that would be generated.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TableComparison<'a> {
    /// Path of the file.
    path: &'a str,
    /// Number of rows of each kind that are the same on both sides.
    same_row_counts: BTreeMap<&'static str, usize>,
    /// The rows that differ, or are only on one side.
    different_rows: Vec<DifferentRow<'a>>,
}

/// A row that is not the same on both sides.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DifferentRow<'a> {
    /// `key`, `P/Invoke`, `callback` or `exported function`.
    row_kind: &'static str,
    /// What the runtime finds the row by.
    row_name: &'a str,
    /// The code of the diagnostic.
    code: &'static str,
    /// Line of the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u32>,
    /// Column of the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<u32>,
    /// What the row of the file does; empty if its function is not in the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    effect_in_file: Option<&'a str>,
    /// What the generated row does.
    #[serde(skip_serializing_if = "Option::is_none")]
    generated_effect: Option<&'a str>,
}

/// Every file.
pub fn comparisons(tables: &ComparedTables) -> Vec<TableComparison<'_>> {
    tables.files.iter().map(TableComparison::of).collect()
}

impl<'a> TableComparison<'a> {
    fn of(file: &'a ComparedFile) -> TableComparison<'a> {
        TableComparison {
            path: &file.file,
            same_row_counts: file.same.iter().map(|(kind, count)| (kind.name(), *count)).collect(),
            different_rows: file.rows.iter().map(DifferentRow::of).collect(),
        }
    }
}

impl<'a> DifferentRow<'a> {
    fn of(row: &'a ComparedRow) -> DifferentRow<'a> {
        let at = row.found.as_ref().map(|effect| effect.at);
        DifferentRow {
            row_kind: row.id.kind.name(),
            row_name: &row.id.name,
            code: row.rule().code,
            line: at.map(|at| at.line),
            column: at.map(|at| at.column),
            effect_in_file: row.found.as_ref().map(|effect| effect.text.as_str()),
            generated_effect: row.generated.as_ref().map(|effect| effect.text.as_str()),
        }
    }
}
