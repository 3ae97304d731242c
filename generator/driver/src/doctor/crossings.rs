//! Keys, P/Invokes, callbacks and libraries of an app, each with what the native module and the images have for it.

use std::collections::{BTreeMap, BTreeSet};

use super::report::{
    CallState, CallbackEntry, CallbackState, Flavor, KeyEntry, KeyState, LibraryEntry, LibraryState, NativeFunction,
    PInvokeEntry, Provider,
};
use super::runtime::NativeCode;
use super::struct_shapes;
use clr_wasm_abi::{FunctionType, ThunkKey};
use clr_wasm_file::ExternKind;
use thunkgen_core::collect::LibraryName;
use thunkgen_core::collect::ir::declarations::Declaration;
use thunkgen_core::collect::ir::{Callback, Ir, Linkage, ReasonKind};
use thunkgen_native::compare::{has_type, managed_type, native_type};
use thunkgen_r2r::lookup::{Candidate, Sources, TablePlace};

/// What the entries are made from.
pub(super) struct Crossings<'c, 'a> {
    pub ir: &'c Ir,
    pub native: Option<&'c NativeCode<'a>>,
    /// The native module and the images that are used.
    pub sources: &'c Sources,
    /// Whether it is known which thunks there are.
    pub knows_thunks: bool,
    pub flavor: Flavor,
    /// Whether an assembly, by its simple name, belongs to the framework.
    pub is_framework: &'c dyn Fn(&str) -> bool,
    /// Path and token of the methods that pass delegates.
    pub delegates: &'c BTreeSet<(String, u32)>,
}

