//! The table stream, `#~` or `#-` (II.24.2.6): row counts, column widths, checked cells.

use super::cursor::{Cursor, Span};
use super::error::{Place, ReadError};
use super::schema::{
    ALL_TABLES, ASSEMBLY_TABLES, Coded, Column, ColumnKind, ColumnType, List, MAX_COLUMNS, TABLE_NUMBERS, TableId,
};
use super::token::Token;

#[derive(Clone, Copy, Debug, Default)]
struct Table<'a> {
    data: Span<'a>,
    rows: u32,
    row_size: u32,
    /// Offset of each column in a row.
    offsets: [u8; MAX_COLUMNS],
    /// Width of each column in bytes.
    widths: [u8; MAX_COLUMNS],
}

/// All tables of a module, or of a PDB.
#[derive(Clone, Debug)]
pub struct Tables<'a> {
    /// Those that have rows, after one that has none.
    tables: Vec<Table<'a>>,
    /// Index in `tables`, by number.
    index: [u8; TABLE_NUMBERS],
}

/// Number of rows of each table, by its number.
pub(crate) type RowCounts = [u32; TABLE_NUMBERS];

/// The set of the tables of a PDB, which come after those of an assembly.
const PDB_TABLES: u64 = (1 << TABLE_NUMBERS) - (1 << TableId::Document as u8);

/// Flags of the heap-size byte.
mod heap_sizes {
    pub const WIDE_STRINGS: u8 = 0x01;
    pub const WIDE_GUIDS: u8 = 0x02;
    pub const WIDE_BLOBS: u8 = 0x04;
    /// Four more bytes stand between the row counts and the rows (edit-and-continue streams).
    pub const EXTRA_DATA: u8 = 0x40;
}

impl<'a> Tables<'a> {
    /// Reads an assembly's tables. `all_wide` is set by a `#JTD` stream (a minimal delta), which makes every index four
    /// bytes wide.
    pub(crate) fn open(stream: Cursor<'a>, all_wide: bool) -> Result<Tables<'a>, ReadError> {
        let foreign = "only the tables of an assembly (0x00 to 0x2C) or a PDB (0x30 to 0x37) expected";
        let own = (1 << ASSEMBLY_TABLES) - 1;
        Tables::read(stream, all_wide, (own, own | PDB_TABLES), foreign, &[0; TABLE_NUMBERS])
    }

    /// Reads a PDB's tables. `assembly` has the row counts of the assembly's tables, which decide the width of columns
    /// that point into them.
    pub(crate) fn open_pdb(stream: Cursor<'a>, assembly: &RowCounts) -> Result<Tables<'a>, ReadError> {
        let foreign = "only the tables of a PDB (0x30 to 0x37) expected";
        Tables::read(stream, false, (PDB_TABLES, PDB_TABLES), foreign, assembly)
    }

    /// Reads the stream's header and finds every table of a set. Others of the set `allowed` are skipped, as the runtime
    /// skips tables of a PDB in an assembly; more are refused.
    fn read(
        mut stream: Cursor<'a>,
        all_wide: bool,
        (own, allowed): (u64, u64),
        foreign: &'static str,
        elsewhere: &RowCounts,
    ) -> Result<Tables<'a>, ReadError> {
        stream.skip(6)?;
        let heap_sizes = stream.u8()?;
        stream.skip(1)?;
        let valid = stream.u64()?;
        stream.skip(8)?;
        if valid & !allowed != 0 {
            return Err(stream.error(foreign));
        }
        let mut tables = Vec::with_capacity((valid & own).count_ones() as usize + 1);
        tables.push(Table::default());
        let mut index = [0; TABLE_NUMBERS];
        let mut counts = *elsewhere;
        for &id in ALL_TABLES {
            if valid >> id as u8 & 1 == 1 {
                let rows = row_count(&mut stream)?;
                if own >> id as u8 & 1 == 0 {
                    continue;
                }
                counts[id as usize] = rows;
                if rows > 0 {
                    index[id as usize] = tables.len() as u8;
                    tables.push(Table { rows, ..Table::default() });
                }
            }
        }
        if heap_sizes & heap_sizes::EXTRA_DATA != 0 {
            stream.skip(4)?;
        }
        let widths = Widths { heap_sizes, counts: &counts, all_wide };
        for &id in ALL_TABLES.iter().filter(|id| index[**id as usize] != 0) {
            let table = &mut tables[usize::from(index[id as usize])];
            let mut offset = 0;
            for (index, &column) in id.columns().iter().enumerate() {
                table.offsets[index] = offset;
                table.widths[index] = widths.of(column);
                offset += table.widths[index];
            }
            table.row_size = u32::from(offset);
            // At most 2^24 rows of 36 bytes: no overflow.
            table.data = stream.span(table.rows as usize * usize::from(offset))?;
        }
        // Rows of tables that are not read are left.
        if valid & !own == 0 {
            refuse_rest(stream)?;
        }
        tables.shrink_to_fit();
        Ok(Tables { tables, index })
    }

    fn table(&self, id: TableId) -> &Table<'a> {
        &self.tables[usize::from(self.index[id as usize])]
    }

