//! The boot configuration: what the host loads, and with which settings.
//!
//! | .NET | file | form |
//! |---|---|---|
//! | 7 | `mono-config.json` | `assets`: a list with `behavior` |
//! | 7 to 9 | `blazor.boot.json` | `resources`: objects from name to hash; 9 has `fingerprinting` |
//! | 10 and later | `dotnet.js`, `dotnet.boot.js` | the same between comments, `resources`: lists of assets |
//!
//! .NET 11 adds `payloadSize` and `tableSize` to assets that are images (`GenerateWasmBootJson` in dotnet/runtime).

use std::collections::HashMap;

use super::ordered_json::Json;
use thunkgen_diagnostics::position::{Position, PositionIndex};
use thunkgen_diagnostics::without_bom;

/// The comments around the configuration in a script.
const START: &str = "/*json-start*/";
const END: &str = "/*json-end*/";

/// Files with a boot configuration, the preferred one first.
pub(super) const FILES: [&str; 4] = ["blazor.boot.json", "dotnet.boot.js", "dotnet.js", "mono-config.json"];

/// What the host loads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct BootConfig {
    /// Simple name of the assembly with the entry point.
    pub main_assembly: Option<String>,
    /// In the order of the file, which is the order of loading.
    pub assets: Vec<Asset>,
    /// Directory of the assemblies, relative to that of the configuration; empty if it is the same.
    pub assembly_root: String,
    /// Names and values of environment variables, and of properties of the runtime.
    pub settings: Vec<(String, String)>,
}

impl BootConfig {
    /// Whether it has sizes of modules, as those from .NET 11 on do.
    pub fn has_sizes(&self) -> bool {
        self.assets.iter().any(|asset| asset.payload_size.is_some() || asset.table_size.is_some())
    }
}

/// A file that the host loads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Asset {
    /// Path of the file, relative to the directory of the configuration.
    pub name: String,
    /// The name without fingerprint.
    pub virtual_name: String,
    /// What it is for.
    pub role: AssetRole,
    /// Hash in the form of subresource integrity: `sha256-` and base 64.
    pub hash: Option<String>,
    /// Bytes of the image.
    pub payload_size: Option<u64>,
    /// Number of table slots of the image.
    pub table_size: Option<u64>,
}

/// What a file is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum AssetRole {
    /// An assembly that is loaded at the start.
    Assembly,
    /// An assembly that is loaded on request.
    LazyAssembly,
    /// An assembly of resources.
    Satellite,
    /// The linked module of the runtime.
    NativeModule,
    /// A script.
    Script,
    /// Data for globalization.
    Globalization,
    /// Debug information and symbols, without which the app works.
    Symbols,
    /// Any other file.
    #[default]
    Other,
}

impl AssetRole {
    /// For people.
    pub fn name(self) -> &'static str {
        match self {
            AssetRole::Assembly => "assembly",
            AssetRole::LazyAssembly => "lazy assembly",
            AssetRole::Satellite => "satellite assembly",
            AssetRole::NativeModule => "native module",
            AssetRole::Script => "script",
            AssetRole::Globalization => "globalization data",
            AssetRole::Symbols => "symbols",
            AssetRole::Other => "file",
        }
    }

    /// An assembly with code.
    pub fn is_assembly(self) -> bool {
        matches!(self, AssetRole::Assembly | AssetRole::LazyAssembly)
    }

    /// The host cannot start the app without it.
    pub fn is_loaded(self) -> bool {
        matches!(self, AssetRole::Assembly | AssetRole::NativeModule)
    }

    /// Of a member of `resources`.
    fn of_group(group: &str) -> Option<AssetRole> {
        Some(match group {
            "coreAssembly" | "assembly" => AssetRole::Assembly,
            "lazyAssembly" => AssetRole::LazyAssembly,
            "satelliteResources" => AssetRole::Satellite,
            "wasmNative" => AssetRole::NativeModule,
            "jsModuleNative" | "jsModuleRuntime" | "jsModuleWorker" | "jsModuleDiagnostics" => AssetRole::Script,
            "icu" => AssetRole::Globalization,
            "pdb" | "corePdb" | "wasmSymbols" => AssetRole::Symbols,
            // Of .NET 7: scripts, data and the native module.
            "runtime" => AssetRole::Other,
            // Their paths start elsewhere: libraryInitializers, modulesAfterRuntimeReady, vfs, extensions.
            _ => return None,
        })
    }

    /// Of the `behavior` of an asset in a `mono-config.json`.
    fn of_behavior(behavior: &str) -> AssetRole {
        match behavior {
            "assembly" => AssetRole::Assembly,
            "resource" => AssetRole::Satellite,
            "dotnetwasm" => AssetRole::NativeModule,
            "icu" => AssetRole::Globalization,
            "pdb" | "symbols" => AssetRole::Symbols,
            _ if behavior.starts_with("js-module") => AssetRole::Script,
            _ => AssetRole::Other,
        }
    }

    /// Of a file in the group `runtime`.
    fn of_name(name: &str) -> AssetRole {
        match name.rsplit_once('.').map(|(_, extension)| extension) {
            Some("wasm") => AssetRole::NativeModule,
            Some("js") => AssetRole::Script,
            Some("dat" | "blat") => AssetRole::Globalization,
            Some("symbols") => AssetRole::Symbols,
            _ => AssetRole::Other,
        }
    }
}

