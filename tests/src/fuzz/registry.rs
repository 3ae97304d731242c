//! The registry: the fixup of a loaded image, and the index behind it.

use thunkgen_registry::{Image, ImageIndex, IndexUse, Registry};

/// Four bytes of code base, then an image from its fixup on. With and without the index, the same keys lead to the
/// same thunks.
pub fn inject(bytes: &[u8]) -> bool {
    let Some((base, image)) = bytes.split_first_chunk() else { return false };
    let image = Image { bytes: image, code_base: u32::from_le_bytes(*base) };
    // An offset outside of the image and at its last byte.
    for offset in [usize::MAX, image.bytes.len(), image.bytes.len().saturating_sub(1)] {
        let _ = (ImageIndex::find(&image, offset), Registry::new().inject(&image, offset));
    }
    let (with, without) = (Registry::new(), Registry::new());
    let answers = (with.inject_with(&image, 0, IndexUse::WhereFound), without.inject_with(&image, 0, IndexUse::Never));
    assert_eq!(answers.0, answers.1, "the index changes the answer");
    assert!(!without.uses_index());
    for key in image.bytes.split(|byte| *byte == 0).chain([&image.bytes[image.bytes.len()..]]) {
        // A key follows the fixup's kind, or the four bytes of a number.
        for key in (0..=key.len().min(4)).filter_map(|skipped| key.get(skipped..)) {
            assert_eq!(with.lookup(key), without.lookup(key), "{key:?}");
        }
    }
    answers.0.is_ok()
}
