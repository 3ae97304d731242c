//! Whether an image of thunks is what its keys say: every key leads to a function of the type and with the effect that
//! the key demands, the sizes that the image announces are those it has, and something needs the thunks.
//!
//! Bodies are compared only where this tool made the image: other compilers may well do the same in other
//! instructions. An image that this version made and whose parts are all right must be the very bytes it would make
//! again.

mod body;
mod limits;
mod re_emit;
mod wrapper_rules;

use std::collections::BTreeSet;

use super::image::{function_type, no_image};
use crate::ready_to_run::{self, ImageFile, ImageThunk, StringThunkBlob};
use clr_metadata::ReadError;
use clr_wasm_abi::function_type::MAX_PARAMS;
use clr_wasm_abi::{FunctionType, Signature, ThunkKey};
use clr_wasm_file::{OVER_LIMIT, TOO_MANY_PARAMS};
use thunkgen_diagnostics::{Diagnostics, Location, Rule, catalogue};

/// How an image was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// Keys in its fixups.
    pub thunks: usize,
    /// What compiled it, as it says itself.
    pub compiler: Option<String>,
    /// How much of it can be checked.
    pub depth: Depth,
}

/// How much of an image can be checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Depth {
    /// No engine takes it, so that nothing else matters.
    Nothing,
    /// Not wasm: the keys only.
    Keys,
    /// Made by another compiler: the types of the functions too.
    Types,
    /// Made by this tool: everything.
    Everything,
}

/// Whether a file is an assembly of IL outside of a wasm module, such as the one next to an image.
pub fn is_plain_assembly(bytes: &[u8]) -> bool {
    ready_to_run::open(bytes)
        .is_ok_and(|file| file.image.is_some() && file.wasm.is_none() && file.ready_to_run.is_none())
}

/// What an image of this tool calls its compiler.
const OURS: &str = "thunkgen ";

/// Judges the image in a file. `needed` are the keys that assemblies need, if any were given.
///
/// Problems are reported. `None` if there are no thunks to check, or they cannot be read.
pub fn check(
    path: &str,
    bytes: &[u8],
    needed: Option<&BTreeSet<&str>>,
    diagnostics: &mut Diagnostics,
) -> Option<Judged> {
    match try_check(path, bytes, needed, diagnostics) {
        Ok(judged) => judged,
        Err(error) if error.reason == TOO_MANY_PARAMS => {
            diagnostics.report(&catalogue::TOO_MANY_PARAMS, Location::file(path), error.to_string());
            Some(Judged { thunks: 0, compiler: None, depth: Depth::Nothing })
        }
        Err(error) if error.reason == OVER_LIMIT => {
            diagnostics.report(&catalogue::ENGINE_LIMIT, Location::file(path), error.to_string());
            Some(Judged { thunks: 0, compiler: None, depth: Depth::Nothing })
        }
        Err(error) => {
            diagnostics.report(&catalogue::DAMAGED_IMAGE, Location::file(path), error.to_string());
            None
        }
    }
}

fn try_check(
    path: &str,
    bytes: &[u8],
    needed: Option<&BTreeSet<&str>>,
    diagnostics: &mut Diagnostics,
) -> Result<Option<Judged>, ReadError> {
    let file = ready_to_run::open(bytes)?;
    if file.image.is_none() {
        diagnostics.report(&catalogue::BAD_SOURCE, Location::file(path), no_image(bytes));
        return Ok(None);
    }
    let beyond = file.wasm.as_ref().map(|wasm| limits::beyond(wasm, file.size)).unwrap_or_default();
    for what in &beyond {
        diagnostics.report(&catalogue::ENGINE_LIMIT, Location::file(path), what.as_str());
    }
    let blobs = file.string_thunks()?;
    let (Some(code), false) = (&file.ready_to_run, blobs.iter().all(|blob| blob.blob.thunks.is_empty())) else {
        diagnostics.report(&catalogue::NO_THUNKS, Location::file(path), "it injects no thunks");
        return Ok(None);
    };
    let compiler = code.compiler()?.map(str::to_owned);
    let ours = compiler.as_deref().is_some_and(|name| name.starts_with(OURS));
    let depth = match &file.wasm {
        None => Depth::Keys,
        Some(_) if ours => Depth::Everything,
        Some(_) => Depth::Types,
    };
    let judged = Judged { thunks: blobs.iter().map(|blob| blob.blob.thunks.len()).sum(), compiler, depth };
    let mut check = Check { path, file: &file, judged: &judged, wrong: beyond.len(), diagnostics };
    for blob in &blobs {
        check.blob(&blob.blob);
        for thunk in file.thunks_of(&blob.blob) {
            check.thunk(&thunk);
            if let Some(needed) = needed {
                check.stale(thunk.key, needed);
            }
        }
    }
    check.wrapper();
    if depth == Depth::Everything {
        check.bodies(blobs.iter().flat_map(|blob| file.thunks_of(&blob.blob)).collect());
        check.made_again(bytes);
    }
    Ok(Some(judged))
}

