//! Compares the tools that compiled native files with those that the runtime is built with.

use std::collections::{BTreeMap, BTreeSet};

use clr_wasm_file::objects::{Object, ObjectKind};
use thunkgen_core::RuntimeToolchain;
use thunkgen_core::runtime_toolchain::{ExceptionForm, SetjmpForm};
use thunkgen_diagnostics::{Diagnostics, Location, Rule, catalogue};

/// Support functions of each [`SetjmpForm`].
const SAVE_SETJMP: [&str; 2] = ["saveSetjmp", "testSetjmp"];
const WASM_SETJMP: [&str; 2] = ["__wasm_setjmp", "__wasm_setjmp_test"];
/// Undefined symbols of C++ exceptions that JavaScript implements (emscripten without `-fwasm-exceptions`).
const IN_JAVASCRIPT: [&str; 3] = ["emscripten_longjmp", "__resumeException", "llvm_eh_typeid_for"];
const IN_JAVASCRIPT_START: &str = "__cxa_find_matching_catch_";

/// Maximum number of symbols in a message.
const MAX_SYMBOLS: usize = 2;

/// A call that JavaScript makes for code with exceptions: `invoke_` and the letters of the types.
fn is_invoke(symbol: &str) -> bool {
    let types = symbol.strip_prefix("invoke_").unwrap_or_default();
    !types.is_empty() && types.bytes().all(|letter| b"vijfdVFX".contains(&letter))
}

/// How one file was compiled.
#[derive(Default)]
struct Compiled<'o> {
    /// Name and version of each compiler.
    compilers: BTreeSet<(&'o str, &'o str)>,
    features: BTreeSet<&'o str>,
    exceptions: BTreeSet<ExceptionForm>,
    /// Undefined symbols of the lists above.
    symbols: BTreeSet<&'o str>,
    has_bitcode: bool,
    has_shared_memory: bool,
}

/// What a module shows of the tools that made it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Traces {
    /// Name and version of each compiler: `clang 19.1.0`.
    pub compilers: Vec<String>,
    /// WebAssembly features that it uses.
    pub features: Vec<String>,
    /// Forms of exceptions in its code: `legacy (try, catch)`.
    pub exceptions: Vec<&'static str>,
    /// Functions of `setjmp`, and of exceptions in JavaScript, that it imports.
    pub setjmp: Vec<String>,
    /// Its memory is shared between threads.
    pub has_shared_memory: bool,
}

/// What a module shows of the tools that made it; sections may be stripped.
pub fn traces(object: &Object<'_>) -> Traces {
    let mut compiled = Compiled::default();
    compiled.add(object);
    let owned = |texts: &BTreeSet<&str>| texts.iter().map(|text| (*text).to_owned()).collect();
    Traces {
        compilers: compiled.compilers.iter().map(|(name, version)| format!("{name} {version}")).collect(),
        features: owned(&compiled.features),
        exceptions: compiled.exceptions.iter().map(|form| form_name(*form)).collect(),
        setjmp: owned(&compiled.symbols),
        has_shared_memory: compiled.has_shared_memory,
    }
}

