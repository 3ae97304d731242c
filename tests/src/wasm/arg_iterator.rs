//! Where the runtime looks for the arguments of a managed call: its `ArgIterator` on wasm32, told after its own text.
//!
//! Offsets are from the start of the `TransitionBlock`, which takes 8 bytes; there are no argument registers. A stack
//! slot has 8 bytes. A cursor starts behind the hidden arguments. For each explicit one it is rounded up to the
//! argument's alignment - for value types that of the type, but 8 at least and 16 at most, 8 for everything else - and
//! advances by the size rounded up to slots. The size of the argument array is the end of the last argument; without
//! explicit arguments it is the first position of the cursor. A return buffer takes no slot. The continuation comes
//! before the generic context.
//!
//! Written apart from the generator's slot arithmetic and from [`keys`](super::keys), which counts from the start of
//! the argument area.

/// Size of a `TransitionBlock` on wasm32: `m_ReturnAddress` and `m_StackPointer`.
pub const SIZE_OF_TRANSITION_BLOCK: u32 = 8;

/// An argument and where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Located {
    /// What it is.
    pub what: What,
    /// Bytes from the start of the `TransitionBlock`.
    pub offset: u32,
}

/// What an argument is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// `this`, the generic context, or the continuation.
    Hidden,
    /// Values of so many wasm parameters, each of that many bytes, and that far apart.
    Values {
        /// How many.
        count: u32,
        /// Bytes of each.
        width: u32,
    },
    /// A struct of that many bytes.
    Struct(u32),
    /// A struct without fields.
    Empty,
}

/// The arguments of a managed signature string, and the size of the argument array.
pub fn arguments(signature: &str) -> (Vec<Located>, u32) {
    let text = signature.strip_suffix('p').unwrap_or_else(|| panic!("`{signature}` is not managed"));
    let text = text[1..].trim_start_matches(|c: char| c.is_ascii_digit());
    let hidden =
        text.len() - ["Tia", "Ta", "T", "ia", "a"].iter().find_map(|h| text.strip_prefix(h)).unwrap_or(text).len();
    let mut found = Vec::new();
    let mut cursor = 0;
    for _ in 0..hidden {
        found.push(Located { what: What::Hidden, offset: SIZE_OF_TRANSITION_BLOCK + cursor });
        cursor += 8;
    }
    if let [.., context, continuation] = &mut found[..]
        && text[..hidden].ends_with("ia")
    {
        std::mem::swap(&mut context.offset, &mut continuation.offset);
    }
    let mut size_of_array = cursor;
    for token in tokens(&text[hidden..]) {
        let (what, size, align) = raised(token);
        cursor = cursor.next_multiple_of(align.clamp(8, 16));
        found.push(Located { what, offset: SIZE_OF_TRANSITION_BLOCK + cursor });
        cursor += size.next_multiple_of(8);
        size_of_array = size_of_array.max(cursor);
    }
    (found, size_of_array)
}

/// A letter and the digits behind it.
fn tokens(text: &str) -> impl Iterator<Item = &str> {
    let starts: Vec<usize> = text.char_indices().filter(|(_, c)| !c.is_ascii_digit()).map(|(at, _)| at).collect();
    let ends: Vec<usize> = starts.iter().skip(1).copied().chain([text.len()]).collect();
    starts.into_iter().zip(ends).map(|(start, end)| &text[start..end])
}

/// A type that lowers to the token: what is stored, its size and its alignment.
fn raised(token: &str) -> (What, u32, u32) {
    let values = |count, width| What::Values { count, width };
    match token {
        "i" | "f" => (values(1, 4), 4, 4),
        "l" | "d" => (values(1, 8), 8, 8),
        "V" => (values(1, 16), 16, 16),
        "l2" => (values(2, 8), 16, 16),
        "V2" => (values(2, 16), 32, 32),
        "V4" => (values(4, 16), 64, 64),
        "e" => (What::Empty, 1, 1),
        _ => {
            let size = token[1..].parse().unwrap_or_else(|_| panic!("`{token}` is no parameter"));
            (What::Struct(size), size, if token.starts_with('A') { 16 } else { 4 })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wasm::keys::Shape;
    use crate::wasm::random_keys::{long_keys, random_keys};

    // Two derivations of the same layout, from different texts.
    #[test]
    fn the_argument_area_is_that_of_the_other_reading() {
        let mut keys = random_keys("arg iterator", 2000);
        keys.extend(long_keys());
        let managed: Vec<&str> = keys.iter().filter(|key| key.ends_with('p')).map(|key| &key[1..]).collect();
        assert!(managed.len() > 1000);
        for signature in managed {
            let shape = Shape::of_signature(signature);
            let (found, size) = arguments(signature);
            let offsets: Vec<u32> = found.iter().map(|arg| arg.offset - SIZE_OF_TRANSITION_BLOCK).collect();
            assert_eq!(offsets, shape.args.iter().map(|arg| arg.offset).collect::<Vec<_>>(), "{signature}");
            assert_eq!(size, shape.area, "{signature}");
        }
    }

    // Worked by hand.
    #[test]
    fn worked_layouts() {
        let check = |text: &str, offsets: &[u32], size| {
            let (found, size_of_array) = arguments(text);
            assert_eq!(found.iter().map(|arg| arg.offset).collect::<Vec<_>>(), offsets, "{text}");
            assert_eq!(size_of_array, size, "{text}");
        };
        check("vp", &[], 0);
        check("iip", &[8], 8);
        check("iTlA32dp", &[8, 16, 24, 56], 56);
        check("S12Tip", &[8, 16], 16);
        check("vl2Vp", &[8, 24], 32);
        check("viA16p", &[8, 24], 32);
        check("viap", &[16, 8], 16);
        check("iTiaiip", &[8, 24, 16, 32, 40], 40);
        check("vTap", &[8, 16], 16);
    }
}
