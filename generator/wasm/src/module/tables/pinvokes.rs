//! The P/Invoke tables in the data of a linked runtime: names and functions, also where the module has no names.
//!
//! A row is the address of a text and a table slot, and rows are sorted. Rows alone are not enough: lists of options have
//! their shape. A table counts when something leads to it: an array of `{ library, rows, count }` (CoreCLR, and Mono from
//! .NET 9 on), or an array of libraries next to an array of rows that end with a row of zeros (Mono before that); and when
//! the module is a runtime: the array has the functions of its own library, or there are thunks.

use std::collections::{BTreeMap, BTreeSet};

use super::memory::InitialMemory;
use super::{MAX_ROWS, WORD};

/// The functions that a runtime finds in one library.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PInvokeTable<'a> {
    /// The library, as the runtime asks for it.
    pub library: &'a str,
    /// Entry points with the index of their function, in the order of the table.
    pub entries: Vec<(&'a str, u32)>,
}

impl PInvokeTable<'_> {
    fn any_name(&self, is: impl Fn(&str) -> bool) -> bool {
        self.entries.iter().any(|(name, _)| is(name))
    }
}

/// Most libraries of one runtime.
const MAX_LIBRARIES: usize = 256;

/// Longest text in bytes.
const MAX_TEXT: usize = 512;

/// Bytes of a row, and of a library with the address and the number of its rows.
const ROW: u32 = 2 * WORD;
const LIBRARY: u32 = 3 * WORD;

/// Start of the names of the functions in a runtime's own library.
const OWN: &str = "SystemNative_";

type Rows<'a> = Vec<(&'a str, u32)>;

