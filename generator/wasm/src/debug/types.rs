//! Types: from the entries of debug information to layouts in memory and wasm types.

use std::cell::Cell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use gimli::{AttributeValue, DwAt, EndianSlice, LittleEndian, UnitOffset, constants as dw};

use super::lower::{Content, Passed, content, layout_content, passed};
use super::{
    DebugField, DebugInfo, DebugParam, DebugPrototype, DebugStruct, DebugType, Language, Layout, Place, Shape,
    StructKind,
};
use crate::FuncType;

pub(super) type Slice<'d> = EndianSlice<'d, LittleEndian>;
pub(super) type Entry<'d> = gimli::DebuggingInformationEntry<Slice<'d>>;
pub(super) type Unit<'d> = gimli::Unit<Slice<'d>>;

/// An entry: index of its unit, and its offset there.
pub(super) type At = (usize, UnitOffset);

/// Maximum depth of nested types.
const MAX_DEPTH: u32 = 32;

/// Maximum number of structs and prototypes of one object.
const MAX_TYPES: usize = 20_000;

/// Maximum number of child entries that are read; an entry is read again for each reference.
const MAX_LOOKS: u32 = 10_000_000;

/// Depth that a function pointer in a name counts, so that nested names stay short.
const IN_NAME: u32 = 16;

/// Maximum length of a name, in characters; names are for messages. Many entries may share one long string.
const MAX_NAME: usize = 80;

/// Maximum length of a path and of its parts, in bytes; no longer path can be opened.
const MAX_PATH: usize = 4_095;

/// The names of types without one.
const NAMELESS_STRUCT: &str = "a struct without a name";
const NAMELESS_UNION: &str = "a union without a name";

/// Reads types, each one once.
pub(super) struct Types<'d> {
    pub dwarf: &'d gimli::Dwarf<Slice<'d>>,
    pub units: &'d [Unit<'d>],
    pub info: DebugInfo,
    /// The content of each struct.
    contents: Vec<Content>,
    structs: HashMap<At, DebugType>,
    /// How many more child entries may be read.
    looks: Cell<u32>,
    prototypes: HashMap<(At, bool), usize>,
    /// Paths of declarations, each one once.
    paths: HashSet<Rc<str>>,
}

