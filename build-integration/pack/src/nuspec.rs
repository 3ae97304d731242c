//! The description of the package: <https://learn.microsoft.com/nuget/reference/nuspec>.

use std::io;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use crate::version::Version;

/// Name of the package. NuGet imports `build/ID.props` and `build/ID.targets`, and no files with other names.
///
/// Not `Thunkgen`: ids ignore case, and one package cannot be a tool and a dependency.
pub const ID: &str = "Thunkgen.MSBuild";

/// Where the description is in the package.
pub const PART: &str = "Thunkgen.MSBuild.nuspec";

/// Where the sources of a package are.
#[derive(Clone, Debug, Default)]
pub struct Repository {
    /// Address of the repository and of the project's page.
    pub url: Option<String>,
    /// Commit the package is made of.
    pub commit: Option<String>,
}

const NAMESPACE: &str = "http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd";

const DESCRIPTION: &str = "Generates the C++ thunks through which .NET code on the CoreCLR WebAssembly interpreter \
    calls native code and is called back. A build step that is skipped when nothing has changed.";

/// The nuspec of a version.
pub fn render(version: &Version, repository: &Repository) -> io::Result<Vec<u8>> {
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("utf-8"), None)))?;
    writer.create_element("package").with_attribute(("xmlns", NAMESPACE)).write_inner_content(|writer| {
        writer.create_element("metadata").with_attribute(("minClientVersion", "4.9")).write_inner_content(
            |writer| {
                let text = |writer: &mut Writer<Vec<u8>>, name: &str, text: &str| {
                    writer.create_element(name).write_text_content(BytesText::new(text)).map(|_| ())
                };
                text(writer, "id", ID)?;
                text(writer, "version", &version.to_string())?;
                text(writer, "authors", "The thunkgen authors")?;
                text(writer, "title", "thunkgen for MSBuild")?;
                text(writer, "copyright", "The thunkgen authors")?;
                let license = writer.create_element("license").with_attribute(("type", "expression"));
                license.write_text_content(BytesText::new("MIT"))?;
                text(writer, "readme", "README.md")?;
                text(writer, "description", DESCRIPTION)?;
                text(writer, "releaseNotes", "See CHANGELOG.md in the repository.")?;
                if let Some(url) = &repository.url {
                    text(writer, "projectUrl", url)?;
                    let element = writer.create_element("repository").with_attribute(("type", "git"));
                    let element = element.with_attribute(("url", url.as_str()));
                    match &repository.commit {
                        Some(commit) => element.with_attribute(("commit", commit.as_str())).write_empty()?,
                        None => element.write_empty()?,
                    };
                }
                text(writer, "tags", "wasm webassembly coreclr interop msbuild")
            },
        )?;
        Ok(())
    })?;
    let mut bytes = writer.into_inner();
    bytes.push(b'\n');
    Ok(bytes)
}
