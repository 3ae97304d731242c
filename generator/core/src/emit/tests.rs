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

/// Asserts that `text` holds these lines in a row.
#[track_caller]
fn assert_holds(text: &str, lines: &[&str]) {
    let block = lines.join("\n") + "\n";
    assert!(text.contains(&block), "{block}\nis not in\n{text}");
}

#[test]
fn native_and_managed_thunks() {
    let text = text(&sample(&["S16l2", "lTiaS12A32dp", "ve"], &[], vec![]), Output::InterpToNative);
    assert_holds(
        &text,
        &[
            "static void CallFunc_L2_RetS16(PCODE target, int8_t* pArgs, int8_t* pRet)",
            "{",
            "    auto code = (void (*)(int8_t*, int64_t, int64_t))target;",
            "    code(pRet, LoadArg<int64_t>(pArgs, 0), LoadArg<int64_t>(pArgs, 1));",
            "}",
        ],
    );
    assert_holds(
        &text,
        &[
            "NOINLINE static void CallFunc_This_I32_Async_S12_A32_F64_RetI64_PE(PCODE target, int8_t* pArgs, int8_t* pRet)",
            "{",
            "    auto code = (int64_t (*)(int*, int32_t, int32_t, int32_t, int8_t*, int8_t*, double, PCODE))GetCode(target);",
            "    alignas(16) int frame = TERMINATE_R2R_STACK_WALK;",
            "    StoreResult(pRet, code(&frame, LoadArg<int32_t>(pArgs, 0), LoadArg<int32_t>(pArgs, 2), 0, ArgAddress(pArgs, 3),",
            "        ArgAddress(pArgs, 6), LoadArg<double>(pArgs, 10), target));",
            "}",
        ],
    );
    assert_holds(
        &text,
        &[
            "static void CallFunc_Empty_RetVoid(PCODE target, int8_t*, int8_t*)",
            "{",
            "    auto code = (void (*)())target;",
            "    code();",
            "}",
        ],
    );
    assert_holds(&text, &["    { \"MlTiaS12A32dp\", (void*)&CallFunc_This_I32_Async_S12_A32_F64_RetI64_PE },"]);
    assert!(!text.contains("simd"));
}

#[test]
fn vectors_need_simd() {
    let text = text(&sample(&["S32TiV2V4p"], &[], vec![]), Output::InterpToNative);
    assert!(text.contains("#include <wasm_simd128.h>\n") && text.contains("#ifndef __wasm_simd128__\n"));
    assert_holds(
        &text,
        &[
            "    auto code = (void (*)(int*, int32_t, int8_t*, int32_t, v128_t, v128_t, v128_t, v128_t, v128_t, v128_t,",
            "        PCODE))GetCode(target);",
        ],
    );
    for slot in [2, 4, 6, 8, 10, 12] {
        assert!(text.contains(&format!("LoadArg<v128_t>(pArgs, {slot})")), "{text}");
    }
}

#[test]
fn a_symbol_is_declared_once_under_a_private_name() {
    let import = || Linkage::WasmImport { namespace: "N".to_owned() };
    let rows = [
        ("libA", "memcpy", pinvoke("iiii", Linkage::Static)),
        ("libB", "memcpy", pinvoke("iiii", Linkage::Static)),
        ("libB", "a.b", pinvoke("S16S8V", Linkage::Static)),
        ("libB", "a-b", pinvoke("v", Linkage::Static)),
        ("wasi:io/poll@0.2.8", "[method]pollable.block", pinvoke("vi", import())),
    ];
    let text = text(&sample(&[], &rows, vec![]), Output::PInvoke);
    assert_holds(
        &text,
        &[
            "extern \"C\" void p_a_b_3a39f7af() __asm__(\"a-b\");",
            "extern \"C\" void p_a_b_cf525a7c(void*, void*, v128_t) __asm__(\"a.b\");",
            "extern \"C\" int32_t p_memcpy(int32_t, int32_t, int32_t) __asm__(\"memcpy\");",
            "extern \"C\" void N_23_wasi_3A_io_2F_poll_40_0_2_8_23__5B_method_5D_pollable_block(int32_t)",
            "    __attribute__((import_module(\"wasi:io/poll@0.2.8\"), import_name(\"[method]pollable.block\")));",
        ],
    );
    assert_holds(
        &text,
        &["static const Entry s_libA[] = {", "    { \"memcpy\", (const void*)&p_memcpy }, // App", "};"],
    );
}

