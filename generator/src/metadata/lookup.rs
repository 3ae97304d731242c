//! Rows by the value of a column, for tables that are not sorted by it.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use super::error::ReadError;
use super::schema::TableId;
use super::tables::Tables;

/// First row with a value, and how many rows have it.
type Rows = HashMap<u32, (u32, u32)>;

/// The columns that were looked up, each read once: without this, asking every type of a large uncompressed stream for
/// its rows would take time that grows with the square of the file.
#[derive(Clone, Debug, Default)]
pub(super) struct Lookup(RefCell<HashMap<(TableId, usize), Rc<Rows>>>);

impl Lookup {
    /// The first row whose `column` is `value` and the number of such rows, which need not follow each other.
    pub fn find(
        &self,
        tables: &Tables<'_>,
        table: TableId,
        column: usize,
        value: u32,
    ) -> Result<Option<(u32, u32)>, ReadError> {
        let known = self.0.borrow().get(&(table, column)).map(Rc::clone);
        let rows = match known {
            Some(rows) => rows,
            None => {
                let rows = Rc::new(read(tables, table, column)?);
                self.0.borrow_mut().insert((table, column), Rc::clone(&rows));
                rows
            }
        };
        Ok(rows.get(&value).copied())
    }
}

fn read(tables: &Tables<'_>, table: TableId, column: usize) -> Result<Rows, ReadError> {
    let mut rows = Rows::new();
    for row in tables.all(table) {
        rows.entry(tables.cell(table, row, column)?).or_insert((row, 0)).1 += 1;
    }
    Ok(rows)
}
