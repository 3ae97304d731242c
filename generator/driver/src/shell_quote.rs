//! Commands as text for the user's shell.

use std::ffi::OsString;

use thunkgen_diagnostics::escape_controls;

/// The arguments as one line for the shell of this system.
pub fn command(args: &[OsString]) -> String {
    args.iter().map(|arg| word(&arg.to_string_lossy())).collect::<Vec<_>>().join(" ")
}

/// One argument for the shell of this system.
pub fn word(arg: &str) -> String {
    if cfg!(windows) { windows(arg) } else { posix(arg) }
}

/// A POSIX shell: unquoted if no character is special, else in single quotes; control characters as `$'\n'`.
fn posix(arg: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "_-./=:,@%+".contains(c);
    if !arg.is_empty() && arg.chars().all(plain) {
        return arg.to_owned();
    }
    if escape_controls(arg) != arg {
        // Only `$'...'` can name such a character without containing it.
        let escaped: String = arg
            .chars()
            .map(|c| match c {
                '\'' | '\\' => format!("\\{c}"),
                c if escape_controls(c.encode_utf8(&mut [0; 4])) == c.to_string() => c.to_string(),
                c => format!("\\U{:08x}", c as u32),
            })
            .collect();
        return format!("$'{escaped}'");
    }
    format!("'{}'", arg.replace('\'', r"'\''"))
}

/// A Windows command line: double quotes, and backslashes doubled where a quote follows.
fn windows(arg: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "_-./\\=:,@+".contains(c);
    if !arg.is_empty() && arg.chars().all(plain) {
        return arg.to_owned();
    }
    let mut out = String::from("\"");
    let mut backslashes = 0;
    for c in escape_controls(arg).chars() {
        match c {
            '\\' => backslashes += 1,
            '"' => {
                out.push_str(&"\\".repeat(backslashes + 1));
                backslashes = 0;
            }
            _ => backslashes = 0,
        }
        out.push(c);
    }
    out.push_str(&"\\".repeat(backslashes));
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn posix_words() {
        for (arg, quoted) in [
            ("--out=a/b.cpp", "--out=a/b.cpp"),
            ("", "''"),
            ("a b", "'a b'"),
            ("it's", r"'it'\''s'"),
            ("*.dll", "'*.dll'"),
            ("{target}", "'{target}'"),
            ("~/x", "'~/x'"),
            ("N.A<T>=4", "'N.A<T>=4'"),
            ("a\n'b", r"$'a\U0000000a\'b'"),
        ] {
            assert_eq!(posix(arg), quoted);
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_shell_reads_back_what_was_quoted() {
        let args = ["a b", "it's", "$HOME", "`x`", "\\", "a\"b", "", "!x", "ä*?"].map(OsString::from);
        let script = format!("printf '%s\\n' {}", command(&args));
        let output = std::process::Command::new("sh").args(["-c", &script]).output().unwrap();
        let expected: String = args.iter().map(|arg| format!("{}\n", arg.to_string_lossy())).collect();
        assert_eq!(String::from_utf8_lossy(&output.stdout), expected);
    }

    #[test]
    fn windows_words() {
        for (arg, quoted) in
            [(r"C:\a\b.dll", r"C:\a\b.dll"), ("", r#""""#), (r"C:\a b\", r#""C:\a b\\""#), (r#"a\"b"#, r#""a\\\"b""#)]
        {
            assert_eq!(windows(arg), quoted);
        }
    }
}
