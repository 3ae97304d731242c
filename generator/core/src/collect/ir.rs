//! The intermediate representation: everything that was collected from a set of assemblies.
//!
//! Plain sorted data, built by [`crate::collect`] and consumed by [`crate::emit`] and the command line; it contains no
//! reference to any assembly.

pub mod declarations;

use std::collections::{BTreeMap, BTreeSet};

use clr_wasm_abi::Signature;
use declarations::Declarations;
use serde::{Serialize, Serializer};

/// Everything that was collected for one target.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ir {
    /// Interpreter-to-native keys (`M` and the signature string), in byte order.
    pub keys: BTreeMap<String, KeyEntry>,
    /// P/Invokes kept by the filters: module name to entry point to P/Invoke, both in byte order.
    pub pinvokes: BTreeMap<String, BTreeMap<String, PInvoke>>,
    /// Modules that are not linked, with the number of P/Invokes that get no table entry.
    pub dropped_modules: BTreeMap<String, usize>,
    /// Every module that a P/Invoke names, kept or not.
    pub modules: BTreeSet<String>,
    /// Full names of required structs that the inputs do not define, and of structs that are declared although the inputs
    /// define them.
    pub requested_sizes: BTreeSet<String>,
    /// Callbacks by reverse-thunk key, in byte order.
    pub callbacks: BTreeMap<String, Callback>,
    /// Open signatures: they contain a generic variable for which the inputs have no instantiation.
    pub unresolved: BTreeSet<Reason>,
    /// Paths of the inputs that contain no managed code.
    pub skipped: BTreeSet<String>,
    /// Totals over the inputs.
    pub totals: Totals,
    /// The declared native functions; empty unless requested.
    pub declarations: Declarations,
}

impl Ir {
    /// Adds a key with a reason.
    pub fn need(&mut self, signature: Signature, reason: Reason) {
        let key = signature.interp_key();
        let entry = self.keys.entry(key).or_insert_with(|| KeyEntry { signature, reasons: BTreeSet::new() });
        entry.reasons.insert(reason);
    }
}

/// One interpreter-to-native key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct KeyEntry {
    /// The signature the key spells.
    pub signature: Signature,
    /// Why the key must exist; never empty.
    pub reasons: BTreeSet<Reason>,
}

/// Why a key must exist. As JSON, an object without the members that are empty or 0.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Reason {
    /// Kind of the row that requires the key.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub kind: ReasonKind,
    /// Simple name of the assembly with the row; empty for [`ReasonKind::Runtime`], and `FILE(LINE)` for
    /// [`ReasonKind::Extra`].
    #[serde(skip_serializing_if = "str::is_empty")]
    pub assembly: String,
    /// Full name of the method (`Namespace.Outer+Inner.Method`), or of the delegate type; the user's reason for
    /// [`ReasonKind::Extra`].
    pub member: String,
    /// Metadata token of the method, 0 for [`ReasonKind::Runtime`] and [`ReasonKind::Extra`].
    #[serde(skip_serializing_if = "is_zero", serialize_with = "hex", rename = "metadataToken")]
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub token: u32,
}

fn is_zero(token: &u32) -> bool {
    *token == 0
}

fn text<S: Serializer>(signature: &Signature, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(signature)
}

fn hex<S: Serializer>(token: &u32, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&format_args!("0x{token:08X}"))
}

/// Kind of a [`Reason`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReasonKind {
    /// A MethodDef with an ImplMap row.
    PInvoke,
    /// `Invoke` of a delegate with `UnmanagedFunctionPointerAttribute`.
    Delegate,
    /// An InternalCall of System.Private.CoreLib.
    InternalCall,
    /// A `calli` instruction with an unmanaged convention.
    Calli,
    /// A function-pointer type with an unmanaged convention in a field, parameter, return or local.
    FunctionPointer,
    /// A key that the runtime itself requires (string constructors).
    Runtime,
    /// A line of a file of extra signatures.
    Extra,
}

