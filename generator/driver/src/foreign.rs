//! Files at the places of outputs that something else wrote. They are not replaced, unless the user wants it.

use std::path::Path;

use super::files;
use super::write::WriteOptions;
use thunkgen_core::emit::header;
use thunkgen_diagnostics::{Diagnostics, Location, catalogue};

/// What an output is, which decides what an earlier one looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum OutputKind {
    /// Code with a header in its first line.
    Code,
    /// The rule of `--depfile`.
    Depfile,
    /// The list of `--list-outputs`.
    List,
    /// The document of `--diagnostics`.
    Document,
    /// A page of the manual.
    ManualPage,
    /// The page of a report.
    Page,
    /// A ReadyToRun image of thunks, its twin, or an object.
    #[cfg(feature = "r2r")]
    Image,
}

/// The line with which the generators of the .NET SDK and of dotnet/runtime mark what they write, which this tool replaces.
const OF_THE_SDK: &str = "// GENERATED FILE, DON'T EDIT";

/// Where a mark is looked for, in bytes.
const START: usize = 4096;

impl OutputKind {
    /// Whether a file is one that this tool wrote, or is as good as none.
    pub(super) fn is_own(self, found: &[u8]) -> bool {
        let start = String::from_utf8_lossy(&found[..found.len().min(START)]);
        let is_own = match self {
            OutputKind::Code => header::is_generated(found) || start.lines().any(|line| line == OF_THE_SDK),
            OutputKind::Depfile => super::depfile::is_own(found),
            OutputKind::List => is_list(found),
            OutputKind::Document => {
                start.trim() == "[]"
                    || start.starts_with("[\n  {\n    \"code\": \"TG")
                    || start.starts_with("[\n  {\n    \"check_name\": \"TG")
                    || (start.contains("\"https://json.schemastore.org/sarif-2.1.0.json\"")
                        && String::from_utf8_lossy(found).contains("\"name\": \"thunkgen\","))
            }
            OutputKind::ManualPage => start.contains("\n.TH thunkgen"),
            OutputKind::Page => start.contains(" – thunkgen report</title>"),
            #[cfg(feature = "r2r")]
            OutputKind::Image => thunkgen_r2r::emit::is_own(found),
        };
        is_own || found.is_empty()
    }

    /// Reports a file that something else wrote, unless it may be replaced. What cannot be read is reported when it is
    /// written.
    pub fn refuse_foreign(self, path: &Path, options: WriteOptions, diagnostics: &mut Diagnostics) {
        if !options.force && files::open(path).is_ok_and(|(found, _)| !self.is_own(&found)) {
            let message = match self {
                OutputKind::Document => "the file was not written by thunkgen; move it, or name another file",
                _ => "the file was not written by thunkgen; move it, name another path, or use --force to replace it",
            };
            diagnostics.report(&catalogue::UNWRITABLE, Location::file(path.display().to_string()), message);
        }
    }
}

/// A list names a file of code in each line.
fn is_list(found: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(found) else { return false };
    let is_code = |line: &str| {
        let extension = Path::new(line).extension().and_then(|extension| extension.to_str()).unwrap_or_default();
        let is_usual = ["c", "cc", "cpp", "cxx", "h", "hpp", "inc", "rs"].contains(&extension);
        match files::open(Path::new(line)) {
            Ok((found, _)) => header::is_generated(&found),
            Err(_) => is_usual,
        }
    };
    text.ends_with('\n') && text.lines().all(is_code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use thunkgen_diagnostics::{gitlab, json, sarif};

    #[test]
    fn own_files_are_recognised_and_others_are_not() {
        let mut sink = Diagnostics::default();
        sink.report(&catalogue::UNREADABLE, Location::file("a.dll"), "why");
        let findings = sink.into_findings();
        let (json, gitlab) = (json::render(&findings.diagnostics), gitlab::render(&findings.diagnostics, ""));
        let (sarif, empty) = (sarif::render(&findings), sarif::render(&Diagnostics::default().into_findings()));
        let generated = header::prepend_to_stubs("rust", "browser", "int a;\n", |_| false);
        let upstream = "// Licensed to the .NET Foundation.\n//\n// GENERATED FILE, DON'T EDIT\n";
        let own = [
            (OutputKind::Code, &*generated),
            (OutputKind::Code, upstream),
            (OutputKind::Code, ""),
            (OutputKind::List, "o/a.cpp\no/b.h\n"),
            (OutputKind::Document, "[]\n"),
            (OutputKind::Document, &json),
            (OutputKind::Document, &sarif),
            (OutputKind::Document, &gitlab),
            (OutputKind::Document, &empty),
            (OutputKind::ManualPage, ".ie \\n(.g .ds Aq\n.TH thunkgen-check 1\n"),
        ];
        for (kind, text) in own {
            assert!(kind.is_own(text.as_bytes()), "{kind:?} {text}");
        }
        let foreign = [
            (OutputKind::Code, "int a;\n"),
            (OutputKind::Code, "// GENERATED FILE, DO NOT EDIT (protoc)\n"),
            (OutputKind::Code, "int a; // as in // GENERATED FILE, DON'T EDIT\n"),
            (OutputKind::List, concat!(env!("CARGO_MANIFEST_DIR"), "/src/lib.rs\n")),
            (OutputKind::Page, "<title>About</title><p>a thunkgen report"),
            (OutputKind::List, "--out\no\n"),
            (OutputKind::List, "o/a.cpp\n\n"),
            (OutputKind::List, "o/a.cpp"),
            (OutputKind::Document, "[1]\n"),
            (OutputKind::Document, "{\n  \"name\": \"thunkgen-site\"\n}\n"),
            (OutputKind::ManualPage, ".TH other 1\n"),
        ];
        for (kind, text) in foreign {
            assert!(!kind.is_own(text.as_bytes()), "{kind:?} {text}");
        }
    }
}
