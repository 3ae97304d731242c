//! Modules as servers send them: compressed with brotli (`.br`) or gzip (`.gz`).

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::error::reason;
use super::files::{self, FileBytes, Identity};
use thunkgen_diagnostics::{Diagnostics, Location, catalogue};

/// Most bytes of a decompressed file; a runtime with all of its debug information has less.
const MAX_SIZE: u64 = 1 << 28;

/// A file that cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum ModuleError {
    /// The operating system's reason.
    #[error("{}", reason(.0))]
    Unreadable(io::Error),
    /// The compressed data is malformed or too large.
    #[error("{0}")]
    Compressed(String),
}

impl ModuleError {
    /// Reports it with the path.
    pub fn report(&self, path: &Path, diagnostics: &mut Diagnostics) {
        let rule = match self {
            ModuleError::Unreadable(_) => &catalogue::UNREADABLE,
            ModuleError::Compressed(_) => &catalogue::BAD_COMPRESSION,
        };
        diagnostics.report(rule, Location::file(path.display().to_string()), self.to_string());
    }
}

/// Opens a file, and decompresses it if it is compressed: gzip is recognised by its first bytes, brotli, which has no
/// mark, by the extension.
pub fn open(path: &Path) -> Result<(FileBytes, Identity), ModuleError> {
    let (bytes, identity) = files::open(path).map_err(ModuleError::Unreadable)?;
    let unpacked = match Format::of(path, &bytes) {
        None => return Ok((bytes, identity)),
        Some(format) => format.unpack(&bytes).map_err(ModuleError::Compressed)?,
    };
    Ok((bytes.unpacked(unpacked), identity))
}

/// The path without the extension of a compressed file.
pub fn without_extension(path: &Path) -> PathBuf {
    let is_compressed =
        path.extension().is_some_and(|ending| ["br", "gz"].iter().any(|known| ending.eq_ignore_ascii_case(known)));
    if is_compressed { path.with_extension("") } else { path.to_owned() }
}

#[derive(Clone, Copy)]
enum Format {
    Brotli,
    Gzip,
}

impl Format {
    fn of(path: &Path, bytes: &[u8]) -> Option<Format> {
        let is_brotli = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("br"));
        match bytes {
            [0x1f, 0x8b, ..] => Some(Format::Gzip),
            [0, b'a', b's', b'm', ..] => None,
            _ => is_brotli.then_some(Format::Brotli),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Format::Brotli => "brotli",
            Format::Gzip => "gzip",
        }
    }

    fn unpack(self, bytes: &[u8]) -> Result<Vec<u8>, String> {
        let mut unpacked = Vec::new();
        let read = match self {
            Format::Brotli => read(brotli_decompressor::Decompressor::new(bytes, 4096), &mut unpacked),
            Format::Gzip => read(flate2::read::MultiGzDecoder::new(bytes), &mut unpacked),
        };
        let name = self.name();
        match read {
            Err(_) => {
                Err(format!("the {name} data is malformed or cut off after {} bytes of the contents", unpacked.len()))
            }
            Ok(()) if unpacked.len() as u64 > MAX_SIZE => {
                Err(format!("the contents of the {name} data have more than {} MiB", MAX_SIZE >> 20))
            }
            Ok(()) => Ok(unpacked),
        }
    }
}

/// Reads at most one byte more than is allowed.
fn read(from: impl Read, to: &mut Vec<u8>) -> io::Result<()> {
    from.take(MAX_SIZE + 1).read_to_end(to).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn unpacked(name: &str, bytes: &[u8]) -> Result<Vec<u8>, String> {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        open(&path).map(|(bytes, _)| bytes.to_vec()).map_err(|error| error.to_string())
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    /// "hello\n" by the program brotli 1.0.9.
    const BROTLI: &[u8] = &[0x8f, 0x02, 0x80, 0x68, 0x65, 0x6c, 0x6c, 0x6f, 0x0a, 0x03];

    #[test]
    fn both_formats_and_neither() {
        assert_eq!(unpacked("a.wasm.br", BROTLI).unwrap(), b"hello\n");
        assert_eq!(unpacked("a.wasm", BROTLI).unwrap(), BROTLI);
        assert_eq!(unpacked("a.wasm.br", b"\0asm").unwrap(), b"\0asm");
        assert_eq!(unpacked("a", &gzip(b"hello")).unwrap(), b"hello");
        assert_eq!(unpacked("a.wasm.gz", b"hello").unwrap(), b"hello");
        assert_eq!(
            unpacked("a.br", b"").unwrap_err(),
            "the brotli data is malformed or cut off after 0 bytes of the contents"
        );
        assert_eq!(without_extension(Path::new("x/a.wasm.br")), Path::new("x/a.wasm"));
        assert_eq!(without_extension(Path::new("x/a.wasm")), Path::new("x/a.wasm"));
    }

    #[test]
    fn data_that_is_cut_off_or_too_large() {
        let bytes: Vec<u8> =
            (0..100_000u32).flat_map(|number| number.wrapping_mul(0x9e37_79b9).to_le_bytes()).collect();
        let packed = gzip(&bytes);
        let error = unpacked("a.gz", &packed[..packed.len() / 2]).unwrap_err();
        assert!(error.starts_with("the gzip data is malformed or cut off after "), "{error}");
        assert!(unpacked("a.br", &BROTLI[..6]).is_err());
        let bomb = gzip(&vec![0; MAX_SIZE as usize + 1]);
        assert_eq!(unpacked("a.gz", &bomb).unwrap_err(), "the contents of the gzip data have more than 256 MiB");
    }
}
