//! Settings of the runtime, and what they do to thunks.

use std::path::{Path, PathBuf};

use super::boot_config::settings_of_runtime_config;
use super::locate::{Place, entries, text_of};
use super::ordered_json::Json;
use super::report::Setting;
use crate::files::ReadFile;
use thunkgen_diagnostics::{Diagnostics, Location, catalogue};

/// Prefixes of the names of environment variables that CoreCLR reads.
const PREFIXES: [&str; 2] = ["DOTNET_", "COMPlus_"];

/// What settings do to images.
const OFF: &str = "turns images off: their thunks are not used";

/// The settings of an app, with those that turn images off, and the files besides the boot configuration with them.
pub(super) fn find(place: &Place, diagnostics: &mut Diagnostics) -> (Vec<Setting>, Vec<ReadFile>) {
    let (mut settings, mut read) = (Vec::new(), Vec::new());
    if let Some(boot) = &place.boot {
        let file = boot.path.display().to_string();
        settings.extend(boot.config.settings.iter().map(|(name, value)| setting(name, value, &file)));
    }
    for path in runtime_configs(place, diagnostics) {
        let Some((text, from)) = text_of(&path, diagnostics) else { continue };
        read.push(from);
        let file = path.display().to_string();
        match serde_json::from_str::<Json>(thunkgen_diagnostics::without_bom(&text)) {
            Ok(json) => settings
                .extend(settings_of_runtime_config(&json).iter().map(|(name, value)| setting(name, value, &file))),
            Err(error) => {
                let line = u32::try_from(error.line()).unwrap_or(u32::MAX).max(1);
                let column = u32::try_from(error.column()).unwrap_or(u32::MAX).max(1);
                let message = error.to_string();
                let message = message.split(" at line ").next().unwrap_or_default();
                let message = format!("it is not valid JSON: {message}; publish the app again");
                diagnostics.report(&catalogue::BAD_BOOT_CONFIG, Location::position(file, line, column), message);
            }
        }
    }
    settings.sort();
    settings.dedup();
    (settings, read)
}

fn setting(name: &str, value: &str, file: &str) -> Setting {
    Setting { name: name.to_owned(), value: value.to_owned(), file: file.to_owned(), effect: effect(name, value) }
}

/// What a setting does to thunks. Values are hexadecimal (`clrconfignames.h` in dotnet/runtime).
fn effect(name: &str, value: &str) -> Option<&'static str> {
    let name = PREFIXES.iter().find_map(|prefix| name.strip_prefix(prefix))?;
    let digits = value.strip_prefix("0x").or_else(|| value.strip_prefix("0X")).unwrap_or(value);
    let value = u32::from_str_radix(digits, 16).ok()?;
    let is_off = match name {
        "ReadyToRun" => value == 0,
        // 2 and 3 interpret everything.
        "InterpMode" => value == 2 || value == 3,
        _ => false,
    };
    is_off.then_some(OFF)
}

/// Files `NAME.runtimeconfig.json` next to the configuration, in the directory that was named, and between them.
fn runtime_configs(place: &Place, diagnostics: &mut Diagnostics) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut directory = Some(place.directory.as_path());
    while let Some(current) = directory {
        found.extend(entries(current, diagnostics).into_iter().filter(|path| is_runtime_config(path)));
        directory = current.parent().filter(|_| current != place.root);
        directory = directory.filter(|parent| parent.starts_with(&place.root) && !parent.as_os_str().is_empty());
    }
    found.sort();
    found
}

fn is_runtime_config(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().ends_with(".runtimeconfig.json")) && !path.is_dir()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_that_turn_images_off() {
        for (name, value) in [
            ("DOTNET_ReadyToRun", "0"),
            ("COMPlus_ReadyToRun", "0x0"),
            ("DOTNET_InterpMode", "2"),
            ("DOTNET_InterpMode", "0x3"),
        ] {
            assert_eq!(effect(name, value), Some(OFF), "{name}={value}");
        }
        for (name, value) in [
            ("DOTNET_ReadyToRun", "1"),
            ("DOTNET_ReadyToRun", ""),
            ("DOTNET_ReadyToRun", "off"),
            ("DOTNET_InterpMode", "0"),
            ("DOTNET_InterpMode", "1"),
            ("ReadyToRun", "0"),
            ("DOTNET_ReadyToRun_Foo", "0"),
        ] {
            assert_eq!(effect(name, value), None, "{name}={value}");
        }
    }
}
