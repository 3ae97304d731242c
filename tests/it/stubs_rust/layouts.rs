//! Structs of any layout: the compiler finds every field where it was said to be, and says so when it is not.

use std::collections::BTreeMap;

use thunkgen_core::collect::ir::Linkage;
use thunkgen_core::collect::ir::declarations::{
    Declaration, Declarations, Field, Integer, Meaning, NativeType, Param, Struct,
};
use thunkgen_native::stubs::documentation::Documentation;
use thunkgen_tests::corrupt::prng::Prng;
use thunkgen_tests::rust_stubs::{StubFile, check, codes, stubs, write};
use thunkgen_tests::rust_wasm::RustWasm;

const COUNT: usize = 400;

fn integer(bytes: u8, meaning: Meaning) -> NativeType {
    NativeType::Integer(Integer { bytes, signed: true, meaning })
}

/// A type with its size on wasm32 and what it is aligned to.
fn any_type(random: &mut Prng, structs: &[Struct]) -> (NativeType, u32, u32) {
    let pointer = |ty| (ty, 4, 4);
    match random.below(14) {
        0 => (integer(1, Meaning::Number), 1, 1),
        1 => (integer(2, Meaning::Char), 2, 2),
        2 => (integer(4, Meaning::Bool), 4, 4),
        3 => (integer(8, Meaning::Number), 8, 8),
        4 => (NativeType::Float, 4, 4),
        5 => (NativeType::Double, 8, 8),
        6 => pointer(integer(4, Meaning::Size)),
        7 => pointer(NativeType::Pointer(Box::new(NativeType::Struct(random.below(COUNT))))),
        8 => pointer(NativeType::Function { delegate: None, prototype: None }),
        9 => (NativeType::Wide { signed: false }, 16, 16),
        10 => (NativeType::Vector(16), 16, 16),
        11 => {
            let (element, size, align) = any_type(random, structs);
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

fn any_struct(random: &mut Prng, structs: &[Struct], number: usize) -> Struct {
    let is_explicit = random.below(2) == 0;
    let pack = 1 << random.below(5);
    let (mut fields, mut end, mut align) = (Vec::new(), 0u32, 1);
    for at in 0..random.below(7) {
        let (ty, size, wanted) = any_type(random, structs);
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

fn declarations() -> Declarations {
    let mut random = Prng::new(0x001A_7007, 0);
    let mut structs = Vec::new();
    for number in 0..COUNT {
        structs.push(any_struct(&mut random, &structs, number));
    }
    let param = |native| Param { name: String::new(), managed: String::new(), native };
    let functions = (0..COUNT).map(|index| Declaration {
        module: "layouts".to_owned(),
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

fn stub_file(declared: &Declarations) -> StubFile {
    let [stub_file] = <[StubFile; 1]>::try_from(stubs(declared, &Documentation::default())).expect("one module");
    stub_file
}

/// What is asserted of each struct: `size`, `align`, and the offsets of fields by their names.
fn asserted(text: &str) -> BTreeMap<String, BTreeMap<String, u32>> {
    let mut asserted = BTreeMap::<String, BTreeMap<String, u32>>::new();
    for line in text.lines().map(str::trim) {
        let Some((what, rest)) = line.strip_prefix("assert!(core::mem::").and_then(|rest| rest.split_once("_of"))
        else {
            continue;
        };
        let (of, number) = rest.split_once(") == ").expect("a comparison");
        let of = of.trim_matches(['!', ':', '<', '>', '(']);
        let (of, field) =
            of.split_once(", ").map_or((of, what), |(of, path)| (of, path.rsplit('.').next().expect("a field")));
        let number = number.trim_end_matches(");").parse().expect("a number");
        assert_eq!(asserted.entry(of.to_owned()).or_default().insert(field.to_owned(), number), None, "{line}");
    }
    asserted
}

/// Each is asserted as it was described: but for an alignment that does not go with the size.
#[test]
fn structs_of_any_layout_hold_on_wasm() {
    let declared = declarations();
    let stub_file = stub_file(&declared);
    let asserted = asserted(&stub_file.text);
    assert_eq!(asserted.len(), COUNT);
    for of in &declared.structs {
        let mut expected: BTreeMap<String, u32> =
            of.fields.iter().flatten().map(|field| (field.name.clone(), field.offset)).collect();
        expected.insert("size".to_owned(), of.size);
        let possible = 1 << of.size.trailing_zeros().min(of.align.trailing_zeros());
        expected.insert("align".to_owned(), possible);
        assert_eq!(asserted.get(&of.name), Some(&expected), "{of:#?}");
    }
    for part in ["packed(2)", "align(16)", "union", "_gap_", "overlap_", "because it is not aligned", "at its offset"] {
        let count = stub_file.text.matches(part).count();
        println!("{part}: {count}");
        assert!(count > 5, "{part}: {count}");
    }
    let folder = tempfile::tempdir().expect("a folder");
    let root = write(folder.path(), std::slice::from_ref(&stub_file));
    RustWasm::find().compile_file(folder.path(), "layouts", &root).unwrap_or_else(|error| panic!("{error}"));
    for edition in super::EDITIONS {
        assert_eq!(check(&root, edition), [], "{edition}");
    }
}

/// The text with one number of each struct changed, in turn.
fn damaged(text: &str, turn: usize) -> (String, usize) {
    let (mut out, mut structs) = (String::new(), 0);
    for (index, block) in text.split("const _: () = {").enumerate() {
        let assertions: Vec<usize> = block.match_indices("assert!(").map(|(at, _)| at).collect();
        if index == 0 {
            out += block;
            continue;
        }
        structs += 1;
        let at = assertions[turn % assertions.len()];
        let (before, line) = block.split_at(at);
        let (left, right) = line.split_once(" == ").expect("a comparison");
        out += &format!("const _: () = {{{before}{left} == 1 + {right}");
    }
    (out, structs)
}

/// In whichever number a struct is not what it was said to be, on wasm the crate does not compile.
#[test]
fn a_wrong_number_is_refused() {
    let good = stub_file(&declarations());
    for turn in [0, 1, 2] {
        let (text, structs) = damaged(&good.text, turn);
        let folder = tempfile::tempdir().expect("a folder");
        let root = write(folder.path(), &[StubFile { text, ..good.clone() }]);
        let error = RustWasm::find().compile_file(folder.path(), "damaged", &root).expect_err("damaged");
        assert_eq!((structs, error.matches("error[E0080]").count()), (COUNT, COUNT), "turn {turn}");
        // On this machine, those without pointers.
        let here = codes(&check(&root, "2021"));
        assert!(here.get("E0080").is_some_and(|count| (50..COUNT).contains(count)) && here.len() <= 2, "{here:?}");
    }
}