    /// Number of rows.
    pub fn rows(&self, table: TableId) -> u32 {
        self.table(table).rows
    }

    /// Every row number of a table, 1-based.
    pub fn all(&self, table: TableId) -> std::ops::RangeInclusive<u32> {
        1..=self.rows(table)
    }

    /// An error at a row.
    pub fn error(&self, table: TableId, row: u32, reason: &'static str) -> ReadError {
        let place = self.table(table);
        let within = row.saturating_sub(1).min(place.rows) as usize * place.row_size as usize;
        ReadError::new(Place::Row(table, row), place.data.base + within, reason)
    }

    /// An error if there is no such row.
    pub fn check(&self, token: Token) -> Result<(), ReadError> {
        if token.row == 0 || token.row > self.rows(token.table) {
            return Err(self.error(token.table, token.row, "row number past the end of the table"));
        }
        Ok(())
    }

    /// The raw value of a column of a row (1-based).
    pub fn cell<T: ColumnType>(&self, column: Column<T>, row: u32) -> Result<u32, ReadError> {
        let (table, column) = (column.table, usize::from(column.index));
        self.check(Token::new(table, row))?;
        let t = self.table(table);
        let start = (row - 1) as usize * t.row_size as usize + usize::from(t.offsets[column]);
        let value = match t.widths[column] {
            2 => t.data.data.get(start..).and_then(|s| s.first_chunk()).map(|b| u32::from(u16::from_le_bytes(*b))),
            _ => t.data.data.get(start..).and_then(|s| s.first_chunk()).map(|b| u32::from_le_bytes(*b)),
        };
        value.ok_or_else(|| self.error(table, row, "row outside of the table"))
    }