/// Reports files that cannot be linked with a runtime made with `tools`, or with each other, one diagnostic for each file.
/// Linked modules are ignored. Returns remarks about files that are compiled with an older compiler or for threads.
pub fn compare_toolchains(
    objects: &[Object<'_>],
    tools: Option<&RuntimeToolchain>,
    diagnostics: &mut Diagnostics,
) -> Vec<String> {
    let mut files: Vec<(&str, Compiled<'_>)> = Vec::new();
    let mut indices = BTreeMap::new();
    for object in objects.iter().filter(|object| !matches!(object.kind, ObjectKind::Linked { .. })) {
        let index = *indices.entry(&*object.file).or_insert_with(|| {
            files.push((&object.file, Compiled::default()));
            files.len() - 1
        });
        if let Some((_, compiled)) = files.get_mut(index) {
            compiled.add(object);
        }
    }
    // Without a known runtime, the first file with exceptions decides.
    let of_runtime = tools.and_then(|tools| tools.exceptions);
    let first = files.iter().find_map(|(file, compiled)| Some((*file, *compiled.exceptions.first()?)));
    let mut remarks = Vec::new();
    for (file, compiled) in &files {
        let mut problems: Vec<(&'static Rule, String)> = Vec::new();
        let (wanted, other) = match (of_runtime, tools, first) {
            (Some(form), Some(tools), _) => (Some(form), format!(".NET {}.0 has", tools.major)),
            (_, _, Some((other, form))) => (Some(form), format!("{other} has")),
            _ => (None, String::new()),
        };
        if let Some(wanted) = wanted
            && let Some(form) = compiled.exceptions.iter().find(|form| **form != wanted)
        {
            let problem = format!(
                "it has {} exceptions, but {other} {} ones: engines reject the module",
                form_name(*form),
                form_name(wanted)
            );
            problems.push((&catalogue::MIXED_EXCEPTIONS, problem));
        }
        if let Some(tools) = tools {
            problems.extend(compiled.problems(tools).map(|problem| (&catalogue::OTHER_TOOLCHAIN, problem)));
            remarks.extend(compiled.remarks(file, tools));
        }
        // The first one is the most severe.
        let Some((rule, _)) = problems.first() else { continue };
        let causes: Vec<&str> = problems.iter().map(|(_, problem)| &**problem).collect();
        let advice = match tools {
            Some(tools) => format!("compile it with {}", tools_name(tools)),
            None => "compile both with the same options".to_owned(),
        };
        let message = format!("compiled by {}: {}; {advice}", compiled.compilers(), causes.join("; "));
        diagnostics.report(rule, Location::file(*file), message);
    }
    remarks
}

impl<'o> Compiled<'o> {
    fn add(&mut self, object: &'o Object<'_>) {
        let toolchain = &object.toolchain;
        let is_compiler = |name: &str| ["clang", "rustc", "LLVM"].iter().any(|compiler| name.ends_with(compiler));
        let producers = toolchain.producers.iter().filter(|(name, _)| is_compiler(name));
        // Without the distribution: `Debian clang`.
        let short = |name: &'o str| name.rsplit(' ').next().unwrap_or(name);
        self.compilers.extend(producers.map(|(name, version)| (short(name), &**version)));
        self.features.extend(toolchain.features.iter().map(String::as_str));
        let found = object.exceptions();
        self.exceptions.extend(found.legacy.then_some(ExceptionForm::Legacy));
        self.exceptions.extend(found.standard.then_some(ExceptionForm::Standard));
        self.symbols.extend(object.uses.iter().map(|one| one.symbol).filter(|symbol| {
            SAVE_SETJMP.contains(symbol)
                || WASM_SETJMP.contains(symbol)
                || IN_JAVASCRIPT.contains(symbol)
                || symbol.starts_with(IN_JAVASCRIPT_START)
                || is_invoke(symbol)
        }));
        self.has_bitcode |= object.kind == ObjectKind::Bitcode;
        self.has_shared_memory |= toolchain.has_shared_memory;
    }

    /// `clang 14.0.6`
    fn compilers(&self) -> String {
        let names: Vec<String> = self.compilers.iter().map(|(name, version)| format!("{name} {version}")).collect();
        if names.is_empty() { "an unknown compiler".to_owned() } else { names.join(", ") }
    }

    /// Problems that make the link fail.
    fn problems(&self, tools: &RuntimeToolchain) -> impl Iterator<Item = String> {
        let runtime = format!(".NET {}.0", tools.major);
        let missing = match tools.setjmp {
            SetjmpForm::Wasm => &SAVE_SETJMP,
            SetjmpForm::Save => &WASM_SETJMP,
        };
        let has_javascript = tools.exceptions.is_none();
        let is_missing = |symbol: &&&str| {
            let is_setjmp = SAVE_SETJMP.contains(*symbol) || WASM_SETJMP.contains(*symbol);
            missing.contains(*symbol) || !is_setjmp && !has_javascript
        };
        // Those of `setjmp` say most.
        let mut absent: Vec<&str> = self.symbols.iter().filter(is_missing).copied().collect();
        absent.sort_by_key(|symbol| !missing.contains(symbol));
        let shown: Vec<String> = absent.iter().take(MAX_SYMBOLS).map(|symbol| format!("`{symbol}`")).collect();
        let symbols = (!absent.is_empty()).then(|| {
            let what = match absent.iter().any(|symbol| !missing.contains(symbol)) {
                true => "its setjmp or exceptions use JavaScript",
                false => "it uses another form of setjmp",
            };
            let more = if absent.len() > shown.len() { ", ..." } else { "" };
            format!("{what} ({}{more}), undefined in {runtime}: the link fails", shown.join(", "))
        });
        let feature = self.features.iter().find(|feature| tools.unsupported_features.contains(*feature));
        let feature = feature.map(|feature| {
            let emscripten = tools.emscripten;
            format!("it uses the feature {feature}, which wasm-opt of emscripten {emscripten} does not support: the link fails")
        });
        let linker = major(tools.clang);
        let newer = self.compilers.iter().find(|(_, version)| self.has_bitcode && major(version) > linker);
        let bitcode = newer.map(|(_, version)| {
            format!(
                "it is LLVM bitcode of version {version}, which the linker of {runtime} ({}) cannot read",
                tools.clang
            )
        });
        let shared = format!("its memory is shared between threads, that of {runtime} is not: the link fails");
        let shared = self.has_shared_memory.then_some(shared);
        [symbols, feature, bitcode, shared].into_iter().flatten()
    }

    fn remarks(&self, file: &str, tools: &RuntimeToolchain) -> impl Iterator<Item = String> {
        let oldest = self
            .compilers
            .iter()
            .find(|(name, version)| !name.ends_with("rustc") && major(version) < major(tools.clang));
        let older = oldest.map(|(name, version)| {
            format!("{file}: compiled by {name} {version}; .NET {}.0 is built with clang {}", tools.major, tools.clang)
        });
        let threads = self
            .features
            .contains("atomics")
            .then(|| format!("{file}: compiled for threads (-pthread); .NET {}.0 has one thread", tools.major));
        [older, threads].into_iter().flatten()
    }
}

fn form_name(form: ExceptionForm) -> &'static str {
    match form {
        ExceptionForm::Legacy => "legacy (try, catch)",
        ExceptionForm::Standard => "standard (try_table)",
    }
}

/// The tools and the options of a runtime.
pub fn tools_name(tools: &RuntimeToolchain) -> String {
    let options = match tools.exceptions {
        Some(ExceptionForm::Standard) => " and -fwasm-exceptions -sWASM_LEGACY_EXCEPTIONS=0",
        Some(ExceptionForm::Legacy) => " and -fwasm-exceptions",
        None => "",
    };
    format!("emscripten {}{options}", tools.emscripten)
}

fn major(version: &str) -> u32 {
    version.split('.').next().and_then(|text| text.parse().ok()).unwrap_or_default()
}
