//! `callhelpers-interp-to-managed.cpp`: calls from the interpreter, one thunk per key.

use std::collections::BTreeMap;

use super::blocks::END;
use super::cpp::{Cpp, c_result, uses_simd};
use super::escape::Literal;
use super::template::{Fill, fill};
use super::{Contract, symbol_names};
use crate::collect::ir::KeyEntry;
use clr_wasm_abi::slots::{ArgArea, ArgKind, ArgSlot, SLOT_SIZE};
use clr_wasm_abi::{ParamToken, ReturnToken, Scalar, Signature};

pub(super) const TEMPLATE: &str = thunkgen_templates::INTERP_TO_MANAGED;

/// The template is written for the oldest contract; the others differ in the names of the table and of its row type.
pub(super) fn render(keys: &BTreeMap<String, KeyEntry>, contract: Contract) -> String {
    let mut thunks = Cpp::default();
    let mut table = Cpp::default();
    for (key, KeyEntry { signature, .. }) in keys {
        let name = symbol_names::thunk(signature);
        thunks.separate();
        thunk(&mut thunks, &name, signature);
        table.line(format_args!("    {{ {}, (void*)&{name} }},{END}", Literal(key)));
    }
    let simd = keys.values().any(|entry| uses_simd(&entry.signature));
    let text = fill(
        TEMPLATE,
        [("simd", Fill::If(simd)), ("thunks", Fill::Rows(thunks.finish())), ("table", Fill::Rows(table.finish()))],
    );
    let (row, table) = Contract::WasmThunks.table();
    let (own_row, own_table) = contract.table();
    text.replace(row, own_row).replace(table, own_table)
}

fn thunk(out: &mut Cpp, name: &str, signature: &Signature) {
    let callee = Callee::of(signature);
    let noinline = if signature.managed { "NOINLINE " } else { "" };
    let p_args = if callee.reads_args { " pArgs" } else { "" };
    let p_ret = if signature.ret == ReturnToken::Void { "" } else { " pRet" };
    out.line(format_args!("{noinline}static void {name}(PCODE target, int8_t*{p_args}, int8_t*{p_ret})"));
    out.line(format_args!("{{"));
    let result = c_result(signature.ret);
    let target = if signature.managed { "GetCode(target)" } else { "target" };
    out.list(8, format_args!("    auto code = ({result} (*)("), &callee.types, &format!(")){target};"));
    if signature.managed {
        out.line(format_args!("    alignas(16) int frame = TERMINATE_R2R_STACK_WALK;"));
    }
    match signature.ret {
        ReturnToken::Scalar(_) => out.list(8, format_args!("    StoreResult(pRet, code("), &callee.values, "));"),
        ReturnToken::Void | ReturnToken::Struct(_) => out.list(8, format_args!("    code("), &callee.values, ");"),
    }
    out.line(format_args!("}}{END}"));
}

/// The C parameters of the function a thunk calls, and what it passes for them.
#[derive(Default)]
struct Callee {
    types: Vec<&'static str>,
    values: Vec<String>,
    reads_args: bool,
}

impl Callee {
    /// Native: `[buffer], args`; managed: `sp, [this], [buffer], [context], [continuation], args, entry point`.
    fn of(signature: &Signature) -> Callee {
        let mut callee = Callee::default();
        let area = ArgArea::of(signature);
        let mut args = area.args.iter().peekable();
        if signature.managed {
            callee.push("int*", "&frame".to_owned());
        }
        if let Some(this) = args.next_if(|arg| arg.kind == ArgKind::This) {
            callee.arg(this);
        }
        if let ReturnToken::Struct(_) = signature.ret {
            callee.push("int8_t*", "pRet".to_owned());
        }
        for arg in args {
            callee.arg(arg);
        }
        if signature.managed {
            callee.push("PCODE", "target".to_owned());
        }
        callee
    }

    fn push(&mut self, of_type: &'static str, value: String) {
        self.types.push(of_type);
        self.values.push(value);
    }

    fn arg(&mut self, arg: &ArgSlot) {
        let slot = arg.slot;
        match arg.kind {
            ArgKind::This | ArgKind::GenericContext => self.load(Scalar::I32, slot),
            // The slot is reserved, but the callee always starts at the beginning.
            ArgKind::AsyncContinuation => self.push("int32_t", "0".to_owned()),
            ArgKind::Param(_, ParamToken::Scalar(of)) => self.load(of, slot),
            ArgKind::Param(_, ParamToken::MultiSlot(multi)) => {
                let slots_each = multi.size() / multi.count() / SLOT_SIZE;
                for index in 0..multi.count() {
                    self.load(multi.element(), slot + index * slots_each);
                }
            }
            ArgKind::Param(_, ParamToken::Struct { .. }) => {
                self.reads_args = true;
                self.push("int8_t*", format!("ArgAddress(pArgs, {slot})"));
            }
            ArgKind::Param(_, ParamToken::Empty) => {}
        }
    }

    fn load(&mut self, of: Scalar, slot: u32) {
        let of_type = of.c_name();
        self.reads_args = true;
        self.push(of_type, format!("LoadArg<{of_type}>(pArgs, {slot})"));
    }
}
