//! `callhelpers-reverse.cpp`: calls from native code into interpreted methods.

use std::collections::{BTreeMap, BTreeSet};

use super::blocks::END;
use super::cpp::{Cpp, c_result, uses_simd};
use super::escape::{AsmLabel, Literal};
use super::symbol_names;
use super::template::{Fill, fill};
use crate::collect::ir::Callback;
use clr_wasm_abi::slots::{ArgArea, ArgKind, SLOT_SIZE};
use clr_wasm_abi::{ParamToken, ReturnToken, Scalar, Signature};

pub(super) const TEMPLATE: &str = thunkgen_templates::REVERSE;

pub(super) fn render(callbacks: &BTreeMap<String, Callback>) -> String {
    let wanted = callbacks.iter().map(|(key, callback)| (key.clone(), symbol(callback))).collect();
    let symbols = symbol_names::distinct(wanted, BTreeSet::new());
    // Without the types: if two branches declare a method differently, its second variable is an error.
    let wanted = callbacks.iter().map(|(key, callback)| (key.clone(), variable(callback))).collect();
    let variables = symbol_names::distinct(wanted, BTreeSet::new());
    let exports = callbacks.values().filter_map(|callback| callback.entry_point.as_deref());
    let wanted = exports.map(|name| (name.to_owned(), symbol_names::sanitize(name))).collect();
    let exports = symbol_names::distinct(wanted, BTreeSet::new());
    let mut thunks = Cpp::default();
    let mut table = Cpp::default();
    for (key, callback) in callbacks {
        let names = Names { symbol: &symbols[key], variable: &variables[key] };
        let Names { symbol, variable } = names;
        thunks.separate();
        let export = callback.entry_point.as_ref().and_then(|name| exports.get(name));
        thunk(&mut thunks, names, callback, export);
        let (hash, literal) = (reverse_hash(key), Literal(key));
        let value = [format!("&MD_{variable}"), format!("(void*)&Call_{symbol}")];
        table.list(8, format_args!("    {{ {hash}u, {literal}, {{ "), &value, &format!(" }} }},{END}"));
    }
    let simd = callbacks.values().any(|callback| uses_simd(&callback.signature));
    fill(
        TEMPLATE,
        [("simd", Fill::If(simd)), ("callbacks", Fill::Rows(thunks.finish())), ("table", Fill::Rows(table.finish()))],
    )
}

/// The identifiers of a callback, without prefixes.
#[derive(Clone, Copy)]
struct Names<'n> {
    symbol: &'n str,
    variable: &'n str,
}

fn symbol(callback: &Callback) -> String {
    format!("{}_{}", full_name(callback), symbol_names::shape(&callback.signature))
}

fn variable(callback: &Callback) -> String {
    format!("{}_{}", full_name(callback), callback.signature.params.len())
}

fn full_name(callback: &Callback) -> String {
    let Callback { assembly, namespace, type_name, method, .. } = callback;
    [assembly, namespace, type_name, method].map(|name| symbol_names::sanitize(name)).join("_")
}

fn thunk(out: &mut Cpp, names: Names<'_>, callback: &Callback, export_symbol: Option<&String>) {
    let Names { symbol, variable } = names;
    let signature = &callback.signature;
    let function = ReverseFunction::of(signature);
    let result = c_result(signature.ret);
    out.line(format_args!("static MethodDesc* MD_{variable};"));
    if let Some(problem) = &callback.problem {
        refuse(out, symbol, callback, result, &function, problem);
    } else {
        call(out, names, callback, result, &function);
    }
    if let (Some(name), Some(export_symbol)) = (&callback.entry_point, export_symbol) {
        export(out, symbol, (name, export_symbol), result, &function);
    }
}

/// A function of the right type that aborts with the reason.
fn refuse(out: &mut Cpp, symbol: &str, callback: &Callback, result: &str, function: &ReverseFunction, problem: &str) {
    let Callback { assembly, type_full_name, method, .. } = callback;
    let text = format!("{type_full_name}.{method} of {assembly} cannot be called: {problem}");
    let types: Vec<_> = function.params.iter().map(|param| param.of_type).collect();
    out.list(4, format_args!("static {result} Call_{symbol}("), &types, ")");
    out.line(format_args!("{{"));
    out.line(format_args!("    PORTABILITY_ASSERT({});", Literal(&text)));
    out.line(format_args!("    __builtin_trap();"));
    out.line(format_args!("}}{END}"));
}

