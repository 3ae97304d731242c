//! The tables of calls from the interpreter (`g_wasmThunks`, `g_portableCallHelperThunks`): keys and functions.
//!
//! A row is the address of a key and a table slot. The function takes a target, arguments and a result, and calls the
//! target with the type that the key spells.

use super::callees::Callees;
use super::memory::InitialMemory;
use super::{MAX_ROWS, WORD};
use crate::{FuncType, ValType};

/// The thunks of a runtime for calls from the interpreter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThunkTable<'a> {
    /// Address of the first row.
    pub address: u32,
    /// In the order of the table.
    pub rows: Vec<ThunkRow<'a>>,
}

/// A row of a table of thunks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ThunkRow<'a> {
    /// The key, as the runtime asks for it.
    pub key: &'a str,
    /// The table slot.
    pub slot: u32,
    /// Index of the function in the slot.
    pub function: u32,
    /// Whether the function calls a function of the type that the key spells.
    pub calls_its_type: bool,
}

/// Bytes of a row.
const ROW: u32 = 2 * WORD;

/// Longest key in bytes: functions have at most 1,000 parameters.
const MAX_KEY: usize = 16_384;

impl<'a> InitialMemory<'_, 'a> {
    /// The tables of thunks, by address. `callee` is the type of the functions that a thunk with this key calls; `None`
    /// if the text is not a key.
    pub fn thunk_tables(&self, callee: &dyn Fn(&str) -> Option<FuncType>) -> Vec<ThunkTable<'a>> {
        let mut callees = Callees::of(self.module);
        let mut found = Vec::new();
        self.runs(
            |key, slot, function| {
                let calls_its_type = callees.calls(function, &callee(key)?);
                Some(ThunkRow { key, slot, function, calls_its_type })
            },
            |address, rows| {
                if is_table(&rows) {
                    found.push(ThunkTable { address, rows });
                }
            },
        );
        found
    }

    /// Whether there are rows that look like those of thunks to a reader that does not know keys.
    pub(super) fn has_thunks(&self) -> bool {
        let mut callees = Callees::of(self.module);
        let mut found = false;
        self.runs(
            |key, _, function| {
                let is_key = key.starts_with('M') && key.bytes().all(|byte| byte.is_ascii_alphanumeric());
                (is_key && !callees.of_function(function).is_empty()).then_some(())
            },
            |_, _| found = true,
        );
        found
    }

    /// Goes through the longest runs of rows whose functions have the type of thunks. `row` makes a row of key, slot and
    /// function.
    fn runs<T>(&self, mut row: impl FnMut(&'a str, u32, u32) -> Option<T>, mut run: impl FnMut(u32, Vec<T>)) {
        let thunk = FuncType::new([ValType::I32; 3], []);
        let types = self.module.types.iter();
        let is_thunk: Vec<bool> = types.map(|ty| ty.as_ref().is_some_and(|ty| *ty == thunk)).collect();
        let mut row_at = |address: u32| {
            let slot = self.word(address.checked_add(WORD)?);
            let function = self.slot(slot)?;
            let ty = *self.module.function_types.get(function as usize)?;
            self.look(0).filter(|()| is_thunk.get(ty as usize) == Some(&true))?;
            row(self.text(self.word(address), MAX_KEY)?, slot, function)
        };
        let mut next = 0;
        for address in self.words() {
            if address < next {
                continue;
            }
            let addresses = (0..).map_while(|index: u32| address.checked_add(index.checked_mul(ROW)?));
            let rows: Vec<T> = addresses.take(MAX_ROWS).map_while(&mut row_at).collect();
            if !rows.is_empty() {
                next = address.saturating_add(ROW.saturating_mul(u32::try_from(rows.len()).unwrap_or(u32::MAX)));
                run(address, rows);
            }
        }
    }
}

/// Whether rows of the right shape are a table of thunks: most functions call what their keys spell.
fn is_table(rows: &[ThunkRow<'_>]) -> bool {
    let proven = rows.iter().filter(|row| row.calls_its_type).count();
    !rows.is_empty() && 2 * proven >= rows.len()
}
