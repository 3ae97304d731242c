//! Writes .NET assemblies, so that a test can have metadata no source file was compiled to.
//!
//! From ECMA-335 partition II and the Webcil format, and without the generator's reader: what one gets wrong about a
//! column or a tag, the other must not repeat. Nothing is checked; a test that writes nonsense gets nonsense.
//!
//! ```
//! use thunkgen_tests::metadata_writer::{AssemblyWriter, Container, Sig, flags};
//!
//! let mut writer = AssemblyWriter::new("Example");
//! let core_library = writer.assembly_ref("System.Private.CoreLib");
//! let value_type = writer.type_ref(core_library, "System", "ValueType");
//! writer.type_def(flags::SEQUENTIAL_STRUCT, "", "Pair", value_type);
//! writer.field(flags::PUBLIC, "first", &Sig::I4);
//! writer.field(flags::PUBLIC, "second", &Sig::R8);
//! let bytes = writer.finish(Container::Pe32);
//! assert_eq!(clr_metadata::open(&bytes).unwrap().unwrap().assembly_name().unwrap(), Some("Example"));
//! ```

mod assembly;
mod signature;

pub use assembly::{AssemblyWriter, Container, Owner, Scope, TypeToken, flags};
pub use signature::Sig;
