//! The description of a package: <https://learn.microsoft.com/nuget/reference/nuspec>.

use std::io;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use crate::version::Version;

/// Address of the repository, which is the project's page.
pub const REPOSITORY: &str = env!("CARGO_PKG_REPOSITORY");

/// What is common to the packages of a release.
#[derive(Debug)]
pub struct Release {
    /// Their version.
    pub version: Version,
    /// Commit of the repository that they are made of.
    pub commit: Option<String>,
    /// The licences of third parties.
    pub notices: Vec<u8>,
}

/// What distinguishes a package.
#[derive(Debug)]
pub struct About<'a> {
    /// Its name.
    pub id: &'a str,
    /// Its name for people.
    pub title: &'a str,
    /// What it does.
    pub description: &'a str,
    /// Words to find it by.
    pub tags: &'a str,
    /// `DotnetTool` or `DotnetToolRidPackage`; without one, it is a dependency.
    pub package_type: Option<&'a str>,
}

const NAMESPACE: &str = "http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd";

const AUTHORS: &str = "The thunkgen authors";

impl About<'_> {
    /// The package's file name.
    pub fn file_name(&self, release: &Release) -> String {
        format!("{}.{}.nupkg", self.id, release.version.normalized())
    }

    /// Where the description is in the package.
    pub fn part_name(&self) -> String {
        format!("{}.nuspec", self.id)
    }

    /// The nuspec.
    pub fn render(&self, release: &Release) -> io::Result<Vec<u8>> {
        let version = release.version.to_string();
        let notes = format!("{REPOSITORY}/blob/v{}/CHANGELOG.md", release.version.normalized());
        let copyright = format!("Copyright (c) {AUTHORS}");
        let texts = [
            ("id", self.id),
            ("version", &version),
            ("authors", AUTHORS),
            ("title", self.title),
            ("copyright", &copyright),
            ("readme", "README.md"),
            ("icon", "icon.png"),
            ("projectUrl", REPOSITORY),
            ("description", self.description),
            ("releaseNotes", &notes),
            ("tags", self.tags),
        ];
        document("package", &[("xmlns", NAMESPACE)], |writer| {
            let metadata = writer.create_element("metadata").with_attribute(("minClientVersion", "4.9"));
            metadata.write_inner_content(|writer| {
                for (name, text) in texts {
                    writer.create_element(name).write_text_content(BytesText::new(text))?;
                }
                let license = writer.create_element("license").with_attribute(("type", "expression"));
                license.write_text_content(BytesText::new("MIT"))?;
                let mut repository = writer.create_element("repository");
                repository = repository.with_attributes([("type", "git"), ("url", REPOSITORY)]);
                if let Some(commit) = &release.commit {
                    repository = repository.with_attribute(("commit", commit.as_str()));
                }
                repository.write_empty()?;
                let Some(kind) = self.package_type else { return Ok(()) };
                writer.create_element("packageTypes").write_inner_content(|writer| {
                    writer.create_element("packageType").with_attribute(("name", kind)).write_empty().map(|_| ())
                })?;
                Ok(())
            })?;
            Ok(())
        })
    }
}

/// An XML document with one root element.
pub fn document(
    root: &str,
    attributes: &[(&str, &str)],
    content: impl FnOnce(&mut Writer<Vec<u8>>) -> io::Result<()>,
) -> io::Result<Vec<u8>> {
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("utf-8"), None)))?;
    writer.create_element(root).with_attributes(attributes.iter().copied()).write_inner_content(content)?;
    let mut bytes = writer.into_inner();
    bytes.push(b'\n');
    Ok(bytes)
}
