//! Response files: `@FILE` on the command line is replaced with the arguments in FILE.
//!
//! One argument per line. Blank lines and lines that start with `#` are skipped, white space around a line is
//! dropped, and a line may be quoted as a whole. An option and its value may be on one line. Paths in a response file
//! and nested `@FILE`s are relative to the current directory, as in MSBuild and compilers, so that a build can write
//! the file anywhere.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::error::UsageError;
use thunkgen_diagnostics::{unquote, without_bom};
use thunkgen_driver::files::{self, Identity};
use thunkgen_driver::reason;

/// How deep response files can be nested.
const MAX_DEPTH: usize = 8;

/// How many response files are read: files that name each other several times would be read without end.
const MAX_FILES: usize = 100;

/// Most arguments of a command line. Patterns and directories mean more files.
const MAX_ARGUMENTS: usize = 50_000;

/// The command line with every response file replaced by its arguments.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Expanded {
    /// The arguments, the program's name first.
    pub args: Vec<OsString>,
    /// The response files that were read, as they were named.
    pub files: Vec<PathBuf>,
}

/// Replaces every `@FILE` of `args` after the program's name.
pub fn expand(args: &[OsString]) -> Result<Expanded, UsageError> {
    let mut expanded = Expanded::default();
    let Some((program, rest)) = args.split_first() else { return Ok(expanded) };
    expanded.args.push(program.clone());
    for arg in rest {
        match arg.to_str().and_then(|text| text.strip_prefix('@')) {
            Some(file) => read(Path::new(file), &mut Vec::new(), &mut expanded)?,
            None => expanded.args.push(arg.clone()),
        }
    }
    Ok(expanded)
}

fn read(file: &Path, open: &mut Vec<Identity>, expanded: &mut Expanded) -> Result<(), UsageError> {
    let fail = |why: &str| UsageError::new(format_args!("response file {}: {why}", file.display()));
    if file.as_os_str().is_empty() {
        return Err(UsageError::new("`@` needs the name of a response file: @FILE"));
    }
    let (bytes, identity) = files::open(file).map_err(|e| fail(&reason(&e)))?;
    if open.contains(&identity) {
        return Err(fail("it includes itself"));
    }
    if open.len() == MAX_DEPTH {
        return Err(fail("response files are nested too deeply"));
    }
    if expanded.files.len() == MAX_FILES {
        return Err(fail(&format!("more than {MAX_FILES} response files are named")));
    }
    let text = std::str::from_utf8(&bytes).map_err(|_| fail("not UTF-8 text"))?;
    expanded.files.push(file.to_owned());
    open.push(identity);
    for line in without_bom(text).lines() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        match unquote(line).strip_prefix('@') {
            Some(nested) => read(Path::new(unquote(nested)), open, expanded)?,
            None if expanded.args.len() >= MAX_ARGUMENTS => {
                return Err(fail(&format!(
                    "more than {MAX_ARGUMENTS} arguments; name directories or patterns instead"
                )));
            }
            None => expanded.args.extend(split(line).into_iter().map(OsString::from)),
        }
    }
    open.pop();
    Ok(())
}

/// One argument, or two when an option and its value share the line: no argument that starts with `--` has a space
/// before its `=` or `:`.
fn split(line: &str) -> Vec<&str> {
    if line.starts_with("--")
        && let Some((option, value)) = line.split_once(char::is_whitespace)
        && !option.contains(['=', ':'])
    {
        return vec![option, unquote(value.trim_start())];
    }
    vec![unquote(line)]
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn expand_text(args: &[&str]) -> Result<Vec<String>, String> {
        let args: Vec<OsString> = args.iter().map(OsString::from).collect();
        let text = |arg: OsString| arg.into_string().unwrap();
        expand(&args).map(|e| e.args.into_iter().map(text).collect()).map_err(|e| e.0)
    }

    #[test]
    fn lines_become_arguments() {
        let folder = tempfile::tempdir().unwrap();
        let (outer, inner) = (folder.path().join("outer.rsp"), folder.path().join("in ner.rsp"));
        fs::write(&inner, "\u{feff}deep.dll\r\n\r\n").unwrap();
        let text = format!(
            "# comment\n\n  a b.dll  \n\"c d.dll\"\n'e'\n--out  \"gen er\"\n--struct-size=A B=4\n-m\nx\n\"@{}\"\n\"a\"b\"\n",
            inner.display()
        );
        fs::write(&outer, text).unwrap();
        let outer = format!("@{}", outer.display());
        assert_eq!(
            expand_text(&["thunkgen", "first", &outer, "last@x"]).unwrap(),
            [
                "thunkgen",
                "first",
                "a b.dll",
                "c d.dll",
                "e",
                "--out",
                "gen er",
                "--struct-size=A B=4",
                "-m",
                "x",
                "deep.dll",
                "\"a\"b\"",
                "last@x"
            ]
        );
    }
}