impl Serialize for ReasonKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl ReasonKind {
    /// The kind, as shown to users.
    pub fn name(self) -> &'static str {
        match self {
            ReasonKind::PInvoke => "P/Invoke",
            ReasonKind::Delegate => "delegate",
            ReasonKind::InternalCall => "InternalCall",
            ReasonKind::Calli => "calli",
            ReasonKind::FunctionPointer => "function pointer",
            ReasonKind::Runtime => "runtime",
            ReasonKind::Extra => "extra",
        }
    }
}

/// A row of the P/Invoke table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PInvoke {
    /// The native signature.
    #[serde(serialize_with = "text")]
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub signature: Signature,
    /// How the linker finds the symbol.
    #[serde(flatten)]
    #[cfg_attr(feature = "schema", schemars(with = "LinkageMembers"))]
    pub linkage: Linkage,
    /// Simple names of the assemblies that declare it, each once and in order; never empty.
    pub assemblies: Vec<String>,
}

/// How the linker finds the native function of a P/Invoke.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(untagged)]
pub enum Linkage {
    /// A symbol named like the entry point.
    Static,
    /// `WasmImportLinkageAttribute`: a wasm import of module = module name, name = entry point.
    WasmImport {
        /// Namespace of the declaring type; the first part of the C symbol.
        #[serde(rename = "importNamespace")]
        namespace: String,
    },
}

/// The members of [`Linkage`] in JSON.
#[cfg(feature = "schema")]
#[derive(schemars::JsonSchema)]
#[expect(dead_code, reason = "only its schema is used")]
struct LinkageMembers {
    /// Namespace of the declaring type, if the function is a wasm import: the first part of the C symbol.
    #[serde(rename = "importNamespace", skip_serializing_if = "Option::is_none")]
    namespace: Option<String>,
}

/// A method that native code can call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Callback {
    /// The native signature.
    #[serde(serialize_with = "text")]
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub signature: Signature,
    /// Simple name of the assembly.
    pub assembly: String,
    /// Namespace of the type; empty for a nested type.
    #[serde(skip)]
    pub namespace: String,
    /// Simple name of the type (the innermost one if nested).
    #[serde(skip)]
    pub type_name: String,
    /// Full name of the type in reflection syntax: `Namespace.Outer+Inner`.
    #[serde(rename = "declaringType")]
    pub type_full_name: String,
    /// Name of the method.
    pub method: String,
    /// Metadata token of the method.
    #[serde(serialize_with = "hex", rename = "metadataToken")]
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub token: u32,
    /// `EntryPoint` of the attribute: the name under which the callback is exported, any text without control characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry_point: Option<String>,
    /// Why the runtime refuses to call it: the generated function aborts with this message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

impl Callback {
    /// The reverse-thunk key `Method#paramCount:Assembly:Namespace:Type`.
    ///
    /// `param_count` is the number of declared parameters, which is the same in the signature.
    pub fn key(&self) -> String {
        let Callback { assembly, namespace, type_name, method, .. } = self;
        format!("{method}#{}:{assembly}:{namespace}:{type_name}", self.signature.params.len())
    }
}

/// Totals over the inputs, before and after the filters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Totals {
    /// Managed assemblies read.
    #[serde(rename = "assemblyCount")]
    pub assemblies: usize,
    /// Files that are not managed and were skipped.
    #[serde(rename = "skippedFileCount")]
    pub skipped_files: usize,
    /// MethodDef rows with an ImplMap row, before filters.
    #[serde(rename = "pinvokeRowCount")]
    pub pinvoke_rows: usize,
    /// Delegates with `UnmanagedFunctionPointerAttribute`, before filters.
    #[serde(rename = "delegateCount")]
    pub delegates: usize,
    /// InternalCalls of CoreLib, without the string constructors, which have fixed keys.
    #[serde(rename = "internalCallCount")]
    pub internal_calls: usize,
    /// Methods with `UnmanagedCallersOnlyAttribute`, before filters.
    #[serde(rename = "callbackCount")]
    pub callbacks: usize,
}
