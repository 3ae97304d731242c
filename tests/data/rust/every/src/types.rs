use core::marker::PhantomData;
use core::mem::{align_of, size_of};
use core::num::NonZero;

pub use self::inner::deeper::Reexported;

pub type Callback = Option<unsafe extern "C" fn(user: *mut core::ffi::c_void, pair: Pair)>;
pub type Alias<T> = One<T>;

pub mod inner {
    pub use super::super::types as around;

    #[repr(C)]
    pub struct Deep {
        pub a: super::Two<u8, around::OneInt>,
    }
    pub mod deeper {
        use super::super::*;

        #[repr(C)]
        pub struct Reexported {
            one: OneInt,
        }
    }
}

unsafe extern "C" {
    pub type Opaque;
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct Pair {
    pub a: i32,
    pub b: f64,
}
#[repr(C)]
#[derive(Clone, Copy)]
pub struct OneInt {
    pub r#type: i32,
}
#[repr(C)]
pub struct OneFloat(pub f32);
#[repr(C)]
pub struct OneLong(pub u64);
#[repr(C)]
pub struct OneWide(pub i128);
#[repr(C)]
pub struct OneVector(pub core::arch::wasm32::v128);
#[repr(C)]
pub struct OneSmall(pub u8);
#[repr(C)]
pub struct OneInArray([f32; 1]);
#[repr(C)]
pub struct TwoInArray([f32; 2]);
#[repr(C)]
pub struct OneInOne(OneInArray);
#[repr(C)]
pub struct Empty {}
#[repr(C)]
pub struct WithEmpty {
    a: Empty,
    b: f64,
    c: [u8; 0],
}
#[repr(C)]
pub struct WithPhantom<'a>(PhantomData<&'a u8>, i64);
#[repr(C)]
pub struct Padded([u32; 0], u8);

#[repr(C)]
pub union OneUnion {
    a: f32,
}
#[repr(C)]
#[derive(Clone, Copy)]
pub union SameUnion {
    a: i32,
    b: u32,
    c: *const u8,
}
#[repr(C)]
pub union MixedUnion {
    a: i32,
    b: f32,
}
#[repr(C)]
pub union FloatUnion {
    a: f32,
    b: [f32; 1],
}
#[repr(C)]
pub union BigUnion {
    a: u64,
    b: Pair,
}

#[repr(C)]
pub enum PlainEnum {
    A,
    B = 100_000,
}
#[repr(C)]
pub enum NegativeEnum {
    A = -1,
}
#[repr(u8)]
pub enum ByteEnum {
    A = b'a',
    B,
}
#[repr(i64)]
pub enum LongEnum {
    A = -1,
    B = i64::MAX,
}
#[repr(C)]
pub enum DataEnum {
    A(u8),
    B { x: f64, y: u8 },
    C,
}
#[repr(u8)]
pub enum ByteData {
    A(u8),
    B(u8, u32),
}
#[repr(C, u8)]
pub enum BothData {
    A(u8, u16),
    B([u64; 3]),
}
#[repr(u8, align(4))]
pub enum AlignedEnum {
    A,
    B,
}

#[repr(C, packed)]
pub struct PackedOne {
    a: u8,
    b: u32,
}
#[repr(C, packed(2))]
pub struct PackedTwo {
    a: u8,
    b: u64,
}
#[repr(C, packed)]
pub struct PackedSame(u64);
#[repr(C, align(16))]
pub struct Aligned(u8);
#[repr(C)]
#[repr(align(8))]
pub struct AlignedEmpty;

#[repr(C)]
pub struct One<T>(pub T);
#[repr(C)]
pub struct Two<A, B> {
    pub a: A,
    pub b: B,
}
#[repr(C)]
pub struct Many<T, const N: usize>([T; N]);
pub type Default2 = WithDefault;
#[repr(C)]
pub struct WithDefault<T = u8, const N: usize = 3> {
    a: [T; N],
}
pub type Same<T> = T;

#[repr(transparent)]
pub struct Handle(NonZero<u32>);
#[repr(transparent)]
pub struct Meters {
    pub value: f64,
}
#[repr(transparent)]
pub struct Marked<T> {
    mark: PhantomData<T>,
    value: T,
}
#[repr(transparent)]
pub struct Outer(Meters, ());
#[repr(transparent)]
pub struct Nothing(());
#[repr(transparent)]
pub enum OnlyOne<'a> {
    Of(&'a u64, ()),
}
#[repr(transparent)]
pub enum OnlyLong {
    Of { value: i64 },
}
#[repr(transparent)]
pub enum OnlyName {
    Of,
}

pub const COUNT: usize = 2 + 3 * (1 << 2) - 1;
const HALF: usize = COUNT / 2;
#[repr(C)]
pub struct Lengths {
    a: [u8; COUNT],
    b: [u16; HALF as usize],
    c: [u32; size_of::<Pair>() + align_of::<Pair>()],
    d: [u8; 0x10_usize],
    e: [[u8; 3]; { u8::MAX as usize - 250 }],
    f: [u8; inner_const::N],
}
mod inner_const {
    pub const N: usize = super::COUNT % 4 | 8;
}

pub struct Recursive {
    next: *mut Recursive,
    list: [u8; 4],
}
#[repr(C)]
pub struct Ring {
    next: Option<&'static Ring>,
    back: *mut One<Ring>,
    call: Option<extern "C" fn(Ring) -> *mut Ring>,
}
pub struct DynSized {
    a: u8,
    b: &'static dyn Send,
}
