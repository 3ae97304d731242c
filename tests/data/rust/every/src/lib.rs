//! Every form of function and type that crosses, as rustc compiles it. No function may be missing in the object.
#![no_std]
#![feature(c_variadic, extern_types, c_size_t, sync_unsafe_cell)]
#![allow(improper_ctypes, improper_ctypes_definitions, non_camel_case_types, dead_code, unused)]

extern crate self as every;

use core::cell::{Cell, UnsafeCell};
use core::ffi::*;
use core::marker::PhantomData;
use core::mem::{ManuallyDrop, MaybeUninit, size_of};
use core::num::{NonZero, NonZeroI64, NonZeroU8, Wrapping};
use core::pin::Pin;
use core::ptr::NonNull;
use core::sync::atomic::{AtomicBool, AtomicI32, AtomicPtr, AtomicU64};

mod chosen;
mod forms;
#[path = "elsewhere.rs"]
mod moved;
mod nested;
pub mod types;

include!("included.rs");

pub use types::inner as renamed;
use types::*;
use types::{Pair as Couple, inner::{self, Deep}};

#[unsafe(no_mangle)]
pub extern "C" fn primitives(a: i8, b: u8, c: i16, d: u16, e: i32, f: u32, g: i64, h: u64, i: f32, j: f64) -> i64 { loop {} }
#[unsafe(no_mangle)]
pub extern "C" fn sizes(a: isize, b: usize, c: bool, d: char) -> usize { loop {} }
#[unsafe(no_mangle)]
pub extern "C" fn wide(a: i128, b: u128) -> u128 { loop {} }
#[unsafe(no_mangle)]
pub extern "C" fn from_c(a: c_char, b: c_short, c: c_int, d: c_long, e: c_longlong, f: c_float, g: c_double, h: c_ulong, i: c_schar, j: c_uchar, k: c_ushort, l: c_uint, m: c_ulonglong, n: c_size_t) -> c_long { loop {} }
#[unsafe(no_mangle)]
pub extern "C" fn unit(a: ()) {}
#[unsafe(no_mangle)]
pub extern "C" fn never() -> ! { loop {} }
#[unsafe(no_mangle)]
pub extern "C" fn pointers(a: *const c_void, b: *mut *mut u8, c: &u8, d: &mut Pair, e: *const [u8; 4], f: &&str) -> *const Opaque { loop {} }
#[unsafe(no_mangle)]
pub extern "C" fn optional(a: Option<&u8>, b: Option<NonNull<Pair>>, c: Option<extern "C" fn(i32) -> i64>, d: Option<NonZeroU8>, e: Option<NonZeroI64>, f: Option<Handle>, g: Option<NonZero<u64>>) -> Option<&'static Pair> { loop {} }
#[unsafe(no_mangle)]
pub extern "C" fn callbacks(a: extern "C" fn(Pair, u128) -> Pair, b: unsafe extern "C-unwind" fn(a: *mut Pair, ...) -> f64, c: fn(i32), d: types::Callback) -> extern "C" fn() { loop {} }
#[unsafe(no_mangle)]
pub extern "C" fn wrapped(a: MaybeUninit<u64>, b: ManuallyDrop<f32>, c: UnsafeCell<u16>, d: Cell<f64>, e: Wrapping<i64>, f: Pin<&mut Pair>, g: PhantomData<u8>, h: NonZeroU8, i: NonNull<u8>) -> MaybeUninit<f64> { loop {} }
#[unsafe(no_mangle)]
pub extern "C" fn atomics(a: &AtomicU64, b: AtomicBool, c: AtomicI32, d: AtomicU64, e: AtomicPtr<u8>) -> AtomicI32 { loop {} }
#[unsafe(no_mangle)]
#[target_feature(enable = "simd128")]
pub extern "C" fn vector(a: core::arch::wasm32::v128, b: OneVector) -> core::arch::wasm32::v128 { loop {} }
#[unsafe(no_mangle)]
pub extern "C" fn structs(a: Pair, b: OneInt, c: OneFloat, d: Empty, e: OneLong, f: OneWide, g: &Pair) -> Pair { loop {} }
#[unsafe(no_mangle)]
pub extern "C" fn small(a: OneInt, b: OneSmall, c: OneInArray, d: TwoInArray, e: OneInOne, f: WithEmpty, g: WithPhantom, h: Padded) -> OneFloat { loop {} }
#[unsafe(no_mangle)]
pub extern "C" fn wide_result() -> OneWide { loop {} }
#[unsafe(no_mangle)]
pub extern "C" fn empty_result() -> Empty { loop {} }
#[unsafe(no_mangle)]
pub extern "C" fn unions(a: OneUnion, b: SameUnion, c: MixedUnion, d: FloatUnion, e: BigUnion) -> SameUnion { loop {} }
#[unsafe(no_mangle)]
pub extern "C" fn enums(a: PlainEnum, b: ByteEnum, c: LongEnum, d: DataEnum, e: ByteData, f: AlignedEnum, g: NegativeEnum) -> ByteEnum { loop {} }
#[unsafe(no_mangle)]
pub extern "C" fn data_result() -> BothData { loop {} }
#[unsafe(no_mangle)]
pub extern "C" fn packed(a: PackedOne, b: PackedTwo, c: Aligned, d: AlignedEmpty, e: PackedSame) -> PackedOne { loop {} }
#[unsafe(no_mangle)]
pub extern "C" fn generic(a: Two<u32, f64>, b: One<f64>, c: Many<u16, 1>, d: Many<u8, { COUNT }>, e: Same<i64>, f: Default2, g: Alias<f32>) -> One<One<f32>> { loop {} }
#[unsafe(no_mangle)]
pub extern "C" fn transparent(a: Handle, b: Meters, c: Marked<u8>, d: Outer, e: Nothing) -> Meters { loop {} }
#[unsafe(no_mangle)]
pub extern "C" fn transparent_enums(a: OnlyLong, b: Option<OnlyOne<'_>>, c: OnlyName, d: u8) -> OnlyLong { loop {} }
#[unsafe(no_mangle)]
pub extern "C" fn lengths(a: Lengths, b: &Lengths) -> Lengths { loop {} }
#[unsafe(no_mangle)]
pub extern "C" fn paths(a: crate::types::OneInt, b: self::types::inner::Deep, c: every::OneFloat, d: renamed::Deep, e: Couple, f: inner::Deep, g: Deep, h: ::core::ffi::c_int, i: ::every::types::OneLong) -> types::Reexported { loop {} }
#[unsafe(no_mangle)]
pub extern "C" fn many_pointers(a: *mut Recursive, b: *mut Ring, c: &DynSized, d: *const dyn_free::Thing) -> *mut Recursive { loop {} }
mod dyn_free {
    pub struct Thing(u8, (u8, u16));
}
#[unsafe(no_mangle)]
pub unsafe extern "C" fn variadic(a: i32, mut rest: ...) -> i32 { a }
#[unsafe(no_mangle)]
pub extern "C" fn va_list(a: VaList<'_>) {}
