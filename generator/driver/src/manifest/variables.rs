//! The variables of a manifest, and the places in texts that they replace.
//!
//! `{name}` in a text is the value of a variable; `{a,b}`, with a comma, stays a choice of a pattern. `{target}` is the
//! name of the target. A value comes from, with the first one winning: `--define`, the chosen profile, the environment,
//! the default.

use std::collections::BTreeMap;

use crate::error::OptionError;
use crate::options::{Given, ManifestChoice, Origin};
use crate::toml_file::{KnownKeys, TomlTable, Value};
use clr_wasm_abi::TargetOs;
use thunkgen_diagnostics::catalogue;
use thunkgen_diagnostics::nearest_name::NearestName;

/// The keys of the tables.
pub const VARIABLES: &str = "variables";
pub const PROFILES: &str = "profile";

/// The variable with the name of the target.
pub const TARGET: &str = "target";

/// The variables of one run.
#[derive(Debug, Default)]
pub struct Variables {
    values: BTreeMap<String, Variable>,
}

#[derive(Debug)]
struct Variable {
    /// `None` if nothing sets it.
    value: Option<String>,
    /// The environment variable that can set it.
    env: Option<String>,
}

impl Variables {
    /// The variables of a file. Mistakes in the file are reported; the error is about the command line.
    pub fn read(root: TomlTable<'_>, choice: Option<&ManifestChoice>) -> Result<Variables, OptionError> {
        let mut variables = Variables::default();
        for value in root.value(VARIABLES).and_then(|_| root.table(VARIABLES)).iter().flat_map(TomlTable::values) {
            if let Some(variable) = declared(value, choice.is_some()) {
                variables.values.insert(value.key().to_owned(), variable);
            }
        }
        let profiles = root.value(PROFILES).and_then(|_| root.table(PROFILES));
        let mut names = Vec::new();
        let declared: Vec<String> = variables.values.keys().cloned().collect();
        let known = KnownKeys::new(declared.iter().map(String::as_str).collect());
        let chosen = choice.and_then(|choice| choice.profile.as_ref());
        for profile in profiles.iter().flat_map(TomlTable::values) {
            names.push(profile.key());
            let Some(table) = profile.table() else {
                profile.wrong_type::<()>(&format!("a table: [{PROFILES}.{}]", profile.key()));
                continue;
            };
            table.only_known(&known, |_| declared.is_empty().then(|| format!("declare it in [{VARIABLES}]")));
            for value in table.values() {
                let Some(text) = value.as_str() else {
                    value.wrong_type::<()>("a string");
                    continue;
                };
                if chosen.is_some_and(|chosen| chosen.value == profile.key())
                    && let Some(variable) = variables.values.get_mut(value.key())
                {
                    variable.value = Some(text.to_owned());
                }
            }
        }
        if let Some(chosen) = chosen.filter(|chosen| !names.contains(&chosen.value.as_str())) {
            return Err(unknown("profile", chosen, &chosen.value, &names));
        }
        for given in choice.iter().flat_map(|choice| &choice.defines) {
            let (name, text) = &given.value;
            match variables.values.get_mut(name) {
                Some(variable) => variable.value = Some(text.clone()),
                None => {
                    let names: Vec<&str> = variables.values.keys().map(String::as_str).collect();
                    return Err(unknown("variable", given, name, &names));
                }
            }
        }
        Ok(variables)
    }

    /// The text with every variable replaced. Without a `target`, `{target}` stays.
    ///
    /// # Errors
    /// What is wrong with the text.
    pub fn replace(&self, text: &str, target: Option<TargetOs>) -> Result<String, Problem> {
        let (mut out, mut rest) = (String::with_capacity(text.len()), text);
        while let Some((before, name, after)) = next_variable(rest) {
            out.push_str(before);
            match (name, target, self.values.get(name)) {
                (TARGET, Some(target), _) => out.push_str(target.name()),
                (TARGET, None, _) => out.push_str("{target}"),
                (_, _, Some(Variable { value: Some(value), .. })) => out.push_str(value),
                (_, _, Some(Variable { value: None, env })) => return Err(Problem::no_value(name, env.as_deref())),
                (_, _, None) => return Err(self.no_variable(name)),
            }
            rest = after;
        }
        out.push_str(rest);
        Ok(out)
    }

