//! Where the references inside a value type are, for the overlap check of explicit layouts.

use std::rc::Rc;

use super::field::{FieldClass, FieldLayout};
use crate::target::LayoutTarget;

/// Most references of one type that are kept; no real type comes near.
const MAX_SLOTS: usize = 4096;

/// One reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Slot {
    /// Offset in bytes.
    pub offset: u32,
    /// A managed pointer, not an object reference.
    pub is_byref: bool,
}

/// All references of a type by offset, or nothing when there are too many of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct References(Option<Rc<[Slot]>>);

impl References {
    pub(super) fn none() -> References {
        References(Some(Rc::new([])))
    }

    pub(super) fn slots(&self) -> Option<&[Slot]> {
        self.0.as_deref()
    }

    /// The references of placed fields; of an inline array, those of every element.
    pub(super) fn of(
        target: LayoutTarget,
        fields: &[FieldLayout],
        offsets: &[u32],
        inline_array: Option<i64>,
    ) -> References {
        let mut slots = Vec::new();
        for (field, &at) in fields.iter().zip(offsets) {
            match &field.class {
                FieldClass::Reference => slots.push(Slot { offset: at, is_byref: false }),
                FieldClass::ByRef | FieldClass::TypedReference => slots.push(Slot { offset: at, is_byref: true }),
                FieldClass::Struct(layout) => {
                    let Some(inner) = layout.references.slots() else { return References(None) };
                    slots.extend(inner.iter().map(|slot| Slot { offset: slot.offset.saturating_add(at), ..*slot }));
                }
                FieldClass::Scalar | FieldClass::Pointer => {}
            }
            if slots.len() > MAX_SLOTS {
                return References(None);
            }
        }
        if let (Some(length), [field]) = (inline_array, fields) {
            if slots.len() as i64 * length.max(0) > MAX_SLOTS as i64 {
                return References(None);
            }
            let stride = field.size.next_multiple_of(target.pointer_size);
            let one = std::mem::take(&mut slots);
            for index in 0..if one.is_empty() { 0 } else { length as u32 } {
                let at = index.saturating_mul(stride);
                slots.extend(one.iter().map(|slot| Slot { offset: slot.offset.saturating_add(at), ..*slot }));
            }
        }
        slots.sort_unstable_by_key(|slot| slot.offset);
        References(Some(slots.into()))
    }
}
