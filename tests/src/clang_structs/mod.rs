//! Random value types, written both as C and as .NET metadata: what clang makes of one is held against what the
//! generator makes of the other.
//!
//! ```text
//! random ──> shape ──┬──> write_c ──> clang ──> object ──> Facts ──┐
//!            measure └──> write_dotnet ──> thunkgen (ours) ─> Facts ┴──> compare, less exceptions
//! ```
//! Nothing is run: sizes, alignments and offsets are constants in the object's data, function types are in its type
//! section.

pub mod clang;
pub mod compare;
pub mod exceptions;
pub mod facts;
pub mod measure;
pub mod object;
pub mod ours;
pub mod random;
pub mod run;
pub mod shape;
pub mod write_c;
pub mod write_dotnet;
