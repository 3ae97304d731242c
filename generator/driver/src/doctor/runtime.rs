//! Which runtime an app has: from its core library and its native module.

use super::app_files::AppFiles;
use super::report::{Flavor, RuntimeFound};
use crate::core_library;
use crate::options::{Choice, Options};
use clr_metadata::columns::{assembly, custom_attribute, member_ref, type_def, type_ref};
use clr_metadata::{Module, ReadError, TableId, Token};
use clr_wasm_abi::layout::special::CORE_LIBRARY;
use clr_wasm_file::WasmModule;
use thunkgen_core::RuntimeVersion;
use thunkgen_core::runtime_version::MONO_TYPE;
use thunkgen_diagnostics::{Diagnostics, Location, catalogue};
use thunkgen_r2r::lookup::LinkedTables;

/// Exports of the native module by which the runtime is known.
const MONO_EXPORT: &str = "mono_wasm_";
const CORECLR_EXPORT: &str = "BrowserHost_";

/// The linked module, read.
pub(super) struct NativeCode<'a> {
    pub path: &'a str,
    pub module: WasmModule<'a>,
    pub tables: LinkedTables<'a>,
}

impl<'a> NativeCode<'a> {
    /// Reads the native module of an app. One that cannot be read is reported.
    pub fn open(files: &'a AppFiles, diagnostics: &mut Diagnostics) -> Option<NativeCode<'a>> {
        let file = files.native.as_ref()?;
        match WasmModule::open(&file.bytes) {
            Ok(Some(module)) => {
                let tables = LinkedTables::of(&module);
                Some(NativeCode { path: &file.display, module, tables })
            }
            Ok(None) => {
                let message = "the native module is not a wasm module; publish the app again".to_owned();
                diagnostics.report(&catalogue::BAD_NATIVE_FILE, Location::file(&file.display), message);
                None
            }
            Err(error) => {
                diagnostics.report(&catalogue::BAD_NATIVE_FILE, Location::file(&file.display), error.to_string());
                None
            }
        }
    }

    /// The kind of runtime that its exports show.
    fn flavor(&self) -> Flavor {
        let exports = |start: &str| self.module.exports.iter().any(|export| export.name.starts_with(start));
        match () {
            () if exports(MONO_EXPORT) => Flavor::Mono,
            () if exports(CORECLR_EXPORT) || !self.tables.thunks.is_empty() || !self.tables.callbacks.is_empty() => {
                Flavor::CoreClr
            }
            () => Flavor::Unknown,
        }
    }
}

/// What the core library shows.
struct CoreLibrary {
    path: String,
    flavor: Flavor,
    major: u16,
    version: String,
}

/// Finds out which runtime it is, and reports parts of two. The formats of `RuntimeVersion` count for CoreCLR.
pub(super) fn find(
    files: &AppFiles,
    native: Option<&NativeCode<'_>>,
    options: &Options,
    diagnostics: &mut Diagnostics,
) -> (RuntimeFound, RuntimeVersion) {
    let core = files.assemblies.iter().find_map(|assembly| read_core(&assembly.file.display, &assembly.file.bytes));
    let of_module = native.map_or(Flavor::Unknown, NativeCode::flavor);
    let of_core = core.as_ref().map_or(Flavor::Unknown, |core| core.flavor);
    let build = native.and_then(|native| native.tables.build);
    let mut found = RuntimeFound { flavor: of_module, ..RuntimeFound::default() };
    if let (Some(native), true) = (native, of_module != Flavor::Unknown) {
        let build = build.map(|build| format!(", build {}", build.version)).unwrap_or_default();
        found.evidence.push(format!("{} is {}{build}", native.path, of_module.name()));
    }
    if let Some(core) = &core {
        found.version = Some(core.version.clone());
        found.evidence.push(format!("{} is the core library of {} {}", core.path, of_core.name(), core.version));
        if of_module == Flavor::Unknown {
            found.flavor = of_core;
        }
    }
    let module_major = build.and_then(|build| build.major());
    if let (Some(core), Some(native)) = (&core, native) {
        let theirs = match module_major {
            Some(major) if major != core.major => Some(format!("version {major}.0")),
            _ if of_module != Flavor::Unknown && of_module != of_core => Some(of_module.name().to_owned()),
            _ => None,
        };
        if let Some(theirs) = theirs {
            let message = format!(
                "the core library is that of {} {}, but {} is the native module of {theirs}: files of two builds are \
                 mixed; delete the directory and publish again",
                of_core.name(),
                core.version,
                native.path
            );
            diagnostics.report(&catalogue::MIXED_RUNTIMES, Location::file(&core.path), message);
        }
    }
    if found.version.is_none() {
        found.version = build.map(|build| build.version.to_owned());
    }
    let major = core.map(|core| core.major).or(module_major);
    let known = RuntimeVersion::ALL.into_iter().find(|version| Some(version.facts().major) == major);
    let of_tables = || native.and_then(|native| native.tables.runtime());
    let asked = options.runtime.as_ref().map(|runtime| runtime.value);
    let version = asked.or(known).or_else(of_tables).unwrap_or_default();
    if found.flavor == Flavor::CoreClr {
        let facts = version.facts();
        found.formats_of = Some(facts.name.to_owned());
        found.contract = Some(options.asked_contract().unwrap_or(facts.contract).name().to_owned());
        let tokens = options.tokens.as_ref().map_or(facts.tokens, |tokens| tokens.value);
        found.tokens = Some(tokens.word().to_owned());
    }
    (found, version)
}

fn read_core(path: &str, bytes: &[u8]) -> Option<CoreLibrary> {
    let module = clr_metadata::open(bytes).ok()??;
    if module.assembly_name().ok()?? != CORE_LIBRARY {
        return None;
    }
    let major = core_library::major(&module)?;
    let flavor = if is_mono(&module) { Flavor::Mono } else { Flavor::CoreClr };
    let version = informational_version(&module).ok().flatten();
    let version = version.or_else(|| assembly_version(&module).ok()).unwrap_or_default();
    Some(CoreLibrary { path: path.to_owned(), flavor, major, version })
}

/// Whether it is the core library of Mono.
fn is_mono(module: &Module<'_>) -> bool {
    let (namespace, name) = MONO_TYPE;
    let is = |column, row, text| module.string(column, row).is_ok_and(|found| found == text);
    let mut rows = module.tables.all(TableId::TypeDef);
    rows.any(|row| is(type_def::NAMESPACE, row, namespace) && is(type_def::NAME, row, name))
}

/// The version of an assembly: `11.0.0.0`.
pub(super) fn assembly_version(module: &Module<'_>) -> Result<String, ReadError> {
    let cell = |column| module.tables.cell(column, 1);
    let major = cell(assembly::MAJOR_VERSION)?;
    let (minor, build, revision) =
        (cell(assembly::MINOR_VERSION)?, cell(assembly::BUILD_NUMBER)?, cell(assembly::REVISION_NUMBER)?);
    Ok(format!("{major}.{minor}.{build}.{revision}"))
}

/// The value of `AssemblyInformationalVersionAttribute`, without the commit: `11.0.0-rtm.26529.118`.
fn informational_version(module: &Module<'_>) -> Result<Option<String>, ReadError> {
    let Some(first) = module.find(custom_attribute::PARENT, ASSEMBLY)? else { return Ok(None) };
    for row in first..first.saturating_add(module.count(custom_attribute::PARENT, ASSEMBLY)?) {
        let constructor = module.coded(custom_attribute::TYPE, row)?;
        if class_name(module, constructor)? == Some("AssemblyInformationalVersionAttribute") {
            let value = module.heaps.blob(module.tables.cell(custom_attribute::VALUE, row)?)?;
            return Ok(string_argument(value).and_then(|text| text.split('+').next()).map(str::to_owned));
        }
    }
    Ok(None)
}

/// The assembly as the parent of an attribute: row 1, and the tag of the Assembly table (II.24.2.6).
const ASSEMBLY: u32 = 1 << 5 | 14;

/// The only argument of an attribute: after a prolog of two bytes, a string with its length (II.23.3).
fn string_argument(value: &[u8]) -> Option<&str> {
    let (length, text) = match value.get(2..)? {
        [length @ ..0x80, text @ ..] => (usize::from(*length), text),
        [high @ 0x80..0xc0, low, text @ ..] => (usize::from(high & 0x3f) << 8 | usize::from(*low), text),
        _ => return None,
    };
    std::str::from_utf8(text.get(..length)?).ok().filter(|text| !text.is_empty())
}

fn class_name<'a>(module: &Module<'a>, constructor: Token) -> Result<Option<&'a str>, ReadError> {
    let class = match constructor.table {
        TableId::MethodDef => module.owner(type_def::METHOD_LIST, constructor.row)?,
        TableId::MemberRef => {
            let class = module.coded(member_ref::CLASS, constructor.row)?;
            let is_reference = class.table == TableId::TypeRef;
            return if is_reference { module.string(type_ref::NAME, class.row).map(Some) } else { Ok(None) };
        }
        _ => None,
    };
    class.map(|class| module.string(type_def::NAME, class)).transpose()
}
