//! What is in the packages.

use std::collections::BTreeMap;
use std::io;

use crate::error::Error;
use crate::executable::Executable;
use crate::nuspec::{About, Release, document};
use crate::{opc, tasks};

/// A file in a package.
#[derive(Debug)]
pub struct Part {
    /// Its contents.
    pub bytes: Vec<u8>,
    /// Whether it can be run. NuGet drops that; other readers of zip files keep it.
    pub is_executable: bool,
}

impl Part {
    /// A file that cannot be run.
    pub fn file(bytes: impl Into<Vec<u8>>) -> Part {
        Part { bytes: bytes.into(), is_executable: false }
    }
}

/// Every part of a package by its name.
pub type Parts = BTreeMap<String, Part>;

/// What NuGet imports. It imports `build/ID.props` and `build/ID.targets`, and no files with other names.
///
/// Not `Thunkgen`: ids ignore case, and one package cannot be a tool and a dependency.
pub const MSBUILD: About = About {
    id: "Thunkgen.MSBuild",
    title: "thunkgen for MSBuild",
    description: "Generates the C++ thunks through which .NET code on the CoreCLR WebAssembly interpreter calls native \
        code and is called back. A build step that is skipped when nothing has changed.",
    tags: "wasm webassembly coreclr interop pinvoke msbuild",
    package_type: None,
};

const TOOL: About = About {
    id: "thunkgen",
    title: "thunkgen",
    description: "Generates, checks and explains the call thunks between managed and native code for .NET on \
        WebAssembly.",
    tags: "wasm webassembly coreclr interop pinvoke tool",
    package_type: Some("DotnetTool"),
};

/// For a project that names the package, for those that get it from another package or project, and for the outer build of
/// several target frameworks.
const DIRECTORIES: [&str; 3] = ["build", "buildMultiTargeting", "buildTransitive"];

const IMPORTED: [(&str, &str); 2] = [
    ("props", include_str!("../../msbuild/build/Thunkgen.MSBuild.props")),
    ("targets", include_str!("../../msbuild/build/Thunkgen.MSBuild.targets")),
];

const MSBUILD_README: &str = include_str!("../../msbuild/README.md");
const TOOL_README: &str = include_str!("../../../generator/cli/README.md");
const LICENSE: &str = include_str!("../../../LICENSE");
const ICON: &[u8] = include_bytes!("../icon.png");

/// The package for MSBuild.
pub fn msbuild(release: &Release, executables: Vec<Executable>, tasks: Vec<u8>) -> Result<Parts, Error> {
    let mut parts = common(&MSBUILD, release, MSBUILD_README)?;
    for directory in DIRECTORIES {
        parts.extend(IMPORTED.map(|(kind, text)| (format!("{directory}/{}.{kind}", MSBUILD.id), file(text))));
    }
    parts.insert(tasks::PART.to_owned(), Part::file(tasks));
    for Executable { rid, name, bytes } in executables {
        parts.insert(format!("tools/{rid}/{name}"), Part { bytes, is_executable: true });
    }
    package(&MSBUILD, parts)
}

/// The packages of the tool, by their file names: one that names those of the hosts, and one for each host.
pub fn tool(release: &Release, executables: Vec<Executable>) -> Result<BTreeMap<String, Parts>, Error> {
    let ids: Vec<_> = executables.iter().map(|one| (one.rid, format!("{}.{}", TOOL.id, one.rid))).collect();
    let mut packages = BTreeMap::new();
    let mut parts = common(&TOOL, release, TOOL_README)?;
    let settings = tool_settings(&[("Name", TOOL.id)], &ids)?;
    parts.insert("tools/any/any/DotnetToolSettings.xml".to_owned(), Part::file(settings));
    packages.insert(TOOL.file_name(release), package(&TOOL, parts)?);
    for (Executable { rid, name, bytes }, (_, id)) in executables.into_iter().zip(&ids) {
        let about = About { id, package_type: Some("DotnetToolRidPackage"), ..TOOL };
        let mut parts = common(&about, release, TOOL_README)?;
        let settings = tool_settings(&[("Name", TOOL.id), ("EntryPoint", &name), ("Runner", "executable")], &[])?;
        parts.insert(format!("tools/any/{rid}/DotnetToolSettings.xml"), Part::file(settings));
        parts.insert(format!("tools/any/{rid}/{name}"), Part { bytes, is_executable: true });
        packages.insert(about.file_name(release), package(&about, parts)?);
    }
    Ok(packages)
}

/// What the SDK reads of a tool: the command, or the packages that have it for each host.
fn tool_settings(command: &[(&str, &str)], packages: &[(&str, String)]) -> io::Result<Vec<u8>> {
    document("DotNetCliTool", &[("Version", "2")], |writer| {
        writer.create_element("Commands").write_inner_content(|writer| {
            writer.create_element("Command").with_attributes(command.iter().copied()).write_empty().map(|_| ())
        })?;
        if packages.is_empty() {
            return Ok(());
        }
        writer.create_element("RuntimeIdentifierPackages").write_inner_content(|writer| {
            for (rid, id) in packages {
                let element = writer.create_element("RuntimeIdentifierPackage");
                element.with_attributes([("RuntimeIdentifier", *rid), ("Id", id)]).write_empty()?;
            }
            Ok(())
        })?;
        Ok(())
    })
}

/// A text of the repository, whose line endings a checkout may have converted.
fn file(text: &str) -> Part {
    Part::file(text.replace("\r\n", "\n"))
}

/// What every package has.
fn common(about: &About, release: &Release, readme: &str) -> Result<Parts, Error> {
    let parts = [
        ("LICENSE", file(LICENSE)),
        ("README.md", file(readme)),
        ("THIRD-PARTY-NOTICES.txt", Part::file(release.notices.clone())),
        ("icon.png", Part::file(ICON)),
        (&about.part_name(), Part::file(about.render(release)?)),
    ];
    Ok(parts.into_iter().map(|(name, part)| (name.to_owned(), part)).collect())
}

/// Adds what makes a zip file a package.
fn package(about: &About, mut parts: Parts) -> Result<Parts, Error> {
    let types = opc::content_types(parts.keys().map(String::as_str))?;
    parts.insert(opc::TYPES_PART.to_owned(), Part::file(types));
    parts.insert(opc::RELATIONS_PART.to_owned(), Part::file(opc::relationships(&about.part_name())?));
    Ok(parts)
}
