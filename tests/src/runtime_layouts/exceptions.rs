//! Every difference between the layout engine and the runtime, with its reason.

use clr_wasm_abi::types::{Named, TypeSystem};

use super::notation::display;

const NO_SIZE_LIMIT: &str = ".NET 8 does not limit inline arrays and counts modulo 2^32; later versions refuse them";
const CLASS_NOT_LOOKED_AT: &str =
    "a field of a class is a pointer whatever the class is, so it need not even be at hand";

/// Types by full name.
pub const EXCEPTIONS: [(&str, &str); 5] = [
    ("System.Void", "it has no values, and `sizeof` of it is no valid IL"),
    ("LayoutShapes.HoldsLaterStruct", CLASS_NOT_LOOKED_AT),
    ("LayoutShapes.HoldsLaterGoneClass", CLASS_NOT_LOOKED_AT),
    ("ErrorsBadLayout.InlineArrayHuge", NO_SIZE_LIMIT),
    ("LayoutShapes.InlineTooLarge", NO_SIZE_LIMIT),
];

/// Why this type may differ; `None` when it may not.
pub fn reason(type_system: &TypeSystem<'_>, named: &Named) -> Option<&'static str> {
    let name = display(type_system, named);
    EXCEPTIONS.iter().find(|(excepted, _)| *excepted == name).map(|(_, reason)| *reason)
}
