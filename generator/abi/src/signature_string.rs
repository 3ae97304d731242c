//! Signature strings: one compact string per lowered calling convention, used as the thunk lookup key.
//!
//! ```text
//! string := ret [ 'T' ] [ ctx ] [ 'a' ] param* [ 'p' ]
//! ret    := 'v' | 'i' | 'l' | 'f' | 'd' | 'V' | 'S'N
//! ctx    := 'i'                                  (only told apart from a leading int when 'a' follows)
//! param  := 'i' | 'l' | 'f' | 'd' | 'V' | 'l2' | 'V2' | 'V4' | 'S'N | 'A'N | 'e'
//! ```
//! A trailing `p` marks the managed convention: it represents the leading stack pointer and the trailing portable
//! entry point, neither of which has a letter. The prefix of a key (`M`, `I`) is not part of the string.

use std::fmt;
use std::str::FromStr;

/// A value that is one wasm parameter or result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scalar {
    /// `i`: 32-bit and smaller integers, and everything pointer-sized.
    I32,
    /// `l`: 64-bit integers.
    I64,
    /// `f`
    F32,
    /// `d`
    F64,
    /// `V`: a 128-bit vector.
    V128,
}

impl Scalar {
    /// The token's letter.
    pub fn letter(self) -> char {
        match self {
            Scalar::I32 => 'i',
            Scalar::I64 => 'l',
            Scalar::F32 => 'f',
            Scalar::F64 => 'd',
            Scalar::V128 => 'V',
        }
    }

    /// The value type's name in the WebAssembly text format.
    pub fn wasm_name(self) -> &'static str {
        match self {
            Scalar::I32 => "i32",
            Scalar::I64 => "i64",
            Scalar::F32 => "f32",
            Scalar::F64 => "f64",
            Scalar::V128 => "v128",
        }
    }

    /// The C type that clang passes as this value type; `v128_t` is that of `wasm_simd128.h`.
    pub fn c_name(self) -> &'static str {
        match self {
            Scalar::I32 => "int32_t",
            Scalar::I64 => "int64_t",
            Scalar::F32 => "float",
            Scalar::F64 => "double",
            Scalar::V128 => "v128_t",
        }
    }

    /// Size in bytes.
    pub fn size(self) -> u32 {
        match self {
            Scalar::I32 | Scalar::F32 => 4,
            Scalar::I64 | Scalar::F64 => 8,
            Scalar::V128 => 16,
        }
    }

    /// The scalar with this letter.
    pub(super) fn from_letter(letter: u8) -> Option<Scalar> {
        Some(match letter {
            b'i' => Scalar::I32,
            b'l' => Scalar::I64,
            b'f' => Scalar::F32,
            b'd' => Scalar::F64,
            b'V' => Scalar::V128,
            _ => return None,
        })
    }
}

/// A parameter passed by value in several consecutive wasm parameters of one type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MultiSlot {
    /// `l2`: two i64 (`Int128`, `UInt128`, `Decimal128`).
    L2,
    /// `V2`: two v128 (`Vector256<T>`).
    V2,
    /// `V4`: four v128 (`Vector512<T>`).
    V4,
}

impl MultiSlot {
    /// The type of each wasm parameter.
    pub fn element(self) -> Scalar {
        match self {
            MultiSlot::L2 => Scalar::I64,
            MultiSlot::V2 | MultiSlot::V4 => Scalar::V128,
        }
    }

    /// How many wasm parameters the value takes.
    pub fn count(self) -> u32 {
        match self {
            MultiSlot::L2 | MultiSlot::V2 => 2,
            MultiSlot::V4 => 4,
        }
    }

    /// Size of the value in bytes.
    pub fn size(self) -> u32 {
        match self {
            MultiSlot::L2 => 16,
            MultiSlot::V2 => 32,
            MultiSlot::V4 => 64,
        }
    }
}

/// How the interpreter aligns the slots of a struct that is passed by reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StructAlign {
    /// `S<N>`: any slot.
    Slot,
    /// `A<N>`: a 16-byte aligned slot (the type's ABI alignment is above 8).
    Sixteen,
}

/// A parameter of a [`Signature`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ParamToken {
    /// One wasm parameter.
    Scalar(Scalar),
    /// Several wasm parameters by value.
    MultiSlot(MultiSlot),
    /// `S<size>` or `A<size>`: a struct of `size` bytes; the wasm parameter is its address.
    Struct {
        /// Size of the struct in bytes.
        size: u32,
        /// Alignment class of its slots.
        align: StructAlign,
    },
    /// `e`: an empty struct without a wasm parameter. Reserved: no current type lowers to it.
    Empty,
}

/// The return of a [`Signature`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReturnToken {
    /// `v`
    Void,
    /// One wasm result.
    Scalar(Scalar),
    /// `S<N>`: a struct of N bytes, written through a hidden return buffer.
    Struct(u32),
}

/// A lowered signature; its [`Display`](fmt::Display) form is the signature string.
///
/// ```
/// use clr_wasm_abi::Signature;
/// let signature: Signature = "iTlA32dp".parse().unwrap();
/// assert!(signature.managed && signature.has_this);
/// assert_eq!(signature.params.len(), 3);
/// assert_eq!(signature.to_string(), "iTlA32dp");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Signature {
    /// What is returned.
    pub ret: ReturnToken,
    /// `T`: an instance method's `this` (managed form only).
    pub has_this: bool,
    /// The hidden generic context of an async method. Without `a` it reads as a leading int parameter and is one of
    /// [`params`](Self::params), which places it alike.
    pub has_generic_context: bool,
    /// `a`: the async continuation.
    pub is_async: bool,
    /// The explicit parameters.
    pub params: Vec<ParamToken>,
    /// `p`: managed convention (stack pointer first, portable entry point last).
    pub managed: bool,
}

