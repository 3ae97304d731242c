//! The structs that declarations use, each described once.

use std::rc::Rc;

use super::documentation_id;
use super::prototypes::PointerSignature;
use super::types::Described;
use crate::collect::ir::declarations::{Field, NativeType, Struct};
use clr_metadata::columns::field;
use clr_metadata::{MarshalDescriptor, TableId, Token};
use clr_wasm_abi::marshal::{NativeField, NativeLayout};
use clr_wasm_abi::types::{CharSet, Named, Type, TypeInfo};
use foldhash::HashMap;

/// The structs so far.
#[derive(Default)]
pub(in crate::collect) struct Structs {
    list: Vec<Struct>,
    /// `None` for a type without a layout.
    known: HashMap<(Named, bool), Option<usize>>,
    opaque: HashMap<(String, u32, u32), usize>,
    /// Nesting of the structs and prototypes that are being described.
    depth: u32,
}

/// Maximum nesting, including pointers: types nested deeper are not described.
const MAX_DEPTH: u32 = 64;

/// How a struct is laid out.
pub(super) enum Form {
    /// The managed layout.
    Managed,
    /// The layout of the marshalled struct.
    Native(Rc<NativeLayout>),
}

impl Structs {
    pub(super) fn into_list(self) -> Vec<Struct> {
        self.list
    }

    /// A struct with known size and alignment.
    pub(super) fn opaque(&mut self, name: &str, documentation_id: &str, (size, align): (u32, u32)) -> usize {
        let key = (name.to_owned(), size, align);
        if let Some(index) = self.opaque.get(&key) {
            return *index;
        }
        let index = self.add(Struct {
            name: name.to_owned(),
            documentation_id: documentation_id.to_owned(),
            is_marshalled: false,
            size,
            align,
            fields: None,
        });
        self.opaque.insert(key, index);
        index
    }

    /// The struct, described on first use; `None` if it has no layout.
    pub(super) fn define(described: &mut Described<'_, '_, '_>, named: &Named, form: Form) -> Option<usize> {
        let key = (named.clone(), matches!(form, Form::Native(_)));
        if let Some(known) = described.structs.known.get(&key) {
            return *known;
        }
        let sizes = match &form {
            Form::Managed => described.layouts.of(named).ok().map(|layout| (layout.size, layout.align)),
            Form::Native(layout) => Some((layout.size, layout.align)),
        };
        let Some((size, align)) = sizes else {
            described.structs.known.insert(key, None);
            return None;
        };
        if !described.structs.enter() {
            return None;
        }
        let name = described.name(&Type::Value(named.clone()));
        let index = described.structs.add(Struct {
            name,
            documentation_id: documentation_id::of_type(described.layouts.type_system(), named),
            is_marshalled: key.1,
            size,
            align,
            fields: None,
        });
        // Entered before its fields, which may point back to it.
        described.structs.known.insert(key, Some(index));
        let fields = fields(described, named, &form);
        described.structs.leave();
        if let Some(slot) = described.structs.list.get_mut(index) {
            slot.fields = fields;
        }
        Some(index)
    }

    /// Enters a nested type; false if the maximum nesting is reached.
    pub(super) fn enter(&mut self) -> bool {
        let is_deep = self.depth >= MAX_DEPTH;
        self.depth += u32::from(!is_deep);
        !is_deep
    }

    pub(super) fn leave(&mut self) {
        self.depth -= 1;
    }

    fn add(&mut self, definition: Struct) -> usize {
        self.list.push(definition);
        self.list.len() - 1
    }
}

fn fields(described: &mut Described<'_, '_, '_>, named: &Named, form: &Form) -> Option<Vec<Field>> {
    let layouts = described.layouts;
    let info = layouts.info(named).ok()?;
    let types = layouts.field_types(named, &info).ok()?;
    let offsets = match form {
        Form::Managed => layouts.of(named).ok()?.offsets.clone(),
        // The fields of a base class are not described.
        Form::Native(layout) if layout.base.is_some() => return None,
        Form::Native(layout) => layout.offsets.clone(),
    };
    let is_unicode = layouts.type_system().char_set(info.id).ok()? == CharSet::Unicode;
    let mut fields = Vec::with_capacity(types.len());
    for (index, ((field, ty), offset)) in info.fields.iter().zip(&*types).zip(offsets).enumerate() {
        let written = PointerSignature::find(info.id.assembly, &field.sig, &named.arguments);
        let (ty, size) = match form {
            Form::Managed => {
                let described = described.with_function(written, |described| managed_field(described, ty));
                (described, layouts.size_of(ty).ok()?)
            }
            Form::Native(layout) => {
                let native = layout.fields.get(index)?;
                let given = layouts.type_system().field_marshal(info.id.assembly, field.row).ok()?;
                let described = described.with_function(written, |described| {
                    described.with_unicode(is_unicode, |described| native_field(described, ty, given, native))
                });
                (described, native.size)
            }
        };
        let (type_system, assembly) = (layouts.type_system(), info.id.assembly);
        let name = type_system[assembly].module.string(field::NAME, field.row).unwrap_or_default();
        // If there is no space for this name, there is none for the next one, and that is reported.
        let name = type_system.keep(assembly, Token::new(TableId::Field, field.row), name.to_owned()).ok()?;
        fields.push(repeated_if_inline(&info, Field { name, offset, size, ty }));
    }
    Some(fields)
}

/// The only field of an inline array represents all elements.
fn repeated_if_inline(info: &TypeInfo<'_>, field: Field) -> Field {
    let Some(count) = info.inline_array.and_then(|length| u32::try_from(length).ok()) else { return field };
    let size = field.size.saturating_mul(count);
    Field { size, ty: NativeType::Repeated { element: Box::new(field.ty), count }, ..field }
}

fn managed_field(described: &mut Described<'_, '_, '_>, ty: &Type) -> NativeType {
    if let Type::Value(named) = ty
        && let Some(buffer) = fixed_buffer(described, named)
    {
        return buffer;
    }
    described.plain(ty)
}

/// The compiler's form of `fixed int x[3]`: a nested struct with the first element and the size of all.
fn fixed_buffer(described: &mut Described<'_, '_, '_>, named: &Named) -> Option<NativeType> {
    let layouts = described.layouts;
    let info = layouts.info(named).ok()?;
    let [_] = &*info.fields else { return None };
    if !(info.is_nested && info.name.ends_with("e__FixedBuffer")) {
        return None;
    }
    let types = layouts.field_types(named, &info).ok()?;
    let element = types.last()?;
    let count = layouts.of(named).ok()?.size.checked_div(layouts.size_of(element).ok()?)?;
    Some(NativeType::Repeated { element: Box::new(described.plain(element)), count })
}

fn native_field(
    described: &mut Described<'_, '_, '_>,
    ty: &Type,
    given: Option<MarshalDescriptor>,
    field: &NativeField,
) -> NativeType {
    // The elements of an array or the characters of a string that are inside the struct.
    let (element, given) = match ty {
        Type::Array(element) => (&**element, None),
        _ => (ty, given),
    };
    if let Type::Value(named) = element
        && let Some(buffer) = fixed_buffer(described, named)
    {
        return buffer;
    }
    let native = described.native(element, given, field.native.clone());
    if matches!(ty, Type::Array(_) | Type::String) && field.size > 0 && !is_pointer(ty, field) {
        return NativeType::Repeated { element: Box::new(native), count: field.count };
    }
    native
}

/// A string that is not inside the struct.
fn is_pointer(ty: &Type, field: &NativeField) -> bool {
    matches!(ty, Type::String) && field.native == clr_wasm_abi::Native::Pointer
}
