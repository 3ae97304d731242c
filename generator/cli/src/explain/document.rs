//! The document of `explain --json`: what the text says, as data.

use serde::Serialize;

use super::crossings::{Crossing, Crossings};
use super::key;
use super::subject::Subject;
use super::text::Words;
use super::trace::Functions;
use clr_wasm_abi::slots::{ArgArea, SLOT_SIZE};
use clr_wasm_abi::{FunctionType, Signature};
use thunkgen_core::collect::ir::Reason;
use thunkgen_diagnostics::json::Problem;
use thunkgen_diagnostics::{Findings, Rule, example};
use thunkgen_driver::summary::Part;
use thunkgen_driver::symptoms;
use thunkgen_driver::symptoms::codes::{Code, OtherCode};
use thunkgen_driver::symptoms::stack::Frame;
use thunkgen_native::stubs::library_import;

/// Format number of the JSON; raised when a member changes its meaning or goes away.
const JSON_FORMAT: u32 = 1;

/// What a text means.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ExplainDocument<'a> {
    /// Format number of this document.
    format: u32,
    /// The text; of standard input, its beginning.
    subject: String,
    /// Whether the text is understood, or something has the name.
    found: bool,
    /// The diagnostic codes that the text is or contains.
    codes: Vec<CodeShape>,
    /// The keys that the text is or contains, decoded.
    keys: Vec<DecodedKey<'a>>,
    /// The known messages of the text.
    messages: Vec<MessageShape<'a>>,
    /// The P/Invokes, delegates and callbacks with the name.
    members: Vec<MemberShape<'a>>,
    /// Number of messages that are not listed.
    omitted_message_count: u64,
    /// The most similar name or code, if nothing is found.
    #[serde(rename = "nearestName", skip_serializing_if = "Option::is_none")]
    nearest: Option<String>,
    /// Why the text is not a valid key, if it looks like one.
    #[serde(skip_serializing_if = "Option::is_none")]
    invalid_key: Option<String>,
    /// Errors in the assemblies, because of which callers are unknown.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    findings: Vec<Problem<'a>>,
}

/// A diagnostic code.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CodeShape {
    /// The code: `TG0101`.
    code: &'static str,
    /// The kind of problem, in a few words.
    title: &'static str,
    /// `error` or `warning`; absent for a code that thunkgen itself does not report.
    #[serde(skip_serializing_if = "Option::is_none")]
    level: Option<&'static str>,
    /// The level with `--strict`.
    #[serde(skip_serializing_if = "Option::is_none")]
    strict_level: Option<&'static str>,
    /// The codes of the runtime's own build task for it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    aliases: Vec<&'static str>,
    /// Whether a suppression file can list it.
    is_suppressible: bool,
    /// What it means, and what to do.
    remedy: &'static str,
    /// A message as the tool prints it.
    #[serde(skip_serializing_if = "Option::is_none")]
    example: Option<&'static str>,
}

/// A key, decoded.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct DecodedKey<'a> {
    /// The key: `MviS8`.
    key: String,
    /// What calls what, in a few words.
    meaning: String,
    /// The wasm type of the function: `(i32, i64) -> i32`.
    wasm_type: String,
    /// Number of stack slots of the arguments; absent for thunks of compiled code alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    slot_count: Option<u32>,
    /// Bytes of the arguments on the stack.
    #[serde(skip_serializing_if = "Option::is_none")]
    arguments_size: Option<u32>,
    /// The result and every parameter, in the order of the native function.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    values: Vec<ValueShape>,
    /// Who needs it, for each output and target; absent without assemblies.
    #[serde(skip_serializing_if = "Option::is_none")]
    needs: Option<Vec<NeedShape<'a>>>,
    /// The body of the thunk in the text format of WebAssembly, with `--wat`.
    #[serde(skip_serializing_if = "Option::is_none")]
    wat: Option<String>,
}

