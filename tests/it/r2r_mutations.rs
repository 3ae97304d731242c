//! Emitted bodies, damaged on purpose: each damage must turn the check red, at the damaged thunk and nowhere else.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use thunkgen_r2r::emit::{Identity, Thunk, image, thunk};
use thunkgen_tests::Failure;
use thunkgen_tests::generated::interp_to_native;
use thunkgen_tests::wasm::engine::Machine;
use thunkgen_tests::wasm::image::load;
use thunkgen_tests::wasm::interp::{Ran, read_table};
use thunkgen_tests::wasm::link::interp_module;
use thunkgen_tests::wasm::mutate_wasm::replace;
use thunkgen_tests::wasm::plain_module::PlainModule;
use thunkgen_tests::wasm::toolchain::Flags;
use thunkgen_tests::wasm::{call, differential, to_interp};
use wasm_encoder::{Instruction, MemArg, MemArgTarget};
use wasmparser::Operator;

const ROUNDS: u32 = 3;

/// One signature for each thing that can go wrong.
const SIGNATURES: [&str; 8] = ["iS12lp", "S16Tiip", "iTailp", "dfdp", "vl2A16ip", "S3S5e", "vS3p", "vp"];

fn keys() -> BTreeSet<String> {
    SIGNATURES.map(|signature| format!("M{signature}")).into()
}

fn compiled() -> &'static [u8] {
    static MODULE: OnceLock<Vec<u8>> = OnceLock::new();
    MODULE.get_or_init(|| {
        interp_module(&interp_to_native(&keys()), Flags::PLAIN).unwrap_or_else(|error| panic!("{error}"))
    })
}

fn from_interp(damage: impl FnOnce(&mut PlainModule)) -> Result<Ran, Vec<Failure>> {
    let mut module = PlainModule::new(&keys());
    damage(&mut module);
    differ(|machine| module.load(machine, 0))
}

fn differ(
    emitted: impl FnOnce(&mut Machine<call::Host>) -> Result<Vec<(String, u32)>, String>,
) -> Result<Ran, Vec<Failure>> {
    let mut machine = Machine::new(compiled(), call::Host::default(), |_| {}).unwrap();
    let compiled = read_table(&mut machine, "probe_table", "probe_count").unwrap();
    let emitted = emitted(&mut machine).unwrap();
    differential::check(&mut machine, &keys(), &compiled, &emitted, ROUNDS)
}

fn to_interp(damage: impl FnOnce(&mut PlainModule)) -> Result<Ran, Vec<Failure>> {
    let keys: Vec<String> =
        SIGNATURES.iter().filter(|text| text.ends_with('p')).map(|text| format!("I{text}")).collect();
    let mut module = PlainModule::new(&keys);
    damage(&mut module);
    let mut machine = Machine::new(compiled(), to_interp::Host::default(), |_| {}).unwrap();
    let helper = to_interp::add_helper(&mut machine);
    let partners = PlainModule::new(&self::keys()).load(&mut machine, helper).unwrap();
    let thunks = module.load(&mut machine, helper).unwrap();
    to_interp::check(&mut machine, &thunks, &[&partners], ROUNDS)
}

/// Damages the thunk of one key, of either direction, and expects failures of that key alone.
#[track_caller]
fn must_notice(key: &str, edit: impl FnOnce(&[u8]) -> Vec<u8>) {
    let damage = |module: &mut PlainModule| {
        let (_, body) = module.bodies.iter_mut().find(|(other, _)| other == key).expect("one of the keys");
        *body = edit(body);
    };
    let result = if key.starts_with('M') { from_interp(damage) } else { to_interp(damage) };
    let failures = result.expect_err("the damage went unnoticed");
    assert!(failures.iter().all(|failure| failure.subject == key), "{failures:?}");
}

fn at(offset: u64, align: u32) -> MemArg {
    MemArg { offset, align, target: MemArgTarget::default(), ordering: None }
}

fn is_const(value: i32) -> impl Fn(&Operator<'_>) -> bool {
    move |op| matches!(op, Operator::I32Const { value: found } if *found == value)
}

fn is_local_get(index: u32) -> impl Fn(&Operator<'_>) -> bool {
    move |op| matches!(op, Operator::LocalGet { local_index } if *local_index == index)
}

