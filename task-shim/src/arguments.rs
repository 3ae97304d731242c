//! From a request to the arguments of `thunkgen generate`, which decide everything else.

use std::ffi::OsString;
use std::path::PathBuf;

use thunkgen::cli::embed::list_file;

use crate::escapes::{split, unescape};
use crate::parameters::{self, Kind, Parameter};
use crate::request::{Entry, Problem, Value};

/// What a request asks for.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Arguments {
    /// The arguments behind the verb.
    pub words: Vec<OsString>,
    /// Every file that is read, in the order of the request.
    pub files: Vec<PathBuf>,
    /// The file that remembers what the outputs were made from.
    pub cache: Option<PathBuf>,
    /// Names in the request that mean nothing.
    pub unknown: Vec<Problem>,
}

/// Reads the parameters; the error is everything that cannot be used. A problem without a place has position 0.
pub fn arguments(entries: &[Entry]) -> Result<Arguments, Vec<Problem>> {
    // The list of linked libraries is the caller's alone.
    let mut arguments = Arguments { words: vec!["--no-default-modules".into()], ..Arguments::default() };
    let mut problems = Vec::new();
    let mut inputs = Vec::new();
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
            Ok(given) => arguments.add(parameter, given, &mut inputs),
            Err(message) => problems.push(Problem { position: place(&values), message }),
        }
    }
    for (name, value) in entries.iter().filter(|(name, _)| parameters::find(name).is_none()) {
        let hint = parameters::nearest(name).map(|near| format!("; did you mean {near}?")).unwrap_or_default();
        let message = format!("there is no parameter `{name}`; it is ignored{hint}");
        arguments.unknown.push(Problem { position: value.position, message });
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    // Whatever a file's name starts with, it is no option.
    arguments.words.push("--".into());
    arguments.words.extend(inputs);
    Ok(arguments)
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

/// The entries of a list, or the one value of another parameter; empty when it is not given.
fn read(parameter: &Parameter, values: &[&Value]) -> Result<Vec<String>, String> {
    let name = parameter.name;
    let given = match parameter.kind {
        Kind::Inputs | Kind::Files(_) | Kind::ItemFiles(_) | Kind::List(_) | Kind::Codes(_) => list(values),
        Kind::WithoutEffect => return Ok(Vec::new()),
        Kind::Output(_) | Kind::Cache => one(name, values)?,
        Kind::Choice(_, words) => choice(name, &one(name, values)?, words)?,
        Kind::Flag(_) | Kind::FlagWithoutEffect => flag(name, &one(name, values)?)?,
    };
    match given.iter().find(|text| text.contains('\0')) {
        Some(_) => Err(format!("{name} holds the character %00, which no name can hold")),
        None => Ok(given),
    }
}

/// A property replaces what was there before, an item adds to it.
fn list(values: &[&Value]) -> Vec<String> {
    let start = values.iter().rposition(|value| !value.is_item).unwrap_or_default();
    values[start..].iter().flat_map(|value| split(&value.raw)).collect()
}

fn one(name: &str, values: &[&Value]) -> Result<Vec<String>, String> {
    let Some(last) = values.last() else { return Ok(Vec::new()) };
    if !last.is_item {
        let text = unescape(&last.raw);
        return Ok(if text.trim().is_empty() { Vec::new() } else { vec![text] });
    }
    let entries = list(values);
    if entries.len() > 1 { Err(format!("{name} is one value, not a list of {}", entries.len())) } else { Ok(entries) }
}

fn choice(name: &str, given: &[String], words: &[&str]) -> Result<Vec<String>, String> {
    let Some(text) = given.first() else { return Ok(Vec::new()) };
    let word = text.trim().to_ascii_lowercase();
    if words.contains(&word.as_str()) {
        return Ok(vec![word]);
    }
    Err(format!("{name} is `{}`, expected {}", text.trim(), words.join(" or ")))
}

/// The words that MSBuild converts to a boolean; `Ok` is empty for false.
fn flag(name: &str, given: &[String]) -> Result<Vec<String>, String> {
    let Some(text) = given.first() else { return Ok(Vec::new()) };
    match text.trim().to_ascii_lowercase().as_str() {
        "true" | "on" | "yes" | "!false" | "!off" | "!no" => Ok(vec!["true".to_owned()]),
        "false" | "off" | "no" | "!true" | "!on" | "!yes" => Ok(Vec::new()),
        _ => Err(format!("{name} is `{}`, expected true or false", text.trim())),
    }
}

impl Arguments {
    fn add(&mut self, parameter: &Parameter, given: Vec<String>, inputs: &mut Vec<OsString>) {
        match parameter.kind {
            Kind::Inputs => {
                self.files.extend(given.iter().map(PathBuf::from));
                inputs.extend(given.into_iter().map(OsString::from));
            }
            Kind::Files(option) => {
                self.files.extend(given.iter().map(PathBuf::from));
                self.options(option, given);
            }
            Kind::ItemFiles(option) => {
                self.files.extend(given.iter().map(|file| list_file(file.as_ref()).0));
                self.options(option, given);
            }
            Kind::List(option) | Kind::Output(option) | Kind::Choice(option, _) => self.options(option, given),
            Kind::Codes(option) => self.options(option, given.into_iter().filter(|code| is_ours(code))),
            Kind::Flag(option) => self.words.push(option.into()),
            Kind::Cache => self.cache = given.into_iter().map(PathBuf::from).next_back(),
            Kind::FlagWithoutEffect | Kind::WithoutEffect => {}
        }
    }

    /// Joined, so that a value may start with anything.
    fn options(&mut self, option: &str, values: impl IntoIterator<Item = String>) {
        self.words.extend(values.into_iter().map(|value| OsString::from(format!("{option}={value}"))));
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
        arguments(&entries).map_err(|problems| problems.into_iter().map(|p| p.message).collect())
    }

    fn words(more: &str) -> String {
        let arguments = read(more).unwrap();
        arguments.words.iter().map(|word| word.to_str().unwrap()).collect::<Vec<_>>().join(" ")
    }

    const PLAIN: &str = "--no-default-modules --optional-module=libA --pinvoke=p --reverse=r --interp-to-native=i";

    #[test]
    fn parameters_become_options() {
        assert_eq!(words(""), format!("{PLAIN} -- -a.dll"));
        let more = "<PropertyGroup><TargetOs> Wasi\n</TargetOs><islibrarymode>True</islibrarymode><Contract/>\
            <TreatWarningsAsErrors>true</TreatWarningsAsErrors><NoWarn>CS1591;tg0209; WASM0060</NoWarn>\
            <CacheFilePath>c%3Bd</CacheFilePath></PropertyGroup>\
            <ItemGroup><Assemblies Include=\"b%3bc.dll; d%25.dll\" Culture=\"x\"/><References Include=\"e.dll\" />\
            <ModuleLists Include=\"l.props:Item;m.txt\"/></ItemGroup>";
        let expected = "--no-default-modules --optional-module=libA --pinvoke=p --reverse=r --interp-to-native=i --target-os=wasi \
            --reference=e.dll --module-list=l.props:Item --module-list=m.txt --nowarn=tg0209 --nowarn=WASM0060 --strict \
            -- -a.dll b;c.dll d%.dll";
        assert_eq!(words(more), expected);
        let found = read(more).unwrap();
        let files: Vec<&str> = found.files.iter().map(|file| file.to_str().unwrap()).collect();
        assert_eq!(files, ["-a.dll", "b;c.dll", "d%.dll", "e.dll", "l.props", "m.txt"]);
        assert_eq!(found.cache, Some("c;d".into()));
    }

    #[test]
    fn a_property_replaces_and_an_item_adds() {
        let modules = "<PropertyGroup><PInvokeModules>libB;libC</PInvokeModules></PropertyGroup>\
            <ItemGroup><PInvokeModules Include=\"libD\"/></ItemGroup>";
        assert!(words(modules).starts_with(
            "--no-default-modules --optional-module=libB --optional-module=libC --optional-module=libD --pinvoke"
        ));
        let outputs = "<PropertyGroup><PInvokeOutputPath>q</PInvokeOutputPath></PropertyGroup>";
        assert!(words(outputs).contains(" --pinvoke=q "));
        let item = "<ItemGroup><TargetOS Include=\"wasi\"/></ItemGroup>";
        assert!(words(item).contains(" --target-os=wasi "));
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
        let typo = "<PropertyGroup><PInvokeOutputPath/><PInvokeOutputPaht>p</PInvokeOutputPaht></PropertyGroup>";
        let hint = "PInvokeOutputPath is required and cannot be empty: file to write the P/Invoke table to; \
            is `PInvokeOutputPaht` meant for it?";
        assert_eq!(read(typo).unwrap_err(), [hint]);
        let found = arguments(&[]).unwrap_err();
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