    /// The raw values of a column, of all rows in order.
    pub fn cells<T: ColumnType>(&self, column: Column<T>) -> impl Iterator<Item = u32> + use<'a, T> {
        let t = self.table(column.table);
        let (offset, width) = (usize::from(t.offsets[usize::from(column.index)]), t.widths[usize::from(column.index)]);
        t.data.data.chunks_exact(t.row_size.max(1) as usize).map(move |row| match (width, &row[offset..]) {
            (2, &[a, b, ..]) => u32::from(u16::from_le_bytes([a, b])),
            (_, &[a, b, c, d, ..]) => u32::from_le_bytes([a, b, c, d]),
            _ => 0, // no row is so short
        })
    }

    /// The token in a coded-index column; nil tokens are returned as they are.
    pub fn coded(&self, column: Column<Coded>, row: u32) -> Result<Token, ReadError> {
        self.decode(column, self.cell(column, row)?, row)
    }

    /// The token that a value of a coded-index column means; `row` is the value's.
    pub fn decode(&self, column: Column<Coded>, value: u32, row: u32) -> Result<Token, ReadError> {
        let token = column.of.0.decode(value);
        token.ok_or_else(|| self.error(column.table, row, "coded index with a table tag of its kind expected"))
    }

    /// The rows that a row owns through a list column: from its own first index to the next row's.
    pub fn list(&self, column: Column<List>, row: u32) -> Result<std::ops::Range<u32>, ReadError> {
        let start = self.cell(column, row)?;
        let past = self.rows(column.of.0) + 1;
        let end = if row < self.rows(column.table) { self.cell(column, row + 1)? } else { past };
        if start == 0 || start > end || end > past {
            return Err(self.error(column.table, row, "list of rows inside of the table it points to expected"));
        }
        Ok(start..end)
    }

    /// Checks that the lists of a column follow each other: only then do they not overlap.
    pub fn check_lists(&self, column: Column<List>) -> Result<(), ReadError> {
        let past = self.rows(column.of.0) + 1;
        let mut before = 1;
        for (start, row) in self.cells(column).zip(1..) {
            if start < before || start > past {
                // The list that is wrong is the one before, or the last one.
                self.list(column, if row > 1 { row - 1 } else { row })?;
                self.list(column, row)?;
            }
            before = start;
        }
        Ok(())
    }

    /// The first row whose `column` is `value`, in a table sorted by that column.
    pub fn find<T: ColumnType>(&self, column: Column<T>, value: u32) -> Result<Option<u32>, ReadError> {
        let (mut low, mut high) = (1, self.rows(column.table) + 1);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.cell(column, middle)? < value {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        let found = low <= self.rows(column.table) && self.cell(column, low)? == value;
        Ok(found.then_some(low))
    }
}

/// Writers fill the stream up to a multiple of four bytes, most after one more byte.
const MAX_PADDING: usize = 7;

/// Rows after the last table are those of a table whose row count is wrong.
fn refuse_rest(stream: Cursor<'_>) -> Result<(), ReadError> {
    let rest = { stream }.rest();
    match rest.len() > MAX_PADDING || rest.iter().any(|&byte| byte != 0) {
        true => Err(stream.error("end of the table stream after the last row expected")),
        false => Ok(()),
    }
}

/// The number of rows of a table; a token has 24 bits for it.
pub(crate) fn row_count(stream: &mut Cursor<'_>) -> Result<u32, ReadError> {
    match stream.u32()? {
        rows if rows <= 0x00FF_FFFF => Ok(rows),
        _ => Err(stream.error("row count below 2^24 expected")),
    }
}

struct Widths<'c> {
    heap_sizes: u8,
    counts: &'c RowCounts,
    all_wide: bool,
}

impl Widths<'_> {
    fn of(&self, column: ColumnKind) -> u8 {
        match column {
            ColumnKind::U8Padded | ColumnKind::U16 => 2,
            ColumnKind::U32 => 4,
            ColumnKind::String => self.index(self.heap_sizes & heap_sizes::WIDE_STRINGS != 0),
            ColumnKind::Guid => self.index(self.heap_sizes & heap_sizes::WIDE_GUIDS != 0),
            ColumnKind::Blob => self.index(self.heap_sizes & heap_sizes::WIDE_BLOBS != 0),
            // One past the last row must be expressible too, as the end of a list: the limit is 0xFFFF rows.
            ColumnKind::Row(table) => self.index(self.counts[table as usize] > 0xFFFF),
            ColumnKind::Coded(kind) => {
                let most = kind.tables().iter().flatten().map(|table| self.counts[*table as usize]).max().unwrap_or(0);
                self.index(most > 0xFFFF >> kind.tag_bits())
            }
        }
    }

    fn index(&self, wide: bool) -> u8 {
        if wide || self.all_wide { 4 } else { 2 }
    }
}
