//! The layout engine's answer beside the runtime's.

use std::collections::BTreeMap;

use clr_wasm_abi::types::Named;
use clr_wasm_abi::{LayoutEngine, LayoutError};

use super::exceptions;
use super::notation::display;
use super::oracle::Answer;

/// What was compared and what came out.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// Types of equal size and offsets.
    pub agreed: usize,
    /// Fields of those.
    pub offsets: usize,
    /// Types that both sides refuse.
    pub refused: usize,
    /// Types that both sides miss a part of.
    pub missing: usize,
    /// Differences on the list of exceptions.
    pub excepted: Vec<String>,
    /// All other differences.
    pub differences: Vec<String>,
}

impl Tally {
    /// Compares one type.
    pub fn compare(&mut self, layouts: &LayoutEngine<'_, '_>, named: &Named, answer: &Answer) {
        let computed = computed(layouts, named);
        match (&computed, answer) {
            (Ok(ours), Answer::Measured(size, offsets)) if ours.0 == *size && ours.1 == *offsets => {
                self.agreed += 1;
                self.offsets += offsets.len();
            }
            (Err(LayoutError::Invalid { .. }), Answer::Refused(_)) => self.refused += 1,
            (Err(LayoutError::Unknown { .. }), Answer::Missing(_)) => self.missing += 1,
            // An assembly is there, but no longer defines the type: the runtime names it.
            (Err(LayoutError::Unknown { type_name, .. }), Answer::Refused(why)) if why.contains(type_name) => {
                self.missing += 1;
            }
            _ => {
                let name = display(layouts.type_system(), named);
                if exceptions::reason(layouts.type_system(), named).is_some() {
                    self.excepted.push(name);
                } else {
                    let ours = computed.map_or_else(|error| error.to_string(), |layout| format!("{layout:?}"));
                    self.differences.push(format!("{name}: computed {ours}; the runtime: {answer:?}"));
                }
            }
        }
    }
}

/// Size, and offsets by Field row.
fn computed(layouts: &LayoutEngine<'_, '_>, named: &Named) -> Result<(u32, BTreeMap<u32, u32>), LayoutError> {
    let layout = layouts.of(named)?;
    let info = layouts.info(named)?;
    let rows = info.fields.iter().map(|field| field.row);
    Ok((layout.size, rows.zip(layout.offsets.iter().copied()).collect()))
}
