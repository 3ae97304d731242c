//! Comparisons that need debug information: structs by value, pointer targets, prototypes of callbacks.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use super::Comparison;
use super::causes;
use super::layouts::Bytes;
use super::pairs::{Pair, pairs};
use super::unit::{NativeUnit, Sources};
use super::values;
use super::words::is_same;
use clr_wasm_abi::FunctionType;
use clr_wasm_file::{DebugFunction, DebugInfo, DebugStruct, DebugType, Language};
use thunkgen_core::collect::ir::declarations::{Declaration, Declarations, Direction, Integer, Meaning, NativeType};
use thunkgen_diagnostics::{Message, Rule, catalogue};

/// Maximum depth of pointers that are followed, and of function pointers.
const MAX_DEPTH: u32 = 3;

impl<'n> Comparison<'_, 'n> {
    /// Compares two functions with the same wasm type further. Does nothing without debug information.
    pub(super) fn beyond_types(
        &mut self,
        declaration: &Declaration,
        symbol: &str,
        (unit, debug): (NativeUnit<'n>, Option<&'n DebugFunction>),
    ) {
        let shape = debug.and_then(|debug| debug.shape.as_ref());
        let (Some(info), Some(shape)) = (unit.info, shape) else { return };
        let mut found = Found {
            declarations: self.declarations,
            info,
            sources: &self.sources,
            language: shape.language,
            declaration,
            depth: 0,
            followed: BTreeSet::new(),
            problems: Vec::new(),
        };
        for pair in pairs(declaration, shape) {
            found.pair(&pair);
        }
        for (rule, problem) in found.problems {
            let problem = problem.after(&format!("`{symbol}` of {}: ", self.sources.place(unit, debug)));
            let problem = self.with_source(problem, symbol, "the function", (unit, debug));
            self.report(rule, declaration, problem);
        }
    }
}

/// The problems of a function, while it is compared.
struct Found<'f> {
    declarations: &'f Declarations,
    info: &'f DebugInfo,
    sources: &'f Sources<'f>,
    language: Language,
    declaration: &'f Declaration,
    /// Depth of function pointers here, and the pairs that were compared.
    depth: u32,
    followed: BTreeSet<(usize, usize)>,
    problems: Vec<(&'static Rule, Message)>,
}

/// How a value behind an address is compared.
struct Behind<'b> {
    what: &'b str,
    rule: &'static Rule,
    depth: u32,
    /// The address is of one value, not of the first of many.
    is_one: bool,
    /// Only native code writes it.
    is_out: bool,
}

