//! What the rows of generated C++ files do, read from the text: from files of thunkgen, and from those that the task of
//! .NET 11 and crossgen2 write and that dotnet/runtime has checked in.
//!
//! Two rows with the same effect are equal here, whatever their functions are called and however they are written: types
//! are wasm types, and arguments are slots.

mod stores;

use std::collections::BTreeMap;
use std::fmt;

use super::tokens::Token::{Directive, Name, Number, Punctuation, Text};
use super::tokens::{Token, Tokens};
use super::{Refusal, Stop, read};
use thunkgen_diagnostics::position::{Position, PositionIndex};
use thunkgen_diagnostics::{catalogue, without_bom_bytes};

/// What a row is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RowKind {
    /// A thunk of a key.
    Key,
    /// A linked native function.
    PInvoke,
    /// A method that native code calls.
    Callback,
    /// A function with a name of its own that calls such a method.
    Export,
}

impl RowKind {
    /// What a row of the kind is called.
    pub fn name(self) -> &'static str {
        match self {
            RowKind::Key => "key",
            RowKind::PInvoke => "P/Invoke",
            RowKind::Callback => "callback",
            RowKind::Export => "exported function",
        }
    }
}

/// A row by its kind, and the name that the runtime finds it by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RowId {
    /// What it is for.
    pub kind: RowKind,
    /// The key, the library and the entry point, the key of the callback, or the exported name.
    pub name: String,
}

impl fmt::Display for RowId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} `{}`", self.kind.name(), self.name)
    }
}

/// What a row does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effect {
    /// The wasm type, and for a thunk its arguments; empty if the function is not in the file.
    pub text: String,
    /// Where the row is.
    pub at: Position,
}

/// The rows of a file, and the kinds of tables that it has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Effects {
    /// By kind and name. The first of two rows with one name is the one that counts.
    pub rows: BTreeMap<RowId, Effect>,
    /// The tables that the file has, which may be empty.
    pub kinds: Vec<RowKind>,
}

/// The effects of the rows in a C++ source.
///
/// ```
/// use thunkgen_r2r::lookup::cpp::effects::effects;
/// let source = r#"
///     static void F(PCODE target, int8_t* pArgs, int8_t*)
///     {
///         auto code = (void (*)(int32_t))target;
///         code(LoadArg<int32_t>(pArgs, 0));
///     }
///     const StringToWasmSigThunk g_wasmThunks[] = { { "Mvi", (void*)&F } };"#;
/// let found = effects(source.as_bytes()).unwrap();
/// let (id, effect) = found.rows.first_key_value().unwrap();
/// assert_eq!((id.to_string().as_str(), effect.text.as_str()), ("key `Mvi`", "(i32) -> void, called with i32@0"));
/// ```
///
/// # Errors
/// The first text that cannot be read.
pub fn effects(source: &[u8]) -> Result<Effects, Refusal> {
    let tables = read(source)?;
    let source = without_bom_bytes(source);
    let positions = PositionIndex::new(source);
    let refusal = |stop| match stop {
        Stop::Wrong(offset, message) => {
            Refusal { at: positions.position(offset), rule: &catalogue::BAD_TABLE, message }
        }
        Stop::Conditional(offset, word) => Refusal {
            at: positions.position(offset),
            rule: &catalogue::CONDITIONAL_ROWS,
            message: format!("a row is under `#{word}`"),
        },
    };
    let tokens = all_tokens(source).map_err(refusal)?;
    let partners = partners(&tokens);
    let file = Found::of(&tokens, &partners);
    let mut found = Effects::default();
    if !tables.is_empty() {
        found.kinds.push(RowKind::Key);
    }
    for row in tables.iter().flat_map(|table| &table.rows) {
        let Some(name) = row.key.clone() else { continue };
        let text = file.functions.get(row.function.as_str()).and_then(Function::thunk).unwrap_or_default();
        found.rows.entry(RowId { kind: RowKind::Key, name }).or_insert(Effect { text, at: row.at });
    }
    if file.has_entries {
        found.kinds.push(RowKind::PInvoke);
    }
    for (library, table) in &file.libraries {
        for (entry_point, function, offset) in file.entries.get(table).into_iter().flatten() {
            let text = file.prototypes.get(function).map(Function::of_type).unwrap_or_default();
            let name = format!("{} {}", display(library), display(entry_point));
            let effect = Effect { text, at: positions.position(*offset) };
            found.rows.entry(RowId { kind: RowKind::PInvoke, name }).or_insert(effect);
        }
    }
    if file.has_callbacks {
        found.kinds.extend([RowKind::Callback, RowKind::Export]);
        // Many rows can name one function, which is then read once.
        let mut parts: BTreeMap<&str, Option<(String, String)>> = BTreeMap::new();
        for (key, hash, function, offset) in &file.callbacks {
            let part = parts.entry(function).or_insert_with(|| file.functions.get(function).map(Function::callback));
            let text = part.as_ref().map(|(of_type, rest)| format!("{of_type}, hash {hash}, {rest}"));
            let effect = Effect { text: text.unwrap_or_default(), at: positions.position(*offset) };
            found.rows.entry(RowId { kind: RowKind::Callback, name: display(key) }).or_insert(effect);
        }
        for (name, function) in file.functions.iter().filter(|(_, function)| function.is_extern_c()) {
            let label = file.prototypes.get(name).and_then(|prototype| prototype.label).map(display);
            let effect = Effect { text: function.of_type(), at: positions.position(function.offset) };
            let name = label.unwrap_or_else(|| (*name).to_owned());
            found.rows.entry(RowId { kind: RowKind::Export, name }).or_insert(effect);
        }
    }
    Ok(found)
}