/// A boot configuration that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct BadBootConfig {
    /// Where.
    pub at: Position,
    /// What is wrong.
    pub message: String,
}

/// Reads the text of a file; `None` if it is a script without a configuration.
pub(super) fn read(text: &str) -> Option<Result<BootConfig, BadBootConfig>> {
    let text = without_bom(text);
    let (start, json) = match text.find(START) {
        Some(at) => {
            let start = at + START.len();
            let rest = text.get(start..).unwrap_or_default();
            (start, rest.split(END).next().unwrap_or_default())
        }
        // A script starts with a comment or a word.
        None if text.trim_start().starts_with('{') || text.trim().is_empty() => (0, text),
        None => return None,
    };
    let quoted = without_identifiers(json);
    Some(match serde_json::from_str::<Json>(&quoted) {
        Ok(json @ Json::Object(_)) => Ok(config(&json)),
        Ok(_) => Err(bad(text, start, "it is not a JSON object")),
        Err(error) => {
            let offset = start + offset_of(json, error.line(), error.column());
            let message = error.to_string();
            let message = message.split(" at line ").next().unwrap_or_default();
            Err(bad(text, offset, &format!("it is not valid JSON: {message}")))
        }
    })
}

fn bad(text: &str, offset: usize, message: &str) -> BadBootConfig {
    let at = PositionIndex::new(text.as_bytes()).position(offset.min(text.len()));
    BadBootConfig { at, message: message.to_owned() }
}

/// The offset of a position that the JSON parser reports: 1-based, in bytes.
fn offset_of(json: &str, line: usize, column: usize) -> usize {
    let before: usize = json.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    before + column.saturating_sub(1)
}

/// Where the text of a configuration names its assets, for all of them in one pass.
pub(super) struct AssetPositions<'t> {
    index: PositionIndex<'t>,
    /// The offset at which each file name is quoted first.
    offsets: HashMap<&'t str, Option<usize>>,
}

impl<'t> AssetPositions<'t> {
    /// Finds them.
    pub fn new(text: &'t str, config: &'t BootConfig) -> AssetPositions<'t> {
        let text = without_bom(text);
        let mut offsets: HashMap<&str, Option<usize>> =
            config.assets.iter().map(|asset| (file_name(&asset.name), None)).collect();
        // What is between two quotes; each quote ends one part and starts the next.
        let mut start = None;
        for (quote, _) in text.match_indices('"') {
            if let Some(start) = start
                && let Some(offset @ None) = text.get(start + 1..quote).and_then(|name| offsets.get_mut(name))
            {
                *offset = Some(start);
            }
            start = Some(quote);
        }
        AssetPositions { index: PositionIndex::new(text.as_bytes()), offsets }
    }

    /// The place of an asset, unless its name is escaped there.
    pub fn of(&self, asset: &Asset) -> Option<Position> {
        let offset = self.offsets.get(file_name(&asset.name)).copied().flatten()?;
        Some(self.index.position(offset))
    }
}

/// Configurations for bundlers have names of JavaScript variables as values: `"resolvedUrl": App_wasm`. They become
/// `null` of the same length.
fn without_identifiers(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    let (mut in_text, mut is_escaped) = (false, false);
    let mut rest = json.char_indices().peekable();
    while let Some((start, c)) = rest.next() {
        if in_text {
            in_text = c != '"' || is_escaped;
            is_escaped = c == '\\' && !is_escaped;
            out.push(c);
            continue;
        }
        in_text = c == '"';
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '$';
        let starts_name = c.is_ascii_alphabetic() || c == '_' || c == '$';
        if !starts_name || json.get(..start).is_some_and(|before| before.ends_with(|c: char| is_name(c) || c == '.')) {
            out.push(c);
            continue;
        }
        let mut end = start + 1;
        while let Some((at, _)) = rest.next_if(|(_, c)| is_name(*c)) {
            end = at + 1;
        }
        match json.get(start..end).unwrap_or_default() {
            word @ ("true" | "false" | "null") => out.push_str(word),
            word if word.len() >= 4 => {
                out.push_str("null");
                out.extend(std::iter::repeat_n(' ', word.len() - 4));
            }
            word => {
                out.push('0');
                out.extend(std::iter::repeat_n(' ', word.len() - 1));
            }
        }
    }
    out
}

