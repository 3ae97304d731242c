//! How a managed signature crosses to wasm: value-type layout, lowering to tokens, signature strings and argument slots.
//!
//! Nothing here reads a file: layout works on resolved types from [`crate::types`], and everything after lowering
//! works on [`Signature`]s alone.
//!
//! ```
//! use clr_wasm_abi::{FunctionType, Signature};
//!
//! let signature: Signature = "S12Tip".parse().unwrap();
//! assert_eq!(signature.interp_key(), "MS12Tip");
//! assert_eq!(FunctionType::of(&signature).to_string(), "(i32, i32, i32, i32, i32) -> ()");
//! ```

pub mod basic_c_abi;
pub mod function_type;
pub mod layout;
pub mod lower;
pub mod marshal;
pub mod signature_string;
pub mod slots;
pub mod target;
pub mod thunk_key;
pub mod types;

pub use basic_c_abi::{CScalar, Content, Crossing, Lowered};
pub use function_type::FunctionType;
pub use layout::{DeclaredSize, Layout, LayoutEngine, LayoutError};
pub use lower::LowerError;
pub use marshal::{Marshaller, Native};
pub use signature_string::{MultiSlot, ParamToken, ParseSignatureError, ReturnToken, Scalar, Signature, StructAlign};
pub use target::{ExplicitReferenceRules, InlineArrayRules, LayoutTarget, TargetOs, TokenSet};
pub use thunk_key::{FlatKind, FlatType, ParseKeyError, ThunkKey};
