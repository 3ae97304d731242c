//! The skeleton for C and C++: a header with prototypes, structs and assertions.

use super::Skeleton;

/// The text of the file, without the header line of generated files.
pub(super) fn render(skeleton: &Skeleton<'_>) -> String {
    let _ = skeleton;
    String::new()
}
