//! The keys by which thunks are looked up: a prefix that names the kind of thunk, and what it is for.

use std::fmt;
use std::str::FromStr;

use super::{ParseSignatureError, Scalar, Signature};

/// Key of a thunk that the runtime finds by string.
///
/// ```
/// use clr_wasm_abi::ThunkKey;
/// let key: ThunkKey = "IS8Tip".parse().unwrap();
/// assert!(matches!(&key, ThunkKey::ToInterp(signature) if signature.has_this));
/// assert_eq!(key.to_string(), "IS8Tip");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ThunkKey {
    /// `M` and a signature: from the interpreter to native or ReadyToRun code.
    FromInterp(Signature),
    /// `I` and a managed signature: from ReadyToRun code to the interpreter.
    ToInterp(Signature),
    /// A kind that only a compiler of managed code makes, named by the wasm type of the thunk.
    Flat(FlatKind, FlatType),
}

/// Kinds of thunk whose keys spell a wasm type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FlatKind {
    /// `V`: virtual dispatch.
    VirtualDispatch,
    /// `U`: unboxing, without a generic context.
    Unboxing,
    /// `UG`: unboxing, with the MethodTable as generic context.
    UnboxingMethodTable,
    /// `UM`: unboxing, with the MethodDesc as generic context.
    UnboxingMethodDesc,
    /// `D`: a delegate closed over the first argument of a static method that returns through a buffer.
    ClosedStaticRetBuf,
}

/// A wasm function type in a key: result, then every parameter, stack pointer and entry point included.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FlatType {
    /// `v` when there is none.
    pub result: Option<Scalar>,
    /// `r`: one of the parameters is a return buffer (unboxing only).
    pub has_return_buffer: bool,
    /// In order.
    pub params: Vec<Scalar>,
}

/// Why a string is no key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseKeyError {
    /// Nothing starts like this.
    #[error("`{0}` is no thunk key: it starts with none of M, I, V, U, UG, UM, D")]
    Prefix(String),
    /// What follows `M` or `I`.
    #[error("{0}, behind the prefix of the key")]
    Signature(#[from] ParseSignatureError),
    /// Only managed code is interpreted.
    #[error("`{0}` is no thunk key: after `I`, the signature must be managed, with a trailing `p`")]
    NativeToInterp(String),
    /// What follows the other prefixes.
    #[error("`{text}` is no thunk key: one of i l f d V expected at character {at}")]
    Flat {
        /// The whole key.
        text: String,
        /// 1-based position of the first character that does not fit.
        at: usize,
    },
}

impl FlatKind {
    /// Every kind; a prefix that is the start of another one comes after it.
    const ALL: [FlatKind; 5] = [
        FlatKind::VirtualDispatch,
        FlatKind::UnboxingMethodTable,
        FlatKind::UnboxingMethodDesc,
        FlatKind::Unboxing,
        FlatKind::ClosedStaticRetBuf,
    ];

    /// The letters in front of the type.
    pub fn prefix(self) -> &'static str {
        match self {
            FlatKind::VirtualDispatch => "V",
            FlatKind::Unboxing => "U",
            FlatKind::UnboxingMethodTable => "UG",
            FlatKind::UnboxingMethodDesc => "UM",
            FlatKind::ClosedStaticRetBuf => "D",
        }
    }
}

impl FlatType {
    /// Reads what follows `prefix` in `key`.
    fn parse(key: &str, prefix: &str) -> Result<FlatType, ParseKeyError> {
        let error = |at: usize| ParseKeyError::Flat { text: key.to_owned(), at: at + 1 };
        let mut rest = key.bytes().enumerate().skip(prefix.len()).peekable();
        let (at, first) = rest.next().ok_or_else(|| error(key.len()))?;
        let result = match first {
            b'v' => None,
            letter => Some(Scalar::from_letter(letter).ok_or_else(|| error(at))?),
        };
        let has_return_buffer = prefix.starts_with('U') && rest.next_if(|(_, letter)| *letter == b'r').is_some();
        let params = rest.map(|(at, letter)| Scalar::from_letter(letter).ok_or_else(|| error(at)));
        Ok(FlatType { result, has_return_buffer, params: params.collect::<Result<_, _>>()? })
    }
}

impl FromStr for ThunkKey {
    type Err = ParseKeyError;

    fn from_str(text: &str) -> Result<ThunkKey, ParseKeyError> {
        if let Some(signature) = text.strip_prefix('M') {
            return Ok(ThunkKey::FromInterp(signature.parse()?));
        }
        if let Some(signature) = text.strip_prefix('I') {
            let signature: Signature = signature.parse()?;
            return match signature.managed {
                true => Ok(ThunkKey::ToInterp(signature)),
                false => Err(ParseKeyError::NativeToInterp(text.to_owned())),
            };
        }
        let kind = FlatKind::ALL.into_iter().find(|kind| text.starts_with(kind.prefix()));
        let kind = kind.ok_or_else(|| ParseKeyError::Prefix(text.to_owned()))?;
        Ok(ThunkKey::Flat(kind, FlatType::parse(text, kind.prefix())?))
    }
}

impl fmt::Display for FlatType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.result {
            Some(result) => result.fmt(f)?,
            None => f.write_str("v")?,
        }
        if self.has_return_buffer {
            f.write_str("r")?;
        }
        self.params.iter().try_for_each(|param| param.fmt(f))
    }
}

impl fmt::Display for ThunkKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ThunkKey::FromInterp(signature) => write!(f, "M{signature}"),
            ThunkKey::ToInterp(signature) => write!(f, "I{signature}"),
            ThunkKey::Flat(kind, flat) => write!(f, "{}{flat}", kind.prefix()),
        }
    }
}
