//! The command line of `crossgen2 --generate-portable-callhelpers`, for builds that call crossgen2 for this job.
//!
//! Options are written `--name:value`, `--name=value` or `--name value`, with one or two dashes, in any case; `-r` and
//! all other arguments name assemblies. They are translated to thunkgen's own command line.

use std::ffi::OsString;

use super::error::UsageError;
use thunkgen_diagnostics::unquote;

/// The option that selects the dialect.
const SELECTOR: &str = "generate-portable-callhelpers";

/// An option of the dialect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum DialectOption {
    /// Becomes this option of thunkgen.
    As(&'static str),
    /// An option of thunkgen without a value.
    Flag(&'static str),
    /// Must have this value.
    Only(&'static str),
    /// Has no effect on what is generated.
    Ignored,
    /// Has no effect and no value.
    IgnoredFlag,
}

/// Every supported option. The SDK's targets pass the ignored ones to every crossgen2 run; builds that replace crossgen2 with
/// thunkgen can pass thunkgen's own.
const OPTIONS: &[(&str, DialectOption)] = &[
    (SELECTOR, DialectOption::As("--out")),
    ("targetos", DialectOption::As("--target-os")),
    ("targetarch", DialectOption::Only("wasm")),
    ("directpinvoke", DialectOption::As("--optional-module")),
    ("r", DialectOption::As("--reference")),
    ("reference", DialectOption::As("--reference")),
    ("parallelism", DialectOption::Ignored),
    ("instruction-set", DialectOption::Ignored),
    ("verbose", DialectOption::IgnoredFlag),
    ("no-warn-unresolved-directpinvoke", DialectOption::IgnoredFlag),
    ("inputbubble", DialectOption::IgnoredFlag),
    ("module-list", DialectOption::As("--module-list")),
    ("extra-signatures", DialectOption::As("--extra-signatures")),
    ("struct-size", DialectOption::As("--struct-size")),
    ("struct-size-file", DialectOption::As("--struct-size-file")),
    ("suppressions", DialectOption::As("--suppressions")),
    ("nowarn", DialectOption::As("--nowarn")),
    ("warnaserror", DialectOption::As("--warnaserror")),
    ("warnnotaserror", DialectOption::As("--warnnotaserror")),
    ("format", DialectOption::As("--format")),
    ("strict", DialectOption::Flag("--strict")),
    ("shared-codes", DialectOption::Flag("--shared-codes")),
];

/// Whether the arguments are of this dialect.
pub fn is_dialect(args: &[OsString]) -> bool {
    args.iter().skip(1).any(|arg| option(arg).is_some_and(|(name, _)| name == SELECTOR))
}

/// The same run as a command line of thunkgen; `None` if the arguments are not of this dialect.
pub fn translate(args: &[OsString]) -> Result<Option<Vec<OsString>>, UsageError> {
    let Some((program, rest)) = args.split_first().filter(|_| is_dialect(args)) else { return Ok(None) };
    let mut own: Vec<OsString> =
        [program.clone()].into_iter().chain(["generate", "--runtime", "12.0"].map(Into::into)).collect();
    // The list of linked libraries is the caller's alone.
    own.push("--no-default-modules".into());
    // It replaces what crossgen2 wrote.
    own.push("--force".into());
    let mut rest = rest.iter();
    while let Some(arg) = rest.next() {
        let Some((name, value)) = option(arg) else {
            own.push(arg.clone());
            continue;
        };
        let known = OPTIONS.iter().find(|(known, _)| *known == name);
        let Some((_, kind)) = known else {
            return Err(UsageError::new(format_args!("--{name} is not supported with --{SELECTOR}")));
        };
        match kind {
            DialectOption::IgnoredFlag => continue,
            DialectOption::Flag(option) => {
                own.push((*option).into());
                continue;
            }
            _ => {}
        }
        let value = match value {
            Some(value) => value,
            None => rest
                .next()
                .and_then(|next| next.to_str().map(str::to_owned))
                .ok_or_else(|| UsageError::new(format_args!("--{name} needs a value: --{name}:VALUE")))?,
        };
        match kind {
            DialectOption::As(option) => {
                let value = if name == "targetos" { value.to_ascii_lowercase() } else { value };
                // In one word, since some options may have no value.
                own.push(format!("{option}={value}").into());
            }
            DialectOption::Only(only) if !value.eq_ignore_ascii_case(only) => {
                return Err(UsageError::new(format_args!("--{name} must be `{only}`, not `{value}`")));
            }
            _ => {}
        }
    }
    Ok(Some(own))
}

/// Name in lower case and value of an option.
fn option(arg: &OsString) -> Option<(String, Option<String>)> {
    let text = arg.to_str()?;
    let body = text.strip_prefix("--").or_else(|| text.strip_prefix('-'))?;
    let (name, value) = match body.find([':', '=']) {
        Some(end) => (&body[..end], Some(unquote(&body[end + 1..]).to_owned())),
        None => (body, None),
    };
    Some((name.to_ascii_lowercase(), value))
}