#[test]
fn callbacks_pack_slots() {
    let callbacks =
        vec![callback("M", "S4ifA20l2V", Some("native_m")), callback("Nothing", "v", None), callback("V", "V", None)];
    let text = text(&sample(&[], &[], callbacks), Output::Reverse);
    assert_holds(
        &text,
        &[
            "static MethodDesc* MD_App_N_T_M_I32_F32_A20_L2_V128_RetS4;",
            "static void Call_App_N_T_M_I32_F32_A20_L2_V128_RetS4(void* ret, int32_t arg0, float arg1, const void* arg2,",
            "    int64_t arg3_0, int64_t arg3_1, v128_t arg4)",
            "{",
            "    alignas(16) int64_t args[10] = {};",
            "    StoreArg(args, 0, arg0);",
            "    StoreArg(args, 1, arg1);",
            "    StoreStruct(args, 2, arg2, 20);",
            "    StoreArg(args, 6, arg3_0);",
            "    StoreArg(args, 7, arg3_1);",
            "    StoreArg(args, 8, arg4);",
            "    int64_t result[1] = {};",
        ],
    );
    assert_holds(&text, &["    __builtin_memcpy(ret, result, 4);", "}"]);
    assert_holds(
        &text,
        &[
            "static void Call_App_N_T_Nothing_Void_RetVoid()",
            "{",
            "    RunMethod(&MD_App_N_T_Nothing_Void_RetVoid, \"N.T, App\", \"Nothing\", nullptr, 0, nullptr,",
            "        (PCODE)&Call_App_N_T_Nothing_Void_RetVoid);",
            "}",
        ],
    );
    assert_holds(&text, &["    return LoadResult<v128_t>(result);"]);
    assert!(text.contains("__asm__(\"native_m\");\n"));
}

#[test]
fn names_from_metadata_stay_inside_of_literals_and_comments() {
    let evil = "x\"; int y; /* */ \\\n// ??/\r\u{2028}é";
    let mut row = pinvoke("i", Linkage::WasmImport { namespace: evil.to_owned() });
    row.assemblies = [evil.to_owned()].into();
    let mut method = callback(evil, "i", None);
    method.type_full_name = evil.to_owned();
    let ir = sample(&[], &[(evil, evil, row)], vec![method]);
    let clean = sample(
        &[],
        &[("x", "x", pinvoke("i", Linkage::WasmImport { namespace: "x".into() }))],
        vec![callback("x", "i", None)],
    );
    for output in Output::ALL {
        let (text, clean) = (text(&ir, output), text(&clean, output));
        assert!(text.bytes().all(|byte| byte == b'\n' || (b' '..=b'~').contains(&byte)), "{text}");
        assert!(!text.contains("??") && !text.contains("\\\n"), "{text}");
        assert_eq!(punctuation(&text), punctuation(&clean), "{text}");
    }
}

/// The punctuation outside of literals and comments: the same for any names.
fn punctuation(text: &str) -> String {
    let mut out = String::new();
    for line in text.lines() {
        let mut rest = line.chars().peekable();
        while let Some(c) = rest.next() {
            match c {
                '/' if rest.peek() == Some(&'/') => break,
                '"' => loop {
                    match rest.next() {
                        Some('\\') => _ = rest.next(),
                        None => panic!("a literal without end: {line}"),
                        Some('"') => break,
                        Some(_) => {}
                    }
                },
                c if c.is_ascii_punctuation() && c != '_' => out.push(c),
                _ => {}
            }
        }
    }
    out
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
        let text = text(&ir, output);
        assert_eq!(text.split_once('\n').unwrap().1, examples(template));
    }
}

#[test]
fn a_callback_the_runtime_refuses_ends_the_program_with_the_reason() {
    let mut refused = callback("OnDate", "idS16", Some("on_date"));
    refused.problem = Some("parameter 1 is not blittable (\"auto\" layout)".to_owned());
    let text = text(&sample(&[], &[], vec![refused]), Output::Reverse);
    let body = "static int32_t Call_App_N_T_OnDate_F64_S16_RetI32(double, const void*)\n\
                {\n    \
                    PORTABILITY_ASSERT(\"N.T.OnDate of App cannot be called: parameter 1 is not blittable \
                (\\\"auto\\\" layout)\");\n    \
                    __builtin_trap();\n\
                }\n";
    assert!(text.contains(body), "{text}");
    assert!(text.contains("return Call_App_N_T_OnDate_F64_S16_RetI32(arg0, arg1);"), "{text}");
}
