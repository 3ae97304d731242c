//! The parts that make a zip file a package: ECMA-376 part 2, 10.1.2 (content types) and 9.3 (relationships).

use std::collections::BTreeSet;
use std::io;

use crate::nuspec::document;

/// Where the content types are.
pub const TYPES_PART: &str = "[Content_Types].xml";

/// Where the relationships of the package as a whole are.
pub const RELATIONS_PART: &str = "_rels/.rels";

/// The relationship type of the description.
const MANIFEST: &str = "http://schemas.microsoft.com/packaging/2010/07/manifest";

const OTHER: &str = "application/octet-stream";

/// The content type of every part, by its extension or, without one, by its name.
pub fn content_types<'a>(names: impl Iterator<Item = &'a str>) -> io::Result<Vec<u8>> {
    let mut extensions = BTreeSet::from([("rels", "application/vnd.openxmlformats-package.relationships+xml")]);
    let mut without = BTreeSet::new();
    for name in names {
        match name.rsplit('/').next().unwrap_or(name).rsplit_once('.') {
            Some((_, extension)) => _ = extensions.insert((extension, type_of(extension))),
            None => _ = without.insert(format!("/{name}")),
        }
    }
    document("Types", &[("xmlns", "http://schemas.openxmlformats.org/package/2006/content-types")], |writer| {
        for (extension, kind) in extensions {
            let element = writer.create_element("Default");
            element.with_attributes([("Extension", extension), ("ContentType", kind)]).write_empty()?;
        }
        for name in without {
            let element = writer.create_element("Override");
            element.with_attributes([("PartName", name.as_str()), ("ContentType", OTHER)]).write_empty()?;
        }
        Ok(())
    })
}

fn type_of(extension: &str) -> &'static str {
    match extension {
        "md" => "text/markdown",
        "png" => "image/png",
        _ => OTHER,
    }
}

/// The relationship that leads to the description.
pub fn relationships(nuspec: &str) -> io::Result<Vec<u8>> {
    let namespace = ("xmlns", "http://schemas.openxmlformats.org/package/2006/relationships");
    document("Relationships", &[namespace], |writer| {
        let target = format!("/{nuspec}");
        let attributes = [("Type", MANIFEST), ("Target", target.as_str()), ("Id", "R1")];
        writer.create_element("Relationship").with_attributes(attributes).write_empty().map(|_| ())
    })
}
