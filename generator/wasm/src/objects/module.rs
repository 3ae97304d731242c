//! Wasm modules: relocatable ones by the symbol table of their linking section (tool-conventions, "Linking"), linked
//! ones by exports and names. Bodies and data are skipped.

use std::collections::BTreeSet;
use std::rc::Rc;

use crate::{FuncType, WasmModule};
use wasmparser::{
    Chunk, CompositeInnerType, ExternalKind, KnownCustom, Linking, LinkingSectionReader, Parser, Payload, SymbolFlags,
    SymbolInfo, TypeRef,
};

use super::calls::ObjectCode;
use super::error::{ObjectError, malformed, not_wasm};
use super::{Binding, Object, ObjectFunction, ObjectKind, SymbolNames, Toolchain, Use};
use crate::{MAX_ENTRIES, OVER_LIMIT, function_names, over_limit};

/// The content of the sections.
#[derive(Default)]
struct Sections<'a> {
    /// By type index; `None` if it is not a function type.
    types: Vec<Option<Rc<FuncType>>>,
    /// The bodies of the code section, and their offset in bytes.
    code: (&'a [u8], u64),
    /// Where the code section starts: with the count of its bodies.
    code_start: u64,
    /// Custom sections with debug information, by name.
    debug: Vec<(&'a str, &'a [u8])>,
    /// Module, name and type index of each imported function.
    imports: Vec<(&'a str, &'a str, u32)>,
    /// Type indices of the functions that are not imported.
    functions: Vec<u32>,
    /// Exported functions.
    exports: Vec<(&'a str, u32)>,
    /// From the name section.
    names: Vec<(u32, &'a str)>,
    /// Function symbols: flags, function index, name unless it is that of the import.
    symbols: Option<Vec<(SymbolFlags, u32, Option<&'a str>)>>,
    /// Whether it is the wrapper of a Webcil image.
    is_managed: bool,
    /// How it was compiled.
    toolchain: Toolchain,
    /// Its memory has addresses of 64 bits.
    is_wasm64: bool,
}

/// An export of every version of the wrapper of a Webcil image.
const WEBCIL: &str = "webcilVersion";

/// Reads a module; the caller sets place and libraries. `None` for a wrapped assembly, which is never linked.
pub(super) fn read<'a>(bytes: &'a [u8], names: Option<&SymbolNames<'a>>) -> Result<Option<Object<'a>>, ObjectError> {
    if !bytes.starts_with(b"\0asm\x01\0\0\0") {
        return Err(not_wasm(bytes));
    }
    let sections = sections(bytes)?;
    if sections.is_wasm64 {
        let why = "it is made for wasm64, where addresses have 64 bits; compile for wasm32";
        return Err(ObjectError::NotWasm(why));
    }
    if sections.is_managed {
        return Ok(None);
    }
    let mut object = Object::without_functions(ObjectKind::Relocatable, bytes);
    match &sections.symbols {
        Some(symbols) => relocatable(&sections, symbols, &mut object),
        None => {
            let module = WasmModule::open(bytes).ok().flatten();
            let tables = module.as_ref().map(|module| module.initial_memory().pinvoke_tables()).unwrap_or_default();
            object.libraries = tables.iter().map(|table| table.library.to_owned()).collect();
            let entries = tables.into_iter().flat_map(|table| table.entries);
            // Equal functions may be one, and have the name of another.
            let named: Vec<_> = entries.map(|(name, function)| (function, name)).collect();
            linked(&sections, names, &named, &mut object);
        }
    }
    object.code = ObjectCode::new(sections.code, sections.code_start, sections.types);
    object.debug = sections.debug;
    object.toolchain = sections.toolchain;
    Ok(Some(object))
}

fn sections(bytes: &[u8]) -> Result<Sections<'_>, ObjectError> {
    let mut sections = Sections::default();
    let mut parser = Parser::new(0);
    let mut rest = bytes;
    loop {
        let (consumed, payload) = match parser.parse(rest, true).map_err(|error| malformed("wasm module", &error))? {
            Chunk::Parsed { consumed, payload } => (consumed, payload),
            // Unreachable: the whole file is available.
            Chunk::NeedMoreData(_) => return Ok(sections),
        };
        rest = rest.get(consumed..).unwrap_or_default();
        match payload {
            Payload::CodeSectionStart { size, unchecked_range: range, .. } => {
                parser.skip_section();
                let offset = (bytes.len() - rest.len()) as u64;
                let (code, after) = rest.split_at_checked(size as usize).ok_or(ObjectError::BadImage {
                    part: "wasm code section",
                    offset,
                    reason: "more bytes expected",
                })?;
                (sections.code, sections.code_start) = ((code, offset), range.start);
                rest = after;
            }
            Payload::End(_) => return Ok(sections),
            payload => {
                let part = part(&payload);
                if let Some(offset) = over_limit(&payload) {
                    return Err(ObjectError::BadImage { part, offset, reason: OVER_LIMIT });
                }
                section(&mut sections, payload).map_err(|error| malformed(part, &error))?;
                if sections.types.len() > MAX_ENTRIES as usize {
                    return Err(ObjectError::BadImage { part, offset: 0, reason: OVER_LIMIT });
                }
            }
        }
    }
}

/// Name of a part in error messages.
fn part(payload: &Payload<'_>) -> &'static str {
    match payload {
        Payload::TypeSection(_) => "wasm type section",
        Payload::ImportSection(_) => "wasm import section",
        Payload::FunctionSection(_) => "wasm function section",
        Payload::ExportSection(_) => "wasm export section",
        Payload::CustomSection(section) if section.name() == "linking" => "wasm linking section",
        _ => "wasm module",
    }
}

fn section<'a>(sections: &mut Sections<'a>, payload: Payload<'a>) -> Result<(), wasmparser::Error> {
    match payload {
        Payload::TypeSection(section) => {
            for group in section {
                if sections.types.len() > MAX_ENTRIES as usize {
                    break; // a group can have many
                }
                sections.types.extend(group?.into_types().map(|ty| match ty.composite_type.inner {
                    CompositeInnerType::Func(func) => Some(Rc::new((&func).into())),
                    _ => None,
                }));
            }
        }
        Payload::ImportSection(section) => {
            for import in section.into_imports() {
                let import = import?;
                if let TypeRef::Func(ty) | TypeRef::FuncExact(ty) = import.ty {
                    sections.imports.push((import.module, import.name, ty));
                }
                if let TypeRef::Memory(memory) = import.ty {
                    sections.is_wasm64 |= memory.memory64;
                    sections.toolchain.has_shared_memory |= memory.shared;
                }
                sections.toolchain.has_tags |= matches!(import.ty, TypeRef::Tag(_));
            }
        }
        Payload::MemorySection(section) => {
            for memory in section {
                let memory = memory?;
                sections.is_wasm64 |= memory.memory64;
                sections.toolchain.has_shared_memory |= memory.shared;
            }
        }
        Payload::TagSection(section) => sections.toolchain.has_tags |= section.count() > 0,
        Payload::FunctionSection(section) => {
            for ty in section {
                sections.functions.push(ty?);
            }
        }
        Payload::ExportSection(section) => {
            for export in section {
                let export = export?;
                sections.is_managed |= export.name == WEBCIL;
                if matches!(export.kind, ExternalKind::Func | ExternalKind::FuncExact) {
                    sections.exports.push((export.name, export.index));
                }
            }
        }
        Payload::CustomSection(section) => match section.as_known() {
            // Engines and linkers ignore errors in the name section: the names before the error are used.
            KnownCustom::Name(section) if sections.names.is_empty() => sections.names = function_names(section).0,
            KnownCustom::Producers(section) => sections.toolchain.producers = Toolchain::producers(section),
            _ if section.name() == "target_features" => {
                sections.toolchain.features = Toolchain::features(section.data());
            }
            // An unknown version of the linking section is reported at its own offset.
            _ if section.name() == "linking" => {
                let reader = wasmparser::BinaryReader::new(section.data(), section.data_offset());
                let symbols = symbols(LinkingSectionReader::new(reader)?)?;
                sections.symbols.get_or_insert_default().extend(symbols);
            }
            _ if section.name().starts_with(".debug_") => sections.debug.push((section.name(), section.data())),
            _ => {}
        },
        _ => {}
    }
    Ok(())
}

type Symbol<'a> = (SymbolFlags, u32, Option<&'a str>);

fn symbols<'a>(section: LinkingSectionReader<'a>) -> Result<Vec<Symbol<'a>>, wasmparser::Error> {
    let mut symbols = Vec::new();
    for subsection in section.subsections() {
        if let Linking::SymbolTable(table) = subsection? {
            for symbol in table {
                if let SymbolInfo::Func { flags, index, name } = symbol? {
                    symbols.push((flags, index, name));
                }
            }
        }
    }
    Ok(symbols)
}