/// The result or a parameter of a key.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct ValueShape {
    /// Its code in the key; empty for what the key does not spell.
    signature_code: String,
    /// What it is: `returns`, `parameter 1`, `this`.
    meaning: String,
    /// Its type in C.
    c_type: String,
    /// Its wasm types.
    wasm_types: String,
    /// Offset in bytes in the arguments on the stack.
    #[serde(skip_serializing_if = "Option::is_none")]
    stack_offset: Option<u32>,
    /// Size in bytes on the stack.
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<u32>,
}

/// Who needs a key in one output and target.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct NeedShape<'a> {
    /// The output and target, if there are several.
    #[serde(skip_serializing_if = "String::is_empty")]
    of: String,
    /// The members that need it; none if it is unused.
    needed_by: Vec<&'a Reason>,
    /// The native functions with its signature, in the P/Invoke table.
    functions: Vec<FunctionShape<'a>>,
}

/// A native function of the P/Invoke table.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct FunctionShape<'a> {
    /// The library as `DllImport` spells it.
    library: &'a str,
    /// Name of the function.
    entry_point: &'a str,
}

/// A known message.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct MessageShape<'a> {
    /// Stable name of the message.
    symptom: &'static str,
    /// What it is, with the names of the message.
    title: String,
    /// The key, function, library, method or code that it names.
    #[serde(skip_serializing_if = "str::is_empty")]
    subject: &'a str,
    /// What it means, and what to change.
    means: &'static str,
    /// What the linker says of each file.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    details: Vec<&'a str>,
    /// The first functions of the stack, the innermost one first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    frames: Vec<FrameShape>,
    /// Commands that help.
    next_commands: Vec<String>,
    /// First line of the text with it.
    log_line: u64,
    /// Number of lines with it.
    log_line_count: u64,
    /// Who declares the function that it names; absent without assemblies.
    #[serde(skip_serializing_if = "Option::is_none")]
    declared_by: Option<Vec<MemberShape<'a>>>,
}

/// A function of a stack.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct FrameShape {
    /// Index in the module.
    #[serde(skip_serializing_if = "Option::is_none")]
    function_index: Option<u32>,
    /// Its name, of the stack or of the module.
    #[serde(skip_serializing_if = "Option::is_none")]
    function_name: Option<String>,
    /// The key whose thunk it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<String>,
}

/// Something that crosses the boundary.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct MemberShape<'a> {
    /// What it is: `P/Invoke`, `delegate`, `callback`.
    kind: &'static str,
    /// Full name of the method or type.
    member: &'a str,
    /// Full name of the method as it is written, if LibraryImport generated the P/Invoke.
    #[serde(skip_serializing_if = "Option::is_none")]
    library_import: Option<&'a str>,
    /// Simple name of the assembly.
    #[serde(skip_serializing_if = "str::is_empty")]
    assembly: &'a str,
    /// Metadata token of the member: `0x06000001`.
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata_token: Option<String>,
    /// The key that it needs, or that a callback has; absent for a generic signature without an instantiation.
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<&'a str>,
    /// Signature string.
    #[serde(skip_serializing_if = "Option::is_none")]
    signature: Option<String>,
    /// The library as `DllImport` spells it.
    #[serde(skip_serializing_if = "Option::is_none")]
    library: Option<&'a str>,
    /// Name of the native function, or the name under which a callback is exported.
    #[serde(skip_serializing_if = "Option::is_none")]
    entry_point: Option<&'a str>,
    /// The method in C#.
    #[serde(skip_serializing_if = "Option::is_none")]
    managed_declaration: Option<String>,
    /// Whether the P/Invoke table has the function.
    is_in_table: bool,
    /// Whether the library is not linked.
    is_unlinked: bool,
    /// The output and target, if there are several.
    #[serde(skip_serializing_if = "str::is_empty")]
    of: &'a str,
}

/// What the assemblies say.
#[derive(Clone, Copy)]
pub struct Assemblies<'a> {
    pub crossings: &'a Crossings<'a>,
    pub parts: &'a [Part<'a>],
}

