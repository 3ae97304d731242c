//! Why two function types differ: the most likely mistake, and what to write instead.

use clr_wasm_file::{DebugParam, DebugType, FuncType, Language, Shape};

use super::words::{self, Advice, Terms, scalar};
use clr_wasm_abi::{FunctionType, ParamToken, ReturnToken, Scalar};
use thunkgen_core::collect::ir::declarations::{Declaration, Integer, Meaning, NativeType, Param};
use thunkgen_diagnostics::Message;

/// The native side in messages, unless [`Side::what`] is something else.
const FUNCTION: &str = "the function";

/// The native side of a difference.
pub(super) struct Side<'s> {
    theirs: &'s FuncType,
    /// From debug information.
    shape: Option<&'s Shape>,
    terms: Terms,
    /// What has the type, for messages: `the function`, `the call`.
    pub what: &'static str,
}

impl<'s> Side<'s> {
    pub fn of(theirs: &'s FuncType, shape: Option<&'s Shape>, what: &'static str) -> Side<'s> {
        Side { theirs, shape, terms: Terms(shape.map_or(Language::C, |shape| shape.language)), what }
    }

    /// The parameter in the source that a wasm value belongs to.
    fn written(&self, value: usize) -> Option<&'s DebugParam> {
        param_at(self.shape?, value)
    }

    /// `an int32_t`; for a type with another name also that: `` `size_t`, an int32_t``.
    fn article(&self, ty: Option<Scalar>, written: Option<&DebugParam>) -> String {
        let article = self.terms.article(ty);
        match (written, ty) {
            (Some(written), Some(ty)) if written.written != self.terms.name(ty) => {
                format!("`{}`, {article}", written.written)
            }
            _ => article,
        }
    }
}

/// The parameter that a wasm value belongs to.
pub(super) fn param_at(shape: &Shape, value: usize) -> Option<&DebugParam> {
    let has_buffer = shape.ret.values == 0 && shape.ret.ty != DebugType::Void;
    let mut at = usize::from(has_buffer);
    shape.params.iter().find(|param| {
        at += param.values;
        (at - param.values..at).contains(&value)
    })
}

/// What is wrong and what to do, as the second half of a sentence.
pub(super) fn cause(declaration: &Declaration, side: &Side<'_>) -> String {
    difference(declaration, side).replace(FUNCTION, side.what)
}

fn difference(declaration: &Declaration, side: &Side<'_>) -> String {
    let theirs = side.theirs;
    let ours = FunctionType::of(&declaration.signature);
    let native: Option<Vec<Scalar>> = theirs.params().iter().copied().map(scalar).collect();
    let Some(native) = native.filter(|_| theirs.results().len() <= 1) else {
        return "no C# type is passed in this way; export a function that takes numbers and pointers".to_owned();
    };
    let result = theirs.results().first().copied().and_then(scalar);
    let has_buffer = matches!(declaration.signature.ret, ReturnToken::Struct(_));
    let with_buffer = || [Scalar::I32].into_iter().chain(ours.params.iter().copied()).eq(native.iter().copied());
    if has_buffer && result.is_some() && ours.params.get(1..).is_some_and(|rest| rest == native) {
        return format!(
            "`{}` is returned through a hidden pointer, but the function returns {} directly: a struct of one field, \
             or not a struct",
            declaration.ret.managed,
            side.article(result, side.shape.map(|shape| &shape.ret))
        );
    }
    if has_buffer && ours.params.get(1..).is_some_and(|rest| rest == native) {
        return format!(
            "the function returns nothing and has no hidden pointer, through which `{}` is returned",
            declaration.ret.managed
        );
    }
    if ours.result.is_some() && result.is_none() && with_buffer() {
        let returned = &declaration.ret.managed;
        return format!(
            "the function has one more parameter at the start and returns nothing: it returns a struct through a \
             hidden pointer, not `{returned}`"
        );
    }
    let owners = owners(declaration);
    let difference = match ours.params.len().cmp(&native.len()) {
        std::cmp::Ordering::Equal => by_position(declaration, &ours.params, &native, &owners, side),
        _ => by_count(declaration, &ours.params, &native, &owners, side),
    };
    match (difference, result_difference(declaration, ours.result, result, side)) {
        (Some(params), Some(result)) => format!("{params}; {result}"),
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) => "the types differ".to_owned(),
    }
}

