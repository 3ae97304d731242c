//! What is found out about a whole column once: rows by value where a table is not sorted by it, and whether its lists
//! are in order.

use std::cell::RefCell;
use std::rc::Rc;

use foldhash::{HashMap, HashMapExt};

use super::error::ReadError;
use super::schema::{Column, ColumnType, List, TableId};
use super::tables::Tables;

/// What is known of a few columns, by table and number.
type OfColumn<T> = RefCell<Vec<((TableId, u8), T)>>;

/// First row with a value, and how many rows have it.
type Rows = HashMap<u32, (u32, u32)>;

/// The columns that were asked for, each read once: without this, asking every type of a large file for its rows could
/// take time that grows with the square of the file.
#[derive(Clone, Debug, Default)]
pub(super) struct Lookups {
    rows: OfColumn<Rc<Rows>>,
    lists: OfColumn<Result<(), ReadError>>,
    owners: OfColumn<Result<Rc<[u32]>, ReadError>>,
}

/// What is known of a column, or what `read` finds.
fn known<C, T: Clone>(of: &OfColumn<T>, column: Column<C>, read: impl FnOnce() -> T) -> T {
    let key = (column.table, column.index);
    if let Some((_, found)) = of.borrow().iter().find(|(known, _)| *known == key) {
        return found.clone();
    }
    let found = read();
    of.borrow_mut().push((key, found.clone()));
    found
}

impl Lookups {
    /// The first row whose `column` is `value` and the number of such rows, which need not follow each other.
    pub fn find<T: ColumnType>(&self, tables: &Tables<'_>, column: Column<T>, value: u32) -> Option<(u32, u32)> {
        let rows = known(&self.rows, column, || {
            let mut rows = Rows::new();
            for (value, row) in tables.cells(column).zip(1..) {
                rows.entry(value).or_insert((row, 0)).1 += 1;
            }
            Rc::new(rows)
        });
        rows.get(&value).copied()
    }

    /// What `read` finds for a list column.
    pub fn owners(
        &self,
        column: Column<List>,
        read: impl FnOnce() -> Result<Vec<u32>, ReadError>,
    ) -> Result<Rc<[u32]>, ReadError> {
        known(&self.owners, column, || read().map(Rc::from))
    }

    /// Checks that the lists of a column follow each other: only then do they not overlap.
    pub fn check_lists(&self, tables: &Tables<'_>, column: Column<List>) -> Result<(), ReadError> {
        known(&self.lists, column, || tables.check_lists(column))
    }
}
