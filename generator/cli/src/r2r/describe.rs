//! Makes the [`document`](super::document) of an opened file.

use std::collections::BTreeMap;
use std::ops::Range;

use super::document::*;
use clr_metadata::{Container, Image, Module, Place, ReadError};
use clr_wasm_abi::{FlatKind, ThunkKey};
use clr_wasm_file::{self as wasm, ExternKind, FuncType, Placement, WasmModule};
use thunkgen_r2r::ready_to_run::{self as r2r, ImageFile, Payload, ReadyToRun};

/// The starts of the names of compiler-generated thunks, up to the key or target.
const THUNK_NAMES: [&str; 6] = [
    "WasmClosedStaticRetBufThunk(",
    IMPORT_THUNK,
    "WasmInterpreterToR2RThunk(",
    "WasmR2RToInterpreterThunk(",
    "WasmUnboxingStub(",
    "WasmVirtualDispatchThunk(",
];

/// Thunks that resolve a method at the first call; they have no key.
const IMPORT_THUNK: &str = "WasmDelayLoadHelper->";

/// The limit of names and types in the output, in bytes: for each byte of a file, and for any file.
///
/// Thunks can share a name and a type, so a hostile file could ask for unlimited output.
const SHOWN_PER_BYTE: usize = 16;
const SHOWN_ANYWAY: usize = 1 << 20;

/// Longest name in a text that may be repeated many times.
const MAX_NAME: usize = 60;

/// Everything about a file of `size` bytes.
///
/// Fails if the ReadyToRun code is malformed, or if the names and types exceed the limit. Other damaged parts are left
/// out.
pub fn describe<'a>(path: &'a str, file: &ImageFile<'a>, size: usize) -> Result<File<'a>, ReadError> {
    let mut room = size.saturating_mul(SHOWN_PER_BYTE).saturating_add(SHOWN_ANYWAY);
    let container = file.image.as_ref().map(|image| image.container);
    let is_code = file.ready_to_run.is_some();
    Ok(File {
        path,
        container: match container {
            Some(Container::Pe32) => "pe32",
            Some(Container::Pe32Plus) => "pe32+",
            Some(Container::Webcil(_)) => "webcil",
            Some(Container::WasmWebcil(_)) => "webcilInWasm",
            None if file.wasm.as_ref().is_some_and(|module| module.is_relocatable) => "wasmObject",
            None if file.wasm.is_some() => "wasm",
            None => "other",
        },
        webcil_version: match container {
            Some(Container::Webcil(version) | Container::WasmWebcil(version)) => Some(version),
            _ => None,
        },
        assembly: file.image.as_ref().and_then(assembly),
        machine: file.image.as_ref().and_then(Image::machine).map(|number| machine(number, is_code)),
        wrapper: match &file.wasm {
            Some(module) if file.image.is_some() => Some(wrapper(module, &mut room)?),
            _ => None,
        },
        ready_to_run: file.ready_to_run.as_ref().map(|code| code_of(file, code)).transpose()?,
    })
}

/// The name of the assembly, if its metadata can be read.
fn assembly<'a>(image: &Image<'a>) -> Option<&'a str> {
    Module::open(image.clone()).ok()?.assembly_name().ok()?
}

fn machine(number: u16, is_code: bool) -> Machine {
    let platform = r2r::platform(number);
    Machine {
        number,
        processor: platform.map(|platform| platform.machine),
        operating_system: platform.map(|platform| platform.system).filter(|_| is_code),
    }
}

fn wrapper<'a>(module: &WasmModule<'a>, room: &mut usize) -> Result<Wrapper<'a>, ReadError> {
    let payload = module.payload();
    let announced = module.announced().ok().flatten();
    Ok(Wrapper {
        version: module.wrapper_version(),
        announced: announced.map(|sizes| Announced { payload_size: sizes.payload_size, table_size: sizes.table_size }),
        payload: payload.map(|segment| part(&segment.range, segment.bytes)),
        placement: payload.map_or(String::new(), |segment| placement(module, segment.placement)),
        imports: module
            .imports
            .iter()
            .map(|import| ImportDocument { module: import.module, name: import.name, kind: kind(import.kind) })
            .collect(),
        exports: module
            .exports
            .iter()
            .map(|export| Export { name: export.name, kind: kind(export.kind), index: export.index })
            .collect(),
        data_segments: module
            .data
            .iter()
            .map(|segment| DataSegment {
                placement: placement(module, segment.placement),
                part: part(&segment.range, segment.bytes),
            })
            .collect(),
        element_segments: module
            .elements
            .iter()
            .map(|segment| ElementSegment {
                placement: placement(module, segment.placement),
                table: segment.table,
                functions: segment.functions.clone(),
            })
            .collect(),
        functions: module.function_count(),
        table_slots: module.table_functions().len(),
        thunk_names: thunk_names(module),
        import_thunks: import_thunks(module, room)?,
        names_error: module.names_error.as_ref().map(ToString::to_string),
    })
}

