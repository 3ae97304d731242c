//! The rules by which a runtime finds thunks by key, as `templates/registry` has them in C++: for tools that tell what
//! a runtime would find, and for model checks of those rules.
//!
//! `thunkgen lookup` has the rules once more, as a plain map in `generator/r2r/src/lookup/rules.rs`, because it must tell
//! which image won and why; `tests/it/lookup/rules.rs` holds the two together.
//!
//! ```
//! use thunkgen_registry::{Image, Registry, Source};
//!
//! let registry = Registry::new();
//! registry.add_static([("Mvi", 1), ("Miip", 2)]);
//! let image = Image { bytes: b"\x39Miip\0\0\0\0\0Mvlp\0\x01\0\0\0\0", code_base: 40 };
//! assert_eq!(registry.inject(&image, 0).unwrap().added, 2);
//! let found = registry.lookup("Miip").unwrap();
//! assert_eq!((found.thunk, found.source), (2, Source::Static)); // the linked tables win
//! let found = registry.lookup("Mvlp").unwrap();
//! assert_eq!((found.thunk, found.source), (41, Source::Injected));
//! ```
#![forbid(unsafe_code)]

mod image_index;
mod pending;
mod registry;
mod string_thunks;
mod sync;
mod table;

pub use image_index::ImageIndex;
pub use pending::{AddPending, PendingOwner, PendingThunk};
pub use registry::{FoundThunk, IndexUse, Injected, Registry, Source};
pub use string_thunks::{INJECT_STRING_THUNKS, Image, InjectError};
