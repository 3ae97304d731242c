//! Types of the standard library and of `libc` whose form is documented.

use super::attributes::integer;

/// What a type outside of the crate is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Known {
    /// An integer, also an atomic one: bytes and sign.
    Integer(u8, bool),
    /// An integer that is never 0.
    NonZero(u8, bool),
    /// `NonZero<T>`
    NonZeroOf,
    Bool,
    Char,
    Float,
    Double,
    Vector,
    /// One byte; behind pointers anything.
    CVoid,
    /// The address of variable arguments.
    VaList,
    /// The same as its argument, and as seldom null.
    Same,
    /// The same as its argument, with any bits.
    Cell,
    /// `NonNull<T>`, `Box<T>`
    NonNull,
    /// `AtomicPtr<T>`
    AtomicPointer,
    Option,
    /// No value.
    Empty,
    /// Behind a pointer, its length is a second value.
    Unsized,
}

/// The type of a path whose first name is a crate, or of a single name that is there without `use`.
pub(super) fn find(path: &[String]) -> Option<Known> {
    let names: Vec<&str> = path.iter().map(String::as_str).collect();
    match names.as_slice() {
        [name] | ["core" | "std" | "alloc", "primitive", name] => primitive(name).or(match *name {
            "Option" => Some(Known::Option),
            "Box" => Some(Known::NonNull),
            _ => None,
        }),
        ["core" | "std" | "alloc", folders @ .., name] => match folders {
            ["ffi" | "os", "raw"] | ["ffi"] | ["ffi", "c_str" | "os_str"] | ["path"] => c(name),
            ["mem" | "cell" | "num" | "pin" | "marker" | "ptr" | "boxed" | "option"] => library(folders, name),
            ["sync", "atomic"] => atomic(name),
            ["arch", "wasm32" | "wasm"] if *name == "v128" => Some(Known::Vector),
            ["prelude", ..] => find(&[(*name).to_owned()]),
            ["str"] if *name == "str" => Some(Known::Unsized),
            _ => None,
        },
        ["libc", name] => libc(name),
        _ => None,
    }
}

/// Sized types that need no `use`.
pub(super) fn is_prelude(name: &str) -> bool {
    matches!(name, "String" | "Vec" | "Result")
}

fn primitive(name: &str) -> Option<Known> {
    Some(match name {
        "bool" => Known::Bool,
        "char" => Known::Char,
        "f32" => Known::Float,
        "f64" => Known::Double,
        "str" => Known::Unsized,
        name => integer(name).map(|(bytes, signed)| Known::Integer(bytes, signed))?,
    })
}

/// Types of `core::ffi` for wasm32: `long` has 32 bits, and `char` is signed.
fn c(name: &str) -> Option<Known> {
    Some(match name {
        "c_char" | "c_schar" => Known::Integer(1, true),
        "c_uchar" => Known::Integer(1, false),
        "c_short" => Known::Integer(2, true),
        "c_ushort" => Known::Integer(2, false),
        "c_int" | "c_long" | "c_ptrdiff_t" | "c_ssize_t" => Known::Integer(4, true),
        "c_uint" | "c_ulong" | "c_size_t" => Known::Integer(4, false),
        "c_longlong" => Known::Integer(8, true),
        "c_ulonglong" => Known::Integer(8, false),
        "c_float" => Known::Float,
        "c_double" => Known::Double,
        "c_void" => Known::CVoid,
        "VaList" => Known::VaList,
        "CStr" | "OsStr" | "Path" => Known::Unsized,
        _ => return None,
    })
}

/// The types of `libc` that are the same in every version and for every wasm target; `time_t` and `off_t` are not.
fn libc(name: &str) -> Option<Known> {
    Some(match name {
        "int8_t" => Known::Integer(1, true),
        "uint8_t" => Known::Integer(1, false),
        "int16_t" => Known::Integer(2, true),
        "uint16_t" => Known::Integer(2, false),
        "int32_t" | "ssize_t" | "intptr_t" | "ptrdiff_t" | "pid_t" | "wchar_t" => Known::Integer(4, true),
        "uint32_t" | "size_t" | "uintptr_t" | "uid_t" | "gid_t" | "mode_t" | "socklen_t" => Known::Integer(4, false),
        "int64_t" | "intmax_t" => Known::Integer(8, true),
        "uint64_t" | "uintmax_t" => Known::Integer(8, false),
        "VaList" | "CStr" | "OsStr" | "Path" => return None,
        name => c(name)?,
    })
}

fn library(folders: &[&str], name: &str) -> Option<Known> {
    Some(match (folders, name) {
        (["mem"], "ManuallyDrop") | (["pin"], "Pin") => Known::Same,
        (["mem"], "MaybeUninit") | (["cell"], "Cell" | "UnsafeCell" | "SyncUnsafeCell") => Known::Cell,
        (["num"], "Wrapping" | "Saturating") => Known::Cell,
        (["num"], "NonZero") => Known::NonZeroOf,
        (["num"], name) => {
            let (bytes, signed) = integer(&name.strip_prefix("NonZero")?.to_ascii_lowercase())?;
            Known::NonZero(bytes, signed)
        }
        (["marker"], "PhantomData" | "PhantomPinned") => Known::Empty,
        (["ptr"], "NonNull") | (["boxed"], "Box") => Known::NonNull,
        (["option"], "Option") => Known::Option,
        _ => return None,
    })
}

fn atomic(name: &str) -> Option<Known> {
    let name = name.strip_prefix("Atomic")?;
    Some(match name {
        "Bool" => Known::Bool,
        "Ptr" => Known::AtomicPointer,
        name => {
            let (bytes, signed) = integer(&name.to_ascii_lowercase()).filter(|(bytes, _)| *bytes <= 8)?;
            Known::Integer(bytes, signed)
        }
    })
}
