//! The signature of a call, written as a C# method or function pointer.
//!
//! ```text
//! declaration := word* ( method | pointer ) [ ';' ]
//! word        := 'managed' | 'unmanaged' | 'instance' | 'generic' | 'async' | 'static' | 'public' | 'extern' | ...
//! method      := return [ name ] '(' [ param { ',' param } ] ')'
//! pointer     := 'delegate' '*' [ 'managed' | 'unmanaged' [ '[' names ']' ] ] '<' { param ',' } return '>' [ name ]
//! return      := [ 'ref' [ 'readonly' ] ] type
//! param       := [ 'ref' | 'in' | 'out' ] type [ name ]
//! type        := ( keyword | [ '[' assembly ']' | 'global::' ] names | pointer | tuple ) { '*' | '?' | '[' { ',' } ']' }
//! names       := ( name | made ) [ '<' type { ',' type } '>' ] { ( '.' | '+' ) names }
//! made        := '<' any characters up to the matching '>' [ name ]
//! tuple       := '(' type [ name ] ',' type [ name ] { ',' type [ name ] } ')'
//! ```

use super::scan::{Scanner, SyntaxError};
use super::type_text::{Convention, FunctionPointer, TypeText, Typed, function_pointer, passed, returned};

/// A signature whose types are not looked up yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ExtraDeclaration {
    /// The managed convention.
    pub managed: bool,
    /// It is an instance method; only with the managed convention.
    pub has_this: bool,
    /// It has a hidden generic context, like shared code of a generic type or method; only with the managed convention.
    pub is_generic: bool,
    /// The runtime can suspend it, so it has a continuation; only with the managed convention.
    pub is_async: bool,
    pub ret: Typed,
    pub params: Vec<Typed>,
}

/// Modifiers that C# allows before a declaration and that do not affect the signature.
const IGNORED: [&str; 14] = [
    "public",
    "private",
    "protected",
    "internal",
    "extern",
    "unsafe",
    "partial",
    "readonly",
    "new",
    "virtual",
    "override",
    "sealed",
    "abstract",
    "delegate",
];

/// Modifiers that C# allows before a parameter and that do not affect the signature.
const IGNORED_BEFORE_PARAM: [&str; 3] = ["this", "scoped", "params"];

impl ExtraDeclaration {
    /// Reads a declaration that starts at the 1-based `column` of its line.
    pub fn parse(text: &str, column: u32) -> Result<ExtraDeclaration, SyntaxError> {
        SignatureReader { scanner: Scanner::new(text), column }.declaration()
    }
}

struct SignatureReader {
    scanner: Scanner,
    column: u32,
}

/// The words before a declaration.
#[derive(Default)]
struct Words {
    managed: bool,
    unmanaged: bool,
    is_static: bool,
    instance: bool,
    is_generic: bool,
    is_async: bool,
}

impl SignatureReader {
    fn declaration(&mut self) -> Result<ExtraDeclaration, SyntaxError> {
        let words = self.words()?;
        let start = self.scanner.at();
        if self.at_function_pointer() {
            let pointer = function_pointer(&mut self.scanner, 0)?;
            self.name();
            if self.scanner.peek(0) == "(" {
                return self.method(TypeText::Address, start, &words);
            }
            self.end()?;
            return self.of_pointer(pointer, &words, start);
        }
        let ret = returned(&mut self.scanner, 0)?;
        self.name();
        self.method(ret, start, &words)
    }

    fn words(&mut self) -> Result<Words, SyntaxError> {
        let mut words = Words::default();
        loop {
            match self.scanner.peek(0) {
                "managed" => words.managed = true,
                "unmanaged" => words.unmanaged = true,
                "static" => words.is_static = true,
                "instance" => words.instance = true,
                "generic" => words.is_generic = true,
                "async" => words.is_async = true,
                word if IGNORED.contains(&word) && !self.at_function_pointer() => {}
                _ => return Ok(words),
            }
            if (words.managed && words.unmanaged) || (words.is_static && words.instance) {
                return self.scanner.error(format!("`{}` contradicts an earlier word", self.scanner.peek(0)));
            }
            self.scanner.advance();
        }
    }

    fn at_function_pointer(&self) -> bool {
        (self.scanner.peek(0), self.scanner.peek(1)) == ("delegate", "*")
    }

    /// Skips the name of the declared method.
    fn name(&mut self) {
        while self.scanner.take_name().is_some() && self.scanner.take(".") {}
    }

    /// The rest of a method after its name.
    fn method(&mut self, ret: TypeText, start: usize, words: &Words) -> Result<ExtraDeclaration, SyntaxError> {
        self.scanner.require("(")?;
        let mut params = Vec::new();
        if !self.scanner.take(")") {
            loop {
                while IGNORED_BEFORE_PARAM.contains(&self.scanner.peek(0)) {
                    self.scanner.advance();
                }
                let at = self.scanner.at();
                let ty = passed(&mut self.scanner, 0)?;
                params.push(self.typed(ty, at));
                self.scanner.take_name();
                if self.scanner.take(")") {
                    break;
                }
                if !self.scanner.take(",") {
                    return self.scanner.expected("`,` or `)`");
                }
            }
        }
        self.end()?;
        if words.instance && !words.managed {
            let reason = "`instance` needs `managed`: native code has no `this`".to_owned();
            return Err(SyntaxError { at: 0, reason });
        }
        if words.is_async && !words.managed {
            let reason = "`async` needs `managed`: native code has no continuation".to_owned();
            return Err(SyntaxError { at: 0, reason });
        }
        if words.is_generic && !words.managed {
            let reason = "`generic` needs `managed`: native code has no generic context".to_owned();
            return Err(SyntaxError { at: 0, reason });
        }
        Ok(ExtraDeclaration {
            managed: words.managed,
            has_this: words.instance,
            is_generic: words.is_generic,
            is_async: words.is_async,
            ret: self.typed(ret, start),
            params,
        })
    }

    fn of_pointer(&self, pointer: FunctionPointer, words: &Words, at: usize) -> Result<ExtraDeclaration, SyntaxError> {
        let managed = pointer.convention == Convention::Managed;
        let refuse = |reason: &str| Err(SyntaxError { at, reason: reason.to_owned() });
        if pointer.convention == Convention::ThisCall {
            return refuse("the runtime has no thunk for the thiscall convention");
        }
        if words.instance || words.is_async || words.is_generic {
            let what = match words {
                Words { instance: true, .. } => "`this`",
                Words { is_async: true, .. } => "continuation",
                _ => "generic context",
            };
            return refuse(&format!("a function pointer has no {what}: write the method instead of the pointer"));
        }
        if (managed && words.unmanaged) || (!managed && words.managed) {
            return refuse("the function pointer's own convention contradicts the word before it");
        }
        let mut types: Vec<Typed> = pointer.types.into_iter().map(|(ty, at)| self.typed(ty, at)).collect();
        // There is at least one type between `<` and `>`.
        let Some(ret) = types.pop() else { return refuse("expected a return type") };
        Ok(ExtraDeclaration { managed, has_this: false, is_generic: false, is_async: false, ret, params: types })
    }

    fn typed(&self, ty: TypeText, at: usize) -> Typed {
        Typed { ty, column: self.column + at as u32 }
    }

    fn end(&mut self) -> Result<(), SyntaxError> {
        self.scanner.take(";");
        if self.scanner.peek(0).is_empty() { Ok(()) } else { self.scanner.expected("the end of the line") }
    }
}
