//! The tables of a linked runtime (`dotnet.native.wasm`), which is read without names.

use super::image::{no_image, val_type};
use super::source::{Provided, Source, SourceKind, TablePlace};
use clr_wasm_abi::{FunctionType, ThunkKey};
use clr_wasm_file::{CallbackTable, FuncType, PInvokeTable, ThunkRow, ThunkTable, WasmModule};
use thunkgen_core::RuntimeVersion;
use thunkgen_core::emit::reverse_hash;
use thunkgen_diagnostics::{Diagnostics, Location, catalogue};

/// The tables of a linked runtime.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct LinkedTables<'a> {
    /// Calls from the interpreter; rows in the order of the table.
    pub thunks: Vec<ThunkTable<'a>>,
    /// Native functions by library.
    pub pinvokes: Vec<PInvokeTable<'a>>,
    /// Methods that native code can call.
    pub callbacks: Vec<CallbackTable<'a>>,
    /// What the runtime says of its own build.
    pub build: Option<RuntimeBuild<'a>>,
}

/// The text by which a runtime names its build: `10.0.1026.32716 @Commit: f7d90799...`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RuntimeBuild<'a> {
    /// The file version.
    pub version: &'a str,
    /// The commit of dotnet/runtime or dotnet/dotnet.
    pub commit: &'a str,
}

impl<'a> RuntimeBuild<'a> {
    /// Finds the text in the data of a module.
    fn of(module: &WasmModule<'a>) -> Option<RuntimeBuild<'a>> {
        module.data.iter().find_map(|data| {
            let mark = b" @Commit: ";
            let mut places = memchr::memmem::find_iter(data.bytes, mark);
            places.find_map(|at| {
                let is_version = |byte: &u8| byte.is_ascii_digit() || *byte == b'.';
                let before = data.bytes.get(..at)?;
                let digits = before.iter().rev().take(MAX_VERSION).take_while(|byte| is_version(byte)).count();
                let after = data.bytes.get(at + mark.len()..)?;
                let hex = after.iter().take(MAX_VERSION).take_while(|byte| byte.is_ascii_hexdigit()).count();
                let text = |bytes: Option<&'a [u8]>| std::str::from_utf8(bytes?).ok();
                let version = text(before.get(at - digits..)).filter(|text| text.contains('.'))?;
                Some(RuntimeBuild { version, commit: text(after.get(..hex))? })
            })
        })
    }

    /// The major version.
    pub fn major(&self) -> Option<u16> {
        self.version.split('.').next()?.parse().ok()
    }
}

/// Most bytes of a version or of a hash.
const MAX_VERSION: usize = 64;

impl<'a> LinkedTables<'a> {
    /// Finds the tables in a module.
    ///
    /// ```
    /// use clr_wasm_file::WasmModule;
    /// use thunkgen_r2r::lookup::LinkedTables;
    /// let module = WasmModule::open(b"\0asm\x01\0\0\0").unwrap().unwrap();
    /// assert!(LinkedTables::of(&module).is_empty());
    /// ```
    pub fn of(module: &WasmModule<'a>) -> LinkedTables<'a> {
        let memory = module.initial_memory();
        LinkedTables {
            thunks: memory.thunk_tables(&callee),
            pinvokes: memory.pinvoke_tables(),
            callbacks: memory.callback_tables(&reverse_hash),
            build: RuntimeBuild::of(module),
        }
    }

    /// Whether the module has none of the tables.
    pub fn is_empty(&self) -> bool {
        self.thunks.is_empty() && self.pinvokes.is_empty() && self.callbacks.is_empty()
    }

    /// Every row of the tables of thunks, in order.
    pub fn thunk_rows(&self) -> impl Iterator<Item = &ThunkRow<'a>> {
        self.thunks.iter().flat_map(|table| &table.rows)
    }

    /// The keys of the callbacks, in order.
    pub fn callback_keys(&self) -> impl Iterator<Item = &'a str> {
        self.callbacks.iter().flat_map(|table| &table.rows).map(|row| row.key)
    }

    /// Why a file without a table of thunks is of no use.
    pub fn why_no_thunks(&self, bytes: &[u8]) -> &'static str {
        match self.pinvokes.first() {
            Some(_) => {
                "this module has P/Invoke tables but no table of thunks: the runtime is Mono, which needs no such table, or \
                 the table was not linked"
            }
            None => no_image(bytes),
        }
    }

    /// The version of a runtime that has thunks: the one that it states, or the one whose libraries it has, since their
    /// names lost the prefix `lib` after 11.0.
    pub fn runtime(&self) -> Option<RuntimeVersion> {
        let major = self.build.as_ref().and_then(RuntimeBuild::major);
        let stated = RuntimeVersion::ALL.into_iter().find(|version| Some(version.facts().major) == major);
        let has = |name: &str| self.pinvokes.iter().any(|table| table.library == name);
        let by_libraries = || match () {
            () if has("libSystem.Native") => Some(RuntimeVersion::V11_0),
            () if has("System.Native") => Some(RuntimeVersion::V12_0),
            () => None,
        };
        stated.or_else(by_libraries).filter(|_| !self.thunks.is_empty())
    }
}

/// The type of the functions that a thunk with this key calls; `None` for texts that are not keys of calls from the
/// interpreter.
fn callee(key: &str) -> Option<FuncType> {
    match key.parse() {
        Ok(ThunkKey::FromInterp(signature)) => {
            let FunctionType { params, result } = FunctionType::of(&signature);
            Some(FuncType::new(params.iter().map(val_type), result.iter().map(val_type)))
        }
        _ => None,
    }
}

/// The thunks of a module without a managed image.
pub(super) fn read(path: &str, bytes: &[u8], diagnostics: &mut Diagnostics) -> Vec<Source> {
    // An invalid module was reported when an image was searched for.
    let module = WasmModule::open(bytes).ok().flatten().unwrap_or_default();
    let tables = LinkedTables::of(&module);
    if tables.thunks.is_empty() {
        diagnostics.report(&catalogue::BAD_SOURCE, Location::file(path), tables.why_no_thunks(bytes));
        return Vec::new();
    }
    vec![source(path, &module, &tables)]
}

/// The thunks of a module whose tables were read.
pub(super) fn source(path: &str, module: &WasmModule<'_>, tables: &LinkedTables<'_>) -> Source {
    let thunk = |row: &ThunkRow<'_>| Provided {
        key: row.key.to_owned(),
        function: module.name(row.function).unwrap_or_default().to_owned(),
        place: TablePlace::Slot { slot: row.slot, function: row.function },
    };
    Source { path: path.to_owned(), kind: SourceKind::Module, thunks: tables.thunk_rows().map(thunk).collect() }
}
