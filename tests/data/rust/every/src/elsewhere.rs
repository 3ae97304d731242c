#[unsafe(no_mangle)]
pub extern "C" fn moved(a: f64, b: super::Pair) {}
