//! Reading a request: an MSBuild file that holds parameters as properties and items.
//!
//! ```xml
//! <Project>
//!   <PropertyGroup>
//!     <TargetOS>browser</TargetOS>
//!   </PropertyGroup>
//!   <ItemGroup>
//!     <Assemblies Include="bin/App.dll;bin/Library.dll" />
//!   </ItemGroup>
//! </Project>
//! ```
//! What an MSBuild evaluation would be needed for is an error with its place: whoever writes a request has the values.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// A value with MSBuild's escapes still in it, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value {
    /// The text of a property, or the `Include` of an item.
    pub raw: String,
    /// Whether it is an item's.
    pub is_item: bool,
    /// What is said about an item, in attributes and elements, with MSBuild's escapes still in it.
    pub metadata: Vec<(String, String)>,
    /// 1-based line and column of its element.
    pub position: (u32, u32),
}

impl Value {
    fn new(raw: String, is_item: bool, position: (u32, u32)) -> Value {
        Value { raw, is_item, metadata: Vec::new(), position }
    }

    /// Whether an item has metadata of this name, in any case, that is not empty.
    pub fn has(&self, name: &str) -> bool {
        self.metadata.iter().any(|(found, text)| found.eq_ignore_ascii_case(name) && !text.trim().is_empty())
    }
}

/// A name, as written, and one of its values.
pub type Entry = (String, Value);

/// Something that cannot be used, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// 1-based line, and column in characters.
    pub position: (u32, u32),
    /// What is wrong.
    pub message: String,
}

/// Every property and item of a request, in order.
pub fn parse(text: &str) -> Result<Vec<Entry>, Vec<Problem>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut request = Parser {
        text,
        path: Vec::new(),
        property: None,
        item: None,
        metadata: None,
        entries: Vec::new(),
        problems: Vec::new(),
        counted: (0, (1, 1)),
    };
    request.read();
    if request.problems.is_empty() { Ok(request.entries) } else { Err(request.problems) }
}

struct Parser<'a> {
    text: &'a str,
    /// The names of the open elements, the root first.
    path: Vec<String>,
    /// The property whose element is open.
    property: Option<Value>,
    /// The item whose element is open.
    item: Option<usize>,
    /// The text of its metadata whose element is open.
    metadata: Option<String>,
    entries: Vec<Entry>,
    problems: Vec<Problem>,
    /// A place that was looked up: its byte, and its line and column.
    counted: (usize, (u32, u32)),
}

