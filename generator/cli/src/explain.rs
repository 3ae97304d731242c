//! `explain`: what a key spells, which keys a method needs, what a diagnostic code means.

use std::fmt::Write;

use clr_wasm_abi::slots::{ArgArea, ArgKind, SLOT_SIZE};
use clr_wasm_abi::{FlatKind, FlatType, FunctionType, ParamToken, ReturnToken, Signature, StructAlign, ThunkKey};
use thunkgen_core::collect::ir::{Ir, Linkage, Reason};
use thunkgen_diagnostics::{Rule, catalogue, escape_lines};
use thunkgen_driver::summary::Part;
use thunkgen_driver::summary::plural;

/// What a user asks about.
pub enum Subject {
    /// Diagnostics: one by its code, all that share an alias.
    Rules(Vec<&'static Rule>),
    /// A key without its prefix, and the prefix.
    Key(char, Signature),
    /// A key of a thunk that only a compiler of managed code makes.
    Flat(FlatKind, FlatType),
    /// A method or type by name, or a part of it.
    Member(String),
}

impl Subject {
    /// Codes and their aliases first, then keys with a prefix; everything else is a name.
    pub fn parse(text: &str) -> Subject {
        let rules: Vec<&'static Rule> = catalogue::find(text).collect();
        if !rules.is_empty() {
            return Subject::Rules(rules);
        }
        match (text.parse(), text.parse()) {
            (Ok(ThunkKey::FromInterp(signature)), _) | (Err(_), Ok(signature)) => Subject::Key('M', signature),
            (Ok(ThunkKey::ToInterp(signature)), _) => Subject::Key('I', signature),
            (Ok(ThunkKey::Flat(kind, of_type)), _) => Subject::Flat(kind, of_type),
            (Err(_), Err(_)) => Subject::Member(text.to_owned()),
        }
    }
}

/// Why a text is no key, if it looks as though it was meant as one: a prefix and a return, perhaps more letters and
/// digits.
pub fn why_no_key(text: &str) -> Option<String> {
    let is_key_like = matches!(
        text.as_bytes(),
        [b'M' | b'I' | b'V' | b'D', b'v' | b'i' | b'l' | b'f' | b'd' | b'V' | b'S', ..]
            | [b'U', b'v' | b'i' | b'l' | b'f' | b'd' | b'V' | b'G' | b'M', ..]
    );
    if !is_key_like || !text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return None;
    }
    text.parse::<ThunkKey>().err().map(|error| error.to_string())
}

/// What a key of another kind spells.
pub fn flat(kind: FlatKind, of_type: &FlatType) -> String {
    let what = match kind {
        FlatKind::VirtualDispatch => "a call of a virtual method through the object's vtable",
        FlatKind::Unboxing => "a call of a value type's method on a boxed value",
        FlatKind::UnboxingMethodTable => {
            "a call of a generic value type's method on a boxed value, which needs its type"
        }
        FlatKind::UnboxingMethodDesc => {
            "a call of a value type's generic method on a boxed value, which needs its method"
        }
        FlatKind::ClosedStaticRetBuf => {
            "a call of a delegate over a static method and its first argument, which returns a struct"
        }
    };
    let buffer = if of_type.has_return_buffer { ", one of them a return buffer" } else { "" };
    let FlatType { params, result, .. } = of_type.clone();
    let count = plural(params.len(), "wasm parameter");
    let of_type_text = FunctionType { params, result };
    let mut out = format!("{}{of_type}: {what}\n\n", kind.prefix());
    let _ = writeln!(out, "  wasm type  {of_type_text}: {count}{buffer}");
    let _ = writeln!(out, "  made by    the compiler of managed code only");
    out
}

/// What a diagnostic means.
pub fn rule(rule: &Rule) -> String {
    let mut out = String::new();
    let strict = if rule.strict_level == rule.level {
        String::new()
    } else {
        format!(", {} with --strict", rule.strict_level.name())
    };
    let _ = writeln!(out, "{}: {} ({}{strict})", rule.code, rule.title, rule.level.name());
    if !rule.alias.is_empty() {
        let _ = writeln!(out, "  The runtime's own generator calls it {}.", rule.alias);
    }
    let _ = writeln!(out, "  {}", rule.help);
    out
}

