#![cfg_attr(unix, no_std)]
#[cfg(feature = "a")]
type T = u8;
#[cfg(not(feature = "a"))]
type T = u8;
cfg_if::cfg_if! { if #[cfg(all(unix, true))] { type U = u8; } else if #[cfg(windows)] { type U = T; } else { type U = i64; } }
#[cfg_attr(any(unix, target_arch = "wasm32"), unsafe(export_name = "g"), no_mangle)]
extern "C" fn f(#[cfg(windows)] a: u8, b: T, c: U) -> T { c }
#[cfg_attr(unix, path = "a.rs")]
mod a;
#[path = "../b.rs"]
mod b { mod c; }
include!("d.rs");
make!(x, "y", 'z');
