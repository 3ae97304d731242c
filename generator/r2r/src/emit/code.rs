//! Bodies of wasm functions whose indices are not known yet.
//!
//! A body contains its instructions without the operands that depend on its module: function types, the stack
//! pointer's global, and how the helper is reached. They are filled in when it is written: into an image,
//! which is complete and has the shortest operands, or into an object, in which the linker fills them
//! (WebAssembly tool conventions, `Linking.md`, section "Relocation Sections").

use wasm_encoder::{Encode, InstructionSink, MemArg, MemArgTarget};

use clr_wasm_abi::{FunctionType, Scalar};

/// What an operand names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Symbol {
    /// The stack pointer, a global.
    StackPointer,
    /// A function type.
    Type(FunctionType),
    /// The runtime's function that interprets a method; it has [`helper_type`](super::helper_type).
    Helper,
}

/// An operand of five bytes that the linker fills: a type index, or the index of the stack pointer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relocation {
    /// Of the operand, from the start of the body.
    pub offset: usize,
    /// The type; `None` for the stack pointer.
    pub of_type: Option<FunctionType>,
}

/// Where an image keeps what its code refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImageLayout {
    /// Index of the global with the stack pointer; unused without [`Symbol::StackPointer`].
    pub stack_pointer: u32,
    /// Index of the global with the address of the image; unused without [`Symbol::Helper`].
    pub image_base: u32,
    /// RVA of the cell that holds the table index of the helper; unused without [`Symbol::Helper`].
    pub helper_cell: u32,
}

/// The body of a function: its locals and instructions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThunkCode {
    bytes: Vec<u8>,
    sites: Vec<Site>,
}

/// Something left out of the bytes in front of an offset.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Site {
    at: usize,
    symbol: Symbol,
}

/// Most bytes that a site takes: the call of the helper in an image, whose operands are fixed but for two.
const MAX_OPERAND: usize = 20;

const CALL_INDIRECT: u8 = 0x11;
const GLOBAL_GET: u8 = 0x23;
const GLOBAL_SET: u8 = 0x24;

impl ThunkCode {
    /// An empty body with this many i32 locals after the parameters.
    pub(super) fn with_locals(count: u32) -> ThunkCode {
        let mut bytes = Vec::new();
        match count {
            0 => 0u32.encode(&mut bytes),
            _ => {
                1u32.encode(&mut bytes);
                count.encode(&mut bytes);
                wasm_encoder::ValType::I32.encode(&mut bytes);
            }
        }
        ThunkCode { bytes, sites: Vec::new() }
    }

