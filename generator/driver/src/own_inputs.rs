//! Which inputs are the user's own code: not those that a package, the shared framework or a pack brought.

use std::path::{Component, Path, is_separator};

use super::error::OptionError;
use super::glob;
use super::options::Own;

/// Those of `files` that are the user's own.
///
/// Patterns decide alone when there are some; one without a `/` is about the name of the file. Otherwise a file is not
/// the user's own when the caller says so, or when its path is one of
/// - a NuGet package, `ID/VERSION/lib/` or `ID/VERSION/runtimes/`,
/// - a shared framework, `shared/Microsoft.NETCore.App/`,
/// - a pack of the SDK, `packs/Microsoft.NETCore.App.Ref/`.
///
/// # Errors
/// A pattern that cannot be read.
pub fn own_inputs<'f>(files: impl IntoIterator<Item = &'f Path>, own: &Own) -> Result<Vec<&'f Path>, OptionError> {
    let files = files.into_iter();
    if own.patterns.is_empty() {
        let is_own = |file: &&Path| !own.from_packages.iter().any(|other| other == file) && !is_brought(file);
        return Ok(files.filter(is_own).collect());
    }
    let mut patterns = Vec::new();
    for given in &own.patterns {
        let matcher = glob::matcher(given).map_err(|why| {
            OptionError::of(&given.origin, format_args!("pattern {} cannot be read: {why}", given.value))
        })?;
        patterns.push((matcher, !given.contains(is_separator)));
    }
    let is_own = |file: &&Path| {
        let name = file.file_name().unwrap_or_default();
        patterns.iter().any(|(matcher, of_name)| if *of_name { matcher.is_match(name) } else { matcher.is_match(file) })
    };
    Ok(files.filter(is_own).collect())
}

/// Whether a path is one of those that packages, frameworks and packs are laid out in.
fn is_brought(file: &Path) -> bool {
    let names: Vec<&str> = file
        .components()
        .filter_map(|component| match component {
            Component::Normal(name) => name.to_str(),
            _ => None,
        })
        .collect();
    // The last one is the file.
    let directories = &names[..names.len().saturating_sub(1)];
    let is_in = |pair: &[&str]| match pair {
        // Each has a directory for its version.
        ["shared", framework] => framework.contains(".App"),
        ["packs", pack] => pack.contains('.'),
        _ => false,
    };
    let is_package = |part: &[&str]| match part {
        [_, version, "lib" | "runtimes"] => is_version(version),
        _ => false,
    };
    directories.windows(2).any(is_in) || directories.windows(3).any(is_package)
}

/// `1.2.3`, perhaps with more numbers and a suffix such as `-preview.1`.
fn is_version(name: &str) -> bool {
    let numbers: Vec<&str> = name.split(['-', '+']).next().unwrap_or_default().split('.').collect();
    (2..=4).contains(&numbers.len())
        && numbers.iter().all(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::Given;

    const FILES: [&str; 8] = [
        "app/App.dll",
        "lib/1.0/Mine.dll",
        "/root/.nuget/packages/skiasharp/2.88.8/lib/net6.0/SkiaSharp.dll",
        "packages/a.b/1.0.0-rc.1/runtimes/browser/lib/net9.0/A.B.dll",
        "/usr/share/dotnet/shared/Microsoft.NETCore.App/10.0.0/System.Runtime.dll",
        "/dotnet/packs/Microsoft.NETCore.App.Ref/10.0.0/ref/net10.0/System.Runtime.dll",
        "src/shared/Shared.dll",
        "src/packs/levels/Levels.dll",
    ];

    fn own(own: &Own) -> Vec<&'static str> {
        let found = own_inputs(FILES.map(Path::new), own).unwrap();
        found.into_iter().map(|file| file.to_str().unwrap()).collect()
    }

    #[test]
    fn packages_frameworks_and_packs_are_not_the_users() {
        let expected = ["app/App.dll", "lib/1.0/Mine.dll", "src/shared/Shared.dll", "src/packs/levels/Levels.dll"];
        assert_eq!(own(&Own::default()), expected);
        let listed = Own { from_packages: vec!["app/App.dll".into()], ..Own::default() };
        assert_eq!(own(&listed), expected[1..]);
    }

    #[test]
    fn patterns_decide_alone() {
        let of = |patterns: &[&str]| {
            let given = |text: &&str| Given::on_command_line("--own", text.to_string());
            Own { patterns: patterns.iter().map(given).collect(), ..Own::default() }
        };
        assert_eq!(own(&of(&["Skia*", "src/**"])), [FILES[2], FILES[6], FILES[7]]);
        assert_eq!(own(&of(&["*/App.dll", "*.{exe,wasm}"])), [FILES[0]]);
        let error = own_inputs([], &of(&["{a"])).unwrap_err();
        assert!(error.message.starts_with("pattern {a cannot be read: ") && error.origin.to_string() == "--own");
    }
}
