//! From a request to the options of a run.

use std::path::PathBuf;

use thunkgen_core::collect::LibraryName;
use thunkgen_diagnostics::Location;
use thunkgen_driver::modules::list_file;
use thunkgen_driver::output_path::OutputPath;
use thunkgen_driver::{Given, Options, Origin};

use crate::escapes::{split, unescape};
use crate::parameters::{self, Kind, Parameter};
use crate::request::{Entry, Problem, Value};

/// What a request asks for.
#[derive(Debug, Default)]
pub struct Arguments {
    /// The options of the run.
    pub options: Options,
    /// Every value that has an effect on the outputs, as `Parameter=value`, wherever in the request it stands.
    pub stable: Vec<String>,
    /// Every file that is read, in the order of the request.
    pub files: Vec<PathBuf>,
    /// The file that remembers what the outputs were made from.
    pub cache: Option<PathBuf>,
    /// Whether a library that is not linked is a warning.
    pub warn_unresolved: bool,
    /// Libraries that need not be linked.
    pub ignored_modules: Vec<LibraryName>,
    /// Names in the request that mean nothing.
    pub unknown: Vec<Problem>,
}

/// Metadata that MSBuild gives to the assemblies of NuGet packages and of frameworks.
const OF_PACKAGES: [&str; 2] = ["NuGetPackageId", "FrameworkReferenceName"];

/// An entry of a list, or the one value of another parameter.
struct One {
    text: String,
    position: (u32, u32),
    /// Whether MSBuild knows that the file came with a package or a framework.
    from_package: bool,
}

/// Reads the parameters of the request in `file`; the error is everything that cannot be used. A problem without a place
/// has position 0.
pub fn arguments(entries: &[Entry], file: &str) -> Result<Arguments, Vec<Problem>> {
    let mut arguments = Arguments::default();
    // The list of linked libraries is the caller's alone.
    arguments.options.modules.without_runtime = true;
    let mut problems = Vec::new();
    for parameter in parameters::ALL {
        let values: Vec<&Value> = entries
            .iter()
            .filter(|(name, _)| name.eq_ignore_ascii_case(parameter.name))
            .map(|(_, value)| value)
            .collect();
        match read(parameter, &values) {
            Ok(given) if given.is_empty() => {
                if parameter.required {
                    let typo = misspelt(parameter, entries);
                    let hint = typo.map(|(name, _)| format!("; is `{name}` meant for it?")).unwrap_or_default();
                    let message =
                        format!("{} is required and cannot be empty: {}{hint}", parameter.name, parameter.help);
                    let position = typo.map_or_else(|| place(&values), |(_, value)| value.position);
                    problems.push(Problem { position, message });
                }
            }
            Ok(given) => {
                for one in given {
                    let position = one.position;
                    if let Err(message) = arguments.add(parameter, one, file) {
                        problems.push(Problem { position, message });
                    }
                }
            }
            Err(message) => problems.push(Problem { position: place(&values), message }),
        }
    }
    for (name, value) in entries.iter().filter(|(name, _)| parameters::find(name).is_none()) {
        let hint = parameters::nearest(name).map(|near| format!("; did you mean {near}?")).unwrap_or_default();
        let message = format!("there is no parameter `{name}`; it is ignored{hint}");
        arguments.unknown.push(Problem { position: value.position, message });
    }
    if problems.is_empty() { Ok(arguments) } else { Err(problems) }
}

/// The place of a position in the request.
pub fn location(file: &str, position: (u32, u32)) -> Location {
    match position {
        (0, 0) => Location::file(file),
        (line, column) => Location::position(file, line, column),
    }
}

/// The entry that is no parameter and is most like this one.
fn misspelt<'e>(parameter: &Parameter, entries: &'e [Entry]) -> Option<&'e Entry> {
    let unknown = |name: &str| parameters::find(name).is_none();
    entries.iter().find(|(name, _)| unknown(name) && parameters::nearest(name) == Some(parameter.name))
}

/// Where a parameter stands last, which is what counts for a property.
fn place(values: &[&Value]) -> (u32, u32) {
    values.last().map(|value| value.position).unwrap_or_default()
}

