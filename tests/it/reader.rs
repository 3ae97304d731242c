//! The reader against files whose content is known: by another container, by hand, or by their source.
//!
//! ```text
//! THUNKGEN_SETS=... cargo test -p thunkgen-tests --test it reader:: -- --include-ignored
//! ```

mod attributes;
mod bodies;
mod containers;
mod errors;
mod forms;
mod real_sets;
mod signatures;
pub(crate) mod text;

use clr_metadata::{Module, TableId};
use thunkgen_tests::corrupt::schema;
use thunkgen_tests::data::crate_dir;

/// The bytes of a fixture.
fn fixture(path: &str) -> Vec<u8> {
    let path = crate_dir().join("fixtures").join(path);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Opens a file that is managed and whole.
fn open(bytes: &[u8]) -> Module<'_> {
    clr_metadata::open(bytes).expect("a whole file").expect("a managed file")
}

/// Everything that is in the tables, as text: a row a line, with what its strings, blobs and GUIDs are.
fn dump(module: &Module<'_>) -> Vec<String> {
    let mut lines = Vec::new();
    for (number, columns) in schema::COLUMNS.iter().enumerate() {
        let table = schema::table(number);
        for row in module.tables.all(table) {
            let mut line = format!("{} {row}:", table.name());
            for (column, word) in columns.split(' ').enumerate() {
                line += &cell(module, table, row, column, word).unwrap_or_else(|error| panic!("{line} {error}"));
            }
            lines.push(line);
        }
    }
    lines
}

fn cell(
    module: &Module<'_>,
    table: TableId,
    row: u32,
    column: usize,
    word: &str,
) -> Result<String, clr_metadata::ReadError> {
    let value = module.tables.cell(table.column::<clr_metadata::Any>(column).expect("a column"), row)?;
    Ok(match word.as_bytes()[0] {
        b's' => format!(" {:?}", module.heaps.string(value)?),
        b'b' => format!(" {:x?}", module.heaps.blob(value)?),
        b'g' => format!(" {:x?}", module.heaps.guid(value)?),
        b'/' => format!(" {:?}", module.coded(table.column(column).expect("a coded index"), row)?),
        _ => format!(" {value:#x}"),
    })
}

/// Every method body as text.
fn dump_bodies(module: &Module<'_>) -> Vec<String> {
    let body = |row| format!("{row}: {:?}", module.method_body(row).expect("a whole body").map(body_text));
    module.tables.all(TableId::MethodDef).map(body).collect()
}

fn body_text(body: clr_metadata::il::MethodBody<'_>) -> String {
    let instructions: Vec<_> = body.instructions().map(|instruction| instruction.expect("whole IL")).collect();
    format!("{} {:#x} {} {:?} {instructions:?}", body.max_stack, body.locals, body.init_locals, body.clauses)
}