/// Index of the parameter that each wasm value belongs to; `None` for the hidden pointer of the result.
pub(super) fn owners(declaration: &Declaration) -> Vec<Option<usize>> {
    let mut owners = Vec::new();
    if matches!(declaration.signature.ret, ReturnToken::Struct(_)) {
        owners.push(None);
    }
    for (index, token) in declaration.signature.params.iter().enumerate() {
        let count = match token {
            ParamToken::MultiSlot(multi) => multi.count() as usize,
            ParamToken::Empty => 0,
            ParamToken::Scalar(_) | ParamToken::Struct { .. } => 1,
        };
        owners.extend(std::iter::repeat_n(Some(index), count));
    }
    owners
}

fn by_position(
    declaration: &Declaration,
    ours: &[Scalar],
    theirs: &[Scalar],
    owners: &[Option<usize>],
    side: &Side<'_>,
) -> Option<String> {
    let mut differing =
        ours.iter().zip(theirs).zip(owners).enumerate().filter(|(_, ((ours, theirs), _))| ours != theirs);
    let (value_at, ((ours, theirs), owner)) = differing.next()?;
    let taken = side.article(Some(*theirs), side.written(value_at));
    let more = differing.count();
    let first = match owner.and_then(|index| Some((index, declaration.params.get(index)?))) {
        Some((index, param)) => {
            let place = place(index, param);
            let is_pointer = side.written(value_at).map(|written| matches!(written.ty, DebugType::Pointer(_)));
            let value = Value { param, token: declaration.signature.params.get(index), ours: *ours, theirs: *theirs };
            format!("{place} {}", value.words(&taken, is_pointer, side.terms))
        }
        None => format!("the hidden pointer of the result is passed as {taken}"),
    };
    Some(match more {
        0 => first,
        1 => format!("{first}; 1 more differs"),
        more => format!("{first}; {more} more differ"),
    })
}

fn by_count(
    declaration: &Declaration,
    ours: &[Scalar],
    theirs: &[Scalar],
    owners: &[Option<usize>],
    side: &Side<'_>,
) -> Option<String> {
    let start = ours.iter().zip(theirs).take_while(|(a, b)| a == b).count();
    let rest = |list: &[Scalar], from: usize| list.get(from..).map(<[Scalar]>::to_vec);
    if theirs.len() == ours.len() + 1 && rest(ours, start) == rest(theirs, start + 1) {
        let added = side.article(theirs.get(start).copied(), side.written(start));
        let at = start + 1 - owners.iter().filter(|owner| owner.is_none()).count().min(start);
        return Some(format!("the declaration lacks parameter {at} of the function, {added}"));
    }
    // The extra parameter may have several values.
    let owner = owners.get(start).copied().flatten();
    let count = owners.iter().filter(|other| **other == owner).count();
    if ours.len() == theirs.len() + count
        && rest(ours, start + count) == rest(theirs, start)
        && let Some((index, param)) = owner.and_then(|index| Some((index, declaration.params.get(index)?)))
    {
        return Some(format!("the function has no {}", place(index, param)));
    }
    Some(format!("the declaration passes {}, but the function takes {}", values(ours.len()), theirs.len()))
}

fn values(count: usize) -> String {
    if count == 1 { "1 value".to_owned() } else { format!("{count} values") }
}

/// `parameter 1 `x``
pub(super) fn place(index: usize, param: &Param) -> String {
    match &*param.name {
        "" => format!("parameter {}", index + 1),
        name => format!("parameter {} `{name}`", index + 1),
    }
}

fn result_difference(
    declaration: &Declaration,
    ours: Option<Scalar>,
    theirs: Option<Scalar>,
    side: &Side<'_>,
) -> Option<String> {
    let ret = &declaration.ret;
    let returned = || side.article(theirs, side.shape.map(|shape| &shape.ret));
    match (ours, theirs) {
        _ if ours == theirs => None,
        (Some(_), None) => Some(format!("the function returns nothing, not `{}`", ret.managed)),
        (None, Some(_)) => Some(format!("the function returns {}, but the declaration returns nothing", returned())),
        (Some(ours), Some(theirs)) => {
            let verb = format!("the function returns {}", returned());
            Some(format!("the result {}", widths(ret, ours, theirs, &verb, side.terms)))
        }
        (None, None) => None,
    }
}