    /// For instructions that name nothing outside of the body.
    pub(super) fn plain(&mut self) -> InstructionSink<'_> {
        InstructionSink::new(&mut self.bytes)
    }

    /// Pushes the stack pointer.
    pub(super) fn get_stack_pointer(&mut self) {
        self.bytes.push(GLOBAL_GET);
        self.site(Symbol::StackPointer);
    }

    /// Pops the stack pointer.
    pub(super) fn set_stack_pointer(&mut self) {
        self.bytes.push(GLOBAL_SET);
        self.site(Symbol::StackPointer);
    }

    /// Calls the function whose table index is on top of the stack.
    pub(super) fn call_indirect(&mut self, of_type: &FunctionType) {
        self.bytes.push(CALL_INDIRECT);
        self.site(Symbol::Type(of_type.clone()));
        TABLE.encode(&mut self.bytes);
    }

    /// Calls the helper.
    pub(super) fn call_helper(&mut self) {
        self.site(Symbol::Helper);
    }

    /// Replaces the address on top of the stack by the value `offset` bytes above it.
    pub(super) fn load(&mut self, of: Scalar, offset: u32) {
        let place = place(of, offset);
        match of {
            Scalar::I32 => self.plain().i32_load(place),
            Scalar::I64 => self.plain().i64_load(place),
            Scalar::F32 => self.plain().f32_load(place),
            Scalar::F64 => self.plain().f64_load(place),
            Scalar::V128 => self.plain().v128_load(place),
        };
    }

    /// Stores the value on top of the stack `offset` bytes above the address below it.
    pub(super) fn store(&mut self, of: Scalar, offset: u32) {
        let place = place(of, offset);
        match of {
            Scalar::I32 => self.plain().i32_store(place),
            Scalar::I64 => self.plain().i64_store(place),
            Scalar::F32 => self.plain().f32_store(place),
            Scalar::F64 => self.plain().f64_store(place),
            Scalar::V128 => self.plain().v128_store(place),
        };
    }

    /// Copies bytes. On the stack, from the top: the number of bytes, the source, the destination.
    pub(super) fn copy_memory(&mut self) {
        self.plain().memory_copy(0, 0);
    }

    /// Fills bytes. On the stack, from the top: the number of bytes, the value, the address.
    pub(super) fn fill_memory(&mut self) {
        self.plain().memory_fill(0);
    }

    /// Pushes the address `offset` bytes above that in a local.
    pub(super) fn address(&mut self, local: u32, offset: u32) {
        self.plain().local_get(local);
        if offset != 0 {
            self.plain().i32_const(offset.cast_signed()).i32_add();
        }
    }

    fn site(&mut self, symbol: Symbol) {
        self.sites.push(Site { at: self.bytes.len(), symbol });
    }

    /// An upper bound of the size of the body in any file.
    pub(super) fn most_bytes(&self) -> usize {
        self.bytes.len() + MAX_OPERAND * self.sites.len()
    }

    /// The function types the body names, the helper's not counted.
    pub fn types(&self) -> impl Iterator<Item = &FunctionType> {
        self.sites.iter().filter_map(|site| match &site.symbol {
            Symbol::Type(of_type) => Some(of_type),
            Symbol::StackPointer | Symbol::Helper => None,
        })
    }

    /// Whether the stack pointer is read or written.
    pub fn uses_stack_pointer(&self) -> bool {
        self.sites.iter().any(|site| site.symbol == Symbol::StackPointer)
    }

    /// Whether the helper is called.
    pub fn calls_helper(&self) -> bool {
        self.sites.iter().any(|site| site.symbol == Symbol::Helper)
    }

    /// The bytes of the body in an image. The helper is called through the cell the runtime fills.
    pub fn in_image(&self, layout: ImageLayout, type_index: impl Fn(&FunctionType) -> u32) -> Vec<u8> {
        self.fill(|symbol, out| match symbol {
            Symbol::StackPointer => layout.stack_pointer.encode(out),
            Symbol::Type(of_type) => type_index(of_type).encode(out),
            Symbol::Helper => {
                InstructionSink::new(out)
                    .global_get(layout.image_base)
                    .i32_load(place(Scalar::I32, layout.helper_cell))
                    .call_indirect(TABLE, type_index(&super::helper_type()));
            }
        })
    }

    /// The bytes of the body in an object, every operand five bytes long, and where they are; `None` if the helper is
    /// called, which only images can reach.
    pub fn in_object(&self, type_index: impl Fn(&FunctionType) -> u32) -> Option<(Vec<u8>, Vec<Relocation>)> {
        if self.calls_helper() {
            return None;
        }
        let mut relocations = Vec::with_capacity(self.sites.len());
        let bytes = self.fill(|symbol, out| {
            let of_type = if let Symbol::Type(of_type) = symbol { Some(of_type.clone()) } else { None };
            let index = of_type.as_ref().map_or(0, &type_index);
            relocations.push(Relocation { offset: out.len(), of_type });
            out.extend(padded(index));
        });
        Some((bytes, relocations))
    }

    fn fill(&self, mut operand: impl FnMut(&Symbol, &mut Vec<u8>)) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.bytes.len() + 5 * self.sites.len());
        let (mut rest, mut at) = (self.bytes.as_slice(), 0);
        for site in &self.sites {
            let (plain, after) = rest.split_at(site.at - at);
            out.extend_from_slice(plain);
            operand(&site.symbol, &mut out);
            (rest, at) = (after, site.at);
        }
        out.extend_from_slice(rest);
        out
    }
}

/// The only table of an image. In an object, it is not for the linker to fill in: one that does not know of several
/// tables cannot, and the others give this number to the table of indirect calls as soon as one object lacks a symbol
/// for it (lld: `addLegacyIndirectFunctionTableIfNeeded`).
const TABLE: u32 = 0;

/// Slots are aligned to 8 bytes at least, and so are v128 results, which have no slot.
fn place(of: Scalar, offset: u32) -> MemArg {
    let align = of.size().min(8).ilog2();
    MemArg { align, offset: u64::from(offset), target: MemArgTarget::default(), ordering: None }
}

/// A LEB128 number of five bytes.
fn padded(value: u32) -> [u8; 5] {
    let group = |index: u32| (value >> (7 * index) & 0x7f) as u8;
    [group(0) | 0x80, group(1) | 0x80, group(2) | 0x80, group(3) | 0x80, group(4)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> ThunkCode {
        let mut code = ThunkCode::with_locals(1);
        code.get_stack_pointer();
        code.plain().i32_const(7);
        code.call_indirect(&FunctionType::interp_thunk());
        code
    }

    #[test]
    fn operands_of_an_image_are_short() {
        let mut code = sample();
        code.call_helper();
        code.plain().end();
        let layout = ImageLayout { stack_pointer: 0, image_base: 1, helper_cell: 0x94 };
        let bytes = code.in_image(layout, |of_type| if of_type.params.len() == 3 { 5 } else { 200 });
        let expected = [
            [1, 1, 0x7f].as_slice(),
            &[0x23, 0, 0x41, 7, 0x11, 5, 0],
            &[0x23, 1, 0x28, 2, 0x94, 1, 0x11, 0xc8, 1, 0],
            &[0x0b],
        ];
        assert_eq!(bytes, expected.concat());
        assert_eq!(code.in_object(|_| 0), None);
    }

    #[test]
    fn operands_of_an_object_are_five_bytes() {
        let mut code = sample();
        code.plain().end();
        let (bytes, relocations) = code.in_object(|_| 0x80).unwrap();
        let expected = [
            [1, 1, 0x7f].as_slice(),
            &[0x23, 0x80, 0x80, 0x80, 0x80, 0, 0x41, 7],
            &[0x11, 0x80, 0x81, 0x80, 0x80, 0, 0],
            &[0x0b],
        ];
        assert_eq!(bytes, expected.concat());
        let at: Vec<usize> = relocations.iter().map(|relocation| relocation.offset).collect();
        assert_eq!(at, [4, 12]);
    }
}
