//! Why a module cannot be read.

/// A part of a module contradicts its own format.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{part}, file offset 0x{offset:x}: {reason}")]
#[non_exhaustive]
pub struct ReadError {
    /// Part of the file, such as a section.
    pub part: &'static str,
    /// Offset in bytes from the start of the file.
    pub offset: usize,
    /// What was expected.
    pub reason: &'static str,
}

/// The reason of an error at a function type of more parameters than engines, and with them `wasmparser`, take.
pub const TOO_MANY_PARAMS: &str = "function type of at most 1,000 parameters expected";

/// The error at its offset; what was wrong is told by the part of the module, since that is all that matters of bytes
/// nobody wrote on purpose. Only a limit that a generator can exceed has a reason of its own.
pub(super) fn located(part: &'static str, error: &wasmparser::Error) -> ReadError {
    let message = error.message();
    let reason = if message.starts_with("function params size is out of bounds") {
        TOO_MANY_PARAMS
    } else if message.starts_with("unexpected end") {
        "more bytes expected"
    } else {
        "well-formed entry expected"
    };
    ReadError { part, offset: usize::try_from(error.offset()).unwrap_or(usize::MAX), reason }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::WasmModule;

    fn refusal(section: &[u8]) -> String {
        let module = [b"\0asm\x01\0\0\0", section].concat();
        WasmModule::open(&module).unwrap_err().to_string()
    }

    // The words of `wasmparser` are looked at: another version must not change them unnoticed.
    #[test]
    fn reasons() {
        // A type with 1,001 parameters.
        let params = [vec![1, 0x60, 0xE9, 0x07], vec![0x7F; 1001], vec![0]].concat();
        let section = [vec![1, 0xEE, 0x07], params].concat();
        assert_eq!(refusal(&section), format!("wasm type section, file offset 0xd: {TOO_MANY_PARAMS}"));
        assert_eq!(refusal(&[3, 9, 1]), "wasm module, file offset 0xa: more bytes expected");
        assert_eq!(refusal(&[7, 3, 1, 0, 9]), "wasm export section, file offset 0xc: well-formed entry expected");
    }
}