/// The image that is checked, and the sink for diagnostics.
struct Check<'c, 'a> {
    path: &'c str,
    file: &'c ImageFile<'a>,
    judged: &'c Judged,
    /// Number of problems that make the image another one than it should be.
    wrong: usize,
    diagnostics: &'c mut Diagnostics,
}

impl Check<'_, '_> {
    fn wrong(&mut self, rule: &'static Rule, what: impl Into<String>) {
        self.wrong += 1;
        self.diagnostics.report(rule, Location::file(self.path), what);
    }

    /// The order of the keys.
    fn blob(&mut self, blob: &StringThunkBlob<'_>) {
        let disorder = blob.disorder();
        let key = |index: usize| blob.thunks.get(index).map(|thunk| (thunk.key, thunk.offset)).unwrap_or_default();
        if let Some((later, offset)) = disorder.unsorted.map(key) {
            let what = format!("`{later}` (file offset 0x{offset:x}) comes after a key that sorts after it");
            self.wrong(&catalogue::UNSORTED_KEYS, what);
        }
        for (again, offset) in disorder.duplicates.into_iter().map(key) {
            let what = format!("`{again}` (file offset 0x{offset:x}) is a duplicate; the first one is used");
            self.wrong(&catalogue::DUPLICATE_KEY, what);
        }
    }

    /// A key, and the type of the function it leads to.
    fn thunk(&mut self, thunk: &ImageThunk<'_, '_>) {
        let key = thunk.key;
        let parsed = match key.parse::<ThunkKey>() {
            Ok(parsed) => parsed,
            Err(error) => {
                let what = format!("no call has this key, so its thunk cannot be checked: {error}");
                self.diagnostics.report(&catalogue::UNKNOWN_KEY, Location::file(self.path), what);
                return;
            }
        };
        let params = signature(&parsed).map_or(0, |signature| FunctionType::of(signature).params.len());
        if params > MAX_PARAMS {
            let what = format!("`{key}` demands a function of {params} parameters, and engines allow {MAX_PARAMS}");
            self.wrong(&catalogue::TOO_MANY_PARAMS, what);
        }
        let Some(wasm) = &self.file.wasm else { return };
        let Some(function) = &thunk.function else {
            let (slot, slots) = (thunk.table_index, wasm.table_functions().len());
            let what = if (slot as usize) < slots {
                format!("`{key}` is place {slot} of the table, where the image puts nothing")
            } else {
                format!("`{key}` is place {slot} of the table, but the image fills only {slots}")
            };
            return self.wrong(&catalogue::NO_FUNCTION, what);
        };
        let demanded = thunk_type(&parsed);
        let found = function.ty.and_then(function_type);
        if found.as_ref() != Some(&demanded) {
            let found = found.map_or("another type".to_owned(), |found| found.to_string());
            let name = function.name.map(|name| format!(" {name}")).unwrap_or_default();
            let what = format!("`{key}` demands a thunk {demanded}, but function {}{name} is {found}", function.index);
            self.wrong(&catalogue::THUNK_TYPE, what);
        }
    }

    /// Whether anything needs a thunk. Assemblies show calls out of the interpreter only, and of those to managed code
    /// only calls to the runtime itself, so thunks of other compilers between managed methods are not checked.
    fn stale(&mut self, key: &str, needed: &BTreeSet<&str>) {
        let Ok(ThunkKey::FromInterp(signature)) = key.parse() else { return };
        if !needed.contains(key) && (!signature.managed || self.judged.depth == Depth::Everything) {
            let what = format!("`{key}` is unused: no assembly needs it; make the image again without it");
            self.diagnostics.report(&catalogue::STALE_THUNK, Location::file(self.path), what);
        }
    }
}

fn signature(key: &ThunkKey) -> Option<&Signature> {
    match key {
        ThunkKey::FromInterp(signature) | ThunkKey::ToInterp(signature) => Some(signature),
        ThunkKey::Flat(..) => None,
    }
}

/// The type of the thunk itself.
fn thunk_type(key: &ThunkKey) -> FunctionType {
    match key {
        ThunkKey::FromInterp(_) => FunctionType::interp_thunk(),
        ThunkKey::ToInterp(signature) => FunctionType::of(signature),
        ThunkKey::Flat(_, of_type) => FunctionType { params: of_type.params.clone(), result: of_type.result },
    }
}
