//! Conditions that the target decides.

#[cfg(target_pointer_width = "64")]
type Word = u64;
#[cfg(target_pointer_width = "32")]
type Word = u32;

#[cfg(all(target_arch = "wasm32", not(windows), any(target_endian = "little", test)))]
#[unsafe(no_mangle)]
pub extern "C" fn chosen(a: Word) -> Word { a }
#[cfg(any(target_arch = "x86_64", windows))]
#[unsafe(no_mangle)]
pub extern "C" fn chosen(a: f32) {}

#[cfg(test)]
mod missing;

#[cfg(target_family = "wasm")]
mod there;

#[repr(C)]
pub struct Fields {
    #[cfg(windows)]
    a: u64,
    #[cfg(target_arch = "wasm32")]
    b: f32,
}
#[unsafe(no_mangle)]
pub extern "C" fn chosen_fields(a: Fields, #[cfg(windows)] b: u64, c: i64) {}
#[cfg_attr(target_arch = "wasm32", path = "by_attribute.rs")]
mod attribute;