fn display(text: &[u8]) -> String {
    String::from_utf8_lossy(text).into_owned()
}

type Placed<'t> = (usize, Token<'t>);

/// A function or its declaration.
struct Function<'s, 't> {
    offset: usize,
    /// The tokens before the name.
    before: &'s [Placed<'t>],
    params: &'s [Placed<'t>],
    /// Empty in a declaration.
    body: &'s [Placed<'t>],
    /// The name for the linker, if another one is given.
    label: Option<&'t [u8]>,
}

/// Entry point, function and place of a row.
type EntryRow<'t> = (&'t [u8], &'t str, usize);

/// What is found in a file.
#[derive(Default)]
struct Found<'s, 't> {
    functions: BTreeMap<&'t str, Function<'s, 't>>,
    prototypes: BTreeMap<&'t str, Function<'s, 't>>,
    has_entries: bool,
    /// The rows of each table, by its name.
    entries: BTreeMap<&'t str, Vec<EntryRow<'t>>>,
    /// Library and table.
    libraries: Vec<(&'t [u8], &'t str)>,
    has_callbacks: bool,
    /// Key, hash, function and place.
    callbacks: Vec<(&'t [u8], &'t str, &'t str, usize)>,
}

/// The tokens of a file. [`read`] has refused files that are too long.
fn all_tokens(source: &[u8]) -> Result<Vec<Placed<'_>>, Stop> {
    let (mut tokens, mut all) = (Tokens::new(source), Vec::new());
    while let Some(token) = tokens.next()? {
        all.push(token);
    }
    Ok(all)
}

