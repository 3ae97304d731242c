#[unsafe(no_mangle)]
pub extern "C" fn in_far(a: crate::types::Pair) {}
mod below;
