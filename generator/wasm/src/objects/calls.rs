//! The types through which a function calls the function pointers that it receives as parameters.
//!
//! `call_indirect` calls the value on top of the stack. If the instruction before it is `local.get` of a
//! parameter, and nothing in the body sets that local, the caller passed that value. Other calls through
//! pointers are ignored. In a relocatable object the type indices are valid too: a relocation replaces them with those
//! of the linked module (tool-conventions, "Linking").

use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use wasmparser::{BinaryReader, FunctionBody, Operator};

use crate::FuncType;

use super::{Object, ObjectFunction};

/// A call of a parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParamCall {
    /// Index of the wasm parameter.
    pub param: usize,
    /// The type of the call.
    pub ty: Rc<FuncType>,
}

/// The code section, whose bodies are read on request.
#[derive(Clone, Debug, Default)]
pub(super) struct ObjectCode<'a> {
    /// Starts at the first body.
    bytes: &'a [u8],
    /// Offset of the first body in bytes.
    offset: u64,
    /// How far that is from the start of the section.
    count_size: u64,
    types: Rc<[Option<Rc<FuncType>>]>,
    /// Start and end of each body in `bytes`, computed once.
    bodies: OnceCell<Vec<(usize, usize)>>,
}

impl<'a> ObjectCode<'a> {
    pub fn new((bytes, offset): (&'a [u8], u64), start: u64, types: Vec<Option<Rc<FuncType>>>) -> ObjectCode<'a> {
        let count_size = offset.saturating_sub(start);
        ObjectCode { bytes, offset, count_size, types: types.into(), bodies: OnceCell::new() }
    }

    fn bodies(&self) -> &[(usize, usize)] {
        self.bodies.get_or_init(|| bodies(self.bytes).unwrap_or_default())
    }

    /// The body that starts, with or without its size, so many bytes after the start of the section.
    pub fn body_at(&self, address: u64) -> Option<usize> {
        let at = usize::try_from(address.checked_sub(self.count_size)?).ok()?;
        let index = self.bodies().partition_point(|(start, _)| *start < at);
        let before = index.checked_sub(1).and_then(|before| self.bodies().get(before));
        (index < self.bodies().len() && before.is_none_or(|(_, end)| *end <= at)).then_some(index)
    }

    /// Calls `visit` with every instruction until it returns `false`.
    pub fn each_operator(&self, mut visit: impl FnMut(&Operator<'a>) -> bool) -> Result<(), wasmparser::Error> {
        for index in 0..self.bodies().len() {
            let Some(body) = self.body(index) else { continue };
            for operator in body.get_operators_reader()? {
                if !visit(&operator?) {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    fn body(&self, index: usize) -> Option<FunctionBody<'a>> {
        let (start, end) = *self.bodies().get(index)?;
        let bytes = self.bytes.get(start..end)?;
        Some(FunctionBody::new(BinaryReader::new(bytes, self.offset + start as u64)))
    }
}

/// Start and end of the bodies in a code section, after the count.
fn bodies(section: &[u8]) -> Result<Vec<(usize, usize)>, wasmparser::Error> {
    let mut reader = BinaryReader::new(section, 0);
    let mut bodies = Vec::new();
    while !reader.eof() {
        let size = reader.read_var_u32()? as usize;
        let start = section.len() - reader.bytes_remaining();
        reader.read_bytes(size)?;
        bodies.push((start, start + size));
    }
    Ok(bodies)
}

impl Object<'_> {
    /// The calls of the parameters of a function, each type once. Empty for a malformed body.
    pub fn calls_of_params(&self, function: &ObjectFunction<'_>) -> Vec<ParamCall> {
        let Some(body) = self.code.body(function.body) else { return Vec::new() };
        param_calls(&body, function.ty.params().len(), &self.code.types).unwrap_or_default()
    }
}

fn param_calls(
    body: &FunctionBody<'_>,
    params: usize,
    types: &[Option<Rc<FuncType>>],
) -> Result<Vec<ParamCall>, wasmparser::Error> {
    let (mut calls, mut changed) = (BTreeSet::new(), BTreeSet::new());
    let mut on_top = None;
    for operator in body.get_operators_reader()? {
        let before = on_top.take();
        match operator? {
            Operator::LocalGet { local_index } => on_top = Some(local_index as usize).filter(|local| *local < params),
            Operator::LocalSet { local_index } | Operator::LocalTee { local_index } => {
                changed.insert(local_index as usize);
            }
            Operator::CallIndirect { type_index, .. } | Operator::ReturnCallIndirect { type_index, .. } => {
                calls.extend(before.map(|param| (param, type_index)));
            }
            _ => {}
        }
    }
    calls.retain(|(param, _)| !changed.contains(param));
    let call = |(param, ty)| Some(ParamCall { param, ty: types.get(ty as usize)?.clone()? });
    Ok(calls.into_iter().filter_map(call).collect())
}
