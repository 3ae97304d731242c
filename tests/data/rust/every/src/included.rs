#[unsafe(no_mangle)]
pub extern "C" fn included(a: OneFloat, b: Option<&Pair>) -> c_int { 0 }