impl Parser<'_> {
    fn read(&mut self) {
        let mut reader = Reader::from_str(self.text);
        let mut roots = 0;
        loop {
            let start = reader.buffer_position() as usize;
            match reader.read_event() {
                Ok(Event::Start(element)) => {
                    roots += usize::from(self.path.is_empty());
                    self.open(&element, start);
                }
                Ok(Event::Empty(element)) => {
                    roots += usize::from(self.path.is_empty());
                    self.open(&element, start);
                    self.close();
                }
                Ok(Event::End(_)) => self.close(),
                Ok(Event::Text(text)) => match text.xml10_content() {
                    Ok(content) => self.content(&content),
                    Err(error) => return self.problem(start, format!("not well-formed XML: {error}")),
                },
                Ok(Event::CData(text)) => self.content(&String::from_utf8_lossy(&text)),
                Ok(Event::GeneralRef(reference)) => {
                    let name = String::from_utf8_lossy(&reference).into_owned();
                    let known = quick_xml::escape::unescape(&format!("&{name};")).map(|text| text.into_owned());
                    match known {
                        Ok(text) => self.content(&text),
                        Err(error) => return self.problem(start, format!("not well-formed XML: {error}")),
                    }
                }
                Ok(Event::DocType(_)) => self.problem(start, "a request has no document type".to_owned()),
                Ok(Event::Eof) => break,
                Ok(_) => {}
                Err(error) => {
                    let at = reader.error_position() as usize;
                    return self.problem(at, format!("not well-formed XML: {error}"));
                }
            }
        }
        if let Some(open) = self.path.last() {
            let message = format!("not well-formed XML: <{open}> is not closed");
            self.problem(self.text.len(), message);
        } else if roots != 1 {
            let message = format!("expected one <Project>, found {roots}");
            self.problem(self.text.len(), message);
        }
    }

    /// Line and column of a place; places are asked for in their order, or nearly so.
    fn position(&mut self, byte: usize) -> (u32, u32) {
        let byte = byte.min(self.text.len());
        if byte < self.counted.0 {
            self.counted = (0, (1, 1));
        }
        let (from, (mut line, mut column)) = self.counted;
        for c in self.text.get(from..byte).unwrap_or_default().chars() {
            (line, column) = if c == '\n' { (line + 1, 1) } else { (line, column + 1) };
        }
        self.counted = (byte, (line, column));
        (line, column)
    }

    fn problem(&mut self, byte: usize, message: String) {
        let position = self.position(byte);
        self.problems.push(Problem { position, message });
    }

    fn open(&mut self, element: &BytesStart<'_>, at: usize) {
        let name = String::from_utf8_lossy(element.local_name().as_ref()).into_owned();
        let (mut include, mut metadata) = (None, Vec::new());
        for attribute in element.attributes() {
            let read = attribute.map_err(|error| error.to_string()).and_then(|attribute| {
                let key = String::from_utf8_lossy(attribute.key.local_name().as_ref()).into_owned();
                let value = attribute.unescape_value().map_err(|error| error.to_string())?;
                Ok((key, value.into_owned()))
            });
            match read {
                Ok((key, value)) if key == "Include" => include = Some(value),
                Ok((key, _)) if ["Condition", "Exclude", "Remove", "Update"].contains(&key.as_str()) => {
                    self.problem(at, format!("{key} of <{name}> {ONLY_MSBUILD}"));
                }
                // Of an item; labels and name spaces are dropped with those of other elements.
                Ok(found) => metadata.push(found),
                Err(error) => {
                    self.problem(at, format!("not well-formed XML: {error}"));
                    break;
                }
            }
        }
        match &self.path[..] {
            [] if name == "Project" => {}
            [] => self.problem(at, format!("<{name}> is no MSBuild project: expected <Project>")),
            [_] if name == "PropertyGroup" || name == "ItemGroup" => {}
            [_] => self.problem(at, format!("<{name}> {ONLY_MSBUILD}: expected PropertyGroup or ItemGroup")),
            [_, group] if group == "PropertyGroup" => {
                self.property = Some(Value::new(String::new(), false, self.position(at)));
            }
            [_, group] if group == "ItemGroup" => match include {
                Some(raw) => self.item(&name, raw, metadata, at),
                None => self.problem(at, format!("<{name}> has no Include")),
            },
            [_, group, property] if group == "PropertyGroup" => {
                let message = format!("<{name}> inside <{property}>: the value of a property is text");
                self.problem(at, message);
            }
            [_, _, _] => self.metadata = Some(String::new()),
            // Nothing that MSBuild knows.
            _ => {}
        }
        self.path.push(name);
    }

    fn item(&mut self, name: &str, raw: String, metadata: Vec<(String, String)>, at: usize) {
        self.item = None;
        if raw.contains(['*', '?']) {
            let message = format!("Include=\"{raw}\" of {name} {ONLY_MSBUILD}: name every file, or write %2a and %3f");
            return self.problem(at, message);
        }
        let position = self.position(at);
        let before = self.entries.len();
        self.add(name.to_owned(), Value { metadata, ..Value::new(raw, true, position) });
        self.item = (self.entries.len() > before).then_some(before);
    }

    fn add(&mut self, name: String, value: Value) {
        if ["$(", "@(", "%("].iter().any(|reference| value.raw.contains(reference)) {
            let message = format!("the value `{}` of {name} {ONLY_MSBUILD}", value.raw.trim());
            self.problems.push(Problem { position: value.position, message });
        } else {
            self.entries.push((name, value));
        }
    }

    /// Text inside the innermost open element.
    fn content(&mut self, text: &str) {
        if let (Some(property), 3) = (&mut self.property, self.path.len()) {
            property.raw.push_str(text);
        }
        if let (Some(metadata), 4) = (&mut self.metadata, self.path.len()) {
            metadata.push_str(text);
        }
    }

    fn close(&mut self) {
        let Some(name) = self.path.pop() else { return };
        match self.path.len() {
            2 => {
                if let Some(property) = self.property.take() {
                    self.add(name, property);
                }
            }
            3 => {
                let item = self.item.and_then(|index| self.entries.get_mut(index));
                if let (Some((_, item)), Some(text)) = (item, self.metadata.take()) {
                    item.metadata.push((name, text));
                }
            }
            _ => {}
        }
    }
}

const ONLY_MSBUILD: &str = "can only be evaluated by MSBuild";

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Vec<String> {
        match parse(text) {
            Ok(entries) => entries
                .into_iter()
                .map(|(name, v)| format!("{name}{}{:?} {:?}", if v.is_item { "*" } else { "=" }, v.raw, v.position))
                .collect(),
            Err(problems) => problems.into_iter().map(|p| format!("{:?} {}", p.position, p.message)).collect(),
        }
    }

    const REQUEST: &str = r#"<?xml version="1.0" encoding="utf-8"?>
<!-- why -->
<Project xmlns="http://schemas.microsoft.com/developer/msbuild/2003" Sdk="none">
  <PropertyGroup Label="x">
    <A>one;two</A><B/>
    <C> a&amp;b<![CDATA[<c>]]>&#x64;<!-- no -->e
 </C>
  </PropertyGroup>
  <ItemGroup>
    <D Include="x%3By;z &lt;" Culture="de"><Meta>text</Meta></D>
    <D Include="" />
  </ItemGroup>
