//! Definitions of structs, and assertions of their layout.

use std::collections::BTreeSet;

use super::abi;
use super::c_layout::{self, Body, CMember};
use super::identifiers::Local;
use super::spelling::CType;
use super::used_types::UsedType;
use super::{Header, comments};
use thunkgen_core::collect::ir::declarations::{NativeType, Struct};
use thunkgen_core::emit::cpp::Cpp;

/// Writes every struct after those it contains.
pub(super) fn structs(out: &mut Cpp, header: &Header<'_>) {
    let mut done = Done::default();
    for key in header.used_types.keys() {
        if let UsedType::Struct(index) = key {
            define(out, header, *index, &mut done);
        }
    }
}

/// Structs that were written.
#[derive(Default)]
struct Done {
    all: BTreeSet<usize>,
    /// Those with a different layout if pointers have a different size.
    with_pointers: BTreeSet<usize>,
}

fn define(out: &mut Cpp, header: &Header<'_>, index: usize, done: &mut Done) {
    let Some(of) = header.structs().get(index) else { return };
    if !done.all.insert(index) {
        return;
    }
    for field in of.fields.iter().flatten() {
        if let Some(inner) = held(&field.ty) {
            define(out, header, inner, done);
        }
        if abi::holds_pointer(&field.ty, &done.with_pointers) {
            done.with_pointers.insert(index);
        }
    }
    if of.size == 0 {
        return;
    }
    let name = header.names.of(&UsedType::Struct(index));
    let mut definition = StructDefinition { header, of, local: Local::new(&header.names.types), fields: Vec::new() };
    out.separate();
    out.line(format_args!("#ifndef THUNKGEN_OWN_{name}"));
    definition.write(out, name);
    let fields = definition.fields;
    let on_wasm = done.with_pointers.contains(&index);
    if on_wasm && !fields.is_empty() {
        out.line(format_args!("#ifdef __wasm32__"));
    }
    for (field, offset) in &fields {
        let text = format!("offset of {name}.{field}");
        out.line(format_args!("THUNKGEN_ASSERT(offsetof({name}, {field}) == {offset}, \"{text}\");"));
    }
    if on_wasm && !fields.is_empty() {
        out.line(format_args!("#endif"));
    }
    out.line(format_args!("#endif"));
    if on_wasm {
        out.line(format_args!("#ifdef __wasm32__"));
    }
    let align = abi::align(of);
    out.line(format_args!("THUNKGEN_ASSERT(sizeof({name}) == {}, \"size of {name}\");", of.size));
    out.line(format_args!("THUNKGEN_ASSERT(THUNKGEN_ALIGNOF({name}) == {align}, \"alignment of {name}\");"));
    if on_wasm {
        out.line(format_args!("#endif"));
    }
}

/// The struct that a field of this type contains.
fn held(ty: &NativeType) -> Option<usize> {
    match ty {
        NativeType::Struct(index) => Some(*index),
        NativeType::Repeated { element, .. } => held(element),
        _ => None,
    }
}

struct StructDefinition<'h, 's> {
    header: &'h Header<'s>,
    of: &'h Struct,
    local: Local<'h>,
    /// Names and offsets of the written fields.
    fields: Vec<(String, u32)>,
}

impl StructDefinition<'_, '_> {
    fn write(&mut self, out: &mut Cpp, name: &str) {
        let body = c_layout::body(self.of, self.header.structs());
        let kind = if body.is_union { "union" } else { "struct" };
        let attributes = attributes(&body);
        if let Some(comment) = self.header.comment(&self.of.documentation_id) {
            comments::documentation(out, "", comment, &[], false);
        }
        out.line(format_args!("{kind} {attributes}{name} {{"));
        self.members(out, "    ", &body.members, body.packed);
        out.line(format_args!("}};"));
    }

    fn members(&mut self, out: &mut Cpp, indent: &str, members: &[CMember], packed: bool) {
        let inner = format!("{indent}    ");
        let attribute = if packed { "__attribute__((packed)) " } else { "" };
        for member in members {
            let (kind, members) = match member {
                CMember::Field { index, as_bytes } => {
                    self.field(out, indent, *index, *as_bytes);
                    continue;
                }
                CMember::Gap(bytes) => {
                    let name = self.local.name("", "reserved");
                    out.line(format_args!("{indent}uint8_t {name}[{bytes}];"));
                    continue;
                }
                CMember::Struct(members) => ("struct", members),
                CMember::Union(members) => ("union", members),
            };
            out.line(format_args!("{indent}__extension__ {kind} {attribute}{{"));
            self.members(out, &inner, members, packed);
            out.line(format_args!("{indent}}};"));
        }
    }

    fn field(&mut self, out: &mut Cpp, indent: &str, index: usize, as_bytes: bool) {
        let Some(field) = self.of.fields.as_deref().and_then(|fields| fields.get(index)) else { return };
        let id = self.of.documentation_id.strip_prefix("T:").map(|of| format!("F:{of}.{}", field.name));
        if let Some(comment) = id.and_then(|id| self.header.comment(&id)) {
            comments::documentation(out, indent, comment, &[], false);
        }
        let name = self.local.name(&field.name, &format!("field{index}"));
        let declared = if as_bytes {
            format!("uint8_t {name}[{}]", field.size)
        } else {
            CType::of(&field.ty, self.header.names).declare(&name)
        };
        out.line(format_args!("{indent}{declared};"));
        self.fields.push((name, field.offset));
    }
}

fn attributes(body: &Body) -> String {
    match (body.packed, body.aligned) {
        (false, None) => String::new(),
        (true, None) => "__attribute__((packed)) ".to_owned(),
        (false, Some(align)) => format!("__attribute__((aligned({align}))) "),
        (true, Some(align)) => format!("__attribute__((packed, aligned({align}))) "),
    }
}