/// Where a segment is placed.
fn placement(module: &WasmModule<'_>, placement: Placement) -> String {
    match placement {
        Placement::Passive => "copied by the host".to_owned(),
        Placement::Declared => "nowhere".to_owned(),
        Placement::Constant(address) => format!("at address {address}"),
        Placement::Global(index) => match module.imported_global(index) {
            Some(import) => {
                let name: String = import.name.chars().take(MAX_NAME).collect();
                format!("at the imported global {name}")
            }
            None => format!("at global {index}"),
        },
        Placement::Computed => "at a computed address".to_owned(),
    }
}

fn kind(kind: ExternKind) -> &'static str {
    match kind {
        ExternKind::Function => "function",
        ExternKind::Table => "table",
        ExternKind::Memory => "memory",
        ExternKind::Global { .. } => "global",
        ExternKind::Tag => "tag",
    }
}

fn thunk_names(module: &WasmModule<'_>) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    for (_, name) in module.names() {
        if let Some(start) = THUNK_NAMES.iter().find(|start| name.starts_with(**start)) {
            *counts.entry(start.trim_end_matches(['(', '>', '-'])).or_default() += 1;
        }
    }
    counts
}

fn import_thunks<'a>(module: &WasmModule<'a>, room: &mut usize) -> Result<Vec<FunctionDocument<'a>>, ReadError> {
    let names = module.names().iter().filter(|(_, name)| name.starts_with(IMPORT_THUNK));
    let mut shown = Vec::new();
    for function in names.filter_map(|(index, _)| module.function(*index)) {
        let out = function_of(&function);
        let bytes = out.name.map_or(0, str::len) + out.ty.as_ref().map_or(0, String::len);
        *room = room.checked_sub(bytes).ok_or_else(|| {
            let reason = "too many thunks share a long name or type: the output would be out of proportion to the file";
            ReadError::new(Place::Part("wasm module"), function.range.start, reason)
        })?;
        shown.push(out);
    }
    Ok(shown)
}

fn code_of<'a>(file: &ImageFile<'a>, code: &ReadyToRun<'a>) -> Result<CodeDocument<'a>, ReadError> {
    let components = code.components()?.len();
    let mut import_sections = Vec::new();
    for section in code.import_sections()? {
        import_sections.push(import_section(code, &section)?);
    }
    let mut string_thunks = Vec::new();
    for table in file.string_thunks()? {
        string_thunks.push(thunk_table(file, &table));
    }
    Ok(CodeDocument {
        major_version: code.major_version,
        minor_version: code.minor_version,
        flags: code.core.flags,
        flag_names: r2r::flag_names(code.core.flags).0,
        compiler: code.compiler()?,
        owner_composite: code.owner_composite()?,
        components: (components > 0).then_some(components),
        sections: code
            .core
            .sections
            .iter()
            .map(|section| SectionDocument {
                kind: section.kind,
                name: r2r::section_name(section.kind),
                rva: section.at.rva,
                size: section.at.size,
            })
            .collect(),
        import_sections,
        string_thunks,
    })
}

