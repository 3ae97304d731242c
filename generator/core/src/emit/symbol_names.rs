//! Identifiers in generated code.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::header::fnv1a64;
use clr_wasm_abi::{MultiSlot, ParamToken, ReturnToken, Scalar, Signature, StructAlign, ThunkKey};

/// The name of an interpreter-to-native thunk. Different signature strings have different names.
pub fn thunk(signature: &Signature) -> String {
    let suffix = if signature.managed { "_PE" } else { "" };
    format!("CallFunc_{}{suffix}", shape(signature))
}

/// The key of the thunk with this name; the opposite of [`thunk`].
///
/// ```
/// assert_eq!(thunkgen_core::emit::symbol_names::key_of_thunk("CallFunc_I32_S8_RetVoid").as_deref(), Some("MviS8"));
/// ```
pub fn key_of_thunk(name: &str) -> Option<String> {
    let shape = name.strip_prefix("CallFunc_")?;
    let (shape, managed) = shape.strip_suffix("_PE").map_or((shape, ""), |shape| (shape, "p"));
    let (params, ret) = shape.rsplit_once("_Ret")?;
    let token = |part: &str| {
        Some(match part {
            "Void" => String::new(),
            "This" => "T".to_owned(),
            "Async" => "a".to_owned(),
            "Empty" => "e".to_owned(),
            "I32" => "i".to_owned(),
            "I64" => "l".to_owned(),
            "F32" => "f".to_owned(),
            "F64" => "d".to_owned(),
            "V128" => "V".to_owned(),
            "L2" => "l2".to_owned(),
            "V2" | "V4" => part.to_owned(),
            _ if part.starts_with(['S', 'A']) => part.to_owned(),
            _ => return None,
        })
    };
    let params: String = params.split('_').map(token).collect::<Option<_>>()?;
    let ret = if ret == "Void" { "v".to_owned() } else { token(ret)? };
    let key = format!("M{ret}{params}{managed}");
    key.parse::<ThunkKey>().is_ok().then_some(key)
}

/// Arguments and result of a signature: `This_I32_S12_RetVoid`.
pub fn shape(signature: &Signature) -> String {
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
pub fn sanitize(name: &str) -> String {
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

/// A unique symbol for each of several entities, given their preferred names.
///
/// `wanted` maps an entity's identity to its sanitized name. A name that only one entity wants and that is not `taken`
/// is used as it is. Otherwise a hash of the identity is appended, so that a symbol does not depend on other entities.
pub fn distinct(wanted: BTreeMap<String, String>, taken: BTreeSet<String>) -> BTreeMap<String, String> {
    let mut users: BTreeMap<&str, usize> = BTreeMap::new();
    for name in wanted.values() {
        *users.entry(name).or_default() += 1;
    }
    let alone: BTreeSet<&str> =
        users.into_iter().filter(|&(name, count)| count == 1 && !taken.contains(name)).map(|(name, _)| name).collect();
    let mut used: BTreeSet<String> = alone.iter().map(|&name| name.to_owned()).collect();
    used.extend(taken);

    let symbol = |(identity, name): (&String, &String)| {
        if alone.contains(name.as_str()) {
            return (identity.clone(), name.clone());
        }
        let mut round = 0;
        loop {
            let symbol = suffixed(name, identity, round);
            if used.insert(symbol.clone()) {
                return (identity.clone(), symbol);
            }
            round += 1;
        }
    };
    wanted.iter().map(symbol).collect()
}

fn suffixed(name: &str, identity: &str, round: u32) -> String {
    let hash = fnv1a64([identity.as_bytes(), &round.to_le_bytes()]);
    format!("{name}_{:08x}", (hash >> 32) ^ (hash & 0xffff_ffff))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARAMS: [&str; 13] = ["i", "l", "f", "d", "V", "l2", "V2", "V4", "S1", "S12", "A12", "A128", "e"];

    #[test]
    fn thunk_names_and_keys_are_one_to_one() {
        let mut by_name = BTreeMap::new();
        for ret in ["v", "i", "l", "f", "d", "V", "S1", "S12", "S128"] {
            for (before, after) in [("", ""), ("", "p"), ("T", "p"), ("a", "p"), ("Ta", "p"), ("ia", "p"), ("Tia", "p")]
            {
                let two = PARAMS.iter().flat_map(|a| PARAMS.map(|b| format!("{a}{b}")));
                for params in two.chain(PARAMS.map(str::to_owned)).chain([String::new()]) {
                    let key = format!("M{ret}{before}{params}{after}");
                    let name = thunk(&key[1..].parse().unwrap());
                    assert_eq!(key_of_thunk(&name).as_ref(), Some(&key), "{name}");
                    assert_eq!(by_name.entry(name.clone()).or_insert_with(|| key.clone()), &key, "{name}");
                }
            }
        }
        assert_eq!(by_name.len(), 9 * 7 * (13 * 13 + 13 + 1));
    }

    #[test]
    fn sanitized_names() {
        assert_eq!(sanitize("System.Private.CoreLib"), "System_Private_CoreLib");
        assert_eq!(sanitize("<Register>g__Callback|72_0"), "_Register_g__Callback_7C_72_0");
        assert_eq!(sanitize("a-b+c é"), "a_b_c_20__C3__A9_");
    }

    fn named(names: &[&str], taken: &[&str]) -> Vec<String> {
        let wanted = names.iter().map(|&name| (name.to_owned(), sanitize(name))).collect();
        distinct(wanted, taken.iter().map(|&name| name.to_owned()).collect()).into_values().collect()
    }

    #[test]
    fn only_names_that_meet_get_a_suffix() {
        assert_eq!(named(&["a-b", "c.d"], &[]), ["a_b", "c_d"]);
        let both = named(&["a-b", "a.b"], &[]);
        assert!(both[0] != both[1] && both.iter().all(|name| name.len() == "a_b_01234567".len()), "{both:?}");
        // Neither depends on the other entities.
        assert_eq!(named(&["a+b", "a-b", "a.b", "c"], &[])[1..3], both);
        assert_eq!(named(&["a-b"], &["a_b"]), both[..1]);
        // A name that happens to look like a suffixed one is not changed.
        let like = both[0].as_str();
        let three = named(&["a-b", "a.b", like], &[]);
        assert!(three[0] != like && three[1] == both[1] && three[2] == like, "{three:?}");
    }
}
