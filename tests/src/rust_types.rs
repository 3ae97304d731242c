//! Random Rust sources: types of every representation, and functions that take and return them.

use std::fmt::Write as _;

use crate::corrupt::prng::Prng;

/// A source of so many types, each with a function that takes it and one that returns it.
///
/// Every name is at the root: types `T0`, `T1`, functions `take0`, `give0`. A type that cannot be returned or taken by
/// itself, as an array, is wrapped.
pub fn source(seed: u64, count: usize) -> String {
    let mut writer = Writer { random: Prng::new(seed, 0), types: Vec::new(), text: HEADER.to_owned() };
    for index in 0..count {
        writer.definition(index);
    }
    for index in 0..count {
        writer.functions(index);
    }
    writer.text
}

const HEADER: &str = "#![no_std]
#![allow(improper_ctypes_definitions, dead_code, private_interfaces, unused)]
use core::cell::{Cell, UnsafeCell};
use core::ffi::{c_char, c_int, c_long, c_longlong, c_uint, c_ushort, c_void};
use core::marker::PhantomData;
use core::mem::{ManuallyDrop, MaybeUninit};
use core::num::{NonZero, NonZeroI16, NonZeroU64, Wrapping};
use core::ptr::NonNull;
use core::sync::atomic::{AtomicI64, AtomicU8};
use core::arch::wasm32::v128;

#[repr(C)]
pub struct One<A>(A);
#[repr(C)]
pub struct Two<A, B> { a: A, b: B }
#[repr(C)]
pub struct Many<A, const N: usize> { many: [A; N] }
#[repr(transparent)]
pub struct Thin<A>(A, PhantomData<u64>);
#[repr(C)]
pub union Either<A, B> { a: ManuallyDrop<A>, b: ManuallyDrop<B> }
pub type Same<A> = A;
const THREE: usize = 3;
";

/// Types without names, each with whether it is aligned more than its size asks for, as a packed type may not hold.
const SCALARS: [(&str, bool); 38] = [
    ("i8", false),
    ("u8", false),
    ("i16", false),
    ("u16", false),
    ("i32", false),
    ("u32", false),
    ("i64", false),
    ("u64", false),
    ("i128", false),
    ("u128", false),
    ("isize", false),
    ("usize", false),
    ("f32", false),
    ("f64", false),
    ("f32", false),
    ("f64", false),
    ("bool", false),
    ("char", false),
    ("c_char", false),
    ("c_int", false),
    ("c_long", false),
    ("c_longlong", false),
    ("c_ushort", false),
    ("v128", true),
    ("()", false),
    ("*const c_void", false),
    ("*mut u8", false),
    ("&'static i64", false),
    ("Option<&'static c_uint>", false),
    ("Option<NonNull<f64>>", false),
    ("Option<extern \"C\" fn(i32) -> f64>", false),
    ("unsafe extern \"C\" fn()", false),
    ("Option<NonZeroU64>", false),
    ("NonZeroI16", false),
    ("Wrapping<i64>", false),
    ("PhantomData<u64>", false),
    ("AtomicI64", true),
    ("AtomicU8", true),
];

/// Wrappers of another type.
const WRAPPERS: [&str; 9] = [
    "One<#>",
    "Thin<#>",
    "Same<#>",
    "MaybeUninit<#>",
    "ManuallyDrop<#>",
    "UnsafeCell<#>",
    "Cell<#>",
    "*mut #",
    "&'static #",
];

struct Writer {
    random: Prng,
    /// Names of those written, with whether they are aligned by themselves.
    types: Vec<bool>,
    text: String,
}

impl Writer {
    /// A type as written.
    fn ty(&mut self, depth: u32) -> (String, bool) {
        match self.random.below(12) {
            0..6 => {
                let (text, aligned) = *self.random.pick(&SCALARS);
                (text.to_owned(), aligned)
            }
            6..9 if !self.types.is_empty() => {
                // Late ones more often, which are made of early ones.
                let back = self.random.below(self.types.len()).min(self.random.below(self.types.len()));
                let index = self.types.len() - 1 - back;
                (format!("T{index}"), self.types[index])
            }
            9..12 if depth < 3 => {
                let (inner, aligned) = self.ty(depth + 1);
                match self.random.below(5) {
                    0 => {
                        let (other, too) = self.ty(depth + 1);
                        let name = *self.random.pick(&["Two", "Either"]);
                        (format!("{name}<{inner}, {other}>"), aligned || too)
                    }
                    1 => (format!("Many<{inner}, {}>", self.count()), aligned),
                    _ => (self.random.pick(&WRAPPERS).replace('#', &inner), aligned),
                }
            }
            _ => ("f64".to_owned(), false),
        }
    }

