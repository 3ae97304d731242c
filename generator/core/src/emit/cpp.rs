//! The writer of generated rows, and the C types of tokens on wasm32: those that clang's C ABI lowers to the wasm
//! parameters of the token.

use std::fmt::{self, Write as _};

use clr_wasm_abi::{ParamToken, ReturnToken, Scalar, Signature};

/// Maximum length of a line; longer lists are wrapped.
const MAX_COLUMNS: usize = 120;

/// C++ text, line by line.
#[derive(Debug, Default)]
pub struct Cpp {
    text: String,
}

impl Cpp {
    /// Adds a line.
    pub fn line(&mut self, line: fmt::Arguments<'_>) {
        self.text.write_fmt(line).expect("writing to a string");
        self.text.push('\n');
    }

    /// Adds an empty line, unless the text is empty.
    pub fn separate(&mut self) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
    }

    /// Adds `head`, the items between commas, and `tail`, in as many lines as needed. `indent` is that of the lines
    /// after the first.
    pub fn list<S: AsRef<str>>(&mut self, indent: usize, head: fmt::Arguments<'_>, items: &[S], tail: &str) {
        let start = self.text.len();
        self.text.write_fmt(head).expect("writing to a string");
        let mut column = self.text.len() - start;
        for (index, item) in items.iter().map(AsRef::as_ref).enumerate() {
            let separator = if index == 0 { "" } else { ", " };
            let after = if index + 1 == items.len() { tail.len() } else { 1 };
            let fits = column + separator.len() + item.len() + after <= MAX_COLUMNS;
            if fits || (index == 0 && column <= indent) {
                self.text.push_str(separator);
                column += separator.len() + item.len();
            } else {
                self.text.push_str(separator.trim_end());
                self.text.truncate(self.text.trim_end_matches(' ').len());
                self.text.push('\n');
                self.text.extend(std::iter::repeat_n(' ', indent));
                column = indent + item.len();
            }
            self.text.push_str(item);
        }
        self.text.push_str(tail);
        self.text.push('\n');
    }

    /// The text written so far.
    pub fn finish(self) -> String {
        self.text
    }
}

/// The C parameters of a token: none for `e`, several for a multi-slot value. A struct is `by_reference`.
pub fn c_params(token: ParamToken, by_reference: &'static str) -> impl Iterator<Item = &'static str> {
    let (name, count) = match token {
        ParamToken::Scalar(of) => (of.c_name(), 1),
        ParamToken::MultiSlot(multi) => (multi.element().c_name(), multi.count()),
        ParamToken::Struct { .. } => (by_reference, 1),
        ParamToken::Empty => ("", 0),
    };
    (0..count).map(move |_| name)
}

/// The C result. A struct is written through a buffer: generated code declares no function that returns one, since
/// clang returns a struct of one scalar field in a register.
pub fn c_result(token: ReturnToken) -> &'static str {
    match token {
        ReturnToken::Scalar(of) => of.c_name(),
        ReturnToken::Void | ReturnToken::Struct(_) => "void",
    }
}

/// True if a signature needs the `v128_t` type.
pub fn uses_simd(signature: &Signature) -> bool {
    let in_params = signature.params.iter().any(|token| match token {
        ParamToken::Scalar(of) => *of == Scalar::V128,
        ParamToken::MultiSlot(multi) => multi.element() == Scalar::V128,
        ParamToken::Struct { .. } | ParamToken::Empty => false,
    });
    in_params || signature.ret == ReturnToken::Scalar(Scalar::V128)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lists_are_wrapped() {
        let mut out = Cpp::default();
        out.list(4, format_args!("f("), &[] as &[&str], ");");
        out.list(4, format_args!("f("), &["a", "b"], ");");
        out.list(4, format_args!("f("), &["a".repeat(60), "b".repeat(54), "c".into()], ");");
        out.list(4, format_args!("{}(", "f".repeat(118)), &["a", "b"], ");");
        let expected = [
            "f();".to_owned(),
            "f(a, b);".to_owned(),
            format!("f({}, {},", "a".repeat(60), "b".repeat(54)),
            "    c);".to_owned(),
            format!("{}(", "f".repeat(118)),
            "    a, b);".to_owned(),
        ];
        assert_eq!(out.finish(), expected.join("\n") + "\n");
    }
}