impl<'a> InitialMemory<'_, 'a> {
    /// The P/Invoke tables, in the order of what leads to them.
    pub fn pinvoke_tables(&self) -> Vec<PInvokeTable<'a>> {
        let mut arrays = self.counted_arrays();
        let counted: BTreeSet<u32> = arrays
            .iter()
            .flat_map(|(address, tables)| (0..).take(tables.len()).map(|index: u32| *address + index * LIBRARY))
            .flat_map(|address| [address, address + WORD])
            .collect();
        arrays.extend(self.terminated_arrays(&counted));
        let is_own = |name: &str| name.starts_with(OWN);
        let has_own = |tables: &[PInvokeTable<'_>]| tables.iter().any(|table| table.any_name(is_own));
        // Lists of options have descriptions.
        let is_odd = |name: &str| name.contains(|c: char| c == ' ' || c.is_control());
        let is_plain = |table: &PInvokeTable<'_>| !is_odd(table.library) && !table.any_name(is_odd);
        if arrays.iter().any(|(_, tables)| has_own(tables)) {
            arrays.retain(|(_, tables)| has_own(tables));
        } else {
            arrays.retain(|(_, tables)| tables.iter().all(is_plain));
            if !arrays.is_empty() && !self.has_thunks() {
                arrays.clear();
            }
        }
        arrays.into_iter().flat_map(|(_, tables)| tables).collect()
    }

    /// Arrays of `{ library, rows, count }`, by address.
    fn counted_arrays(&self) -> Vec<(u32, Vec<PInvokeTable<'a>>)> {
        let mut arrays: BTreeMap<u32, Vec<PInvokeTable<'a>>> = BTreeMap::new();
        // First address by the one after the end.
        let mut ends = BTreeMap::new();
        for address in self.words() {
            if let Some(table) = self.counted(address) {
                let first = ends.remove(&address).unwrap_or(address);
                arrays.entry(first).or_default().push(table);
                ends.insert(address.saturating_add(LIBRARY), first);
            }
        }
        arrays.into_iter().collect()
    }

    /// Arrays of libraries next to arrays of rows, by the address of these. `known` are not looked at.
    fn terminated_arrays(&self, known: &BTreeSet<u32>) -> Vec<(u32, Vec<PInvokeTable<'a>>)> {
        let mut terminated = BTreeMap::new();
        let mut arrays = Vec::new();
        let mut next = 0;
        for address in self.words() {
            if address < next || known.contains(&address) {
                continue;
            }
            let count = self.terminated_from(address, &mut terminated);
            if count == 0 {
                continue;
            }
            let (names, count) = match self.names_before(address, count) {
                Some(names) => (Some(names.clone()), names.len()),
                None => {
                    let bytes = WORD.saturating_mul(u32::try_from(count).unwrap_or(u32::MAX));
                    let names = [address.checked_sub(bytes), address.checked_add(bytes)];
                    (names.into_iter().flatten().find_map(|names| self.texts(names, count)), count)
                }
            };
            let bytes = WORD.saturating_mul(u32::try_from(count).unwrap_or(u32::MAX));
            if let Some(names) = names {
                next = address.saturating_add(bytes);
                let rows = (0..).map(|index| self.word(address + index * WORD));
                let table = |(library, rows)| {
                    let entries = terminated.get(&rows).cloned().flatten().unwrap_or_default();
                    PInvokeTable { library, entries }
                };
                arrays.push((address, names.into_iter().zip(rows).map(table).collect()));
            }
        }
        arrays
    }

    fn row(&self, address: u32) -> Option<(&'a str, u32)> {
        let function = self.slot(self.word(address.checked_add(WORD)?))?;
        self.look(0)?;
        Some((self.text(self.word(address), MAX_TEXT)?, function))
    }

    /// The table to which `{ library, rows, count }` at the address leads.
    fn counted(&self, address: u32) -> Option<PInvokeTable<'a>> {
        let [library, rows, count] = [0, WORD, 2 * WORD].map(|at| address.checked_add(at).map(|at| self.word(at)));
        let (rows, count) = (rows?, count?);
        if !(1..=MAX_ROWS as u32).contains(&count) || !Self::is_object(rows) {
            return None;
        }
        let mut entries = Rows::new();
        for index in 0..count {
            let row = self.row(rows.checked_add(index * ROW)?)?;
            if entries.last().is_some_and(|(before, _)| *before >= row.0) {
                return None;
            }
            entries.push(row);
        }
        Some(PInvokeTable { library: self.text(library?, MAX_TEXT)?, entries })
    }

    /// The rows from an address to a row of zeros.
    fn terminated(&self, rows: u32) -> Option<Rows<'a>> {
        let mut entries = Vec::new();
        let mut at = Some(rows).filter(|rows| Self::is_object(*rows))?;
        while self.word(at) != 0 || self.word(at.checked_add(WORD)?) != 0 {
            entries.push(self.row(at).filter(|_| entries.len() < MAX_ROWS)?);
            at = at.checked_add(ROW)?;
        }
        Some(entries).filter(|entries| !entries.is_empty())
    }

    /// How many words from an address on lead to tables; what those are is kept in `known`.
    fn terminated_from(&self, address: u32, known: &mut BTreeMap<u32, Option<Rows<'a>>>) -> usize {
        let addresses = (0..).map_while(|index: u32| address.checked_add(index.checked_mul(WORD)?));
        let is_table = |at: &u32| {
            let rows = self.word(*at);
            let slot = rows.checked_add(WORD).and_then(|at| self.slot(self.word(at)));
            let is_row = Self::is_object(rows) && slot.and_then(|_| self.look(0)).is_some();
            is_row && known.entry(rows).or_insert_with(|| self.terminated(rows)).is_some()
        };
        addresses.take(MAX_LIBRARIES).take_while(is_table).count()
    }

    /// The names right before an array of tables, if something else is before them: an array of all names. Tables at the
    /// end of the array may have no rows, so there may be more names than the `count` tables with rows.
    fn names_before(&self, address: u32, count: usize) -> Option<Vec<&'a str>> {
        let word = |index: usize| address.checked_add(u32::try_from(index).ok()?.checked_mul(WORD)?);
        let is_empty = |index: &usize| {
            let rows = word(*index).map(|at| self.word(at)).filter(|rows| Self::is_object(*rows));
            self.look(0).is_some()
                && rows.is_some_and(|rows| {
                    self.word(rows) == 0 && rows.checked_add(WORD).is_some_and(|at| self.word(at) == 0)
                })
        };
        let empty = (count..MAX_LIBRARIES).take_while(is_empty).count();
        (count..=count + empty).find_map(|total| {
            let start = address.checked_sub(u32::try_from(total).ok()?.checked_mul(WORD)?)?;
            let before = start.checked_sub(WORD)?;
            self.texts(start, total).filter(|_| self.text(self.word(before), MAX_TEXT).is_none())
        })
    }

    fn texts(&self, address: u32, count: usize) -> Option<Vec<&'a str>> {
        let addresses = (0..).map_while(|index: u32| address.checked_add(index.checked_mul(WORD)?));
        addresses.take(count).map(|at| self.text(self.word(at), MAX_TEXT)).collect()
    }
}