impl Sections<'_> {
    fn imported_type(&self, index: u32) -> Option<&Rc<FuncType>> {
        let (_, _, ty) = self.imports.get(index as usize)?;
        self.types.get(*ty as usize)?.as_ref()
    }

    /// The body index and type of a function that is not imported.
    fn own(&self, index: u32) -> Option<(usize, &Rc<FuncType>)> {
        let body = (index as usize).checked_sub(self.imports.len())?;
        Some((body, self.types.get(*self.functions.get(body)? as usize)?.as_ref()?))
    }
}

fn relocatable<'a>(sections: &Sections<'a>, symbols: &[Symbol<'a>], object: &mut Object<'a>) {
    for (flags, index, name) in symbols {
        if flags.contains(SymbolFlags::UNDEFINED) {
            let import = sections.imports.get(*index as usize);
            if let (Some((module, field, _)), Some(ty)) = (import, sections.imported_type(*index)) {
                // A symbol with its own name has an import that the source specifies.
                let import = name.map(|_| (*module, *field));
                object.uses.push(Use { symbol: name.unwrap_or(field), import, ty: Rc::clone(ty) });
            }
        } else if let (Some(symbol), Some((body, ty))) = (*name, sections.own(*index)) {
            let binding = match flags {
                flags if flags.contains(SymbolFlags::BINDING_LOCAL) => Binding::Local,
                flags if flags.contains(SymbolFlags::BINDING_WEAK) => Binding::Weak,
                _ => Binding::Strong,
            };
            object.functions.push(ObjectFunction { symbol, ty: Rc::clone(ty), binding, body });
        }
    }
}

