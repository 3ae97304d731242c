//! Untrusted text in comments: C# names, declarations and documentation.

use std::fmt::Write as _;

use super::stub_names::in_csharp;
use thunkgen_core::collect::ir::declarations::{Declaration, Direction, NativeType, Param};

/// Text as part of one line: invisible and control characters become `{HEX}`, the code point.
///
/// These are control characters, line separators, zero-width characters and those that change the writing direction.
/// The caller escapes the characters that end a comment in its language.
pub(super) fn line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if is_shown(c) {
            out.push(c);
        } else {
            write!(out, "{{{:X}}}", u32::from(c)).expect("writing to a string");
        }
    }
    out
}

fn is_shown(c: char) -> bool {
    !c.is_control()
        && !matches!(
            u32::from(c),
            0xAD | 0x600..=0x605 | 0x61C | 0x6DD | 0x70F | 0x890 | 0x891 | 0x8E2 | 0x180E | 0x200B..=0x200F
                | 0x2028..=0x202E | 0x2060..=0x206F | 0x3164 | 0xE000..=0xF8FF | 0xFE00..=0xFE0F | 0xFEFF
                | 0xFFA0 | 0xFFF0..=0xFFFB | 0xFFFE | 0xFFFF | 0x110BD | 0x110CD | 0x13430..=0x1345F
                | 0x1BCA0..=0x1BCAF | 0x1D173..=0x1D17A | 0xE0000..
        )
}

/// The C# declaration of a function, in one line.
pub(super) fn csharp(declaration: &Declaration) -> String {
    let mut params: Vec<String> = declaration.params.iter().map(param).collect();
    if let Some(last) = params.last_mut()
        && declaration.params.last().is_some_and(|param| param.name == "retval")
    {
        last.insert_str(0, "out ");
    }
    let ret = &declaration.ret.managed;
    line(&in_csharp(&format!("{ret} {}({})", declaration.method, params.join(", "))))
}

fn param(param: &Param) -> String {
    let mut ty = param.managed.clone();
    if let (NativeType::Reference { direction, .. }, Some(referent)) = (&param.native, ty.strip_prefix("ref ")) {
        match direction {
            Direction::In => ty = format!("in {referent}"),
            Direction::Out => ty = format!("out {referent}"),
            Direction::Both => {}
        }
    }
    match &*param.name {
        "" => ty,
        name => format!("{ty} {name}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines() {
        for (text, expected) in [
            ("Plain, äöü “quotes” 漢字", "Plain, äöü “quotes” 漢字"),
            ("a\nb\r\t\u{0}", "a{A}b{D}{9}{0}"),
            ("\u{202e}x\u{2066}\u{200b}\u{feff}\u{2028}", "{202E}x{2066}{200B}{FEFF}{2028}"),
        ] {
            assert_eq!(line(text), expected);
        }
    }
}
