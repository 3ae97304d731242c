//! The native module: its tables, and traces of the tools that made it.

use super::app_files::AppFile;
use super::report::NativeModule;
use super::runtime::NativeCode;
use crate::files::OpenFiles;
use crate::native_files;
use clr_wasm_file::objects::{self, Object, SymbolNames};
use thunkgen_core::RuntimeToolchain;
use thunkgen_diagnostics::{Diagnostics, Location, catalogue};
use thunkgen_native::toolchain::{self, Traces};

/// The module as an object, with the names of the symbol file next to it; what cannot be read is reported.
pub(super) fn with_object<R>(
    file: &AppFile,
    diagnostics: &mut Diagnostics,
    work: impl FnOnce(Option<&Object<'_>>, Option<String>, &mut Diagnostics) -> R,
) -> R {
    let symbols = native_files::symbols(&file.path, &mut OpenFiles::default(), diagnostics);
    let names = symbols.as_ref().and_then(|(path, bytes)| match SymbolNames::parse(bytes) {
        Ok(names) => Some(names),
        Err(error) => {
            let location = Location::position(path, error.line, 1);
            diagnostics.report(&catalogue::BAD_NATIVE_FILE, location, error.to_string());
            None
        }
    });
    let symbols_path = symbols.as_ref().map(|(path, _)| path.clone());
    // What is wrong with the module was reported.
    let objects = objects::read(&file.display, &[], &file.bytes, names.as_ref()).unwrap_or_default();
    work(objects.first(), symbols_path, diagnostics)
}

/// Describes the module, and reports two forms of exceptions in it.
pub(super) fn describe(
    native: &NativeCode<'_>,
    object: Option<&Object<'_>>,
    symbols: Option<String>,
    major: Option<u16>,
    diagnostics: &mut Diagnostics,
) -> NativeModule {
    let tables = &native.tables;
    let traces = object.map(toolchain::traces).unwrap_or_default();
    let Traces { compilers, features, exceptions, setjmp, has_shared_memory, .. } = traces;
    let tools = major.and_then(RuntimeToolchain::of);
    if exceptions.len() > 1 {
        let advice = match tools {
            Some(tools) => format!("compile all native code with {}", toolchain::tools_name(tools)),
            None => "compile all native code with the same options".to_owned(),
        };
        let message =
            format!("its code has {} exceptions: engines reject the module; {advice}", exceptions.join(" and "));
        diagnostics.report(&catalogue::MIXED_EXCEPTIONS, Location::file(native.path), message);
    }
    let rows = |count: usize, is_there: bool| is_there.then_some(count);
    NativeModule {
        path: native.path.to_owned(),
        functions: native.module.function_count(),
        named_functions: object.map_or(0, |object| object.functions.len()),
        symbols,
        pinvoke_tables: tables.pinvokes.iter().map(|table| (table.library.to_owned(), table.entries.len())).collect(),
        thunks: rows(tables.thunk_rows().count(), !tables.thunks.is_empty()),
        callbacks: rows(tables.callback_keys().count(), !tables.callbacks.is_empty()),
        compilers,
        features,
        exceptions,
        setjmp,
        has_shared_memory,
        expected_tools: tools.map(|tools| format!("{}, clang {}", toolchain::tools_name(tools), tools.clang)),
    }
}
