//! Where a callback stores its arguments for the interpreter.

use std::collections::BTreeMap;

use super::super::tokens::Token::{Name, Number, Punctuation};
use super::{Placed, in_parentheses, split, wasm_type};

/// `stores i32@0, f32@1 in 2 slots`: the type and the slot of each argument, and how many slots the interpreter gets.
///
/// The forms are `StoreArg(args, 0, arg0)` and `StoreStruct(args, 0, arg0, 12)`, the initializer
/// `int64_t args[2] = { (int64_t)arg0, (int64_t)arg1 }`, the assignments `args[0] = (int64_t)arg0` and
/// `*(double*)&args[1] = arg1`, and `memcpy(&args[0], arg0, 12)`. A cast of a float converts the value, which is wrong.
pub(super) fn stores(params: &[Placed<'_>], body: &[Placed<'_>]) -> String {
    let types: BTreeMap<&str, String> = split(params).iter().filter_map(|param| named(param)).collect();
    let type_of = |name: &str| types.get(name).cloned().unwrap_or_else(|| format!("`{name}`"));
    let cast = |name: &str| {
        let of = type_of(name);
        if of == "f32" || of == "f64" { format!("{of} converted to an integer") } else { of }
    };
    // Only the first array counts, so that many of them cost no more than their text.
    let mut slots = None;
    let mut found: Vec<(u64, String)> = Vec::new();
    let mut add = |slot: &str, what: String| found.push((slot.parse().unwrap_or(u64::MAX), what));
    for (index, (_, token)) in body.iter().enumerate() {
        // As many tokens as a call has here, so that what is never closed costs nothing.
        let near = body.get(index..body.len().min(index + 24)).unwrap_or_default();
        let rest: Vec<_> = near.iter().skip(1).take(11).map(|(_, token)| *token).collect();
        match (token, &rest[..]) {
            (Name("StoreArg" | "StoreStruct" | "memcpy"), [Punctuation(b'('), ..]) => {
                let parts: Vec<_> = in_parentheses(near, 0, 0).map(split).unwrap_or_default();
                let size = |part: &[Placed<'_>]| match part {
                    [(_, Number(size))] => format!("{size} bytes"),
                    _ => "?".to_owned(),
                };
                match parts[..] {
                    [[(_, Name("args"))], [(_, Number(slot))], [(_, Name(name))]] => add(slot, type_of(name)),
                    [[(_, Name("args"))], [(_, Number(slot))], [(_, Name(_))], bytes] => add(slot, size(bytes)),
                    [[(_, Punctuation(b'&')), (_, Name("args")), _, (_, Number(slot)), _], [(_, Name(_))], bytes] => {
                        add(slot, size(bytes));
                    }
                    _ => {}
                }
            }
            (Name("int64_t"), [Name("args"), Punctuation(b'['), Number(count), Punctuation(b']'), ..])
                if slots.is_none() =>
            {
                slots = Some(*count);
                let values = body.iter().skip(index + 5).map(|(_, token)| token);
                let values = values.take_while(|token| !matches!(token, Punctuation(b'}' | b';')));
                let names = values.filter_map(|token| match token {
                    Name(name) if *name != "int64_t" => Some(*name),
                    _ => None,
                });
                for (slot, name) in names.enumerate() {
                    add(&slot.to_string(), cast(name));
                }
            }
            (Name("args"), [Punctuation(b'['), Number(slot), Punctuation(b']'), Punctuation(b'='), value @ ..]) => {
                match value {
                    [Punctuation(b'('), _, Punctuation(b')'), Name(name), ..] => add(slot, cast(name)),
                    [Name(name), ..] => {
                        // Through a pointer to the type of the argument, the bytes are copied.
                        let copied = index > 0 && matches!(body.get(index - 1), Some((_, Punctuation(b'&'))));
                        add(slot, if copied { type_of(name) } else { cast(name) });
                    }
                    _ => {}
                }
            }
            _ => {}
        }
    }
    if found.is_empty() {
        return "stores nothing".to_owned();
    }
    found.sort();
    let stores: Vec<String> = found.iter().map(|(slot, what)| format!("{what}@{slot}")).collect();
    let slots = slots.unwrap_or("?");
    format!("stores {} in {slots} slot{}", stores.join(", "), if slots == "1" { "" } else { "s" })
}

/// The name and the wasm type of a parameter.
fn named<'t>(param: &[Placed<'t>]) -> Option<(&'t str, String)> {
    let name = param.iter().rev().find_map(|(_, token)| if let Name(name) = token { Some(*name) } else { None })?;
    Some((name, wasm_type(param)?))
}
