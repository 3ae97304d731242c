//! Compares what a Rust source shows besides the wasm type: structs by value, targets of pointers, prototypes of
//! callbacks.

use std::collections::BTreeSet;

use super::Comparison;
use super::causes;
use super::layouts::Bytes;
use super::pairs::{Pair, pairs};
use super::unit::{NativeUnit, spot};
use super::values;
use super::words::is_same;
use clr_wasm_abi::FunctionType;
use thunkgen_core::collect::ir::declarations::{Declaration, Declarations, Direction, Integer, Meaning, NativeType};
use thunkgen_diagnostics::{Rule, catalogue};
use thunkgen_rust_source::{Cause, Crate, RustType, Shape};

/// Maximum number of nested pointers and function pointers that are followed.
const MAX_DEPTH: u32 = 3;

/// The element type of C strings in Rust.
const C_CHAR: &str = "c_char";

impl<'n> Comparison<'_, 'n> {
    /// Compares the source types of two functions with the same wasm type; does nothing without a Rust source.
    pub(super) fn beyond_types(
        &mut self,
        declaration: &Declaration,
        symbol: &str,
        (unit, shape, place): (NativeUnit<'n>, Option<&'n Shape>, String),
    ) {
        let (NativeUnit::Rust(library), Some(shape)) = (unit, shape) else { return };
        let (declarations, source) = (self.declarations, &library.source);
        let mut found =
            Found { declarations, source, declaration, depth: 0, followed: BTreeSet::new(), problems: Vec::new() };
        for pair in pairs(declaration, shape) {
            found.pair(&pair);
        }
        for (rule, problem) in found.problems {
            self.report(rule, declaration, format!("`{symbol}` of {place}: {problem}"));
        }
    }
}

/// The findings about a function.
struct Found<'f> {
    declarations: &'f Declarations,
    source: &'f Crate,
    declaration: &'f Declaration,
    /// Nesting of the function pointers that were followed, and the pairs that were visited.
    depth: u32,
    followed: BTreeSet<(usize, usize)>,
    problems: Vec<(&'static Rule, String)>,
}

/// A struct or another target of a pointer, on both sides.
struct PointerTarget<'b> {
    what: &'b str,
    rule: &'static Rule,
    depth: u32,
    /// Whether it is a single value, not the first of an array.
    is_one: bool,
    /// Whether only native code writes it.
    is_out: bool,
}

