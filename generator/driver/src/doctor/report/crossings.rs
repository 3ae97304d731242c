//! What crosses between managed and native code: libraries, keys, P/Invokes, callbacks, structs.

use serde::Serialize;
use thunkgen_core::collect::ir::Reason;

/// A native library that P/Invokes name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct LibraryEntry {
    /// Its name as `DllImport` spells it.
    pub name: String,
    /// Whether the app has it.
    pub state: LibraryState,
    /// The P/Invokes of it belong to the framework only.
    pub is_framework: bool,
    /// Number of P/Invokes, after the platform filter.
    #[serde(rename = "pinvokeCount")]
    pub pinvokes: usize,
    /// Number of P/Invokes that can be called.
    #[serde(rename = "callableCount")]
    pub callable: usize,
    /// Number of rows in its table.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[serde(rename = "rowCount")]
    pub rows: Option<usize>,
}

/// Whether an app has a library.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum LibraryState {
    /// Linked, and every P/Invoke can be called.
    Complete,
    /// Linked, but P/Invokes have no function, or one with another type.
    Defective,
    /// The native module has no table for it.
    NotLinked,
    /// Resolved by the runtime itself (`QCall`), or an import of the host.
    Internal,
    /// There is no native module to look in.
    Unknown,
}

/// A key of an interpreter-to-native call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct KeyEntry {
    /// The key: `MviS8`.
    pub key: String,
    /// Whether it is needed and provided.
    pub state: KeyState,
    /// The wasm type of the function that is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wasm_type: Option<String>,
    /// What provides it, in the order in which the runtime searches; it uses the first one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub providers: Vec<Provider>,
    /// What needs it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub needed_by: Vec<Reason>,
    /// Only the framework or the runtime itself needs it.
    pub is_framework: bool,
}

/// Whether a key is needed and provided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum KeyState {
    /// Needed, and not provided: a call fails.
    Missing,
    /// Needed and provided.
    Provided,
    /// Provided, and no assembly shows that it is needed.
    Unneeded,
    /// Needed; it is not known what provides it.
    Unknown,
}

/// What provides a thunk.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Provider {
    /// Path of the native module or of the image.
    pub path: String,
    /// Name of the table; `None` in an image, and if it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    /// The thunk.
    pub function: NativeFunction,
    /// The runtime finds it.
    pub is_used: bool,
}

/// A function of a wasm module.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct NativeFunction {
    /// Its index; `None` if the slot is empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub index: Option<u32>,
    /// Its name, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its type: `(i32, i64) -> i32`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wasm_type: Option<String>,
}

/// A P/Invoke.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct PInvokeEntry {
    /// Unique in the report: `Assembly!0x06000001`.
    pub id: String,
    /// The library as `DllImport` spells it.
    pub library: String,
    /// Name of the function.
    pub entry_point: String,
    /// Full name of the method.
    pub method: String,
    /// Metadata token of the method: `0x06000001`.
    #[serde(rename = "metadataToken")]
    pub token: String,
    /// Simple name of the assembly.
    pub assembly: String,
    /// Key of the thunk through which it is called.
    pub key: String,
    /// The method in C#: `int (float x, long y)`.
    #[serde(rename = "managedDeclaration")]
    pub managed: String,
    /// The function as C would declare it: `int32_t (float, int64_t)`.
    #[serde(rename = "nativeDeclaration")]
    pub native: String,
    /// The wasm type that the call needs.
    pub wasm_type: String,
    /// Whether it can be called.
    pub state: CallState,
    /// The function in the native module.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub function: Option<NativeFunction>,
    /// Names of the structs that it passes, by value or by reference.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub structs: Vec<String>,
}

/// Whether a P/Invoke can be called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum CallState {
    /// Its function has the right type, and its key a thunk.
    Callable,
    /// The library has no such function.
    NoFunction,
    /// The function has another type.
    OtherType,
    /// The library is not linked.
    NotLinked,
    /// The key has no thunk.
    NoThunk,
    /// It passes a delegate, which the runtime refuses.
    Delegate,
    /// There is no native module to look in.
    Unknown,
}

/// A method that native code can call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct CallbackEntry {
    /// The key of its row: `Method#2:Assembly:Namespace:Type`.
    pub key: String,
    /// Full name of the method.
    pub method: String,
    /// Metadata token of the method: `0x06000001`.
    #[serde(rename = "metadataToken")]
    pub token: String,
    /// Simple name of the assembly.
    pub assembly: String,
    /// Signature string: `vii`.
    pub signature: String,
    /// The wasm type of its function.
    pub wasm_type: String,
    /// Name under which it is exported.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry_point: Option<String>,
    /// Whether native code can call it.
    pub state: CallbackState,
    /// The function in the native module.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub function: Option<NativeFunction>,
}

/// Whether native code can call a method.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum CallbackState {
    /// The table of callbacks has a row for it.
    Callable,
    /// The table of callbacks has no row for it.
    NoRow,
    /// Its function has another type.
    OtherType,
    /// The runtime refuses to call it.
    Refused,
    /// No table of callbacks was found.
    Unknown,
}

/// A struct that native code sees.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct StructShape {
    /// Full name in C#, with type arguments.
    pub name: String,
    /// Size in bytes.
    pub size: u32,
    /// Alignment in bytes.
    pub alignment: u32,
    /// Native code gets a marshalled copy, with this layout.
    pub is_marshalled: bool,
    /// The fields by offset; `None` if only size and alignment are known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fields: Option<Vec<FieldShape>>,
    /// The P/Invokes that pass it: their [`id`](PInvokeEntry::id).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub used_by: Vec<String>,
}

/// A field of a struct. Bytes between fields are padding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct FieldShape {
    /// Its name.
    pub name: String,
    /// Its type, as C would write it.
    #[serde(rename = "nativeType")]
    pub native: String,
    /// Offset in bytes.
    pub offset: u32,
    /// Size in bytes.
    pub size: u32,
}
