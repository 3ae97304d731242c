//! Answers, as another XML reader sees them.

use roxmltree::{Document, Node};

/// What the program answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// Its properties.
    pub succeeded: bool,
    /// Whether nothing was done.
    pub skipped: bool,
    /// Why something was done, or not.
    pub reason: String,
    /// Every output.
    pub file_writes: Vec<String>,
    /// Those that were created or replaced.
    pub changed_files: Vec<String>,
    /// Errors and warnings.
    pub problems: Vec<Problem>,
}

/// An error or warning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// `error` or `warning`.
    pub level: String,
    /// `TG` and four digits.
    pub code: String,
    /// The file it is in.
    pub file: String,
    /// Line and column, 0 when they are not known.
    pub position: (u32, u32),
    /// What is wrong.
    pub message: String,
}

impl Answer {
    /// Reads an answer. Panics when it is not well-formed, or lacks something.
    pub fn parse(text: &str) -> Answer {
        let document = Document::parse(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        let [properties, items] = elements(document.root_element())[..] else { panic!("two groups expected\n{text}") };
        assert_eq!((properties.tag_name().name(), items.tag_name().name()), ("PropertyGroup", "ItemGroup"));
        let list = |name: &str| -> Vec<String> {
            let found = elements(items).into_iter().filter(|item| item.has_tag_name(name));
            found.map(|item| unescape(item.attribute("Include").expect("an Include"))).collect()
        };
        let problems = elements(items).into_iter().filter(|item| item.has_tag_name("Diagnostic")).map(|item| Problem {
            level: text_of(item, "Level"),
            code: item.attribute("Include").expect("a code").to_owned(),
            file: text_of(item, "File"),
            position: (text_of(item, "Line").parse().unwrap(), text_of(item, "Column").parse().unwrap()),
            message: text_of(item, "Message"),
        });
        Answer {
            succeeded: text_of(properties, "Succeeded") == "true",
            skipped: text_of(properties, "Skipped") == "true",
            reason: text_of(properties, "Reason"),
            file_writes: list("FileWrites"),
            changed_files: list("ChangedFiles"),
            problems: problems.collect(),
        }
    }
}

fn elements<'a>(of: Node<'a, 'a>) -> Vec<Node<'a, 'a>> {
    of.children().filter(Node::is_element).collect()
}

fn text_of(owner: Node<'_, '_>, name: &str) -> String {
    let found = owner.children().find(|child| child.has_tag_name(name)).unwrap_or_else(|| panic!("no {name}"));
    unescape(found.text().unwrap_or_default())
}

/// `%XX` as the character with that code.
fn unescape(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let (mut out, mut at) = (String::new(), 0);
    while let Some(&c) = chars.get(at) {
        let hex: String = chars.iter().skip(at + 1).take(2).collect();
        match u8::from_str_radix(&hex, 16) {
            Ok(code) if c == '%' && hex.len() == 2 => {
                out.push(char::from(code));
                at += 3;
            }
            _ => {
                out.push(c);
                at += 1;
            }
        }
    }
    out
}
