//! The XML documentation files that compilers write beside assemblies (ECMA-334, annex D).

use std::collections::BTreeMap;

/// Comments by documentation id: `M:Namespace.Type.Method(System.Int32)`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Documentation {
    /// As paragraphs of plain text.
    pub comments: BTreeMap<String, Comment>,
}

/// What is written about one member; texts may be empty.
///
/// Paragraphs are apart by one empty line. Lines of a paragraph are code or items of a list where there are several; the
/// first one of a paragraph is never indented.
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