/// What a key spells: tokens, C and wasm types, slots.
pub fn key(prefix: char, signature: &Signature) -> String {
    let mut out = String::new();
    let direction = match (prefix, signature.managed) {
        ('I', _) => "from compiled code into the interpreter",
        (_, true) => "from the interpreter to compiled managed code or an InternalCall",
        (_, false) => "from the interpreter to native code",
    };
    let _ = writeln!(out, "{prefix}{signature}: a call {direction}\n");
    let rows = rows(signature);
    let _ = writeln!(out, "  token  what              C type    wasm        offset  size");
    for row in &rows {
        let text = format!(
            "  {:5}  {:16}  {:8}  {:10}  {:>6}  {:>4}",
            row.token, row.what, row.c_type, row.wasm, row.offset, row.size
        );
        let _ = writeln!(out, "{}", text.trim_end());
    }
    let slots = ArgArea::of(signature).slots;
    let _ = writeln!(out, "\n  wasm type  {}", FunctionType::of(signature));
    let _ = writeln!(out, "  arguments  {}, {} bytes", plural(slots as usize, "slot"), slots * SLOT_SIZE);
    out
}

/// A line of a key's explanation.
struct Row {
    token: String,
    what: String,
    c_type: &'static str,
    wasm: String,
    offset: String,
    size: String,
}

fn rows(signature: &Signature) -> Vec<Row> {
    let hidden = |what: &str, c_type| Row {
        token: String::new(),
        what: what.to_owned(),
        c_type,
        wasm: "i32".to_owned(),
        offset: String::new(),
        size: String::new(),
    };
    let (c_type, what) = match signature.ret {
        ReturnToken::Void => ("void", "returns nothing"),
        ReturnToken::Scalar(scalar) => (scalar.c_name(), "returns"),
        ReturnToken::Struct(_) => ("void", "returns a struct"),
    };
    let token = signature.ret.to_string();
    let none = String::new;
    let mut rows = vec![Row { token, what: what.to_owned(), c_type, wasm: none(), offset: none(), size: none() }];
    if signature.managed {
        rows.push(hidden("stack pointer", "int*"));
    }
    let mut buffer = matches!(signature.ret, ReturnToken::Struct(_));
    if buffer && !signature.has_this {
        rows.push(hidden("return buffer", "void*"));
        buffer = false;
    }
    for arg in ArgArea::of(signature).args {
        let offset = (arg.slot * SLOT_SIZE).to_string();
        let (token, what, c_type, wasm, size) = match arg.kind {
            ArgKind::This => ("T".to_owned(), "this".to_owned(), "void*", "i32".to_owned(), 4),
            ArgKind::GenericContext => ("i".to_owned(), "generic context".to_owned(), "void*", "i32".to_owned(), 4),
            ArgKind::AsyncContinuation => ("a".to_owned(), "continuation, 0".to_owned(), "void*", "i32".to_owned(), 4),
            ArgKind::Param(index, token) => {
                let (c_type, wasm, size) = param(token);
                (token.to_string(), format!("parameter {}", index + 1), c_type, wasm, size)
            }
        };
        rows.push(Row { token, what, c_type, wasm, offset, size: size.to_string() });
        if buffer {
            rows.push(hidden("return buffer", "void*"));
            buffer = false;
        }
    }
    if signature.managed {
        rows.push(hidden("entry point", "PCODE"));
    }
    rows
}

/// C type, wasm types and size in bytes of a parameter.
fn param(token: ParamToken) -> (&'static str, String, u32) {
    match token {
        ParamToken::Scalar(scalar) => (scalar.c_name(), scalar.wasm_name().to_owned(), scalar.size()),
        ParamToken::MultiSlot(multi) => {
            let wasm = vec![multi.element().wasm_name(); multi.count() as usize].join(", ");
            (multi.element().c_name(), wasm, multi.size())
        }
        ParamToken::Struct { size, align: StructAlign::Slot | StructAlign::Sixteen } => {
            ("void*", "i32".to_owned(), size)
        }
        ParamToken::Empty => ("", String::new(), 0),
    }
}