impl<'a> ExplainDocument<'a> {
    /// What a subject means; `name` is its text.
    pub fn new(
        (subject, name): (&'a Subject, &str),
        functions: &Functions<'_>,
        words: &Words,
        assemblies: Option<Assemblies<'a>>,
        wat: Option<String>,
    ) -> ExplainDocument<'a> {
        let mut document = ExplainDocument {
            format: JSON_FORMAT,
            subject: name.to_owned(),
            found: true,
            codes: Vec::new(),
            keys: Vec::new(),
            messages: Vec::new(),
            members: Vec::new(),
            omitted_message_count: 0,
            nearest: None,
            invalid_key: None,
            findings: Vec::new(),
        };
        match subject {
            Subject::Code(code) => document.codes = codes(code),
            Subject::NoCode(nearest) => {
                document.found = false;
                document.nearest = nearest.map(str::to_owned);
            }
            Subject::Key(..) | Subject::Flat(..) => {
                document.keys.extend(decoded(subject, assemblies.map(|of| of.parts)));
            }
            Subject::Text(reading, keys) => {
                document.omitted_message_count = reading.omitted;
                for key in keys {
                    document.add_key(key, assemblies);
                }
                for finding in &reading.findings {
                    document.add_finding(finding, functions, words, assemblies);
                }
            }
            Subject::Member(name) => {
                let found = assemblies.map(|of| of.crossings.mentioned(name)).unwrap_or_default();
                document.found = !found.is_empty();
                if !document.found {
                    document.nearest = assemblies.and_then(|of| of.crossings.nearest(name));
                    document.invalid_key = key::invalid_key(name);
                }
                document.members = found.into_iter().map(member).collect();
            }
        }
        if let [key] = &mut document.keys[..] {
            key.wat = wat;
        }
        document
    }

    /// Adds the problems of a run.
    pub fn with(mut self, findings: &'a Findings) -> ExplainDocument<'a> {
        self.findings = findings.diagnostics.iter().map(Problem::of).collect();
        self
    }

    fn add_key(&mut self, key: &str, assemblies: Option<Assemblies<'a>>) {
        if !self.keys.iter().any(|known| known.key == key) {
            self.keys.extend(decoded(&Subject::parse(key), assemblies.map(|of| of.parts)));
        }
    }

    fn add_finding(
        &mut self,
        finding: &'a symptoms::Finding,
        functions: &Functions<'_>,
        words: &Words,
        assemblies: Option<Assemblies<'a>>,
    ) {
        let code = (finding.symptom.name == "code").then(|| symptoms::codes::find(&finding.subject)).flatten();
        if let Some(code) = code {
            self.codes.extend(codes(&code));
            return;
        }
        let frames: Vec<FrameShape> = finding.frames.iter().map(|frame| stack_frame(frame, functions)).collect();
        if finding.is_missing_thunk() && !finding.subject.is_empty() {
            self.add_key(&finding.subject, assemblies);
        }
        for key in frames.iter().filter_map(|frame| frame.key.as_ref()) {
            self.add_key(key, assemblies);
        }
        let declared = assemblies.filter(|_| !finding.subject.is_empty() && !finding.is_missing_thunk());
        self.messages.push(MessageShape {
            symptom: finding.symptom.name,
            title: finding.title(),
            subject: &finding.subject,
            means: finding.symptom.means,
            details: finding.details.iter().map(String::as_str).collect(),
            frames,
            next_commands: words.commands(finding),
            log_line: finding.line,
            log_line_count: finding.count,
            declared_by: declared.map(|of| of.crossings.named(&finding.subject).into_iter().map(member).collect()),
        });
    }
}

fn codes(code: &Code) -> Vec<CodeShape> {
    match code {
        Code::Rules(_, rules) => rules.iter().map(|rule| CodeShape::of(rule)).collect(),
        Code::Other(other) => vec![CodeShape::of_other(other)],
    }
}

impl CodeShape {
    /// A rule of the catalogue.
    pub fn of(rule: &'static Rule) -> CodeShape {
        CodeShape {
            code: rule.code,
            title: rule.title,
            level: Some(rule.level.name()),
            strict_level: Some(rule.strict_level.name()),
            aliases: rule.alias.split_whitespace().collect(),
            is_suppressible: rule.is_suppressible(),
            remedy: rule.help,
            example: example(rule.code),
        }
    }