/// For each opening parenthesis or brace, the index of the closing one.
fn partners(tokens: &[Placed<'_>]) -> BTreeMap<usize, usize> {
    let (mut open, mut partners) = (Vec::new(), BTreeMap::new());
    for (index, (_, token)) in tokens.iter().enumerate() {
        match token {
            Punctuation(opening @ (b'(' | b'{')) => open.push((index, *opening)),
            Punctuation(closing @ (b')' | b'}')) => {
                let wanted = if *closing == b')' { b'(' } else { b'{' };
                if open.last().is_some_and(|(_, opening)| *opening == wanted)
                    && let Some((start, _)) = open.pop()
                {
                    partners.insert(start, index);
                }
            }
            _ => {}
        }
    }
    partners
}

fn is(tokens: &[Placed<'_>], index: usize, wanted: u8) -> bool {
    tokens.get(index).is_some_and(|(_, token)| *token == Punctuation(wanted))
}

impl<'s, 't> Found<'s, 't> {
    fn of(tokens: &'s [Placed<'t>], partners: &BTreeMap<usize, usize>) -> Found<'s, 't> {
        let mut found = Found::default();
        let (mut index, mut start) = (0, 0);
        while let Some((offset, token)) = tokens.get(index) {
            let rest = tokens.get(index..).unwrap_or_default();
            let mut next = index + 1;
            match token {
                Punctuation(b';' | b'}') | Directive(_) => start = next,
                Punctuation(b'{') => {
                    found.row(rest);
                    start = next;
                }
                Name("Entry") => {
                    if let [
                        _,
                        (_, Name(table)),
                        (_, Punctuation(b'[')),
                        (_, Punctuation(b']')),
                        (_, Punctuation(b'=')),
                        ..,
                    ] = rest
                        && let Some(end) = partners.get(&(index + 5))
                    {
                        found.has_entries = true;
                        let rows = tokens.get(index + 6..*end).unwrap_or_default();
                        found.entries.entry(table).or_insert_with(|| entries(rows));
                        next = *end;
                    }
                }
                Name("g_ReverseThunks") if is(tokens, index + 1, b'[') && is(tokens, index + 3, b'=') => {
                    found.has_callbacks = true;
                }
                Name(name) => {
                    if let Some((function, after)) = function(tokens, partners, (start, index), *offset) {
                        let kind = if function.body.is_empty() { &mut found.prototypes } else { &mut found.functions };
                        kind.entry(name).or_insert(function);
                        (next, start) = (after, after);
                    }
                }
                _ => {}
            }
            index = next;
        }
        found
    }

    /// A row of the libraries or the callbacks, from its opening brace on.
    fn row(&mut self, rest: &[Placed<'t>]) {
        match rest {
            [_, (_, Text(library)), (_, Punctuation(b',')), (_, Name(table)), ..] => {
                self.libraries.push((library, table))
            }
            [
                _,
                (_, Number(hash)),
                (_, Punctuation(b',')),
                (offset, Text(key)),
                (_, Punctuation(b',')),
                (_, Punctuation(b'{')),
                (_, Punctuation(b'&')),
                _,
                (_, Punctuation(b',')),
                (_, Punctuation(b'(')),
                (_, Name("void")),
                (_, Punctuation(b'*')),
                (_, Punctuation(b')')),
                (_, Punctuation(b'&')),
                (_, Name(function)),
                ..,
            ] => self.callbacks.push((key, hash.trim_end_matches(['u', 'U', 'l', 'L']), function, *offset)),
            _ => {}
        }
    }
}

/// Rows `{ "name", (const void*)&function }` and `DllImportEntry(function)`.
fn entries<'t>(rows: &[Placed<'t>]) -> Vec<EntryRow<'t>> {
    let mut found = Vec::new();
    let mut name = None;
    for (index, (offset, token)) in rows.iter().enumerate() {
        match (token, rows.get(index + 1..).unwrap_or_default()) {
            (Text(text), _) => name = Some((*text, *offset)),
            (Punctuation(b'&'), [(_, Name(function)), ..]) => {
                found.extend(name.take().map(|(name, offset)| (name, *function, offset)));
            }
            (Name("DllImportEntry"), [(_, Punctuation(b'(')), (_, Name(function)), ..]) => {
                found.push((function.as_bytes(), function, *offset));
            }
            _ => {}
        }
    }
    found
}

/// The function that is declared or defined at a name, and the index after it.
fn function<'s, 't>(
    tokens: &'s [Placed<'t>],
    partners: &BTreeMap<usize, usize>,
    (start, name): (usize, usize),
    offset: usize,
) -> Option<(Function<'s, 't>, usize)> {
    if !is(tokens, name + 1, b'(') || start == name {
        return None;
    }
    let close = *partners.get(&(name + 1))?;
    let (before, params) = (tokens.get(start..name)?, tokens.get(name + 2..close)?);
    let (mut after, mut label) = (close + 1, None);
    while let Some((_, Name(attribute @ ("__asm__" | "__attribute__")))) = tokens.get(after) {
        if let (&"__asm__", Some((_, Text(text)))) = (attribute, tokens.get(after + 2)) {
            label = Some(*text);
        }
        after = partners.get(&(after + 1))? + 1;
    }
    let is_body = is(tokens, after, b'{');
    if !is_body && !is(tokens, after, b';') {
        return None;
    }
    let end = if is_body { *partners.get(&after)? } else { after };
    // With its braces, so that it is not empty.
    let body = if is_body { tokens.get(after..=end)? } else { &[] };
    Some((Function { offset, before, params, body, label }, end + 1))
}