</Project>
"#;

    #[test]
    fn properties_and_items_are_read_in_order() {
        let all = [
            r#"A="one;two" (5, 5)"#,
            r#"B="" (5, 19)"#,
            r#"C=" a&b<c>de\n " (6, 5)"#,
            r#"D*"x%3By;z <" (10, 5)"#,
            r#"D*"" (11, 5)"#,
        ];
        assert_eq!(parsed(REQUEST), all);
        assert_eq!(parsed(&format!("\u{feff}{}", REQUEST.replace('\n', "\r\n"))), all);
        assert_eq!(parsed("<Project/>"), [""; 0]);
    }

    #[test]
    fn items_have_their_metadata() {
        let entries = parse(REQUEST).unwrap();
        let metadata: Vec<_> = entries.iter().map(|(_, value)| value.metadata.len()).collect();
        assert_eq!(metadata, [0, 0, 0, 2, 0]);
        let item = &entries[3].1;
        assert_eq!(item.metadata, [("Culture", "de"), ("Meta", "text")].map(|(a, b)| (a.to_owned(), b.to_owned())));
        assert!(item.has("meta") && !item.has("Met"));
        let nested = parse("<Project><ItemGroup><A Include='a'><B>x<C>y</C>z</B><D> </D></A></ItemGroup></Project>");
        let item = &nested.unwrap()[0].1;
        assert_eq!(item.metadata, [("B", "xz"), ("D", " ")].map(|(a, b)| (a.to_owned(), b.to_owned())));
        assert!(item.has("B") && !item.has("D"));
    }

    #[test]
    fn what_needs_an_evaluation_is_refused_where_it_stands() {
        let group = |inside: &str| format!("<Project>\n<ItemGroup>\n {inside}</ItemGroup></Project>");
        for (text, expected) in [
            (group(r#"<A Include="*.dll"/>"#), r#"(3, 2) Include="*.dll" of A can only be evaluated by MSBuild: name"#),
            (group(r#"<A Include="@(B)"/>"#), "(3, 2) the value `@(B)` of A can only be evaluated by MSBuild"),
            (group(r#"<A Include="a" Condition="true"/>"#), "(3, 2) Condition of <A> can only be evaluated by MSBuild"),
            (group(r#"<A Remove="a"/>"#), "(3, 2) Remove of <A> can only be evaluated by MSBuild"),
            (group("<A/>"), "(3, 2) <A> has no Include"),
            ("<Project><PropertyGroup><A>$(B)</A></PropertyGroup></Project>".into(), "(1, 25) the value `$(B)` of A"),
            (
                "<Project><PropertyGroup><A><B/></A></PropertyGroup></Project>".into(),
                "(1, 28) <B> inside <A>: the value",
            ),
            ("<Project><Target/></Project>".into(), "(1, 10) <Target> can only be evaluated by MSBuild: expected Prop"),
            ("<Items/>".into(), "(1, 1) <Items> is no MSBuild project: expected <Project>"),
            ("".into(), "(1, 1) expected one <Project>, found 0"),
            ("text".into(), "(1, 5) expected one <Project>, found 0"),
            ("<Project/><Project/>".into(), "(1, 21) expected one <Project>, found 2"),
            ("<!DOCTYPE x><Project/>".into(), "(1, 1) a request has no document type"),
            ("<Project>\n<ItemGroup>".into(), "(2, 12) not well-formed XML: <ItemGroup> is not closed"),
            ("<Project></Projekt>".into(), "(1, 10) not well-formed XML: "),
            ("<Project><PropertyGroup><A>&x;</A></PropertyGroup></Project>".into(), "(1, 28) not well-formed XML: "),
        ] {
            let found = parsed(&text);
            assert!(found[0].starts_with(expected), "{text}\n{found:?}");
        }
    }

    #[test]
    fn long_and_deep_requests_take_time_in_proportion() {
        let long = format!("<Project><ItemGroup>{}</ItemGroup></Project>", "<A Include=\"a\"/>".repeat(100_000));
        let entries = parse(&long).unwrap();
        assert_eq!((entries.len(), entries[99_999].1.position), (100_000, (1, 21 + 99_999 * 16)));
        let deep = format!("<Project><ItemGroup><A Include=\"a\">{}", "<b>".repeat(200_000));
        assert_eq!(parse(&deep).unwrap_err().len(), 1);
    }

    #[test]
    fn a_damaged_request_is_some_answer() {
        for at in 0..REQUEST.len() {
            for byte in [b'<', b'"', b'&', b'>', 0, 0xff] {
                let mut bytes = REQUEST.as_bytes().to_vec();
                bytes[at] = byte;
                let _ = parse(&String::from_utf8_lossy(&bytes));
            }
            let _ = parse(&String::from_utf8_lossy(&REQUEST.as_bytes()[..at]));
        }
    }
}
