//! Rows on which the generator may differ, and why.

use super::rows::{Row, Suite};

const X64_THISCALL: &str = "x64 passes the first parameter of thiscall in a register of its own: only pointers and integers fit, on wasm all do";
const NO_THISCALL_THUNK: &str = "the interpreter has no thunk for a calli with the thiscall convention";
const NO_VARARG: &str = "the runtime has no vararg calls on WebAssembly";
const NO_ATTRIBUTE: &str = "a delegate gets a key only with UnmanagedFunctionPointerAttribute";
const BIG_RESULT: &str = "a callback cannot have it as a parameter, and no one returns that much";

/// Every reason.
pub const REASONS: [&str; 5] = [X64_THISCALL, NO_THISCALL_THUNK, NO_VARARG, NO_ATTRIBUTE, BIG_RESULT];

/// Why this row may differ; `None` if it may not.
pub fn reason(suite: &Suite, row: &Row) -> Option<&'static str> {
    let shape = row.shape();
    let contains = |names: [&str; 2]| names.iter().any(|name| shape.contains(name));
    let has_first = contains(["ThisCall", "Thiscall"]) && !contains(["()", "]<int>"]);
    let is_of_x64 = matches!(row.verdict().trim_start_matches('@'), "InvalidProgramException" | "MD");
    match suite.kind() {
        "conventions" | "ccdelegates" | "cccalli" if has_first && is_of_x64 => Some(X64_THISCALL),
        "cccalli" if shape.contains("unmanaged[Thiscall]") => Some(NO_THISCALL_THUNK),
        "conventions" if shape.contains("__arglist") => Some(NO_VARARG),
        "ccdelegates" if !shape.contains("UnmanagedFunctionPointer") => Some(NO_ATTRIBUTE),
        "callbacks" if shape == "SBigNo ret" => Some(BIG_RESULT),
        _ => None,
    }
}