impl Found<'_> {
    fn report(&mut self, rule: &'static Rule, problem: impl Into<Message>) {
        let problem = problem.into();
        if !self.problems.iter().any(|(_, other)| *other == problem) {
            self.problems.push((rule, problem));
        }
    }

    fn pair(&mut self, pair: &Pair<'_>) {
        let what = &*pair.what;
        let theirs = pair.theirs;
        match (&pair.ours.native, &theirs.ty) {
            (NativeType::Struct(_), DebugType::Struct(of)) if pair.is_copied != theirs.by_address => {
                self.passed(pair, *of);
            }
            (NativeType::Integer(Integer { meaning: Meaning::Number, .. }), DebugType::Struct(of))
                if theirs.by_address =>
            {
                self.passed(pair, *of);
            }
            (NativeType::Struct(_), to) if pair.is_copied => {
                // By value in native code, or a pointer, perhaps to the first of many: an address in both cases.
                let (to, rule) = match to {
                    DebugType::Pointer(to) => (&**to, &catalogue::POINTEE_LAYOUT),
                    to => (to, &catalogue::STRUCT_LAYOUT),
                };
                self.behind(&pair.ours.native, to, &Behind { what, rule, depth: 0, is_one: true, is_out: false });
            }
            (NativeType::Function { prototype: Some(ours), .. }, DebugType::Function(theirs)) => {
                self.prototype(what, *ours, *theirs);
            }
            (NativeType::String { unit, .. }, DebugType::Pointer(to)) => self.string(pair, *unit, to),
            (
                NativeType::Pointer(to) | NativeType::Reference { to, .. },
                DebugType::Integer { bytes: 4, is_word, .. },
            ) if !is_word && self.is_struct(to) => {
                self.not_an_address(pair);
            }
            (NativeType::Integer(Integer { bytes: 4, meaning: Meaning::Number, .. }), DebugType::Pointer(to)) if matches!(**to, DebugType::Struct(of) if self.info.structs.get(of).is_some_and(|of| of.layout.is_some())) =>
            {
                self.not_an_address(pair);
            }
            (NativeType::Integer(ours) | NativeType::Enum { underlying: ours, .. }, _) if theirs.values == 1 => {
                self.narrow(pair, *ours);
            }
            (ours, to @ DebugType::Struct(_)) if theirs.by_address => self.addresses(what, ours, to, 0),
            (ours, DebugType::Pointer(to)) => self.addresses(what, ours, to, 0),
            _ => {}
        }
    }

    /// One side passes the address of a struct, the other its value.
    fn passed(&mut self, pair: &Pair<'_>, theirs: usize) {
        let Some(theirs) = self.info.structs.get(theirs) else { return };
        let (ours_is, theirs_is) = match pair.is_copied {
            true => ("which is passed by address", "which is passed as a value"),
            false => ("which is passed as a value", "which is passed by address"),
        };
        let problem = format!(
            "{} is `{}`, {ours_is}, but in {} the struct {}, {theirs_is}: use the same type on both sides",
            pair.what,
            pair.ours.managed,
            self.language.name(),
            self.named(theirs)
        );
        self.report(&catalogue::STRUCT_LAYOUT, problem);
    }

    /// A struct with fields.
    fn is_struct(&self, ty: &NativeType) -> bool {
        let NativeType::Struct(of) = ty else { return false };
        let fields = self.declarations.structs.get(*of).and_then(|of| of.fields.as_ref());
        fields.is_some_and(|fields| !fields.is_empty())
    }

    /// One side passes a number, the other the address of a struct.
    fn not_an_address(&mut self, pair: &Pair<'_>) {
        let problem = format!(
            "{} is `{}`, but in {} `{}`: one is a number, the other the address of a struct; use the same type on both \
             sides, or nint for an address",
            pair.what,
            pair.ours.managed,
            self.language.name(),
            pair.theirs.written
        );
        self.report(&catalogue::POINTEE_LAYOUT, problem);
    }

    /// Compares the targets of two addresses; that of native code is `to`.
    fn addresses(&mut self, what: &str, ours: &NativeType, to: &DebugType, depth: u32) {
        let (value, is_one, is_out) = match ours {
            NativeType::Pointer(value) | NativeType::Array(value) => (value, false, false),
            NativeType::Reference { to, direction } => (to, true, *direction == Direction::Out),
            _ => return,
        };
        let rule = &catalogue::POINTEE_LAYOUT;
        self.behind(value, to, &Behind { what, rule, depth, is_one, is_out });
    }

    fn behind(&mut self, ours: &NativeType, theirs: &DebugType, behind: &Behind<'_>) {
        let Behind { what, rule, depth, is_one, is_out } = *behind;
        match (ours, theirs) {
            (NativeType::Struct(ours), DebugType::Struct(theirs)) => self.structs(what, rule, *ours, *theirs),
            (ours, DebugType::Pointer(to)) => {
                if depth < MAX_DEPTH {
                    self.addresses(what, ours, to, depth + 1);
                }
            }
            (ours, theirs) => {
                let (Some(our_size), Some(their_size)) =
                    (values::size(self.declarations, ours), values::native_size(self.info, theirs))
                else {
                    return;
                };
                let has_truth = theirs == &DebugType::Bool || values::is_truth(ours);
                let are_bytes = !has_truth && (our_size == 1 && !is_out || their_size == 1);
                let is_struct = matches!((ours, theirs), (NativeType::Struct(_), _) | (_, DebugType::Struct(_)));
                let is_wrong = match (is_struct, is_one) {
                    (true, is_one) => is_one && their_size > our_size,
                    (false, true) if is_out && our_size == 1 => their_size > 1,
                    (false, _) => our_size != their_size || values::is_float(ours) != values::is_native_float(theirs),
                };
                if is_wrong && !are_bytes {
                    let problem = format!(
                        "{what} is the address of {}, but in {} of {}: use the same type on both sides",
                        values::words(self.declarations, ours, our_size),
                        self.language.name(),
                        values::native_words(self.info, theirs, their_size)
                    );
                    self.report(rule, problem);
                }
            }
        }
    }

    fn structs(&mut self, what: &str, rule: &'static Rule, ours: usize, theirs: usize) {
        let (Some(ours), Some(theirs)) = (self.declarations.structs.get(ours), self.info.structs.get(theirs)) else {
            return;
        };
        // Both languages declare a type that only the other side knows as a struct without fields.
        let ours_is_opaque = ours.fields.as_ref().is_some_and(Vec::is_empty);
        let Some(layout) = &theirs.layout else { return };
        let theirs_is_opaque = layout.size == 0;
        if rule.code == catalogue::POINTEE_LAYOUT.code && (ours_is_opaque || theirs_is_opaque) {
            return;
        }
        let language = self.language.name();
        let names = format!("{what} is the struct `{}`, but in {language} {}", ours.name, self.named(theirs));
        let (managed, native) =
            (Bytes::of_managed(self.declarations, ours), Bytes::of_native(&self.info.structs, layout));
        let difference = managed.first_difference(&native).map(|at| {
            let is_in = |offset: u32, size: u32| at.checked_sub(offset).is_some_and(|within| within < size);
            let field = ours.fields.iter().flatten().find(|field| is_in(field.offset, field.size));
            let field = field.map(|field| format!("`{}`, ", field.name)).unwrap_or_default();
            let other = layout.fields.iter().find(|field| is_in(field.offset, field.size));
            let other = other.map(|field| format!("`{}`, ", field.name)).unwrap_or_default();
            format!("at offset {at} is {field}{}, but in {language} {other}{}", managed.words(at), native.words(at))
        });
        if ours.size != layout.size {
            let difference = difference.map(|difference| format!("; {difference}")).unwrap_or_default();
            self.report(
                rule,
                format!("{names}: it has {} bytes, but in {language} {}{difference}", ours.size, layout.size),
            );
        } else if let Some(difference) = difference {
            self.report(rule, format!("{names}: {difference}"));
        } else if layout.align > ours.align && layout.align > 8 {
            let problem = format!("{names}: its alignment is {}, but in {language} {}", ours.align, layout.align);
            self.report(rule, problem);
        } else {
            for field in ours.fields.iter().flatten() {
                let other = layout.fields.iter().find(|other| other.offset == field.offset);
                if let (NativeType::Function { prototype: Some(prototype), .. }, Some(DebugType::Function(other))) =
                    (&field.ty, other.map(|other| &other.ty))
                {
                    self.prototype(&format!("field `{}` of `{}`", field.name, ours.name), *prototype, *other);
                }
            }
        }
    }

    /// A struct of native code and where it is declared.
    fn named(&self, of: &DebugStruct) -> String {
        match self.sources.spot(of.place.as_ref()) {
            Some(spot) => format!("`{}` of {spot}", of.name),
            None => format!("`{}`", of.name),
        }
    }

    /// Integers of fewer than 32 bits: the side that passes one extends it, and the other side does not truncate it.
    fn narrow(&mut self, pair: &Pair<'_>, ours: Integer) {
        // Values of callbacks are passed the other way.
        if self.depth > 0 || self.declaration.module.is_empty() {
            return;
        }
        let (bytes, signed) = match &pair.theirs.ty {
            DebugType::Integer { bytes, signed, is_char: false, .. } | DebugType::Enum { bytes, signed, .. } => {
                (*bytes, *signed)
            }
            _ => return,
        };
        let is_wrong = match bytes.cmp(&ours.bytes) {
            Ordering::Equal => bytes < 4 && signed != ours.signed && ours.meaning == Meaning::Number,
            Ordering::Less => bytes < 4 && !pair.is_result,
            Ordering::Greater => ours.bytes < 4 && pair.is_result,
        };
        if is_wrong {
            let problem = format!(
                "{} is `{}`, but in {} `{}`: a value that only one of them can represent changes; use the same type on \
                 both sides",
                pair.what,
                pair.ours.managed,
                self.language.name(),
                pair.theirs.written
            );
            self.report(&catalogue::NARROW_VALUE, problem);
        }
    }

    fn string(&mut self, pair: &Pair<'_>, unit: u8, to: &DebugType) {
        let is_rust = self.language == Language::Rust;
        let is_wrong = match (unit, to) {
            // c_char is i8 in Rust.
            (2, DebugType::Integer { bytes: 1, signed, is_char, .. }) => *is_char || is_rust && *signed,
            (1, DebugType::Integer { bytes: 2, .. }) => true,
            // wchar_t
            (_, DebugType::Integer { bytes: 4, .. }) => true,
            _ => false,
        };
        let (encoding, advice) = match unit {
            2 => ("UTF-16", "marshal it as UTF-8, or take a pointer to 16-bit units"),
            _ => ("UTF-8", "marshal it as UTF-16, or take a pointer to bytes"),
        };
        if is_wrong {
            let (what, language, written) = (&pair.what, self.language.name(), &pair.theirs.written);
            let problem = format!("{what} is a {encoding} string, but in {language} `{written}`: {advice}");
            self.report(&catalogue::POINTEE_LAYOUT, problem);
        }
    }

    /// Compares the prototypes of two function pointers.
    fn prototype(&mut self, what: &str, ours: usize, theirs: usize) {
        if !self.followed.insert((ours, theirs)) {
            return;
        }
        let (Some(ours), Some(theirs)) = (self.declarations.prototypes.get(ours), self.info.prototypes.get(theirs))
        else {
            return;
        };
        if let Some(text) = &theirs.rust_abi {
            let problem = format!(
                "{what} is `{text}`, which uses Rust's own calling convention; write extern \"C\" before its fn"
            );
            return self.report(&catalogue::RUST_ABI, problem);
        }
        let shape = &theirs.shape;
        let pointer = Declaration {
            signature: ours.signature.clone(),
            ret: ours.ret.clone(),
            params: ours.params.clone(),
            ..self.declaration.clone()
        };
        if is_same(&FunctionType::of(&ours.signature), &shape.ty) {
            if self.depth < MAX_DEPTH {
                self.depth += 1;
                for pair in pairs(&pointer, shape) {
                    self.pair(&Pair { what: format!("{} of {what}", pair.what), ..pair });
                }
                self.depth -= 1;
            }
            return;
        }
        let side = causes::Side::of(&shape.ty, Some(shape), "the call");
        let problem = format!(
            "it calls {} {what} with a different signature: {}",
            if what.starts_with("field") { "the" } else { "its" },
            causes::cause(&pointer, &side)
        );
        let problem = causes::with_types(Message::new(problem), &pointer, &side);
        self.report(&catalogue::CALLBACK_TYPE, problem);
    }
}
