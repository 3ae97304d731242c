//! The files of an app: those that the boot configuration names, or those in the directory.

use std::collections::HashSet;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Component, Path, PathBuf};

use super::boot_config::{Asset, AssetPositions, AssetRole};
use super::locate::{Boot, Place, entries, is_code, plain_name, with_extension};
use super::report::AppPart;
use crate::compressed::Unpacker;
use crate::files::FileBytes;
use clr_metadata::{Container, Image};
use clr_wasm_abi::types::report_suspicious;
use thunkgen_diagnostics::{Diagnostics, Location, catalogue};

/// A file that was opened.
#[derive(Debug)]
pub(super) struct AppFile {
    pub path: PathBuf,
    /// The path as text.
    pub display: String,
    /// The contents, decompressed.
    pub bytes: FileBytes,
    /// `br` or `gz`.
    pub compression: Option<&'static str>,
}

/// A file with what the boot configuration says of it.
pub(super) struct AppAssembly {
    pub file: AppFile,
    /// `None` without a boot configuration.
    pub asset: Option<Asset>,
}

/// The files of an app.
#[derive(Default)]
pub(super) struct AppFiles {
    /// Files with code that are loaded as assemblies, in the order of loading.
    pub assemblies: Vec<AppAssembly>,
    /// The linked module of the runtime.
    pub native: Option<AppFile>,
    /// Its entry in the boot configuration.
    pub native_asset: Option<Asset>,
    /// The other files that the boot configuration gives a hash.
    pub others: Vec<AppAssembly>,
    /// Files that are not examined: they may not be written to their end yet.
    skipped: Vec<AppFile>,
    /// All files except assemblies.
    pub parts: Vec<AppPart>,
}

/// Opens a file; one that cannot be opened is reported.
pub(super) fn open_file(path: &Path, unpacker: &mut Unpacker, diagnostics: &mut Diagnostics) -> Option<AppFile> {
    match unpacker.open(path) {
        Ok((bytes, _)) => Some(AppFile {
            path: path.to_owned(),
            display: path.display().to_string(),
            bytes,
            compression: compression(path),
        }),
        Err(error) => {
            error.report(path, diagnostics);
            None
        }
    }
}

fn compression(path: &Path) -> Option<&'static str> {
    let extension = path.extension()?;
    ["br", "gz"].into_iter().find(|known| extension.eq_ignore_ascii_case(known))
}

impl AppFiles {
    /// Opens the files of an app. Missing ones are reported.
    pub fn open(place: &Place, positions: Option<&AssetPositions<'_>>, diagnostics: &mut Diagnostics) -> AppFiles {
        let mut unpacker = Unpacker::default();
        let mut files = match (&place.boot, positions) {
            (Some(boot), Some(positions)) => AppFiles::listed(place, boot, positions, &mut unpacker, diagnostics),
            _ => AppFiles::in_directory(&place.directory, &mut unpacker, diagnostics),
        };
        if let Some(boot) = &place.boot {
            files.find_unlisted_module(place, boot, &mut unpacker, diagnostics);
        }
        files.parts.sort();
        files
    }

    /// The files that are open until the end.
    pub fn opened(&self) -> impl Iterator<Item = (&Path, &FileBytes)> {
        let assemblies = self.assemblies.iter().chain(&self.others).map(|assembly| &assembly.file);
        assemblies.chain(&self.native).chain(&self.skipped).map(|file| (file.path.as_path(), &file.bytes))
    }

    fn listed(
        place: &Place,
        boot: &Boot,
        positions: &AssetPositions<'_>,
        unpacker: &mut Unpacker,
        diagnostics: &mut Diagnostics,
    ) -> AppFiles {
        let mut files = AppFiles::default();
        for asset in &boot.config.assets {
            let Some(path) = inside(&place.directory, &boot.config.assembly_root, asset) else { continue };
            let Some(path) = existing(&path) else {
                if asset.role != AssetRole::Symbols {
                    report_missing(boot, positions, asset, &path, diagnostics);
                }
                continue;
            };
            // Without a hash, it is enough that these are there.
            let is_read = asset.role.is_assembly() || asset.role == AssetRole::NativeModule || asset.hash.is_some();
            let Some(file) = is_read.then(|| open_file(&path, unpacker, diagnostics)) else {
                let size = fs::metadata(&path).map_or(0, |metadata| metadata.len());
                files.parts.push(part(&path, &asset.name, asset.role, size, true));
                continue;
            };
            let Some(file) = file else { continue };
            match asset.role {
                AssetRole::Assembly | AssetRole::LazyAssembly => {
                    files.assemblies.push(AppAssembly { file, asset: Some(asset.clone()) });
                }
                AssetRole::NativeModule if files.native.is_none() => {
                    let size = file.bytes.len() as u64;
                    files.parts.push(part(&file.path, &asset.name, asset.role, size, true));
                    (files.native, files.native_asset) = (Some(file), Some(asset.clone()));
                }
                role => {
                    files.parts.push(part(&file.path, &asset.name, role, file.bytes.len() as u64, true));
                    files.others.push(AppAssembly { file, asset: Some(asset.clone()) });
                }
            }
        }
        files
    }