fn import_section(code: &ReadyToRun<'_>, section: &r2r::ImportSection) -> Result<ImportSection, ReadError> {
    let mut fixups = Vec::new();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for fixup in code.fixups(section)? {
        let fixup = fixup_of(&fixup?);
        *counts.entry(fixup.kind_name()).or_default() += 1;
        fixups.push(fixup);
    }
    let flags = r2r::IMPORT_FLAGS.iter().filter(|(bit, _)| section.flags & bit != 0);
    Ok(ImportSection {
        rva: section.at.rva,
        size: section.at.size,
        flags: section.flags,
        flag_names: flags.map(|(_, name)| *name).collect(),
        kind: section.kind,
        type_name: r2r::import_type_name(section.kind),
        entry_size: section.entry_size,
        cells: section.cells,
        signatures_rva: section.signatures,
        auxiliary_data_rva: section.auxiliary_data,
        fixup_kinds: counts,
        fixups,
    })
}

fn fixup_of(fixup: &r2r::Fixup) -> Fixup {
    let mut shown = Fixup {
        cell: fixup.cell,
        signature: fixup.signature,
        kind: fixup.number,
        name: fixup.kind().map(|kind| kind.name),
        module: fixup.module,
        decoded: true,
        ..Fixup::default()
    };
    match fixup.payload {
        Payload::Helper(number) => shown.helper = Some(Helper { number, name: r2r::helper_name(number) }),
        Payload::Token(number) => shown.token = Some(format!("0x{number:08X}")),
        Payload::Type(ty) => {
            shown.shape = Some(ty.shape);
            shown.token = ty.token.map(|token| token.to_string());
            shown.token_module = ty.module;
        }
        Payload::Method(method) => {
            shown.token = method.token.map(|token| token.to_string());
            shown.token_module = method.module;
            shown.signature_flags = Some(method.flags);
        }
        Payload::StringThunks => {}
        Payload::Opaque => shown.decoded = false,
    }
    shown
}

fn thunk_table<'a>(file: &ImageFile<'a>, table: &r2r::ThunkBlob<'a>) -> ThunkTable<'a> {
    let disorder = table.blob.disorder();
    let duplicates = disorder.duplicates.iter().filter_map(|index| table.blob.thunks.get(*index));
    ThunkTable {
        import_section: table.section,
        cell: table.cell,
        eager: table.is_eager,
        sorted: disorder.unsorted.is_none(),
        duplicates: duplicates.map(|thunk| thunk.key).collect(),
        thunks: file.thunks_of(&table.blob).iter().map(thunk_of).collect(),
    }
}

fn thunk_of<'a>(thunk: &r2r::ImageThunk<'_, 'a>) -> ThunkDocument<'a> {
    let key = thunk.key.parse::<ThunkKey>();
    ThunkDocument {
        key: thunk.key,
        kind: key.as_ref().ok().map(purpose),
        problem: key.as_ref().err().map(ToString::to_string),
        table_index: thunk.table_index,
        offset: thunk.offset,
        function: thunk.function.as_ref().map(function_of),
    }
}

/// The purpose of a thunk with this key.
fn purpose(key: &ThunkKey) -> &'static str {
    match key {
        ThunkKey::FromInterp(signature) if signature.managed => "interpreter to compiled code",
        ThunkKey::FromInterp(_) => "interpreter to native code",
        ThunkKey::ToInterp(_) => "compiled code to interpreter",
        ThunkKey::Flat(FlatKind::VirtualDispatch, _) => "virtual dispatch",
        ThunkKey::Flat(FlatKind::Unboxing, _) => "unboxing",
        ThunkKey::Flat(FlatKind::UnboxingMethodTable, _) => "unboxing, MethodTable as generic context",
        ThunkKey::Flat(FlatKind::UnboxingMethodDesc, _) => "unboxing, MethodDesc as generic context",
        ThunkKey::Flat(FlatKind::ClosedStaticRetBuf, _) => "closed static delegate with return buffer",
    }
}

fn part(range: &Range<usize>, bytes: &[u8]) -> PartDocument {
    PartDocument { offset: range.start, size: bytes.len() }
}

fn function_of<'a>(function: &wasm::WasmFunction<'_, 'a>) -> FunctionDocument<'a> {
    let body = function.body.map(|body| part(&function.range, body));
    FunctionDocument { index: function.index, name: function.name, ty: function.ty.map(type_text), body }
}

/// As in the text format of wasm.
fn type_text(ty: &FuncType) -> String {
    let list = |types: &[wasm::ValType]| types.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    match ty.results() {
        [single] => format!("({}) -> {single}", list(ty.params())),
        results => format!("({}) -> ({})", list(ty.params()), list(results)),
    }
}
