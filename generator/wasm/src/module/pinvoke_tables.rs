//! The P/Invoke tables in the data of a linked runtime: names and functions, also where the module has no names.
//!
//! A row is the address of a text and a table slot. Rows alone are not enough: locale tables have their shape. A table
//! counts when something leads to it: `{ library, rows, count }` (CoreCLR, and Mono from .NET 9 on), or an array of
//! libraries next to an array of rows that end with a row of zeros (Mono before that).

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use super::{Placement, WasmModule};

/// The functions that a runtime finds in one library.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PInvokeTable<'a> {
    /// The library, as the runtime asks for it.
    pub library: &'a str,
    /// Entry points with the index of their function, in the order of the table.
    pub entries: Vec<(&'a str, u32)>,
}

/// Most rows of a table that is believed.
const MAX_ROWS: u32 = 65_536;

/// Most rows that are looked at in a module: what leads to rows may be anything.
const MAX_LOOKS: u32 = 10_000_000;

/// Most libraries of one runtime.
const MAX_LIBRARIES: usize = 256;

/// Longest text in bytes.
const MAX_TEXT: usize = 512;

/// Below lies what no address leads to: linkers leave it free.
const FIRST_ADDRESS: u32 = 1024;

/// Bytes of a word, and of a row.
const WORD: u32 = 4;
const ROW: u32 = 8;

impl<'a> WasmModule<'a> {
    /// The P/Invoke tables in the module's data, in the order of what leads to them; none of a module whose data goes to
    /// addresses that only code knows.
    pub fn pinvoke_tables(&self) -> Vec<PInvokeTable<'a>> {
        let data = Data::of(self);
        let mut found = Vec::new();
        let mut known = BTreeSet::new();
        for address in data.words() {
            if let Some(table) = data.counted(address) {
                known.extend([address, address + WORD]);
                found.push((address, table));
            }
        }
        // Names come first or last; the libraries of a counted table are no array of their own.
        let mut terminated = BTreeMap::new();
        let mut next = 0;
        for address in data.words() {
            if address < next || known.contains(&address) {
                continue;
            }
            let count = data.terminated_from(address, &mut terminated);
            let bytes = WORD.saturating_mul(u32::try_from(count).unwrap_or(u32::MAX));
            let names = [address.checked_sub(bytes), address.checked_add(bytes)];
            let names = names.into_iter().flatten().find_map(|names| data.texts(names, count));
            if let (Some(names), true) = (names, count > 0) {
                next = address.saturating_add(bytes);
                let rows = (0..).map(|index| data.word(address + index * WORD));
                for (library, rows) in names.into_iter().zip(rows) {
                    let entries = terminated.get(&rows).cloned().flatten().unwrap_or_default();
                    found.push((address, PInvokeTable { library, entries }));
                }
            }
        }
        found.sort_by_key(|(address, _)| *address);
        found.into_iter().map(|(_, table)| table).collect()
    }
}

/// The memory as the data segments fill it, and the table.
struct Data<'a> {
    /// Address and bytes, by address.
    segments: Vec<(u32, &'a [u8])>,
    /// Functions by slot.
    slots: BTreeMap<u32, u32>,
    /// How many more rows are looked at.
    looks: Cell<u32>,
}

type Rows<'a> = Vec<(&'a str, u32)>;

impl<'a> Data<'a> {
    fn of(module: &WasmModule<'a>) -> Data<'a> {
        let constant = |placement| match placement {
            Placement::Constant(at) => u32::try_from(at).ok(),
            _ => None,
        };
        let segments = module.data.iter().filter_map(|data| Some((constant(data.placement)?, data.bytes)));
        let mut segments: Vec<_> = segments.filter(|(_, bytes)| !bytes.is_empty()).collect();
        segments.sort_by_key(|(at, _)| *at);
        let mut slots = BTreeMap::new();
        for segment in module.elements.iter().filter(|segment| segment.table == 0) {
            let Some(first) = constant(segment.placement) else { continue };
            slots.extend((first..).zip(&segment.functions).filter_map(|(slot, function)| Some((slot, (*function)?))));
        }
        Data { segments, slots, looks: Cell::new(MAX_LOOKS) }
    }

    /// The address of every word that lies in a segment.
    fn words(&self) -> impl Iterator<Item = u32> {
        self.segments.iter().flat_map(|(at, bytes)| {
            let end = u64::from(*at) + bytes.len() as u64;
            (at.next_multiple_of(WORD)..u32::try_from(end).unwrap_or(u32::MAX)).step_by(WORD as usize)
        })
    }

    /// The bytes from an address to the end of its segment.
    fn from(&self, address: u32) -> &'a [u8] {
        let behind = self.segments.partition_point(|(at, _)| *at <= address);
        let segment = behind.checked_sub(1).and_then(|index| self.segments.get(index));
        segment.and_then(|(at, bytes)| bytes.get((address - at) as usize..)).unwrap_or_default()
    }

