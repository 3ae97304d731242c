//! Files made by hand to be expensive: each asks for work or memory that grows faster than the file.

use std::sync::mpsc::channel;

use thunkgen_tests::corrupt::alloc::peak;
use thunkgen_tests::corrupt::walk::walk;
use thunkgen_tests::cost::{self, HANG};
use thunkgen_tests::webcil::metadata::{Metadata, compressed, table};
use thunkgen_tests::webcil::pe;

/// What one file of at most a few megabytes may cost, optimised or not.
const MOST: u32 = 400;

/// Walks the file in a thread of its own; returns how many errors there were.
fn survive(module: &Metadata) -> u64 {
    let file = pe::write(&module.write(), &[], false);
    let size = file.len();
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        let ((walked, bytes), cost) = cost::measure(|| peak(|| walk(&file, &[])));
        let _ = sender.send((walked.errors, bytes, cost));
    });
    let answer = receiver.recv_timeout(HANG);
    let (errors, bytes, cost) = answer.unwrap_or_else(|why| panic!("a file of {size} bytes, in {HANG:?}: {why}"));
    let allowed = (64 << 20) + 64 * size;
    println!("{size} bytes of file, {bytes} bytes held, costs {cost}, {errors} errors");
    assert!(bytes < allowed, "{bytes} bytes for a file of {size} bytes");
    assert!(cost < MOST, "a file of {size} bytes costs as much as hashing {cost} MB");
    errors
}

/// `VALUETYPE` of a TypeDef row.
fn value_type(row: u32) -> Vec<u8> {
    [vec![0x11], compressed(row << 2)].concat()
}

fn generic(definition: u32, arguments: &[Vec<u8>]) -> Vec<u8> {
    let count = compressed(arguments.len() as u32);
    [vec![0x15, 0x11], compressed(definition << 2), count, arguments.concat()].concat()
}

fn field(sig: Vec<u8>) -> Vec<u8> {
    [vec![0x06], sig].concat()
}

/// `S0<T> { S1<P<T>> a; S1<Q<T>> b; }` and so on: twice as many types at every level.
#[test]
fn generic_structs_that_double() {
    let mut module = Metadata::assembly("Doubling");
    let name = module.string("T");
    let var = vec![0x13, 0x00];
    let p = module.value_type("P`1", &[&field(var.clone())]);
    let q = module.value_type("Q`1", &[&field(var.clone())]);
    let first = q + 1;
    let levels = 26;
    for level in 0..levels {
        let next = |wrapper| field(generic(first + level + 1, &[generic(wrapper, std::slice::from_ref(&var))]));
        module.value_type(&format!("S{level}`1"), &[&next(p), &next(q)]);
    }
    module.value_type("Last`1", &[&field(var)]);
    for row in p..=first + levels {
        module.row(table::GENERIC_PARAM, &[0, 0, row << 1, name]);
    }
    survive(&module);
}

/// A type whose arguments are specifications whose arguments are specifications.
#[test]
fn specifications_that_multiply() {
    let mut module = Metadata::assembly("Multiplying");
    let p = module.value_type("P", &[&field(vec![0x08])]);
    for next in 2..7 {
        // CLASS of the next TypeSpec.
        let argument = [vec![0x12], compressed(next << 2 | 2)].concat();
        let blob = module.blob(&generic(p, &vec![argument; 200]));
        module.row(table::TYPE_SPEC, &[blob]);
    }
    let blob = module.blob(&[0x08]);
    module.row(table::TYPE_SPEC, &[blob]);
    survive(&module);
}

/// A specification of itself, and two of each other.
#[test]
fn specifications_in_a_circle() {
    let mut module = Metadata::assembly("Circle");
    for next in [1, 3, 2] {
        let blob = module.blob(&[vec![0x12], compressed(next << 2 | 2)].concat());
        module.row(table::TYPE_SPEC, &[blob]);
    }
    module.value_type("S", &[&field(vec![0x11, 1 << 2 | 2])]);
    assert!(survive(&module) > 0);
}