impl<'c> Crossings<'c, '_> {
    /// The P/Invokes, in the order of the declarations.
    pub fn pinvokes(&self) -> Vec<PInvokeEntry> {
        let tables = Tables::of(self.native);
        let entry = |declaration: &Declaration| {
            let (state, function) = self.call(declaration, &tables);
            PInvokeEntry {
                id: pinvoke_id(&declaration.assembly, declaration.token),
                library: declaration.module.clone(),
                entry_point: declaration.entry_point.clone().unwrap_or_default(),
                method: declaration.method.clone(),
                token: format!("0x{:08X}", declaration.token),
                assembly: declaration.assembly.clone(),
                key: declaration.signature.interp_key(),
                managed: managed_type(declaration),
                native: native_type(declaration),
                wasm_type: FunctionType::of(&declaration.signature).to_string(),
                state,
                function,
                structs: struct_shapes::names_of(declaration, &self.ir.declarations),
            }
        };
        self.ir.declarations.functions.iter().map(entry).collect()
    }

    fn call(&self, declaration: &Declaration, tables: &Tables<'_>) -> (CallState, Option<NativeFunction>) {
        let Some(native) = self.native else { return (CallState::Unknown, None) };
        let symbol = declaration.entry_point.as_deref().unwrap_or_default();
        let index = match tables.find(&declaration.module, symbol, self.flavor) {
            Lookup::Function(index) => index,
            Lookup::NoFunction if declaration.linkage == Linkage::Static => return (CallState::NoFunction, None),
            Lookup::NoLibrary if declaration.linkage == Linkage::Static => return (CallState::NotLinked, None),
            // The linker drops imports that the table does not use, and nothing says which the table has.
            _ => match native.imported(&declaration.module, symbol) {
                Some(index) => index,
                None => return (CallState::Unknown, None),
            },
        };
        let function = Some(native.function(index));
        let ty = native.module.function(index).and_then(|function| function.ty);
        let is_passing_delegates = || self.delegates.contains(&(declaration.path.clone(), declaration.token));
        let key = declaration.signature.interp_key();
        let state = match ty {
            Some(ty) if !has_type(declaration, ty) => CallState::OtherType,
            _ if self.knows_thunks && self.sources.find(&key).winner().is_none() => CallState::NoThunk,
            _ if self.flavor != Flavor::Mono && is_passing_delegates() => CallState::Delegate,
            _ => CallState::Callable,
        };
        (state, function)
    }

    /// The libraries of the P/Invokes.
    pub fn libraries(&self, pinvokes: &[PInvokeEntry]) -> Vec<LibraryEntry> {
        let mut by_name: BTreeMap<&str, Vec<&PInvokeEntry>> = BTreeMap::new();
        for entry in pinvokes {
            by_name.entry(&entry.library).or_default().push(entry);
        }
        let tables = Tables::of(self.native);
        let mut libraries = Vec::new();
        for (name, entries) in by_name {
            let count = |state: CallState| entries.iter().filter(|entry| entry.state == state).count();
            let defects = count(CallState::NoFunction) + count(CallState::OtherType);
            let rows = tables.rows(name, self.flavor);
            let state = match () {
                () if self.native.is_none() => LibraryState::Unknown,
                () if entries.iter().all(|entry| entry.state == CallState::Unknown) => LibraryState::Internal,
                () if rows.is_none() && name != LibraryName::ANY => LibraryState::NotLinked,
                () if defects > 0 => LibraryState::Defective,
                () => LibraryState::Complete,
            };
            libraries.push(LibraryEntry {
                name: name.to_owned(),
                state,
                is_framework: entries.iter().all(|entry| (self.is_framework)(&entry.assembly)),
                pinvokes: entries.len(),
                callable: count(CallState::Callable),
                rows,
            });
        }
        libraries
    }

    /// The keys that are needed or provided; none of a runtime without thunks.
    pub fn keys(&self) -> Vec<KeyEntry> {
        if self.flavor == Flavor::Mono {
            return Vec::new();
        }
        let mut keys: Vec<KeyEntry> = self
            .ir
            .keys
            .iter()
            .map(|(key, entry)| {
                let answer = self.sources.find(key);
                let state = match () {
                    () if answer.winner().is_some() => KeyState::Provided,
                    () if self.knows_thunks => KeyState::Missing,
                    () => KeyState::Unknown,
                };
                let is_framework = |assembly: &str, kind| kind == ReasonKind::Runtime || (self.is_framework)(assembly);
                KeyEntry {
                    key: key.clone(),
                    state,
                    wasm_type: Some(FunctionType::of(&entry.signature).to_string()),
                    providers: answer.candidates.iter().map(|candidate| self.provider(candidate)).collect(),
                    needed_by: entry.reasons.iter().cloned().collect(),
                    is_framework: entry.reasons.iter().all(|reason| is_framework(&reason.assembly, reason.kind)),
                }
            })
            .collect();
        let unneeded = self.sources.keys().filter(|key| !self.ir.keys.contains_key(*key));
        keys.extend(unneeded.map(|key| {
            let signature = match key.parse() {
                Ok(ThunkKey::FromInterp(signature) | ThunkKey::ToInterp(signature)) => Some(signature),
                _ => None,
            };
            let answer = self.sources.find(key);
            KeyEntry {
                key: key.to_owned(),
                state: KeyState::Unneeded,
                wasm_type: signature.map(|signature| FunctionType::of(&signature).to_string()),
                providers: answer.candidates.iter().map(|candidate| self.provider(candidate)).collect(),
                needed_by: Vec::new(),
                is_framework: false,
            }
        }));
        keys.sort_by(|a, b| a.key.cmp(&b.key));
        keys
    }

    fn provider(&self, candidate: &Candidate<'_>) -> Provider {
        let (index, wasm_type) = match &candidate.thunk.place {
            TablePlace::Slot { function, .. } => {
                (Some(*function), self.native.and_then(|native| native.function(*function).wasm_type))
            }
            TablePlace::Entry { function, function_type, .. } => {
                (*function, function_type.as_ref().map(FunctionType::to_string))
            }
            TablePlace::Row(_) => (None, None),
        };
        let name = Some(candidate.thunk.function.clone()).filter(|name| !name.is_empty());
        Provider {
            path: candidate.source.path.clone(),
            table: None,
            function: NativeFunction { index, name, wasm_type },
            is_used: candidate.standing.wins(),
        }
    }

    /// The methods that native code can call.
    pub fn callbacks(&self) -> Vec<CallbackEntry> {
        let tables = self.native.map(|native| &native.tables.callbacks);
        let rows: BTreeMap<&str, u32> =
            tables.into_iter().flatten().flat_map(|table| &table.rows).map(|row| (row.key, row.function)).collect();
        let is_known = self.flavor == Flavor::CoreClr && (!rows.is_empty() || self.knows_thunks);
        let entry = |(key, callback): (&String, &Callback)| {
            let row = rows.get(key.as_str()).copied();
            let ours = FunctionType::of(&callback.signature);
            let function = row.zip(self.native).map(|(index, native)| native.function(index));
            let is_same = || {
                function
                    .as_ref()
                    .and_then(|function| function.wasm_type.as_ref())
                    .is_none_or(|ty| *ty == ours.to_string())
            };
            let state = match row {
                _ if callback.problem.is_some() => CallbackState::Refused,
                Some(_) if is_same() => CallbackState::Callable,
                Some(_) => CallbackState::OtherType,
                None if is_known => CallbackState::NoRow,
                None => CallbackState::Unknown,
            };
            CallbackEntry {
                key: key.clone(),
                method: format!("{}.{}", callback.type_full_name, callback.method),
                token: format!("0x{:08X}", callback.token),
                assembly: callback.assembly.clone(),
                signature: callback.signature.to_string(),
                wasm_type: ours.to_string(),
                entry_point: callback.entry_point.clone(),
                state,
                function,
            }
        };
        let mut entries: Vec<CallbackEntry> = self.ir.callbacks.iter().map(entry).collect();
        entries.sort_by(|a, b| (&a.assembly, &a.token).cmp(&(&b.assembly, &b.token)));
        entries
    }
}

