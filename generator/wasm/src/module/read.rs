//! Reads the sections of a module in order.

use wasmparser::{CompositeInnerType, ExternalKind, KnownCustom, Name, NameSectionReader, Parser, Payload, TypeRef};

use super::segments::{constant, data, element, file_range, table_segment};
use super::{Body, Export, ExternKind, Import, ReadError, WasmModule};

pub(super) fn read(bytes: &[u8]) -> Result<WasmModule<'_>, ReadError> {
    let mut module = WasmModule::default();
    for payload in Parser::new(0).parse_all(bytes) {
        let payload = payload.map_err(|error| located("wasm module", &error))?;
        let part = part(&payload);
        if let Some(offset) = over_limit(&payload) {
            return Err(ReadError { part, offset: usize::try_from(offset).unwrap_or(usize::MAX), reason: OVER_LIMIT });
        }
        section(&mut module, payload).map_err(|error| located(part, &error))?;
    }
    if module.types.len() > MAX_ENTRIES as usize {
        return Err(ReadError { part: "wasm type section", offset: 0, reason: OVER_LIMIT });
    }
    module.table_segment = table_segment(&module.elements);
    if module.names.is_empty() {
        module.names = exported_names(&module);
    }
    Ok(module)
}

/// Most entries of a section: twice as many types, functions, imports and exports as engines accept (WebAssembly
/// JavaScript Interface, "Implementation-defined Limits"), so that `check --image` can report a module above their limits.
pub(crate) const MAX_ENTRIES: u32 = 2_000_000;

/// Where a section starts that has more entries than engines accept.
pub(crate) fn over_limit(payload: &Payload<'_>) -> Option<u64> {
    let (count, range) = match payload {
        Payload::TypeSection(section) => (section.count(), section.range()),
        Payload::ImportSection(section) => (section.count(), section.range()),
        Payload::FunctionSection(section) => (section.count(), section.range()),
        Payload::GlobalSection(section) => (section.count(), section.range()),
        Payload::ExportSection(section) => (section.count(), section.range()),
        Payload::ElementSection(section) => (section.count(), section.range()),
        Payload::DataSection(section) => (section.count(), section.range()),
        _ => return None,
    };
    (count > MAX_ENTRIES).then_some(range.start)
}

/// The first name of each exported function, sorted by function index.
fn exported_names<'a>(module: &WasmModule<'a>) -> Vec<(u32, &'a str)> {
    let functions = module.exports.iter().filter(|export| export.kind == ExternKind::Function);
    let mut names: Vec<(u32, &str)> = functions.map(|export| (export.index, export.name)).collect();
    names.sort_by_key(|(index, _)| *index);
    names.dedup_by_key(|(index, _)| *index);
    names
}

/// Name of a part in error messages.
fn part(payload: &Payload<'_>) -> &'static str {
    match payload {
        Payload::TypeSection(_) => "wasm type section",
        Payload::ImportSection(_) => "wasm import section",
        Payload::FunctionSection(_) => "wasm function section",
        Payload::GlobalSection(_) => "wasm global section",
        Payload::ExportSection(_) => "wasm export section",
        Payload::ElementSection(_) => "wasm element section",
        Payload::CodeSectionEntry(_) => "wasm code section",
        Payload::DataSection(_) => "wasm data section",
        _ => "wasm module",
    }
}

fn section<'a>(module: &mut WasmModule<'a>, payload: Payload<'a>) -> Result<(), wasmparser::Error> {
    match payload {
        Payload::TypeSection(section) => {
            for group in section {
                if module.types.len() > MAX_ENTRIES as usize {
                    break; // a group can have many
                }
                module.types.extend(group?.into_types().map(|ty| match ty.composite_type.inner {
                    CompositeInnerType::Func(func) => Some((&func).into()),
                    _ => None,
                }));
            }
        }
        Payload::ImportSection(section) => {
            for import in section.into_imports() {
                let import = import?;
                let kind = imported(module, import.ty);
                module.imports.push(Import { module: import.module, name: import.name, kind });
            }
        }
        Payload::FunctionSection(section) => {
            for ty in section {
                module.function_types.push(ty?);
            }
        }
        Payload::GlobalSection(section) => {
            for global in section {
                module.globals.push(constant(&global?.init_expr)?);
            }
        }
        Payload::StartSection { func, .. } => module.start = Some(func),
        Payload::ExportSection(section) => {
            for export in section {
                let export = export?;
                module.exports.push(Export { name: export.name, kind: exported(export.kind), index: export.index });
            }
        }
        Payload::ElementSection(section) => {
            for segment in section {
                module.elements.push(element(segment?)?);
            }
        }
        Payload::CodeSectionEntry(body) => {
            let range = file_range(body.range());
            module.bodies.push(Body { bytes: body.as_bytes(), offset: range.start });
        }
        Payload::DataSection(section) => {
            for segment in section {
                module.data.push(data(segment?)?);
            }
        }
        Payload::CustomSection(section) => {
            module.is_relocatable |= section.name() == "linking";
            if let KnownCustom::Name(section) = section.as_known() {
                (module.names, module.names_error) = function_names(section);
            }
        }
        _ => {}
    }
    Ok(())
}

