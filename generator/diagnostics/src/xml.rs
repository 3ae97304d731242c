//! XML files: their text, and a reader of elements with positions (feature `xml`).

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};

use crate::position::{Position, PositionIndex};
use crate::without_bom;

/// Something wrong in a text, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
#[non_exhaustive]
pub struct TextProblem {
    /// The place.
    pub position: Position,
    /// What is wrong.
    pub message: String,
}

impl TextProblem {
    /// A problem at a place.
    pub fn new(position: Position, message: impl Into<String>) -> TextProblem {
        TextProblem { position, message: message.into() }
    }
}

/// Deepest nesting of elements, of which the path is kept.
const MAX_DEPTH: usize = 100;

/// Most attributes of an element: each is compared with those before it.
const MAX_ATTRIBUTES: usize = 100;

/// The next part of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum XmlEvent {
    /// An element begins. [`Close`](XmlEvent::Close) follows for an empty one too.
    Open(XmlElement),
    /// The innermost open element ends; this is its name.
    Close(String),
    /// Characters, or a part of them. Line endings are `\n`.
    Text(String),
    /// A reference to an entity that XML does not define: `name` of `&name;`.
    UnknownEntity(String),
    /// A document type.
    DocType,
}

/// An element with its attributes. Prefixes of namespaces are dropped from names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct XmlElement {
    /// Its name.
    pub name: String,
    /// Names and values, in order.
    pub attributes: Vec<(String, String)>,
}

impl XmlElement {
    /// The value of an attribute.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    fn read(element: &BytesStart<'_>) -> Result<XmlElement, String> {
        let name = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let mut attributes = Vec::new();
        for attribute in element.attributes() {
            if attributes.len() == MAX_ATTRIBUTES {
                return Err(format!("an element has more than {MAX_ATTRIBUTES} attributes"));
            }
            let attribute = attribute.map_err(|error| error.to_string())?;
            let value = attribute.unescape_value().map_err(|error| error.to_string())?;
            attributes.push((name(attribute.key.local_name().as_ref()), value.into_owned()));
        }
        Ok(XmlElement { name: name(element.local_name().as_ref()), attributes })
    }
}

/// Reads a file from its start to its end, or to the first place where it is not well-formed.
///
/// ```
/// use thunkgen_diagnostics::xml::{XmlEvent, XmlReader};
///
/// let mut reader = XmlReader::new("<a>\n <b c='d'/>");
/// while let Some(event) = reader.read().unwrap() {
///     if let XmlEvent::Open(element) = event
///         && element.attribute("c") == Some("d")
///     {
///         break;
///     }
/// }
/// assert_eq!((reader.path().join("/").as_str(), reader.position().line), ("a/b", 2));
/// reader.read().unwrap(); // </b>
/// assert_eq!(reader.read().unwrap_err().message, "not well-formed XML: <a> is not closed");
/// ```
pub struct XmlReader<'t> {
    text: &'t str,
    reader: Reader<&'t [u8]>,
    positions: PositionIndex<'t>,
    /// Names of the open elements, the root first.
    path: Vec<String>,
    /// The first byte of the last event.
    at: usize,
}

