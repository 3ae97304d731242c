//! Rust functions whose type cannot be determined from their source: reported, not guessed.

use super::unit::spot;
use thunkgen_diagnostics::{Rule, catalogue};
use thunkgen_rust_source::{Cause, Unknown};

/// The rule and the message for a function at this place.
pub(super) fn diagnostic(symbol: &str, place: &str, unknown: &Unknown) -> (&'static Rule, String) {
    let elsewhere = spot(&unknown.place);
    let is_said = elsewhere == place || unknown.why.contains(&unknown.place.to_string());
    let cause = if is_said { unknown.why.clone() } else { format!("{} ({elsewhere})", unknown.why) };
    match unknown.cause {
        Cause::Abi => (
            &catalogue::RUST_ABI,
            format!(
                "`{symbol}` of {place} does not use the C calling convention: {cause}; write extern \"C\" before its `fn`"
            ),
        ),
        Cause::NotFfiSafe => (
            &catalogue::NATIVE_TYPE_UNKNOWN,
            format!("`{symbol}` of {place} is not compared: {cause}; pass numbers, pointers and #[repr(C)] structs"),
        ),
        Cause::Generic | Cause::Invalid => {
            (&catalogue::NATIVE_TYPE_UNKNOWN, format!("`{symbol}` of {place} is not compared: {cause}"))
        }
        Cause::Elsewhere | Cause::Conditional => (
            &catalogue::NATIVE_TYPE_UNKNOWN,
            format!(
                "`{symbol}` of {place} is not compared: {cause}; only a compiler knows, so compare its object or archive"
            ),
        ),
    }
}
