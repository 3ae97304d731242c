//! Resolves types across assemblies by simple name, follows type forwarders and substitutes generics.

mod assembly;
mod attributes;
mod base;
mod display;
mod instantiate;
mod marshal_as;
mod resolve;
mod signatures;
mod ty;
mod type_info;
mod type_system;

pub use assembly::Assembly;
pub use attributes::{Attribute, KnownAttribute};
pub use base::{Bases, CharSet};
pub use display::FUNCTION_POINTER;
pub use instantiate::{MAX_TYPE_NODES, TypeArguments};
pub use marshal_as::{DataFlow, MethodMarshal};
pub use resolve::Resolution;
pub use ty::{Definition, Named, Type, Unresolved};
pub use type_info::{Field, LayoutKind, TypeDefId, TypeInfo, TypeKind};
pub use type_system::{AssemblyId, BadImage, Input, Role, TypeSystem, report_suspicious};
