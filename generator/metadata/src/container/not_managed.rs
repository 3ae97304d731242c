//! What a file is that is not a managed image.

use super::{pe, wasm};

/// Why [`open`](crate::open) finds no managed image in some bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotManaged {
    /// There are no bytes.
    Empty,
    /// They start as none of the containers does.
    UnknownFormat,
    /// A PE image of native code.
    NativeImage,
    /// A PE image with a metadata root at this offset, but its header names no CLI header.
    NoCliHeader(usize),
    /// A WebAssembly module or component of native code.
    Wasm,
    /// A WebAssembly module of an unknown version.
    UnknownWasmVersion(u32),
}

impl NotManaged {
    /// Classifies bytes in which there is no managed image.
    ///
    /// ```
    /// use clr_metadata::NotManaged;
    ///
    /// assert_eq!(NotManaged::of(b""), NotManaged::Empty);
    /// assert_eq!(NotManaged::of(b"\x7fELF"), NotManaged::UnknownFormat);
    /// assert_eq!(NotManaged::of(b"\0asm\x01\0\0\0"), NotManaged::Wasm);
    /// ```
    pub fn of(bytes: &[u8]) -> NotManaged {
        if bytes.is_empty() {
            NotManaged::Empty
        } else if bytes.starts_with(pe::MAGIC) {
            pe::metadata_root(bytes).map_or(NotManaged::NativeImage, NotManaged::NoCliHeader)
        } else if let Some(rest) = bytes.strip_prefix(wasm::MAGIC) {
            match rest.first_chunk().map_or(0, |version| u32::from_le_bytes(*version)) {
                wasm::MODULE | wasm::COMPONENT => NotManaged::Wasm,
                other => NotManaged::UnknownWasmVersion(other),
            }
        } else {
            NotManaged::UnknownFormat
        }
    }
}