/// Adds the next import to its index space.
fn imported(module: &mut WasmModule<'_>, ty: TypeRef) -> ExternKind {
    match ty {
        TypeRef::Func(ty) | TypeRef::FuncExact(ty) => {
            module.function_types.push(ty);
            module.imported_functions += 1;
            ExternKind::Function
        }
        TypeRef::Global(ty) => {
            module.globals.push(None);
            module.imported_globals.push(module.imports.len());
            ExternKind::Global { mutable: ty.mutable }
        }
        TypeRef::Table(_) => ExternKind::Table,
        TypeRef::Memory(_) => ExternKind::Memory,
        TypeRef::Tag(_) => ExternKind::Tag,
    }
}

fn exported(kind: ExternalKind) -> ExternKind {
    match kind {
        ExternalKind::Func | ExternalKind::FuncExact => ExternKind::Function,
        ExternalKind::Table => ExternKind::Table,
        ExternalKind::Memory => ExternKind::Memory,
        ExternalKind::Global => ExternKind::Global { mutable: false },
        ExternalKind::Tag => ExternKind::Tag,
    }
}

/// The function names of a name section (WebAssembly core specification, appendix "Custom Sections"), sorted by index,
/// up to the first one that cannot be read.
pub(crate) fn function_names<'a>(section: NameSectionReader<'a>) -> (Vec<(u32, &'a str)>, Option<ReadError>) {
    let mut names = Vec::new();
    let error = read_names(section, &mut names).err().map(|error| located("wasm name section", &error));
    (names, error)
}

fn read_names<'a>(section: NameSectionReader<'a>, names: &mut Vec<(u32, &'a str)>) -> Result<(), wasmparser::Error> {
    for subsection in section {
        // A second list is not allowed, and would not be sorted together with the first.
        if let Name::Function(map) = subsection?
            && names.is_empty()
        {
            for name in map {
                let name = name?;
                names.push((name.index, name.name));
            }
        }
    }
    Ok(())
}

/// The reason of an error at a function type with more parameters than engines and `wasmparser` accept.
pub const TOO_MANY_PARAMS: &str = "function type of at most 1,000 parameters expected";

/// The reason of an error at any other size above the limits of engines and of `wasmparser`.
pub const OVER_LIMIT: &str = "a size within the limits of engines expected";

/// The error at its offset. Only the part of the module is named, since details do not help with malformed bytes; limits
/// that a generator may exceed have their own reasons.
pub(super) fn located(part: &'static str, error: &wasmparser::Error) -> ReadError {
    let message = error.message();
    let reason = if message.starts_with("function params size is out of bounds") {
        TOO_MANY_PARAMS
    } else if message.ends_with("size is out of bounds") {
        OVER_LIMIT
    } else if message.starts_with("unexpected end") {
        "more bytes expected"
    } else {
        "well-formed entry expected"
    };
    ReadError { part, offset: usize::try_from(error.offset()).unwrap_or(usize::MAX), reason }
}