/// The function that runs the method.
fn call(out: &mut Cpp, names: Names<'_>, callback: &Callback, result: &str, function: &ReverseFunction) {
    let symbol = names.symbol;
    let signature = &callback.signature;
    out.list(4, format_args!("static {result} Call_{symbol}("), &function.declarations(), ")");
    out.line(format_args!("{{"));
    if function.slots > 0 {
        out.line(format_args!("    alignas(16) int64_t args[{}] = {{}};", function.slots));
    }
    for store in &function.stores {
        out.line(format_args!("    {store}"));
    }
    let buffer = ResultBuffer::of(signature.ret);
    if let ResultBuffer::Local { bytes } = buffer {
        let align = if bytes > SLOT_SIZE { "alignas(16) " } else { "" };
        out.line(format_args!("    {align}int64_t result[{}] = {{}};", bytes / SLOT_SIZE));
    }
    run(out, names, callback, function.slots > 0, buffer.pointer());
    match signature.ret {
        ReturnToken::Scalar(_) => out.line(format_args!("    return LoadResult<{result}>(result);")),
        ReturnToken::Struct(size) if buffer.is_local() => {
            out.line(format_args!("    __builtin_memcpy(ret, result, {size});"));
        }
        ReturnToken::Struct(_) | ReturnToken::Void => {}
    }
    out.line(format_args!("}}{END}"));
}

fn run(out: &mut Cpp, names: Names<'_>, callback: &Callback, has_args: bool, result: &str) {
    let type_name = format!("{}, {}", callback.type_full_name, callback.assembly);
    let (args, size) = if has_args { ("args", "sizeof(args)") } else { ("nullptr", "0") };
    let items = [
        format!("&MD_{}", names.variable),
        Literal(&type_name).to_string(),
        Literal(&callback.method).to_string(),
        args.to_owned(),
        size.to_owned(),
        result.to_owned(),
        format!("(PCODE)&Call_{}", names.symbol),
    ];
    out.list(8, format_args!("    RunMethod("), &items, ");");
}

/// The function with the exported name, which the module exports too. The identifier is private and the name a label, so
/// the name conflicts with neither a macro nor a declaration of the C library, and need not be a C identifier.
fn export(out: &mut Cpp, symbol: &str, (label, name): (&str, &str), result: &str, function: &ReverseFunction) {
    let tail = format!(") __asm__({})", AsmLabel(label));
    let types: Vec<_> = function.params.iter().map(|param| param.of_type).collect();
    let arguments: Vec<_> = function.params.iter().map(|param| &param.name).collect();
    let call = if result == "void" { "" } else { "return " };
    out.separate();
    out.list(4, format_args!("extern \"C\" {result} Export_{name}("), &types, &tail);
    out.line(format_args!("    __attribute__((export_name({})));", Literal(label)));
    out.list(4, format_args!("extern \"C\" {result} Export_{name}("), &function.declarations(), ")");
    out.line(format_args!("{{"));
    out.list(8, format_args!("    {call}Call_{symbol}("), &arguments, ");");
    out.line(format_args!("}}{END}"));
}

/// Where the runtime writes the result. It writes at least 8 bytes.
#[derive(Clone, Copy)]
enum ResultBuffer {
    None,
    Local { bytes: u32 },
    Callers,
}

impl ResultBuffer {
    fn of(ret: ReturnToken) -> ResultBuffer {
        match ret {
            ReturnToken::Void => ResultBuffer::None,
            ReturnToken::Scalar(Scalar::V128) => ResultBuffer::Local { bytes: 16 },
            ReturnToken::Scalar(_) => ResultBuffer::Local { bytes: 8 },
            ReturnToken::Struct(size) if size < 8 => ResultBuffer::Local { bytes: 8 },
            ReturnToken::Struct(_) => ResultBuffer::Callers,
        }
    }

    fn is_local(self) -> bool {
        matches!(self, ResultBuffer::Local { .. })
    }