/// What was collected for each target, with words that tell it from the others when there are several.
fn suffixed<'a>(part: &Part<'a>) -> impl Iterator<Item = (String, &'a Ir)> + use<'a> {
    let Part { label, collected, .. } = *part;
    let of = label.map(|label| format!(" for {label}")).unwrap_or_default();
    collected.iter().map(move |(target, ir)| {
        let on = if collected.len() > 1 { format!(" on {}", target.name()) } else { String::new() };
        (format!("{of}{on}"), ir)
    })
}

/// Who needs a key, and which native functions have its signature.
pub fn needs(key: &str, parts: &[Part<'_>]) -> String {
    let mut out = String::new();
    for (suffix, ir) in parts.iter().flat_map(suffixed) {
        let Some(entry) = ir.keys.get(key) else {
            let _ = writeln!(out, "\n  needed by nothing in the inputs{suffix}; `generate` makes no thunk for it");
            continue;
        };
        let _ = writeln!(out, "\n  needed{suffix} by");
        for reason in &entry.reasons {
            let _ = writeln!(out, "    {}", reason_line(reason));
        }
        let functions: Vec<String> = functions(ir, &entry.signature);
        if !functions.is_empty() {
            let _ = writeln!(out, "  calls in the P/Invoke table{suffix}");
            functions.iter().for_each(|function| {
                let _ = writeln!(out, "    {function}");
            });
        }
    }
    escape_lines(&out)
}

fn functions(ir: &Ir, signature: &Signature) -> Vec<String> {
    let mut functions = Vec::new();
    for (module, entries) in &ir.pinvokes {
        for (entry_point, pinvoke) in entries.iter().filter(|(_, pinvoke)| pinvoke.signature == *signature) {
            let import = if matches!(pinvoke.linkage, Linkage::WasmImport { .. }) { "  (wasm import)" } else { "" };
            functions.push(format!("{module}  {entry_point}{import}"));
        }
    }
    functions
}

fn reason_line(reason: &Reason) -> String {
    let Reason { kind, assembly, member, token } = reason;
    match token {
        0 => format!("{}  {member}", kind.name()),
        token => format!("{}  {member}  {assembly} 0x{token:08X}", kind.name()),
    }
}

/// The keys that members with this name, or with a name that ends in it, need; `None` when there is no such member.
pub fn member(name: &str, parts: &[Part<'_>]) -> Option<String> {
    let matches =
        |member: &str| member == name || member.strip_suffix(name).is_some_and(|before| before.ends_with(['.', '+']));
    let mut out = String::new();
    let mut explained: Vec<&Signature> = Vec::new();
    for (suffix, ir) in parts.iter().flat_map(suffixed) {
        for (key, entry) in &ir.keys {
            for reason in entry.reasons.iter().filter(|reason| matches(&reason.member)) {
                let _ = writeln!(out, "{}  needs {key}{suffix}", reason_line(reason));
                if !explained.contains(&&entry.signature) {
                    explained.push(&entry.signature);
                }
            }
        }
        for (key, callback) in &ir.callbacks {
            let member = format!("{}.{}", callback.type_full_name, callback.method);
            if matches(&member) {
                let _ =
                    writeln!(out, "callback  {member}  is found{suffix} as {key}, signature {}", callback.signature);
            }
        }
        for reason in ir.unresolved.iter().filter(|reason| matches(&reason.member)) {
            let _ =
                writeln!(out, "{}  depends{suffix} on generic parameters that nothing stands for", reason_line(reason));
        }
    }
    if out.is_empty() {
        return None;
    }
    for signature in explained {
        out.push('\n');
        out += &self::key('M', signature);
    }
    Some(escape_lines(&out))
}
