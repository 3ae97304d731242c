//! The XML documentation files that compilers write beside assemblies (ECMA-334, annex D).

use std::collections::BTreeMap;

/// Comments by documentation id: `M:Namespace.Type.Method(System.Int32)`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Documentation {
    /// As paragraphs of plain text.
    pub comments: BTreeMap<String, Comment>,
}

/// What is written about one member; texts may be empty, paragraphs are apart by an empty line.
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
