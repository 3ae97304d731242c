//! Files that list P/Invoke modules: MSBuild items, or plain text with one name per line.
//!
//! ```xml
//! <Project>
//!   <ItemGroup>
//!     <PInvokeModule Include="libSystem.Native" Browser="true" Wasi="true" />
//!   </ItemGroup>
//! </Project>
//! ```
//! Only what means the same everywhere is understood. What an MSBuild evaluation would be needed for is an error with
//! its place: a module that is silently missed fails only when the app calls it.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use clr_wasm_abi::TargetOs;

/// One name of a list, and the targets it counts for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Module {
    /// Name of the native library.
    pub name: String,
    /// The targets; empty when all metadata about targets says no.
    pub targets: Vec<TargetOs>,
}

/// Something that cannot be used, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModuleListProblem {
    /// 1-based line.
    pub line: u32,
    /// 1-based column in characters.
    pub column: u32,
    /// What is wrong.
    pub message: String,
}

/// Reads a list; of an MSBuild file only the items named `item`, or all when that is `None`.
pub fn parse(text: &str, item: Option<&str>) -> Result<Vec<Module>, Vec<ModuleListProblem>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim_start().starts_with('<') {
        let mut list =
            XmlList { text, item, path: Vec::new(), current: None, modules: Vec::new(), problems: Vec::new() };
        list.read();
        return if list.problems.is_empty() { Ok(list.modules) } else { Err(list.problems) };
    }
    let mut modules = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let name = line.split('#').next().unwrap_or_default().trim();
        if name.contains(['<', '>', '"', '$', '@']) || name.chars().any(char::is_control) {
            let message = format!("`{name}` is no module name: expected one name per line, or an MSBuild file");
            return Err(vec![ModuleListProblem { line: index as u32 + 1, column: 1, message }]);
        }
        if !name.is_empty() {
            modules.push(Module { name: name.to_owned(), targets: TargetOs::ALL.to_vec() });
        }
    }
    Ok(modules)
}

/// The item whose element is open.
struct Item {
    names: Vec<String>,
    /// Values of the metadata that are named after targets.
    targets: Vec<(TargetOs, String)>,
}

/// An open element.
struct Element {
    name: String,
    conditional: bool,
}

struct XmlList<'a> {
    text: &'a str,
    item: Option<&'a str>,
    /// The open elements, the root first.
    path: Vec<Element>,
    current: Option<Item>,
    modules: Vec<Module>,
    problems: Vec<ModuleListProblem>,
}

