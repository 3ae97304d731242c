//! The XML documentation files that compilers write next to assemblies (ECMA-334, annex D).

mod decode;
mod section_text;

use std::collections::BTreeMap;

use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};

use section_text::Text;

/// Comments by documentation id: `M:Namespace.Type.Method(System.Int32)`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Documentation {
    /// Comments in plain text.
    pub comments: BTreeMap<String, Comment>,
}

/// The documentation of one member; texts may be empty.
///
/// Paragraphs are separated by one empty line. A paragraph of several lines is code or a list; the
/// first line of a paragraph is never indented. The only control character is `\n`, and no character changes the
/// writing direction.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comment {
    /// `<summary>`
    pub summary: String,
    /// `<param name="...">`, by name.
    pub params: BTreeMap<String, String>,
    /// `<returns>`
    pub returns: String,
    /// `<remarks>`
    pub remarks: String,
}

/// Why the rest of a file cannot be read, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentationProblem {
    /// 1-based line.
    pub line: u32,
    /// 1-based column in characters.
    pub column: u32,
    /// What is wrong.
    pub message: String,
}

impl Documentation {
    /// The comments of methods, types and fields in a file, up to the first error.
    ///
    /// An XML file of another kind (its root is not `doc`) has no comments; this is not an error.
    ///
    /// ```
    /// use thunkgen_native::stubs::documentation::Documentation;
    ///
    /// let file = b"<doc><members><member name='M:A.b'><summary>Draws.</summary></member></members></doc>";
    /// let (documentation, problem) = Documentation::parse(file);
    /// assert!(problem.is_none());
    /// assert_eq!(documentation.comments["M:A.b"].summary, "Draws.");
    /// ```
    pub fn parse(bytes: &[u8]) -> (Documentation, Option<DocumentationProblem>) {
        let (text, damaged) = decode::text(bytes);
        let mut file = File { text: &text, ..File::default() };
        // An encoding error is reported instead of the XML errors that follow from it.
        let problem = file.read().err().map(|(at, message)| problem(&text, at, message));
        let encoding = damaged.map(|message| problem_at_end(&text, message));
        (file.documentation, encoding.or(problem))
    }
}

fn problem(text: &str, at: usize, message: String) -> DocumentationProblem {
    let before = text.get(..at.min(text.len())).unwrap_or_default();
    let line = before.matches('\n').count() as u32 + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() as u32 + 1;
    DocumentationProblem { line, column, message }
}

fn problem_at_end(text: &str, message: String) -> DocumentationProblem {
    problem(text, text.len(), message)
}

/// The state of reading a file.
#[derive(Default)]
struct File<'t> {
    text: &'t str,
    documentation: Documentation,
    /// Number of open elements: `doc`, `members`, `member`, its sections, and their content.
    depth: usize,
    /// The open member, if it is kept.
    member: Option<(String, Comment)>,
    /// The open section of the member.
    section: Option<(CommentSection, Text)>,
}

/// A part of a member's comment.
enum CommentSection {
    Summary,
    Param(String),
    Returns,
    Remarks,
}

/// Depths of elements: that of the root is 0.
const ROOT: usize = 0;
const MEMBER: usize = 2;
const SECTION: usize = 3;