impl Function<'_, '_> {
    fn is_extern_c(&self) -> bool {
        self.before.windows(2).any(|pair| matches!(pair, [(_, Name("extern")), (_, Text(b"C"))]))
    }

    /// The wasm type.
    fn of_type(&self) -> String {
        let params: Vec<String> = split(self.params).iter().filter_map(|param| wasm_type(param)).collect();
        of_type(&params, wasm_type(self.before))
    }

    /// The type of a callback, and where it stores its arguments and which method it runs.
    fn callback(&self) -> (String, String) {
        // The name of the type and of the method are the only literals.
        let texts = self.body.iter().filter_map(|(_, token)| match token {
            Text(text) => Some(format!("`{}`", display(text))),
            _ => None,
        });
        let texts = texts.take(4).collect::<Vec<_>>().join(", ");
        (self.of_type(), format!("{}, runs {texts}", stores::stores(self.params, self.body)))
    }

    /// What a thunk does: the type of the function that it calls, and the arguments.
    fn thunk(&self) -> Option<String> {
        let body = self.body;
        let starts = |wanted: &'static [u8]| {
            move |index: &usize| {
                let here = body.get(*index..).unwrap_or_default();
                let mut tokens = here.iter().filter(|(_, token)| !matches!(token, Name(_)));
                is(here, 0, b'(')
                    && wanted.iter().all(|byte| tokens.next().is_some_and(|(_, token)| *token == Punctuation(*byte)))
            }
        };
        // `RESULT (*)(PARAMS)` or `RESULT (*name)(PARAMS)`, and before it what the statement starts with.
        let pointer = (0..body.len()).find(starts(b"(*)("))?;
        let is_delimiter = |token: &Token<'_>| matches!(token, Punctuation(b';' | b'{' | b'}' | b'(' | b'='));
        let before = body.get(..pointer)?;
        let result_start = before.iter().rposition(|(_, token)| is_delimiter(token)).map_or(0, |at| at + 1);
        let mut result = wasm_type(before.get(result_start..)?);
        let mut params: Vec<String> =
            split(in_parentheses(body, pointer, 1)?).iter().filter_map(|of| wasm_type(of)).collect();
        let is_call =
            |index: &usize| matches!(body.get(*index..), Some([(_, Name("code")), (_, Punctuation(b'(')), ..]));
        let arguments = match (0..body.len()).rfind(is_call) {
            Some(call) => in_parentheses(body, call, 0)?,
            None => in_parentheses(body, (0..body.len()).rfind(starts(b"(*)("))?, 1)?,
        };
        let mut arguments: Vec<String> = split(arguments).iter().map(|argument| argument_of(argument)).collect();
        // A C struct of more than one byte is returned in a buffer, whose address is the first parameter.
        if let Some(size) = result.as_deref().and_then(|result| result.strip_prefix("wasm_ret_S")) {
            if size == "1" {
                result = Some("i32".to_owned());
            } else {
                result = None;
                params.insert(0, "i32".to_owned());
                arguments.insert(0, "the result's address".to_owned());
            }
        }
        let is_managed = (0..body.len()).any(|index| starts(b"(**)(")(&index))
            || body.iter().any(|(_, token)| *token == Name("GetCode"));
        let through = if is_managed { " through an entry point" } else { "" };
        Some(
            format!("{}, called{through} with {}", of_type(&params, result), arguments.join(", "))
                .trim_end()
                .to_owned(),
        )
    }
}

/// What is inside the parentheses after `skipped` others, from an index on.
fn in_parentheses<'b, 't>(tokens: &'b [Placed<'t>], from: usize, skipped: usize) -> Option<&'b [Placed<'t>]> {
    let (mut depth, mut start, mut seen) = (0_usize, None, 0);
    for (index, (_, token)) in tokens.iter().enumerate().skip(from) {
        match token {
            Punctuation(b'(') => {
                depth += 1;
                if depth == 1 {
                    start = Some(index + 1);
                }
            }
            Punctuation(b')') => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    if seen == skipped {
                        return tokens.get(start?..index);
                    }
                    seen += 1;
                }
            }
            _ => {}
        }
    }
    None
}

fn of_type(params: &[String], result: Option<String>) -> String {
    format!("({}) -> {}", params.join(", "), result.as_deref().unwrap_or("void"))
}

