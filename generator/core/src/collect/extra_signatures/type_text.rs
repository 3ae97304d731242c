//! Types in C# syntax, before their names are looked up.

use super::scan::{Scanner, SyntaxError};
use clr_metadata::Primitive;

/// Maximum nesting of type arguments.
const MAX_NESTING: u32 = 16;

/// A type as it is written. The element type of a pointer or array does not affect a call, so it is dropped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum TypeText {
    Primitive(Primitive),
    /// A pointer, a `ref`, a function pointer.
    Address,
    /// `string`, `object`, an array.
    Reference,
    Named(Path),
    /// `T?`
    Nullable(Box<TypeText>),
}

/// The name of a type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Path {
    /// Simple name of the assembly.
    pub assembly: Option<String>,
    pub parts: Vec<Part>,
}

/// One name between dots or pluses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Part {
    /// The metadata name: with a backtick and the number of type parameters.
    pub name: String,
    /// Written after a plus.
    pub is_nested: bool,
    pub arguments: Vec<TypeText>,
}

/// A type and its position.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Typed {
    pub ty: TypeText,
    /// 1-based column in the line.
    pub column: u32,
}

/// Convention of a function pointer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Convention {
    Managed,
    Unmanaged,
    /// The runtime has no thunk for it.
    ThisCall,
}

/// A function pointer: parameters, then the return type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FunctionPointer {
    pub convention: Convention,
    pub types: Vec<(TypeText, usize)>,
}

/// Reads a type. `void` counts as one.
pub(super) fn type_text(scanner: &mut Scanner, depth: u32) -> Result<TypeText, SyntaxError> {
    if depth > MAX_NESTING {
        return scanner.error(format!("types are nested more than {MAX_NESTING} deep"));
    }
    let mut ty = match (scanner.peek(0), scanner.peek(1)) {
        ("delegate", "*") => {
            function_pointer(scanner, depth)?;
            TypeText::Address
        }
        ("(", _) => tuple(scanner, depth)?,
        (word, _) => match keyword(word) {
            Some(ty) => {
                scanner.advance();
                ty
            }
            None => TypeText::Named(path(scanner, depth)?),
        },
    };
    loop {
        if scanner.take("*") {
            ty = TypeText::Address;
        } else if scanner.peek(0) == "?" {
            ty = match ty {
                TypeText::Reference => ty,
                TypeText::Address | TypeText::Nullable(_) | TypeText::Primitive(Primitive::Void) => {
                    return scanner.error("`?` must follow a value type or a class");
                }
                _ => TypeText::Nullable(Box::new(ty)),
            };
            scanner.advance();
        } else if scanner.take("[") {
            while scanner.take(",") {}
            scanner.require("]")?;
            ty = TypeText::Reference;
        } else {
            return Ok(ty);
        }
    }
}

/// Reads a parameter or a type argument, which may be a `ref` but not `void`.
pub(super) fn passed(scanner: &mut Scanner, depth: u32) -> Result<TypeText, SyntaxError> {
    let at = scanner.at();
    let by_ref = scanner.take("ref") || scanner.take("in") || scanner.take("out");
    if by_ref {
        scanner.take("readonly");
    }
    match type_text(scanner, depth)? {
        TypeText::Primitive(Primitive::Void) => Err(SyntaxError { at, reason: "`void` can only be returned".into() }),
        _ if by_ref => Ok(TypeText::Address),
        ty => Ok(ty),
    }
}

/// Reads a return type, which may be a `ref`.
pub(super) fn returned(scanner: &mut Scanner, depth: u32) -> Result<TypeText, SyntaxError> {
    if scanner.peek(0) == "ref" { passed(scanner, depth) } else { type_text(scanner, depth) }
}

/// Reads `delegate* unmanaged[Cdecl]<int, void>`.
pub(super) fn function_pointer(scanner: &mut Scanner, depth: u32) -> Result<FunctionPointer, SyntaxError> {
    scanner.require("delegate")?;
    scanner.require("*")?;
    let mut convention = Convention::Managed;
    if scanner.take("unmanaged") {
        convention = Convention::Unmanaged;
        if scanner.take("[") {
            // Several names are modifiers of the platform's convention; a single old name is that convention.
            let this_call = scanner.peek(0) == "Thiscall" && scanner.peek(1) == "]";
            convention = if this_call { Convention::ThisCall } else { convention };
            while scanner.take_name().is_some() && scanner.take(",") {}
            scanner.require("]")?;
        }
    } else {
        scanner.take("managed");
    }
    scanner.require("<")?;
    let mut types = Vec::new();
    loop {
        let at = scanner.at();
        let ty = returned_or_passed(scanner, depth + 1)?;
        types.push((ty, at));
        if scanner.take(">") {
            return Ok(FunctionPointer { convention, types });
        }
        if types.last().is_some_and(|(ty, _)| *ty == TypeText::Primitive(Primitive::Void)) {
            return scanner.expected("`>` after the returned `void`");
        }
        if !scanner.take(",") {
            return scanner.expected("`,` or `>`");
        }
    }
}

/// Whether this is a pointer or a method is decided by what follows.
fn returned_or_passed(scanner: &mut Scanner, depth: u32) -> Result<TypeText, SyntaxError> {
    match scanner.peek(0) {
        "ref" | "in" | "out" => passed(scanner, depth),
        _ => type_text(scanner, depth),
    }
}

