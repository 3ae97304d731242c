//! Identifiers in generated code.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::fnv::fnv1a64;
use crate::abi::{MultiSlot, ParamToken, ReturnToken, Scalar, Signature, StructAlign};

/// The name of an interpreter-to-native thunk. Different signature strings have different names.
pub(super) fn thunk(signature: &Signature) -> String {
    let suffix = if signature.managed { "_PE" } else { "" };
    format!("CallFunc_{}{suffix}", shape(signature))
}

/// Arguments and result of a signature: `This_I32_S12_RetVoid`.
pub(super) fn shape(signature: &Signature) -> String {
    let mut name = String::new();
    let hidden = [(signature.has_this, "This"), (signature.has_generic_context, "I32"), (signature.is_async, "Async")];
    for (_, part) in hidden.into_iter().filter(|(present, _)| *present) {
        name += part;
        name.push('_');
    }
    for &token in &signature.params {
        push_param(&mut name, token);
        name.push('_');
    }
    if name.is_empty() {
        name += "Void_";
    }
    name += "Ret";
    match signature.ret {
        ReturnToken::Void => name += "Void",
        ReturnToken::Scalar(of) => name += scalar(of),
        ReturnToken::Struct(size) => push_struct(&mut name, 'S', size),
    }
    name
}

fn push_param(name: &mut String, token: ParamToken) {
    match token {
        ParamToken::Scalar(of) => *name += scalar(of),
        ParamToken::MultiSlot(MultiSlot::L2) => *name += "L2",
        ParamToken::MultiSlot(MultiSlot::V2) => *name += "V2",
        ParamToken::MultiSlot(MultiSlot::V4) => *name += "V4",
        ParamToken::Struct { size, align: StructAlign::Slot } => push_struct(name, 'S', size),
        ParamToken::Struct { size, align: StructAlign::Sixteen } => push_struct(name, 'A', size),
        ParamToken::Empty => *name += "Empty",
    }
}

fn push_struct(name: &mut String, letter: char, size: u32) {
    write!(name, "{letter}{size}").expect("writing to a string");
}

fn scalar(of: Scalar) -> &'static str {
    match of {
        Scalar::I32 => "I32",
        Scalar::I64 => "I64",
        Scalar::F32 => "F32",
        Scalar::F64 => "F64",
        Scalar::V128 => "V128",
    }
}

/// A name as part of an identifier: letters, digits and `_` stay, `. - + < >` become `_`, any other byte `_HEX_`.
pub(super) fn sanitize(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for byte in name.bytes() {
        match byte {
            b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'_' => out.push(char::from(byte)),
            b'.' | b'-' | b'+' | b'<' | b'>' => out.push('_'),
            _ => write!(out, "_{byte:02X}_").expect("writing to a string"),
        }
    }
    out
}

/// One symbol for each of several things, given what each would like to be called.
///
/// `wanted` maps a thing's identity to its sanitized name. A name that only one thing wants and that is not in `taken`
/// stays; otherwise a hash of the identity is appended, so that a symbol does not depend on how many others there are.
pub(super) fn distinct(wanted: BTreeMap<String, String>, taken: BTreeSet<String>) -> BTreeMap<String, String> {
    let mut users: BTreeMap<&str, usize> = BTreeMap::new();
    for name in wanted.values() {
        *users.entry(name).or_default() += 1;
    }
    let alone = |name: &str| users[name] == 1 && !taken.contains(name);
    let mut used: BTreeSet<String> = wanted.values().filter(|name| alone(name)).cloned().collect();
    used.extend(taken.iter().cloned());

    let mut symbols = BTreeMap::new();
    for (identity, name) in &wanted {
        let mut symbol = name.clone();
        let mut round = 0u32;
        while !alone(name) && (round == 0 || !used.insert(symbol.clone())) {
            let hash = fnv1a64([identity.as_bytes(), &round.to_le_bytes()[..usize::from(round > 0)]]);
            symbol = format!("{name}_{:08x}", (hash >> 32) ^ (hash & 0xffff_ffff));
            round += 1;
        }
        symbols.insert(identity.clone(), symbol);
    }
    symbols
}