fn is_load(op: &Operator<'_>) -> bool {
    matches!(
        op,
        Operator::I32Load { .. } | Operator::I64Load { .. } | Operator::F32Load { .. } | Operator::F64Load { .. }
    )
}

fn is_store(op: &Operator<'_>) -> bool {
    use Operator::{F32Store, F64Store, I32Store, I64Store};
    matches!(op, I32Store { .. } | I64Store { .. } | F32Store { .. } | F64Store { .. })
}

fn is_global_set(op: &Operator<'_>) -> bool {
    matches!(op, Operator::GlobalSet { .. })
}

#[test]
#[ignore = "needs clang and wasm-ld"]
fn undamaged_bodies_pass() {
    assert_eq!(from_interp(|_| {}).unwrap().keys, SIGNATURES.len());
    assert_eq!(to_interp(|_| {}).unwrap().keys, SIGNATURES.len() - 1);
}

#[test]
#[ignore = "needs clang and wasm-ld"]
fn keys_of_an_image_with_another_function() {
    let thunks: Vec<Thunk> = keys().iter().map(|key| thunk(&key.parse().unwrap()).unwrap()).collect();
    let mut bytes = image(&thunks, &Identity::new("Damaged".parse().unwrap())).unwrap();
    let check = |bytes: &[u8]| differ(|machine| load(machine, bytes)?.resolve(machine, 0));
    check(&bytes).unwrap();
    // In the fixup, a key is followed by a NUL and its index.
    let key = b"MS16Tiip\0";
    let at = bytes.windows(key.len()).position(|window| window == key).unwrap() + key.len();
    assert_eq!(bytes[at..at + 4], 0_u32.to_le_bytes());
    bytes[at] = 1;
    let failures = check(&bytes).expect_err("the damage went unnoticed");
    assert!(failures.iter().all(|failure| failure.subject == "MS16Tiip"), "{failures:?}");
}

#[test]
#[ignore = "needs clang and wasm-ld"]
fn out_of_the_interpreter_the_managed_frame() {
    must_notice("Mvp", |body| replace(body, 0, 1, is_const(1), &[Instruction::I32Const(0)]));
    // No terminator at all: its address, value and store.
    must_notice("Mvp", |body| replace(body, 0, 1, is_store, &[Instruction::Drop, Instruction::Drop]));
    // The stack pointer does not come back.
    must_notice("Mvp", |body| replace(body, 1, 1, is_global_set, &[Instruction::Drop]));
    must_notice("Mvp", |body| replace(body, 0, 1, is_const(16), &[Instruction::I32Const(8)]));
    must_notice("Mvp", |body| replace(body, 0, 1, is_const(16), &[Instruction::I32Const(32)]));
    // The word at the frame is another frame's.
    must_notice("Mvp", |body| replace(body, 0, 1, is_global_set, &[Instruction::Drop]));
    // The frame's other bytes are the callee's to find untouched.
    must_notice("Mvp", |body| {
        let wide = [Instruction::I64ExtendI32S, Instruction::I64Store(at(0, 3))];
        replace(body, 0, 1, is_store, &wide)
    });
}

#[test]
#[ignore = "needs clang and wasm-ld"]
fn into_the_interpreter_an_argument_at_another_offset() {
    must_notice("IiTailp", |body| replace(body, 2, 1, is_store, &[Instruction::I32Store(at(24, 2))]));
    must_notice("IiTailp", |body| replace(body, 5, 1, is_store, &[Instruction::I64Store(at(48, 3))]));
    must_notice("Ivl2A16ip", |body| replace(body, 3, 1, is_store, &[Instruction::I64Store(at(32, 3))]));
    must_notice("Idfdp", |body| replace(body, 2, 1, is_store, &[Instruction::F32Store(at(20, 2))]));
}

#[test]
#[ignore = "needs clang and wasm-ld"]
fn results_and_structs() {
    must_notice("Mdfdp", |body| replace(body, 1, 1, is_store, &[Instruction::F64Store(at(8, 3))]));
    must_notice("IiS12lp", |body| replace(body, 1, 1, is_load, &[Instruction::I32Load(at(44, 2))]));
    must_notice("IiS12lp", |body| replace(body, 0, 1, is_const(12), &[Instruction::I32Const(8)]));
    must_notice("IS16Tiip", |body| replace(body, 0, 1, is_local_get(3), &[Instruction::LocalGet(2)]));
}
