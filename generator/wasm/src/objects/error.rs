//! Why native code cannot be read.

/// Why native code cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ObjectError {
    /// The first bytes show that it is another format.
    #[error("{0}")]
    NotWasm(&'static str),
    /// A part contradicts the format.
    #[error("{part}, offset 0x{offset:x}: {reason}")]
    BadImage {
        /// Part of the file, such as a section.
        part: &'static str,
        /// Offset in bytes from the start of the module.
        offset: u64,
        /// What was expected.
        reason: &'static str,
    },
    /// An archive contradicts its format.
    #[error("archive: {0}")]
    Archive(String),
    /// A member of an archive cannot be read.
    #[error("member `{member}`: {error}")]
    Member {
        /// Name of the member.
        member: String,
        /// The error in it.
        error: Box<ObjectError>,
    },
}

/// The error for a file that is not wasm, by its first bytes.
pub(super) fn not_wasm(bytes: &[u8]) -> ObjectError {
    const KINDS: [(&[u8], &str); 5] = [
        (b"\x7fELF", "it is an ELF file for another machine; compile for wasm32"),
        (b"\xCF\xFA\xED\xFE", "it is a Mach-O file for another machine; compile for wasm32"),
        (b"\0asm\x0D\0\x01\0", "it is a wasm component; name the core module inside"),
        (b"MZ", "it is a Windows file; compile for wasm32"),
        (b"!<thin>\n", "it is a thin archive, which contains no code; name the objects themselves"),
    ];
    let kind = KINDS.iter().find(|(magic, _)| bytes.starts_with(magic));
    ObjectError::NotWasm(kind.map_or("it is neither a wasm module nor an archive", |(_, what)| what))
}

/// The error for malformed wasm, at its offset.
pub(super) fn malformed(part: &'static str, error: &wasmparser::Error) -> ObjectError {
    let reason = if error.message().starts_with("unexpected end") {
        "more bytes expected"
    } else {
        "well-formed entry expected"
    };
    ObjectError::BadImage { part, offset: error.offset(), reason }
}
