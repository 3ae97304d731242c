#[unsafe(no_mangle)]
pub extern "C" fn in_near(a: super::super::super::types::Pair) {}
