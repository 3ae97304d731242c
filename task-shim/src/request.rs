//! Reading a request: an MSBuild file with parameters as properties and items.
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
//! What only MSBuild can evaluate is an error with its position: the author of a request has the values.

use thunkgen_diagnostics::position::Position;
use thunkgen_diagnostics::xml::{TextProblem, XmlElement, XmlEvent, XmlReader};

/// A value with MSBuild's escapes still in it, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value {
    /// The text of a property, or the `Include` of an item.
    pub raw: String,
    /// Whether it is an item's.
    pub is_item: bool,
    /// The metadata of an item, in attributes and elements, with MSBuild's escapes still in it.
    pub metadata: Vec<(String, String)>,
    /// Where its element starts.
    pub position: Position,
}

impl Value {
    /// Whether an item has metadata of this name, in any case, that is not empty.
    pub fn has(&self, name: &str) -> bool {
        self.metadata.iter().any(|(found, text)| found.eq_ignore_ascii_case(name) && !text.trim().is_empty())
    }
}

/// A name, as written, and one of its values.
pub type Entry = (String, Value);

/// Every property and item of a request, in order.
pub fn parse(text: &str) -> Result<Vec<Entry>, Vec<TextProblem>> {
    let mut request = Request::default();
    let read = request.read(text);
    request.problems.extend(read.err());
    if request.problems.is_empty() { Ok(request.entries) } else { Err(request.problems) }
}

#[derive(Default)]
struct Request {
    /// The property whose element is open.
    property: Option<Value>,
    /// The item whose element is open.
    item: Option<usize>,
    /// The text of its metadata whose element is open.
    metadata: Option<String>,
    entries: Vec<Entry>,
    problems: Vec<TextProblem>,
}

impl Request {
    fn read(&mut self, text: &str) -> Result<(), TextProblem> {
        let mut xml = XmlReader::new(text);
        let mut roots = 0;
        while let Some(event) = xml.read()? {
            let (path, at) = (xml.path(), xml.position());
            match event {
                XmlEvent::Open(element) => {
                    roots += usize::from(path.len() == 1);
                    self.open(path, element, at);
                }
                XmlEvent::Close(name) => self.close(name, path.len()),
                XmlEvent::Text(text) => self.content(&text, path.len()),
                XmlEvent::UnknownEntity(name) => {
                    return Err(TextProblem::new(at, format!("not well-formed XML: unknown entity `{name}`")));
                }
                XmlEvent::DocType => self.problem(at, "a request has no document type"),
            }
        }
        if roots != 1 {
            self.problem(xml.position(), format!("expected one <Project>, found {roots}"));
        }
        Ok(())
    }

    fn problem(&mut self, at: Position, message: impl Into<String>) {
        self.problems.push(TextProblem::new(at, message));
    }

    fn open(&mut self, path: &[String], element: XmlElement, at: Position) {
        for key in ["Condition", "Exclude", "Remove", "Update"] {
            if element.attribute(key).is_some() {
                self.problem(at, format!("{key} of <{}> {ONLY_MSBUILD}", element.name));
            }
        }
        match path {
            [name] if name == "Project" => {}
            [name] => self.problem(at, format!("<{name}> is not an MSBuild project: expected <Project>")),
            [_, group] if group == "PropertyGroup" || group == "ItemGroup" => {}
            [_, name] => self.problem(at, format!("<{name}> {ONLY_MSBUILD}: expected PropertyGroup or ItemGroup")),
            [_, group, _] if group == "PropertyGroup" => {
                self.property = Some(Value { raw: String::new(), is_item: false, metadata: Vec::new(), position: at });
            }
            [_, group, _] if group == "ItemGroup" => self.item(element, at),
            [_, group, property, name] if group == "PropertyGroup" => {
                self.problem(at, format!("<{name}> inside <{property}>: the value of a property is text"));
            }
            [_, _, _, _] => self.metadata = Some(String::new()),
            // MSBuild has no meaning for it.
            _ => {}
        }
    }

    fn item(&mut self, XmlElement { name, mut attributes, .. }: XmlElement, at: Position) {
        self.item = None;
        let Some(include) = attributes.iter().position(|(key, _)| key == "Include") else {
            return self.problem(at, format!("<{name}> has no Include"));
        };
        let (_, raw) = attributes.remove(include);
        if raw.contains(['*', '?']) {
            let message = format!("Include=\"{raw}\" of {name} {ONLY_MSBUILD}: name every file, or write %2a and %3f");
            return self.problem(at, message);
        }
        let before = self.entries.len();
        self.add(name, Value { raw, is_item: true, metadata: attributes, position: at });
        self.item = (self.entries.len() > before).then_some(before);
    }

    fn add(&mut self, name: String, value: Value) {
        if ["$(", "@(", "%("].iter().any(|reference| value.raw.contains(reference)) {
            self.problem(value.position, format!("the value `{}` of {name} {ONLY_MSBUILD}", value.raw.trim()));
        } else {
            self.entries.push((name, value));
        }
    }

    /// Text inside the innermost open element.
    fn content(&mut self, text: &str, depth: usize) {
        match (depth, &mut self.property, &mut self.metadata) {
            (3, Some(property), _) => property.raw.push_str(text),
            (4, _, Some(metadata)) => metadata.push_str(text),
            _ => {}
        }
    }

    fn close(&mut self, name: String, depth: usize) {
        match depth {
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

    fn place(position: Position) -> (u32, u32) {
        (position.line, position.column)
    }

    fn parsed(text: &str) -> Vec<String> {
        match parse(text) {
            Ok(entries) => entries
                .into_iter()
                .map(|(name, v)| {
                    format!("{name}{}{:?} {:?}", if v.is_item { "*" } else { "=" }, v.raw, place(v.position))
                })
                .collect(),
            Err(problems) => problems.into_iter().map(|p| format!("{:?} {}", place(p.position), p.message)).collect(),
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
    fn what_needs_an_evaluation_is_refused_with_its_position() {
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
            ("<Items/>".into(), "(1, 1) <Items> is not an MSBuild project: expected <Project>"),
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
        assert_eq!((entries.len(), place(entries[99_999].1.position)), (100_000, (1, 21 + 99_999 * 16)));
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
