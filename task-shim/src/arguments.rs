//! From a request to the options of a run.

use std::path::PathBuf;

use thunkgen_core::collect::LibraryName;
use thunkgen_diagnostics::Location;
use thunkgen_diagnostics::position::Position;
use thunkgen_driver::modules::list_file;
use thunkgen_driver::output_path::OutputPath;
use thunkgen_driver::{Given, Options, Origin};

use crate::escapes::{split, unescape};
use crate::parameters::{self, Kind, Parameter};
use crate::request::{Entry, Value};

/// A parameter that cannot be used: where it is in the request, and why.
pub type BadParameter = (Location, String);

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
    /// Names in the request that are not parameters.
    pub unknown: Vec<BadParameter>,
}

/// Metadata that MSBuild gives to the assemblies of NuGet packages and of frameworks.
const OF_PACKAGES: [&str; 2] = ["NuGetPackageId", "FrameworkReferenceName"];

/// An entry of a list, or the one value of another parameter.
struct One {
    text: String,
    position: Position,
    /// Whether MSBuild knows that the file came with a package or a framework.
    from_package: bool,
}

/// Reads the parameters of the request in `file`; the error is everything that cannot be used.
pub fn arguments(entries: &[Entry], file: &str) -> Result<Arguments, Vec<BadParameter>> {
    let mut arguments = Arguments::default();
    // Only the caller names the linked libraries.
    arguments.options.modules.without_runtime = true;
    let mut problems = Vec::new();
    for parameter in parameters::ALL {
        let named = entries.iter().filter(|(name, _)| name.eq_ignore_ascii_case(parameter.name));
        let values: Vec<&Value> = named.map(|(_, value)| value).collect();
        // Of a property, the last value counts.
        let last = values.last().map(|value| value.position);
        match read(parameter, &values) {
            Ok(given) if given.is_empty() && parameter.required => {
                let typo = misspelt(parameter, entries);
                let hint = typo.map(|(name, _)| format!("; is `{name}` meant for it?")).unwrap_or_default();
                let message = format!("{} is required and cannot be empty: {}{hint}", parameter.name, parameter.help);
                problems.push((location(file, typo.map(|(_, value)| value.position).or(last)), message));
            }
            Ok(given) => {
                for one in given {
                    let at = location(file, Some(one.position));
                    let added = arguments.add(parameter, one, &at);
                    problems.extend(added.err().map(|message| (at, message)));
                }
            }
            Err(message) => problems.push((location(file, last), message)),
        }
    }
    for (name, value) in entries.iter().filter(|(name, _)| parameters::find(name).is_none()) {
        let hint = parameters::nearest(name).map(|near| format!("; did you mean {near}?")).unwrap_or_default();
        let message = format!("there is no parameter `{name}`; it is ignored{hint}");
        arguments.unknown.push((location(file, Some(value.position)), message));
    }
    if problems.is_empty() { Ok(arguments) } else { Err(problems) }
}

fn location(file: &str, position: Option<Position>) -> Location {
    position.map_or_else(|| Location::file(file), |position| Location::at(file, position))
}

/// The entry that is not a parameter and is most like this one.
fn misspelt<'e>(parameter: &Parameter, entries: &'e [Entry]) -> Option<&'e Entry> {
    let unknown = |name: &str| parameters::find(name).is_none();
    entries.iter().find(|(name, _)| unknown(name) && parameters::nearest(name) == Some(parameter.name))
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
    if given.iter().any(|one| one.text.contains('\0')) {
        return Err(format!("{name} contains the character %00, which no name can contain"));
    }
    Ok(given)
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
    let given = match values.last() {
        Some(last) if !last.is_item => {
            let text = unescape(&last.raw);
            let is_given = !text.trim().is_empty();
            is_given.then_some(One { text, position: last.position, from_package: false }).into_iter().collect()
        }
        _ => list(values),
    };
    if given.len() > 1 { Err(format!("{name} is one value, not a list of {}", given.len())) } else { Ok(given) }
}

