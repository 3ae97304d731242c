//! Problems of keys, P/Invokes, callbacks and libraries.

use std::collections::{BTreeMap, BTreeSet};

use super::crossings::Tables;
use super::notes::Notes;
use super::report::{
    CallState, CallbackEntry, CallbackState, Flavor, KeyEntry, KeyState, LibraryEntry, LibraryState, PInvokeEntry,
    Subject,
};
use super::runtime::NativeCode;
use crate::summary::plural;
use clr_wasm_file::objects::Object;
use thunkgen_core::collect::LibraryName;
use thunkgen_core::collect::ir::declarations::{Declaration, Declarations};
use thunkgen_core::collect::ir::{Reason, ReasonKind};
use thunkgen_diagnostics::nearest_name::NearestName;
use thunkgen_diagnostics::{Diagnostics, Location, Rule, catalogue};
use thunkgen_native::{CompareOptions, compare};

/// Up to this many missing functions of a library are reported one by one.
const MOST_ALONE: usize = 3;

/// Libraries of other operating systems, by the part of the name that is compared: P/Invokes of them do not run here.
const OF_OTHER_SYSTEMS: [&str; 28] = [
    "advapi32", "bcrypt", "c", "comctl32", "crypt32", "dl", "dwmapi", "gdi32", "imm32", "kernel32", "mscoree",
    "ncrypt", "ntdll", "objc", "ole32", "oleaut32", "opengl32", "pthread", "secur32", "shcore", "shell32", "shlwapi",
    "user32", "uxtheme", "version", "winmm", "ws2_32", "x11",
];

/// What problems are found in.
pub(super) struct Examination<'e, 'a> {
    pub declarations: &'e Declarations,
    pub native: Option<&'e NativeCode<'a>>,
    pub object: Option<&'e Object<'e>>,
    pub flavor: Flavor,
    pub is_framework: &'e dyn Fn(&str) -> bool,
    /// The file of each assembly, by its simple name.
    pub paths: &'e BTreeMap<String, String>,
    pub notes: &'e mut Notes,
    pub diagnostics: &'e mut Diagnostics,
}

impl Examination<'_, '_> {
    /// An error in the user's own code, a warning in that of the framework.
    fn report(&mut self, rule: &'static Rule, assembly: &str, location: Location, message: String, about: Subject) {
        self.notes.about(rule, &location, &message, about);
        if (self.is_framework)(assembly) {
            self.diagnostics.report_softly(rule, location, message);
        } else {
            self.diagnostics.report_firmly(rule, location, message);
        }
    }

    /// Libraries that the native module does not have. Those that only the framework names are not used on wasm.
    pub fn libraries(&mut self, libraries: &[LibraryEntry], pinvokes: &[PInvokeEntry]) {
        let tables = Tables::of(self.native);
        for library in
            libraries.iter().filter(|library| library.state == LibraryState::NotLinked && !library.is_framework)
        {
            let of_library = pinvokes.iter().filter(|entry| entry.library == library.name);
            let mut own = of_library.filter(|entry| !(self.is_framework)(&entry.assembly));
            let Some(first) = own.next() else { continue };
            let others = own.count();
            let calls = match others {
                0 => "the call throws".to_owned(),
                others => format!("this and {} throw", plural(others, "other P/Invoke")),
            };
            let advice = match tables.similar(&library.name) {
                Some(similar) => format!("it has `{similar}`: write that name in DllImport"),
                None => "link it: name its archive in a NativeFileReference".to_owned(),
            };
            let message =
                format!("`{}` is not in the native module, so {calls} DllNotFoundException; {advice}", library.name);
            let location = self.location(first).of_library(&library.name);
            let about = Subject::Library(library.name.clone());
            if is_of_other_system(&library.name) {
                self.notes.about(&catalogue::NOT_LINKED, &location, &message, about);
                self.diagnostics.report_softly(&catalogue::NOT_LINKED, location, message);
            } else {
                self.report(&catalogue::NOT_LINKED, &first.assembly, location, message, about);
            }
        }
    }

    fn location(&self, entry: &PInvokeEntry) -> Location {
        let token = u32::from_str_radix(entry.token.trim_start_matches("0x"), 16).unwrap_or_default();
        self.member(&entry.assembly, &entry.method, token)
    }

