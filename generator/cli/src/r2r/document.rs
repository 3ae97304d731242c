//! The result of `r2r dump`: it is printed as JSON, or as [`text`](super::text).

use std::collections::BTreeMap;

use serde::Serialize;

/// Format number of the JSON; raised when a member changes its meaning or goes away.
pub const JSON_FORMAT: u32 = 2;

/// All files of a run.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct R2rDocument<'a> {
    /// Format number of this document.
    pub format: u32,
    /// In the order of their paths.
    pub files: Vec<File<'a>>,
}

/// A file.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct File<'a> {
    /// Path of the file.
    pub path: &'a str,
    /// The kind of file.
    pub container: &'static str,
    /// Major version of the Webcil image, if it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub webcil_version: Option<u16>,
    /// Simple name of the assembly.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assembly: Option<&'a str>,
    /// The target of a PE image.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub machine: Option<Machine>,
    /// The wasm module around a Webcil image.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wrapper: Option<Wrapper<'a>>,
    /// `null` without ReadyToRun code.
    pub ready_to_run: Option<CodeDocument<'a>>,
}

/// The Machine field of a PE image.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Machine {
    /// The field of the PE header.
    pub number: u16,
    /// `null` if the number is unknown.
    pub processor: Option<&'static str>,
    /// Of ReadyToRun code; `null` for IL alone.
    pub operating_system: Option<&'static str>,
}

/// A wasm module around a Webcil image.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Wrapper<'a> {
    /// `null` if the module does not export one.
    #[serde(rename = "wrapperVersion")]
    pub version: Option<u32>,
    /// The sizes in the first data segment.
    pub announced: Option<Announced>,
    /// The data segment with the image.
    pub payload: Option<PartDocument>,
    /// Where the image is placed.
    pub placement: String,
    /// The imports of the module.
    pub imports: Vec<ImportDocument<'a>>,
    /// The exports of the module.
    pub exports: Vec<Export<'a>>,
    /// The segments of memory.
    pub data_segments: Vec<DataSegment>,
    /// The segments of tables.
    pub element_segments: Vec<ElementSegment>,
    /// Number of functions.
    #[serde(rename = "functionCount")]
    pub functions: usize,
    /// Number of table slots that the module fills.
    #[serde(rename = "tableSlotCount")]
    pub table_slots: usize,
    /// Number of functions with the name of a thunk, by the start of the name.
    #[serde(rename = "thunkNameCounts")]
    pub thunk_names: BTreeMap<&'static str, usize>,
    /// Thunks that resolve a method at the first call: they have a name but no key.
    pub import_thunks: Vec<FunctionDocument<'a>>,
    /// Why names of functions are missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub names_error: Option<String>,
}

/// Sizes in the first data segment.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Announced {
    /// Size of the image in bytes.
    pub payload_size: u32,
    /// Number of table slots; `null` in older wrappers.
    pub table_size: Option<u32>,
}

/// A part of the file.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PartDocument {
    /// Offset in the file.
    #[serde(rename = "fileOffset")]
    pub offset: usize,
    /// Size in bytes.
    pub size: usize,
}

/// Bytes that are placed in memory.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DataSegment {
    /// Where it is placed in memory.
    pub placement: String,
    #[serde(flatten)]
    pub part: PartDocument,
}

/// Functions that are placed in a table.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ElementSegment {
    /// Where it is placed in the table.
    pub placement: String,
    /// Index of the table.
    #[serde(rename = "tableNumber")]
    pub table: u32,
    /// Function indices; `null` for an empty slot.
    #[serde(rename = "functionIndices")]
    pub functions: Vec<Option<u32>>,
}

#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ImportDocument<'a> {
    /// Name of the wasm module from which it is imported.
    pub module: &'a str,
    /// Name of the import.
    pub name: &'a str,
    /// `func`, `table`, `memory`, `global` or `tag`.
    pub kind: &'static str,
}

#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Export<'a> {
    /// Name of the export.
    pub name: &'a str,
    /// `func`, `table`, `memory`, `global` or `tag`.
    pub kind: &'static str,
    /// Its index among those of its kind.
    pub index: u32,
}

/// ReadyToRun code.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct CodeDocument<'a> {
    /// Major version of the ReadyToRun format.
    pub major_version: u16,
    /// Minor version of the ReadyToRun format.
    pub minor_version: u16,
    /// The flags of the header.
    pub flags: u32,
    /// The names of the known flags.
    pub flag_names: Vec<&'static str>,
    /// What compiled it; `null` if it is not named.
    pub compiler: Option<&'a str>,
    /// The file with the code, for a component of a composite image.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner_composite: Option<&'a str>,
    /// The number of assemblies in a composite image.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[serde(rename = "componentCount")]
    pub components: Option<usize>,
    /// The sections in the order of the header.
    pub sections: Vec<SectionDocument>,
    /// The sections of imports.
    pub import_sections: Vec<ImportSection>,
    /// The thunks by key, one entry for each fixup that adds some.
    pub string_thunks: Vec<ThunkTable<'a>>,
}

