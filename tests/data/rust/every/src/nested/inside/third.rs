#[unsafe(no_mangle)]
pub extern "C" fn in_third(a: u64) {}
