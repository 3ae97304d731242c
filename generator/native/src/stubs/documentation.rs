//! The XML documentation files that compilers write next to assemblies (ECMA-334, annex D).

mod section_text;

use std::collections::BTreeMap;

use thunkgen_diagnostics::position::PositionIndex;
use thunkgen_diagnostics::xml::{TextProblem, XmlElement, XmlEvent, XmlReader, decode};

use section_text::Text;

/// Comments by documentation id: `M:Namespace.Type.Method(System.Int32)`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Documentation {
    /// As paragraphs of plain text.
    pub comments: BTreeMap<String, Comment>,
}

/// What is written about one member; texts may be empty.
///
/// Paragraphs are apart by one empty line. Lines of a paragraph are code or items of a list where there are several;
/// the first one of a paragraph is never indented. No control character is in them but `\n`, and none that turns the
/// direction of writing.
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

impl Documentation {
    /// The comments of methods, types and fields in a file, up to the place where it is damaged.
    ///
    /// A file that is not documentation (its root is not `doc`) has none, without a problem; one without a
    /// root was not written to its end.
    ///
    /// ```
    /// use thunkgen_native::stubs::documentation::Documentation;
    ///
    /// let file = b"<doc><members><member name='M:A.b'><summary>Draws.</summary></member></members></doc>";
    /// let (documentation, problem) = Documentation::parse(file);
    /// assert!(problem.is_none());
    /// assert_eq!(documentation.comments["M:A.b"].summary, "Draws.");
    /// ```
    pub fn parse(bytes: &[u8]) -> (Documentation, Option<TextProblem>) {
        let (text, encoding) = decode(bytes);
        let mut file = File::default();
        let problem = file.read(&text).err();
        // A wrong encoding is the cause of what is wrong with the XML after it.
        let end = || PositionIndex::new(text.as_bytes()).position(text.len());
        (file.documentation, encoding.map(|why| TextProblem::new(end(), why)).or(problem))
    }
}

/// A file that is being read.
#[derive(Default)]
struct File {
    documentation: Documentation,
    /// The member that is open, if anything is kept of it.
    member: Option<(String, Comment)>,
    /// The section of it that is open.
    section: Option<(CommentSection, Text)>,
}

/// A part of a member's comment.
enum CommentSection {
    Summary,
    Param(String),
    Returns,
    Remarks,
}

/// Numbers of open elements: `doc`, `members`, `member`, a section of it.
const ROOT: usize = 1;
const MEMBER: usize = 3;
const SECTION: usize = 4;

impl File {
    fn read(&mut self, text: &str) -> Result<(), TextProblem> {
        let mut xml = XmlReader::new(text);
        let mut has_root = false;
        while let Some(event) = xml.read()? {
            let depth = xml.path().len();
            match event {
                // Any other root is not documentation.
                XmlEvent::Open(element) if depth == ROOT && element.name != "doc" => return Ok(()),
                XmlEvent::Open(element) => {
                    has_root = true;
                    self.open(&element, depth);
                }
                XmlEvent::Close(_) => self.close(depth + 1),
                XmlEvent::Text(text) => self.add(&text),
                // No compiler writes entities that the file declares itself.
                XmlEvent::UnknownEntity(name) => self.add(&format!("&{name};")),
                XmlEvent::DocType => {}
            }
        }
        // Not even another kind of file, but one that was not written to its end.
        let end = || PositionIndex::new(text.as_bytes()).position(text.len());
        if has_root {
            Ok(())
        } else {
            Err(TextProblem::new(end(), "it has no element `doc`; build the assembly again"))
        }
    }

    fn open(&mut self, element: &XmlElement, depth: usize) {
        let attribute = |name| element.attribute(name).map(str::to_owned);
        let name = element.name.as_str();
        match (depth, &mut self.section) {
            (MEMBER, _) if name == "member" => {
                let id = attribute("name").filter(|id| id.starts_with(['M', 'T', 'F']));
                self.member = id.map(|id| (id, Comment::default()));
            }
            (SECTION, _) if self.member.is_some() => {
                let section = match name {
                    "summary" => Some(CommentSection::Summary),
                    "param" => attribute("name").map(CommentSection::Param),
                    "returns" => Some(CommentSection::Returns),
                    "remarks" => Some(CommentSection::Remarks),
                    _ => None,
                };
                self.section = section.map(|section| (section, Text::default()));
            }
            (_, Some((_, text))) => {
                // What a link without text of its own says.
                let said = match name {
                    "see" | "seealso" | "a" => element.attribute("cref").map(section_text::of_cref),
                    "paramref" | "typeparamref" => return text.open(name, None, attribute("name")),
                    _ => return text.open(name, element.attribute("type"), None),
                };
                text.open(name, None, said.or(attribute("langword")).or(attribute("href")));
            }
            _ => {}
        }
    }

    fn close(&mut self, depth: usize) {
        match depth {
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

#[cfg(test)]
mod tests;
