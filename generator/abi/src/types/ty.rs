//! Types after resolution.

use std::rc::Rc;

use super::type_info::TypeDefId;
use clr_metadata::Primitive;

/// A resolved type.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Type {
    /// A built-in value type, or void.
    Primitive(Primitive),
    /// `System.TypedReference`
    TypedReference,
    /// `string`
    String,
    /// `object`
    Object,
    /// A class, interface or delegate.
    Class(Named),
    /// A struct or enum.
    Value(Named),
    /// An array of any shape, by element type.
    Array(Rc<Type>),
    /// `T*`
    Pointer(Rc<Type>),
    /// `ref T`
    ByRef(Rc<Type>),
    /// A function pointer of whatever signature.
    FunctionPointer,
    /// An open variable of a type.
    TypeVariable(u32),
    /// An open variable of a method.
    MethodVariable(u32),
}

/// A type with a name, and its type arguments.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Named {
    /// The type definition.
    pub definition: Definition,
    /// Type arguments; empty for a type that is not generic, and for an open generic definition.
    pub arguments: Rc<[Type]>,
}

/// Where a named type is defined.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Definition {
    /// A TypeDef of the run.
    Resolved(TypeDefId),
    /// A reference to nothing.
    Unresolved(Rc<Unresolved>),
}

/// A type that cannot be found.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Unresolved {
    /// Full name as reflection writes it.
    pub full_name: String,
    /// Why it cannot be found, as the end of a sentence: "assembly `X` is not among the inputs".
    pub reason: String,
}
