//! What is found out about a whole column once: rows by value where a table is not sorted by it, and whether its lists
//! are in order.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use super::error::ReadError;
use super::schema::{Column, ColumnType, List, TableId};
use super::tables::Tables;

/// Table and number of a column.
type ColumnKey = (TableId, u8);

/// Whether the lists of each column that was asked for are in order.
type Lists = HashMap<ColumnKey, Result<(), ReadError>>;

/// First row with a value, and how many rows have it.
type Rows = HashMap<u32, (u32, u32)>;

/// The columns that were asked for, each read once: without this, asking every type of a large file for its rows could
/// take time that grows with the square of the file.
#[derive(Clone, Debug, Default)]
pub(super) struct Lookups {
    rows: RefCell<HashMap<ColumnKey, Rc<Rows>>>,
    lists: RefCell<Lists>,
    owners: RefCell<HashMap<ColumnKey, Rc<[u32]>>>,
}

impl Lookups {
    /// The first row whose `column` is `value` and the number of such rows, which need not follow each other.
    pub fn find<T: ColumnType>(
        &self,
        tables: &Tables<'_>,
        column: Column<T>,
        value: u32,
    ) -> Result<Option<(u32, u32)>, ReadError> {
        let key = (column.table, column.index);
        let known = self.rows.borrow().get(&key).map(Rc::clone);
        let rows = match known {
            Some(rows) => rows,
            None => {
                let rows = Rc::new(read(tables, column)?);
                self.rows.borrow_mut().insert(key, Rc::clone(&rows));
                rows
            }
        };
        Ok(rows.get(&value).copied())
    }

    /// What `read` finds for a list column.
    pub fn owners(
        &self,
        column: Column<List>,
        read: impl FnOnce() -> Result<Vec<u32>, ReadError>,
    ) -> Result<Rc<[u32]>, ReadError> {
        let key = (column.table, column.index);
        if let Some(known) = self.owners.borrow().get(&key) {
            return Ok(Rc::clone(known));
        }
        let owners: Rc<[u32]> = read()?.into();
        self.owners.borrow_mut().insert(key, Rc::clone(&owners));
        Ok(owners)
    }

    /// Checks that the lists of a column follow each other: only then do they not overlap.
    pub fn check_lists(&self, tables: &Tables<'_>, column: Column<List>) -> Result<(), ReadError> {
        let mut lists = self.lists.borrow_mut();
        let check = || tables.all(column.table).try_for_each(|row| tables.list(column, row).map(drop));
        lists.entry((column.table, column.index)).or_insert_with(check).clone()
    }
}

fn read<T: ColumnType>(tables: &Tables<'_>, column: Column<T>) -> Result<Rows, ReadError> {
    let mut rows = Rows::new();
    for row in tables.all(column.table) {
        rows.entry(tables.cell(column, row)?).or_insert((row, 0)).1 += 1;
    }
    Ok(rows)
}