    fn no_variable(&self, name: &str) -> Problem {
        let known = self.values.keys().map(String::as_str).chain([TARGET]);
        let hint = match NearestName::new(known).find(name) {
            Some(near) => format!("did you mean `{{{near}}}`?"),
            None => format!("declare it in [{VARIABLES}], or write `[{{]` for a brace"),
        };
        Problem { has_no_value: false, message: format!("there is no variable `{name}`; {hint}") }
    }
}

/// What is wrong with a text.
#[derive(Debug, PartialEq, Eq)]
pub struct Problem {
    /// The variable exists.
    pub has_no_value: bool,
    pub message: String,
}

impl Problem {
    fn no_value(name: &str, env: Option<&str>) -> Problem {
        let by_environment = env.map(|env| format!("set {env} in the environment, ")).unwrap_or_default();
        let message = format!(
            "the variable `{name}` has no value: {by_environment}give it a `default`, or use --define {name}=VALUE"
        );
        Problem { has_no_value: true, message }
    }
}

/// Whether a text contains a variable.
#[cfg(feature = "adopt")]
pub fn has_variable(text: &str) -> bool {
    next_variable(text).is_some()
}

/// Whether a text contains `{target}`.
pub fn names_target(text: &str) -> bool {
    let mut rest = text;
    while let Some((_, name, after)) = next_variable(rest) {
        if name == TARGET {
            return true;
        }
        rest = after;
    }
    false
}

/// The text before the next variable, its name, and the text after it.
fn next_variable(text: &str) -> Option<(&str, &str, &str)> {
    let mut from = 0;
    loop {
        let open = from + text.get(from..)?.find('{')?;
        let inside = text.get(open + 1..)?;
        let length = inside.find(|c: char| !is_of_name(c)).unwrap_or(inside.len());
        let (name, after) = inside.split_at(length);
        if let Some(after) = after.strip_prefix('}').filter(|_| is_name(name)) {
            return Some((&text[..open], name, after));
        }
        from = open + 1;
    }
}

fn is_of_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-')
}

/// Whether a word can be the name of a variable.
fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.chars().all(is_of_name)
}

/// `name = "value"`, or `name = { env = "NAME", default = "value" }`.
fn declared(value: Value<'_>, with_environment: bool) -> Option<Variable> {
    let name = value.key();
    if name == TARGET || !is_name(name) {
        value.report(match name {
            TARGET => "`{target}` is always the name of the target: give the variable another name".to_owned(),
            _ => format!("`{name}` cannot be the name of a variable: use letters, digits, `-` and `_`"),
        });
        return None;
    }
    if let Some(text) = value.as_str() {
        return Some(Variable { value: Some(text.to_owned()), env: None });
    }
    let Some(table) = value.table() else {
        return value.wrong_type("a string, or { env = \"NAME\", default = \"value\" }");
    };
    table.only(&["env", "default"], |_| None);
    let env = table.required_text("env", &name.to_ascii_uppercase())?.value;
    let default = table.text("default").map(|text| text.value);
    // Without a run, as in an editor, the environment is another one.
    let of_environment = if with_environment { std::env::var(&env).ok() } else { Some(String::new()) };
    Some(Variable { value: of_environment.or(default), env: Some(env) })
}

fn unknown<T>(what: &str, given: &Given<T>, name: &str, known: &[&str]) -> OptionError {
    let hint = match NearestName::new(known.iter().copied()).find(name) {
        Some(near) => format!("did you mean `{near}`?"),
        None if known.is_empty() => format!("it has none: declare it in [{}]", table_of(what, name)),
        None => format!("it has {}", known.join(", ")),
    };
    let origin: &Origin = &given.origin;
    OptionError::of(origin, format_args!("{origin} {name}: the manifest has no {what} of that name; {hint}"))
}

