//! A C++ source as sources of thunks: what its tables provide, and what about them the runtime would not find.

use std::collections::BTreeMap;

use super::cpp::{self, Count, Position, Row, Table, TableFile};
use super::source::{Place, Provided, Source, SourceKind};
use clr_wasm_abi::{ParseKeyError, Signature, ThunkKey};
use thunkgen_diagnostics::{Diagnostics, Location, catalogue};

/// The tables of a source that is text.
pub(super) fn read(path: &str, bytes: &[u8], diagnostics: &mut Diagnostics) -> Vec<Source> {
    if bytes.contains(&0) {
        let what = "it is neither a C++ source nor an image: no .dll, no Webcil, no wasm module";
        diagnostics.report(&catalogue::BAD_SOURCE, Location::file(path), what);
        return Vec::new();
    }
    let file = cpp::read(bytes);
    for problem in &file.problems {
        diagnostics.report(&catalogue::BAD_TABLE, place(path, problem.at), problem.kind.to_string());
    }
    if file.tables.is_empty() && file.problems.is_empty() {
        let what = "it defines no table of thunks; those are called g_wasmThunks or g_portableCallHelperThunks";
        diagnostics.report(&catalogue::BAD_SOURCE, Location::file(path), what);
    }
    let mut report = Report { path, file: &file, diagnostics };
    file.tables.iter().map(|table| report.source(table)).collect()
}

fn place(path: &str, at: Position) -> Location {
    Location::position(path, at.line, at.column)
}

struct Report<'r> {
    path: &'r str,
    file: &'r TableFile,
    diagnostics: &'r mut Diagnostics,
}

impl Report<'_> {
    fn source(&mut self, table: &Table) -> Source {
        let counted = self.counted(table);
        let with_key: Vec<(&Row, &str)> =
            table.rows.iter().take(counted).filter_map(|row| Some((row, row.key.as_deref()?))).collect();
        let unprefixed = is_without_prefixes(table, &with_key);
        let mut thunks = Vec::with_capacity(with_key.len());
        let mut first: BTreeMap<String, &Row> = BTreeMap::new();
        for (row, key) in with_key {
            let key = if unprefixed { format!("M{key}") } else { key.to_owned() };
            self.key(table, row, &key);
            // Under different conditions, only one of two equal rows may be compiled.
            if let Some(before) = first.get(&key).filter(|before| before.condition == row.condition) {
                let what = format!("`{key}` has a row in line {} already, and the first one counts", before.at.line);
                self.diagnostics.report(&catalogue::DUPLICATE_ROW, place(self.path, row.at), what);
            }
            first.entry(key.clone()).or_insert(row);
            let condition = row.condition.or(table.condition).and_then(|index| self.file.conditions.get(index));
            let place = Place::Row { at: row.at, condition: condition.map(|condition| condition.text.clone()) };
            thunks.push(Provided { key, function: row.function.clone(), place });
        }
        self.conditions(table);
        let kind = SourceKind::Table { kind: table.kind, name: table.name.clone() };
        Source { path: self.path.to_owned(), kind, thunks }
    }

    /// How many rows the runtime sees.
    fn counted(&mut self, table: &Table) -> usize {
        let rows = table.rows.len();
        let Some((count, at)) = table.count else { return rows };
        let counted = usize::try_from(count.of(rows)).unwrap_or(usize::MAX);
        // Of rows under conditions, the number is not known.
        let is_certain = matches!(count, Count::Relative(_)) || table.rows.iter().all(|row| row.condition.is_none());
        let ends: usize = table.rows.iter().rev().take_while(|row| row.key.is_none()).count();
        let what = if !is_certain {
            return rows;
        } else if counted > rows {
            format!(
                "`{}Count` is {counted}, but the table has {rows} rows: the runtime reads behind its end",
                table.name
            )
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

    /// Every condition that rows depend on.
    fn conditions(&mut self, table: &Table) {
        let mut rows: BTreeMap<usize, usize> = BTreeMap::new();
        for row in table.rows.iter().filter(|row| row.key.is_some()) {
            if let Some(condition) = row.condition.or(table.condition) {
                *rows.entry(condition).or_default() += 1;
            }
        }
        for (condition, rows) in rows {
            let Some(condition) = self.file.conditions.get(condition) else { continue };
            let (are, they) = match rows {
                1 => ("1 row is".to_owned(), "it is"),
                _ => (format!("{rows} rows are"), "they are"),
            };
            let what = format!("{are} under `{}`; {they} taken as if that held", condition.text);
            self.diagnostics.report(&catalogue::CONDITIONAL_ROWS, place(self.path, condition.at), what);
        }
    }
}

/// Keys had no prefix before there were others than those of calls from the interpreter.
fn is_without_prefixes(table: &Table, rows: &[(&Row, &str)]) -> bool {
    let is_prefixed = |key: &str| !matches!(key.parse::<ThunkKey>(), Err(ParseKeyError::Prefix(_)));
    table.kind.prefix() == 'M'
        && rows.iter().any(|(_, key)| key.parse::<Signature>().is_ok())
        && !rows.iter().any(|(_, key)| key.starts_with('M') && is_prefixed(key))
}
