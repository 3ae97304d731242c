//! The three files as a whole.

use super::*;
use crate::collect::ir::{Callback, Linkage, PInvoke, Reason, ReasonKind};
use clr_wasm_abi::Signature;

fn signature(text: &str) -> Signature {
    text.parse().unwrap_or_else(|error| panic!("{error}"))
}

fn pinvoke(text: &str, linkage: Linkage) -> PInvoke {
    PInvoke { signature: signature(text), linkage, assemblies: ["App".to_owned()].into() }
}

fn callback(method: &str, text: &str, entry_point: Option<&str>) -> Callback {
    Callback {
        assembly: "App".to_owned(),
        namespace: "N".to_owned(),
        type_name: "T".to_owned(),
        type_full_name: "N.T".to_owned(),
        method: method.to_owned(),
        token: 0x0600_0001,
        signature: signature(text),
        entry_point: entry_point.map(str::to_owned),
        problem: None,
    }
}

fn sample(keys: &[&str], pinvokes: &[(&str, &str, PInvoke)], callbacks: Vec<Callback>) -> Ir {
    let mut ir = Ir::default();
    for key in keys {
        let reason = Reason { kind: ReasonKind::Runtime, assembly: String::new(), member: "test".to_owned(), token: 0 };
        ir.need(signature(key), reason);
    }
    for (module, entry_point, row) in pinvokes {
        ir.pinvokes.entry((*module).to_owned()).or_default().insert((*entry_point).to_owned(), row.clone());
    }
    ir.callbacks = callbacks.into_iter().map(|callback| (callback.key(), callback)).collect();
    ir
}

fn text(ir: &Ir, output: Output) -> String {
    let options = Options { contract: Contract::WasmThunks, target_os: TargetOs::Wasi };
    render(ir, &options).remove(&output).unwrap()
}

#[test]
fn nothing_collected() {
    let ir = Ir::default();
    for output in Output::ALL {
        let text = text(&ir, output);
        assert!(text.ends_with('\n') && !text.contains("// ["), "{text}");
        let origin = header::origin(text.as_bytes());
        assert!(matches!(origin, header::Origin::Intact(_)), "{origin:?}");
    }
}

/// A template as it stands, without markers and optional text.
fn examples(template: &str) -> String {
    let mut optional = false;
    let mut out = String::new();
    for line in template.split_inclusive('\n') {
        optional = (optional || line.starts_with("// [if: ")) && line != "// [end]\n";
        if !optional && !line.trim_start().starts_with("// [") {
            out.push_str(line);
        }
    }
    out
}

/// A line with zeros for its check.
fn without_check(line: &str) -> String {
    match line.rsplit_once(" // ") {
        Some((line, check)) if check.len() == 8 && check.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
            format!("{line} // 00000000\n")
        }
        _ => format!("{line}\n"),
    }
}

#[test]
fn example_rows_in_templates_are_what_is_generated() {
    let mut read = pinvoke("iiii", Linkage::Static);
    read.assemblies = ["System.Console".to_owned(), "System.Private.CoreLib".to_owned()].into();
    let now = pinvoke("S16", Linkage::WasmImport { namespace: "App".to_owned() });
    let mut compare = callback("Compare", "iif", Some("app_compare"));
    compare.namespace = "App".to_owned();
    compare.type_name = "Callbacks".to_owned();
    compare.type_full_name = "App.Callbacks".to_owned();
    let rows = [("libSystem.Native", "SystemNative_Read", read), ("wasi:clocks", "now", now)];
    let ir = sample(&["iid", "vTS12p"], &rows, vec![compare]);
    for (output, template) in [
        (Output::InterpToNative, interp_to_native::TEMPLATE),
        (Output::PInvoke, pinvoke::TEMPLATE),
        (Output::Reverse, reverse::TEMPLATE),
    ] {
        let lines = text(&ir, output).lines().skip(1).map(without_check).collect::<String>();
        assert_eq!(lines, examples(template));
    }
}
