//! Modules as servers send them: compressed with brotli (`.br`) or gzip (`.gz`).

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::error::reason;
use super::files::{self, FileBytes, Identity};
use thunkgen_diagnostics::{Diagnostics, Location, catalogue};

/// Most bytes of contents for each compressed byte. Modules have less than 5, those with debug information too.
const MAX_RATIO: u64 = 20;

/// Most bytes of contents beyond that in a run, so that tables of small files pass.
const RESERVE: u64 = 16 << 20;

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

/// Opens files of a run, and decompresses the compressed ones.
pub struct Unpacker {
    /// What is left of [`RESERVE`].
    reserve: u64,
}

impl Default for Unpacker {
    fn default() -> Unpacker {
        Unpacker { reserve: RESERVE }
    }
}

impl Unpacker {
    /// Opens a file, and decompresses it if it is compressed: gzip is recognised by its first bytes, brotli, which has no
    /// mark, by the extension.
    pub fn open(&mut self, path: &Path) -> Result<(FileBytes, Identity), ModuleError> {
        let (bytes, identity) = files::open(path).map_err(ModuleError::Unreadable)?;
        let Some(format) = Format::of(path, &bytes) else { return Ok((bytes, identity)) };
        let own = MAX_RATIO * bytes.len() as u64;
        let unpacked = format.unpack(&bytes, own + self.reserve).map_err(ModuleError::Compressed)?;
        self.reserve -= (unpacked.len() as u64).saturating_sub(own);
        Ok((bytes.unpacked(unpacked), identity))
    }
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

    /// At most `most` bytes of contents.
    fn unpack(self, bytes: &[u8], most: u64) -> Result<Vec<u8>, String> {
        let mut unpacked = Vec::new();
        let read = match self {
            Format::Brotli => read(brotli_decompressor::Decompressor::new(bytes, 4096), most, &mut unpacked),
            Format::Gzip => read(flate2::read::MultiGzDecoder::new(bytes), most, &mut unpacked),
        };
        let name = self.name();
        match read {
            Err(_) => {
                Err(format!("the {name} data is malformed or cut off after {} bytes of the contents", unpacked.len()))
            }
            Ok(()) if unpacked.len() as u64 > most => Err(format!(
                "the contents of the {name} data have more than {MAX_RATIO} times its size; decompress the file, and \
                 name the result"
            )),
            Ok(()) => Ok(unpacked),
        }
    }
}

/// Reads at most one byte more than is allowed.
fn read(from: impl Read, most: u64, to: &mut Vec<u8>) -> io::Result<()> {
    from.take(most + 1).read_to_end(to).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn unpacked(name: &str, bytes: &[u8]) -> Result<Vec<u8>, String> {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        Unpacker::default().open(&path).map(|(bytes, _)| bytes.to_vec()).map_err(|error| error.to_string())
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
    }

    #[test]
    fn contents_of_all_files_share_a_reserve() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.gz");
        let limit = RESERVE as usize;
        let open = |unpacker: &mut Unpacker, size: usize| {
            std::fs::write(&path, gzip(&vec![0; size])).unwrap();
            unpacker.open(&path).map(|(bytes, _)| bytes.len()).map_err(|error| error.to_string())
        };
        let mut unpacker = Unpacker::default();
        let error = open(&mut unpacker, 2 * limit).unwrap_err();
        assert_eq!(
            error,
            "the contents of the gzip data have more than 20 times its size; decompress the file, and name the result"
        );
        assert_eq!(open(&mut unpacker, limit).unwrap(), limit, "what is refused does not count");
        assert!(open(&mut unpacker, limit).is_err(), "the reserve is used");
        assert_eq!(open(&mut unpacker, 100).unwrap(), 100);
    }
}
