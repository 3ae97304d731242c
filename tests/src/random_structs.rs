//! Random structs: any fields at any offset, as far as metadata can have them.

use thunkgen_core::collect::ir::Linkage;
use thunkgen_core::collect::ir::declarations::{
    Declaration, Declarations, Field, Integer, Meaning, NativeType, Param, Struct,
};

use crate::corrupt::prng::Prng;

fn integer(bytes: u8, meaning: Meaning) -> NativeType {
    NativeType::Integer(Integer { bytes, signed: true, meaning })
}

/// A type with its size on wasm32 and what it is aligned to.
fn any_type(random: &mut Prng, structs: &[Struct], count: usize) -> (NativeType, u32, u32) {
    let pointer = |ty| (ty, 4, 4);
    match random.below(14) {
        0 => (integer(1, Meaning::Number), 1, 1),
        1 => (integer(2, Meaning::Char), 2, 2),
        2 => (integer(4, Meaning::Bool), 4, 4),
        3 => (integer(8, Meaning::Number), 8, 8),
        4 => (NativeType::Float, 4, 4),
        5 => (NativeType::Double, 8, 8),
        6 => pointer(integer(4, Meaning::Size)),
        7 => pointer(NativeType::Pointer(Box::new(NativeType::Struct(random.below(count))))),
        8 => pointer(NativeType::Function { delegate: None, prototype: None }),
        9 => (NativeType::Wide { signed: false }, 16, 16),
        10 => (NativeType::Vector(16), 16, 16),
        11 => {
            let (element, size, align) = any_type(random, structs, count);
            let count = 1 + random.below(4) as u32;
            (NativeType::Repeated { element: Box::new(element), count }, size * count, align)
        }
        _ if structs.is_empty() => (integer(1, Meaning::Bool), 1, 1),
        _ => {
            let index = random.below(structs.len());
            let of = &structs[index];
            // A large one in ever larger ones would leave no room for anything else.
            if of.size > 64 {
                (integer(2, Meaning::Number), 2, 2)
            } else {
                (NativeType::Struct(index), of.size, of.align)
            }
        }
    }
}

fn any_struct(random: &mut Prng, structs: &[Struct], number: usize, count: usize) -> Struct {
    let is_explicit = random.below(2) == 0;
    let pack = 1 << random.below(5);
    let (mut fields, mut end, mut align) = (Vec::new(), 0u32, 1);
    for at in 0..random.below(7) {
        let (ty, size, wanted) = any_type(random, structs, count);
        let wanted = wanted.min(pack);
        let offset = match random.below(3) {
            _ if !is_explicit => end.next_multiple_of(wanted),
            // Aligned or not, over others or behind them.
            0 => random.below(24) as u32,
            1 => (random.below(24) as u32).next_multiple_of(wanted),
            _ => end.next_multiple_of(wanted),
        };
        align = align.max(wanted);
        end = end.max(offset + size);
        fields.push(Field { name: format!("f{at}"), offset, size, ty });
    }
    let size = match random.below(4) {
        0 => end + random.below(9) as u32,
        _ => end.next_multiple_of(align),
    };
    let is_known = random.below(20) > 0;
    Struct {
        name: format!("S{number}"),
        documentation_id: String::new(),
        is_marshalled: false,
        size: size.max(1),
        align,
        fields: is_known.then_some(fields),
    }
}

/// That many structs, and a function of a library for each that takes a pointer to it.
pub fn declarations(module: &str, count: usize) -> Declarations {
    let mut random = Prng::new(0x001A_7007, 0);
    let mut structs = Vec::new();
    for number in 0..count {
        structs.push(any_struct(&mut random, &structs, number, count));
    }
    let param = |native| Param { name: String::new(), managed: String::new(), native };
    let functions = (0..count).map(|index| Declaration {
        module: module.to_owned(),
        entry_point: Some(format!("take_{index}")),
        linkage: Linkage::Static,
        path: "App.dll".to_owned(),
        assembly: "App".to_owned(),
        method: format!("T.take_{index}"),
        token: 0x0600_0001,
        documentation_id: String::new(),
        signature: "vi".parse().expect("a signature"),
        ret: param(NativeType::Void),
        params: vec![param(NativeType::Pointer(Box::new(NativeType::Struct(index))))],
    });
    Declarations { functions: functions.collect(), structs, ..Declarations::default() }
}