    /// A code that the MSBuild package or the runtime's task reports.
    pub fn of_other(other: &'static OtherCode) -> CodeShape {
        CodeShape {
            code: other.code,
            title: other.title,
            level: None,
            strict_level: None,
            aliases: Vec::new(),
            is_suppressible: false,
            remedy: other.help,
            example: None,
        }
    }
}

fn decoded<'a>(subject: &Subject, parts: Option<&[Part<'a>]>) -> Option<DecodedKey<'a>> {
    match subject {
        Subject::Key(prefix, signature) => Some(of_signature(*prefix, signature, parts)),
        Subject::Flat(kind, of_type) => Some(DecodedKey {
            key: format!("{}{of_type}", kind.prefix()),
            meaning: key::flat_meaning(*kind).to_owned(),
            wasm_type: key::flat_type(of_type).to_string(),
            slot_count: None,
            arguments_size: None,
            values: Vec::new(),
            needs: None,
            wat: None,
        }),
        _ => None,
    }
}

fn of_signature<'a>(prefix: char, signature: &Signature, parts: Option<&[Part<'a>]>) -> DecodedKey<'a> {
    let key = format!("{prefix}{signature}");
    let slots = ArgArea::of(signature).slots;
    let values = key::rows(signature).into_iter().map(|[code, what, c_type, wasm, offset, size]| ValueShape {
        signature_code: code,
        meaning: what,
        c_type,
        wasm_types: wasm,
        stack_offset: offset.parse().ok(),
        size: size.parse().ok(),
    });
    DecodedKey {
        meaning: key::direction(prefix, signature).to_owned(),
        wasm_type: FunctionType::of(signature).to_string(),
        slot_count: Some(slots),
        arguments_size: Some(slots * SLOT_SIZE),
        values: values.collect(),
        needs: parts.map(|parts| needs(&key, parts)),
        wat: None,
        key,
    }
}

fn needs<'a>(key: &str, parts: &[Part<'a>]) -> Vec<NeedShape<'a>> {
    let all = parts.iter().flat_map(key::suffixed);
    let needs = all.map(|(of, ir)| {
        let entry = ir.keys.get(key);
        let functions = entry.into_iter().flat_map(|entry| key::functions(ir, &entry.signature));
        NeedShape {
            of: of.trim().to_owned(),
            needed_by: entry.into_iter().flat_map(|entry| &entry.reasons).collect(),
            functions: functions.map(|(library, entry_point, _)| FunctionShape { library, entry_point }).collect(),
        }
    });
    needs.collect()
}

fn stack_frame(frame: &Frame, functions: &Functions<'_>) -> FrameShape {
    FrameShape { function_index: frame.index, function_name: functions.name(frame), key: functions.key(frame) }
}

fn member<'a>(crossing: &'a Crossing<'a>) -> MemberShape<'a> {
    let declaration = crossing.declaration;
    MemberShape {
        kind: crossing.kind,
        member: crossing.member,
        library_import: crossing.written.as_deref(),
        assembly: crossing.assembly,
        metadata_token: (crossing.token != 0).then(|| format!("0x{:08X}", crossing.token)),
        key: crossing.key,
        signature: crossing.signature.map(ToString::to_string),
        library: crossing.library(),
        entry_point: crossing.entry_point,
        managed_declaration: declaration.map(library_import::as_written),
        is_in_table: crossing.is_in_table,
        is_unlinked: crossing.is_unlinked,
        of: crossing.suffix.trim(),
    }
}