impl<'t> XmlReader<'t> {
    /// A reader of a text; a byte order mark is skipped.
    pub fn new(text: &'t str) -> XmlReader<'t> {
        let text = without_bom(text);
        let mut reader = Reader::from_str(text);
        reader.config_mut().expand_empty_elements = true;
        XmlReader { text, reader, positions: PositionIndex::new(text.as_bytes()), path: Vec::new(), at: 0 }
    }

    /// Where the last event starts; after the last one, the end of the text.
    pub fn position(&self) -> Position {
        self.positions.position(self.at)
    }

    /// The names of the open elements, the root first; after [`XmlEvent::Open`], with the new one.
    pub fn path(&self) -> &[String] {
        &self.path
    }

    /// The next event; `None` at the end of the file.
    ///
    /// # Errors
    /// The text is not well-formed. What follows is not read.
    pub fn read(&mut self) -> Result<Option<XmlEvent>, TextProblem> {
        loop {
            self.at = usize::try_from(self.reader.buffer_position()).unwrap_or(usize::MAX);
            let event = match self.reader.read_event() {
                Ok(event) => event,
                Err(error) => {
                    self.at = usize::try_from(self.reader.error_position()).unwrap_or(usize::MAX);
                    return Err(self.malformed(error));
                }
            };
            return Ok(Some(match event {
                Event::Start(_) if self.path.len() == MAX_DEPTH => {
                    let why = format!("elements are nested more than {MAX_DEPTH} deep");
                    return Err(TextProblem::new(self.position(), why));
                }
                Event::Start(element) => {
                    let element = XmlElement::read(&element).map_err(|why| self.malformed(why))?;
                    self.path.push(element.name.clone());
                    XmlEvent::Open(element)
                }
                Event::End(_) => XmlEvent::Close(self.path.pop().unwrap_or_default()),
                Event::Text(text) => self.characters(text.xml10_content())?,
                Event::CData(text) => self.characters(text.xml10_content())?,
                Event::GeneralRef(reference) => referenced(&reference).map_err(|why| self.malformed(why))?,
                Event::DocType(_) => XmlEvent::DocType,
                // Empty elements are expanded.
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::Empty(_) => continue,
                Event::Eof => {
                    self.at = self.text.len();
                    return match self.path.last() {
                        Some(open) => Err(self.malformed(format_args!("<{open}> is not closed"))),
                        None => Ok(None),
                    };
                }
            }));
        }
    }

    fn characters<E: std::fmt::Display>(&self, text: Result<Cow<'_, str>, E>) -> Result<XmlEvent, TextProblem> {
        text.map(|text| XmlEvent::Text(text.into_owned())).map_err(|error| self.malformed(error))
    }

    fn malformed(&self, why: impl std::fmt::Display) -> TextProblem {
        TextProblem::new(self.position(), format!("not well-formed XML: {why}"))
    }
}

/// What `&name;` means. Entities that a file declares itself are not expanded.
fn referenced(reference: &BytesRef<'_>) -> Result<XmlEvent, String> {
    if let Some(character) = reference.resolve_char_ref().map_err(|error| error.to_string())? {
        return Ok(XmlEvent::Text(character.to_string()));
    }
    let name = reference.decode().map_err(|error| error.to_string())?;
    let known = resolve_xml_entity(&name).map(|text| XmlEvent::Text(text.to_owned()));
    Ok(known.unwrap_or_else(|| XmlEvent::UnknownEntity(name.into_owned())))
}

/// The text of a file in UTF-8, in UTF-16 with a byte order mark or without, or in Latin-1 if its XML declaration says
/// so; and why the text ends before the file does.
pub fn decode(bytes: &[u8]) -> (Cow<'_, str>, Option<&'static str>) {
    match bytes {
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [b'<', 0, ..] => utf16(bytes, u16::from_le_bytes),
        [0, b'<', ..] => utf16(bytes, u16::from_be_bytes),
        _ if is_latin1(bytes) => (bytes.iter().copied().map(char::from).collect(), None),
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => (Cow::Borrowed(without_bom(text)), None),
            Err(error) => {
                let good = String::from_utf8_lossy(bytes.get(..error.valid_up_to()).unwrap_or_default());
                (Cow::Owned(without_bom(&good).to_owned()), Some("neither UTF-8 nor UTF-16 from here"))
            }
        },
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> (Cow<'_, str>, Option<&'static str>) {
    let (units, rest) = bytes.as_chunks::<2>();
    let mut text = String::with_capacity(bytes.len() / 2);
    for character in char::decode_utf16(units.iter().copied().map(unit)) {
        match character {
            Ok(character) => text.push(character),
            Err(_) => return (text.into(), Some("not UTF-16 from here")),
        }
    }
    (text.into(), (!rest.is_empty()).then_some("UTF-16 that ends with half a character"))
}

/// Whether the XML declaration names Latin-1.
fn is_latin1(bytes: &[u8]) -> bool {
    let Some(declaration) = bytes.strip_prefix(b"<?xml") else { return false };
    let end = declaration.iter().take(200).position(|&byte| byte == b'>').unwrap_or_default();
    let declaration = String::from_utf8_lossy(declaration.get(..end).unwrap_or_default()).to_ascii_lowercase();
    declaration.contains("iso-8859-1")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every event with its position; last, the problem.
    fn events(text: &str) -> Vec<String> {
        let (mut reader, mut found) = (XmlReader::new(text), Vec::new());
        loop {
            let event = reader.read();
            let Position { line, column } = reader.position();
            let shown = match event {
                Ok(None) => return found,
                Ok(Some(XmlEvent::Open(XmlElement { name, attributes }))) => format!("<{name}{attributes:?}"),
                Ok(Some(XmlEvent::Close(name))) => format!("</{name}"),
                Ok(Some(event)) => format!("{event:?}"),
                Err(problem) => {
                    found.push(format!("{}:{} {problem}", problem.position.line, problem.position.column));
                    return found;
                }
            };
            found.push(format!("{line}:{column} {shown}"));
        }
    }

    #[test]
    fn events_have_positions() {
        assert_eq!(
            events(
                "\u{feff}<?xml version='1.0'?><!-- ü --><n:a x:b=\"&lt;\">ü\r\n<c/>&amp;&#x41;&d;<![CDATA[<]]></n:a>"
            ),
            [
                "1:32 <a[(\"b\", \"<\")]",
                "1:48 Text(\"ü\\n\")",
                "2:1 <c[]",
                "2:5 </c",
                "2:5 Text(\"&\")",
                "2:10 Text(\"A\")",
                "2:16 UnknownEntity(\"d\")",
                "2:19 Text(\"<\")",
                "2:32 </a",
            ]
        );
        assert_eq!(events("<!DOCTYPE x>"), ["1:1 DocType"]);
    }

    #[test]
    fn what_is_not_well_formed_has_a_position() {
        for (text, expected) in [
            ("<a>\n<b></a>", "2:4 not well-formed XML: "),
            ("<a>\n<b c=d/>", "2:1 not well-formed XML: "),
            ("<a>\n<b c='&x;'/>", "2:1 not well-formed XML: "),
            ("<a>\n &#xFFFFFFFF;", "2:2 not well-formed XML: "),
            ("<a>\n<b", "2:1 not well-formed XML: "),
            ("<a>\n<b>", "2:4 not well-formed XML: <b> is not closed"),
            (&"<a>\n".repeat(101), "101:1 elements are nested more than 100 deep"),
            (&format!("<a {}/>", (0..101).map(|n| format!("a{n}=''")).collect::<Vec<_>>().join(" ")), "1:1 not well-f"),
        ] {
            let found = events(text);
            assert!(found.last().unwrap().starts_with(expected), "{text}: {found:?}");
        }
    }

    #[test]
    fn encodings() {
        let text = "<a>ü 🙂</a>";
        let utf16 = |unit: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(unit).collect::<Vec<u8>>();
        let (little, big) = (utf16(u16::to_le_bytes), utf16(u16::to_be_bytes));
        let marked = |mark: &[u8], bytes: &[u8]| [mark, bytes].concat();
        for bytes in [
            text.as_bytes(),
            &marked(b"\xef\xbb\xbf", text.as_bytes()),
            &little,
            &big,
            &marked(b"\xff\xfe", &little),
            &marked(b"\xfe\xff", &big),
        ] {
            assert_eq!(decode(bytes), (text.into(), None));
        }
        let latin = decode(b"<?xml version='1.0' encoding='ISO-8859-1'?><a>\xfc");
        assert!(latin.0.ends_with("<a>ü") && latin.1.is_none());
        assert_eq!(decode(b"<a>\xfc"), ("<a>".into(), Some("neither UTF-8 nor UTF-16 from here")));
        assert_eq!(decode(&little[..5]), ("<a".into(), Some("UTF-16 that ends with half a character")));
        assert_eq!(decode(b"<\0\0\xdc<\0"), ("<".into(), Some("not UTF-16 from here")));
    }
}