impl XmlList<'_> {
    fn read(&mut self) {
        let text = self.text;
        let mut reader = Reader::from_str(text);
        loop {
            let start = reader.buffer_position() as usize;
            match reader.read_event() {
                Ok(Event::Start(element)) => self.open(&element, start),
                Ok(Event::Empty(element)) => {
                    self.open(&element, start);
                    self.close();
                }
                Ok(Event::End(_)) => self.close(),
                Ok(Event::Text(text)) => {
                    let value = text.decode().unwrap_or_default().into_owned();
                    self.metadata_text(&value);
                }
                Ok(Event::CData(text)) => self.metadata_text(&String::from_utf8_lossy(&text)),
                Ok(Event::Eof) => break,
                Ok(_) => {}
                Err(error) => {
                    let at = reader.error_position() as usize;
                    return self.problem(at, format!("not well-formed XML: {error}"));
                }
            }
        }
        if let Some(open) = self.path.last() {
            let message = format!("not well-formed XML: <{}> is not closed", open.name);
            self.problem(self.text.len(), message)
        }
    }

    fn problem(&mut self, byte: usize, message: String) {
        let before = self.text.get(..byte.min(self.text.len())).unwrap_or_default();
        let line = before.matches('\n').count() as u32 + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() as u32 + 1;
        self.problems.push(ModuleListProblem { line, column, message });
    }

    fn open(&mut self, element: &BytesStart<'_>, at: usize) {
        let name = String::from_utf8_lossy(element.local_name().as_ref()).into_owned();
        match self.path.as_slice() {
            [] if name != "Project" => self.problem(at, format!("<{name}> is no MSBuild project: expected <Project>")),
            [.., group] if group.name == "ItemGroup" && self.item.is_none_or(|wanted| wanted == name) => {
                self.open_item(&name, element, at);
            }
            _ => {}
        }
        let conditional = element.attributes().flatten().any(|a| a.key.local_name().as_ref() == b"Condition");
        self.path.push(Element { name, conditional });
    }

    fn open_item(&mut self, name: &str, element: &BytesStart<'_>, at: usize) {
        let mut item = Item { names: Vec::new(), targets: Vec::new() };
        // Of a target or a choice, or in a group that only counts sometimes.
        let unsure = match self.path.as_slice() {
            [_, group] if group.conditional => Some("an ItemGroup with a Condition".to_owned()),
            [_, _] => None,
            [.., around, _] => Some(format!("<{}>", around.name)),
            _ => None,
        };
        if let Some(place) = unsure {
            self.problem(at, format!("{name} is inside {place}, which only MSBuild can evaluate"));
        }
        for attribute in element.attributes() {
            let attribute = match attribute {
                Ok(attribute) => attribute,
                Err(error) => {
                    self.problem(at, format!("not well-formed XML: {error}"));
                    break;
                }
            };
            let key = String::from_utf8_lossy(attribute.key.local_name().as_ref()).into_owned();
            let value = match attribute.unescape_value() {
                Ok(value) => value.into_owned(),
                Err(error) => {
                    self.problem(at, format!("not well-formed XML: {error}"));
                    continue;
                }
            };
            match key.as_str() {
                "Include" => {
                    if value.contains("$(")
                        || value.contains("@(")
                        || value.contains("%(")
                        || value.contains(['*', '?'])
                    {
                        self.problem(at, format!("Include=\"{value}\" of {name} can only be evaluated by MSBuild"));
                    } else {
                        item.names =
                            value.split(';').map(str::trim).filter(|n| !n.is_empty()).map(str::to_owned).collect();
                    }
                }
                "Condition" | "Exclude" | "Remove" | "Update" => {
                    let message = format!(
                        "{key} of {name} can only be evaluated by MSBuild; use the metadata Browser and Wasi, or a list of its own"
                    );
                    self.problem(at, message);
                }
                _ => item.targets.extend(target_named(&key).map(|target| (target, value))),
            }
        }
        self.current = Some(item);
    }

    /// Text inside an element: the value of metadata when that element is a child of the item.
    fn metadata_text(&mut self, text: &str) {
        let (Some(item), Some(element)) = (&mut self.current, self.path.last()) else { return };
        if let Some(target) = target_named(&element.name) {
            item.targets.push((target, text.to_owned()));
        }
    }

    fn close(&mut self) {
        self.path.pop();
        // The item is open until its group is the innermost open element again.
        if self.path.last().is_some_and(|element| element.name == "ItemGroup")
            && let Some(item) = self.current.take()
        {
            let counts = |target: &TargetOs| {
                let says =
                    |(about, value): &(TargetOs, String)| about == target && value.trim().eq_ignore_ascii_case("true");
                item.targets.is_empty() || item.targets.iter().any(says)
            };
            let targets: Vec<TargetOs> = TargetOs::ALL.into_iter().filter(counts).collect();
            self.modules.extend(item.names.into_iter().map(|name| Module { name, targets: targets.clone() }));
        }
    }
}

