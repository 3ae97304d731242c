//! The sizes that a module announces to its host.

use super::{Check, Depth};
use crate::emit::HOST_FUNCTIONS;
use clr_wasm_file::{Bases, WasmModule};
use thunkgen_diagnostics::catalogue;

/// Number of functions other than thunks in an image of this tool.
const OWN_FUNCTIONS: usize = HOST_FUNCTIONS.len();

impl Check<'_, '_> {
    /// What is wrong with the module around the image.
    pub(super) fn wrapper(&mut self) {
        let Some(wasm) = &self.file.wasm else { return };
        for what in sizes(wasm) {
            self.wrong(&catalogue::WRONG_SIZES, what);
        }
        let (slots, thunks) = (wasm.table_functions().len(), self.judged.thunks);
        if self.judged.depth == Depth::Everything && slots != thunks + OWN_FUNCTIONS {
            let what = format!(
                "the table has {slots} functions, but {} are expected: {thunks} thunks, and {OWN_FUNCTIONS} that the host calls",
                thunks + OWN_FUNCTIONS
            );
            self.wrong(&catalogue::WRONG_SIZES, what);
        }
    }
}

/// Differences between the sizes that the host reserves and those of the module.
fn sizes(wasm: &WasmModule<'_>) -> Vec<String> {
    let announced = match wasm.announced() {
        Ok(Some(announced)) => announced,
        Ok(None) => {
            return vec!["no data segment contains the sizes of memory and table that the host reserves".to_owned()];
        }
        Err(error) => return vec![format!("the data segment for the host cannot be read: {error}")],
    };
    let mut wrong = Vec::new();
    let slots = wasm.table_functions().len();
    match announced.table_size {
        Some(size) if size as usize == slots => {}
        Some(size) => {
            wrong.push(format!("the image asks the host to reserve {size} table slots for {slots} functions"))
        }
        None => {
            wrong.push(format!("the image does not ask the host to reserve table slots, but it has {slots} functions"))
        }
    }
    let payload = wasm.payload().map_or(0, |payload| payload.bytes.len());
    let size = announced.payload_size as usize;
    // A segment that is put into memory by itself must fit; of one that the host copies, there must be enough.
    let fits = if wasm.bases() == Some(Bases::Active) { payload <= size } else { payload >= size };
    if !fits {
        wrong.push(format!("the image asks the host to reserve {size} bytes, but it has {payload}"));
    }
    wrong
}
