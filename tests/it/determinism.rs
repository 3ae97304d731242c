//! Equal input gives equal bytes, whatever the order and the folders, and the comparison sees every byte that is not as
//! generated. The sessions `generate` and `check` do the same from the command line.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use clr_wasm_abi::TargetOs;
use clr_wasm_abi::types::{Input, Role};
use thunkgen_core::emit::Contract;
use thunkgen_diagnostics::{Diagnostics, Level};
use thunkgen_driver::check::compare_files;
use thunkgen_driver::pipeline::{collect_all, default_files, render_files};
use thunkgen_tests::fixtures::{Fixtures, options};

const FOLDERS: [&str; 8] =
    ["corlib", "facade", "facade-netstandard", "netstandard-user", "layouts", "interop", "interop-linux", "interop-il"];

const MODULES: [&str; 3] = ["native", "libSystem.Native", "layouts"];

type Contents = BTreeMap<PathBuf, Vec<u8>>;

/// Both targets' files through the library.
fn generated(inputs: &[Input<'_>], modules: &[&str]) -> Contents {
    let targets = TargetOs::ALL.map(|target_os| options(target_os, modules));
    let mut diagnostics = Diagnostics::default();
    let collected = collect_all(inputs, &targets, &mut diagnostics, &|_| {});
    let collected = collected.unwrap_or_else(|| panic!("{:?}", diagnostics.into_sorted()));
    render_files(&collected, Contract::WasmThunks, &default_files(TargetOs::ALL), &|_| {})
}

#[test]
fn the_order_and_the_names_of_inputs_do_not_matter() {
    let fixtures = Fixtures::inputs(FOLDERS);
    let inputs = fixtures.as_inputs();
    let expected = generated(&inputs, &MODULES);
    assert_eq!(expected.len(), 6);
    let size: usize = expected.values().map(Vec::len).sum();
    assert!(size > 200_000, "{size} bytes");
    for turn in 0..inputs.len() {
        let mut turned = inputs.clone();
        turned.rotate_left(turn);
        assert!(generated(&turned, &MODULES) == expected, "rotated by {turn}");
        turned.reverse();
        assert!(generated(&turned, &MODULES) == expected, "rotated by {turn} and reversed");
        turned.swap(0, turn);
        assert!(generated(&turned, &MODULES) == expected, "shuffled by {turn}");
    }
    for folder in ["", "/a b/", "C:\\x\\", "../../"] {
        // Names whose order is another one.
        let paths: Vec<String> = (0..inputs.len()).map(|index| format!("{folder}{}", 99 - index)).collect();
        let renamed: Vec<Input<'_>> = inputs.iter().zip(&paths).map(|(input, path)| Input { path, ..*input }).collect();
        assert!(generated(&renamed, &MODULES) == expected, "in {folder:?}");
    }
    let mut modules = MODULES;
    modules.reverse();
    assert!(generated(&inputs, &modules) == expected);
    // What is no assembly, and a reference nothing refers to, is as good as not there.
    let mut more = inputs.clone();
    more.push(Input { path: "notes.txt", bytes: b"text", role: Role::Input });
    more.push(Input { path: "other/Interop.dll", role: Role::Reference, ..inputs[5] });
    assert!(generated(&more, &MODULES) == expected);
}

#[test]
fn another_input_gives_other_bytes() {
    let all = Fixtures::inputs(FOLDERS);
    let expected = generated(&all.as_inputs(), &MODULES);
    let fewer = Fixtures::inputs(FOLDERS[..7].iter().copied());
    let fewer = generated(&fewer.as_inputs(), &MODULES);
    assert_eq!(fewer.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
    assert!(fewer.iter().all(|(path, bytes)| expected[path] != *bytes), "each file lost rows");
    let unlisted = generated(&all.as_inputs(), &MODULES[..1]);
    let changed: Vec<_> = unlisted.iter().filter(|(path, bytes)| expected[*path] != **bytes).collect();
    assert_eq!(changed.len(), 2, "only the P/Invoke tables know the modules");
}

#[test]
fn outputs_say_nothing_of_the_machine() {
    for (path, bytes) in generated(&Fixtures::inputs(FOLDERS).as_inputs(), &MODULES) {
        let text = String::from_utf8(bytes).expect("UTF-8");
        assert!(text.is_ascii(), "{}", path.display());
        assert!(text.ends_with('\n') && !text.ends_with("\n\n"), "{}", path.display());
        assert!(!text.contains(['\r', '\t']), "{}", path.display());
        assert!(!text.contains(".dll\""), "{}", path.display());
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        for word in [here.to_string_lossy(), env!("CARGO_PKG_VERSION").into(), "fixtures".into()] {
            assert!(!text.contains(&*word), "{}: {word}", path.display());
        }
        for (number, line) in text.lines().enumerate() {
            assert_eq!(line.trim_end(), line, "{}:{}", path.display(), number + 1);
        }
    }
}

/// The same bytes but for one, which becomes another printable one.
fn edited(bytes: &[u8], at: usize) -> Vec<u8> {
    let mut edited = bytes.to_vec();
    edited[at] = if bytes[at] == b'x' { b'y' } else { b'x' };
    edited
}

/// Positions at which every output is edited: each 97th byte, the first and the last.
fn positions(bytes: &[u8]) -> impl Iterator<Item = usize> {
    let last = bytes.len() - 1;
    (0..last).step_by(97).chain([last])
}

/// The line of a text that holds a position, without its end.
fn line_at(text: &[u8], at: usize) -> &str {
    let start = text[..at].iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    let end = text[at..].iter().position(|byte| *byte == b'\n').map_or(text.len(), |length| at + length);
    std::str::from_utf8(&text[start..end]).expect("UTF-8")
}

/// What an edit at a position is: in the first line, which says what a file is, the file may not be ours any more.
fn codes_of_edit(bytes: &[u8], at: usize) -> &'static [&'static str] {
    match bytes[..at].contains(&b'\n') {
        true => &["TG0510"],
        false => &["TG0510", "TG0514"],
    }
}

#[test]
fn every_edit_of_one_byte_is_seen_with_the_line_it_is_in() {
    let folder = tempfile::tempdir().expect("a folder");
    let fixtures = Fixtures::with_core(&["interop"]);
    let targets = [options(TargetOs::Browser, &["native"])];
    let collected =
        collect_all(&fixtures.as_inputs(), &targets, &mut Diagnostics::default(), &|_| {}).expect("no error");
    let files = default_files([TargetOs::Browser]);
    let files = files.into_iter().map(|(key, path)| (key, folder.path().join(path))).collect();
    let current = render_files(&collected, Contract::WasmThunks, &files, &|_| {});
    assert_eq!(current.len(), 3);
    for (path, bytes) in &current {
        fs::write(path, bytes).expect("a file");
    }
    let folders = [folder.path().to_owned()];
    let clean = compare_files(&current, &folders, [], &mut Diagnostics::default());
    assert_eq!((clean.stale, clean.unreadable, clean.left_over, clean.diff.as_str()), (0, 0, 0, ""));
    let mut edits = 0;
    for (path, bytes) in &current {
        for at in positions(bytes) {
            let changed = edited(bytes, at);
            fs::write(path, &changed).expect("a file");
            let mut diagnostics = Diagnostics::default();
            let findings = compare_files(&current, &folders, [], &mut diagnostics);
            let place = format!("{} at {at}", path.display());
            assert_eq!((findings.stale, findings.unreadable, findings.left_over), (1, 0, 0), "{place}");
            let diagnostics = diagnostics.into_sorted();
            assert_eq!(diagnostics.len(), 1, "{place}");
            assert_eq!(diagnostics[0].level, Level::Error, "{place}");
            let code = diagnostics[0].rule.code;
            assert!(codes_of_edit(bytes, at).contains(&code), "{place}: {code}");
            let shows = |mark: char, line: &str| findings.diff.lines().any(|found| found == format!("{mark}{line}"));
            assert!(shows('-', line_at(&changed, at)), "{place}:\n{}", findings.diff);
            assert!(shows('+', line_at(bytes, at)), "{place}:\n{}", findings.diff);
            edits += 1;
        }
        fs::write(path, bytes).expect("a file");
    }
    assert!(edits > 500, "{edits} edits");
}
