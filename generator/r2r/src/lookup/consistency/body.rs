//! The instructions of a function, without the numbers that depend on the rest of its module.

use wasmparser::{BinaryReader, FunctionBody, MemArg, MemArgTarget, Operator};

use clr_wasm_file::{WasmFunction, WasmModule};

/// Where two functions differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Difference {
    /// Number of the instruction, from 1; 0 for the locals.
    pub at: usize,
    /// The instruction of the first function; empty after its end.
    pub found: String,
    /// What is there in the second one.
    pub expected: String,
}

/// The first difference between two functions. Types are compared as such, globals by the names of their imports.
pub(super) fn difference(
    (module, function): (&WasmModule<'_>, &WasmFunction<'_, '_>),
    (expected_module, expected): (&WasmModule<'_>, &WasmFunction<'_, '_>),
) -> Option<Difference> {
    let expected = instructions(expected_module, expected.body.unwrap_or_default(), usize::MAX);
    // One more shows that it is longer.
    let found = instructions(module, function.body.unwrap_or_default(), expected.len() + 1);
    let length = found.len().max(expected.len());
    let at = |instructions: &[String], index: usize| instructions.get(index).cloned().unwrap_or_default();
    (0..length).find(|&index| found.get(index) != expected.get(index)).map(|index| Difference {
        at: index,
        found: at(&found, index),
        expected: at(&expected, index),
    })
}

/// The locals, then every instruction, but no more than `most` of them.
fn instructions(module: &WasmModule<'_>, body: &[u8], most: usize) -> Vec<String> {
    let body = FunctionBody::new(BinaryReader::new(body, 0));
    let mut found = Vec::new();
    let read = |found: &mut Vec<String>| -> Result<(), wasmparser::Error> {
        let locals: Vec<String> = body
            .get_locals_reader()?
            .into_iter()
            .map(|local| local.map(|(count, of_type)| format!("{count} {of_type}")))
            .collect::<Result<_, _>>()?;
        found.push(format!("locals {}", locals.join(", ")));
        for operator in body.get_operators_reader()?.into_iter().take(most) {
            found.push(instruction(module, &operator?));
        }
        Ok(())
    };
    if let Err(error) = read(&mut found) {
        found.push(format!("what cannot be read: {}", error.message()));
    }
    found
}

fn instruction(module: &WasmModule<'_>, operator: &Operator<'_>) -> String {
    let global = |index: u32| match module.imported_global(index) {
        Some(import) => format!("{}.{}", import.module, import.name),
        None => format!("global {index}"),
    };
    match operator {
        Operator::CallIndirect { type_index, table_index } => {
            let of_type = module.types.get(*type_index as usize).and_then(Option::as_ref);
            let of_type = of_type.map_or("no type".to_owned(), ToString::to_string);
            format!("call_indirect {of_type} in table {table_index}")
        }
        Operator::GlobalGet { global_index } => format!("global.get {}", global(*global_index)),
        Operator::GlobalSet { global_index } => format!("global.set {}", global(*global_index)),
        other => plain(other),
    }
}

/// An immediate argument after the instruction's name.
macro_rules! immediate {
    (memarg, $value:ident) => {
        access($value)
    };
    ($name:ident, $value:ident) => {
        format!(" {:?}", $value)
    };
}

macro_rules! plain {
    ($(@$proposal:ident $operator:ident $({ $($name:ident: $of:ty),* })? => $visit:ident ($($effect:tt)*))*) => {
        /// An instruction with its arguments, which are numbers and types, and no index that means something else in
        /// another module.
        fn plain(operator: &Operator<'_>) -> String {
            let mut text = String::new();
            match operator {
                $(Operator::$operator $({ $($name),* })? => {
                    text += &name(stringify!($visit));
                    $($(text += &immediate!($name, $name);)*)?
                })*
                other => text += &format!("{other:?}"),
            }
            text
        }
    };
}

wasmparser::for_each_operator!(plain);

/// Where an instruction finds its place in memory: that the memory is the first one goes without saying.
fn access(memarg: &MemArg) -> String {
    let MemArg { align, max_align: _, offset, target, ordering } = memarg;
    let mut text = format!(" align={} offset={offset}", 1u128 << align.min(&127));
    if *target != MemArgTarget::Memory(0) {
        text += &format!(" in {target:?}");
    }
    if let Some(ordering) = ordering {
        text += &format!(" with {ordering:?}");
    }
    text
}

/// What instructions are about: the part of their names before the dot.
const SUBJECTS: [&str; 22] = [
    "any", "array", "data", "elem", "extern", "f32", "f32x4", "f64", "f64x2", "global", "i16x8", "i32", "i32x4", "i64",
    "i64x2", "i8x16", "local", "memory", "ref", "struct", "table", "v128",
];

/// The name of an instruction in the text format: `i32.load` for `visit_i32_load`.
fn name(visit: &str) -> String {
    let name = visit.strip_prefix("visit_").unwrap_or(visit);
    match name.split_once('_') {
        Some((subject, rest)) if SUBJECTS.contains(&subject) => format!("{subject}.{rest}"),
        _ => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasmparser::BlockType;

    #[test]
    fn instructions_read_like_the_text_format() {
        let memarg = MemArg { align: 3, max_align: 3, offset: 16, target: MemArgTarget::Memory(0), ordering: None };
        let other = MemArg { target: MemArgTarget::Memory(1), ..memarg };
        for (operator, text) in [
            (Operator::I64Load { memarg }, "i64.load align=8 offset=16"),
            (Operator::I32Store { memarg: other }, "i32.store align=8 offset=16 in Memory(1)"),
            (Operator::V128Store { memarg }, "v128.store align=8 offset=16"),
            (Operator::I32Const { value: -4 }, "i32.const -4"),
            (Operator::LocalGet { local_index: 2 }, "local.get 2"),
            (Operator::I32Add, "i32.add"),
            (Operator::F64PromoteF32, "f64.promote_f32"),
            (Operator::MemoryCopy { dst_mem: 0, src_mem: 1 }, "memory.copy 0 1"),
            (Operator::If { blockty: BlockType::Empty }, "if Empty"),
            (Operator::BrIf { relative_depth: 1 }, "br_if 1"),
            (Operator::End, "end"),
        ] {
            assert_eq!(plain(&operator), text);
        }
    }

    #[test]
    fn subjects_are_in_order() {
        assert!(SUBJECTS.is_sorted());
    }
}
