//! The `#~` stream (II.24.2.6).

use std::collections::BTreeMap;

use super::schema::{Column, Table};

/// The tables that must be sorted, by number, whether they are there or not.
const SORTED: u64 = 0x1600_3301_FA00;

/// Rows of every table; a cell is a number, a heap offset, a row number or an encoded index.
#[derive(Debug, Default)]
pub(super) struct Tables(BTreeMap<Table, Vec<Vec<u32>>>);

/// Which heaps have offsets of four bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct WideHeaps {
    pub strings: bool,
    pub blobs: bool,
}

impl Tables {
    /// Appends a row; its number is returned.
    pub fn push(&mut self, table: Table, row: &[u32]) -> u32 {
        assert_eq!(row.len(), table.columns().len(), "columns of {table:?}");
        let rows = self.0.entry(table).or_default();
        rows.push(row.to_vec());
        rows.len() as u32
    }

    /// Number of rows.
    pub fn rows(&self, table: Table) -> u32 {
        self.0.get(&table).map_or(0, Vec::len) as u32
    }

    /// The stream, padded to four bytes.
    pub fn into_stream(mut self, heaps: WideHeaps) -> Vec<u8> {
        for (table, rows) in &mut self.0 {
            if let Some(key) = table.sort_key() {
                rows.sort_by_key(|row| row[key]); // stable: generic parameters stay in the order of their numbers
            }
        }
        let mut stream = vec![0, 0, 0, 0, 2, 0, u8::from(heaps.strings) | u8::from(heaps.blobs) << 2, 1];
        let valid = self.0.keys().fold(0u64, |valid, table| valid | 1 << *table as u64);
        stream.extend_from_slice(&valid.to_le_bytes());
        stream.extend_from_slice(&SORTED.to_le_bytes());
        for rows in self.0.values() {
            stream.extend_from_slice(&(rows.len() as u32).to_le_bytes());
        }
        for (table, rows) in &self.0 {
            let widths: Vec<usize> = table.columns().iter().map(|column| self.width(*column, heaps)).collect();
            for row in rows {
                for (cell, width) in row.iter().zip(&widths) {
                    assert!(*width == 4 || *cell <= 0xFFFF, "{cell} in a narrow column of {table:?}");
                    stream.extend_from_slice(&cell.to_le_bytes()[..*width]);
                }
            }
        }
        stream.resize(stream.len().next_multiple_of(4), 0);
        stream
    }

    fn width(&self, column: Column, heaps: WideHeaps) -> usize {
        let wide = match column {
            Column::Short | Column::Guid => false,
            Column::Word => true,
            Column::String => heaps.strings,
            Column::Blob => heaps.blobs,
            // The last member list of all may start one past the last row.
            Column::Row(table) => self.rows(table) > 0xFFFF,
            Column::Index(coded) => {
                let most = coded.tables.iter().map(|(table, _)| self.rows(*table)).max().unwrap_or(0);
                most >= 1 << (16 - coded.tag_bits)
            }
        };
        if wide { 4 } else { 2 }
    }
}