/// The entries of a list, or the one value of another parameter; empty when it is not given, or a flag is false.
fn read(parameter: &Parameter, values: &[&Value]) -> Result<Vec<One>, String> {
    let name = parameter.name;
    let given = match parameter.kind {
        Kind::Inputs | Kind::Files(_) | Kind::ItemFiles(_) | Kind::List(_) | Kind::Codes(_) | Kind::IgnoredModules => {
            list(values)
        }
        Kind::WithoutEffect => return Ok(Vec::new()),
        Kind::Output(_) | Kind::Cache | Kind::Choice(_) => one(name, values)?,
        Kind::Flag(_) | Kind::FlagWithoutEffect | Kind::WarnUnresolved => flag(name, one(name, values)?)?,
    };
    match given.iter().find(|one| one.text.contains('\0')) {
        Some(_) => Err(format!("{name} holds the character %00, which no name can hold")),
        None => Ok(given),
    }
}

/// A property replaces what was there before, an item adds to it.
fn list(values: &[&Value]) -> Vec<One> {
    let start = values.iter().rposition(|value| !value.is_item).unwrap_or_default();
    let entries = |value: &&Value| {
        let (position, from_package) = (value.position, OF_PACKAGES.iter().any(|name| value.has(name)));
        split(&value.raw).map(|text| One { text, position, from_package }).collect::<Vec<_>>()
    };
    values[start..].iter().flat_map(entries).collect()
}

fn one(name: &str, values: &[&Value]) -> Result<Vec<One>, String> {
    let Some(last) = values.last() else { return Ok(Vec::new()) };
    if !last.is_item {
        let text = unescape(&last.raw);
        let one = One { text, position: last.position, from_package: false };
        return Ok(if one.text.trim().is_empty() { Vec::new() } else { vec![one] });
    }
    let entries = list(values);
    if entries.len() > 1 { Err(format!("{name} is one value, not a list of {}", entries.len())) } else { Ok(entries) }
}

/// The words that MSBuild converts to a boolean; `Ok` is empty for false.
fn flag(name: &str, given: Vec<One>) -> Result<Vec<One>, String> {
    let Some(one) = given.first() else { return Ok(Vec::new()) };
    match one.text.trim().to_ascii_lowercase().as_str() {
        "true" | "on" | "yes" | "!false" | "!off" | "!no" => {
            Ok(vec![One { text: "true".to_owned(), position: one.position, from_package: false }])
        }
        "false" | "off" | "no" | "!true" | "!on" | "!yes" => Ok(Vec::new()),
        _ => Err(format!("{name} is `{}`, expected true or false", one.text.trim())),
    }
}

impl Arguments {
    /// Adds one value; the error is why it cannot be used.
    fn add(&mut self, parameter: &Parameter, one: One, file: &str) -> Result<(), String> {
        let One { text, position, from_package } = one;
        let (name, options) = (parameter.name, &mut self.options);
        let origin = Origin::Request(name, location(file, position).into());
        let mut stable = format!("{name}={text}");
        match parameter.kind {
            Kind::Inputs => {
                self.files.push(PathBuf::from(&text));
                if from_package {
                    options.own.from_packages.push(PathBuf::from(&text));
                    // No name holds that.
                    stable += "\0of a package";
                }
                options.inputs.push(text.into());
            }
            Kind::Files(field) => {
                self.files.push(PathBuf::from(&text));
                field(options).push(text.into());
            }
            Kind::ItemFiles(field) => {
                self.files.push(list_file(text.as_ref()).0);
                field(options).push(text.into());
            }
            Kind::List(add) => add(options, Given { value: text, origin }).map_err(|why| format!("{name}: {why}"))?,
            Kind::Codes(_) if !is_ours(&text) => return Ok(()),
            Kind::Codes(field) => field(options).push(Given { value: text, origin }),
            Kind::Output(field) => *field(options) = Some(Given { value: OutputPath::from(text), origin }),
            Kind::Choice(set) => {
                let word = text.trim().to_ascii_lowercase();
                stable = format!("{name}={word}");
                set(options, Given { value: &word, origin })
                    .map_err(|words| format!("{name} is `{}`, expected {}", text.trim(), words.join(" or ")))?;
            }
            Kind::Flag(field) => *field(options) = true,
            Kind::Cache => {
                self.cache = Some(PathBuf::from(text));
                return Ok(());
            }
            Kind::WarnUnresolved => self.warn_unresolved = true,
            Kind::IgnoredModules => self.ignored_modules.push(LibraryName::new(&text)),
            Kind::FlagWithoutEffect | Kind::WithoutEffect => return Ok(()),
        }
        self.stable.push(stable);
        Ok(())
    }
}