fn path(scanner: &mut Scanner, depth: u32) -> Result<Path, SyntaxError> {
    let assembly = if scanner.take("[") { Some(assembly(scanner)?) } else { None };
    if (scanner.peek(0), scanner.peek(1), scanner.peek(2)) == ("global", ":", ":") {
        (0..3).for_each(|_| drop(scanner.advance()));
    }
    let mut parts: Vec<Part> = Vec::new();
    let mut is_nested = false;
    // Number of type parameters that have no arguments yet.
    let mut pending = 0;
    loop {
        let mut name = match scanner.peek(0) {
            "<" => made_name(scanner)?,
            _ => match scanner.take_name() {
                Some(name) => name,
                None => return scanner.expected("a type"),
            },
        };
        let mut arguments = Vec::new();
        if scanner.take("<") {
            loop {
                arguments.push(passed(scanner, depth + 1)?);
                if scanner.take(">") {
                    break;
                }
                if !scanner.take(",") {
                    return scanner.expected("`,` or `>`");
                }
            }
        }
        match name.rsplit_once('`').map(|(_, count)| count.parse::<usize>()) {
            Some(count) => pending += count.unwrap_or_default(),
            None => {
                // The first of the arguments at the end belong to the enclosing types.
                let own = arguments.len().checked_sub(pending).unwrap_or(arguments.len());
                if own != 0 {
                    name += &format!("`{own}");
                }
                pending += own;
            }
        }
        pending = pending.saturating_sub(arguments.len());
        parts.push(Part { name, is_nested, arguments });
        is_nested = scanner.peek(0) == "+";
        if !scanner.take("+") && !scanner.take(".") {
            return Ok(Path { assembly, parts });
        }
    }
}

/// A name that the compiler generates: `<X>d__49`, `<>c`, `<File>F0__S`. Its brackets are balanced.
fn made_name(scanner: &mut Scanner) -> Result<String, SyntaxError> {
    let (mut name, mut open) = (String::new(), 0_usize);
    loop {
        match scanner.peek(0) {
            "<" => open += 1,
            ">" => open -= 1,
            _ => {}
        }
        match scanner.advance() {
            Some(lexeme) => name += &lexeme.text,
            None => return scanner.expected("`>`"),
        }
        if open == 0 {
            break;
        }
    }
    if scanner.at_word() && scanner.is_adjacent() {
        name.extend(scanner.advance().map(|lexeme| lexeme.text));
    }
    Ok(name)
}

/// `(int, string name)`: a `System.ValueTuple`, which has at most seven elements, and the rest in a nested one.
fn tuple(scanner: &mut Scanner, depth: u32) -> Result<TypeText, SyntaxError> {
    scanner.require("(")?;
    let mut elements = Vec::new();
    loop {
        elements.push(passed(scanner, depth + 1)?);
        scanner.take_name();
        if elements.len() > 1 && scanner.take(")") {
            return Ok(value_tuple(elements));
        }
        if !scanner.take(",") {
            return scanner.expected(if elements.len() > 1 { "`,` or `)`" } else { "`,`" });
        }
    }
}

fn value_tuple(mut elements: Vec<TypeText>) -> TypeText {
    const MOST: usize = 7;
    // Groups of seven, the last one first.
    let mut rest: Option<TypeText> = None;
    while !elements.is_empty() {
        let whole = elements.len().div_ceil(MOST) - 1;
        let mut arguments = elements.split_off(whole * MOST);
        arguments.extend(rest.take());
        let part = |name: String, arguments| Part { name, is_nested: false, arguments };
        let name = format!("ValueTuple`{}", arguments.len());
        let parts = vec![part("System".to_owned(), Vec::new()), part(name, arguments)];
        rest = Some(TypeText::Named(Path { assembly: None, parts }));
    }
    rest.unwrap_or(TypeText::Reference)
}

/// The rest of `[Assembly.Name]`.
fn assembly(scanner: &mut Scanner) -> Result<String, SyntaxError> {
    let mut name = String::new();
    while !scanner.take("]") {
        match scanner.advance() {
            Some(lexeme) => name += &lexeme.text,
            None => return scanner.expected("`]` after the assembly's name"),
        }
    }
    Ok(name)
}

fn keyword(word: &str) -> Option<TypeText> {
    let primitive = match word {
        "void" => Primitive::Void,
        "bool" => Primitive::Boolean,
        "char" => Primitive::Char,
        "sbyte" => Primitive::I1,
        "byte" => Primitive::U1,
        "short" => Primitive::I2,
        "ushort" => Primitive::U2,
        "int" => Primitive::I4,
        "uint" => Primitive::U4,
        "long" => Primitive::I8,
        "ulong" => Primitive::U8,
        "float" => Primitive::R4,
        "double" => Primitive::R8,
        "nint" => Primitive::I,
        "nuint" => Primitive::U,
        "string" | "object" | "dynamic" => return Some(TypeText::Reference),
        "decimal" => {
            let part = |name: &str| Part { name: name.into(), is_nested: false, arguments: Vec::new() };
            let path = Path { assembly: None, parts: vec![part("System"), part("Decimal")] };
            return Some(TypeText::Named(path));
        }
        _ => return None,
    };
    Some(TypeText::Primitive(primitive))
}