/// Unique among P/Invokes: `Assembly!0x06000001`.
pub(super) fn pinvoke_id(assembly: &str, token: u32) -> String {
    format!("{assembly}!0x{token:08X}")
}

/// The P/Invoke tables of the native module, by library.
pub(super) struct Tables<'n>(BTreeMap<&'n str, BTreeMap<&'n str, u32>>);

/// What the tables have for a P/Invoke.
enum Lookup {
    Function(u32),
    NoFunction,
    NoLibrary,
}

impl<'n> Tables<'n> {
    pub fn of(native: Option<&'n NativeCode<'_>>) -> Tables<'n> {
        let mut by_library: BTreeMap<&str, BTreeMap<&str, u32>> = BTreeMap::new();
        for table in native.iter().flat_map(|native| &native.tables.pinvokes) {
            let rows = by_library.entry(table.library).or_default();
            for (name, function) in &table.entries {
                // The runtime takes the first row.
                rows.entry(name).or_insert(*function);
            }
        }
        Tables(by_library)
    }

    /// The table of a library: CoreCLR compares the spelling of `DllImport`, Mono ignores `lib` and extensions.
    pub fn table(&self, library: &str, flavor: Flavor) -> Option<&BTreeMap<&'n str, u32>> {
        let same = || self.0.iter().find(|(name, _)| LibraryName::same(name, library)).map(|(_, rows)| rows);
        self.0.get(library).or_else(|| if flavor == Flavor::CoreClr { None } else { same() })
    }

    /// The library with a similar name.
    pub fn similar(&self, library: &str) -> Option<&'n str> {
        let name = LibraryName::new(library);
        self.0.keys().copied().find(|other| name.is(other) || name.is_like(other))
    }

    fn rows(&self, library: &str, flavor: Flavor) -> Option<usize> {
        self.table(library, flavor).map(BTreeMap::len)
    }

    fn find(&self, library: &str, symbol: &str, flavor: Flavor) -> Lookup {
        if library == LibraryName::ANY {
            let found = self.0.values().find_map(|rows| rows.get(symbol));
            return found.map_or(Lookup::NoFunction, |index| Lookup::Function(*index));
        }
        match self.table(library, flavor) {
            None => Lookup::NoLibrary,
            Some(rows) => rows.get(symbol).map_or(Lookup::NoFunction, |index| Lookup::Function(*index)),
        }
    }
}

impl NativeCode<'_> {
    /// Name and type of a function.
    pub fn function(&self, index: u32) -> NativeFunction {
        let ty = self.module.function(index).and_then(|function| function.ty);
        let name = self.module.name(index).map(str::to_owned);
        NativeFunction { index: Some(index), name, wasm_type: ty.map(text_of_type) }
    }

    /// Index of the imported function with these names.
    fn imported(&self, module: &str, name: &str) -> Option<u32> {
        let functions = self.module.imports.iter().filter(|import| import.kind == ExternKind::Function);
        let at = functions.into_iter().position(|import| import.module == module && import.name == name)?;
        u32::try_from(at).ok()
    }
}

/// `(i32, i64) -> i32`, in the form of [`FunctionType`].
fn text_of_type(ty: &clr_wasm_file::FuncType) -> String {
    thunkgen_native::compare::signature_type(ty).map_or_else(|| ty.to_string(), |ty| ty.to_string())
}
