//! Reads the sections of a module one after the other.

use wasmparser::{CompositeInnerType, ExternalKind, KnownCustom, Parser, Payload, TypeRef};

use super::segments::{constant, data, element, file_range, table_segment};
use super::{Body, Export, ExternKind, Import, ReadError, WasmModule, error, names};

pub(super) fn read(bytes: &[u8]) -> Result<WasmModule<'_>, ReadError> {
    let mut module = WasmModule::default();
    for payload in Parser::new(0).parse_all(bytes) {
        let payload = payload.map_err(|error| error::located("wasm module", &error))?;
        let part = part(&payload);
        section(&mut module, payload).map_err(|error| error::located(part, &error))?;
    }
    module.table_segment = table_segment(&module.elements);
    Ok(module)
}

/// What an error in this part calls it.
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
                (module.names, module.names_error) = names::function_names(section);
            }
        }
        _ => {}
    }
    Ok(())
}

/// Notes what the import behind those so far adds to an index space.
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
