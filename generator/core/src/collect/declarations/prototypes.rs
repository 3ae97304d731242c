//! The prototypes of function pointers and delegates, each described once.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::types::Described;
use super::{PrototypeSource, contents, param_table};
use crate::collect::conventions::has_key;
use crate::collect::delegates::find_invoke;
use crate::collect::ir::declarations::{NativeType, Param, Prototype};
use crate::collect::marshalling::{Call, has_marshalling};
use crate::collect::method_types::MethodTypes;
use clr_metadata::{AttributeValue, MethodSig, TableId, Token, TypeSig};
use clr_wasm_abi::types::{
    AssemblyId, Definition, FUNCTION_POINTER, KnownAttribute, Named, Type, TypeArguments, TypeDefId, TypeKind,
    TypeSystem,
};
use foldhash::HashMap;

/// Maximum length in bytes of a list of types in a name: nested names could grow without end.
const MAX_NAME: usize = 200;

/// CharSet.Unicode of C#.
const UNICODE: i64 = 3;

/// The prototypes so far.
#[derive(Default)]
pub(in crate::collect) struct Prototypes {
    list: Vec<Prototype>,
    /// `None` for a prototype without a signature.
    known: HashMap<PrototypeKey, Option<usize>>,
}

#[derive(Clone, PartialEq, Eq, Hash)]
enum PrototypeKey {
    Delegate(TypeDefId),
    Pointer(Rc<PointerSignature>),
}

/// A function pointer's signature in metadata. The type of a function pointer does not contain it, since no layout
/// depends on it; it is looked up in the signature that contains the type.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct PointerSignature {
    assembly: AssemblyId,
    sig: Rc<MethodSig>,
    /// Arguments of the enclosing generic type.
    arguments: Rc<[Type]>,
}

impl PointerSignature {
    /// The unmanaged function pointer that a type is or points to; there is at most one outside type arguments.
    pub fn find(assembly: AssemblyId, ty: &TypeSig, arguments: &Rc<[Type]>) -> Option<Rc<PointerSignature>> {
        let mut ty = ty.unmodified();
        while let TypeSig::Pointer(inner) | TypeSig::ByRef(inner) | TypeSig::SzArray(inner) | TypeSig::Array(inner, _) =
            ty
        {
            ty = inner.unmodified();
        }
        match ty {
            TypeSig::FnPtr(sig) if has_key(sig) => {
                Some(Rc::new(PointerSignature { assembly, sig: Rc::clone(sig), arguments: Rc::clone(arguments) }))
            }
            _ => None,
        }
    }
}

impl Prototypes {
    pub(super) fn into_list(self) -> Vec<Prototype> {
        self.list
    }

    /// The name of a type, with its function pointer in C# syntax: `delegate* unmanaged<int, void>`.
    pub(super) fn in_name(&self, name: String, native: &NativeType) -> String {
        let mut native = native;
        while let NativeType::Pointer(to) | NativeType::Reference { to, .. } | NativeType::Array(to) = native {
            native = to;
        }
        let NativeType::Function { delegate: None, prototype: Some(index) } = native else { return name };
        // A recursive one is not described yet.
        let Some(Prototype { ret, params, .. }) = self.list.get(*index).filter(|of| !of.ret.managed.is_empty()) else {
            return name;
        };
        let types: Vec<&str> = params.iter().chain([ret]).map(|param| &*param.managed).collect();
        let types = types.join(", ");
        if types.len() > MAX_NAME {
            return name;
        }
        name.replacen(FUNCTION_POINTER, &format!("delegate* unmanaged<{types}>"), 1)
    }

    /// The prototype of an unmanaged function pointer.
    pub(super) fn of_pointer(described: &mut Described<'_, '_, '_>, written: &Rc<PointerSignature>) -> Option<usize> {
        let key = PrototypeKey::Pointer(Rc::clone(written));
        Prototypes::define(described, key, |type_system| {
            Some(Source {
                assembly: written.assembly,
                sig: Rc::clone(&written.sig),
                arguments: Rc::clone(&written.arguments),
                method: None,
                call: has_marshalling(type_system, written.assembly).ok()?.then(Call::default),
            })
        })
    }

