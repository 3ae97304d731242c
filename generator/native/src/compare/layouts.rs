//! Structs as bytes in memory, to compare managed with native ones.

use clr_wasm_file::{DebugStruct, DebugType, Layout, StructKind};
use thunkgen_core::collect::ir::declarations::{Declarations, NativeType, Struct};

/// Number of bytes of a struct that are compared. A larger struct differs early or is an array.
const MAX_BYTES: u32 = 4096;

/// Depth to which fields are followed; deeper ones match anything.
const MAX_DEPTH: u32 = 16;

/// The field that a byte belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// Unknown, or matches anything: bytes, a union.
    Any,
    /// No field.
    Padding,
    /// A number, with the offset at which it starts and its size.
    Number { start: u32, size: u32, is_float: bool },
}

/// The bytes of a struct, up to [`MAX_BYTES`].
pub(super) struct Bytes(Vec<Part>);

impl Bytes {
    fn new(size: u32) -> Bytes {
        Bytes(vec![Part::Padding; size.min(MAX_BYTES) as usize])
    }

    fn number(&mut self, start: u32, size: u32, is_float: bool) {
        let part = if size > 1 { Part::Number { start, size, is_float } } else { Part::Any };
        self.fill(start, size, part);
    }

    fn fill(&mut self, start: u32, size: u32, part: Part) {
        let (from, to) = (start.min(MAX_BYTES) as usize, start.saturating_add(size).min(MAX_BYTES) as usize);
        for byte in self.0.get_mut(from..to).into_iter().flatten() {
            *byte = part;
        }
    }

    /// Of a struct in managed code.
    pub fn of_managed(declarations: &Declarations, of: &Struct) -> Bytes {
        let mut bytes = Bytes::new(of.size);
        bytes.managed_struct(declarations, of, 0, 0);
        bytes
    }

    fn managed_struct(&mut self, declarations: &Declarations, of: &Struct, start: u32, depth: u32) {
        match &of.fields {
            Some(fields) if !of.overlaps() && depth < MAX_DEPTH => {
                for field in fields {
                    let at = start.saturating_add(field.offset);
                    self.managed(declarations, &field.ty, at, field.size, depth + 1);
                }
            }
            _ => self.fill(start, of.size, Part::Any),
        }
    }

    fn managed(&mut self, declarations: &Declarations, ty: &NativeType, start: u32, size: u32, depth: u32) {
        match ty {
            NativeType::Float | NativeType::Double => self.number(start, size, true),
            NativeType::Struct(index) => match declarations.structs.get(*index) {
                Some(of) => self.managed_struct(declarations, of, start, depth),
                None => self.fill(start, size, Part::Any),
            },
            NativeType::Repeated { element, count } if *count > 0 => {
                let each = size / count;
                if each == 0 || depth >= MAX_DEPTH {
                    return self.fill(start, size, Part::Any);
                }
                for index in 0..(*count).min(MAX_BYTES / each) {
                    self.managed(declarations, element, start.saturating_add(index * each), each, depth + 1);
                }
            }
            NativeType::Vector(_) | NativeType::Wide { .. } | NativeType::Repeated { .. } | NativeType::Void => {
                self.fill(start, size, Part::Any);
            }
            _ => self.number(start, size, false),
        }
    }

    /// Of a struct in native code.
    pub fn of_native(structs: &[DebugStruct], layout: &Layout) -> Bytes {
        let mut bytes = Bytes::new(layout.size);
        bytes.native_struct(structs, layout, 0, 0);
        bytes
    }

    fn native_struct(&mut self, structs: &[DebugStruct], layout: &Layout, start: u32, depth: u32) {
        if layout.kind != StructKind::Struct || depth >= MAX_DEPTH {
            return self.fill(start, layout.size, Part::Any);
        }
        for field in &layout.fields {
            let start = start.saturating_add(field.offset);
            // The size of an unknown type is unknown: up to the next field, it matches anything.
            if field.size == 0 && !field.has_bits {
                let next = layout.fields.iter().map(|other| other.offset).filter(|at| *at > field.offset).min();
                self.fill(start, next.unwrap_or(layout.size).saturating_sub(field.offset), Part::Any);
                continue;
            }
            match field.has_bits {
                true => self.fill(start, field.size, Part::Any),
                false => self.native(structs, &field.ty, start, field.size, depth + 1),
            }
        }
    }

    fn native(&mut self, structs: &[DebugStruct], ty: &DebugType, start: u32, size: u32, depth: u32) {
        match ty {
            DebugType::Float | DebugType::Double => self.number(start, size, true),
            DebugType::Struct(index) => match structs.get(*index).map(|of| &of.layout) {
                Some(Some(layout)) => self.native_struct(structs, layout, start, depth),
                _ => self.fill(start, size, Part::Any),
            },
            DebugType::Array { element, count } if *count > 0 => {
                let each = size / count;
                if each == 0 || depth >= MAX_DEPTH {
                    return self.fill(start, size, Part::Any);
                }
                for index in 0..(*count).min(MAX_BYTES / each) {
                    self.native(structs, element, start.saturating_add(index * each), each, depth + 1);
                }
            }
            DebugType::Array { .. } | DebugType::Vector | DebugType::Void | DebugType::Unknown => {
                self.fill(start, size, Part::Any);
            }
            DebugType::Integer { bytes: 16, .. } => self.fill(start, size, Part::Any),
            _ => self.number(start, size, false),
        }
    }

    /// Offset of the first byte that differs.
    pub fn first_difference(&self, other: &Bytes) -> Option<u32> {
        let is_other = |(ours, theirs): (&Part, &Part)| match (ours, theirs) {
            (Part::Any, _) | (_, Part::Any) => false,
            (ours, theirs) => ours != theirs,
        };
        let at = self.0.iter().zip(&other.0).position(is_other);
        let end = self.0.len().min(other.0.len());
        let differ = self.0.len() != other.0.len();
        at.or(Some(end).filter(|_| differ)).map(|at| at as u32)
    }

    /// `a float of 4 bytes`
    pub fn words(&self, at: u32) -> String {
        match self.0.get(at as usize) {
            None => "nothing".to_owned(),
            Some(Part::Padding) => "padding".to_owned(),
            Some(Part::Any) => "bytes".to_owned(),
            Some(Part::Number { start, size, is_float }) => {
                let kind = if *is_float { "a float" } else { "an integer or address" };
                match start {
                    start if *start == at => format!("{kind} of {size} bytes"),
                    start => format!("{kind} of {size} bytes that starts at {start}"),
                }
            }
        }
    }
}