    /// The word at an address; bytes that no segment fills are zero.
    fn word(&self, address: u32) -> u32 {
        if let Some(word) = self.from(address).first_chunk() {
            return u32::from_le_bytes(*word);
        }
        let byte = |index| {
            let address = address.checked_add(index)?;
            self.from(address).first().copied()
        };
        u32::from_le_bytes([0, 1, 2, 3].map(|index| byte(index).unwrap_or(0)))
    }

    fn text(&self, address: u32) -> Option<&'a str> {
        let bytes = self.from(address).get(..).filter(|_| address >= FIRST_ADDRESS)?;
        let length = bytes.iter().take(MAX_TEXT).position(|byte| *byte == 0).unwrap_or(bytes.len().min(MAX_TEXT + 1));
        let text = bytes.get(..length).filter(|text| !text.is_empty() && text.len() < MAX_TEXT)?;
        std::str::from_utf8(text).ok().filter(|text| !text.contains(char::is_control))
    }

    fn row(&self, address: u32) -> Option<(&'a str, u32)> {
        self.looks.set(self.looks.get().checked_sub(1)?);
        let function = *self.slots.get(&self.word(address.checked_add(WORD)?))?;
        let is_part = |c: char| c.is_alphanumeric() || "_$.@".contains(c) || !c.is_ascii();
        Some((self.text(self.word(address)).filter(|name| name.chars().all(is_part))?, function))
    }

    /// The table to which `{ library, rows, count }` at the address leads.
    fn counted(&self, address: u32) -> Option<PInvokeTable<'a>> {
        let [library, rows, count] = [0, WORD, 2 * WORD].map(|at| address.checked_add(at).map(|at| self.word(at)));
        let (rows, count) = (rows?, count?);
        if !(1..=MAX_ROWS).contains(&count) || !rows.is_multiple_of(WORD) || rows < FIRST_ADDRESS {
            return None;
        }
        let entries = (0..count).map(|index| self.row(rows.checked_add(index * ROW)?)).collect::<Option<_>>()?;
        Some(PInvokeTable { library: self.text(library?)?, entries })
    }

    /// The rows from an address to a row of zeros.
    fn terminated(&self, rows: u32) -> Option<Rows<'a>> {
        let mut entries = Vec::new();
        let mut at = Some(rows).filter(|rows| *rows >= FIRST_ADDRESS && rows.is_multiple_of(WORD))?;
        while self.word(at) != 0 || self.word(at.checked_add(WORD)?) != 0 {
            entries.push(self.row(at).filter(|_| entries.len() < MAX_ROWS as usize)?);
            at = at.checked_add(ROW)?;
        }
        Some(entries).filter(|entries| !entries.is_empty())
    }

    /// How many words from an address on lead to tables; what those are is kept in `known`.
    fn terminated_from(&self, address: u32, known: &mut BTreeMap<u32, Option<Rows<'a>>>) -> usize {
        let addresses = (0..).map_while(|index: u32| address.checked_add(index.checked_mul(WORD)?));
        let is_table = |at: &u32| {
            let rows = self.word(*at);
            known.entry(rows).or_insert_with(|| self.terminated(rows)).is_some()
        };
        addresses.take(MAX_LIBRARIES).take_while(is_table).count()
    }

    fn texts(&self, address: u32, count: usize) -> Option<Vec<&'a str>> {
        let addresses = (0..).map_while(|index: u32| address.checked_add(index.checked_mul(WORD)?));
        addresses.take(count).map(|at| self.text(self.word(at))).collect()
    }
}
