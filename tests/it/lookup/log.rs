//! Logs of any size.

use std::io::Read;

use thunkgen_driver::symptoms;
use thunkgen_tests::corrupt::alloc::peak;

/// Lines of a console without end, and a missing key after so many bytes.
struct Console {
    left: usize,
    end: &'static [u8],
}

const LINE: &[u8] = b"info: Microsoft.AspNetCore.Components[2] rendering at wasm-function[12] took 3 ms\n";

impl Read for Console {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        if self.left == 0 {
            return self.end.read(out);
        }
        let lines = (out.len() / LINE.len()).min(self.left.div_ceil(LINE.len()));
        for chunk in out.chunks_exact_mut(LINE.len()).take(lines) {
            chunk.copy_from_slice(LINE);
        }
        self.left = self.left.saturating_sub(lines * LINE.len());
        Ok(lines * LINE.len())
    }
}

/// A key at the end is found, in memory that does not depend on the size.
#[test]
fn memory_does_not_depend_on_the_size() {
    symptoms::of_text("the tables are made once");
    let read = |left: usize| {
        peak(|| symptoms::read(&mut Console { left, end: b"WASM calli missing for key: MiS8\n" }).unwrap().findings)
    };
    let ((small, little), (large, much)) = (read(1 << 20), read(8 << 20));
    assert_eq!((small[0].subject.as_str(), large[0].subject.as_str()), ("MiS8", "MiS8"));
    assert_eq!(large[0].line as usize, (8_usize << 20).div_ceil(LINE.len()) + 1);
    assert!(much <= little + 4096, "{little} bytes for 1 MiB, {much} for 8 MiB");
}

/// One line without end is read in pieces, and the key at its end is found once.
#[test]
fn one_long_line() {
    let mut line = "x ".repeat(2 << 20);
    line += "WASM calli missing for key: Mvi, and again: WASM calli missing for key: Mvi";
    let findings = symptoms::of_text(&line).findings;
    let found: Vec<_> = findings.iter().map(|of| (of.subject.as_str(), of.line, of.count)).collect();
    assert_eq!(found, [("Mvi", 1, 1)]);
}