/// In a linked module nothing is overridden any more: what has a name is what the name means.
fn linked<'a>(
    sections: &Sections<'a>,
    names: Option<&SymbolNames<'a>>,
    tables: &[(u32, &'a str)],
    object: &mut Object<'a>,
) {
    let mut given: Vec<(u32, &'a str)> = match names {
        Some(names) => names.iter().collect(),
        None => sections.names.clone(),
    };
    object.kind = ObjectKind::Linked { names: !given.is_empty() };
    let in_tables: BTreeSet<&str> = tables.iter().map(|(_, name)| *name).collect();
    given.retain(|(_, name)| !in_tables.contains(name));
    given.extend(tables);
    for (index, symbol) in given {
        if let Some((body, ty)) = sections.own(index) {
            object.functions.push(ObjectFunction { symbol, ty: Rc::clone(ty), binding: Binding::Weak, body });
        } else if let (Some((module, field, _)), Some(ty)) =
            (sections.imports.get(index as usize), sections.imported_type(index))
            && symbol != *field
        {
            object.uses.push(Use { symbol, import: Some((module, field)), ty: Rc::clone(ty) });
        }
    }
    for (symbol, index) in &sections.exports {
        if let Some((body, ty)) = sections.own(*index) {
            object.functions.push(ObjectFunction { symbol, ty: Rc::clone(ty), binding: Binding::Weak, body });
        }
    }
    for (index, (module, field, _)) in sections.imports.iter().enumerate() {
        if let Some(ty) = u32::try_from(index).ok().and_then(|index| sections.imported_type(index)) {
            object.uses.push(Use { symbol: field, import: Some((module, field)), ty: Rc::clone(ty) });
        }
    }
}
