//! Reads the lines of a file of extra signatures, each with its reason.

use super::declaration::ExtraDeclaration;
use super::scan::SyntaxError;
use super::{ExtraCall, ExtraSignature};
use clr_wasm_abi::Signature;
use clr_wasm_abi::function_type::MAX_PARAMS;
use thunkgen_diagnostics::{Diagnostics, Location, catalogue, shorten, without_bom};

/// Most characters of a reason that are kept: a comment can apply to many lines.
const MAX_REASON: usize = 1_000;

/// Most signatures of a run: one comment can apply to all of them, and each keeps it. The largest apps call about a
/// thousand signatures in all.
const MAX_EXTRA_SIGNATURES: usize = 10_000;

/// Reads a text and adds its signatures to `found`; `file` is the file's name in messages. An invalid line is reported
/// and skipped, and what follows the 10,000th signature is not read.
///
/// A line contains a key or a declaration. Its reason is the comment after it, or the comment above it, which applies
/// to all lines up to the next comment or empty line.
pub fn read(file: &str, text: &str, found: &mut Vec<ExtraSignature>, diagnostics: &mut Diagnostics) {
    let mut above = String::new();
    let mut in_comment = false;
    for (line, content) in (1..).zip(without_bom(text).lines()) {
        let (signature, comment) = match content.split_once('#') {
            Some((signature, comment)) => (signature, Some(comment.trim_matches(['#', ' ', '\t', '\r']))),
            None => (content, None),
        };
        let column = signature.chars().take_while(|c| c.is_whitespace()).count() as u32 + 1;
        let signature = signature.trim();
        if signature.is_empty() {
            if !in_comment || comment.is_none() {
                above.clear();
            }
            if let Some(comment) = comment {
                above += if above.is_empty() || comment.is_empty() { "" } else { " " };
                above += comment;
            }
            in_comment = comment.is_some();
            continue;
        }
        in_comment = false;
        let reason = comment.filter(|comment| !comment.is_empty()).unwrap_or(&above);
        let mut report = |column: u32, message: String| {
            let location = Location::position(file, line, column);
            diagnostics.report(&catalogue::BAD_EXTRA_SIGNATURE, location, message);
        };
        if reason.is_empty() {
            let message = "the reason is missing: say after `#` what calls this, on this line or the one above";
            report(column, message.to_owned());
        }
        match wanted(signature, column) {
            Ok(_) if reason.is_empty() => {}
            Ok(_) if found.len() == MAX_EXTRA_SIGNATURES => {
                return report(column, format!("more than {MAX_EXTRA_SIGNATURES} extra signatures; split the run"));
            }
            Ok(wanted) => {
                let reason = shorten(reason, MAX_REASON);
                found.push(ExtraSignature { file: file.to_owned(), line, reason, wanted });
            }
            Err(error) => report(column + error.at as u32, error.reason),
        }
    }
}

fn wanted(text: &str, column: u32) -> Result<ExtraCall, SyntaxError> {
    if text.chars().all(|c| c.is_ascii_alphanumeric()) {
        key(text).map(ExtraCall::Key)
    } else {
        ExtraDeclaration::parse(text, column).map(ExtraCall::Declaration)
    }
}

/// A key, with or without its `M`.
fn key(text: &str) -> Result<Signature, SyntaxError> {
    if text.starts_with('I') {
        let reason = format!(
            "`{text}` is the key of a thunk out of compiled code into the interpreter, which these files cannot hold; \
             only M keys can be added"
        );
        return Err(SyntaxError { at: 0, reason });
    }
    let signature = text.strip_prefix('M').unwrap_or(text);
    let at = text.len() - signature.len();
    let parsed = signature.parse::<Signature>();
    let parsed = parsed.map_err(|error| SyntaxError { at: at + error.at - 1, reason: error.to_string() })?;
    if parsed.params.len() > MAX_PARAMS {
        return Err(SyntaxError { at, reason: format!("a function has at most {MAX_PARAMS} parameters") });
    }
    Ok(parsed)
}