/// The properties that list codes in a build list those of all tools.
fn is_ours(code: &str) -> bool {
    let code = code.to_ascii_uppercase();
    code.starts_with("TG") || code.starts_with("WASM")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::parse;

    const REQUIRED: &str = "<PropertyGroup><PInvokeOutputPath>p</PInvokeOutputPath><ReversePInvokeOutputPath>r</ReversePInvokeOutputPath>\
        <InterpToNativeOutputPath>i</InterpToNativeOutputPath></PropertyGroup>\
        <ItemGroup><Assemblies Include=\"-a.dll\" /><PInvokeModules Include=\"libA\" /></ItemGroup>";

    fn read(more: &str) -> Result<Arguments, Vec<String>> {
        let entries = parse(&format!("<Project>{REQUIRED}{more}</Project>")).unwrap();
        arguments(&entries, "r.xml").map_err(|problems| problems.into_iter().map(|p| p.message).collect())
    }

    fn stable(more: &str) -> String {
        read(more).unwrap().stable.join(" ")
    }

    const OUTPUTS: &str = "PInvokeOutputPath=p ReversePInvokeOutputPath=r InterpToNativeOutputPath=i";

    #[test]
    fn parameters_become_options() {
        assert_eq!(stable(""), format!("Assemblies=-a.dll PInvokeModules=libA {OUTPUTS}"));
        let more = "<PropertyGroup><TargetOs> Wasi\n</TargetOs><islibrarymode>True</islibrarymode><Contract/>\
            <TreatWarningsAsErrors>true</TreatWarningsAsErrors><NoWarn>CS1591;tg0209; WASM0060</NoWarn>\
            <CacheFilePath>c%3Bd</CacheFilePath></PropertyGroup>\
            <ItemGroup><Assemblies Include=\"b%3bc.dll; d%25.dll\" Culture=\"x\"/><References Include=\"e.dll\" />\
            <ModuleLists Include=\"l.props:Item;m.txt\"/><StructSizes Include=\"N.T=4:2\"/></ItemGroup>";
        let found = read(more).unwrap();
        let expected = format!(
            "Assemblies=-a.dll Assemblies=b;c.dll Assemblies=d%.dll PInvokeModules=libA {OUTPUTS} TargetOS=wasi \
            References=e.dll ModuleLists=l.props:Item ModuleLists=m.txt StructSizes=N.T=4:2 NoWarn=tg0209 \
            NoWarn=WASM0060 TreatWarningsAsErrors=true"
        );
        assert_eq!(found.stable.join(" "), expected);
        let paths = |paths: &[PathBuf]| paths.iter().map(|path| path.to_str().unwrap().to_owned()).collect::<Vec<_>>();
        assert_eq!(paths(&found.files), ["-a.dll", "b;c.dll", "d%.dll", "e.dll", "l.props", "m.txt"]);
        assert_eq!(found.cache, Some("c;d".into()));
        let options = found.options;
        assert_eq!(paths(&options.inputs), ["-a.dll", "b;c.dll", "d%.dll"]);
        assert_eq!(paths(&options.references), ["e.dll"]);
        assert_eq!(paths(&options.modules.lists), ["l.props:Item", "m.txt"]);
        assert_eq!(options.modules.optional, ["libA"]);
        assert!(options.modules.without_runtime && options.policy.strict && options.contract.is_none());
        assert_eq!(options.targets.iter().map(|target| target.name()).collect::<Vec<_>>(), ["wasi"]);
        assert_eq!(options.struct_sizes.declared[0].name(), "N.T");
        let no_warn = &options.policy.no_warn;
        assert_eq!(no_warn.iter().map(|code| &**code).collect::<Vec<_>>(), ["tg0209", "WASM0060"]);
        let pinvoke = options.outputs.pinvoke.unwrap();
        assert_eq!(pinvoke.as_str(), "p");
        assert_eq!(pinvoke.origin, Origin::Request("PInvokeOutputPath", Location::position("r.xml", 1, 25).into()));
    }

    #[test]
    fn assemblies_of_packages_and_frameworks_are_not_the_users() {
        let more = "<ItemGroup><Assemblies Include=\"b.dll;c.dll\"><NuGetPackageId>X</NuGetPackageId></Assemblies>\
            <Assemblies Include=\"d.dll\" frameworkreferencename=\"Microsoft.NETCore.App\"/>\
            <Assemblies Include=\"e.dll\"><NuGetPackageId/></Assemblies></ItemGroup>";
        let packages = read(more).unwrap().options.own.from_packages;
        assert_eq!(packages, ["b.dll", "c.dll", "d.dll"].map(PathBuf::from));
        assert_ne!(stable(more), stable(&more.replace("NuGetPackageId", "Else")));
    }

    #[test]
    fn a_property_replaces_and_an_item_adds() {
        let modules = "<PropertyGroup><PInvokeModules>libB;libC</PInvokeModules></PropertyGroup>\
            <ItemGroup><PInvokeModules Include=\"libD\"/></ItemGroup>";
        assert_eq!(read(modules).unwrap().options.modules.optional, ["libB", "libC", "libD"]);
        let outputs = "<PropertyGroup><PInvokeOutputPath>q</PInvokeOutputPath></PropertyGroup>";
        assert!(stable(outputs).contains(" PInvokeOutputPath=q "));
        let item = "<ItemGroup><TargetOS Include=\"wasi\"/></ItemGroup>";
        assert!(stable(item).ends_with(" TargetOS=wasi"));
    }

    #[test]
    fn what_cannot_be_used_is_told_all_at_once() {
        let more = "<PropertyGroup><PInvokeOutputPath> </PInvokeOutputPath><TargetOS>linux</TargetOS>\
            <IsLibraryMode>2</IsLibraryMode><CacheFilePath>a%00b</CacheFilePath></PropertyGroup>\
            <ItemGroup><Contract Include=\"a;b\"/></ItemGroup>";
        let expected = [
            "PInvokeOutputPath is required and cannot be empty: file to write the P/Invoke table to",
            "CacheFilePath holds the character %00, which no name can hold",
            "TargetOS is `linux`, expected browser or wasi",
            "IsLibraryMode is `2`, expected true or false",
            "Contract is one value, not a list of 2",
        ];
        assert_eq!(read(more).unwrap_err(), expected);
        let sizes = "<PropertyGroup><StructSizes>A=x;B=1;C</StructSizes></PropertyGroup>";
        let expected = [
            "StructSizes: invalid value 'A=x': `x` is no size: expected a number of bytes, at least 1",
            "StructSizes: invalid value 'C': expected `=SIZE` after the type's full name",
        ];
        assert_eq!(read(sizes).unwrap_err(), expected);
        let typo = "<PropertyGroup><PInvokeOutputPath/><PInvokeOutputPaht>p</PInvokeOutputPaht></PropertyGroup>";
        let hint = "PInvokeOutputPath is required and cannot be empty: file to write the P/Invoke table to; \
            is `PInvokeOutputPaht` meant for it?";
        assert_eq!(read(typo).unwrap_err(), [hint]);
        let found = arguments(&[], "r.xml").unwrap_err();
        assert_eq!((found.len(), found[0].position), (5, (0, 0)));
    }

    #[test]
    fn unknown_names_get_the_nearest_one() {
        let found = read("<PropertyGroup><TargetOSS>x</TargetOSS><Foo>$</Foo></PropertyGroup>").unwrap().unknown;
        let messages: Vec<&str> = found.iter().map(|problem| problem.message.as_str()).collect();
        assert_eq!(
            messages,
            [
                "there is no parameter `TargetOSS`; it is ignored; did you mean TargetOS?",
                "there is no parameter `Foo`; it is ignored"
            ]
        );
    }
}
