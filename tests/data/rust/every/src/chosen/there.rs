#[unsafe(no_mangle)]
pub extern "C" fn in_a_file(a: crate::types::OneFloat) {}