impl<'d> Types<'d> {
    pub fn new(dwarf: &'d gimli::Dwarf<Slice<'d>>, units: &'d [Unit<'d>]) -> Types<'d> {
        let (info, contents) = (DebugInfo::default(), Vec::new());
        let looks = Cell::new(MAX_LOOKS);
        let (structs, prototypes, paths) = (HashMap::new(), HashMap::new(), HashSet::new());
        Types { dwarf, units, info, contents, structs, looks, prototypes, paths }
    }

    pub fn entry(&self, (unit, offset): At) -> Option<Entry<'d>> {
        self.units.get(unit)?.entry(offset).ok()
    }

    /// The children of an entry.
    pub fn children(&self, (unit, offset): At) -> Vec<(At, Entry<'d>)> {
        let mut found = Vec::new();
        let Some(of) = self.units.get(unit) else { return found };
        let Ok(mut tree) = of.entries_tree(Some(offset)) else { return found };
        let Ok(root) = tree.root() else { return found };
        let mut children = root.children();
        while let Ok(Some(child)) = children.next() {
            let Some(left) = self.looks.get().checked_sub(1) else { break };
            self.looks.set(left);
            found.push(((unit, child.entry().offset()), child.entry().clone()));
        }
        found
    }

    /// The entry that an attribute refers to.
    pub fn reference(&self, (unit, _): At, entry: &Entry<'d>, attribute: DwAt) -> Option<At> {
        match entry.attr_value(attribute)? {
            AttributeValue::UnitRef(offset) => Some((unit, offset)),
            AttributeValue::DebugInfoRef(offset) => {
                let start = |unit: &Unit<'_>| unit.header.debug_info_offset().map_or(0, |offset| offset.0);
                let unit = self.units.partition_point(|unit| start(unit) <= offset.0).checked_sub(1)?;
                Some((unit, offset.to_unit_offset(&self.units.get(unit)?.header)?))
            }
            _ => None,
        }
    }

    /// The text of an attribute, shortened for messages.
    pub fn text(&self, (unit, _): At, entry: &Entry<'d>, attribute: DwAt) -> Option<String> {
        let text = self.dwarf.attr_string(self.units.get(unit)?, entry.attr_value(attribute)?).ok()?;
        // A character has at most 4 bytes; one more shows that there are more.
        let start = text.slice().get(..4 * (MAX_NAME + 1)).unwrap_or(text.slice());
        Some(short(String::from_utf8_lossy(start).into_owned()))
    }

    pub fn language(&self, unit: usize) -> Language {
        let Some(of) = self.units.get(unit) else { return Language::C };
        let Ok(root) = of.entry(of.header.root_offset()) else { return Language::C };
        // Zig's compiler calls its language C.
        let of_zig = |producer: String| producer.starts_with("zig ");
        let is_zig = || self.text((unit, root.offset()), &root, dw::DW_AT_producer).is_some_and(of_zig);
        match root.attr_value(dw::DW_AT_language) {
            Some(AttributeValue::Language(dw::DW_LANG_Rust)) => Language::Rust,
            Some(AttributeValue::Language(dw::DW_LANG_Zig)) => Language::Zig,
            Some(AttributeValue::Language(dw::DW_LANG_C99)) if is_zig() => Language::Zig,
            Some(AttributeValue::Language(
                dw::DW_LANG_C_plus_plus
                | dw::DW_LANG_C_plus_plus_03
                | dw::DW_LANG_C_plus_plus_11
                | dw::DW_LANG_C_plus_plus_14
                | dw::DW_LANG_C_plus_plus_17
                | dw::DW_LANG_C_plus_plus_20,
            )) => Language::Cpp,
            _ => Language::C,
        }
    }

    /// File and line of a declaration; `None` for a path that is too long.
    pub fn place(&mut self, (unit, _): At, entry: &Entry<'d>) -> Option<Place> {
        let of = self.units.get(unit)?;
        let header = of.line_program.as_ref()?.header();
        let file = match entry.attr_value(dw::DW_AT_decl_file)? {
            AttributeValue::FileIndex(file) => header.file(file)?,
            value => header.file(value.udata_value()?)?,
        };
        let short = |text: Slice<'d>| (text.len() <= MAX_PATH).then(|| text.to_string_lossy().into_owned());
        let text = |value| short(self.dwarf.attr_string(of, value).ok()?);
        let mut path = text(file.path_name())?;
        let directory = file.directory(header).map_or(Some(String::new()), text)?;
        let compiled_in = of.comp_dir.map_or(Some(String::new()), short)?;
        for dir in [directory, compiled_in] {
            let is_absolute = path.starts_with(['/', '\\']) || path.get(1..2) == Some(":");
            if !is_absolute && !dir.is_empty() {
                path = format!("{}/{path}", dir.trim_end_matches(['/', '\\']));
            }
        }
        if path.len() > MAX_PATH {
            return None;
        }
        let path: Rc<str> = match self.paths.get(&*path) {
            Some(known) => known.clone(),
            None => path.into(),
        };
        self.paths.insert(path.clone());
        let line = entry.attr_value(dw::DW_AT_decl_line).and_then(|line| line.udata_value()).unwrap_or(0);
        Some(Place { path, line })
    }

    /// The function type of a subprogram or subroutine type; its parameters are below `params`.
    pub fn shape(&mut self, ret: Option<At>, params: At, depth: u32) -> Shape {
        let language = self.language(params.0);
        let ret = DebugParam { name: String::new(), ..self.param(ret, depth) };
        let entry = self.entry(params);
        let has_prototype = entry.is_some_and(|entry| {
            language != Language::C
                || matches!(entry.attr_value(dw::DW_AT_prototyped), Some(AttributeValue::Flag(true)))
        });
        let (mut all, mut is_variadic) = (Vec::new(), false);
        for (at, child) in self.children(params) {
            match child.tag() {
                dw::DW_TAG_formal_parameter => {
                    let ty = self.reference(at, &child, dw::DW_AT_type);
                    let name = self.text(at, &child, dw::DW_AT_name).unwrap_or_default();
                    all.push(DebugParam { name, ..self.param(ty, depth) });
                }
                dw::DW_TAG_unspecified_parameters => is_variadic = has_prototype,
                _ => {}
            }
        }
        let (result, buffer) = match self.passed(&ret.ty) {
            Passed::Nothing => (None, None),
            Passed::One(ty) => (Some(ty), None),
            Passed::Two | Passed::Address => (None, Some(Passed::Address)),
        };
        let passed: Vec<Passed> = all.iter().map(|param| self.passed(&param.ty)).collect();
        let more = is_variadic.then_some(Passed::Address);
        let values = buffer.into_iter().chain(passed).chain(more).flat_map(Passed::values);
        let ret = DebugParam { values: usize::from(result.is_some()), ..ret };
        Shape { ty: FuncType::new(values, result), params: all, ret, is_variadic, language }
    }

    fn param(&mut self, ty: Option<At>, depth: u32) -> DebugParam {
        let written = short(self.name(ty, depth));
        let ty = self.ty(ty, depth, false);
        let passed = self.passed(&ty);
        let by_address = passed == Passed::Address;
        DebugParam { name: String::new(), written, values: passed.values().len(), by_address, ty }
    }

    fn passed(&self, ty: &DebugType) -> Passed {
        let layout = match ty {
            DebugType::Struct(index) => self.info.structs.get(*index).and_then(|of| of.layout.as_ref()),
            _ => None,
        };
        passed(content(&self.contents, ty), layout)
    }

    /// The type at an entry. Targets of pointers in fields are not followed, except functions.
    fn ty(&mut self, at: Option<At>, depth: u32, in_field: bool) -> DebugType {
        let Some(at) = at else { return DebugType::Void };
        let Some(entry) = self.entry(at).filter(|_| depth < MAX_DEPTH) else { return DebugType::Unknown };
        let to = self.reference(at, &entry, dw::DW_AT_type);
        let number = |attribute| entry.attr_value(attribute).and_then(|value| value.udata_value());
        match entry.tag() {
            dw::DW_TAG_typedef => {
                let ty = self.ty(to, depth + 1, in_field);
                self.name_struct(&ty, at, &entry);
                ty
            }
            dw::DW_TAG_const_type | dw::DW_TAG_volatile_type | dw::DW_TAG_restrict_type | dw::DW_TAG_atomic_type => {
                self.ty(to, depth + 1, in_field)
            }
            dw::DW_TAG_base_type => {
                let encoding = match entry.attr_value(dw::DW_AT_encoding) {
                    Some(AttributeValue::Encoding(encoding)) => encoding,
                    _ => return DebugType::Unknown,
                };
                let name = self.text(at, &entry, dw::DW_AT_name).unwrap_or_default();
                base(encoding, number(dw::DW_AT_byte_size), &name)
            }
            dw::DW_TAG_pointer_type | dw::DW_TAG_reference_type | dw::DW_TAG_rvalue_reference_type => {
                match self.subroutine(to, depth) {
                    Some(of) => {
                        let name = self.text(at, &entry, dw::DW_AT_name);
                        self.prototype(of, name, depth + 1).map_or(DebugType::Unknown, DebugType::Function)
                    }
                    None if in_field => DebugType::Pointer(Box::new(DebugType::Unknown)),
                    None => DebugType::Pointer(Box::new(self.ty(to, depth + 1, false))),
                }
            }
            dw::DW_TAG_enumeration_type => {
                let name = self.text(at, &entry, dw::DW_AT_name).unwrap_or_default();
                let bytes = number(dw::DW_AT_byte_size).and_then(|bytes| u8::try_from(bytes).ok()).unwrap_or(0);
                // The target is void in C.
                if name == "c_void" && bytes == 1 {
                    return DebugType::Void;
                }
                let signed = matches!(self.ty(to, depth + 1, true), DebugType::Integer { signed: true, .. });
                if bytes == 0 { DebugType::Unknown } else { DebugType::Enum { name, bytes, signed } }
            }
            dw::DW_TAG_structure_type | dw::DW_TAG_class_type | dw::DW_TAG_union_type => {
                self.structure(at, &entry, depth)
            }
            dw::DW_TAG_array_type => self.array(at, &entry, to, depth),
            dw::DW_TAG_unspecified_type => DebugType::Pointer(Box::new(DebugType::Void)),
            _ => DebugType::Unknown,
        }
    }

    /// A struct without a name has that of its first alias.
    fn name_struct(&mut self, ty: &DebugType, alias: At, entry: &Entry<'d>) {
        if let DebugType::Struct(index) = ty
            && self.info.structs.get(*index).is_some_and(|of| [NAMELESS_STRUCT, NAMELESS_UNION].contains(&&*of.name))
            && let Some(name) = self.text(alias, entry, dw::DW_AT_name)
            && let Some(of) = self.info.structs.get_mut(*index)
        {
            of.name = short(name);
        }
    }

    /// The subroutine type that is the target of a pointer.
    fn subroutine(&self, to: Option<At>, depth: u32) -> Option<At> {
        let mut at = to?;
        for _ in depth..MAX_DEPTH {
            let entry = self.entry(at)?;
            match entry.tag() {
                dw::DW_TAG_subroutine_type => return Some(at),
                dw::DW_TAG_typedef | dw::DW_TAG_const_type => at = self.reference(at, &entry, dw::DW_AT_type)?,
                _ => return None,
            }
        }
        None
    }

    /// `name` is the name of the pointer in Rust: `extern "C" fn(i32)`.
    fn prototype(&mut self, at: At, name: Option<String>, depth: u32) -> Option<usize> {
        let named = name.filter(|_| self.language(at.0) == Language::Rust);
        let rust_abi = named.filter(|name| !name.contains("extern \"C"));
        let key = (at, rust_abi.is_some());
        if let Some(index) = self.prototypes.get(&key) {
            return Some(*index);
        }
        let index = self.info.prototypes.len();
        if index >= MAX_TYPES || depth >= MAX_DEPTH {
            return None;
        }
        // A recursive prototype is in the list while it is read.
        let ret = self.param(None, MAX_DEPTH);
        let (ty, language) = (FuncType::default(), self.language(at.0));
        let shape = Shape { ty, params: Vec::new(), ret, is_variadic: false, language };
        self.info.prototypes.push(DebugPrototype { shape, rust_abi: rust_abi.map(short) });
        self.prototypes.insert(key, index);
        let entry = self.entry(at)?;
        let ret = self.reference(at, &entry, dw::DW_AT_type);
        let shape = self.shape(ret, at, depth + 1);
        self.info.prototypes.get_mut(index)?.shape = shape;
        Some(index)
    }

    fn structure(&mut self, at: At, entry: &Entry<'d>, depth: u32) -> DebugType {
        if let Some(known) = self.structs.get(&at) {
            return known.clone();
        }
        let language = self.language(at.0);
        // `Option` of a pointer, `NonNull`, and structs that contain only a pointer. They come before the struct is known,
        // because their target may refer to them.
        let pointer = match language {
            Language::Rust => self.optional_pointer(at, depth).or_else(|| self.only_pointer(at, entry, depth)),
            _ => None,
        };
        if let Some(pointer) = pointer {
            self.structs.insert(at, pointer.clone());
            return pointer;
        }
        let index = self.info.structs.len();
        if index >= MAX_TYPES {
            return DebugType::Unknown;
        }
        let name = self.name(Some(at), depth);
        let place = self.place(at, entry);
        self.info.structs.push(DebugStruct { name: short(name), place, language, layout: None });
        self.contents.push(Content::Mixed);
        self.structs.insert(at, DebugType::Struct(index));
        let layout = self.layout(at, entry, depth);
        if let (Some(layout), Some(content)) = (&layout, self.contents.get(index)) {
            let content = match layout_content(&self.contents, language, layout) {
                Content::Mixed => *content,
                known => known,
            };
            self.contents[index] = content;
        }
        if let Some(of) = self.info.structs.get_mut(index) {
            of.layout = layout;
        }
        DebugType::Struct(index)
    }

    fn layout(&mut self, at: At, entry: &Entry<'d>, depth: u32) -> Option<Layout> {
        let number = |entry: &Entry<'d>, attribute| entry.attr_value(attribute).and_then(|value| value.udata_value());
        let size = u32::try_from(number(entry, dw::DW_AT_byte_size)?).ok()?;
        let mut kind = match entry.tag() {
            dw::DW_TAG_union_type => StructKind::Union,
            _ => StructKind::Struct,
        };
        let mut fields = Vec::new();
        for (at, child) in self.children(at) {
            match child.tag() {
                dw::DW_TAG_variant_part => kind = StructKind::TaggedUnion,
                dw::DW_TAG_member | dw::DW_TAG_inheritance => {
                    // Static members are declared here and defined elsewhere.
                    if child.has_attr(dw::DW_AT_external) || child.has_attr(dw::DW_AT_declaration) {
                        continue;
                    }
                    if child.has_attr(dw::DW_AT_virtuality) {
                        return None;
                    }
                    let ty = self.reference(at, &child, dw::DW_AT_type);
                    let ty = self.ty(ty, depth + 1, true);
                    let field_size = self.size(&ty);
                    let has_bits = child.has_attr(dw::DW_AT_bit_size);
                    let offset = match (number(&child, dw::DW_AT_data_member_location), has_bits) {
                        (Some(offset), _) => offset,
                        (None, true) => {
                            let bytes = u64::from(field_size.max(1));
                            number(&child, dw::DW_AT_data_bit_offset).unwrap_or(0) / 8 / bytes * bytes
                        }
                        (None, false) => 0,
                    };
                    let name = self.text(at, &child, dw::DW_AT_name).unwrap_or_default();
                    let name = name.strip_prefix("__").filter(|n| n.parse::<u32>().is_ok()).unwrap_or(&name).to_owned();
                    let offset = u32::try_from(offset).ok()?;
                    fields.push(DebugField { name, offset, size: field_size, ty, has_bits });
                }
                _ => {}
            }
        }
        // The list may be incomplete.
        if self.looks.get() == 0 {
            return None;
        }
        if kind == StructKind::TaggedUnion {
            fields.clear();
        }
        let computed = fields.iter().map(|field| self.align(&field.ty, 0)).max().unwrap_or(1);
        let align = number(entry, dw::DW_AT_alignment).and_then(|align| u32::try_from(align).ok());
        let convention = match entry.attr_value(dw::DW_AT_calling_convention) {
            Some(AttributeValue::CallingConvention(convention)) => Some(convention),
            _ => None,
        };
        let by_reference = convention == Some(dw::DW_CC_pass_by_reference);
        Some(Layout { size, align: align.unwrap_or(0).max(computed), kind, fields, by_reference })
    }

    /// The pointer in a struct of 4 bytes without other fields.
    fn only_pointer(&mut self, at: At, entry: &Entry<'d>, depth: u32) -> Option<DebugType> {
        let size = entry.attr_value(dw::DW_AT_byte_size).and_then(|size| size.udata_value());
        let children = self.children(at);
        let mut fields = children.iter().filter(|(_, child)| child.tag() == dw::DW_TAG_member);
        let (at, field) = fields.next().filter(|_| fields.next().is_none() && size == Some(4))?;
        let ty = self.reference(*at, field, dw::DW_AT_type);
        let ty = self.ty(ty, depth + 1, false);
        matches!(ty, DebugType::Pointer(_) | DebugType::Function(_)).then_some(ty)
    }

    /// The pointer in an `Option` of a pointer in Rust: its variant with data.
    fn optional_pointer(&mut self, at: At, depth: u32) -> Option<DebugType> {
        let (part, _) = self.children(at).into_iter().find(|(_, child)| child.tag() == dw::DW_TAG_variant_part)?;
        let variants = self.children(part).into_iter().filter(|(_, child)| child.tag() == dw::DW_TAG_variant);
        let variants: Vec<At> = variants.map(|(at, _)| at).take(3).collect();
        let [_, _] = variants[..] else { return None };
        let mut found = None;
        for variant in variants {
            for (at, member) in self.children(variant) {
                let of = self.reference(at, &member, dw::DW_AT_type)?;
                let data: Vec<_> =
                    self.children(of).into_iter().filter(|(_, child)| child.tag() == dw::DW_TAG_member).collect();
                match &data[..] {
                    [] => {}
                    [(at, member)] if found.is_none() => {
                        let ty = self.reference(*at, member, dw::DW_AT_type);
                        found = Some(self.ty(ty, depth + 1, false));
                    }
                    _ => return None,
                }
            }
        }
        found.filter(|ty| matches!(ty, DebugType::Pointer(_) | DebugType::Function(_)))
    }

    fn array(&mut self, at: At, entry: &Entry<'d>, of: Option<At>, depth: u32) -> DebugType {
        let element = self.ty(of, depth + 1, true);
        let mut count: u32 = 1;
        for (_, child) in self.children(at).into_iter().filter(|(_, child)| child.tag() == dw::DW_TAG_subrange_type) {
            let number = |attribute| child.attr_value(attribute).and_then(|value| value.udata_value());
            let upper = || number(dw::DW_AT_upper_bound).and_then(|bound| bound.checked_add(1));
            let length = number(dw::DW_AT_count).or_else(upper).and_then(|length| u32::try_from(length).ok());
            count = count.saturating_mul(length.unwrap_or(0));
        }
        if !entry.has_attr(dw::DW_AT_GNU_vector) {
            return DebugType::Array { element: Box::new(element), count };
        }
        let bytes = self.size(&element).saturating_mul(count);
        if bytes == 16 { DebugType::Vector } else { DebugType::Unknown }
    }

    /// Size of a type in bytes; 0 if it is not known.
    fn size(&self, ty: &DebugType) -> u32 {
        match ty {
            DebugType::Void | DebugType::Unknown => 0,
            DebugType::Bool => 1,
            DebugType::Integer { bytes, .. } | DebugType::Enum { bytes, .. } => (*bytes).into(),
            DebugType::Pointer(_) | DebugType::Function(_) | DebugType::Float => 4,
            DebugType::Double => 8,
            DebugType::Vector => 16,
            DebugType::Array { element, count } => self.size(element).saturating_mul(*count),
            DebugType::Struct(index) => {
                self.info.structs.get(*index).and_then(|of| of.layout.as_ref()).map_or(0, |layout| layout.size)
            }
        }
    }

    fn align(&self, ty: &DebugType, depth: u32) -> u32 {
        match ty {
            DebugType::Struct(index) => {
                self.info.structs.get(*index).and_then(|of| of.layout.as_ref()).map_or(1, |layout| layout.align)
            }
            DebugType::Array { element, .. } if depth < MAX_DEPTH => self.align(element, depth + 1),
            ty => self.size(ty).max(1),
        }
    }

    /// The name of a type in its language.
    fn name(&self, at: Option<At>, depth: u32) -> String {
        let Some(at) = at else { return "void".to_owned() };
        let Some(entry) = self.entry(at).filter(|_| depth < MAX_DEPTH) else { return "...".to_owned() };
        if let Some(name) = self.text(at, &entry, dw::DW_AT_name) {
            return name;
        }
        let to = self.reference(at, &entry, dw::DW_AT_type);
        let of = || self.name(to, depth + 1);
        let suffixed = |mark: &str| {
            let of = of();
            let space = if of.ends_with(['*', '&']) { "" } else { " " };
            format!("{of}{space}{mark}")
        };
        match entry.tag() {
            dw::DW_TAG_pointer_type => match self.subroutine(to, depth) {
                Some(at) => self.function_name(at, depth + 1),
                None => suffixed("*"),
            },
            dw::DW_TAG_reference_type => suffixed("&"),
            dw::DW_TAG_rvalue_reference_type => suffixed("&&"),
            dw::DW_TAG_const_type => format!("const {}", of()),
            dw::DW_TAG_volatile_type => format!("volatile {}", of()),
            dw::DW_TAG_array_type => format!("{}[]", of()),
            dw::DW_TAG_structure_type => NAMELESS_STRUCT.to_owned(),
            dw::DW_TAG_union_type => NAMELESS_UNION.to_owned(),
            dw::DW_TAG_enumeration_type => "an enum without a name".to_owned(),
            _ => of(),
        }
    }

    fn function_name(&self, at: At, depth: u32) -> String {
        let ret = self.entry(at).and_then(|entry| self.reference(at, &entry, dw::DW_AT_type));
        let mut params = Vec::new();
        for (at, child) in self.children(at) {
            match child.tag() {
                dw::DW_TAG_formal_parameter => {
                    params.push(self.name(self.reference(at, &child, dw::DW_AT_type), depth + IN_NAME));
                }
                dw::DW_TAG_unspecified_parameters => params.push("...".to_owned()),
                _ => {}
            }
        }
        short(format!("{} (*)({})", self.name(ret, depth + IN_NAME), params.join(", ")))
    }
}

