//! Codes of diagnostics: of thunkgen (`TG0101`), of its MSBuild package (`TGM001`), and of the runtime's own task
//! (`WASM0067`).

use thunkgen_diagnostics::nearest_name::NearestName;
use thunkgen_diagnostics::{Rule, catalogue};

/// A code that is not a rule of the catalogue.
#[derive(Debug, PartialEq, Eq)]
pub struct OtherCode {
    /// The code.
    pub code: &'static str,
    /// What it is.
    pub title: &'static str,
    /// What to do.
    pub help: &'static str,
}

/// Codes of the MSBuild package, and those of the runtime's task without a rule.
pub static OTHERS: &[OtherCode] = &[
    OtherCode {
        code: "TGM001",
        title: "the executable does not exist",
        help: "`ThunkgenPath` does not exist, or is a directory: the package has no executable for this machine, or the property is set wrongly. Set it to an executable that runs here.",
    },
    OtherCode {
        code: "TGM002",
        title: "unknown value of ThunkgenAssembliesFrom",
        help: "Set `ThunkgenAssembliesFrom` to bundle, publish or build, or remove it.",
    },
    OtherCode {
        code: "TGM003",
        title: "no assemblies",
        help: "No assemblies are known when the step runs. Name them as `ThunkgenAssembly` items, or let the step run after the targets that collect them (`ThunkgenDependsOn`).",
    },
    OtherCode {
        code: "TGM004",
        title: "struct size without a size",
        help: "Give the `ThunkgenStructSize` item the metadata `Size`: the size of the struct in bytes.",
    },
    OtherCode {
        code: "TGM005",
        title: "unknown value of ThunkgenTargetOS",
        help: "Set `ThunkgenTargetOS` to browser, wasi, or both joined by a semicolon.",
    },
    OtherCode {
        code: "TGM006",
        title: "the check failed",
        help: "With `ThunkgenCheckOnly`, the generated files are compared and not written. What differs is in the errors before this one; build without the property to update the files.",
    },
    OtherCode {
        code: "TGM007",
        title: "unknown runtime version",
        help: "`ThunkgenRuntime` is a version of .NET that has no CoreCLR on WebAssembly, or none that is known. Set it to 11.0 or 12.0; without it, `TargetFrameworkVersion` decides.",
    },
    OtherCode {
        code: "TGM008",
        title: "the workload's target did not run",
        help: "The native module was linked, and the target in `ThunkgenWorkloadTarget` did not run, so thunkgen did not generate its thunks. Set the property to the workload's target that generates them.",
    },
    OtherCode {
        code: "TGM009",
        title: "the prebuilt native module lacks what the app needs",
        help: "The app is not relinked, and the native module of the runtime pack has the thunks of the framework only. Relink (`WasmBuildNative`), or add the missing thunks with an image: `ThunkgenThunkImage`.",
    },
    OtherCode {
        code: "TGM010",
        title: "the executable cannot be run",
        help: "The executable cannot be run, or ended without a message. Run the command of the message in a terminal.",
    },
    OtherCode {
        code: "TGM011",
        title: "no thunk image in this build",
        help: "`ThunkgenThunkImage` makes an image for apps on CoreCLR that are not relinked; the message says which of the two is not the case. Remove the property, or build without `WasmBuildNative`.",
    },
    OtherCode {
        code: "TGM012",
        title: "the thunk image did not reach the app",
        help: "The SDK published an assembly of this name without the image, so the thunks are lost. Its targets are of another version than those that are known: report the version of the SDK.",
    },
    OtherCode {
        code: "WASM0068",
        title: "type is passed in several wasm values",
        help: "The task of .NET 11 has no thunk for 128-bit integers and wide vectors. thunkgen generates one: use the package Thunkgen.MSBuild, which replaces the task.",
    },
];

/// What a code means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Code {
    /// One rule by its code, or all rules with an alias.
    Rules(&'static str, Vec<&'static Rule>),
    /// Another code.
    Other(&'static OtherCode),
}

impl Code {
    /// The code.
    pub fn name(&self) -> &'static str {
        match self {
            Code::Rules(name, _) => name,
            Code::Other(other) => other.code,
        }
    }
}

/// The code in any case, with or without leading zeros: `TG602` and `tgm1` are `TG0602` and `TGM001`.
///
/// ```
/// use thunkgen_driver::symptoms::codes::find;
/// assert_eq!(find("tg602").unwrap().name(), "TG0602");
/// assert_eq!(find("tgm1").unwrap().name(), "TGM001");
/// assert!(find("TG9999").is_none());
/// ```
pub fn find(text: &str) -> Option<Code> {
    let code = spelled(text)?;
    let known = known().find(|known| *known == code)?;
    Some(match OTHERS.iter().find(|other| other.code == known) {
        Some(other) => Code::Other(other),
        None => Code::Rules(known, catalogue::find(known).collect()),
    })
}

/// Whether a word looks like a code.
pub fn is_like(text: &str) -> bool {
    let upper = text.to_ascii_uppercase();
    let digits = ["TGM", "TG", "WASM"].iter().find_map(|prefix| upper.strip_prefix(prefix));
    let is_digit = |byte: u8| byte.is_ascii_digit() || byte == b'O';
    digits.is_some_and(|digits| {
        (1..=6).contains(&digits.len()) && digits.bytes().all(is_digit) && digits.bytes().any(|b| b.is_ascii_digit())
    })
}

/// The known code most similar to a word that looks like one.
pub fn nearest(text: &str) -> Option<&'static str> {
    if !is_like(text) {
        return None;
    }
    let upper = text.to_ascii_uppercase();
    let spelled = spelled(&upper).unwrap_or(upper);
    NearestName::new(known()).find(&spelled)
}

/// Every code and alias.
fn known() -> impl Iterator<Item = &'static str> {
    let rules = catalogue::ALL.iter().flat_map(|rule| [rule.code].into_iter().chain(rule.alias.split_whitespace()));
    rules.chain(OTHERS.iter().map(|other| other.code))
}

/// The code with its number of digits. The letter O is read as a zero.
fn spelled(text: &str) -> Option<String> {
    if !is_like(text) {
        return None;
    }
    let upper = text.to_ascii_uppercase();
    let (prefix, width) = [("TGM", 3), ("TG", 4), ("WASM", 4)].into_iter().find(|(p, _)| upper.starts_with(p))?;
    let number: u32 = upper.get(prefix.len()..)?.replace('O', "0").parse().ok()?;
    Some(format!("{prefix}{number:0width$}"))
}
