//! ReadyToRun code next to the IL (dotnet/runtime, `docs/design/coreclr/botr/readytorun-format.md` and
//! `src/coreclr/inc/readytorun.h`): the header, its sections, the imports with their fixups, and the string-thunk table
//! that a fixup may carry.
//!
//! [`open`] reads a file as far as its thunks need it; [`ReadyToRun`] alone reads the header of an image.

mod blob;
mod file;
mod fixup;
mod fixup_kind;
mod fixup_signature;
mod header;
mod helper;
mod import;
mod platform;
mod section_kind;
mod thunk;

pub use blob::{Disorder, StringThunk, StringThunkBlob};
pub use file::{ImageFile, open};
pub use fixup::{Fixup, Payload};
pub use fixup_kind::{FIXUP_KINDS, FixupKind, FixupPayload, INJECT_STRING_THUNKS};
pub use fixup_signature::{MethodRef, TypeRef};
pub use header::{CoreHeader, FLAGS, ReadyToRun, Section, flag_names};
pub use helper::{HELPERS, R2R_TO_INTERPRETER, helper_name};
pub use import::{IMPORT_FLAGS, ImportSection, import_type_name};
pub use platform::{Platform, platform};
pub use section_kind::{SECTION_KINDS, section_name};
pub use thunk::{ImageThunk, ThunkBlob};