/// A section of the ReadyToRun data.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SectionDocument {
    /// Number of the type.
    #[serde(rename = "sectionType")]
    pub kind: u32,
    /// `null` for an unknown type.
    pub name: Option<&'static str>,
    /// Address of the section.
    pub rva: u32,
    /// Size in bytes.
    pub size: u32,
}

#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ImportSection {
    /// Address of the cells.
    pub rva: u32,
    /// Size of the cells in bytes.
    pub size: u32,
    /// The flags of the section.
    pub flags: u16,
    /// The names of the known flags.
    pub flag_names: Vec<&'static str>,
    /// Number of the type.
    #[serde(rename = "sectionType")]
    pub kind: u8,
    /// Name of the type; `null` for an unknown one.
    #[serde(rename = "sectionTypeName")]
    pub type_name: Option<&'static str>,
    /// Size of a cell in bytes.
    pub entry_size: u8,
    /// Number of cells.
    #[serde(rename = "cellCount")]
    pub cells: u32,
    /// Address of the signatures; 0 without signatures.
    pub signatures_rva: u32,
    /// Address of the auxiliary data; 0 without any.
    pub auxiliary_data_rva: u32,
    /// Number of fixups by the name of their kind.
    #[serde(rename = "fixupKindCounts")]
    pub fixup_kinds: BTreeMap<String, usize>,
    /// Every fixup in the order of the cells.
    pub fixups: Vec<Fixup>,
}

#[derive(Debug, Default, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Fixup {
    /// RVA of the cell.
    #[serde(rename = "cellRva")]
    pub cell: u32,
    /// RVA of the signature.
    #[serde(rename = "signatureRva")]
    pub signature: u32,
    /// Number of the kind.
    #[serde(rename = "kindNumber")]
    pub kind: u8,
    /// `null` for an unknown kind.
    #[serde(rename = "kind")]
    pub name: Option<&'static str>,
    /// Index of the module, if it is not the image's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[serde(rename = "moduleIndex")]
    pub module: Option<u32>,
    /// The helper that it resolves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub helper: Option<Helper>,
    /// Of a method, field, type or user string.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[serde(rename = "metadataToken")]
    pub token: Option<String>,
    /// The kind of type in a type signature.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shape: Option<&'static str>,
    /// Index of the module that defines the token, if the signature has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[serde(rename = "tokenModuleIndex")]
    pub token_module: Option<u32>,
    /// Flags of a method or field signature.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signature_flags: Option<u32>,
    /// False if the signature contains more than is shown, or something unknown.
    pub decoded: bool,
}

impl Fixup {
    /// Name of the kind, or its number.
    pub fn kind_name(&self) -> String {
        self.name.map_or_else(|| format!("0x{:02X}", self.kind), str::to_owned)
    }
}

/// A helper of the runtime.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Helper {
    /// Number of the helper.
    pub number: u32,
    /// `null` for an unknown helper.
    pub name: Option<&'static str>,
}

/// The string thunks of one fixup.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ThunkTable<'a> {
    /// Index of the import section.
    pub import_section: usize,
    /// RVA of the fixup's cell.
    #[serde(rename = "cellRva")]
    pub cell: u32,
    /// Whether the thunks are added when the image is loaded.
    pub eager: bool,
    /// Whether the keys are in byte order; the runtime does not require it.
    pub sorted: bool,
    /// Duplicate keys; the runtime uses the first thunk of each.
    pub duplicates: Vec<&'a str>,
    /// The thunks in the order of the table.
    pub thunks: Vec<ThunkDocument<'a>>,
}

#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ThunkDocument<'a> {
    /// The key.
    pub key: &'a str,
    /// The purpose of a thunk with this key; `null` if the key is invalid.
    pub kind: Option<&'static str>,
    /// Why the key is invalid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    /// Table slot relative to the module's first one; in a PE image, an RVA.
    pub table_index: u32,
    /// Offset of the key in the file.
    #[serde(rename = "keyFileOffset")]
    pub offset: usize,
    /// `null` if the slot is empty or beyond the table, or without a wrapper.
    pub function: Option<FunctionDocument<'a>>,
}

#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct FunctionDocument<'a> {
    /// Index in the module.
    pub index: u32,
    /// Name; `null` without one.
    pub name: Option<&'a str>,
    /// As in `(i32, f64) -> i64`; `null` if it is unknown.
    #[serde(rename = "wasmType")]
    pub ty: Option<String>,
    /// The body in the file; `null` for an imported function.
    pub body: Option<PartDocument>,
}
