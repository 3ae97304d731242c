//! What `r2r dump` says of files, as data: the JSON is this, and the text is made of it.

use std::collections::BTreeMap;

use serde::Serialize;

/// Format number of the JSON; raised when a member changes its meaning or goes away.
pub const JSON_FORMAT: u32 = 1;

/// All files of a run.
#[derive(Debug, Serialize)]
pub struct R2rDocument<'a> {
    /// [`JSON_FORMAT`].
    pub format: u32,
    /// In the order of their paths.
    pub files: Vec<File<'a>>,
}

/// A file.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct File<'a> {
    /// As the user named it.
    pub path: &'a str,
    /// What the file is, in words.
    pub container: &'static str,
    /// Major version of the Webcil image, if it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub webcil_version: Option<u16>,
    /// Simple name of the assembly.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assembly: Option<&'a str>,
    /// What a PE image was made for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub machine: Option<Machine>,
    /// The wasm module around a Webcil image.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wrapper: Option<Wrapper<'a>>,
    /// `null` when there is no ReadyToRun code.
    pub ready_to_run: Option<CodeDocument<'a>>,
}

/// The Machine field of a PE image.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Machine {
    /// The field.
    pub number: u16,
    /// Processor; `null` when the number is not known.
    pub processor: Option<&'static str>,
    /// The operating system that ReadyToRun code is for; `null` for IL alone.
    pub operating_system: Option<&'static str>,
}

/// A wasm module around a Webcil image.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Wrapper<'a> {
    /// `null` when the module does not export one.
    pub version: Option<u32>,
    /// What the module's first data segment tells its host.
    pub announced: Option<Announced>,
    /// The data segment with the image.
    pub payload: Option<PartDocument>,
    /// Where the image goes.
    pub placement: String,
    /// In order.
    pub imports: Vec<ImportDocument<'a>>,
    /// In order.
    pub exports: Vec<Export<'a>>,
    /// In order.
    pub data_segments: Vec<DataSegment>,
    /// In order.
    pub element_segments: Vec<ElementSegment>,
    /// Number of functions.
    pub functions: usize,
    /// Number of slots in the table that the module fills.
    pub table_slots: usize,
    /// Number of functions whose names are those of thunks, by what such names begin with.
    pub thunk_names: BTreeMap<&'static str, usize>,
    /// The thunks that wait for a method to be found: they have a name but no key.
    pub import_thunks: Vec<FunctionDocument<'a>>,
    /// Why some functions have no names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub names_error: Option<String>,
}

/// Sizes in the first data segment.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Announced {
    pub payload_size: u32,
    pub table_size: Option<u32>,
}

/// A part of the file.
#[derive(Debug, Serialize)]
pub struct PartDocument {
    pub offset: usize,
    pub size: usize,
}

/// Bytes that go into memory.
#[derive(Debug, Serialize)]
pub struct DataSegment {
    pub placement: String,
    pub offset: usize,
    pub size: usize,
}

/// Functions that go into a table.
#[derive(Debug, Serialize)]
pub struct ElementSegment {
    pub placement: String,
    pub table: u32,
    /// By their indices; `null` for an empty slot.
    pub functions: Vec<Option<u32>>,
}

/// Something imported.
#[derive(Debug, Serialize)]
pub struct ImportDocument<'a> {
    pub module: &'a str,
    pub name: &'a str,
    pub kind: &'static str,
}

/// Something exported.
#[derive(Debug, Serialize)]
pub struct Export<'a> {
    pub name: &'a str,
    pub kind: &'static str,
    pub index: u32,
}

/// ReadyToRun code.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CodeDocument<'a> {
    pub major_version: u16,
    pub minor_version: u16,
    pub flags: u32,
    pub flag_names: Vec<&'static str>,
    pub compiler: Option<&'a str>,
    /// The file with the code of this component of a composite image.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner_composite: Option<&'a str>,
    /// Of a composite image, the number of its assemblies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub components: Option<usize>,
    pub sections: Vec<SectionDocument>,
    pub import_sections: Vec<ImportSection>,
    pub string_thunks: Vec<ThunkTable<'a>>,
}

/// A section of the ReadyToRun data.
#[derive(Debug, Serialize)]
pub struct SectionDocument {
    #[serde(rename = "type")]
    pub kind: u32,
    /// `null` for a type that was added later.
    pub name: Option<&'static str>,
    pub rva: u32,
    pub size: u32,
}

/// An import section.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ImportSection {
    pub rva: u32,
    pub size: u32,
    pub flags: u16,
    pub flag_names: Vec<&'static str>,
    #[serde(rename = "type")]
    pub kind: u8,
    pub type_name: Option<&'static str>,
    pub entry_size: u8,
    pub cells: u32,
    pub signatures_rva: u32,
    pub auxiliary_data_rva: u32,
    /// Number of fixups by the name of their kind.
    pub fixup_kinds: BTreeMap<String, usize>,
    pub fixups: Vec<Fixup>,
}

/// A fixup.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Fixup {
    /// RVA of the cell.
    pub cell: u32,
    /// RVA of the signature.
    pub signature: u32,
    pub kind: u8,
    /// `null` for a kind that was added later.
    pub name: Option<&'static str>,
    /// Index of the module it is about, when that is not the image's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub module: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub helper: Option<Helper>,
    /// Of a method, field, type or user string.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// What kind of type a type signature is of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shape: Option<&'static str>,
    /// Index of the module whose tables the token is about, when the signature names one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_module: Option<u32>,
    /// Flags of a method or field signature.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signature_flags: Option<u32>,
    /// False when the signature holds more than is shown, or what is not known.
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
pub struct Helper {
    pub number: u32,
    /// `null` for one that was added later.
    pub name: Option<&'static str>,
}

/// The string thunks of one fixup.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ThunkTable<'a> {
    /// Index of the import section.
    pub import_section: usize,
    /// RVA of the fixup's cell.
    pub cell: u32,
    /// Added as the image is loaded.
    pub eager: bool,
    /// Whether the keys are in byte order; the runtime does not need it.
    pub sorted: bool,
    /// Keys that are there more than once; the runtime takes the first thunk of each.
    pub duplicates: Vec<&'a str>,
    pub thunks: Vec<ThunkDocument<'a>>,
}

/// A string thunk.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ThunkDocument<'a> {
    pub key: &'a str,
    /// What a thunk with such a key does; `null` when it is no key.
    pub kind: Option<&'static str>,
    /// Why it is no key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    /// Table slot, counted from the module's first; in a PE image, an RVA.
    pub table_index: u32,
    /// Where the key is in the file.
    pub offset: usize,
    /// `null` when the slot is empty or beyond the table, and when there is no module around the image.
    pub function: Option<FunctionDocument<'a>>,
}

/// A function.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FunctionDocument<'a> {
    pub index: u32,
    pub name: Option<&'a str>,
    /// As in `(i32, f64) -> i64`; `null` when the function has none.
    #[serde(rename = "type")]
    pub ty: Option<String>,
    /// The body in the file; `null` for an imported function.
    pub body: Option<PartDocument>,
}