/// The parts between commas outside of parentheses and angle brackets; none of nothing.
fn split<'b, 't>(tokens: &'b [Placed<'t>]) -> Vec<&'b [Placed<'t>]> {
    let mut depth = 0_i32;
    let parts = tokens.split(|(_, token)| {
        match token {
            Punctuation(b'(' | b'<') => depth += 1,
            Punctuation(b')' | b'>') => depth -= 1,
            _ => {}
        }
        depth == 0 && *token == Punctuation(b',')
    });
    parts.filter(|part| !part.is_empty()).collect()
}

/// The wasm type of a C type, perhaps with a name after it; `None` for `void`. One that is not known stays.
fn wasm_type(tokens: &[Placed<'_>]) -> Option<String> {
    if tokens.iter().any(|(_, token)| matches!(token, Punctuation(b'*' | b'&'))) {
        return Some("i32".to_owned());
    }
    let qualifiers = ["const", "extern", "inline", "maybe_unused", "NOINLINE", "static", "struct", "volatile"];
    let name = tokens.iter().find_map(|(_, token)| match token {
        Name(name) if !qualifiers.contains(name) => Some(*name),
        _ => None,
    })?;
    let of = match name {
        "void" => return None,
        "int64_t" | "uint64_t" => "i64",
        "float" => "f32",
        "double" => "f64",
        "v128_t" => "v128",
        "bool" | "char" | "int" | "int8_t" | "int16_t" | "int32_t" | "intptr_t" | "PCODE" | "short" | "size_t"
        | "uint8_t" | "uint16_t" | "uint32_t" | "uintptr_t" | "unsigned" => "i32",
        other => other,
    };
    Some(of.to_owned())
}

/// An argument of a call in a thunk: the type and the slot, or what it is.
fn argument_of(tokens: &[Placed<'_>]) -> String {
    let number = tokens.iter().rev().find_map(|(_, token)| match token {
        Number(number) => Some(*number),
        _ => None,
    });
    let names: Vec<&str> =
        tokens.iter().filter_map(|(_, token)| if let Name(name) = token { Some(*name) } else { None }).collect();
    let slot = |what: &str| format!("{what}@{}", number.unwrap_or("?"));
    match names[..] {
        ["ARG_I32", ..] => slot("i32"),
        ["ARG_I64", ..] => slot("i64"),
        ["ARG_F32", ..] => slot("f32"),
        ["ARG_F64", ..] => slot("f64"),
        ["ARG_V128", ..] => slot("v128"),
        ["ARG_IND" | "ARG_ADDR" | "ArgAddress", ..] => slot("address"),
        ["LoadArg", ..] => slot(&wasm_type(tokens.get(2..).unwrap_or_default()).unwrap_or_default()),
        ["pRet"] => "the result's address".to_owned(),
        ["frame" | "framePointer"] => "the frame".to_owned(),
        ["target" | "pPortableEntryPoint" | "pcode"] => "the entry point".to_owned(),
        _ => tokens.iter().map(|(_, token)| token.text()).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(source: &str) -> Vec<String> {
        let found = effects(source.as_bytes()).unwrap();
        found.rows.iter().map(|(id, effect)| format!("{id}: {}", effect.text)).collect()
    }

    #[test]
    fn two_ways_to_write_one_thunk() {
        let ours = r#"
            NOINLINE static void CallFunc_This_S12_I32_RetS12_PE(PCODE target, int8_t* pArgs, int8_t* pRet)
            {
                auto code = (void (*)(int*, int32_t, int8_t*, int8_t*, int32_t, PCODE))GetCode(target);
                alignas(16) int frame = TERMINATE_R2R_STACK_WALK;
                code(&frame, LoadArg<int32_t>(pArgs, 0), pRet, ArgAddress(pArgs, 1), LoadArg<int32_t>(pArgs, 3), target);
            } // 01234567
            const StringToWasmSigThunk g_wasmThunks[] = { // 01234567
                { "MS12TS12ip", (void*)&CallFunc_This_S12_I32_RetS12_PE }, // 01234567
                { nullptr, nullptr } // not counted
            };"#;
        let theirs = r#"
            #define ARG_I32(i) (*(int32_t*)ARG_ADDR(i))
            namespace {
            NOINLINE static void X(PCODE pPortableEntryPoint, int8_t* pArgs, int8_t* pRet)
            {
                alignas(16) int framePointer = TERMINATE_R2R_STACK_WALK;
                void (*fptr)(int*, int32_t, int8_t*, int32_t, int32_t, PCODE) = *(void (**)(int*, int32_t, int8_t*, int32_t, int32_t, PCODE))(pPortableEntryPoint);
                (*fptr)(&framePointer, ARG_I32(0), pRet, ARG_IND(1), ARG_I32(3), pPortableEntryPoint);
            }
            }
            const StringToPortableSigThunk g_portableCallHelperThunks[] = {
                { "MS12TS12ip", (void*)&X }
            };"#;
        let expected = "key `MS12TS12ip`: (i32, i32, i32, i32, i32, i32) -> void, called through an entry point with \
            the frame, i32@0, the result's address, address@1, i32@3, the entry point";
        assert_eq!(texts(ours), [expected]);
        assert_eq!(texts(theirs), [expected]);
        let other = theirs.replace("ARG_I32(3)", "ARG_I32(2)");
        assert_ne!(texts(&other), [expected]);
    }

    #[test]
    fn results_and_no_arguments() {
        let ours = "static void F(PCODE target, int8_t*, int8_t* pRet) { auto code = (double (*)())target; \
            StoreResult(pRet, code()); } const T g_wasmThunks[] = { { \"Md\", (void*)&F } };";
        let theirs = "static void F(PCODE pcode, int8_t* pArgs, int8_t* pRet) { double (*fptr)() = (double (*)())pcode; \
            *((double*)pRet) = (*fptr)(); } const T g_wasmThunks[] = { { \"Md\", (void*)&F } };";
        let expected = ["key `Md`: () -> f64, called with"];
        assert_eq!(
            (texts(ours), texts(theirs)),
            (expected.map(str::to_owned).into(), expected.map(str::to_owned).into())
        );
        // An older form: a struct as the result.
        let older = "static void F(PCODE pcode, int8_t* pArgs, int8_t* pRet) { wasm_ret_S8 (*fptr)(int32_t) = \
            (wasm_ret_S8 (*)(int32_t))pcode; *((wasm_ret_S8*)pRet) = (*fptr)(ARG_I32(0)); } \
            const T g_wasmThunks[] = { { \"MS8i\", (void*)&F } };";
        assert_eq!(texts(older), ["key `MS8i`: (i32, i32) -> void, called with the result's address, i32@0"]);
    }

    #[test]
    fn functions_of_libraries() {
        let ours = r#"
            extern "C" int32_t p_f(int32_t, double) __asm__("f"); // 01234567
            extern "C" void A_23_m_23_g(void*)
                __attribute__((import_module("m"), import_name("g"))); // 01234567
            static const Entry s_lib_x[] = {
                { "f", (const void*)&p_f }, // App
                { "g", (const void*)&A_23_m_23_g },
            };
            static const Library s_libraries[] = { { "lib.x", s_lib_x, sizeof(s_lib_x) / sizeof(Entry) }, { nullptr, nullptr, 0 } };"#;
        let theirs = r#"
            extern "C" {
                uint32_t f (void *, double);
                void g (size_t);
            } // extern "C"
            static const Entry s_lib_x [] = {
                DllImportEntry(f) // App
                DllImportEntry(g)
            };
            static PInvokeTable s_PInvokeTables[] = { {"lib.x", s_lib_x, 2} };"#;
        let expected = ["P/Invoke `lib.x f`: (i32, f64) -> i32", "P/Invoke `lib.x g`: (i32) -> void"];
        assert_eq!(texts(ours), expected);
        assert_eq!(texts(theirs), expected);
    }

    #[test]
    fn callbacks_and_exports() {
        let ours = r#"
            static MethodDesc* MD_a;
            static int32_t Call_a(int32_t arg0, float arg1)
            {
                alignas(16) int64_t args[2] = {};
                StoreArg(args, 0, arg0);
                StoreArg(args, 1, arg1);
                RunMethod(&MD_a, "N.T, A", "M", args, sizeof(args), result, (PCODE)&Call_a);
                return LoadResult<int32_t>(result);
            }
            extern "C" int32_t Export_m(int32_t, float) __asm__("m") __attribute__((export_name("m")));
            extern "C" int32_t Export_m(int32_t arg0, float arg1)
            {
                return Call_a(arg0, arg1);
            }
            const ReverseThunkMapEntry g_ReverseThunks[] = {
                { 17u, "M#2:A:N:T", { &MD_a, (void*)&Call_a } },
                { 0, nullptr, { nullptr, nullptr } }
            };"#;
        let theirs = r#"
            static MethodDesc* MD_b = nullptr;
            static int32_t Call_b(void * arg0, float arg1)
            {
                int64_t args[2];
                args[0] = (int64_t)arg0;
                *(float*)&args[1] = arg1;
                if (!MD_b)
                {
                    LookupUnmanagedCallersOnlyMethodByName("N.T, A", "M", &MD_b);
                }
                return 0;
            }
            extern "C" int32_t m(void * arg0, float arg1)
            {
                return Call_b(arg0, arg1);
            }
            const ReverseThunkMapEntry g_ReverseThunks[] = {
                { 17, "M#2:A:N:T", { &MD_b, (void*)&Call_b } }
            };"#;
        let expected = [
            "callback `M#2:A:N:T`: (i32, f32) -> i32, hash 17, stores i32@0, f32@1 in 2 slots, runs `N.T, A`, `M`",
            "exported function `m`: (i32, f32) -> i32",
        ];
        assert_eq!(texts(ours), expected);
        assert_eq!(texts(theirs), expected);
    }

    #[test]
    fn places_of_arguments() {
        let stored = |params: &str, body: &str| {
            let source = format!(
                "static void F({params}) {{ {body} Lookup(\"T\", \"M\"); }} \
                 const E g_ReverseThunks[] = {{ {{ 1, \"k\", {{ &M, (void*)&F }} }} }};"
            );
            let text = texts(&source).concat();
            text.split(", ").skip_while(|part| !part.starts_with("stores")).collect::<Vec<_>>().join(", ")
        };
        let two = "stores i32@0, i64@1 in 2 slots, runs `T`, `M`";
        assert_eq!(stored("void * a, int64_t b", "int64_t args[2] = { (int64_t)a, (int64_t)b };"), two);
        assert_eq!(
            stored("int32_t a, int64_t b", "int64_t args[2] = {}; StoreArg(args, 1, b); StoreArg(args, 0, a);"),
            two
        );
        assert_ne!(
            stored("int32_t a, int64_t b", "int64_t args[3] = {}; StoreArg(args, 2, b); StoreArg(args, 0, a);"),
            two
        );
        assert_eq!(stored("", ""), "stores nothing, runs `T`, `M`");
        // A float in an initializer is converted, not stored.
        let float = stored("float a", "int64_t args[1] = { (int64_t)a };");
        assert_eq!(float, "stores f32 converted to an integer@0 in 1 slot, runs `T`, `M`");
        let bytes = "stores 12 bytes@0, i32@2 in 3 slots, runs `T`, `M`";
        let ours = "int64_t args[3] = {}; StoreStruct(args, 0, a, 12); StoreArg(args, 2, b);";
        assert_eq!(stored("const void* a, int32_t b", ours), bytes);
        let theirs = "int64_t args[3]; memcpy(&args[0], a, 12); args[2] = (int64_t)b;";
        assert_eq!(stored("int8_t* a, int32_t b", theirs), bytes);
    }

    #[test]
    fn hostile_sources_cost_what_they_weigh() {
        for part in [
            "(",
            "{",
            "f(",
            "void f(",
            "(*)(",
            "Entry s[] = {",
            "{ \"a\", s",
            "}",
            ")",
            "void f() {",
            "code(",
            "args[0] = ",
            "int64_t args[0] = {",
            "memcpy(",
            "int64_t args[0] = a ",
        ] {
            let _ = effects(part.repeat(50_000).as_bytes());
            let _ = effects(
                format!(
                    "static void F() {{ {} }} const T g_wasmThunks[] = {{ {{ \"Mv\", (void*)&F }} }};",
                    part.repeat(2_000)
                )
                .as_bytes(),
            );
            let rows = "{ 1, \"k\", { &M, (void*)&F } }, ".repeat(2_000);
            let source =
                format!("static void F() {{ {} }} const E g_ReverseThunks[] = {{ {rows} }};", part.repeat(2_000));
            let _ = effects(source.as_bytes());
        }
    }
}