fn config(json: &Json) -> BootConfig {
    let mut config = BootConfig::default();
    let main = json.get("mainAssemblyName").or_else(|| json.get("entryAssembly")).and_then(Json::text);
    config.main_assembly = main.map(|name| name.strip_suffix(".dll").unwrap_or(name).to_owned());
    if let Some(resources) = json.get("resources") {
        let fingerprints = resources.get("fingerprinting");
        for (group, listed) in resources.members() {
            let Some(role) = AssetRole::of_group(group) else { continue };
            if role == AssetRole::Satellite {
                for (culture, listed) in listed.members() {
                    add_group(&mut config.assets, role, &format!("{culture}/"), listed, fingerprints);
                }
            } else {
                add_group(&mut config.assets, role, "", listed, fingerprints);
            }
        }
    }
    for asset in json.get("assets").map(Json::items).unwrap_or_default() {
        let behavior = asset.get("behavior").and_then(Json::text).unwrap_or_default();
        add_asset(&mut config.assets, AssetRole::of_behavior(behavior), "", asset);
    }
    let root = json.get("assemblyRootFolder").or_else(|| json.get("assembly_root")).and_then(Json::text);
    config.assembly_root = root.unwrap_or_default().to_owned();
    let properties = json.get("runtimeConfig").map(settings_of_runtime_config).unwrap_or_default();
    let variables = ["environmentVariables", "environment_variables"].into_iter().filter_map(|name| json.get(name));
    config.settings = variables.flat_map(scalars).chain(properties).collect();
    config
}

/// The properties in a `runtimeconfig.json`, or in the part of a boot configuration with this form.
pub(super) fn settings_of_runtime_config(json: &Json) -> Vec<(String, String)> {
    let properties = json.get("runtimeOptions").and_then(|options| options.get("configProperties"));
    properties.map(|properties| scalars(properties).collect()).unwrap_or_default()
}

fn scalars(object: &Json) -> impl Iterator<Item = (String, String)> {
    object.members().filter_map(|(name, value)| Some((name.to_owned(), value.scalar()?)))
}

/// Adds a group: an object from name to hash, or a list of assets.
fn add_group(assets: &mut Vec<Asset>, role: AssetRole, directory: &str, listed: &Json, fingerprints: Option<&Json>) {
    for (name, value) in listed.members() {
        let role = if role == AssetRole::Other { AssetRole::of_name(name) } else { role };
        let hash = value.text().or_else(|| value.get("hash").and_then(Json::text));
        let virtual_name = fingerprints.and_then(|names| names.get(name)).and_then(Json::text).unwrap_or(name);
        assets.push(Asset {
            name: in_directory(directory, name),
            virtual_name: file_name(virtual_name).to_owned(),
            role,
            hash: hash.filter(|hash| !hash.is_empty()).map(str::to_owned),
            ..Asset::default()
        });
    }
    for asset in listed.items() {
        add_asset(assets, role, directory, asset);
    }
}

fn add_asset(assets: &mut Vec<Asset>, role: AssetRole, directory: &str, asset: &Json) {
    let Some(name) = asset.get("name").and_then(Json::text) else { return };
    let hash = asset.get("hash").or_else(|| asset.get("integrity")).and_then(Json::text);
    let virtual_name = asset.get("virtualPath").and_then(Json::text).unwrap_or(name);
    assets.push(Asset {
        name: in_directory(directory, name),
        virtual_name: file_name(virtual_name).to_owned(),
        role,
        hash: hash.filter(|hash| !hash.is_empty()).map(str::to_owned),
        payload_size: asset.get("payloadSize").and_then(Json::number),
        table_size: asset.get("tableSize").and_then(Json::number),
    });
}

/// Before .NET 8, the names of satellite assemblies contain their directory.
fn in_directory(directory: &str, name: &str) -> String {
    if name.starts_with(directory) { name.to_owned() } else { format!("{directory}{name}") }
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn assets_have_the_place_where_their_name_is_first() {
        let text = "\u{feff}{\"a\": \"x.dll\",\n \"b\": [\"y.dll\", \"x.dll\"], \"d/z.dll\": 1}";
        let asset = |name: &str| Asset { name: name.to_owned(), ..Asset::default() };
        let assets = ["x.dll", "c/y.dll", "d/z.dll", "b", "none"].map(asset);
        let config = BootConfig { assets: assets.to_vec(), ..BootConfig::default() };
        let positions = AssetPositions::new(text, &config);
        let places = assets.map(|asset| positions.of(&asset).map(|at| (at.line, at.column)));
        assert_eq!(places, [Some((1, 7)), Some((2, 8)), None, Some((2, 2)), None]);
    }
}
