//! Lines of a text of any size and encoding, in bounded memory.

use std::io::{self, ErrorKind, Read};

/// A longer line is cut into pieces of this many bytes.
const MAX_PIECE: usize = 1 << 20;

/// The end of a piece is repeated at the start of the next one, so that no phrase with its key is cut.
const OVERLAP: usize = 1 << 15;

const CHUNK: usize = 1 << 16;

/// Calls `line` with the number of each line, from 1, and its bytes in UTF-8, which may be invalid.
///
/// UTF-16 is recognised by its byte order mark, as some shells redirect output. A very long line comes in several pieces
/// with one number.
pub(super) fn each(input: &mut dyn Read, mut line: impl FnMut(u64, &[u8])) -> io::Result<()> {
    let mut chunk = vec![0; CHUNK];
    let mut decoder = Decoder::default();
    let (mut buffer, mut number) = (Vec::new(), 1);
    loop {
        let read = match input.read(&mut chunk) {
            Ok(read) => read,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let scanned = buffer.len();
        decoder.push(chunk.get(..read).unwrap_or_default(), read == 0, &mut buffer);
        let mut start = 0;
        for (at, _) in buffer.iter().enumerate().skip(scanned).filter(|(_, byte)| **byte == b'\n') {
            line(number, buffer.get(start..at).unwrap_or_default());
            (start, number) = (at + 1, number + 1);
        }
        buffer.drain(..start);
        if read == 0 {
            if !buffer.is_empty() {
                line(number, &buffer);
            }
            return Ok(());
        }
        if buffer.len() > MAX_PIECE {
            line(number, &buffer);
            buffer.drain(..buffer.len() - OVERLAP);
        }
    }
}

/// From the encoding of the text to UTF-8.
#[derive(Default)]
struct Decoder {
    encoding: Option<Encoding>,
    /// Bytes of an unfinished unit.
    rest: Vec<u8>,
    /// The first half of a surrogate pair.
    high: Option<u16>,
}

#[derive(Clone, Copy)]
enum Encoding {
    Utf8,
    Utf16(fn([u8; 2]) -> u16),
}

impl Decoder {
    fn push(&mut self, bytes: &[u8], is_end: bool, out: &mut Vec<u8>) {
        self.rest.extend(bytes);
        if self.encoding.is_none() && (self.rest.len() >= 2 || is_end) {
            let (encoding, mark) = match self.rest.get(..2) {
                Some([0xff, 0xfe]) => (Encoding::Utf16(u16::from_le_bytes), 2),
                Some([0xfe, 0xff]) => (Encoding::Utf16(u16::from_be_bytes), 2),
                _ => (Encoding::Utf8, 0),
            };
            self.encoding = Some(encoding);
            self.rest.drain(..mark);
        }
        match self.encoding {
            Some(Encoding::Utf8) => out.append(&mut self.rest),
            Some(Encoding::Utf16(unit)) => {
                let whole = self.rest.len() / 2 * 2;
                let units = self.rest.get(..whole).unwrap_or_default().chunks_exact(2);
                let units = units.filter_map(|pair| pair.try_into().ok().map(unit));
                let mut units: Vec<u16> = self.high.take().into_iter().chain(units).collect();
                self.high = units.pop_if(|last| !is_end && (0xd800..0xdc00).contains(last));
                out.extend(String::from_utf16_lossy(&units).into_bytes());
                self.rest.drain(..whole);
            }
            None => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A reader that gives a few bytes at a time.
    struct Slow<'b>(&'b [u8], usize);

    impl Read for Slow<'_> {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            let count = self.1.min(self.0.len()).min(out.len());
            out[..count].copy_from_slice(&self.0[..count]);
            self.0 = &self.0[count..];
            Ok(count)
        }
    }

    fn lines(bytes: &[u8], step: usize) -> Vec<(u64, String)> {
        let mut found = Vec::new();
        each(&mut Slow(bytes, step), |number, line| found.push((number, String::from_utf8_lossy(line).into_owned())))
            .unwrap();
        found
    }

    #[test]
    fn every_encoding_in_any_step() {
        let text = "é\n\n\u{1f600} x\nend";
        let expected = [(1, "é"), (2, ""), (3, "\u{1f600} x"), (4, "end")].map(|(n, line)| (n, line.to_owned()));
        let le: Vec<u8> = [0xfeff].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        let be: Vec<u8> = [0xfeff].into_iter().chain(text.encode_utf16()).flat_map(u16::to_be_bytes).collect();
        for bytes in [text.as_bytes(), &le, &be] {
            for step in [1, 2, 3, 5, 1000] {
                assert_eq!(lines(bytes, step), expected, "{step}");
            }
        }
        assert_eq!(lines(b"x", 1), [(1, "x".to_owned())]);
        assert_eq!(lines(b"", 1), []);
    }

    /// A long line comes in pieces of bounded size that overlap, and each byte in few of them.
    #[test]
    fn long_lines_are_cut() {
        let mut bytes = vec![b'x'; 5 * MAX_PIECE];
        bytes.extend(b"\nlast");
        let found = lines(&bytes, 1 << 20);
        assert!(found.iter().all(|(_, line)| line.len() <= MAX_PIECE + CHUNK));
        assert_eq!(found.last(), Some(&(2, "last".to_owned())));
        let total: usize = found.iter().map(|(_, line)| line.len()).sum();
        assert!(found.len() > 4 && total < bytes.len() + found.len() * OVERLAP);
    }
}
