//! The text of `explain`: messages, codes and members.

use std::fmt::Write;
use std::path::PathBuf;

use super::crossings::Crossing;
use super::key;
use super::trace::Functions;
use clr_wasm_abi::Signature;
use thunkgen_diagnostics::{Rule, catalogue, escape_lines, example};
use thunkgen_driver::shell_quote;
use thunkgen_driver::symptoms::Finding;
use thunkgen_driver::symptoms::codes::{Code, OtherCode};
use thunkgen_native::stubs::library_import;

/// Maximum number of members that are listed for one name.
const MAX_MEMBERS: usize = 20;

/// Maximum number of signatures that are decoded for one name.
const MAX_SIGNATURES: usize = 3;

/// The description of a code.
pub fn code(code: &Code) -> String {
    match code {
        Code::Rules(_, rules) => rules.iter().map(|of| rule(of)).collect::<Vec<_>>().join("\n"),
        Code::Other(OtherCode { code, title, help }) => format!("{code}: {title}\n  {help}\n"),
    }
}

fn rule(rule: &Rule) -> String {
    let mut out = String::new();
    let strict = if rule.strict_level == rule.level {
        String::new()
    } else {
        format!(", {} with --strict", rule.strict_level.name())
    };
    let _ = writeln!(out, "{}: {} ({}{strict})", rule.code, rule.title, rule.level.name());
    if !rule.alias.is_empty() {
        let task = if rule.alias == catalogue::MONO_ALIAS { "Mono" } else { ".NET 11" };
        let aliases = rule.alias.split(' ').collect::<Vec<_>>().join(", ");
        let _ = writeln!(out, "  The build task of {task} reports it as {aliases}.");
    }
    let _ = writeln!(out, "  {}", rule.help);
    if let Some(example) = example(rule.code) {
        let _ = writeln!(out, "\n  For example:");
        example.lines().for_each(|line| {
            let _ = writeln!(out, "    {line}");
        });
    }
    out
}

/// What replaces the placeholders of commands.
pub struct Words {
    /// The assemblies of this command line, or `INPUT`.
    pub input: String,
    /// The directory of this command line, or `DIR`.
    pub directory: String,
}

impl Words {
    /// The next commands for a message.
    pub fn commands(&self, finding: &Finding) -> Vec<String> {
        let replaced = |command: String| {
            let word = |word| match word {
                "INPUT" => &self.input,
                "DIR" => &self.directory,
                other => other,
            };
            command.split(' ').map(word).collect::<Vec<&str>>().join(" ")
        };
        finding.next().map(replaced).collect()
    }

    /// Those of the assemblies on a command line.
    pub fn of(inputs: &[PathBuf]) -> Words {
        let quoted = |paths: &[PathBuf]| {
            let words: Vec<_> = paths.iter().map(|path| path.clone().into_os_string()).collect();
            shell_quote::command(&words)
        };
        let directory = inputs.iter().find(|path| path.is_dir());
        Words {
            input: if inputs.is_empty() { "INPUT".to_owned() } else { quoted(inputs) },
            directory: directory.map_or_else(|| "DIR".to_owned(), |path| quoted(std::slice::from_ref(path))),
        }
    }
}

/// A message: what it is, what it means, and the next commands.
pub fn finding(finding: &Finding, functions: &Functions<'_>, words: &Words) -> String {
    let mut out = String::new();
    let place = match (finding.line, finding.count) {
        (line, 1) => format!("line {line}"),
        (line, count) => format!("line {line}, {count} lines in all"),
    };
    let _ = writeln!(out, "{} ({place})", finding.title());
    let _ = writeln!(out, "  means  {}", finding.symptom.means);
    for detail in &finding.details {
        let _ = writeln!(out, "  is     {detail}");
    }
    for (index, frame) in finding.frames.iter().enumerate() {
        let _ = writeln!(out, "  in     {}", functions.describe(frame, index == 0));
    }
    for (index, command) in words.commands(finding).into_iter().enumerate() {
        let _ = writeln!(out, "  {}   {command}", if index == 0 { "next" } else { "or  " });
    }
    escape_lines(&out)
}

/// The number of problems that are not listed.
pub fn omitted(count: u64) -> Option<String> {
    (count > 0).then(|| format!("and {count} more problems\n"))
}

/// Members with their declarations and keys.
pub fn members(found: &[&Crossing<'_>]) -> String {
    let mut out = String::new();
    let mut signatures: Vec<&Signature> = Vec::new();
    for crossing in found.iter().take(MAX_MEMBERS) {
        member(&mut out, crossing);
        if let Some(signature) = crossing.signature.filter(|of| crossing.kind != "callback" && !signatures.contains(of))
        {
            signatures.push(signature);
        }
    }
    if let Some(more) = found.len().checked_sub(MAX_MEMBERS).filter(|more| *more > 0) {
        let _ = writeln!(out, "and {more} more: write a longer part of the name");
    }
    if signatures.len() <= MAX_SIGNATURES {
        for signature in signatures {
            out.push('\n');
            out += &key::key('M', signature);
        }
    }
    escape_lines(&out)
}

/// Who declares a function that a message names: without the keys decoded.
pub fn declared(found: &[&Crossing<'_>]) -> String {
    let mut out = String::new();
    found.iter().take(MAX_MEMBERS).for_each(|crossing| member(&mut out, crossing));
    if let Some(more) = found.len().checked_sub(MAX_MEMBERS).filter(|more| *more > 0) {
        let _ = writeln!(out, "and {more} more");
    }
    escape_lines(&out).lines().map(|line| format!("  {line}\n")).collect()
}

fn member(out: &mut String, crossing: &Crossing<'_>) {
    let Crossing { kind, member, assembly, token, suffix, .. } = crossing;
    let place = match token {
        0 => String::new(),
        token => format!("  {assembly} 0x{token:08X}"),
    };
    let _ = match (*kind, crossing.key) {
        ("callback", Some(key)) => {
            let signature = crossing.signature.map(ToString::to_string).unwrap_or_default();
            writeln!(out, "callback  {member}{place}  has the key {key}{suffix}, signature {signature}")
        }
        (_, Some(key)) => writeln!(out, "{kind}  {member}{place}  needs {key}{suffix}"),
        (_, None) => writeln!(out, "{kind}  {member}{place}  is generic, and no instantiation was found{suffix}"),
    };
    let Some(declaration) = crossing.declaration else { return };
    let _ = writeln!(out, "  declared as  {}", library_import::as_written(declaration));
    match (*kind, crossing.entry_point) {
        ("callback", Some(name)) => _ = writeln!(out, "  exported as  {name}"),
        ("callback", None) | (_, None) => {}
        (_, Some(name)) => {
            let library = &declaration.module;
            let state = match (crossing.is_in_table, crossing.is_unlinked) {
                (true, _) => String::new(),
                (false, true) => {
                    format!("; not in the P/Invoke table, because {library} is not linked: add --module {library}")
                }
                (false, false) => "; not in the P/Invoke table: `thunkgen generate` says why".to_owned(),
            };
            let _ = writeln!(out, "  calls        {name} of {library}{state}");
        }
    }
}
