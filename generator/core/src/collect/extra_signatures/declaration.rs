//! The shape of a call, as a C# method or function pointer is declared.
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
//! made        := '<' any signs up to the bracket that closes it '>' [ name ]
//! tuple       := '(' type [ name ] ',' type [ name ] { ',' type [ name ] } ')'
//! ```

use super::scan::{Scanner, SyntaxError};
use super::type_text::{Convention, FunctionPointer, TypeText, Typed, function_pointer, passed, returned};

/// A shape whose types are not looked up yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ExtraDeclaration {
    /// The managed convention.
    pub managed: bool,
    /// An instance method; only with the managed convention.
    pub has_this: bool,
    /// Has a hidden generic context, as shared code of a generic type or method; only with the managed convention.
    pub is_generic: bool,
    /// A method that the runtime suspends, with a continuation; only with the managed convention.
    pub is_async: bool,
    pub ret: Typed,
    pub params: Vec<Typed>,
}

/// What C# allows before a declaration and means nothing for the shape.
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

/// What C# allows before a parameter and means nothing for the shape.
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

    /// What a declaration declares is of no interest.
    fn name(&mut self) {
        while self.scanner.take_name().is_some() && self.scanner.take(".") {}
    }

    /// The rest of a method behind its name.
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
        // `<` and `>` hold one type at least.
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Convention, and the types in short.
    fn read(text: &str) -> String {
        match ExtraDeclaration::parse(text, 1) {
            Ok(ExtraDeclaration { managed, has_this, is_generic, is_async, ret, params }) => {
                let types: Vec<String> = [&ret].into_iter().chain(&params).map(|typed| short(&typed.ty)).collect();
                let convention = if managed { "managed " } else { "" };
                let this = if has_this { "this " } else { "" };
                let this = if is_async { format!("async {this}") } else { this.to_owned() };
                let this = if is_generic { format!("generic {this}") } else { this };
                format!("{convention}{this}{}", types.join(" "))
            }
            Err(error) => format!("{}: {}", error.at + 1, error.reason),
        }
    }

    fn short(ty: &TypeText) -> String {
        match ty {
            TypeText::Primitive(primitive) => format!("{primitive:?}"),
            TypeText::Address => "&".into(),
            TypeText::Reference => "o".into(),
            TypeText::Nullable(inner) => format!("{}?", short(inner)),
            TypeText::Named(path) => {
                let mut text = path.assembly.iter().map(|name| format!("[{name}]")).collect::<String>();
                for part in &path.parts {
                    let arguments: Vec<String> = part.arguments.iter().map(short).collect();
                    let arguments =
                        if arguments.is_empty() { String::new() } else { format!("<{}>", arguments.join(",")) };
                    let sign = if part.is_nested {
                        "+"
                    } else if text.is_empty() {
                        ""
                    } else {
                        "."
                    };
                    text += &format!("{sign}{}{arguments}", part.name);
                }
                text
            }
        }
    }

    #[test]
    fn shapes_are_read() {
        for (text, expected) in [
            ("int (float, System.Guid, byte*)", "I4 R4 System.Guid &"),
            ("delegate* unmanaged<int, Ns.Rect, void>", "Void I4 Ns.Rect"),
            ("delegate* unmanaged[Cdecl, SuppressGCTransition]<ref readonly int> f;", "&"),
            ("delegate*<int, long>", "managed I8 I4"),
            ("static S16 F(S8)", "S16 S8"),
            (
                "public static extern unsafe nint N.C.F(in long a, out byte b, void** c, params object[] d);",
                "I & & & o",
            ),
            ("managed instance void (string s, int?[,] x)", "managed this Void o o"),
            (
                "delegate void F(A.B+C<int, D<uint?>>.E x, [Asm-1.x]G`1+H`1<char, bool> y)",
                "Void A.B+C`2<I4,D`1<U4?>>.E [Asm-1.x].G`1+H`1<Char,Boolean>",
            ),
            ("delegate* unmanaged<int> Find(delegate*<void> f, ulong @ref)", "& & U8"),
            ("decimal ()", "System.Decimal"),
            ("managed async instance dynamic F(global::A.B x)", "managed async this o A.B"),
            ("managed generic async void F()", "managed generic async Void"),
            ("(int, long b) F((byte a, (short, char)[])? x)", "System.ValueTuple`2<I4,I8> System.ValueTuple`2<U1,o>?"),
            (
                "void ((int, int, int, int, int, int, int, byte, char))",
                "Void System.ValueTuple`8<I4,I4,I4,I4,I4,I4,I4,System.ValueTuple`2<U1,Char>>",
            ),
            ("void (N.C+<X>d__49, N.<F>F0__S<int> y, <<M>b__0>d)", "Void N.C+<X>d__49 N.<F>F0__S`1<I4> <<M>b__0>d"),
            ("void (<>c, <I<T>-Get>d__1`1<int>)", "Void <>c <I<T>-Get>d__1`1<I4>"),
            (
                "void (Outer`1+Inner<int>, O`1+P`1<int, int>, O`1+I<int, int>.D)",
                "Void Outer`1+Inner<I4> O`1+P`1<I4,I4> O`1+I`1<I4,I4>.D",
            ),
            ("ref int ()", "&"),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_shape_is_refused_where_it_goes_wrong() {
        for (text, expected) in [
            ("", "1: expected a type at the end"),
            ("int", "4: expected `(` at the end"),
            ("int F(int", "10: expected `,` or `)` at the end"),
            ("int F(int a b)", "13: expected `,` or `)` before `b`"),
            ("int F(void)", "7: `void` can only be returned"),
            ("int F(int,)", "11: expected a type before `)`"),
            ("int F() x", "9: expected the end of the line before `x`"),
            ("int F(A<int)", "12: expected `,` or `>` before `)`"),
            ("int F(A<>)", "9: expected a type before `>`"),
            ("int F(byte*?)", "12: `?` must follow a value type or a class"),
            ("int F([A int)", "14: expected `]` after the assembly's name at the end"),
            ("int F(int[4])", "11: expected `]` before `4`"),
            ("generic int F()", "1: `generic` needs `managed`: native code has no generic context"),
            ("async int F()", "1: `async` needs `managed`: native code has no continuation"),
            ("int F((int) a)", "11: expected `,` before `)`"),
            ("int F(<X)", "10: expected `>` at the end"),
            ("instance int F()", "1: `instance` needs `managed`: native code has no `this`"),
            ("managed static instance int F()", "16: `instance` contradicts an earlier word"),
            ("delegate* unmanaged[Thiscall]<int>", "1: the runtime has no thunk for the thiscall convention"),
            ("delegate* unmanaged<void, int>", "25: expected `>` after the returned `void` before `,`"),
            (
                "managed delegate* unmanaged<int>",
                "9: the function pointer's own convention contradicts the word before it",
            ),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
        let deep = format!("int F({}int{})", "A<".repeat(100_000), ">".repeat(100_000));
        assert_eq!(read(&deep), "41: types are nested more than 16 deep");
        assert_eq!(read(&format!("int F(int{})", "*".repeat(100_000))), "I4 &");
    }
}
