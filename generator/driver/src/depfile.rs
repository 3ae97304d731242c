//! The Makefile rule of `--depfile`: what was made, and every file it was made from.
//!
//! Directories are not named: their time changes with every file in them, also with the outputs. Names are bytes, as
//! they are for make and Ninja.

use std::borrow::Cow;
use std::path::Path;

use thunkgen_diagnostics::{Diagnostics, Location, catalogue, escape_controls};

/// Characters after which make does not read the rest of a rule as names, whatever precedes them. Those that only Ninja
/// does not read as part of a name (such as `?`) are left alone: it then runs in every build.
const SPECIAL: &[u8] = b";|";

/// The rule, and an empty rule for each input so that a deleted one does not stop `make`. A name that no rule can
/// contain is an error, and what is not UTF-8 a warning.
pub fn render<'a>(
    outputs: impl IntoIterator<Item = &'a Path>,
    inputs: impl IntoIterator<Item = &'a Path>,
    diagnostics: &mut Diagnostics,
) -> Vec<u8> {
    let outputs: Vec<&Path> = outputs.into_iter().collect();
    // For make, the rule of such an output is a pattern.
    for output in outputs.iter().filter(|output| output.as_os_str().as_encoded_bytes().contains(&b'%')) {
        let message = "a depfile cannot contain an output with `%`; rename it, or omit --depfile";
        diagnostics.report(&catalogue::DEPFILE_NAME, at(output), message);
    }
    let mut escaped = |paths: &mut dyn Iterator<Item = &'a Path>| -> Vec<Vec<u8>> {
        let names = paths.filter_map(|path| match escape(path) {
            Ok(name) => {
                if path.to_str().is_none() {
                    let message = "the name is not UTF-8: the depfile contains its bytes as they are";
                    diagnostics.report(&catalogue::NAME_NOT_UTF8, at(path), message);
                }
                Some(name)
            }
            Err(what) => {
                let message = format!("a depfile cannot contain a name with {what}; rename it, or omit --depfile");
                diagnostics.report(&catalogue::DEPFILE_NAME, at(path), message);
                None
            }
        });
        names.collect()
    };
    let (outputs, mut inputs) = (escaped(&mut outputs.into_iter()), escaped(&mut inputs.into_iter()));
    // In front, make would take it for a variable of the rule.
    inputs.sort_by_key(|input| input.contains(&b'='));
    let mut rule = outputs.join(&b" \\\n"[..]);
    rule.push(b':');
    for input in &inputs {
        rule.extend([b" \\\n  ", &**input].concat());
    }
    rule.push(b'\n');
    for input in &inputs {
        rule.extend([b"\n", &**input, b":\n"].concat());
    }
    rule
}

fn at(path: &Path) -> Location {
    Location::file(escape_controls(&path.display().to_string()))
}

/// A name as in a rule, or what is in it that no rule can contain.
fn escape(path: &Path) -> Result<Vec<u8>, String> {
    let mut out = Vec::new();
    // Backslashes before the next character. Before some characters, each one means half of one.
    let mut backslashes = 0;
    for &byte in bytes(path)?.iter() {
        match byte {
            b'\n' | b'\r' => return Err("a line break".to_owned()),
            0..=31 | 127 => return Err("a control character".to_owned()),
            _ if SPECIAL.contains(&byte) => return Err(format!("`{}`", char::from(byte))),
            b' ' | b'#' => {
                out.extend(std::iter::repeat_n(b'\\', if cfg!(unix) { backslashes + 1 } else { 1 }));
                out.push(byte);
            }
            b'$' => out.extend(b"$$"),
            // On Windows, it is part of a drive.
            b':' if cfg!(unix) => out.extend(b"\\:"),
            _ => out.push(byte),
        }
        backslashes = if byte == b'\\' { backslashes + 1 } else { 0 };
    }
    match backslashes {
        0 => Ok(out),
        _ => Err("a backslash at its end".to_owned()),
    }
}

#[cfg(unix)]
fn bytes(path: &Path) -> Result<Cow<'_, [u8]>, String> {
    use std::os::unix::ffi::OsStrExt;
    Ok(Cow::Borrowed(path.as_os_str().as_bytes()))
}

#[cfg(not(unix))]
fn bytes(path: &Path) -> Result<Cow<'_, [u8]>, String> {
    let text = path.to_str().ok_or("characters that are not Unicode")?;
    Ok(Cow::Borrowed(text.as_bytes()))
}

/// Whether a file is a rule as [`render`] writes it: every input has an empty rule.
pub fn is_own(file: &[u8]) -> bool {
    let lines: Vec<&[u8]> = file.split(|&byte| byte == b'\n').collect();
    let inputs = lines.iter().filter_map(|line| line.strip_prefix(b"  "));
    let inputs: Vec<&[u8]> = inputs.map(|input| input.strip_suffix(b" \\").unwrap_or(input)).collect();
    let rules: Vec<u8> = inputs.iter().flat_map(|input| [b"\n", *input, b":\n"].concat()).collect();
    !inputs.is_empty() && file.ends_with(&rules)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(outputs: &[&str], inputs: &[&str]) -> (String, Vec<String>) {
        let mut diagnostics = Diagnostics::default();
        let rule = render(outputs.iter().map(Path::new), inputs.iter().map(Path::new), &mut diagnostics);
        let problems = diagnostics.into_sorted().iter().map(ToString::to_string).collect();
        (String::from_utf8(rule).unwrap(), problems)
    }

    #[test]
    fn one_rule_and_one_empty_rule_per_input() {
        let (text, problems) = rule(&["a b.cpp", "c.cpp"], &["x$#.dll", "y z"]);
        assert_eq!(text, "a\\ b.cpp \\\nc.cpp: \\\n  x$$\\#.dll \\\n  y\\ z\n\nx$$\\#.dll:\n\ny\\ z:\n");
        assert_eq!(problems, [""; 0]);
        assert!(is_own(text.as_bytes()));
    }

    #[cfg(unix)]
    #[test]
    fn make_reads_a_colon_as_part_of_a_name_and_a_percent_sign_of_an_output_as_a_pattern() {
        let (text, problems) = rule(&["o:x"], &["a:b", "c%d"]);
        assert_eq!(text, "o\\:x: \\\n  a\\:b \\\n  c%d\n\na\\:b:\n\nc%d:\n");
        assert_eq!(problems, [""; 0]);
        assert!(is_own(text.as_bytes()));
        let (_, problems) = rule(&["o%x"], &["a"]);
        let expected = "o%x: error TG0017: a depfile cannot contain an output with `%`; rename it, or omit --depfile";
        assert_eq!(problems, [expected]);
    }

    #[test]
    fn a_name_that_no_rule_can_contain_is_an_error() {
        let (_, problems) = rule(&["a.cpp"], &["b\nc", "d\te", "f;g", "h|", "i\\", "fine*"]);
        let ends = ["a line break", "a control character", "`;`", "`|`", "a backslash at its end"];
        for end in ends {
            let found =
                problems.iter().filter(|line| line.contains("TG0017") && line.contains(&format!("with {end};")));
            assert_eq!(found.count(), 1, "{end}: {problems:?}");
        }
        assert_eq!(problems.len(), ends.len());
    }

    #[test]
    fn other_rules_are_foreign() {
        for text in ["", "all: a.o\n\tcc a.o\n", "a.o: \\\n  a.c \\\n  a.h\n", "a.o: a.c\n\na.c:\n"] {
            assert!(!is_own(text.as_bytes()), "{text}");
        }
    }
}
