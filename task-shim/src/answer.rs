//! The answer: an MSBuild file with what a task returns, every value with MSBuild's escapes.
//!
//! ```xml
//! <!-- Answer of thunkgen-task. -->
//! <Project>
//!   <PropertyGroup>
//!     <Succeeded>true</Succeeded>
//!     <Skipped>false</Skipped>
//!     <Reason>there is no cache file yet</Reason>
//!     <Summary>thunkgen: 104 keys</Summary>
//!   </PropertyGroup>
//!   <ItemGroup>
//!     <FileWrites Include="obj/pinvoke-table.cpp" />
//!     <ChangedFiles Include="obj/pinvoke-table.cpp" />
//!     <Diagnostic Include="TG0209">
//!       <Level>warning</Level>
//!       <File>src/Native.cs</File>
//!       <Line>12</Line>
//!       <Column>9</Column>
//!       <Message>parameter 1 is an empty struct</Message>
//!     </Diagnostic>
//!   </ItemGroup>
//! </Project>
//! ```

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use quick_xml::Writer;
use quick_xml::events::BytesText;

use thunkgen_diagnostics::{Diagnostic, Diagnostics};
use thunkgen_driver::write::write_all;
use thunkgen_driver::{WriteOptions, report_unwritable};

use crate::escapes::escape;

/// How every answer starts. Any other file is never replaced by one: it may be the request, or an input.
pub const FIRST_LINE: &str = "<!-- Answer of thunkgen-task. -->\n";

/// What came of a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// Whether the outputs are as they should be.
    pub succeeded: bool,
    /// Whether that was so before.
    pub skipped: bool,
    /// Why it was skipped, or not.
    pub reason: String,
    /// What was collected and written, in a line.
    pub summary: String,
    /// Every output, with the cache file.
    pub file_writes: Vec<String>,
    /// The outputs that were created or replaced.
    pub changed_files: Vec<String>,
    /// What is wrong.
    pub problems: Vec<Diagnostic>,
}

impl Answer {
    /// Writes a file that is not an output. If that fails, the request has failed; `summary` says in what state it
    /// leaves the others.
    pub fn write_also(&mut self, path: &Path, bytes: Vec<u8>, summary: &str) {
        if let Err(error) = write_all(&BTreeMap::from([(path.to_owned(), bytes)]), WriteOptions::default()) {
            let mut sink = Diagnostics::default();
            report_unwritable(error, &mut sink);
            self.problems.extend(sink.into_sorted());
            self.succeeded = false;
            self.summary = format!("thunkgen: there are errors; {summary}");
        }
    }

    /// The file.
    pub fn render(&self) -> Vec<u8> {
        let mut writer = Writer::new_with_indent(FIRST_LINE.as_bytes().to_vec(), b' ', 2);
        // Cannot fail: it is written to memory.
        let _ = self.write(&mut writer);
        let mut bytes = writer.into_inner();
        bytes.push(b'\n');
        bytes
    }

    fn write(&self, writer: &mut Writer<Vec<u8>>) -> io::Result<()> {
        writer.create_element("Project").write_inner_content(|writer| {
            writer.create_element("PropertyGroup").write_inner_content(|writer| {
                property(writer, "Succeeded", &self.succeeded.to_string())?;
                property(writer, "Skipped", &self.skipped.to_string())?;
                property(writer, "Reason", &self.reason)?;
                property(writer, "Summary", &self.summary)
            })?;
            writer.create_element("ItemGroup").write_inner_content(|writer| {
                for (name, files) in [("FileWrites", &self.file_writes), ("ChangedFiles", &self.changed_files)] {
                    for file in files {
                        writer.create_element(name).with_attribute(("Include", &*escape(file))).write_empty()?;
                    }
                }
                self.problems.iter().try_for_each(|problem| diagnostic(writer, problem))
            })?;
            Ok(())
        })?;
        Ok(())
    }
}

fn diagnostic(writer: &mut Writer<Vec<u8>>, problem: &Diagnostic) -> io::Result<()> {
    let element = writer.create_element("Diagnostic").with_attribute(("Include", problem.rule.code));
    element.write_inner_content(|writer| {
        property(writer, "Level", problem.level.name())?;
        let (file, position) = problem.location.origin();
        let (line, column) = position.unwrap_or_default();
        property(writer, "File", file)?;
        property(writer, "Line", &line.to_string())?;
        property(writer, "Column", &column.to_string())?;
        property(writer, "Message", &problem.text())
    })?;
    Ok(())
}

fn property(writer: &mut Writer<Vec<u8>>, name: &str, value: &str) -> io::Result<()> {
    writer.create_element(name).write_text_content(BytesText::new(&escape(value)))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use thunkgen_diagnostics::{Level, Location, catalogue};

    #[test]
    fn values_are_escaped_for_msbuild_and_xml() {
        let answer = Answer {
            succeeded: true,
            file_writes: vec!["a;b & \"c\" <ü>%.cpp".into()],
            problems: vec![Diagnostic {
                rule: catalogue::find("TG0101").next().unwrap(),
                level: Level::Error,
                location: Location::position("x y.cs", 3, 14),
                message: "`List<int>`; 50%".into(),
                parts: Vec::new(),
            }],
            ..Answer::default()
        };
        let expected = r#"<!-- Answer of thunkgen-task. -->
<Project>
  <PropertyGroup>
    <Succeeded>true</Succeeded>
    <Skipped>false</Skipped>
    <Reason></Reason>
    <Summary></Summary>
  </PropertyGroup>
  <ItemGroup>
    <FileWrites Include="a%3bb &amp; &quot;c&quot; &lt;ü&gt;%25.cpp"/>
    <Diagnostic Include="TG0101">
      <Level>error</Level>
      <File>x y.cs</File>
      <Line>3</Line>
      <Column>14</Column>
      <Message>`List&lt;int&gt;`%3b 50%25</Message>
    </Diagnostic>
  </ItemGroup>
</Project>
"#;
        assert_eq!(String::from_utf8(answer.render()).unwrap(), expected);
    }
}
