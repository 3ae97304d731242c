//! Logging commands of Azure Pipelines: issues of a task, at files and lines.

use super::location::MAX_NAME;
use super::text::escape_controls;
use super::{Diagnostic, Level};

/// A text without the start of a logging command, which the agent looks for anywhere in a line.
pub fn without_commands(text: &str) -> std::borrow::Cow<'_, str> {
    match text.contains("##") {
        true => text.replace("##vso[", "##_vso[").replace("##[", "##_[").into(),
        false => text.into(),
    }
}

/// One logging command per problem.
pub fn render(diagnostics: &[Diagnostic]) -> String {
    diagnostics.iter().map(command).collect()
}

fn command(diagnostic: &Diagnostic) -> String {
    let level = match diagnostic.level {
        Level::Error => "error",
        Level::Warning => "warning",
    };
    let (file, position) = diagnostic.location.origin();
    let mut line = format!("##vso[task.logissue type={level};");
    if !file.is_empty() {
        line += &format!("sourcepath={};", property(file));
    }
    if let Some((row, column)) = position {
        line += &format!("linenumber={row};columnnumber={column};");
    }
    line += &format!("code={}]", diagnostic.rule.code);
    line += &data(&diagnostic.location.describe(&diagnostic.message, MAX_NAME));
    line.push('\n');
    line
}

/// The text after `]`.
fn data(text: &str) -> String {
    escape_controls(text).replace('%', "%AZP25")
}

/// A value between `=` and `;`. The agent replaces `%AZP25` by `%` last.
fn property(text: &str) -> String {
    let text = text.replace('%', "%AZP25").replace('\r', "%0D").replace('\n', "%0A");
    escape_controls(&text.replace(';', "%3B").replace(']', "%5D"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Diagnostics, Location, SourceLine, catalogue};

    #[test]
    fn other_lines_contain_no_command() {
        let line = without_commands("1 P/Invoke of ##vso[task.complete] and ##[error]; # 3");
        assert_eq!(line, "1 P/Invoke of ##_vso[task.complete] and ##_[error]; # 3");
    }

    #[test]
    fn nothing_in_a_name_ends_the_command() {
        let mut sink = Diagnostics::default();
        let source =
            Some(SourceLine { file: "C:\\a;b]%\n##vso[x]y.cs".into(), position: Some((12, 9)), checksum: None });
        let location = Location { source, ..Location::member("x.dll", "N.C.M\r\n##vso[task.complete]", 0x0600_0001) };
        sink.report(&catalogue::EMPTY_STRUCT, location, "100 %; ]");
        sink.report(&catalogue::NO_ASSEMBLY, Location::default(), "none\u{1b}");
        sink.report(&catalogue::BAD_STRUCT_SIZE, Location::position("s.txt", 3, 1), "bad");
        assert_eq!(
            render(&sink.into_sorted()),
            "##vso[task.logissue type=error;code=TG0004]none\\u{1b}\n\
             ##vso[task.logissue type=error;sourcepath=s.txt;linenumber=3;columnnumber=1;code=TG0006]bad\n\
             ##vso[task.logissue type=warning;sourcepath=C:\\a%3Bb%5D%AZP25%0A##vso[x%5Dy.cs;linenumber=12;\
             columnnumber=9;code=TG0209]N.C.M\\r\\n##vso[task.complete] (0x06000001): 100 %AZP25; ]\n"
        );
    }
}
