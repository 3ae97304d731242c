//! Random structs: any fields at any offset, as far as metadata can have them.

use clr_wasm_abi::Signature;
use thunkgen_core::collect::ir::Linkage;
use thunkgen_core::collect::ir::declarations::{
    Declaration, Declarations, Direction, Field, Integer, Meaning, NativeType, Param, Struct,
};
use thunkgen_native::stubs::documentation::Documentation;
use thunkgen_tests::c_header::{C11, CPP17, headers, readers, require};
use thunkgen_tests::corrupt::prng::Prng;

const STRUCTS: usize = 600;

fn integer(bytes: u8, meaning: Meaning) -> NativeType {
    NativeType::Integer(Integer { bytes, signed: meaning != Meaning::Bool, meaning })
}

/// A type with its size and what it is aligned to.
fn field_type(random: &mut Prng, structs: &[Struct]) -> (NativeType, u32, u32) {
    let pick = if structs.is_empty() { random.below(11) } else { random.below(14) };
    match pick {
        0 => (integer(1, Meaning::Number), 1, 1),
        1 => (integer(1, Meaning::Bool), 1, 1),
        2 => (integer(2, Meaning::Char), 2, 2),
        3 => (integer(4, Meaning::Number), 4, 4),
        4 => (integer(8, Meaning::Number), 8, 8),
        5 => (NativeType::Double, 8, 8),
        6 => (NativeType::Float, 4, 4),
        7 => (NativeType::Vector(16), 16, 16),
        8 => (NativeType::Wide { signed: true }, 16, 16),
        9 => (integer(4, Meaning::Size), 4, 4),
        10 => {
            let count = 1 + random.below(5) as u32;
            (NativeType::Repeated { element: Box::new(integer(2, Meaning::Number)), count }, 2 * count, 2)
        }
        _ => {
            let index = random.below(structs.len());
            (NativeType::Struct(index), structs[index].size, structs[index].align)
        }
    }
}

fn random_struct(random: &mut Prng, number: usize, structs: &[Struct]) -> Struct {
    let mut fields: Vec<Field> = Vec::new();
    let (mut align, mut end) = (1, 0);
    // In order, in order without alignment, or anywhere.
    let order = random.below(4);
    for index in 0..random.below(7) {
        let (ty, size, of_type) = field_type(random, structs);
        let next = fields.last().map_or(0, |last| last.offset + last.size);
        let offset = match order {
            0 | 1 => next.next_multiple_of(of_type) + of_type * (random.below(8) / 7) as u32,
            2 => next + random.below(3) as u32,
            _ => random.below(24) as u32,
        };
        align = align.max(of_type);
        end = end.max(offset + size);
        fields.push(Field { name: format!("F{index}"), offset, size, ty });
    }
    if random.below(4) == 0 {
        align = 1 << random.below(6);
    }
    let size = match random.below(4) {
        0 => end + random.below(9) as u32,
        _ => end.next_multiple_of(align),
    };
    let fields = (random.below(20) > 0).then_some(fields);
    Struct {
        name: format!("S{number}"),
        documentation_id: String::new(),
        is_marshalled: false,
        size: size.max(1),
        align,
        fields,
    }
}

fn declarations(seed: u64) -> Declarations {
    let mut declared = Declarations::default();
    let signature: Signature = "vi".parse().expect("a signature");
    let param = |name: &str, native| Param { name: name.to_owned(), managed: String::new(), native };
    for number in 0..STRUCTS {
        let mut random = Prng::new(seed, number as u64);
        let of = random_struct(&mut random, number, &declared.structs);
        declared.structs.push(of);
        let to = Box::new(NativeType::Struct(number));
        declared.functions.push(Declaration {
            module: "random".to_owned(),
            entry_point: Some(format!("take{number:04}")),
            linkage: Linkage::Static,
            path: String::new(),
            assembly: String::new(),
            method: String::new(),
            token: 0,
            documentation_id: String::new(),
            signature: signature.clone(),
            ret: param("", NativeType::Void),
            params: vec![param("value", NativeType::Reference { to, direction: Direction::Both })],
        });
    }
    declared
}

#[test]
#[ignore = "needs clang"]
fn random_structs_are_laid_out_as_declared() {
    let declared = declarations(0xC4EA_DE25);
    let folder = tempfile::tempdir().expect("a folder");
    let header = &headers(&declared, &Documentation::default())["random.h"];
    std::fs::write(folder.path().join("random.h"), header).expect("a writable folder");
    // Every size and offset is asserted, and alignments as far as C has them.
    for of in &declared.structs {
        let name = format!("random_{}", of.name);
        assert!(header.contains(&format!("(sizeof({name}) == {},", of.size)), "{of:?}");
        for field in of.fields.iter().flatten() {
            assert!(header.contains(&format!("(offsetof({name}, {}) == {},", field.name, field.offset)), "{of:?}");
        }
        if of.size % of.align == 0 {
            assert!(header.contains(&format!("ALIGNOF({name}) == {},", of.align)), "{of:?}");
        }
    }
    for (part, at_least) in [("packed", 50), ("aligned(", 50), ("__extension__ union", 50), ("reserved", 50)] {
        assert!(header.matches(part).count() >= at_least, "{} {part}", header.matches(part).count());
    }
    let source = format!("{}#include \"random.h\"\n", require("random.h"));
    for reader in readers() {
        for dialect in [C11, CPP17] {
            reader.check(dialect, folder.path(), &source).unwrap_or_else(|said| panic!("{reader:?}\n{said}\n"));
        }
    }
}
