//! What the generator is asked for: an intermediate representation made from rows the tests state.

use clr_wasm_abi::{Signature, TargetOs};
use thunkgen_core::collect::ir::{self, Ir, Linkage, Reason, ReasonKind};
use thunkgen_core::emit::{Contract, Options, Output, render};

use crate::wasm::{pinvoke, reverse};

/// The text of a generated file without the checks of its blocks.
pub fn without_checks(text: &str) -> String {
    let is_check =
        |check: &str| check.len() == 8 && check.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let line = |line: &str| match line.rsplit_once(" // ") {
        Some((content, check)) if is_check(check) => format!("{content}\n"),
        _ => format!("{line}\n"),
    };
    text.lines().map(line).collect()
}

/// The generated file for a representation.
pub fn text(ir: &Ir, output: Output) -> String {
    text_for(Contract::WasmThunks, ir, output)
}

fn text_for(contract: Contract, ir: &Ir, output: Output) -> String {
    let options = Options { contract, target_os: TargetOs::Browser };
    render(ir, &options).remove(&output).unwrap_or_else(|| panic!("no {}", output.file_name()))
}

/// The interp-to-native table of these keys.
pub fn interp_to_native<'a>(keys: impl IntoIterator<Item = &'a String>) -> String {
    interp_to_native_for(Contract::WasmThunks, keys)
}

/// The same for another contract.
pub fn interp_to_native_for<'a>(contract: Contract, keys: impl IntoIterator<Item = &'a String>) -> String {
    let mut ir = Ir::default();
    for key in keys {
        let reason =
            Reason { kind: ReasonKind::Runtime, assembly: String::new(), member: "tests".to_owned(), token: 0 };
        ir.need(signature(key.strip_prefix('M').expect("an M key")), reason);
    }
    text_for(contract, &ir, Output::InterpToNative)
}

/// The P/Invoke table of these entries.
pub fn pinvokes(entries: &[pinvoke::Entry]) -> String {
    let mut ir = Ir::default();
    for entry in entries {
        let linkage = match &entry.source {
            pinvoke::Source::Symbol(_) => Linkage::Static,
            pinvoke::Source::Import(..) => Linkage::WasmImport { namespace: "Sample.Imports".to_owned() },
        };
        let assemblies = ["Sample".to_owned()].into();
        let row = ir::PInvoke { signature: signature(&entry.signature), linkage, assemblies };
        let old = ir.pinvokes.entry(entry.module.clone()).or_default().insert(entry.entry_point.clone(), row);
        assert_eq!(old, None, "{}!{} is asked for twice", entry.module, entry.entry_point);
    }
    text(&ir, Output::PInvoke)
}

/// The reverse-thunk table of these callbacks.
pub fn callbacks(callbacks: &[reverse::Callback]) -> String {
    let mut ir = Ir::default();
    for (callback, token) in callbacks.iter().zip(0x0600_0001..) {
        let (_, place) = callback.key.split_once('#').expect("Method#paramCount");
        let mut parts = place.split(':').skip(1).map(str::to_owned);
        let mut part = || parts.next().expect("Assembly:Namespace:Type");
        let (assembly, namespace, type_name) = (part(), part(), part());
        let type_full_name = callback.qualified_type.strip_suffix(&format!(", {assembly}")).expect("Type, Assembly");
        let row = ir::Callback {
            type_full_name: type_full_name.to_owned(),
            assembly,
            namespace,
            type_name,
            method: callback.method.clone(),
            token,
            signature: signature(&callback.signature),
            entry_point: callback.export.clone(),
            problem: None,
        };
        assert_eq!(ir.callbacks.insert(callback.key.clone(), row), None, "{} is asked for twice", callback.key);
    }
    text(&ir, Output::Reverse)
}

fn signature(text: &str) -> Signature {
    text.parse().unwrap_or_else(|error| panic!("{error}"))
}
