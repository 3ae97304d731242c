//! The native libraries whose P/Invokes get a table entry: the runtime's own, and what the user adds.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::error::reason;
use super::module_list;
use super::options::Modules;
use clr_wasm_abi::TargetOs;
use thunkgen_core::collect::LibraryName;
use thunkgen_diagnostics::{Diagnostics, Location, catalogue};

/// Libraries every runtime build links.
const RUNTIME: [&str; 3] = ["libSystem.Globalization.Native", "libSystem.IO.Compression.Native", "libSystem.Native"];

/// Libraries the browser build links besides.
const RUNTIME_BROWSER: [&str; 2] = ["libSystem.Native.Browser", "libSystem.Runtime.InteropServices.JavaScript.Native"];

/// The runtime's own libraries of a target.
pub fn defaults<'a>(target: TargetOs) -> impl Iterator<Item = &'a str> {
    let more: &'static [&'static str] = match target {
        TargetOs::Browser => &RUNTIME_BROWSER,
        TargetOs::Wasi => &[],
    };
    RUNTIME.into_iter().chain(more.iter().copied())
}

/// True for the runtime's own libraries.
pub fn is_runtime(module: &str, target: TargetOs) -> bool {
    defaults(target).any(|own| LibraryName::new(own).is(module))
}

/// The runtime's own libraries of a target, unless they do not count.
pub fn runtime(options: &Modules, target: TargetOs) -> impl Iterator<Item = LibraryName> {
    defaults(target).filter(|_| !options.without_runtime).map(LibraryName::new)
}

/// Names that may be joined.
pub fn split(names: &str) -> impl Iterator<Item = &str> {
    names.split([',', ';']).map(str::trim).filter(|name| !name.is_empty())
}

/// The modules that the options and lists name, for each target. A list that cannot be used is reported.
pub fn named(
    options: &Modules,
    targets: &[TargetOs],
    diagnostics: &mut Diagnostics,
) -> BTreeMap<TargetOs, BTreeSet<LibraryName>> {
    let names = options.named.iter().map(|given| &given.value).chain(&options.optional);
    let named: BTreeSet<LibraryName> = names.flat_map(|names| split(names)).map(LibraryName::new).collect();
    let mut modules: BTreeMap<_, _> = targets.iter().map(|&target| (target, named.clone())).collect();
    for argument in &options.lists {
        add_list(argument, &mut modules, diagnostics);
    }
    modules
}

fn add_list(argument: &Path, modules: &mut BTreeMap<TargetOs, BTreeSet<LibraryName>>, diagnostics: &mut Diagnostics) {
    let (path, item) = list_file(argument);
    let file = path.display().to_string();
    let text = match std::fs::read(&path).map_err(|e| reason(&e)) {
        Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(why) => return diagnostics.report(&catalogue::UNREADABLE, Location::file(file), why),
    };
    let listed = match module_list::parse(&text, item.as_deref()) {
        Ok(listed) => listed,
        Err(problems) => {
            for problem in problems {
                let location = Location::position(file.clone(), problem.line, problem.column);
                diagnostics.report(&catalogue::BAD_MODULE_LIST, location, problem.message);
            }
            return;
        }
    };
    let mut any = false;
    for module in listed {
        for target in &module.targets {
            if let Some(names) = modules.get_mut(target) {
                names.insert(module.name.clone().into());
                any = true;
            }
        }
    }
    if !any {
        let targets: Vec<&str> = modules.keys().map(|target| target.name()).collect();
        let what = item.map(|item| format!(" in items named {item}")).unwrap_or_default();
        let message = format!("the list holds no module for {}{what}", targets.join(" or "));
        diagnostics.report(&catalogue::BAD_MODULE_LIST, Location::file(file), message);
    }
}

/// The file of `FILE[:ITEM]`, and the item's name.
pub fn list_file(argument: &Path) -> (PathBuf, Option<String>) {
    let split = argument.to_str().and_then(|text| text.rsplit_once(':'));
    match split {
        // `C:list.props` is a file on a drive, and a file whose name has a colon is itself.
        Some((file, item)) if file.len() > 1 && is_item_name(item) && !argument.exists() => {
            (PathBuf::from(file), Some(item.to_owned()))
        }
        _ => (argument.to_owned(), None),
    }
}

fn is_item_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_of_an_argument() {
        let found = |text: &str| list_file(Path::new(text));
        assert_eq!(found("a.props:Item"), ("a.props".into(), Some("Item".into())));
        for whole in ["a.props", "C:list", "C:\\a.props", "a:b.props", "a:"] {
            assert_eq!(found(whole), (whole.into(), None));
        }
    }
}
