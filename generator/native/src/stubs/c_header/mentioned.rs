//! The types that the functions of one library mention.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::functions::symbols;
use crate::stubs::Library;
use clr_wasm_abi::Signature;
use thunkgen_core::collect::ir::declarations::{Declarations, Integer, NativeType, Param};
use thunkgen_core::emit::cpp::uses_simd;

/// A type that has a name in C.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum MentionedType {
    Enum(String, Integer),
    Handle(String),
    Unknown(String),
    Vector(u32),
    Wide { signed: bool },
    Struct(usize),
    Prototype(usize),
}

/// Where a type is mentioned first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Mention {
    /// The function, struct or prototype, by what it is called there.
    pub by: Mentioner,
    /// The parameter or field.
    pub name: String,
    /// Full name of the delegate of a function pointer.
    pub delegate: Option<String>,
}

/// Who mentions a type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Mentioner {
    /// A function, by its entry point.
    Function(String),
    /// A struct or prototype.
    Type(MentionedType),
}

impl Default for Mentioner {
    fn default() -> Self {
        Mentioner::Function(String::new())
    }
}

/// Types that have a name, each where it is mentioned first.
pub(super) type Mentions = BTreeMap<MentionedType, Mention>;

/// Everything the functions of a library mention, also behind pointers.
pub(super) fn mentions(library: &Library<'_>, declarations: &Declarations) -> Mentions {
    let mut all = Search { mentions: Mentions::new(), queue: VecDeque::new(), seen: BTreeSet::new() };
    for (symbol, function) in symbols(library) {
        let by = Mentioner::Function(symbol.to_owned());
        all.signature(&by, &function.ret, &function.params, &function.signature);
        // One after the other, so that names go by the first function.
        all.drain(declarations);
    }
    all.mentions
}

struct Search {
    mentions: Mentions,
    queue: VecDeque<MentionedType>,
    seen: BTreeSet<MentionedType>,
}

impl Search {
    fn drain(&mut self, declarations: &Declarations) {
        while let Some(key) = self.queue.pop_front() {
            let by = Mentioner::Type(key.clone());
            match key {
                MentionedType::Struct(index) => {
                    let fields = declarations.structs.get(index).and_then(|of| of.fields.as_deref());
                    for field in fields.unwrap_or_default() {
                        self.add(&by, &field.name, &field.ty);
                    }
                }
                MentionedType::Prototype(index) => {
                    if let Some(of) = declarations.prototypes.get(index) {
                        self.signature(&by, &of.ret, &of.params, &of.signature);
                    }
                }
                _ => {}
            }
        }
    }

    fn signature(&mut self, by: &Mentioner, ret: &Param, params: &[Param], signature: &Signature) {
        if uses_simd(signature) {
            self.add(by, "", &NativeType::Vector(16));
        }
        self.add(by, "result", &ret.native);
        for (index, param) in params.iter().enumerate() {
            let number = format!("p{index}");
            self.add(by, if param.name.is_empty() { &number } else { &param.name }, &param.native);
        }
    }

    fn add(&mut self, by: &Mentioner, name: &str, ty: &NativeType) {
        let mut delegate = None;
        let key = match ty {
            NativeType::Pointer(to) | NativeType::Array(to) | NativeType::Reference { to, .. } => {
                return self.add(by, name, to);
            }
            NativeType::Repeated { element, .. } => return self.add(by, name, element),
            NativeType::Enum { name, underlying } => MentionedType::Enum(name.clone(), *underlying),
            NativeType::Handle(name) => MentionedType::Handle(name.clone()),
            NativeType::Unknown(name) => MentionedType::Unknown(name.clone()),
            NativeType::Vector(bytes) => MentionedType::Vector(*bytes),
            NativeType::Wide { signed } => MentionedType::Wide { signed: *signed },
            NativeType::Struct(index) => MentionedType::Struct(*index),
            NativeType::Function { delegate: of, prototype: Some(index) } => {
                delegate = of.clone();
                MentionedType::Prototype(*index)
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
            let mention = Mention { by: by.clone(), name: name.to_owned(), delegate };
            self.mentions.insert(key.clone(), mention);
            self.queue.push_back(key);
        }
    }
}
