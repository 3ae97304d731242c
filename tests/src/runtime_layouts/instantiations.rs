//! The instantiated generic value types that an assembly's metadata names, and those inside of them.

use std::collections::BTreeSet;
use std::rc::Rc;

use clr_metadata::columns::{field, method_def, method_spec, stand_alone_sig, type_spec};
use clr_metadata::{
    MethodSig, ReadError, StandAloneSig, TableId, Token, TypeSig, decode_field, decode_method, decode_method_spec,
    decode_stand_alone, decode_type_spec,
};
use clr_wasm_abi::types::{AssemblyId, Definition, Named, Type, TypeArguments, TypeKind, TypeSystem};

/// Deepest nesting of type arguments that is followed: fields of generic types can ask for ever deeper ones.
const MAX_DEPTH: u32 = 6;

/// Every instantiation of a value type in the signatures of these assemblies, without those that are open.
pub fn closed(type_system: &TypeSystem<'_>, assemblies: &[AssemblyId]) -> BTreeSet<Named> {
    let mut found = Found { type_system, seen: BTreeSet::new(), values: BTreeSet::new() };
    for &assembly in assemblies {
        let name = type_system[assembly].name;
        let sigs = signatures(type_system, assembly).unwrap_or_else(|error| panic!("{name}: {error}"));
        for sig in sigs {
            // A signature with open variables can still hold closed types.
            // No error is expected, so no row has to be named.
            let row = Token::new(TableId::Module, 1);
            let ty = type_system.instantiate(assembly, row, &sig, TypeArguments::default());
            found.visit(&ty.expect("a sound signature"));
        }
    }
    found.values
}

/// The types in the signatures of an assembly.
fn signatures(type_system: &TypeSystem<'_>, assembly: AssemblyId) -> Result<Vec<TypeSig>, ReadError> {
    let module = &type_system[assembly].module;
    let (tables, heaps) = (&module.tables, &module.heaps);
    let mut sigs = Vec::new();
    for row in tables.all(TableId::TypeSpec) {
        sigs.push(decode_type_spec(heaps, tables.cell(type_spec::SIGNATURE, row)?)?);
    }
    for row in tables.all(TableId::Field) {
        sigs.push(decode_field(heaps, tables.cell(field::SIGNATURE, row)?)?);
    }
    for row in tables.all(TableId::MethodDef) {
        add_method(decode_method(heaps, tables.cell(method_def::SIGNATURE, row)?)?, &mut sigs);
    }
    for row in tables.all(TableId::MethodSpec) {
        sigs.extend(decode_method_spec(heaps, tables.cell(method_spec::INSTANTIATION, row)?)?);
    }
    for row in tables.all(TableId::StandAloneSig) {
        match decode_stand_alone(heaps, tables.cell(stand_alone_sig::SIGNATURE, row)?)? {
            StandAloneSig::Locals(locals) => sigs.extend(locals),
            StandAloneSig::Method(method) => add_method(method, &mut sigs),
            _ => {}
        }
    }
    Ok(sigs)
}

fn add_method(method: MethodSig, sigs: &mut Vec<TypeSig>) {
    sigs.push(method.ret);
    sigs.extend(method.params);
}

struct Found<'u, 'a> {
    type_system: &'u TypeSystem<'a>,
    /// Every named type that was looked into.
    seen: BTreeSet<Named>,
    values: BTreeSet<Named>,
}

impl Found<'_, '_> {
    fn visit(&mut self, ty: &Type) {
        match ty {
            Type::Array(element) | Type::Pointer(element) | Type::ByRef(element) => self.visit(element),
            Type::Class(named) | Type::Value(named) if !named.arguments.is_empty() => {
                named.arguments.iter().for_each(|argument| self.visit(argument));
                if is_closed(ty, 0) {
                    self.visit_instantiation(named);
                }
            }
            _ => {}
        }
    }

    fn visit_instantiation(&mut self, named: &Named) {
        let Definition::Resolved(id) = &named.definition else { return };
        if !self.seen.insert(named.clone()) {
            return;
        }
        let info = self.type_system.type_info(*id).expect("a sound definition");
        if matches!(info.kind, TypeKind::Struct | TypeKind::Enum) {
            self.values.insert(named.clone());
        }
        let arguments = Rc::clone(&named.arguments);
        for field in &info.fields {
            let arguments = TypeArguments { of_type: &arguments, of_method: &[] };
            let row = Token::new(TableId::Field, field.row);
            let ty = self.type_system.instantiate(id.assembly, row, &field.sig, arguments);
            self.visit(&ty.expect("a sound field"));
        }
    }
}

fn is_closed(ty: &Type, depth: u32) -> bool {
    match ty {
        Type::TypeVariable(_) | Type::MethodVariable(_) => false,
        _ if depth > MAX_DEPTH => false,
        Type::Array(element) | Type::Pointer(element) | Type::ByRef(element) => is_closed(element, depth + 1),
        Type::Class(named) | Type::Value(named) => {
            named.arguments.iter().all(|argument| is_closed(argument, depth + 1))
        }
        _ => true,
    }
}