    fn member(&self, assembly: &str, member: &str, token: u32) -> Location {
        let path = self.paths.get(assembly).map_or(assembly, String::as_str);
        Location::member(path, member, token).of_assembly(assembly)
    }

    /// P/Invokes whose library has no such function.
    pub fn missing_functions(&mut self, pinvokes: &[PInvokeEntry]) {
        let mut by_library: BTreeMap<(bool, &str), Vec<&PInvokeEntry>> = BTreeMap::new();
        for entry in pinvokes.iter().filter(|entry| entry.state == CallState::NoFunction) {
            by_library.entry(((self.is_framework)(&entry.assembly), &entry.library)).or_default().push(entry);
        }
        let tables = Tables::of(self.native);
        let module = self.native.map_or("", |native| native.path);
        for ((_, library), entries) in by_library {
            let rows = tables.table(library, self.flavor);
            let symbols: BTreeSet<&str> = entries.iter().map(|entry| entry.entry_point.as_str()).collect();
            if symbols.len() > MOST_ALONE
                && let Some(first) = entries.first()
            {
                let shown: Vec<String> = symbols.iter().take(MOST_ALONE).map(|symbol| format!("`{symbol}`")).collect();
                let message = format!(
                    "{} functions of `{library}` are not in {module}: {}, ...; link the module again with the library that \
                     the assembly was built for",
                    symbols.len(),
                    shown.join(", ")
                );
                let path = self.paths.get(&first.assembly).cloned().unwrap_or_default();
                let location = Location::file(path).of_assembly(&first.assembly).of_library(library);
                let about = Subject::Library(library.to_owned());
                self.report(&catalogue::NO_NATIVE_FUNCTION, &first.assembly, location, message, about);
                continue;
            }
            for entry in entries {
                let near = rows.and_then(|rows| NearestName::new(rows.keys().copied()).find(&entry.entry_point));
                let near = match near {
                    Some(near) => format!("; did you mean `{near}`?"),
                    None => "; correct EntryPoint, or link the module again with the library that has it".to_owned(),
                };
                let message = format!(
                    "`{library}` in {module} has no function `{}`: the call throws EntryPointNotFoundException{near}",
                    entry.entry_point
                );
                let location = self.location(entry).of_library(library);
                let about = Subject::PInvoke(entry.id.clone());
                self.report(&catalogue::NO_NATIVE_FUNCTION, &entry.assembly, location, message, about);
            }
        }
    }

    /// P/Invokes whose function has another type.
    pub fn other_types(&mut self, pinvokes: &[PInvokeEntry]) {
        let wrong: BTreeMap<&str, &PInvokeEntry> = pinvokes
            .iter()
            .filter(|entry| entry.state == CallState::OtherType)
            .map(|entry| (entry.id.as_str(), entry))
            .collect();
        let is_wrong =
            |one: &&Declaration| wrong.contains_key(&*super::crossings::pinvoke_id(&one.assembly, one.token));
        let functions: Vec<Declaration> = self.declarations.functions.iter().filter(is_wrong).cloned().collect();
        if functions.is_empty() {
            return;
        }
        // The comparison with names finds the cause; it does not see that a table has another function of a name.
        let mut own = self.diagnostics.empty();
        let declarations = Declarations { functions, callbacks: Vec::new(), ..self.declarations.clone() };
        if let Some(object) = self.object {
            let is_own_path = |path: &str| {
                let name = self.paths.iter().find(|(_, other)| *other == path).map(|(name, _)| name);
                name.is_none_or(|name| !(self.is_framework)(name))
            };
            let mut options = CompareOptions::default();
            options.is_own = &is_own_path;
            compare(&declarations, std::slice::from_ref(object), &options, &mut own);
        }
        let found = own.clone().into_findings();
        let all = found.diagnostics.iter().chain(found.suppressed.iter().map(|suppressed| &suppressed.diagnostic));
        let mut reported = BTreeSet::new();
        for diagnostic in all {
            if let Some((_, token)) = &diagnostic.location.member {
                let id = super::crossings::pinvoke_id(&diagnostic.location.assembly, *token);
                let about = Subject::PInvoke(id.clone());
                self.notes.about(diagnostic.rule, &diagnostic.location, &diagnostic.message, about);
                reported.insert(id);
            }
        }
        self.diagnostics.extend(own);
        for (id, entry) in wrong.into_iter().filter(|(id, _)| !reported.contains(*id)) {
            let theirs = entry.function.as_ref().and_then(|function| function.wasm_type.clone()).unwrap_or_default();
            let message = format!(
                "`{}` of `{}` has the type {theirs}, but C# `{}` calls it as {}: make the two declarations the same",
                entry.entry_point, entry.library, entry.managed, entry.wasm_type
            );
            let location = self.location(entry).of_library(&entry.library);
            self.report(&catalogue::NATIVE_TYPE, &entry.assembly, location, message, Subject::PInvoke(id.to_owned()));
        }
    }

