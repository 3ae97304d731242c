//! Finds the boot configuration, or the directory of the files, below what the user named.

use std::collections::VecDeque;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::boot_config::{self, BadBootConfig, BootConfig};
use super::{AppFile, open_file};
use crate::compressed::Unpacker;
use crate::error::{OptionError, reason};
use crate::files::{self, ReadFile};
use thunkgen_diagnostics::{Diagnostics, Location, catalogue};

/// Deepest directory that is looked into: `bin/Release/net11.0/publish/wwwroot/_framework`.
const MAX_DEPTH: usize = 7;

/// Most directories and files that are looked at.
const MAX_ENTRIES: usize = 100_000;

/// Directories without apps.
const SKIPPED: [&str; 3] = ["node_modules", "obj", ".git"];

/// What is examined.
pub(super) struct Place {
    /// The directory of the files.
    pub directory: PathBuf,
    /// The boot configuration that is used.
    pub boot: Option<Boot>,
    /// Boot configurations that are not used.
    pub others: Vec<PathBuf>,
    /// The directory that the user named; that of the file if it is one.
    pub root: PathBuf,
}

/// A file with a boot configuration.
pub(super) struct Boot {
    /// Its path, with `.br` or `.gz` if only that is there.
    pub path: PathBuf,
    /// Its text.
    pub text: String,
    /// What is in it.
    pub config: BootConfig,
    /// The file as it was read.
    pub file: ReadFile,
}

/// Finds the app. A configuration that cannot be read is reported, and the files next to it are examined.
///
/// # Errors
/// There is no such path, or no file of an app below it.
pub(super) fn find(path: &Path, diagnostics: &mut Diagnostics) -> Result<Place, OptionError> {
    let unreadable = |error: io::Error| OptionError::new(format_args!("{}: {}", path.display(), reason(&error)));
    let metadata = fs::metadata(path).map_err(unreadable)?;
    if !metadata.is_dir() {
        return of_file(path, diagnostics);
    }
    fs::read_dir(path).map_err(unreadable)?;
    let found = walk(path, diagnostics);
    let mut read = Vec::new();
    for path in &found.configurations {
        let Some((text, file)) = text_of(path, diagnostics) else { continue };
        let Some(config) = boot_config::read(&text) else { continue };
        read.push((file, text, config));
    }
    // The copy whose files are there is the app; of several, the outermost one.
    read.sort_by_key(|(file, _, config)| !config.as_ref().is_ok_and(|config| is_near(&file.path, config)));
    let others = read.iter().skip(1).map(|(file, ..)| file.path.clone()).collect();
    let Some((file, text, config)) = read.into_iter().next() else {
        let Some(directory) = found.directory.or_else(|| diagnostics.has_errors().then(|| path.to_owned())) else {
            return Err(OptionError::new(format_args!(
                "{}: no boot configuration, assembly or native module in it; name the directory of a published app, \
                 such as bin/Release/net11.0/publish",
                path.display()
            )));
        };
        return Ok(Place { directory, boot: None, others: Vec::new(), root: path.to_owned() });
    };
    let directory = file.path.parent().unwrap_or(path).to_owned();
    let boot = boot(file, text, config, diagnostics);
    Ok(Place { directory, boot, others, root: path.to_owned() })
}

/// A boot configuration, or another file of an app, that is named itself.
fn of_file(path: &Path, diagnostics: &mut Diagnostics) -> Result<Place, OptionError> {
    let directory = match path.parent() {
        Some(parent) if parent.as_os_str().is_empty() => PathBuf::from("."),
        parent => parent.unwrap_or(Path::new(".")).to_owned(),
    };
    files::open(path).map_err(|error| OptionError::new(format_args!("{}: {}", path.display(), reason(&error))))?;
    let name = plain_name(path);
    let is_text = name.ends_with(".js") || name.ends_with(".mjs") || name.ends_with(".json");
    let text = if is_text { text_of(path, diagnostics) } else { None };
    let config = text.and_then(|(text, file)| Some((boot_config::read(&text)?, text, file)));
    match config {
        Some((config, text, file)) => {
            let boot = boot(file, text, config, diagnostics);
            Ok(Place { root: directory.clone(), directory, boot, others: Vec::new() })
        }
        // Before .NET 10, the configuration is in a file next to the script.
        None if name == "dotnet.js" || name.ends_with(".wasm") => find(&directory, diagnostics),
        None if diagnostics.has_errors() => {
            Ok(Place { root: directory.clone(), directory, boot: None, others: Vec::new() })
        }
        None => Err(OptionError::new(format_args!(
            "{}: not a boot configuration; name dotnet.js, blazor.boot.json or the directory of the app",
            path.display()
        ))),
    }
}

