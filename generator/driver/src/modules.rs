//! The native libraries whose P/Invokes get a table entry: the runtime's own, and what the user adds.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::files;
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

/// The modules of each target, the runtime's own and those that are named. A list that cannot be used is reported.
#[cfg(test)]
fn gather(
    options: &Modules,
    targets: &[TargetOs],
    diagnostics: &mut Diagnostics,
) -> BTreeMap<TargetOs, BTreeSet<LibraryName>> {
    let mut modules = named(options, targets, diagnostics);
    modules.iter_mut().for_each(|(target, names)| names.extend(runtime(options, *target)));
    modules
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
    let Some(text) = files::read_text(&path, diagnostics) else { return };
    let listed = match module_list::parse(&text, item.as_deref()) {
        Ok(listed) => listed,
        Err(problems) => {
            for problem in problems {
                diagnostics.report(&catalogue::BAD_MODULE_LIST, Location::at(&file, problem.position), problem.message);
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
        let message = format!("the list contains no module for {}{what}", targets.join(" or "));
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

    fn options(names: &[&str], lists: &[PathBuf], without_runtime: bool) -> Modules {
        let optional = names.iter().map(ToString::to_string).collect();
        Modules { optional, lists: lists.to_vec(), without_runtime, ..Modules::default() }
    }

    #[test]
    fn names_add_to_the_runtimes_own() {
        let mut diagnostics = Diagnostics::default();
        let found = gather(&options(&["a, b", "c;;d"], &[], false), &TargetOs::ALL, &mut diagnostics);
        assert_eq!((found[&TargetOs::Browser].len(), found[&TargetOs::Wasi].len()), (9, 7));
        let found = gather(&options(&["a"], &[], true), &[TargetOs::Wasi], &mut diagnostics);
        assert_eq!(found, BTreeMap::from([(TargetOs::Wasi, BTreeSet::from(["a".into()]))]));
        assert!(diagnostics.into_sorted().is_empty());
    }

    #[test]
    fn lists_are_filtered_and_located() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("m.props");
        let text = "<Project><ItemGroup><A Include='x' Wasi='true'/><B Include='y'/></ItemGroup></Project>";
        std::fs::write(&path, text).unwrap();
        let with = |item: &str| PathBuf::from(format!("{}:{item}", path.display()));
        let mut diagnostics = Diagnostics::default();
        let found = gather(&options(&[], std::slice::from_ref(&path), true), &TargetOs::ALL, &mut diagnostics);
        assert_eq!((found[&TargetOs::Browser].len(), found[&TargetOs::Wasi].len()), (1, 2));
        let found = gather(&options(&[], &[with("A")], true), &TargetOs::ALL, &mut diagnostics);
        assert_eq!((found[&TargetOs::Browser].len(), found[&TargetOs::Wasi].len()), (0, 1));
        assert!(diagnostics.clone().into_sorted().is_empty());
        gather(
            &options(&[], &[with("A"), with("C"), directory.path().join("none")], true),
            &[TargetOs::Browser],
            &mut diagnostics,
        );
        let prefix = directory.path().display().to_string();
        let lines: Vec<String> = diagnostics.into_sorted().iter().map(|d| d.to_string().replace(&prefix, "")).collect();
        assert_eq!(
            lines,
            [
                "/m.props: error TG0005: the list contains no module for browser in items named A",
                "/m.props: error TG0005: the list contains no module for browser in items named C",
                "/none: error TG0001: no such file or directory",
            ]
        );
    }

    #[test]
    fn the_file_of_an_argument() {
        let found = |text: &str| list_file(Path::new(text));
        assert_eq!(found("a.props:Item"), ("a.props".into(), Some("Item".into())));
        for whole in ["a.props", "C:list", "C:\\a.props", "a:b.props", "a:"] {
            assert_eq!(found(whole), (whole.into(), None));
        }
    }
}