/// A parameter whose value has another type in the function.
struct Value<'v> {
    param: &'v Param,
    token: Option<&'v ParamToken>,
    ours: Scalar,
    theirs: Scalar,
}

impl Value<'_> {
    /// `taken` is the type of the parameter in the function; its wasm type does not show whether it is a pointer.
    fn words(&self, taken: &str, is_pointer: Option<bool>, terms: Terms) -> String {
        let managed = &self.param.managed;
        match &self.param.native {
            NativeType::Struct(_) if matches!(self.token, Some(ParamToken::Struct { .. })) => format!(
                "is the struct `{managed}`, which is passed by address, but the function takes {taken} by value: use \
                 the same type on both sides"
            ),
            NativeType::Struct(_) if is_pointer == Some(true) => format!(
                "is the struct `{managed}`, which is passed as its only field, but the function takes {taken}: pass a \
                 pointer or `ref`"
            ),
            NativeType::Struct(_) if is_pointer.is_none() && self.theirs == Scalar::I32 => format!(
                "is the struct `{managed}`, which is passed as its only field, but the function takes its address or \
                 an integer: pass a pointer or `ref`"
            ),
            _ => widths(self.param, self.ours, self.theirs, &format!("the function takes {taken}"), terms),
        }
    }
}

fn widths(param: &Param, ours: Scalar, theirs: Scalar, does: &str, terms: Terms) -> String {
    let managed = &param.managed;
    let is_unsigned = match &param.native {
        NativeType::Integer(of) => !of.signed && of.meaning != Meaning::Bool,
        NativeType::Enum { underlying, .. } => !underlying.signed,
        _ => false,
    };
    let u = if is_unsigned { "u" } else { "" };
    let Advice { language, int, long, size, enums, narrow } = terms.advice(is_unsigned);
    let advice = match (&param.native, ours, theirs) {
        (NativeType::Enum { .. }, Scalar::I64, Scalar::I32) => format!("{enums}; use the underlying type {u}int"),
        (NativeType::Enum { .. }, Scalar::I32, Scalar::I64) => format!("use the underlying type {u}long"),
        (NativeType::Integer(Integer { meaning: Meaning::Bool, .. }), _, Scalar::I64) => {
            "a bool has at most 32 bits; declare it long".to_owned()
        }
        (NativeType::Integer(Integer { bytes: 8, .. }), _, Scalar::I32) => {
            format!("{narrow}; declare it {u}int or n{u}int, or use {long} in {language}")
        }
        (NativeType::Integer(Integer { meaning: Meaning::Size, .. }), _, Scalar::I64) => {
            format!("it has 32 bits here; declare it {u}long, or use {size} in {language}")
        }
        (NativeType::Integer(_), _, Scalar::I64) => format!("declare it {u}long, or use {int} in {language}"),
        (NativeType::Float, _, Scalar::F64) => "declare it double".to_owned(),
        (NativeType::Double, _, Scalar::F32) => "declare it float".to_owned(),
        (_, Scalar::I32, Scalar::F32 | Scalar::F64) | (_, Scalar::I64, Scalar::F32 | Scalar::F64) => {
            format!("declare it {}", if theirs == Scalar::F32 { "float" } else { "double" })
        }
        (_, Scalar::I32, Scalar::I64) => {
            format!("pointers have 32 bits here; declare it long, or use a pointer in {language}")
        }
        (_, _, Scalar::I32) => format!("declare it int, or as a pointer if {language} does"),
        (_, _, Scalar::I64) => "declare it long".to_owned(),
        _ => "use the same type on both sides".to_owned(),
    };
    format!("is `{managed}`, but {does}: {advice}")
}

/// Adds both types as a note: C# `int (float x)` is `int32_t (float)`, the function `int32_t (double)`; with debug information, the
/// function as it is declared.
pub(super) fn with_types(message: Message, declaration: &Declaration, side: &Side<'_>) -> Message {
    let ours = words::lowered(&FunctionType::of(&declaration.signature), side.terms);
    let theirs = side.shape.map_or_else(|| words::native(side.theirs, side.terms), words::written);
    let (managed, what) = (words::managed(declaration), side.what);
    let width = what.len();
    let one_under_the_other = format!("{:width$} `{managed}` is `{ours}`\n{what} `{theirs}`", "C#");
    message.note(format!("C# `{managed}` is `{ours}`, {what} `{theirs}`")).shown_as(one_under_the_other)
}