fn boot(
    file: ReadFile,
    text: String,
    config: Result<BootConfig, BadBootConfig>,
    diagnostics: &mut Diagnostics,
) -> Option<Boot> {
    match config {
        Ok(config) => Some(Boot { path: file.path.clone(), text, config, file }),
        Err(BadBootConfig { at, message }) => {
            let message = format!("{message}, so the files next to it are examined; publish the app again");
            diagnostics.report(&catalogue::BAD_BOOT_CONFIG, Location::at(file.path.display().to_string(), at), message);
            None
        }
    }
}

/// The text of a file, and the file as it was read; one that cannot be read is reported.
pub(super) fn text_of(path: &Path, diagnostics: &mut Diagnostics) -> Option<(String, ReadFile)> {
    let AppFile { path, bytes, .. } = open_file(path, &mut Unpacker::default(), diagnostics)?;
    Some((String::from_utf8_lossy(&bytes).into_owned(), ReadFile::of(path, bytes)))
}

/// Whether the files that the host loads first are next to the configuration.
fn is_near(path: &Path, config: &BootConfig) -> bool {
    let directory = path.parent().unwrap_or(Path::new("."));
    config.assets.iter().filter(|asset| asset.role.is_loaded()).take(1).any(|asset| {
        let path = directory.join(&asset.name);
        [None, Some("br"), Some("gz")].into_iter().any(|extension| with_extension(&path, extension).is_file())
    })
}

/// The path with one more extension.
pub(super) fn with_extension(path: &Path, extension: Option<&str>) -> PathBuf {
    let mut path = path.as_os_str().to_owned();
    if let Some(extension) = extension {
        path.push(".");
        path.push(extension);
    }
    path.into()
}

/// What a walk found, outermost first.
#[derive(Default)]
struct Walked {
    configurations: Vec<PathBuf>,
    /// The outermost directory with an assembly or module.
    directory: Option<PathBuf>,
}

/// The paths in a directory, sorted. A directory that cannot be listed is reported.
pub(super) fn entries(directory: &Path, diagnostics: &mut Diagnostics) -> Vec<PathBuf> {
    let mut paths = Vec::new();
    let listed = fs::read_dir(directory).and_then(|mut listed| {
        listed.try_for_each(|entry| {
            paths.push(directory.join(entry?.file_name()));
            Ok(())
        })
    });
    if let Err(error) = listed {
        let location = Location::file(directory.display().to_string());
        diagnostics.report(&catalogue::UNREADABLE, location, reason(&error));
    }
    paths.sort();
    paths
}

fn walk(root: &Path, diagnostics: &mut Diagnostics) -> Walked {
    let mut walked = Walked::default();
    let mut directories = VecDeque::from([(root.to_owned(), 0)]);
    let mut looked_at = 0;
    while let Some((directory, depth)) = directories.pop_front() {
        let paths = entries(&directory, diagnostics);
        let mut has_code = false;
        let mut configurations = Vec::new();
        for path in paths {
            looked_at += 1;
            if looked_at > MAX_ENTRIES {
                let message = format!(
                    "more than {MAX_ENTRIES} files and directories, so those from {} on are skipped; name the \
                     directory of the published app",
                    path.display()
                );
                diagnostics.report(&catalogue::SKIPPED_INPUT, Location::file(root.display().to_string()), message);
                return walked;
            }
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if path.is_dir() {
                if depth < MAX_DEPTH && !SKIPPED.contains(&&*name) {
                    directories.push_back((path, depth + 1));
                }
                continue;
            }
            has_code |= is_code(&path);
            let plain = plain_name(&path);
            if let Some(rank) = boot_config::FILES.iter().position(|known| *known == plain) {
                // The uncompressed file first.
                configurations.push((rank, name.len(), path));
            }
        }
        configurations.sort();
        configurations.dedup_by_key(|(rank, ..)| *rank);
        walked.configurations.extend(configurations.into_iter().map(|(.., path)| path));
        if has_code && walked.directory.is_none() {
            walked.directory = Some(directory);
        }
    }
    walked
}

/// The name of a file without `.br` and `.gz`.
pub(super) fn plain_name(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let plain = name.strip_suffix(".br").or_else(|| name.strip_suffix(".gz")).map(str::to_owned);
    plain.unwrap_or(name)
}

/// Whether a file can be an assembly or a module, by its name.
pub(super) fn is_code(path: &Path) -> bool {
    let name = plain_name(path).to_ascii_lowercase();
    [".wasm", ".dll", ".webcil", ".exe"].iter().any(|extension| name.ends_with(extension))
}
