//! The skeleton for Rust: a module with a trait, the functions that export what implements it, and its types.

use super::Skeleton;

/// The text of the file, without the header.
pub(super) fn render(skeleton: &Skeleton<'_>) -> String {
    let _ = skeleton;
    String::new()
}
