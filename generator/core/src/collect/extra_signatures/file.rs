//! The lines of a file of extra signatures, each with its reason.

use super::declaration::ExtraDeclaration;
use super::scan::SyntaxError;
use super::{ExtraSignature, Wanted};
use clr_wasm_abi::Signature;
use thunkgen_diagnostics::{Diagnostics, Location, catalogue, without_bom};

/// Reads the text of `file`, the file's name for messages. A line that cannot be used is reported and left out.
///
/// A line holds a key or a declaration. Its reason is the comment behind it, or the comment above it, which holds for
/// all lines up to the next comment or empty line.
pub fn read(file: &str, text: &str, diagnostics: &mut Diagnostics) -> Vec<ExtraSignature> {
    let mut found = Vec::new();
    let mut above = String::new();
    let mut in_comment = false;
    for (line, content) in (1..).zip(without_bom(text).lines()) {
        let (signature, comment) = match content.split_once('#') {
            Some((signature, comment)) => (signature, Some(comment.trim_matches(['#', ' ', '\t', '\r']))),
            None => (content, None),
        };
        let column = signature.chars().take_while(|c| c.is_whitespace()).count() as u32 + 1;
        let signature = signature.trim();
        if signature.is_empty() {
            if !in_comment || comment.is_none() {
                above.clear();
            }
            if let Some(comment) = comment {
                above += if above.is_empty() || comment.is_empty() { "" } else { " " };
                above += comment;
            }
            in_comment = comment.is_some();
            continue;
        }
        in_comment = false;
        let reason = comment.filter(|comment| !comment.is_empty()).unwrap_or(&above);
        let mut report = |column: u32, message: String| {
            let location = Location::position(file, line, column);
            diagnostics.report(&catalogue::BAD_EXTRA_SIGNATURE, location, message);
        };
        if reason.is_empty() {
            let message = "the reason is missing: say behind `#` what calls this, on this line or the one above";
            report(column, message.to_owned());
        }
        match wanted(signature, column) {
            Ok(_) if reason.is_empty() => {}
            Ok(wanted) => {
                found.push(ExtraSignature { file: file.to_owned(), line, reason: reason.to_owned(), wanted });
            }
            Err(error) => report(column + error.at as u32, error.reason),
        }
    }
    found
}

fn wanted(text: &str, column: u32) -> Result<Wanted, SyntaxError> {
    if text.chars().all(|c| c.is_ascii_alphanumeric()) {
        key(text).map(Wanted::Key)
    } else {
        ExtraDeclaration::parse(text, column).map(Wanted::Declaration)
    }
}

/// A key, with or without its `M`.
fn key(text: &str) -> Result<Signature, SyntaxError> {
    if text.starts_with('I') {
        let reason = format!(
            "`{text}` is the key of a thunk out of compiled code into the interpreter, which these files cannot hold; \
             only M keys can be added"
        );
        return Err(SyntaxError { at: 0, reason });
    }
    let signature = text.strip_prefix('M').unwrap_or(text);
    let at = text.len() - signature.len();
    signature.parse::<Signature>().map_err(|error| SyntaxError { at: at + error.at - 1, reason: error.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_lines(text: &str) -> (Vec<String>, Vec<String>) {
        let mut diagnostics = Diagnostics::default();
        let found = read("x.txt", text, &mut diagnostics);
        let found = found.iter().map(|extra| {
            let wanted = match &extra.wanted {
                Wanted::Key(signature) => signature.interp_key(),
                Wanted::Declaration(declaration) => format!("{} parameters", declaration.params.len()),
            };
            format!("{} {wanted}: {}", extra.line, extra.reason)
        });
        (found.collect(), diagnostics.into_sorted().iter().map(ToString::to_string).collect())
    }

    #[test]
    fn every_line_gets_its_reason() {
        let text = "\u{feff}# The audio worklet\r\n#  calls these.\r\n\r\n# By dlsym:\nMviS8\n  vip ## on its own \nid\n\n\
                    int F(int) # one\n# a\n#\n# b\nint ()\n";
        let expected = [
            "5 MviS8: By dlsym:",
            "6 Mvip: on its own",
            "7 Mid: By dlsym:",
            "9 1 parameters: one",
            "13 0 parameters: a b",
        ];
        assert_eq!(read_lines(text), (expected.map(str::to_owned).to_vec(), Vec::new()));
    }

    #[test]
    fn lines_that_cannot_be_used_are_located() {
        let (found, problems) =
            read_lines("# why\n\n MviS8\nvi #\nIviS8p # why\nMvq # why\nvTi# why\n\tint F(x y z)\n");
        assert_eq!(found, [] as [&str; 0]);
        let missing = "the reason is missing: say behind `#` what calls this, on this line or the one above";
        let expected = [
            format!("x.txt(3,2): error TG0007: {missing}"),
            format!("x.txt(4,1): error TG0007: {missing}"),
            "x.txt(5,1): error TG0007: `IviS8p` is the key of a thunk out of compiled code into the interpreter, which \
             these files cannot hold; only M keys can be added"
                .to_owned(),
            "x.txt(6,3): error TG0007: `vq` is not a signature string: expected a parameter, one of i l f d V l2 V2 V4 \
             S<size> A<size> e, at character 2"
                .to_owned(),
            "x.txt(7,4): error TG0007: `vTi` is not a signature string: `T` and `a` need the managed convention, a \
             trailing `p`, at character 4"
                .to_owned(),
            format!("x.txt(8,2): error TG0007: {missing}"),
            "x.txt(8,12): error TG0007: expected `,` or `)` before `z`".to_owned(),
        ];
        assert_eq!(problems, expected);
    }
}
