#[unsafe(no_mangle)]
pub extern "C" fn in_below(a: f32) {}
