//! A C++ source as sources of thunks: what its tables provide, and what about them the runtime would not find.

use std::collections::BTreeMap;

use super::cpp::{self, Refusal, Row, Table};
use super::source::{Provided, Source, SourceKind, TablePlace};
use clr_wasm_abi::ThunkKey;
use thunkgen_diagnostics::position::Position;
use thunkgen_diagnostics::{Diagnostics, Location, catalogue};

/// The tables of a source that is text.
pub(super) fn read(path: &str, bytes: &[u8], diagnostics: &mut Diagnostics) -> Vec<Source> {
    if bytes.contains(&0) {
        let what = "it is neither a C++ source nor an image: no .dll, no Webcil, no wasm module";
        diagnostics.report(&catalogue::BAD_SOURCE, Location::file(path), what);
        return Vec::new();
    }
    match cpp::read(bytes) {
        Err(Refusal { at, rule, message }) => {
            diagnostics.report(rule, place(path, at), message);
            Vec::new()
        }
        Ok(tables) => {
            if tables.is_empty() {
                let what = "it defines no table of thunks; those are called g_wasmThunks or g_portableCallHelperThunks";
                diagnostics.report(&catalogue::BAD_SOURCE, Location::file(path), what);
            }
            let mut report = Report { path, diagnostics };
            tables.iter().map(|table| report.source(table)).collect()
        }
    }
}

fn place(path: &str, at: Position) -> Location {
    Location::position(path, at.line, at.column)
}

struct Report<'r> {
    path: &'r str,
    diagnostics: &'r mut Diagnostics,
}

impl Report<'_> {
    fn source(&mut self, table: &Table) -> Source {
        let counted = self.counted(table);
        let with_key: Vec<(&Row, &str)> =
            table.rows.iter().take(counted).filter_map(|row| Some((row, row.key.as_deref()?))).collect();
        let mut thunks = Vec::with_capacity(with_key.len());
        let mut first: BTreeMap<&str, &Row> = BTreeMap::new();
        for (row, key) in with_key {
            self.key(table, row, key);
            if let Some(before) = first.get(key) {
                let what = format!("`{key}` has a row in line {} already, and the first one counts", before.at.line);
                self.diagnostics.report(&catalogue::DUPLICATE_ROW, place(self.path, row.at), what);
            }
            first.entry(key).or_insert(row);
            thunks.push(Provided {
                key: key.to_owned(),
                function: row.function.clone(),
                place: TablePlace::Row(row.at),
            });
        }
        let kind = SourceKind::Table { kind: table.kind, name: table.name.clone() };
        Source { path: self.path.to_owned(), kind, thunks }
    }

    /// How many rows the runtime sees.
    fn counted(&mut self, table: &Table) -> usize {
        let rows = table.rows.len();
        let Some((count, at)) = table.count else { return rows };
        let counted = usize::try_from(count).unwrap_or(usize::MAX);
        let ends: usize = table.rows.iter().rev().take_while(|row| row.key.is_none()).count();
        let what = if counted > rows {
            format!("`{}Count` is {counted}, but the table has {rows} rows: the runtime reads past its end", table.name)
        } else if counted < rows - ends {
            let never = match rows - ends - counted {
                1 => "the last one is".to_owned(),
                never => format!("the last {never} are"),
            };
            format!("`{}Count` is {counted}, but there are {} rows: {never} never found", table.name, rows - ends)
        } else if table.rows.iter().take(counted).any(|row| row.key.is_none()) {
            format!("`{}Count` counts a row without key, and the runtime would read a null pointer", table.name)
        } else {
            return counted;
        };
        self.diagnostics.report(&catalogue::WRONG_COUNT, place(self.path, at), what);
        counted
    }

    /// A key that the runtime never asks for, or not here.
    fn key(&mut self, table: &Table, row: &Row, key: &str) {
        let parsed = key.parse::<ThunkKey>();
        let what = match &parsed {
            Err(error) => format!("no call has this key: {error}"),
            Ok(_) if key.starts_with(table.kind.prefix()) => return,
            Ok(_) => format!(
                "the runtime looks for `{key}` elsewhere: in this table, keys start with {}",
                table.kind.prefix()
            ),
        };
        self.diagnostics.report(&catalogue::UNREACHABLE_ROW, place(self.path, row.at), what);
    }
}
