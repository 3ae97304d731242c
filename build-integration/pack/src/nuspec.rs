//! The description of the package: <https://learn.microsoft.com/nuget/reference/nuspec>.

use std::io;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use crate::version::Version;

/// Name of the package. NuGet imports `build/ID.props` and `build/ID.targets`.
pub const ID: &str = "Thunkgen";

/// Where the description is in the package.
pub const PART: &str = "Thunkgen.nuspec";

const NAMESPACE: &str = "http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd";

const DESCRIPTION: &str = "Generates and checks the call thunks that let the CoreCLR interpreter on WebAssembly cross \
    between managed and native code, as a step of the build that is skipped when nothing changed.";

/// The nuspec of a version.
pub fn render(version: &Version) -> io::Result<Vec<u8>> {
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
                // Only what builds with it needs it.
                text(writer, "developmentDependency", "true")?;
                let license = writer.create_element("license").with_attribute(("type", "expression"));
                license.write_text_content(BytesText::new("MIT"))?;
                text(writer, "readme", "README.md")?;
                text(writer, "description", DESCRIPTION)?;
                text(writer, "tags", "wasm webassembly coreclr interop msbuild")
            },
        )?;
        Ok(())
    })?;
    let mut bytes = writer.into_inner();
    bytes.push(b'\n');
    Ok(bytes)
}