fn base(encoding: gimli::DwAte, bytes: Option<u64>, name: &str) -> DebugType {
    let Some(bytes) = bytes.and_then(|bytes| u8::try_from(bytes).ok()) else { return DebugType::Unknown };
    let integer = |signed| match bytes {
        0 => DebugType::Void,
        1 | 2 | 4 | 8 | 16 => DebugType::Integer {
            bytes,
            signed,
            is_char: name == "char" && bytes == 1,
            is_word: bytes == 4 && (name.contains("long") || ["usize", "isize"].contains(&name)),
        },
        _ => DebugType::Unknown,
    };
    match (encoding, bytes) {
        (dw::DW_ATE_boolean, 1) => DebugType::Bool,
        (dw::DW_ATE_float, 4) => DebugType::Float,
        (dw::DW_ATE_float, 8) => DebugType::Double,
        (dw::DW_ATE_signed | dw::DW_ATE_signed_char, _) => integer(true),
        (dw::DW_ATE_float, 16) | (dw::DW_ATE_unsigned | dw::DW_ATE_unsigned_char | dw::DW_ATE_UTF, _) => integer(false),
        _ => DebugType::Unknown,
    }
}

fn short(name: String) -> String {
    match name.char_indices().nth(MAX_NAME) {
        Some((at, _)) => format!("{}...", name.get(..at).unwrap_or_default()),
        None => name,
    }
}