    /// The prototype of a delegate in native code: that of its `Invoke`.
    pub(super) fn of_delegate(described: &mut Described<'_, '_, '_>, named: &Named) -> Option<usize> {
        let Definition::Resolved(id) = named.definition else { return None };
        Prototypes::define(described, PrototypeKey::Delegate(id), |type_system| {
            if type_system.type_info(id).ok()?.kind != TypeKind::Delegate {
                return None;
            }
            let assembly = &type_system[id.assembly];
            let invoke = find_invoke(assembly, id.row).ok()??;
            let call = Call {
                marshal: type_system.method_marshal(id.assembly, invoke).ok()?,
                is_unicode: is_unicode(type_system, id),
                ..Call::default()
            };
            Some(Source {
                assembly: id.assembly,
                sig: Rc::new(type_system.method_signature(id.assembly, Token::new(TableId::MethodDef, invoke)).ok()?),
                arguments: Rc::new([]),
                method: Some(invoke),
                call: has_marshalling(type_system, id.assembly).ok()?.then_some(call),
            })
        })
    }

    fn define<'a>(
        described: &mut Described<'_, '_, 'a>,
        key: PrototypeKey,
        source: impl FnOnce(&TypeSystem<'a>) -> Option<Source>,
    ) -> Option<usize> {
        if let Some(known) = described.prototypes.known.get(&key) {
            return *known;
        }
        if !described.structs.enter() {
            return None;
        }
        let index = source(described.layouts.type_system()).and_then(|source| source.describe(described, &key));
        described.structs.leave();
        // Without a signature; a prototype that has one was entered before its parameters, which may point back to it.
        *described.prototypes.known.entry(key).or_insert(index)
    }
}

/// A signature and how it is marshalled.
struct Source {
    assembly: AssemblyId,
    sig: Rc<MethodSig>,
    arguments: Rc<[Type]>,
    /// MethodDef row of a delegate's `Invoke`.
    method: Option<u32>,
    /// `None` if it is not marshalled.
    call: Option<Call>,
}

impl Source {
    fn describe(&self, described: &mut Described<'_, '_, '_>, key: &PrototypeKey) -> Option<usize> {
        let layouts = described.layouts;
        let arguments = TypeArguments { of_type: &self.arguments, of_method: &[] };
        let member = Token::new(TableId::MethodDef, self.method.unwrap_or_default());
        let types = MethodTypes::resolve_with(layouts, self.assembly, member, &self.sig, arguments).ok()?;
        // As declared first: only a closed signature can be marshalled.
        let declared = types.native(layouts, described.tokens);
        let signature = match &self.call {
            Some(call) => types.marshalled(layouts, described.tokens, call).ok()?,
            None => declared.ok()?,
        };
        let rows = match self.method {
            Some(method) => param_table::params(layouts.type_system(), self.assembly, method).unwrap_or_default(),
            None => BTreeMap::new(),
        };
        let nothing = Param { name: String::new(), managed: String::new(), native: NativeType::Void };
        let list = &mut described.prototypes.list;
        let index = list.len();
        list.push(Prototype { signature, ret: nothing, params: Vec::new() });
        described.prototypes.known.insert(key.clone(), Some(index));
        let shape = PrototypeSource {
            assembly: self.assembly,
            sig: &self.sig,
            arguments: &self.arguments,
            types: &types,
            rows: &rows,
            call: self.call.as_ref(),
        };
        let is_unicode = self.call.as_ref().is_some_and(|call| call.is_unicode);
        let (ret, params) = described.with_unicode(is_unicode, |described| contents(described, &shape));
        if let Some(prototype) = described.prototypes.list.get_mut(index) {
            (prototype.ret, prototype.params) = (ret, params);
        }
        Some(index)
    }
}

/// Whether strings of a delegate are UTF-16.
fn is_unicode(type_system: &TypeSystem<'_>, id: TypeDefId) -> bool {
    let delegate = id.token();
    let attribute = type_system.attribute(id.assembly, delegate, KnownAttribute::UnmanagedFunctionPointer);
    let Ok(Some(attribute)) = attribute else { return false };
    let arguments = type_system.attribute_arguments(id.assembly, attribute.row);
    arguments.is_ok_and(|arguments| matches!(arguments.named("CharSet"), Some(AttributeValue::Int(UNICODE))))
}
