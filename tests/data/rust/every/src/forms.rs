//! Ways to write a function that native code sees.

use crate::types::Pair;

#[unsafe(export_name = "with_another_name")]
pub extern "C" fn named(a: i64) {}
#[cfg_attr(target_arch = "wasm32", unsafe(no_mangle))]
pub extern "C" fn by_condition(a: f32) {}
#[cfg_attr(not(target_arch = "wasm32"), unsafe(no_mangle))]
pub extern "C" fn by_no_condition(a: f32) {}
#[unsafe(no_mangle)]
extern fn bare_extern(a: f64) {}
#[unsafe(no_mangle)]
pub extern "C-unwind" fn unwinding(a: f64) -> i32 { 0 }
#[unsafe(no_mangle)]
pub extern "system" fn of_system(a: f64, b: u8) -> u8 { 0 }
#[unsafe(no_mangle)]
pub unsafe extern "C" fn r#match(r#in: u64) -> u64 { r#in }
#[unsafe(no_mangle)]
pub extern "C" fn lifetimes<'a>(a: &'a u8, _: &'static Pair) -> &'a u8 { a }

pub struct Counter(u32);

impl Counter {
    #[unsafe(no_mangle)]
    pub extern "C" fn counter_by_reference(&self, more: u64) -> u32 { 0 }
    #[unsafe(no_mangle)]
    pub extern "C" fn counter_by_address(this: *mut Self, other: &mut Self) {}
}

impl Pair {
    #[unsafe(no_mangle)]
    pub extern "C" fn pair_by_value(self) -> Self { self }
}

pub fn outer() {
    #[repr(C)]
    struct Local(f32);
    if true {
        #[unsafe(no_mangle)]
        extern "C" fn in_a_body(a: Local, b: Pair, c: i64) -> Local { a }
    }
    #[unsafe(no_mangle)]
    extern "C" fn in_a_body_too(a: self::Counter2) {}
}

const _: () = {
    #[repr(C)]
    struct InConstant(f64);
    #[unsafe(no_mangle)]
    extern "C" fn in_a_constant(a: InConstant, b: for<'a> extern "C" fn(&'a InConstant)) {}
};

#[repr(C)]
pub struct Counter2(u64);

mod private {
    use super::super::types::{self as t};

    #[unsafe(no_mangle)]
    extern "C" fn private(a: t::OneLong, b: super::Counter2) -> super::super::types::OneFloat { loop {} }
}

#[link(wasm_import_module = "host")]
unsafe extern "C" {
    fn host_function(a: i32, b: Pair) -> f64;
    #[link_name = "other-name"]
    safe fn host_renamed(a: u64);
}
unsafe extern "C" {
    pub fn linked(a: u8, b: ...) -> Pair;
    #[link_name = "linked_renamed"]
    pub fn local_name(a: u128) -> u128;
    #[cfg(target_os = "windows")]
    fn not_here(a: u8);
}

#[unsafe(no_mangle)]
pub extern "C" fn uses_imports() {
    unsafe {
        let pair = linked(1, 2);
        host_function(1, pair);
        host_renamed(local_name(3) as u64);
    }
}
