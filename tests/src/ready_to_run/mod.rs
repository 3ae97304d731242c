//! Writes ReadyToRun images and their wrapper modules by hand, from the format and without the generator's writer: what
//! one gets wrong about an offset, the reader's tests must not repeat.

pub mod image;
pub mod module;
pub mod walk;