impl File<'_> {
    /// On error, returns the offset where reading ends, and why.
    fn read(&mut self) -> Result<(), (usize, String)> {
        let mut reader = Reader::from_str(self.text);
        loop {
            let at = reader.buffer_position() as usize;
            let event = reader.read_event();
            let event =
                event.map_err(|error| (reader.error_position() as usize, format!("XML syntax error: {error}")))?;
            let in_place = |why: String| (at, why);
            match event {
                Event::Start(element) => {
                    if !self.open(&element).map_err(in_place)? {
                        return Ok(());
                    }
                }
                Event::Empty(element) => {
                    if !self.open(&element).map_err(in_place)? {
                        return Ok(());
                    }
                    self.close();
                }
                Event::End(_) => self.close(),
                Event::Text(text) => self.add(&text.decode().map_err(|error| in_place(error.to_string()))?),
                Event::CData(text) => self.add(&text.decode().map_err(|error| in_place(error.to_string()))?),
                Event::GeneralRef(reference) => {
                    let text = referred(&reference).map_err(in_place)?;
                    self.add(&text);
                }
                Event::Eof => break,
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
            }
        }
        match self.depth {
            0 => Ok(()),
            open => Err((self.text.len(), format!("the file ends inside {open} open elements"))),
        }
    }

    /// False if the file is not a documentation file.
    fn open(&mut self, element: &BytesStart<'_>) -> Result<bool, String> {
        let name = element.local_name();
        let name = std::str::from_utf8(name.as_ref()).unwrap_or_default();
        match (self.depth, &mut self.section) {
            (ROOT, _) if name != "doc" => return Ok(false),
            (MEMBER, _) if name == "member" => {
                let id = attribute(element, "name")?.filter(|id| id.starts_with(['M', 'T', 'F']));
                self.member = id.map(|id| (id, Comment::default()));
            }
            (SECTION, _) if self.member.is_some() => {
                let section = match name {
                    "summary" => Some(CommentSection::Summary),
                    "param" => attribute(element, "name")?.map(CommentSection::Param),
                    "returns" => Some(CommentSection::Returns),
                    "remarks" => Some(CommentSection::Remarks),
                    _ => None,
                };
                self.section = section.map(|section| (section, Text::default()));
            }
            (_, Some((_, text))) => {
                let said = match name {
                    "see" | "seealso" | "a" => link(element)?,
                    "paramref" | "typeparamref" => attribute(element, "name")?,
                    _ => None,
                };
                let list = if name == "list" { attribute(element, "type")? } else { None };
                text.open(name, list.as_deref(), said);
            }
            _ => {}
        }
        self.depth += 1;
        Ok(true)
    }

    fn close(&mut self) {
        self.depth = self.depth.saturating_sub(1);
        match self.depth {
            MEMBER => {
                if let Some((id, comment)) = self.member.take().filter(|(_, comment)| *comment != Comment::default()) {
                    self.documentation.comments.entry(id).or_insert(comment);
                }
            }
            SECTION => {
                if let (Some((section, text)), Some((_, comment))) = (self.section.take(), &mut self.member) {
                    let text = text.finish();
                    match section {
                        _ if text.is_empty() => {}
                        CommentSection::Summary => comment.summary = text,
                        CommentSection::Param(name) => _ = comment.params.insert(name, text),
                        CommentSection::Returns => comment.returns = text,
                        CommentSection::Remarks => comment.remarks = text,
                    }
                }
            }
            _ => {
                if let Some((_, text)) = &mut self.section {
                    text.close();
                }
            }
        }
    }

    fn add(&mut self, characters: &str) {
        if let Some((_, text)) = &mut self.section {
            text.add(characters);
        }
    }
}

/// The replacement of `&name;`. Entities that a file declares are not expanded: no compiler writes them.
fn referred(reference: &BytesRef<'_>) -> Result<String, String> {
    if let Some(character) = reference.resolve_char_ref().map_err(|error| error.to_string())? {
        return Ok(character.to_string());
    }
    let name = reference.decode().map_err(|error| error.to_string())?;
    Ok(quick_xml::escape::resolve_xml_entity(&name).map_or_else(|| format!("&{name};"), str::to_owned))
}

fn attribute(element: &BytesStart<'_>, name: &str) -> Result<Option<String>, String> {
    let found = element.try_get_attribute(name).map_err(|error| error.to_string())?;
    let value = found.map(|attribute| attribute.unescape_value().map(|value| value.into_owned())).transpose();
    value.map_err(|error| error.to_string())
}

/// The text of a link without content.
fn link(element: &BytesStart<'_>) -> Result<Option<String>, String> {
    if let Some(cref) = attribute(element, "cref")? {
        return Ok(Some(section_text::of_cref(&cref)));
    }
    Ok(attribute(element, "langword")?.or(attribute(element, "href")?))
}

#[cfg(test)]
mod tests;
