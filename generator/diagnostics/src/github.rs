//! Workflow commands of GitHub Actions: annotations at files and lines.

use super::location::MAX_NAME;
use super::text::escape_controls;
use super::{Diagnostic, Level};

/// A text without the start of a workflow command. The runner looks for one form anywhere in a line, and for the other at its
/// start, after spaces.
pub fn without_commands(text: &str) -> std::borrow::Cow<'_, str> {
    let starts_one = |line: &str| line.contains("##[") || line.trim_start().starts_with("::");
    if !text.lines().any(starts_one) {
        return text.into();
    }
    let line = |line: &str| {
        let line = line.replace("##[", "##_[");
        match line.trim_start().starts_with("::") {
            true => line.replacen("::", ":_:", 1),
            false => line,
        }
    };
    text.split_inclusive('\n').map(line).collect::<String>().into()
}

/// One workflow command per problem.
pub fn render(diagnostics: &[Diagnostic]) -> String {
    diagnostics.iter().map(command).collect()
}

fn command(diagnostic: &Diagnostic) -> String {
    let mut line = match diagnostic.level {
        Level::Error => "::error ".to_owned(),
        Level::Warning => "::warning ".to_owned(),
    };
    let (file, position) = diagnostic.location.origin();
    if !file.is_empty() {
        line += &format!("file={},", property(file));
    }
    if let Some((row, column)) = position {
        line += &format!("line={row},col={column},");
    }
    line += &format!("title={}::", diagnostic.rule.code);
    line += &data(&diagnostic.location.describe(&diagnostic.message, MAX_NAME));
    line.push('\n');
    line
}

/// The text after `::`.
fn data(text: &str) -> String {
    escape_controls(text).replace('%', "%25").replace("##[", "##_[")
}

/// A value between `=` and `,`.
fn property(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '%' => out.push_str("%25"),
            '\r' => out.push_str("%0D"),
            '\n' => out.push_str("%0A"),
            ':' => out.push_str("%3A"),
            ',' => out.push_str("%2C"),
            c => out.push(c),
        }
    }
    escape_controls(&out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Diagnostics, Location, SourceLine, catalogue};

    #[test]
    fn other_lines_contain_no_command() {
        let lines = without_commands("+// ##[add-mask]a\n  ::stop-commands::b\na::b\n");
        assert_eq!(lines, "+// ##_[add-mask]a\n  :_:stop-commands::b\na::b\n");
    }

    #[test]
    fn nothing_in_a_name_ends_the_command() {
        let mut sink = Diagnostics::default();
        let source =
            Some(SourceLine { file: "C:\\a,b%\n::error::x.cs".into(), position: Some((12, 9)), checksum: None });
        let location = Location { source, ..Location::member("x.dll", "N.C.M\r\n::set-env", 0x0600_0001) };
        sink.report(&catalogue::EMPTY_STRUCT, location, "100 %");
        sink.report(&catalogue::NO_ASSEMBLY, Location::default(), "none");
        sink.report(&catalogue::BAD_STRUCT_SIZE, Location::position("s.txt", 3, 1), "bad");
        assert_eq!(
            render(&sink.into_sorted()),
            "::error title=TG0004::none\n\
             ::error file=s.txt,line=3,col=1,title=TG0006::bad\n\
             ::warning file=C%3A\\a%2Cb%25%0A%3A%3Aerror%3A%3Ax.cs,line=12,col=9,title=TG0209::N.C.M\\r\\n::set-env \
             (0x06000001): 100 %25\n"
        );
    }
}
