//! The parts that make a zip file a package: ECMA-376 part 2, 10.1.2 (content types) and 9.3 (relationships).

use std::collections::BTreeSet;
use std::io;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, Event};

/// Where the content types are.
pub const TYPES_PART: &str = "[Content_Types].xml";

/// Where the relationships of the package as a whole are.
pub const RELATIONS_PART: &str = "_rels/.rels";

/// What NuGet finds the description by.
const MANIFEST: &str = "http://schemas.microsoft.com/packaging/2010/07/manifest";

const OTHER: &str = "application/octet-stream";

/// The content type of every part, by its ending or, without one, by its name.
pub fn content_types<'a>(names: impl Iterator<Item = &'a str>) -> io::Result<Vec<u8>> {
    let mut endings = BTreeSet::from([("rels", "application/vnd.openxmlformats-package.relationships+xml")]);
    let mut without = BTreeSet::new();
    for name in names {
        match name.rsplit('/').next().unwrap_or(name).rsplit_once('.') {
            Some((_, ending)) => _ = endings.insert((ending, type_of(ending))),
            None => _ = without.insert(format!("/{name}")),
        }
    }
    document("Types", "http://schemas.openxmlformats.org/package/2006/content-types", |writer| {
        for (ending, kind) in endings {
            let element = writer.create_element("Default");
            element.with_attributes([("Extension", ending), ("ContentType", kind)]).write_empty()?;
        }
        for name in without {
            let element = writer.create_element("Override");
            element.with_attributes([("PartName", name.as_str()), ("ContentType", OTHER)]).write_empty()?;
        }
        Ok(())
    })
}

fn type_of(ending: &str) -> &'static str {
    match ending {
        "md" => "text/markdown",
        _ => OTHER,
    }
}

/// The relationship that leads to the description.
pub fn relationships(nuspec: &str) -> io::Result<Vec<u8>> {
    document("Relationships", "http://schemas.openxmlformats.org/package/2006/relationships", |writer| {
        let target = format!("/{nuspec}");
        let attributes = [("Type", MANIFEST), ("Target", target.as_str()), ("Id", "R1")];
        writer.create_element("Relationship").with_attributes(attributes).write_empty().map(|_| ())
    })
}

fn document(
    root: &str,
    namespace: &str,
    content: impl FnOnce(&mut Writer<Vec<u8>>) -> io::Result<()>,
) -> io::Result<Vec<u8>> {
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("utf-8"), None)))?;
    writer.create_element(root).with_attribute(("xmlns", namespace)).write_inner_content(content)?;
    let mut bytes = writer.into_inner();
    bytes.push(b'\n');
    Ok(bytes)
}
