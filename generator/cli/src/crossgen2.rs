//! The command line of `crossgen2 --generate-portable-callhelpers`, for builds that call crossgen2 for this job.
//!
//! Options are written `--name:value`, `--name=value` or `--name value`, with one or two dashes, in any case; `-r` and
//! everything that is no option name assemblies. They are translated to the tool's own command line.

use std::ffi::OsString;

use super::error::UsageError;
use thunkgen_diagnostics::unquote;

/// The option that selects the dialect.
const SELECTOR: &str = "generate-portable-callhelpers";

/// An option of the dialect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum DialectOption {
    /// Becomes this option of the tool.
    As(&'static str),
    /// Its value must be this.
    Only(&'static str),
    /// Says nothing about what is generated.
    Ignored,
    /// The same, and it takes no value.
    IgnoredFlag,
}

/// Every option that is understood. Those that are ignored are what the SDK's targets pass to every crossgen2 run.
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
];

/// The same run on the tool's own command line; `None` when the arguments are not of the dialect.
pub fn translate(args: &[OsString]) -> Result<Option<Vec<OsString>>, UsageError> {
    let is_dialect = args.iter().skip(1).any(|arg| option(arg).is_some_and(|(name, _)| name == SELECTOR));
    let Some((program, rest)) = args.split_first().filter(|_| is_dialect) else { return Ok(None) };
    let mut own: Vec<OsString> =
        [program.clone()].into_iter().chain(["generate", "--runtime", "12.0"].map(Into::into)).collect();
    // The list of linked libraries is the caller's alone.
    own.push("--no-default-modules".into());
    let mut rest = rest.iter();
    while let Some(arg) = rest.next() {
        let Some((name, value)) = option(arg) else {
            own.push(arg.clone());
            continue;
        };
        let known = OPTIONS.iter().find(|(known, _)| *known == name);
        let Some((_, kind)) = known else {
            return Err(UsageError::new(format_args!("--{name} is no option of --{SELECTOR} that is known here")));
        };
        if *kind == DialectOption::IgnoredFlag {
            continue;
        }
        let value = match value {
            Some(value) => value,
            None => rest
                .next()
                .and_then(|next| next.to_str().map(str::to_owned))
                .ok_or_else(|| UsageError::new(format_args!("--{name} needs a value: --{name}:VALUE")))?,
        };
        match kind {
            DialectOption::As(option) => own.extend([OsString::from(*option), translate_value(&name, value).into()]),
            DialectOption::Only(only) if !value.eq_ignore_ascii_case(only) => {
                return Err(UsageError::new(format_args!("--{name} must be `{only}`, not `{value}`")));
            }
            DialectOption::Only(_) | DialectOption::Ignored | DialectOption::IgnoredFlag => {}
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

fn translate_value(name: &str, value: String) -> String {
    if name == "targetos" { value.to_ascii_lowercase() } else { value }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(args: &str) -> Result<Option<String>, UsageError> {
        let args: Vec<OsString> = args.split(' ').map(OsString::from).collect();
        let own = translate(&args)?;
        Ok(own.map(|args| args.iter().map(|arg| arg.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")))
    }

    #[test]
    fn the_dialect_becomes_the_own_command_line() {
        let given = "t --generate-portable-callhelpers:out --targetos:Browser --targetarch:wasm --directpinvoke:libA \
                     --directpinvoke libB a.dll -r:\"ref/*.dll\" --verbose --no-warn-unresolved-directpinvoke b.dll";
        let expected = "t generate --runtime 12.0 --no-default-modules --out out --target-os browser \
                        --optional-module libA --optional-module libB a.dll --reference ref/*.dll b.dll";
        assert_eq!(own(given).unwrap().as_deref(), Some(expected));
    }

    #[test]
    fn other_command_lines_are_left_alone() {
        assert_eq!(own("t generate a.dll --out x").unwrap(), None);
        assert_eq!(own("t").unwrap(), None);
    }

    #[test]
    fn what_cannot_be_done_is_refused() {
        for (args, message) in [
            ("t --generate-portable-callhelpers:x --targetarch:x64 a.dll", "--targetarch must be `wasm`, not `x64`"),
            ("t --generate-portable-callhelpers:x --composite", "--composite is no option of"),
            ("t a.dll --generate-portable-callhelpers", "needs a value"),
        ] {
            let error = own(args).unwrap_err().to_string();
            assert!(error.contains(message), "{error}");
        }
    }
}
