extern crate libc as c;
use m::{self as n, T as U, *}; use self::n::{inner::*, {self as o}}; pub use ::std::ffi::*;
mod m { pub type T = super::c::c_long; pub mod inner { pub use super::super::X as Y; pub(in super::super) use Y as X; } }
struct X; trait Z {}
fn outer() { #[repr(C)] struct L(f32); #[export_name = "in body"] extern fn x(a: L, b: self::U, c: &X) {} || |a, b| { match a { 1 | 2 => {} _ => {} } }; }
#[link(wasm_import_module = "host")] unsafe extern "C" { safe fn r#fn(a: &c_int, b: n::T, ...); static S: u8; type O; #[link_name = "q"] fn w() -> *const O; }
#[no_mangle] pub unsafe extern "C-unwind" fn k(a: o::T, b: crate::Y, c: <X as Z>::Q, d: &dyn Z, e: other::P) -> ! { loop {} }