    fn count(&mut self) -> &'static str {
        const COUNTS: [&str; 6] = ["0", "1", "1", "2", "THREE", "{ THREE * 2 - 1 }"];
        COUNTS[self.random.below(COUNTS.len())]
    }

    /// A type as a field, which may also be an array.
    fn field(&mut self) -> (String, bool) {
        let (ty, aligned) = self.ty(0);
        let count = self.count();
        if self.random.below(6) == 0 { (format!("[{ty}; {count}]"), aligned) } else { (ty, aligned) }
    }

    /// Fields `f0: T, ..`, fewer with each more.
    fn fields(&mut self, wrap: &str) -> (String, bool) {
        let count = *self.random.pick(&[0, 1, 1, 1, 2, 2, 3, 4]);
        let (mut fields, mut any) = (String::new(), false);
        for index in 0..count {
            let (ty, aligned) = self.field();
            let _ = write!(fields, "f{index}: {}, ", wrap.replace('#', &ty));
            any |= aligned;
        }
        (fields, any)
    }

    fn definition(&mut self, index: usize) {
        let (text, aligned) = match self.random.below(10) {
            0..4 => {
                let (fields, aligned) = self.fields("#");
                let (repr, by_itself) = self.repr(aligned);
                (format!("#[repr({repr})]\npub struct T{index} {{ {fields}}}"), aligned || by_itself)
            }
            4 | 5 => {
                let (mut fields, aligned) = self.fields("ManuallyDrop<#>");
                if fields.is_empty() {
                    fields = "f0: u16".to_owned();
                }
                let (repr, by_itself) = self.repr(aligned);
                (format!("#[repr({repr})]\npub union T{index} {{ {fields}}}"), aligned || by_itself)
            }
            6 => {
                let (ty, aligned) = self.field();
                let nothing = *self.random.pick(&["", ", ()", ", PhantomData<T0>", ", [u8; 0]"]);
                let nothing = if index == 0 { "" } else { nothing };
                (format!("#[repr(transparent)]\npub struct T{index}({ty}{nothing});"), aligned)
            }
            7 => {
                let repr = *self.random.pick(&[
                    "C",
                    "u8",
                    "i8",
                    "u16",
                    "i16",
                    "u32",
                    "i32",
                    "u64",
                    "i64",
                    "C, align(8)",
                    "u8, align(2)",
                    "i64, align(4)",
                ]);
                let more = if self.random.below(2) == 0 { ", B = 77" } else { "" };
                (format!("#[repr({repr})]\npub enum T{index} {{ A{more} }}"), repr.contains("align"))
            }
            8 => {
                let repr =
                    *self.random.pick(&["C", "u8", "i16", "u64", "C, u8", "C, u64", "C, align(16)", "u8, align(4)"]);
                let (mut variants, mut any) = (String::new(), repr.contains("align"));
                for variant in 0..1 + self.random.below(4) {
                    let (fields, aligned) = self.fields("#");
                    let _ = write!(variants, "V{variant} {{ {fields}}}, ");
                    any |= aligned;
                }
                (format!("#[repr({repr})]\npub enum T{index} {{ {variants}}}"), any)
            }
            _ => {
                let (ty, aligned) = self.ty(0);
                (format!("pub type T{index} = {ty};"), aligned)
            }
        };
        self.text.push_str(&text);
        self.text.push('\n');
        self.types.push(aligned);
    }

    /// The representation of a struct or union, and whether it is aligned by itself.
    fn repr(&mut self, holds_aligned: bool) -> (&'static str, bool) {
        match self.random.below(6) {
            0 if !holds_aligned => (*self.random.pick(&["C, packed", "C, packed(2)", "C, packed(4)"]), false),
            1 => (*self.random.pick(&["C, align(2)", "C, align(8)", "align(16), C"]), true),
            _ => ("C", false),
        }
    }

    fn functions(&mut self, index: usize) {
        let ((first, _), (second, _)) = (self.ty(0), self.ty(0));
        let attributes = "#[unsafe(no_mangle)]\n#[target_feature(enable = \"simd128\")]\npub extern \"C\" fn";
        let _ = writeln!(
            self.text,
            "{attributes} take{index}(a: T{index}, b: {first}, c: One<T{index}>) -> {second} {{ loop {{}} }}"
        );
        let _ = writeln!(self.text, "{attributes} give{index}(a: {second}) -> T{index} {{ loop {{}} }}");
    }
}