    /// Every file with code in a directory.
    fn in_directory(directory: &Path, unpacker: &mut Unpacker, diagnostics: &mut Diagnostics) -> AppFiles {
        let mut files = AppFiles::default();
        let mut modules = Vec::new();
        for path in code_files(directory, diagnostics) {
            let Some(file) = open_file(&path, unpacker, diagnostics) else { continue };
            match Image::open(&file.bytes) {
                Ok(None) => {
                    let (name, is_module) = (plain_name(&path), file.bytes.starts_with(b"\0asm"));
                    // What is wrong with the native module is reported when it is read.
                    let is_native = is_module && name.starts_with("dotnet");
                    if is_native || (!report_suspicious(&file.display, &file.bytes, diagnostics) && is_module) {
                        modules.push(file);
                        continue;
                    }
                    // A native library, or what was reported.
                    files.parts.push(part(&path, &name, AssetRole::Other, file.bytes.len() as u64, false));
                    files.skipped.push(file);
                }
                // An error is reported when the assembly is read.
                Ok(Some(_)) | Err(_) => files.assemblies.push(AppAssembly { file, asset: None }),
            }
        }
        // The runtime is called so; else the largest module is it.
        let rank = |file: &AppFile| (plain_name(&file.path).starts_with("dotnet"), file.bytes.len());
        modules.sort_by_key(|file| std::cmp::Reverse(rank(file)));
        let mut modules = modules.into_iter();
        files.native = modules.next();
        let native = files.native.iter().map(|file| (file, AssetRole::NativeModule));
        let all: Vec<(AppFile, AssetRole)> = modules.map(|file| (file, AssetRole::Other)).collect();
        let listed = native.chain(all.iter().map(|(file, role)| (file, *role)));
        let parts =
            listed.map(|(file, role)| part(&file.path, &plain_name(&file.path), role, file.bytes.len() as u64, false));
        let parts: Vec<AppPart> = parts.collect();
        files.parts.extend(parts);
        files.skipped.extend(all.into_iter().map(|(file, _)| file));
        files
    }

    /// Lists the files with code that the boot configuration does not name; takes the native module from them if none is
    /// named.
    fn find_unlisted_module(
        &mut self,
        place: &Place,
        boot: &Boot,
        unpacker: &mut Unpacker,
        diagnostics: &mut Diagnostics,
    ) {
        let listed: HashSet<&str> = boot.config.assets.iter().map(|asset| &*asset.name).collect();
        let names_module = boot.config.assets.iter().any(|asset| asset.role == AssetRole::NativeModule);
        for path in code_files(&place.directory, diagnostics) {
            let name = plain_name(&path);
            if listed.contains(&*name) {
                continue;
            }
            let mut role = AssetRole::Other;
            if !names_module && self.native.is_none() && name.starts_with("dotnet") && name.ends_with(".wasm") {
                self.native = open_file(&path, unpacker, diagnostics);
                role = AssetRole::NativeModule;
            }
            let size = fs::metadata(&path).map_or(0, |metadata| metadata.len());
            self.parts.push(part(&path, &name, role, size, false));
        }
    }
}

/// The files of a directory that can have code; of a file and its compressed copies, the first. What turns out not to
/// be a file is reported when it is opened.
fn code_files(directory: &Path, diagnostics: &mut Diagnostics) -> Vec<PathBuf> {
    let mut paths = entries(directory, diagnostics);
    paths.retain(|path| is_code(path) && !path.is_dir());
    // `a.wasm` comes before `a.wasm.br`.
    paths.sort_by_cached_key(|path| (plain_name(path), path.clone()));
    paths.dedup_by_key(|path| plain_name(path));
    paths
}

fn part(path: &Path, name: &str, role: AssetRole, size: u64, is_listed: bool) -> AppPart {
    AppPart {
        path: path.display().to_string(),
        name: name.to_owned(),
        role: role.name(),
        size,
        compression: compression(path),
        is_listed,
    }
}

/// The path of an asset, unless it is outside of the directory.
fn inside(directory: &Path, assembly_root: &str, asset: &Asset) -> Option<PathBuf> {
    let name = Path::new(&asset.name);
    let root =
        Path::new(if asset.role.is_assembly() || asset.role == AssetRole::Satellite { assembly_root } else { "" });
    let is_inside =
        |path: &Path| path.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    (is_inside(name) && is_inside(root)).then(|| directory.join(root).join(name))
}

/// The file, or a compressed copy of it; else what is in its place and cannot be read.
fn existing(path: &Path) -> Option<PathBuf> {
    let paths = || [None, Some("br"), Some("gz")].into_iter().map(|extension| with_extension(path, extension));
    let is_missing = |error: io::Error| [ErrorKind::NotFound, ErrorKind::NotADirectory].contains(&error.kind());
    paths().find(|path| path.is_file()).or_else(|| paths().find(|path| !fs::metadata(path).is_err_and(is_missing)))
}

fn report_missing(
    boot: &Boot,
    positions: &AssetPositions<'_>,
    asset: &Asset,
    path: &Path,
    diagnostics: &mut Diagnostics,
) {
    let file = boot.path.display().to_string();
    let location = match positions.of(asset) {
        Some(at) => Location::at(file, at),
        None => Location::file(file),
    };
    let message = format!(
        "{} `{}` does not exist: {}, and neither does a .br or .gz copy; copy all files of the publish directory",
        asset.role.name(),
        asset.name,
        path.display()
    );
    diagnostics.report(&catalogue::MISSING_PART, location, message);
}

/// `PE`, `Webcil 1 in wasm`.
pub(super) fn container_name(container: Container) -> String {
    match container {
        Container::Pe32 | Container::Pe32Plus => "PE".to_owned(),
        Container::Webcil(version) => format!("Webcil {version}"),
        Container::WasmWebcil(version) => format!("Webcil {version} in wasm"),
    }
}