impl Found<'_> {
    fn report(&mut self, rule: &'static Rule, problem: String) {
        if !self.problems.iter().any(|(_, other)| *other == problem) {
            self.problems.push((rule, problem));
        }
    }

    fn pair(&mut self, pair: &Pair<'_>) {
        let what = &*pair.what;
        let theirs = pair.theirs;
        match (&pair.ours.native, &theirs.ty) {
            (NativeType::Struct(_), RustType::Struct(of)) if pair.is_copied != theirs.by_address => {
                self.passed(pair, *of);
            }
            (NativeType::Integer(Integer { meaning: Meaning::Number, .. }), RustType::Struct(of))
                if theirs.by_address =>
            {
                self.passed(pair, *of);
            }
            (NativeType::Struct(_), to) if pair.is_copied => {
                // By value in Rust, or through a pointer, possibly to an array: an address in both cases.
                let (to, rule) = match to {
                    RustType::Pointer(to) => (&**to, &catalogue::POINTEE_LAYOUT),
                    to => (to, &catalogue::STRUCT_LAYOUT),
                };
                self.behind(
                    &pair.ours.native,
                    to,
                    &PointerTarget { what, rule, depth: 0, is_one: true, is_out: false },
                );
            }
            (NativeType::Function { prototype: Some(ours), .. }, RustType::Function(theirs)) => {
                self.prototype(what, *ours, *theirs);
            }
            (NativeType::String { unit, .. }, RustType::Pointer(to)) => self.string(pair, *unit, to),
            (ours, to @ RustType::Struct(_)) if theirs.by_address => self.addresses(what, ours, to, 0),
            (ours, RustType::Pointer(to)) => self.addresses(what, ours, to, 0),
            _ => {}
        }
    }

    /// One side passes the address of a struct, the other a value.
    fn passed(&mut self, pair: &Pair<'_>, theirs: usize) {
        let Some(theirs) = self.source.structs.get(theirs) else { return };
        let (ours_is, theirs_is) = match pair.is_copied {
            true => ("which is passed by address", "which is passed as its only value"),
            false => ("which is passed as a value", "which is passed by address"),
        };
        let problem = format!(
            "{} is `{}`, {ours_is}, in Rust the struct `{}` of {}, {theirs_is}: use the same type on both sides",
            pair.what,
            pair.ours.managed,
            theirs.name,
            spot(&theirs.place)
        );
        self.report(&catalogue::STRUCT_LAYOUT, problem);
    }

    /// The targets of two pointers; `to` is the one in Rust.
    fn addresses(&mut self, what: &str, ours: &NativeType, to: &RustType, depth: u32) {
        let (value, is_one, is_out) = match ours {
            NativeType::Pointer(value) | NativeType::Array(value) => (value, false, false),
            NativeType::Reference { to, direction } => (to, true, *direction == Direction::Out),
            _ => return,
        };
        let rule = &catalogue::POINTEE_LAYOUT;
        self.behind(value, to, &PointerTarget { what, rule, depth, is_one, is_out });
    }

    fn behind(&mut self, ours: &NativeType, theirs: &RustType, behind: &PointerTarget<'_>) {
        let PointerTarget { what, rule, depth, is_one, is_out } = *behind;
        match (ours, theirs) {
            (NativeType::Struct(ours), RustType::Struct(theirs)) => self.structs(what, rule, *ours, *theirs),
            (NativeType::Struct(ours), RustType::Unknown(why)) => {
                let ours = self.declarations.structs.get(*ours);
                if ours.and_then(|ours| ours.fields.as_ref()).is_some_and(Vec::is_empty) {
                    return;
                }
                let message = format!("{what}: its target is not compared: {why}");
                self.report(&catalogue::NATIVE_TYPE_UNKNOWN, message);
            }
            (ours, RustType::Pointer(to)) => {
                if depth < MAX_DEPTH {
                    self.addresses(what, ours, to, depth + 1);
                }
            }
            (ours, theirs) => {
                let (Some(our_size), Some(their_size)) =
                    (values::size(self.declarations, ours), values::size_in_rust(self.source, theirs))
                else {
                    return;
                };
                let has_truth = theirs == &RustType::Bool || values::is_bool(ours);
                let are_bytes = !has_truth && (our_size == 1 && !is_out || their_size == 1);
                let is_struct = matches!((ours, theirs), (NativeType::Struct(_), _) | (_, RustType::Struct(_)));
                let is_wrong = match (is_struct, is_one) {
                    (true, is_one) => is_one && their_size > our_size,
                    (false, true) if is_out && our_size == 1 => their_size > 1,
                    (false, _) => our_size != their_size || values::is_float(ours) != values::is_float_in_rust(theirs),
                };
                if is_wrong && !are_bytes {
                    let problem = format!(
                        "{what} is the address of {}, in Rust of {}: use the same type on both sides",
                        values::words(self.declarations, ours, our_size),
                        values::words_in_rust(self.source, theirs, their_size)
                    );
                    self.report(rule, problem);
                }
            }
        }
    }

    fn structs(&mut self, what: &str, rule: &'static Rule, ours: usize, theirs: usize) {
        let (Some(ours), Some(theirs)) = (self.declarations.structs.get(ours), self.source.structs.get(theirs)) else {
            return;
        };
        // A pointer to an empty struct is an opaque type in both languages.
        let ours_is_opaque = ours.fields.as_ref().is_some_and(Vec::is_empty);
        let theirs_is_opaque = theirs.layout.as_ref().is_ok_and(|layout| layout.size == 0);
        if rule.code == catalogue::POINTEE_LAYOUT.code && (ours_is_opaque || theirs_is_opaque) {
            return;
        }
        let names =
            format!("{what} is the struct `{}`, in Rust `{}` of {}", ours.name, theirs.name, spot(&theirs.place));
        let layout = match &theirs.layout {
            Ok(layout) => layout,
            Err(unknown) => {
                let problem = format!("{names}, which is not compared: {}; give it #[repr(C)]", unknown.why);
                return self.report(&catalogue::NATIVE_TYPE_UNKNOWN, problem);
            }
        };
        let (managed, rust) =
            (Bytes::of_managed(self.declarations, ours), Bytes::of_rust(&self.source.structs, layout));
        let difference = managed.first_difference(&rust).map(|at| {
            let is_in = |offset: u32, size: u32| at.checked_sub(offset).is_some_and(|within| within < size);
            let field = ours.fields.iter().flatten().find(|field| is_in(field.offset, field.size));
            let field = field.map(|field| format!("`{}`, ", field.name)).unwrap_or_default();
            let other = layout.fields.iter().find(|field| is_in(field.offset, field.size));
            let other = other.map(|field| format!("`{}`, ", field.name)).unwrap_or_default();
            format!("at offset {at} is {field}{}, in Rust {other}{}", managed.words(at), rust.words(at))
        });
        if ours.size != layout.size {
            let difference = difference.map(|difference| format!("; {difference}")).unwrap_or_default();
            self.report(rule, format!("{names}: it has {} bytes, in Rust {}{difference}", ours.size, layout.size));
        } else if let Some(difference) = difference {
            self.report(rule, format!("{names}: {difference}"));
        } else if layout.align > ours.align && layout.align > 8 {
            let problem = format!("{names}: it is aligned to {}, in Rust to {}", ours.align, layout.align);
            self.report(rule, problem);
        } else {
            for field in ours.fields.iter().flatten() {
                let other = layout.fields.iter().find(|other| other.offset == field.offset);
                if let (NativeType::Function { prototype: Some(prototype), .. }, Some(RustType::Function(other))) =
                    (&field.ty, other.map(|other| &other.ty))
                {
                    self.prototype(&format!("field `{}` of `{}`", field.name, ours.name), *prototype, *other);
                }
            }
        }
    }

    fn string(&mut self, pair: &Pair<'_>, unit: u8, to: &RustType) {
        let what = &pair.what;
        match (unit, to) {
            (2, _) if pair.theirs.written.contains(C_CHAR) => {
                let problem = format!(
                    "{what} is a UTF-16 string, in Rust `{}`: marshal it as UTF-8, or take *const u16",
                    pair.theirs.written
                );
                self.report(&catalogue::POINTEE_LAYOUT, problem);
            }
            (1, RustType::Integer { bytes: 2, .. }) => {
                let problem = format!(
                    "{what} is a UTF-8 string, in Rust `{}`: marshal it as UTF-16, or take *const c_char",
                    pair.theirs.written
                );
                self.report(&catalogue::POINTEE_LAYOUT, problem);
            }
            _ => {}
        }
    }

    /// The prototypes of two function pointers.
    fn prototype(&mut self, what: &str, ours: usize, theirs: usize) {
        if !self.followed.insert((ours, theirs)) {
            return;
        }
        let (Some(ours), Some(theirs)) = (self.declarations.prototypes.get(ours), self.source.prototypes.get(theirs))
        else {
            return;
        };
        let shape = match &theirs.shape {
            Ok(shape) => shape,
            Err(unknown) if unknown.cause == Cause::Abi => {
                let problem = format!(
                    "{what} is `{}`, which uses Rust's calling convention; write extern \"C\" before its fn",
                    theirs.text
                );
                return self.report(&catalogue::RUST_ABI, problem);
            }
            Err(unknown) => {
                let problem = format!("{what}: its prototype is not compared: {}", unknown.why);
                return self.report(&catalogue::NATIVE_TYPE_UNKNOWN, problem);
            }
        };
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
        let side = causes::Side::of_rust(shape, "the call");
        let problem = format!(
            "it calls {} {what} with a different signature: {}; {}",
            if what.starts_with("field") { "the" } else { "its" },
            causes::cause(&pointer, &side).replace("the function", "the call"),
            causes::side_by_side(&pointer, &side)
        );
        self.report(&catalogue::CALLBACK_TYPE, problem);
    }
}
