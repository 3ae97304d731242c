//! A C++ program that calls everything in the three generated files of a representation and checks each effect itself, for
//! toolchains whose modules only run with their own JavaScript. Compiled by the toolchain's compiler, so the wasm types of
//! all calls are those of its C ABI.

use std::fmt::Write;

use super::keys::{Param, Ret, Shape, Ty};
use super::pinvoke::{Entry, Source};
use super::reverse::Callback;

/// How many bytes arguments and results may take.
const AREA: u32 = 4096;

/// What every program has: patterns, comparisons, and what the runtime provides to reverse thunks.
const HEAD: &str = r#"#include <callhelpers.hpp>
#include <stdio.h>
#include <string.h>
#include <wasm_simd128.h>

// The program has thousands of calls of each.
#define NOT_INLINED __attribute__((noinline))

extern const void* callhelpers_pinvoke_override(const char* library_name, const char* entry_point_name);

alignas(16) static unsigned char g_args[AREA], g_result[AREA], g_ret[AREA], g_seen[AREA];
static const char* g_subject;
static int g_failures, g_calls;

NOT_INLINED static void Expect(bool holds, const char* what)
{
    if (!holds)
    {
        printf("%s: %s\n", g_subject, what);
        g_failures++;
    }
}

template <typename T>
static void ExpectLoaded(T actual, size_t offset)
{
    Expect(memcmp(&actual, g_args + offset, sizeof(T)) == 0, "a parameter differs");
}

template <typename T>
static T Loaded(const unsigned char* from)
{
    T value;
    memcpy(&value, from, sizeof(T));
    return value;
}

// No byte is so large that a number is not one.
NOT_INLINED static void Begin(const char* subject, unsigned seed)
{
    g_subject = subject;
    for (unsigned i = 0; i < AREA; i++)
    {
        g_args[i] = (unsigned char)(1 + (i * 7 + seed) % 59);
        g_result[i] = (unsigned char)(1 + (i * 11 + seed) % 61);
        g_ret[i] = 0;
        g_seen[i] = 0;
    }
    g_calls = 0;
}

NOT_INLINED static void End()
{
    Expect(g_calls == 1, "the callee was not called once");
}

NOT_INLINED static void* FindThunk(const char* key)
{
    for (size_t i = 0; i < g_wasmThunksCount; i++)
    {
        if (strcmp(g_wasmThunks[i].key, key) == 0)
            return g_wasmThunks[i].value;
    }
    Expect(false, "the key is missing");
    return nullptr;
}

NOT_INLINED static void CallThunk(const char* key, uintptr_t target)
{
    void* thunk = FindThunk(key);
    if (thunk != nullptr)
        ((void (*)(uintptr_t, void*, void*))thunk)(target, g_args, g_ret);
}

NOT_INLINED static void* FindCallback(const char* key)
{
    for (size_t i = 0; i < g_ReverseThunksCount; i++)
    {
        if (strcmp(g_ReverseThunks[i].Source, key) == 0)
            return g_ReverseThunks[i].value.EntryPoint;
    }
    Expect(false, "the callback is missing");
    return nullptr;
}

static int g_method;

extern "C" void LookupUnmanagedCallersOnlyMethodByName(const char* type, const char* method, MethodDesc** found)
{
    Expect(strlen(type) > 0 && strlen(method) > 0, "the method has no name");
    *found = &g_method;
}

extern "C" void ExecuteInterpretedMethodFromUnmanaged(MethodDesc* method, int8_t* args, size_t size, int8_t* ret, PCODE)
{
    Expect(method == &g_method && size <= AREA, "the method was not looked up");
    memcpy(g_seen, args, size);
    g_calls++;
    memcpy(ret, g_result, g_retSize);
}

"#;

fn c_type(ty: Ty) -> &'static str {
    match ty {
        Ty::I32 => "int32_t",
        Ty::I64 => "int64_t",
        Ty::F32 => "float",
        Ty::F64 => "double",
        Ty::V128 => "v128_t",
    }
}

fn result_type(shape: &Shape) -> &'static str {
    shape.result().map_or("void", c_type)
}

/// A parameter list; `named` gives `a0`, `a1` and so on.
fn parameters(shape: &Shape, named: bool) -> String {
    let name = |(index, param): (usize, Param)| match named {
        true => format!("{} a{index}", c_type(param.ty())),
        false => c_type(param.ty()).to_owned(),
    };
    shape.params().into_iter().enumerate().map(name).collect::<Vec<_>>().join(", ")
}

/// The body of a function that a thunk calls: it checks its parameters and returns the pattern.
fn callee(shape: &Shape) -> String {
    let mut body = String::from("{ g_calls++;");
    for (index, param) in shape.params().into_iter().enumerate() {
        let check = match param {
            Param::Load(_, offset) => format!("ExpectLoaded(a{index}, {offset});"),
            Param::Address(offset) => {
                format!("Expect(a{index} == (int32_t)(g_args + {offset}), \"an address differs\");")
            }
            Param::ReturnBuffer => {
                let Ret::Struct(size) = shape.ret else { unreachable!("only a struct has a buffer") };
                format!("memcpy((void*)a{index}, g_result, {size});")
            }
            Param::Zero => format!("Expect(a{index} == 0, \"no continuation is expected\");"),
            Param::StackPointer => format!("Expect(*(int32_t*)a{index} == 1, \"the frame has no end\");"),
            Param::EntryPoint => format!("Expect(a{index} == (int32_t)&g_entryPoint, \"another entry point\");"),
        };
        write!(body, " {check}").expect("a string");
    }
    if let Some(ty) = shape.result() {
        write!(body, " return Loaded<{}>(g_result);", c_type(ty)).expect("a string");
    }
    body + " }"
}

