//! The types that the functions of one library use.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::c_functions::symbols;
use crate::stubs::Library;
use clr_wasm_abi::Signature;
use thunkgen_core::collect::ir::declarations::{Declarations, Integer, NativeType, Param};
use thunkgen_core::emit::cpp::uses_simd;

/// A named type in C.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum UsedType {
    Enum(String, Integer),
    Handle(String),
    Unknown(String),
    Vector(u32),
    Wide { signed: bool },
    Struct(usize),
    Prototype(usize),
}

/// The first use of a type.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct FirstUse {
    /// The function, struct or prototype that uses it.
    pub by: UsedBy,
    /// The parameter or field.
    pub name: String,
    /// Full name of the delegate of a function pointer.
    pub delegate: Option<String>,
}

/// The user of a type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum UsedBy {
    /// A function, by its entry point.
    Function(String),
    /// A struct or prototype.
    Type(UsedType),
}

impl Default for UsedBy {
    fn default() -> Self {
        UsedBy::Function(String::new())
    }
}

/// Named types with their first use.
pub(super) type UsedTypes = BTreeMap<UsedType, FirstUse>;

/// All types that the functions of a library use, also through pointers.
pub(super) fn used_types(library: &Library<'_>, declarations: &Declarations) -> UsedTypes {
    let mut all = Search { used_types: UsedTypes::new(), queue: VecDeque::new(), seen: BTreeSet::new() };
    for (symbol, function) in symbols(library) {
        let by = UsedBy::Function(symbol.to_owned());
        all.signature(&by, &function.ret, &function.params, &function.signature);
        // In order, so that names depend on the first function.
        all.drain(declarations);
    }
    all.used_types
}

struct Search {
    used_types: UsedTypes,
    queue: VecDeque<UsedType>,
    seen: BTreeSet<UsedType>,
}

impl Search {
    fn drain(&mut self, declarations: &Declarations) {
        while let Some(key) = self.queue.pop_front() {
            let by = UsedBy::Type(key.clone());
            match key {
                UsedType::Struct(index) => {
                    let fields = declarations.structs.get(index).and_then(|of| of.fields.as_deref());
                    for field in fields.unwrap_or_default() {
                        self.add(&by, &field.name, &field.ty);
                    }
                }
                UsedType::Prototype(index) => {
                    if let Some(of) = declarations.prototypes.get(index) {
                        self.signature(&by, &of.ret, &of.params, &of.signature);
                    }
                }
                _ => {}
            }
        }
    }

    fn signature(&mut self, by: &UsedBy, ret: &Param, params: &[Param], signature: &Signature) {
        if uses_simd(signature) {
            self.add(by, "", &NativeType::Vector(16));
        }
        self.add(by, "result", &ret.native);
        for (index, param) in params.iter().enumerate() {
            let number = format!("p{index}");
            self.add(by, if param.name.is_empty() { &number } else { &param.name }, &param.native);
        }
    }

    fn add(&mut self, by: &UsedBy, name: &str, ty: &NativeType) {
        let mut delegate = None;
        let key = match ty {
            NativeType::Pointer(to) | NativeType::Array(to) | NativeType::Reference { to, .. } => {
                return self.add(by, name, to);
            }
            NativeType::Repeated { element, .. } => return self.add(by, name, element),
            NativeType::Enum { name, underlying } => UsedType::Enum(name.clone(), *underlying),
            NativeType::Handle(name) => UsedType::Handle(name.clone()),
            NativeType::Unknown(name) => UsedType::Unknown(name.clone()),
            NativeType::Vector(bytes) => UsedType::Vector(*bytes),
            NativeType::Wide { signed } => UsedType::Wide { signed: *signed },
            NativeType::Struct(index) => UsedType::Struct(*index),
            NativeType::Function { delegate: of, prototype: Some(index) } => {
                delegate = of.clone();
                UsedType::Prototype(*index)
            }
            NativeType::Function { prototype: None, .. }
            | NativeType::Void
            | NativeType::Integer(_)
            | NativeType::Float
            | NativeType::Double
            | NativeType::String { .. }
            | NativeType::Object(_) => return,
        };
        if self.seen.insert(key.clone()) {
            let first_use = FirstUse { by: by.clone(), name: name.to_owned(), delegate };
            self.used_types.insert(key.clone(), first_use);
            self.queue.push_back(key);
        }
    }
}