fn table_of(what: &str, name: &str) -> String {
    if what == "profile" { format!("{PROFILES}.{name}") } else { VARIABLES.to_owned() }
}

/// The rule that a problem breaks.
impl Problem {
    pub fn rule(&self) -> &'static thunkgen_diagnostics::Rule {
        if self.has_no_value { &catalogue::MANIFEST_NO_VALUE } else { &catalogue::MANIFEST_VALUE }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::toml_file;

    fn variables(
        text: &str,
        profile: Option<&str>,
        defines: &[(&str, &str)],
    ) -> (Result<Variables, String>, Vec<String>) {
        let mut choice = ManifestChoice::new("m");
        choice.profile = profile.map(|name| Given::on_command_line("--profile", name.to_owned()));
        let define = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        choice.defines = defines.iter().map(|of| Given::on_command_line("--define", define(of))).collect();
        let (made, problems) = toml_file::read("m", text, |root| Variables::read(root, Some(&choice)));
        let problems = problems.into_iter().map(|(rule, _, why)| format!("{} {why}", rule.code)).collect();
        (made.expect("TOML").map_err(|error| error.message), problems)
    }

    const TEXT: &str = "[variables]\na = 'one'\nb = { env = 'THUNKGEN_TEST_UNSET', default = 'two' }\n\
        c = { env = 'THUNKGEN_TEST_UNSET' }\nd = { env = 'PATH' }\n[profile.p]\na = 'of p'\nc = 'three'\n[profile.q]\n";

    #[test]
    fn the_nearest_source_of_a_value_wins() {
        let value = |profile, defines: &[(&str, &str)], text: &str| {
            let (variables, problems) = variables(TEXT, profile, defines);
            assert_eq!(problems, [""; 0]);
            variables.unwrap().replace(text, Some(TargetOs::Wasi)).map_err(|problem| problem.message)
        };
        assert_eq!(value(None, &[], "x/{a}/{b}-{target}").unwrap(), "x/one/two-wasi");
        assert_eq!(value(Some("p"), &[], "{a}{b}{c}").unwrap(), "of ptwothree");
        assert_eq!(value(Some("p"), &[("a", "{b}")], "{a}").unwrap(), "{b}", "a value is not read again");
        assert_eq!(value(None, &[], "{d}").unwrap(), std::env::var("PATH").unwrap());
        assert!(
            value(Some("q"), &[], "{c}")
                .unwrap_err()
                .starts_with("the variable `c` has no value: set THUNKGEN_TEST_UNSET")
        );
        assert!(value(None, &[], "{targte}").unwrap_err().ends_with("did you mean `{target}`?"));
        for text in ["{a,b}/*.{dll,exe}", "{", "}", "{}", "{ a }", "{{}}", "{1}", "ä{é}", "{a"] {
            assert_eq!(value(None, &[], text).unwrap(), text);
        }
        assert_eq!(value(None, &[], "{x,{a}}").unwrap(), "{x,one}");
    }

    #[test]
    fn mistakes_are_named() {
        let (made, _) = variables(TEXT, Some("pp"), &[]);
        assert!(made.unwrap_err().starts_with("--profile pp: the manifest has no profile of that name; "));
        let (made, _) = variables(TEXT, None, &[("aa", "x")]);
        assert!(made.unwrap_err().starts_with("--define aa: the manifest has no variable of that name; "));
        let (_, problems) = variables(
            "[variables]\ntarget = 'x'\n'a b' = 'x'\nc = 1\nd = { dflt = 'x' }\nf = 'x'\n[profile]\nq = 1\n[profile.p]\ne = 'x'\nf = 1\n",
            None,
            &[],
        );
        let codes: Vec<&str> = problems.iter().map(|problem| &problem[..6]).collect();
        assert_eq!(
            codes,
            ["TG0503", "TG0503", "TG0503", "TG0504", "TG0502", "TG0503", "TG0502", "TG0503"],
            "{problems:?}"
        );
    }
}