/// One instance with very many arguments, as a field of many structs.
#[test]
fn very_many_arguments() {
    let mut module = Metadata::assembly("Wide");
    let p = module.value_type("P", &[&field(vec![0x08])]);
    let sig = field(generic(p, &vec![vec![0x08]; 200_000]));
    let blob = module.blob(&sig);
    let name = module.string("f");
    for _ in 0..200 {
        module.row(table::FIELD, &[6, name, blob]);
        let fields = module.rows[table::FIELD].len() as u32;
        module.row(table::TYPE_DEF, &[0x0010_0109, name, 0, 1 << 2 | 1, fields, 1]);
    }
    survive(&module);
}

/// Every second type claims all fields.
#[test]
fn lists_that_overlap() {
    let mut module = Metadata::assembly("Overlap");
    let int = module.blob(&[0x06, 0x08]);
    let name = module.string("n");
    for _ in 0..30_000 {
        module.row(table::FIELD, &[6, name, int]);
    }
    for row in 0..30_000 {
        let first = if row % 2 == 0 { 1 } else { 30_000 };
        module.row(table::TYPE_DEF, &[0x0010_0109, name, 0, 1 << 2 | 1, first, 1]);
    }
    survive(&module);
}

/// A large stream whose tables are not sorted: each look-up must not read a whole table.
#[test]
fn large_unsorted_tables() {
    let mut module = Metadata::assembly("Unsorted");
    module.form.uncompressed = true;
    let int: &[u8] = &[0x06, 0x08];
    let (name, blob) = (module.string("T"), module.blob(int));
    for _ in 0..30_000 {
        let fields = module.rows[table::FIELD].len() as u32;
        module.row(table::FIELD, &[6, name, blob]);
        module.row(table::TYPE_DEF, &[0x0010_0112, name, 0, 1 << 2 | 1, fields + 1, 1]);
    }
    for row in (2..30_002).rev() {
        module.row(table::FIELD_LAYOUT, &[0, row - 1]);
        module.row(table::CLASS_LAYOUT, &[1, 4, row]);
        module.row(table::NESTED_CLASS, &[row, 2]);
        module.row(table::GENERIC_PARAM, &[0, 0, row << 1, name]);
    }
    survive(&module);
}

/// Types nested in each other, in a circle and as a long chain.
#[test]
fn nesting_without_end() {
    let mut module = Metadata::assembly("Nested");
    let types: Vec<u32> = (0..5_000).map(|n| module.value_type(&format!("T{n}"), &[&[0x06, 0x08]])).collect();
    for &ty in &types {
        module.rows[table::TYPE_DEF][ty as usize - 1][0] |= 2;
        module.row(table::NESTED_CLASS, &[ty, if ty == types[0] { types[1] } else { ty - 1 }]);
    }
    assert!(survive(&module) > 0);
}

/// Structs in structs: a chain that is too deep, and one that closes.
#[test]
fn structs_without_end() {
    let mut module = Metadata::assembly("Deep");
    for row in 2..10_002 {
        module.value_type(&format!("S{row}"), &[&field(value_type(row + 1))]);
    }
    module.value_type("Last", &[&field(value_type(9_000))]);
    assert!(survive(&module) > 0);
}

/// Type references scoped in each other, and forwarders that lead nowhere else.
#[test]
fn references_without_end() {
    let mut module = Metadata::assembly("References");
    let (name, own) = (module.string("n"), module.string("References"));
    module.row(table::ASSEMBLY_REF, &[0, 0, 0, 0, 0, 0, own, 0, 0]);
    for row in 1..5_000u32 {
        // ResolutionScope: tag 3 is TypeRef, the row itself or the one before.
        module.row(table::TYPE_REF, &[row << 2 | 3, name, 0]);
        module.row(table::EXPORTED_TYPE, &[0, 0, name, 0, 2 << 2 | 1]);
        module.value_type("S", &[&field([vec![0x11], compressed((row + 1) << 2 | 1)].concat())]);
    }
    survive(&module);
}
