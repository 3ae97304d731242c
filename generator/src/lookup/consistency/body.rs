//! The instructions of a function, without the numbers that depend on the rest of its module.

use wasmparser::{BinaryReader, FunctionBody, Operator};

use crate::metadata::wasm_module::{Function, WasmModule};

/// Where two functions differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Difference {
    /// Number of the instruction, from 1; 0 for the locals.
    pub at: usize,
    /// What is there in the first function; empty behind its end.
    pub found: String,
    /// What is there in the second one.
    pub expected: String,
}

/// The first difference between two functions. Types are compared as such, globals by the names of their imports.
pub(super) fn difference(
    (module, function): (&WasmModule<'_>, &Function<'_, '_>),
    (expected_module, expected): (&WasmModule<'_>, &Function<'_, '_>),
) -> Option<Difference> {
    let expected = instructions(expected_module, expected.body.unwrap_or_default(), usize::MAX);
    // One more tells that it is longer.
    let found = instructions(module, function.body.unwrap_or_default(), expected.len() + 1);
    let length = found.len().max(expected.len());
    let at = |instructions: &[String], index: usize| instructions.get(index).cloned().unwrap_or_default();
    (0..length).find(|&index| found.get(index) != expected.get(index)).map(|index| Difference {
        at: index,
        found: shortened(at(&found, index)),
        expected: shortened(at(&expected, index)),
    })
}

/// An access to memory without the fields that no thunk has any other value in.
fn shortened(instruction: String) -> String {
    let parts = instruction.split_once(" { memarg: MemArg { align: ");
    let parts = parts.and_then(|(name, rest)| Some((name, rest.split_once(", ")?.0, rest.split_once("offset: ")?.1)));
    match parts.and_then(|(name, align, rest)| Some((name, align, rest.split_once(',')?.0))) {
        Some((name, align, offset)) => format!("{name} align={align} offset={offset}"),
        None => instruction,
    }
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
        other => format!("{other:?}"),
    }
}