    fn pointer(self) -> &'static str {
        match self {
            ResultBuffer::None => "nullptr",
            ResultBuffer::Local { .. } => "result",
            ResultBuffer::Callers => "ret",
        }
    }
}

/// The C function of a callback: its parameters, and the statements that store them in slots.
struct ReverseFunction {
    params: Vec<ReverseParam>,
    stores: Vec<String>,
    slots: u32,
}

struct ReverseParam {
    of_type: &'static str,
    name: String,
}

impl ReverseFunction {
    fn of(signature: &Signature) -> ReverseFunction {
        let area = ArgArea::of(signature);
        let mut function = ReverseFunction { params: Vec::new(), stores: Vec::new(), slots: area.slots };
        if let ReturnToken::Struct(_) = signature.ret {
            function.push("void*", "ret".to_owned());
        }
        for arg in &area.args {
            // A native signature has no hidden arguments.
            if let ArgKind::Param(index, token) = arg.kind {
                function.param(index, token, arg.slot);
            }
        }
        function
    }

    fn push(&mut self, of_type: &'static str, name: String) {
        self.params.push(ReverseParam { of_type, name });
    }

    fn param(&mut self, index: usize, token: ParamToken, slot: u32) {
        match token {
            ParamToken::Struct { size, .. } => {
                self.stores.push(format!("StoreStruct(args, {slot}, arg{index}, {size});"));
                self.push("const void*", format!("arg{index}"));
            }
            ParamToken::MultiSlot(multi) => {
                let slots_each = multi.size() / multi.count() / SLOT_SIZE;
                for part in 0..multi.count() {
                    let name = format!("arg{index}_{part}");
                    self.stores.push(format!("StoreArg(args, {}, {name});", slot + part * slots_each));
                    self.push(multi.element().c_name(), name);
                }
            }
            ParamToken::Scalar(of) => {
                self.stores.push(format!("StoreArg(args, {slot}, arg{index});"));
                self.push(of.c_name(), format!("arg{index}"));
            }
            ParamToken::Empty => {}
        }
    }

    fn declarations(&self) -> Vec<String> {
        self.params.iter().map(|ReverseParam { of_type, name }| format!("{of_type} {name}")).collect()
    }
}

/// The hash under which the runtime finds a reverse thunk.
///
/// It is djb2 with xor over UTF-16 code units, as the runtime hashes its strings: h = 5381, then h = (h * 33) xor unit.
///
/// ```
/// use thunkgen_core::emit::reverse_hash;
/// assert_eq!(reverse_hash("RunFinalizers#0:System.Private.CoreLib:System:GC"), 4273572779);
/// ```
pub fn reverse_hash(key: &str) -> u32 {
    key.encode_utf16().fold(5381, |hash: u32, unit| hash.wrapping_mul(33) ^ u32::from(unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    // Rows of the runtime's checked-in tables.
    #[test]
    fn rows_of_the_runtimes_tables() {
        for (hash, key) in [
            (3863938719, "<RegisterNoGCRegionCallback>g__Callback|72_0#1:System.Private.CoreLib:System:GC"),
            (1336557534, "BackgroundJobHandler#0:System.Private.CoreLib:System.Threading:ThreadPool"),
            (1361004804, "CallClassConstructor#3:System.Private.CoreLib:System.Runtime.CompilerServices:InitHelpers"),
            (4077371982, "Callback#7:System.Private.CoreLib:System.Diagnostics.Tracing:EventPipeEventProvider"),
            (1007743593, "ScheduleFinalization#0:System.Private.CoreLib:System.Threading:WasiFinalizerScheduler"),
            (2854474997, "InvokeFunction#1:System.Private.CoreLib:System.Diagnostics:Debugger"),
            (167179540, "TimerHandler#0:System.Private.CoreLib:System.Threading:TimerQueue"),
        ] {
            assert_eq!(reverse_hash(key), hash, "{key}");
        }
    }

    #[test]
    fn code_units_not_bytes_and_not_characters() {
        assert_eq!(reverse_hash("é"), (5381 * 33) ^ 0xe9);
        assert_eq!(reverse_hash("😀"), (((5381 * 33) ^ 0xd83d) * 33) ^ 0xde00);
    }
}
