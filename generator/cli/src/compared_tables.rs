//! The document of `check --compare-with --json`.

use std::collections::BTreeMap;

use serde::Serialize;
use thunkgen_driver::compare_tables::{ComparedRow, ComparedTables};

/// Format number of the JSON; raised when a member changes its meaning or goes away.
const JSON_FORMAT: u32 = 1;

#[derive(Serialize)]
struct ComparedDocument<'a> {
    format: u32,
    files: Vec<ComparedFile<'a>>,
}

#[derive(Serialize)]
struct ComparedFile<'a> {
    /// As it was given.
    file: &'a str,
    /// How many rows of each kind are the same on both sides.
    same: BTreeMap<&'static str, usize>,
    /// The rows that differ, or are only on one side.
    different: Vec<Row<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row<'a> {
    /// `key`, `P/Invoke`, `callback` or `exported function`.
    kind: &'static str,
    /// What the runtime finds the row by.
    name: &'a str,
    /// The code of the diagnostic.
    code: &'static str,
    /// Line of the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<u32>,
    /// What the row of the file does; empty if its function is not in the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    found: Option<&'a str>,
    /// What the generated row does.
    #[serde(skip_serializing_if = "Option::is_none")]
    generated: Option<&'a str>,
}

/// Every row that is not the same on both sides.
pub fn json(tables: &ComparedTables) -> String {
    let files = tables.files.iter().map(|file| ComparedFile {
        file: &file.file,
        same: file.same.iter().map(|(kind, count)| (kind.name(), *count)).collect(),
        different: file.rows.iter().map(row).collect(),
    });
    crate::json(&ComparedDocument { format: JSON_FORMAT, files: files.collect() })
}

fn row(row: &ComparedRow) -> Row<'_> {
    let at = row.found.as_ref().map(|effect| effect.at);
    Row {
        kind: row.id.kind.name(),
        name: &row.id.name,
        code: row.rule().code,
        line: at.map(|at| at.line),
        column: at.map(|at| at.column),
        found: row.found.as_ref().map(|effect| effect.text.as_str()),
        generated: row.generated.as_ref().map(|effect| effect.text.as_str()),
    }
}