/// The words that MSBuild converts to a boolean; `Ok` is empty for false.
fn flag(name: &str, given: Vec<One>) -> Result<Vec<One>, String> {
    let Some(one) = given.into_iter().next() else { return Ok(Vec::new()) };
    match one.text.trim().to_ascii_lowercase().as_str() {
        "true" | "on" | "yes" | "!false" | "!off" | "!no" => Ok(vec![One { text: "true".to_owned(), ..one }]),
        "false" | "off" | "no" | "!true" | "!on" | "!yes" => Ok(Vec::new()),
        _ => Err(format!("{name} is `{}`, expected true or false", one.text.trim())),
    }
}

impl Arguments {
    /// Adds one value; the error is why it cannot be used.
    fn add(&mut self, parameter: &Parameter, one: One, at: &Location) -> Result<(), String> {
        let One { text, from_package, .. } = one;
        let (name, options) = (parameter.name, &mut self.options);
        let origin = Origin::Request(name, at.clone().into());
        let mut stable = format!("{name}={text}");
        match parameter.kind {
            Kind::Inputs => {
                self.files.push(PathBuf::from(&text));
                if from_package {
                    options.own.from_packages.push(PathBuf::from(&text));
                    // No name contains it.
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
            Kind::List(add) => add(options, Given::new(text, origin)).map_err(|why| format!("{name}: {why}"))?,
            Kind::Codes(_) if !is_ours(&text) => return Ok(()),
            Kind::Codes(field) => field(options).push(Given::new(text, origin)),
            Kind::Output(field) => *field(options) = Some(Given::new(OutputPath::from(text), origin)),
            Kind::Choice(set) => {
                let word = text.trim().to_ascii_lowercase();
                stable = format!("{name}={word}");
                set(options, Given::new(&*word, origin))
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
        arguments(&entries, "r.xml").map_err(|problems| problems.into_iter().map(|(_, message)| message).collect())
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
    fn what_cannot_be_used_is_reported_all_at_once() {
        let more = "<PropertyGroup><PInvokeOutputPath> </PInvokeOutputPath><TargetOS>linux</TargetOS>\
            <IsLibraryMode>2</IsLibraryMode><CacheFilePath>a%00b</CacheFilePath></PropertyGroup>\
            <ItemGroup><Contract Include=\"a;b\"/></ItemGroup>";
        let expected = [
            "PInvokeOutputPath is required and cannot be empty: file to write the P/Invoke table to",
            "CacheFilePath contains the character %00, which no name can contain",
            "TargetOS is `linux`, expected browser or wasi",
            "IsLibraryMode is `2`, expected true or false",
            "Contract is one value, not a list of 2",
        ];
        assert_eq!(read(more).unwrap_err(), expected);
        let sizes = "<PropertyGroup><StructSizes>A=x;B=1;C</StructSizes></PropertyGroup>";
        let expected = [
            "StructSizes: invalid value 'A=x': `x` is not a size: expected a number of bytes, at least 1",
            "StructSizes: invalid value 'C': expected `=SIZE` after the type's full name",
        ];
        assert_eq!(read(sizes).unwrap_err(), expected);
        let typo = "<PropertyGroup><PInvokeOutputPath/><PInvokeOutputPaht>p</PInvokeOutputPaht></PropertyGroup>";
        let hint = "PInvokeOutputPath is required and cannot be empty: file to write the P/Invoke table to; \
            is `PInvokeOutputPaht` meant for it?";
        assert_eq!(read(typo).unwrap_err(), [hint]);
        let found = arguments(&[], "r.xml").unwrap_err();
        assert_eq!((found.len(), &found[0].0), (5, &Location::file("r.xml")));
    }

    #[test]
    fn unknown_names_get_the_nearest_one() {
        let found = read("<PropertyGroup><TargetOSS>x</TargetOSS><Foo>$</Foo></PropertyGroup>").unwrap().unknown;
        let messages: Vec<&str> = found.iter().map(|(_, message)| message.as_str()).collect();
        assert_eq!(
            messages,
            [
                "there is no parameter `TargetOSS`; it is ignored; did you mean TargetOS?",
                "there is no parameter `Foo`; it is ignored"
            ]
        );
    }
}
