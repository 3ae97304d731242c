//! A key decoded, and who needs it.

use std::fmt::Write;

use clr_wasm_abi::slots::{ArgArea, ArgKind, SLOT_SIZE};
use clr_wasm_abi::{FlatKind, FlatType, FunctionType, ParamToken, ReturnToken, Signature, StructAlign, ThunkKey};
use thunkgen_core::collect::ir::{Ir, Linkage, Reason};
use thunkgen_diagnostics::escape_lines;
use thunkgen_driver::summary::Part;
use thunkgen_driver::summary::plural;

/// Why a text is not a valid key, if it looks like one: a prefix and a return, perhaps more letters and digits.
pub fn invalid_key(text: &str) -> Option<String> {
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

/// What a key of another kind is for.
pub fn flat_meaning(kind: FlatKind) -> &'static str {
    match kind {
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
    }
}

/// The wasm type of a key of another kind.
pub fn flat_type(of_type: &FlatType) -> FunctionType {
    let FlatType { params, result, .. } = of_type.clone();
    FunctionType { params, result }
}

/// A key of another kind decoded.
pub fn flat(kind: FlatKind, of_type: &FlatType) -> String {
    let what = flat_meaning(kind);
    let buffer = if of_type.has_return_buffer { ", one of them a return buffer" } else { "" };
    let of_type_text = flat_type(of_type);
    let count = plural(of_type_text.params.len(), "wasm parameter");
    let mut out = format!("{}{of_type}: {what}\n\n", kind.prefix());
    let _ = writeln!(out, "  wasm type  {of_type_text}: {count}{buffer}");
    let _ = writeln!(out, "  source     only the compiler of managed code generates such thunks");
    out
}

/// What calls what.
pub fn direction(prefix: char, signature: &Signature) -> &'static str {
    match (prefix, signature.managed) {
        ('I', _) => "a call from compiled code into the interpreter",
        (_, true) => "a call from the interpreter to compiled managed code or an InternalCall",
        (_, false) => "a call from the interpreter to native code",
    }
}

/// A key decoded: codes, C and wasm types, slots.
pub fn key(prefix: char, signature: &Signature) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "{prefix}{signature}: {}\n", direction(prefix, signature));
    let heading = ["code", "what", "C type", "wasm", "offset", "size"].map(str::to_owned);
    for [code, what, c_type, wasm, offset, size] in [heading].into_iter().chain(rows(signature)) {
        let text = format!("  {code:5}  {what:16}  {c_type:8}  {wasm:10}  {offset:>6}  {size:>4}");
        let _ = writeln!(out, "{}", text.trim_end());
    }
    let slots = ArgArea::of(signature).slots;
    let _ = writeln!(out, "\n  wasm type  {}", FunctionType::of(signature));
    let _ = writeln!(out, "  arguments  {}, {} bytes", plural(slots as usize, "slot"), slots * SLOT_SIZE);
    out
}

/// The result and every parameter: code, meaning, C type, wasm type, offset, size.
pub fn rows(signature: &Signature) -> Vec<[String; 6]> {
    let hidden = |what, c_type| ["", what, c_type, "i32", "", ""].map(str::to_owned);
    let (c_type, what) = match signature.ret {
        ReturnToken::Void => ("void", "returns nothing"),
        ReturnToken::Scalar(scalar) => (scalar.c_name(), "returns"),
        ReturnToken::Struct(_) => ("void", "returns a struct"),
    };
    let mut rows = vec![[&signature.ret.to_string(), what, c_type, "", "", ""].map(str::to_owned)];
    if signature.managed {
        rows.push(hidden("stack pointer", "int*"));
    }
    let mut buffer = matches!(signature.ret, ReturnToken::Struct(_));
    if buffer && !signature.has_this {
        rows.push(hidden("return buffer", "void*"));
        buffer = false;
    }
    for arg in ArgArea::of(signature).args {
        let pointer = |code: &str, what: &str| (code.to_owned(), what.to_owned(), ("void*", "i32".to_owned(), 4));
        let (code, what, (c_type, wasm, size)) = match arg.kind {
            ArgKind::This => pointer("T", "this"),
            ArgKind::GenericContext => pointer("i", "generic context"),
            ArgKind::AsyncContinuation => pointer("a", "continuation, 0"),
            ArgKind::Param(index, token) => (token.to_string(), format!("parameter {}", index + 1), param(token)),
        };
        rows.push([code, what, c_type.to_owned(), wasm, (arg.slot * SLOT_SIZE).to_string(), size.to_string()]);
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

/// What was collected for each target, with words that identify it if there are several.
pub fn suffixed<'a>(part: &Part<'a>) -> impl Iterator<Item = (String, &'a Ir)> + use<'a> {
    let Part { label, collected, .. } = *part;
    let of = label.map(|label| format!(" for {label}")).unwrap_or_default();
    collected.iter().map(move |(target, ir)| {
        let on = if collected.len() > 1 { format!(" on {}", target.name()) } else { String::new() };
        (format!("{of}{on}"), ir)
    })
}

/// The callers of a key, and the native functions with its signature.
pub fn needs(key: &str, parts: &[Part<'_>]) -> String {
    let mut out = String::new();
    for (suffix, ir) in parts.iter().flat_map(suffixed) {
        let Some(entry) = ir.keys.get(key) else {
            let _ = writeln!(out, "\n  unused in the inputs{suffix}; `generate` does not write a thunk for it");
            continue;
        };
        let _ = writeln!(out, "\n  needed{suffix} by");
        for reason in &entry.reasons {
            let _ = writeln!(out, "    {}", reason_line(reason));
        }
        let functions = functions(ir, &entry.signature);
        if !functions.is_empty() {
            let _ = writeln!(out, "  calls in the P/Invoke table{suffix}");
            for (module, entry_point, is_import) in functions {
                let _ = writeln!(out, "    {module}  {entry_point}{}", if is_import { "  (wasm import)" } else { "" });
            }
        }
    }
    escape_lines(&out)
}

/// The native functions with a signature in the P/Invoke table: library, entry point, and whether it is a wasm import.
pub fn functions<'a>(ir: &'a Ir, signature: &Signature) -> Vec<(&'a str, &'a str, bool)> {
    let mut functions = Vec::new();
    for (module, entries) in &ir.pinvokes {
        for (entry_point, pinvoke) in entries.iter().filter(|(_, pinvoke)| pinvoke.signature == *signature) {
            let is_import = matches!(pinvoke.linkage, Linkage::WasmImport { .. });
            functions.push((module.as_str(), entry_point.as_str(), is_import));
        }
    }
    functions
}

pub fn reason_line(reason: &Reason) -> String {
    let Reason { kind, assembly, member, token } = reason;
    match token {
        0 => format!("{}  {member}", kind.name()),
        token => format!("{}  {member}  {assembly} 0x{token:08X}", kind.name()),
    }
}