    /// Keys without a thunk, unless every call fails before it needs one.
    pub fn missing_keys(&mut self, keys: &[KeyEntry], pinvokes: &[PInvokeEntry]) {
        let failing: BTreeSet<(&str, &str)> = pinvokes
            .iter()
            .filter(|entry| matches!(entry.state, CallState::NoFunction | CallState::NotLinked | CallState::OtherType))
            .map(|entry| (entry.assembly.as_str(), entry.token.as_str()))
            .collect();
        for key in keys.iter().filter(|key| key.state == KeyState::Missing) {
            let is_reached = |reason: &&Reason| {
                reason.kind != ReasonKind::PInvoke
                    || !failing.contains(&(&*reason.assembly, &*format!("0x{:08X}", reason.token)))
            };
            let mut reasons: Vec<&Reason> = key.needed_by.iter().filter(is_reached).collect();
            // The user's own code comes first.
            reasons.sort_by_key(|reason| (reason.kind == ReasonKind::Runtime, (self.is_framework)(&reason.assembly)));
            let Some(first) = reasons.first() else { continue };
            let others = match reasons.len() - 1 {
                0 => String::new(),
                others => format!(" (and {})", plural(others, "other member")),
            };
            let location = match first.kind {
                ReasonKind::Runtime => Location::default(),
                ReasonKind::Extra => Location::file(&first.assembly),
                _ => self.member(&first.assembly, &first.member, first.token),
            };
            let who =
                if location.member.is_none() { format!("{} requires ", first.member) } else { "requires ".to_owned() };
            let message = format!(
                "{who}{}{others}, for which neither the native module nor an image has a thunk: the call traps; link the \
                 module again, or load an image with the thunk",
                key.key
            );
            let about = Subject::Key(key.key.clone());
            self.notes.about(&catalogue::MISSING_THUNK, &location, &message, about);
            if key.is_framework {
                self.diagnostics.report_softly(&catalogue::MISSING_THUNK, location, message);
            } else {
                self.diagnostics.report(&catalogue::MISSING_THUNK, location, message);
            }
        }
    }

    /// Callbacks that native code cannot call.
    pub fn callbacks(&mut self, callbacks: &[CallbackEntry]) {
        let module = self.native.map_or("", |native| native.path);
        for callback in callbacks {
            let token = u32::from_str_radix(callback.token.trim_start_matches("0x"), 16).unwrap_or_default();
            let location = self.member(&callback.assembly, &callback.method, token);
            let (rule, message) = match callback.state {
                CallbackState::NoRow => (
                    &catalogue::CALLBACK_NOT_IN_MODULE,
                    format!(
                        "{module} has no row `{}` in its table of callbacks: taking the method's address fails; link the \
                         module again with the tables of these assemblies",
                        callback.key
                    ),
                ),
                CallbackState::OtherType => (
                    &catalogue::CALLBACK_TYPE,
                    format!(
                        "the function of `{}` in {module} is {}, but the method needs {}: the module was linked for other \
                         assemblies; link it again",
                        callback.key,
                        callback.function.as_ref().and_then(|function| function.wasm_type.clone()).unwrap_or_default(),
                        callback.wasm_type
                    ),
                ),
                _ => continue,
            };
            self.report(rule, &callback.assembly, location, message, Subject::Callback(callback.key.clone()));
        }
    }
}

/// Whether a library belongs to another operating system.
fn is_of_other_system(library: &str) -> bool {
    let loose = LibraryName::loose(library);
    let name = loose.split('.').next().unwrap_or_default();
    OF_OTHER_SYSTEMS.contains(&name) || library.starts_with('/')
}