fn target_named(name: &str) -> Option<TargetOs> {
    TargetOs::ALL.into_iter().find(|target| target.name().eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str, item: Option<&str>) -> Result<Vec<String>, Vec<String>> {
        let module = |m: Module| {
            let targets: Vec<&str> = m.targets.iter().map(|t| t.name()).collect();
            format!("{} {}", m.name, targets.join("+"))
        };
        let problem = |p: ModuleListProblem| format!("({},{}): {}", p.line, p.column, p.message);
        parse(text, item)
            .map(|modules| modules.into_iter().map(module).collect())
            .map_err(|problems| problems.into_iter().map(problem).collect())
    }

    const LIST: &str = r#"<?xml version="1.0" encoding="utf-8"?>
<!-- <Old Include="old" /> -->
<Project xmlns="http://schemas.microsoft.com/developer/msbuild/2003">
  <Import Project="other.props" />
  <PropertyGroup><Browser>true</Browser></PropertyGroup>
  <ItemGroup Label="x">
    <WasmPInvokeModule Include="libSystem.Native" Browser="true" Wasi="TRUE" />
    <WasmPInvokeModule Include="libA; libB;;" />
    <WasmPInvokeModule Include="libC" browser="True"></WasmPInvokeModule>
    <WasmPInvokeModule Include="libD">
      <Wasi> true </Wasi> <!-- not for browser -->
      <Other>true</Other>
    </WasmPInvokeModule>
    <WasmPInvokeModule Include="lib&amp;E" Wasi="false"/>
    <Other Include="libF"><Browser><![CDATA[true]]></Browser></Other>
  </ItemGroup>
</Project>
"#;

    #[test]
    fn items_count_for_the_targets_their_metadata_names() {
        let all = [
            "libSystem.Native browser+wasi",
            "libA browser+wasi",
            "libB browser+wasi",
            "libC browser",
            "libD wasi",
            "lib&E ",
            "libF browser",
        ];
        assert_eq!(parsed(LIST, None).unwrap(), all);
        assert_eq!(parsed(&LIST.replace('\n', "\r\n"), Some("WasmPInvokeModule")).unwrap(), all[..6]);
        assert_eq!(parsed(LIST, Some("Other")).unwrap(), all[6..]);
        let prefixed = r#"<m:Project xmlns:m="urn:x"><m:ItemGroup><m:A Include="a"/></m:ItemGroup></m:Project>"#;
        assert_eq!(parsed(prefixed, None).unwrap(), ["a browser+wasi"]);
    }

    #[test]
    fn a_damaged_list_is_some_answer() {
        for at in 0..LIST.len() {
            for byte in [b'<', b'"', b'&', b'>', 0, 0xff] {
                let mut bytes = LIST.as_bytes().to_vec();
                bytes[at] = byte;
                let _ = parse(&String::from_utf8_lossy(&bytes), None);
            }
            let _ = parse(&String::from_utf8_lossy(&LIST.as_bytes()[..at]), Some("WasmPInvokeModule"));
        }
    }

    #[test]
    fn plain_text_has_one_name_per_line() {
        let text = "\u{feff}# modules\r\nlibA\r\n\r\n  libB # why\r\n*\r\n";
        assert_eq!(parsed(text, None).unwrap(), ["libA browser+wasi", "libB browser+wasi", "* browser+wasi"]);
        let error = parsed("libA\nlib\"B\"\n", None).unwrap_err();
        assert_eq!(error, ["(2,1): `lib\"B\"` is no module name: expected one name per line, or an MSBuild file"]);
    }

    #[test]
    fn what_needs_an_evaluation_is_refused_where_it_stands() {
        let item = |item: &str| format!("<Project>\n  <ItemGroup>\n    {item}\n  </ItemGroup>\n</Project>");
        let only = "can only be evaluated by MSBuild";
        for (text, errors) in [
            (item(r#"<A Include="$(X)" />"#), vec![format!(r#"(3,5): Include="$(X)" of A {only}"#)]),
            (item(r#"<A Include="lib*" />"#), vec![format!(r#"(3,5): Include="lib*" of A {only}"#)]),
            (
                item(r#"<B Include="b"/><A Include="a" Condition="'$(X)' == ''" />"#),
                vec![format!("(3,21): Condition of A {only}; use the metadata Browser and Wasi, or a list of its own")],
            ),
            (
                "<Project><ItemGroup Condition=\"x\">\n<A Include=\"a\"/><A Include=\"b\"/></ItemGroup></Project>"
                    .into(),
                [1, 17]
                    .map(|c| {
                        format!("(2,{c}): A is inside an ItemGroup with a Condition, which only MSBuild can evaluate")
                    })
                    .into(),
            ),
            (
                "<Project><Target><ItemGroup><A Include=\"a\"/></ItemGroup></Target></Project>".into(),
                vec!["(1,29): A is inside <Target>, which only MSBuild can evaluate".to_owned()],
            ),
            ("\n <Items/>".into(), vec!["(2,2): <Items> is no MSBuild project: expected <Project>".to_owned()]),
            ("<Project>\n<a>".into(), vec!["(2,4): not well-formed XML: <a> is not closed".to_owned()]),
        ] {
            assert_eq!(parsed(&text, None).unwrap_err(), errors, "{text}");
        }
        let conditional = item(r#"<B Include="b" Condition="x"/><A Include="a" />"#);
        assert_eq!(parsed(&conditional, Some("A")).unwrap(), ["a browser+wasi"]);
        for broken in
            ["<Project><ItemGroup></Project>", "<Project", "<Project>\n<A =></Project>", "<Project>&x;</Project"]
        {
            let errors = parsed(broken, None).unwrap_err();
            assert!(errors[0].contains("not well-formed XML: "), "{broken}: {errors:?}");
        }
    }
}