/// Why a string is not a signature.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a signature string: {reason} at character {at}")]
#[non_exhaustive]
pub struct ParseSignatureError {
    /// The whole string.
    pub text: String,
    /// 1-based position of the first character that does not fit.
    pub at: usize,
    /// What was expected there.
    pub reason: &'static str,
}

/// Largest struct size a token may carry: sizes come from 32-bit layouts, and a larger one is a typing error.
const MAX_STRUCT_SIZE: u32 = 1 << 28;

impl Signature {
    /// A native (unmanaged) signature.
    pub fn native(ret: ReturnToken, params: Vec<ParamToken>) -> Signature {
        Signature { ret, has_this: false, has_generic_context: false, is_async: false, params, managed: false }
    }

    /// The interpreter-to-native lookup key: `M` and the signature string.
    pub fn interp_key(&self) -> String {
        format!("M{self}")
    }
}

impl fmt::Display for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.letter())
    }
}

impl fmt::Display for ParamToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ParamToken::Scalar(scalar) => scalar.fmt(f),
            ParamToken::MultiSlot(multi) => write!(f, "{}{}", multi.element(), multi.count()),
            ParamToken::Struct { size, align: StructAlign::Slot } => write!(f, "S{size}"),
            ParamToken::Struct { size, align: StructAlign::Sixteen } => write!(f, "A{size}"),
            ParamToken::Empty => f.write_str("e"),
        }
    }
}

impl fmt::Display for ReturnToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ReturnToken::Void => f.write_str("v"),
            ReturnToken::Scalar(scalar) => scalar.fmt(f),
            ReturnToken::Struct(size) => write!(f, "S{size}"),
        }
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.ret.fmt(f)?;
        if self.has_this {
            f.write_str("T")?;
        }
        if self.has_generic_context {
            f.write_str("i")?;
        }
        if self.is_async {
            f.write_str("a")?;
        }
        for param in &self.params {
            param.fmt(f)?;
        }
        if self.managed {
            f.write_str("p")?;
        }
        Ok(())
    }
}

impl FromStr for Signature {
    type Err = ParseSignatureError;

    fn from_str(text: &str) -> Result<Signature, ParseSignatureError> {
        let mut cursor = Cursor { text, at: 0 };
        let ret = cursor.ret()?;
        let has_this = cursor.take(b'T');
        let has_generic_context = cursor.rest().starts_with(b"ia");
        if has_generic_context {
            cursor.at += 1;
        }
        let is_async = cursor.take(b'a');
        let mut params = Vec::new();
        let mut managed = false;
        while let Some(&letter) = cursor.rest().first() {
            if letter == b'p' {
                cursor.at += 1;
                managed = true;
                if !cursor.rest().is_empty() {
                    return Err(cursor.error("`p` must be the last character"));
                }
                break;
            }
            params.push(cursor.param()?);
        }
        if (has_this || is_async) && !managed {
            return Err(cursor.error("`T` and `a` need the managed convention, a trailing `p`,"));
        }
        Ok(Signature { ret, has_this, has_generic_context, is_async, params, managed })
    }
}

struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl Cursor<'_> {
    fn rest(&self) -> &[u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    fn take(&mut self, letter: u8) -> bool {
        let found = self.rest().first() == Some(&letter);
        self.at += usize::from(found);
        found
    }

    fn error(&self, reason: &'static str) -> ParseSignatureError {
        ParseSignatureError { text: self.text.to_owned(), at: self.at + 1, reason }
    }

    fn size(&mut self) -> Result<u32, ParseSignatureError> {
        let digits = self.rest().iter().take_while(|c| c.is_ascii_digit()).count();
        let text = self.text.get(self.at..self.at + digits).unwrap_or_default();
        match text.parse::<u32>() {
            Ok(size) if (1..=MAX_STRUCT_SIZE).contains(&size) && !text.starts_with('0') => {
                self.at += digits;
                Ok(size)
            }
            _ => Err(self.error("expected a struct size")),
        }
    }

    fn ret(&mut self) -> Result<ReturnToken, ParseSignatureError> {
        if self.take(b'v') {
            return Ok(ReturnToken::Void);
        }
        if self.take(b'S') {
            return self.size().map(ReturnToken::Struct);
        }
        let scalar = self.rest().first().copied().and_then(Scalar::from_letter);
        let scalar = scalar.ok_or_else(|| self.error("expected a return, one of v i l f d V S<size>,"))?;
        self.at += 1;
        Ok(ReturnToken::Scalar(scalar))
    }

    fn param(&mut self) -> Result<ParamToken, ParseSignatureError> {
        for (token, multi) in [("l2", MultiSlot::L2), ("V2", MultiSlot::V2), ("V4", MultiSlot::V4)] {
            if self.rest().starts_with(token.as_bytes()) {
                self.at += token.len();
                return Ok(ParamToken::MultiSlot(multi));
            }
        }
        if self.take(b'S') {
            return Ok(ParamToken::Struct { size: self.size()?, align: StructAlign::Slot });
        }
        if self.take(b'A') {
            return Ok(ParamToken::Struct { size: self.size()?, align: StructAlign::Sixteen });
        }
        if self.take(b'e') {
            return Ok(ParamToken::Empty);
        }
        let scalar = self.rest().first().copied().and_then(Scalar::from_letter);
        let scalar =
            scalar.ok_or_else(|| self.error("expected a parameter, one of i l f d V l2 V2 V4 S<size> A<size> e,"))?;
        self.at += 1;
        Ok(ParamToken::Scalar(scalar))
    }
}
