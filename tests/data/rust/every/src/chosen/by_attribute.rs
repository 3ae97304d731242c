#[unsafe(no_mangle)]
pub extern "C" fn by_attribute(a: super::Fields) {}
