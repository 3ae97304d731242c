//! Files that list P/Invoke modules: MSBuild items, or plain text with one name per line.
//!
//! ```xml
//! <Project>
//!   <ItemGroup>
//!     <PInvokeModule Include="libSystem.Native" Browser="true" Wasi="true" />
//!   </ItemGroup>
//! </Project>
//! ```
//! What only MSBuild can evaluate is an error with its position: a module that is silently missed fails only when the
//! app calls it.

use clr_wasm_abi::TargetOs;
use thunkgen_diagnostics::position::Position;
use thunkgen_diagnostics::without_bom;
use thunkgen_diagnostics::xml::{TextProblem, XmlElement, XmlEvent, XmlReader};

/// Most problems of a list that are reported.
const MAX_PROBLEMS: usize = 100;

/// One name of a list, and its targets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Module {
    /// Name of the native library.
    pub name: String,
    /// The targets; empty when all metadata about targets is false.
    pub targets: Vec<TargetOs>,
}

/// Reads a list; of an MSBuild file only the items named `item`, or all when that is `None`.
pub fn parse(text: &str, item: Option<&str>) -> Result<Vec<Module>, Vec<TextProblem>> {
    let text = without_bom(text);
    if text.trim_start().starts_with('<') {
        let mut list = XmlList { item, ..XmlList::default() };
        return match list.read(text) {
            // What a file that is not well-formed contains is anyone's guess.
            Err(malformed) => Err(vec![malformed]),
            Ok(()) if list.problems.is_empty() => Ok(list.modules),
            Ok(()) => Err(list.problems),
        };
    }
    let mut modules = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let name = line.split('#').next().unwrap_or_default().trim();
        if name.contains(['<', '>', '"', '$', '@']) || name.chars().any(char::is_control) {
            let message =
                format!("`{name}` is not a valid module name: expected one name per line, or an MSBuild file");
            return Err(vec![TextProblem::new(Position { line: index as u32 + 1, column: 1 }, message)]);
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

#[derive(Default)]
struct XmlList<'a> {
    item: Option<&'a str>,
    /// The open group is below the root and has a condition.
    is_conditional: bool,
    current: Option<Item>,
    modules: Vec<Module>,
    problems: Vec<TextProblem>,
}

impl XmlList<'_> {
    fn read(&mut self, text: &str) -> Result<(), TextProblem> {
        let mut xml = XmlReader::new(text);
        while let Some(event) = xml.read()? {
            match event {
                XmlEvent::Open(element) => self.open(xml.path(), element, xml.position()),
                XmlEvent::Close(_) => self.close(xml.path()),
                XmlEvent::Text(text) => self.metadata_text(xml.path(), text),
                XmlEvent::UnknownEntity(_) | XmlEvent::DocType => {}
            }
        }
        Ok(())
    }

    fn open(&mut self, path: &[String], element: XmlElement, at: Position) {
        let problems = &mut self.problems;
        let mut problem = |message| {
            if problems.len() < MAX_PROBLEMS {
                problems.push(TextProblem::new(at, message));
            }
        };
        let name = match path {
            [root] if root != "Project" => {
                return problem(format!("<{root}> is not an MSBuild project: expected <Project>"));
            }
            [.., group, name] if group == "ItemGroup" && self.item.is_none_or(|wanted| wanted == name) => name,
            [_, _] => {
                self.is_conditional = element.attribute("Condition").is_some();
                return;
            }
            _ => return,
        };
        let only_msbuild = match path {
            [_, _, _] if self.is_conditional => Some("an ItemGroup with a Condition".to_owned()),
            [.., around, _, _] if path.len() > 3 => Some(format!("<{around}>")),
            _ => None,
        };
        if let Some(place) = only_msbuild {
            problem(format!("{name} is inside {place}, which only MSBuild can evaluate"));
        }
        let mut item = Item { names: Vec::new(), targets: Vec::new() };
        for (key, value) in element.attributes {
            match key.as_str() {
                "Include" if ["$(", "@(", "%(", "*", "?"].iter().any(|special| value.contains(special)) => {
                    problem(format!("Include=\"{value}\" of {name} can only be evaluated by MSBuild"));
                }
                "Include" => {
                    let names = value.split(';').map(str::trim).filter(|name| !name.is_empty());
                    item.names = names.map(str::to_owned).collect();
                }
                "Condition" | "Exclude" | "Remove" | "Update" => problem(format!(
                    "{key} of {name} can only be evaluated by MSBuild; use the metadata Browser and Wasi, or a list of its own"
                )),
                _ => item.targets.extend(target_named(&key).map(|target| (target, value))),
            }
        }
        self.current = Some(item);
    }

    /// Text inside an element: the value of metadata when that element is a child of the item.
    fn metadata_text(&mut self, path: &[String], text: String) {
        let (Some(item), Some(element)) = (&mut self.current, path.last()) else { return };
        item.targets.extend(target_named(element).map(|target| (target, text)));
    }

    fn close(&mut self, path: &[String]) {
        // The item is open until its group is the innermost open element again.
        if path.last().is_some_and(|element| element == "ItemGroup")
            && let Some(item) = self.current.take()
        {
            let is_true = |target: &TargetOs| {
                let of_target =
                    |(about, value): &(TargetOs, String)| about == target && value.trim().eq_ignore_ascii_case("true");
                item.targets.is_empty() || item.targets.iter().any(of_target)
            };
            let targets: Vec<TargetOs> = TargetOs::ALL.into_iter().filter(is_true).collect();
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
        let problem = |p: TextProblem| format!("({},{}): {}", p.position.line, p.position.column, p.message);
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
        assert_eq!(
            error,
            ["(2,1): `lib\"B\"` is not a valid module name: expected one name per line, or an MSBuild file"]
        );
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
            ("\n <Items/>".into(), vec!["(2,2): <Items> is not an MSBuild project: expected <Project>".to_owned()]),
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