fn ret_size(shape: &Shape) -> u32 {
    match shape.ret {
        Ret::Void => 0,
        Ret::Value(ty) => ty.size(),
        Ret::Struct(size) => size,
    }
}

/// The bytes of a C string literal; a `?` may begin a trigraph.
fn literal(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        match byte {
            b'"' | b'\\' | b'?' => write!(out, "\\{}", byte as char),
            b' '..=b'~' => write!(out, "{}", byte as char),
            _ => write!(out, "\\{byte:03o}"),
        }
        .expect("a string");
        out
    })
}

/// The program. It prints each failure, and at the end the counts of what it called, as `keys pinvokes callbacks`; its exit
/// code is 1 after a failure. The sources of the P/Invokes must be symbols that nothing else defines.
pub fn program<'a>(keys: impl IntoIterator<Item = &'a String>, entries: &[Entry], callbacks: &[Callback]) -> String {
    let mut text = HEAD.replace("AREA", &AREA.to_string());
    // Both are written in front of each call.
    text = text.replace(
        "static int g_method;",
        "static int g_method;\nstatic size_t g_retSize;\nstatic uintptr_t g_entryPoint;",
    );
    let mut main = String::from("int main()\n{\n");
    let (mut line, mut counts) = (0_u32, [0_usize; 3]);
    for key in keys {
        let shape = Shape::of_key(key);
        assert!(shape.area <= AREA && ret_size(&shape) <= AREA, "{key}");
        line += 1;
        let (ret, params) = (result_type(&shape), parameters(&shape, true));
        writeln!(text, "static {ret} Callee{line}({params})\n{}", callee(&shape)).expect("a string");
        let target = if shape.managed { "&g_entryPoint" } else { &format!("&Callee{line}") };
        writeln!(
            main,
            "    Begin(\"{key}\", {line}); g_entryPoint = (uintptr_t)&Callee{line}; CallThunk(\"{key}\", (uintptr_t){target}); \
             Expect(memcmp(g_ret, g_result, {}) == 0, \"the result differs\"); End();",
            ret_size(&shape)
        )
        .expect("a string");
        counts[0] += 1;
    }
    // A symbol of several entries is defined once; all have its type.
    let mut defined = std::collections::BTreeMap::new();
    for entry in entries {
        let Source::Symbol(symbol) = &entry.source else { panic!("{} is an import", entry.entry_point) };
        let shape = Shape::of_signature(&entry.signature);
        let number = *defined.entry(symbol).or_insert_with(|| {
            line += 1;
            let (ret, params) = (result_type(&shape), parameters(&shape, false));
            writeln!(text, "extern \"C\" {ret} Native{line}({params}) __asm__(\"{}\");", literal(symbol))
                .expect("a string");
            let params = parameters(&shape, true);
            writeln!(text, "extern \"C\" {ret} Native{line}({params})\n{}", callee(&shape)).expect("a string");
            line
        });
        let (module, name) = (literal(&entry.module), literal(&entry.entry_point));
        writeln!(
            main,
            "    Begin(\"{name}\", {number}); CallThunk(\"M{}\", (uintptr_t)callhelpers_pinvoke_override(\"{module}\", \
             \"{name}\")); Expect(memcmp(g_ret, g_result, {}) == 0, \"the result differs\"); End();",
            entry.signature,
            ret_size(&shape)
        )
        .expect("a string");
        counts[1] += 1;
    }
    for (index, callback) in callbacks.iter().enumerate() {
        let shape = Shape::of_signature(&callback.signature);
        let (ret, params) = (result_type(&shape), parameters(&shape, false));
        let arguments = shape.params().into_iter().map(|param| match param {
            Param::Load(ty, offset) => format!("Loaded<{}>(g_args + {offset})", c_type(ty)),
            Param::Address(offset) => format!("(int32_t)(g_args + {offset})"),
            Param::ReturnBuffer => "(int32_t)g_ret".to_owned(),
            other => panic!("a callback has no {other:?}"),
        });
        let arguments = arguments.collect::<Vec<_>>().join(", ");
        let name = literal(&callback.method);
        writeln!(
            main,
            "    Begin(\"{name}\", {index}); g_retSize = {}; if (auto call = ({ret} (*)({params}))\
             FindCallback(\"{}\")) {{",
            ret_size(&shape),
            literal(&callback.key)
        )
        .expect("a string");
        match shape.ret {
            Ret::Value(_) => writeln!(
                main,
                "    {ret} result = call({arguments}); Expect(memcmp(&result, g_result, sizeof(result)) == 0, \"the result \
                 differs\");"
            ),
            _ => writeln!(
                main,
                "    call({arguments}); Expect(memcmp(g_ret, g_result, g_retSize) == 0, \"the result differs\");"
            ),
        }
        .expect("a string");
        for param in shape.params() {
            // Of a struct, at least the first byte.
            let (offset, size) = match param {
                Param::Load(ty, offset) => (offset, ty.size()),
                Param::Address(offset) => (offset, 1),
                _ => continue,
            };
            writeln!(
                main,
                "    Expect(memcmp(g_seen + {offset}, g_args + {offset}, {size}) == 0, \"an argument differs\");"
            )
            .expect("a string");
        }
        main.push_str("    } End();\n");
        counts[2] += 1;
    }
    let [keys, pinvokes, callbacks] = counts;
    write!(
        main,
        "    printf(\"{keys} {pinvokes} {callbacks}\\n\");\n    return g_failures == 0 && g_ReverseThunksCount == {callbacks} \
         ? 0 : 1;\n}}\n"
    )
    .expect("a string");
    text + &main
}
