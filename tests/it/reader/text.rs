//! Signatures and attribute values as text, tokens as numbers or by a name the caller knows.

use std::fmt::Write;

use clr_metadata::{AttributeValue, CallConv, MethodSig, Primitive, Token, TypeSig};

/// How a token is written.
pub type TokenText<'t> = &'t dyn Fn(Token) -> String;

/// A type.
pub fn type_text(sig: &TypeSig, token: TokenText<'_>) -> String {
    let inner = |inner: &TypeSig| type_text(inner, token);
    match sig {
        TypeSig::Primitive(primitive) => primitive_text(*primitive).to_owned(),
        TypeSig::String => "string".into(),
        TypeSig::Object => "object".into(),
        TypeSig::TypedByRef => "typedref".into(),
        TypeSig::Class(of) => format!("class {}", token(*of)),
        TypeSig::ValueType(of) => format!("valuetype {}", token(*of)),
        TypeSig::GenericInst { is_value_type, definition, arguments } => {
            let kind = if *is_value_type { "valuetype" } else { "class" };
            format!("{kind} {}<{}>", token(*definition), types_text(arguments, token))
        }
        TypeSig::Var(index) => format!("!{index}"),
        TypeSig::MVar(index) => format!("!!{index}"),
        TypeSig::Pointer(of) => inner(of) + "*",
        TypeSig::ByRef(of) => inner(of) + "&",
        TypeSig::SzArray(of) => inner(of) + "[]",
        TypeSig::Array(of, shape) => {
            let list = |numbers: Vec<String>| numbers.join(",");
            let sizes = list(shape.sizes.iter().map(u32::to_string).collect());
            let bounds = list(shape.low_bounds.iter().map(i32::to_string).collect());
            format!("{}[{};{sizes};{bounds}]", inner(of), shape.rank)
        }
        TypeSig::FnPtr(method) => format!("fn({})", method_text(method, token)),
        TypeSig::Modified { required, modifier, inner: of } => {
            format!("{} {}({})", inner(of), if *required { "modreq" } else { "modopt" }, token(*modifier))
        }
        TypeSig::Pinned(of) => inner(of) + " pinned",
    }
}

/// Types with commas between.
pub fn types_text(sigs: &[TypeSig], token: TokenText<'_>) -> String {
    sigs.iter().map(|sig| type_text(sig, token)).collect::<Vec<_>>().join(",")
}

/// A method: convention, `this`, number of type parameters, return, parameters, and how many of them are fixed.
pub fn method_text(method: &MethodSig, token: TokenText<'_>) -> String {
    let conv = match method.conv {
        CallConv::Default => "default",
        CallConv::C => "cdecl",
        CallConv::StdCall => "stdcall",
        CallConv::ThisCall => "thiscall",
        CallConv::FastCall => "fastcall",
        CallConv::VarArg => "vararg",
        CallConv::Unmanaged => "unmanaged",
        CallConv::NativeVarArg => "nativevararg",
    };
    let this = match (method.has_this, method.explicit_this) {
        (false, false) => "",
        (true, false) => " instance",
        (false, true) => " explicit",
        (true, true) => " instance explicit",
    };
    let fixed = method.sentinel.unwrap_or(method.params.len());
    let ret = type_text(&method.ret, token);
    format!("{conv}{this} <{}> {ret}({}) {fixed}", method.generic_params, types_text(&method.params, token))
}

fn primitive_text(primitive: Primitive) -> &'static str {
    match primitive {
        Primitive::Void => "void",
        Primitive::Boolean => "bool",
        Primitive::Char => "char",
        Primitive::I1 => "i1",
        Primitive::U1 => "u1",
        Primitive::I2 => "i2",
        Primitive::U2 => "u2",
        Primitive::I4 => "i4",
        Primitive::U4 => "u4",
        Primitive::I8 => "i8",
        Primitive::U8 => "u8",
        Primitive::R4 => "r4",
        Primitive::R8 => "r8",
        Primitive::I => "i",
        Primitive::U => "u",
    }
}

/// Values with commas between: numbers by sign and value, floats by bits, text by its UTF-8 bytes.
pub fn values_text<'v, 'a: 'v>(values: impl IntoIterator<Item = &'v AttributeValue<'a>>) -> String {
    values.into_iter().map(value_text).collect::<Vec<_>>().join(",")
}

/// One value.
pub fn value_text(value: &AttributeValue<'_>) -> String {
    match value {
        AttributeValue::Boolean(value) => value.to_string(),
        AttributeValue::Char(value) => format!("c{value}"),
        AttributeValue::Int(value) => format!("i{value}"),
        AttributeValue::UInt(value) => format!("u{value}"),
        AttributeValue::Float(value) => format!("f{:08x}", value.to_bits()),
        AttributeValue::Double(value) => format!("d{:016x}", value.to_bits()),
        AttributeValue::String(Some(text)) => format!("s{}", quoted(text)),
        AttributeValue::Type(Some(name)) => format!("t{}", quoted(name)),
        AttributeValue::String(None) | AttributeValue::Type(None) | AttributeValue::Array(None) => "null".to_owned(),
        AttributeValue::Array(Some(values)) => format!("[{}]", values_text(values)),
    }
}

/// Text in quotes; what is not printable ASCII is `{HEX}` byte by byte.
pub fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for byte in text.bytes() {
        match byte {
            b' '..=b'~' if !matches!(byte, b'"' | b'{' | b'}') => out.push(byte.into()),
            _ => write!(out, "{{{byte:02X}}}").expect("writing to a string"),
        }
    }
    out + "\""
}
