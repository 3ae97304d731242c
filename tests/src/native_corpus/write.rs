//! The corpus as C# and as C.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::{Function, KINDS, LIBRARY, Mutation, Wasm};

const CSHARP_HEAD: &str = "\
// Written by `BLESS=1 cargo test -p thunkgen-tests --test it check_native::`.
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

[assembly: DisableRuntimeMarshalling]

";

/// The types of the kinds that are no built-in ones.
pub(super) const CSHARP_TYPES: &str = "\
public enum Small : byte { A }
public enum Plain { A }
public enum Big : long { A }
public struct OneInt { public int A; }
public struct OneLong { public long A; }
public struct OneFloat { public float A; }
public struct OneDouble { public double A; }
public struct Nested { public OneDouble A; }
public struct Pair { public int A, B; }
public struct Mixed { public byte A; public double B; public short C; }
public struct Bytes3 { public byte A, B, C; }
[StructLayout(LayoutKind.Explicit)] public struct Union { [FieldOffset(0)] public int A; [FieldOffset(0)] public float B; }
public unsafe struct Buffer { public fixed int A[5]; }
";

pub(super) const C_HEAD: &str = "\
typedef enum { SMALL_A } __attribute__((packed)) Small;
typedef enum { PLAIN_A } Plain;
typedef struct { int a; } OneInt;
typedef struct { long long a; } OneLong;
typedef struct { float a; } OneFloat;
typedef struct { double a; } OneDouble;
typedef struct { OneDouble a; } Nested;
typedef struct { int a, b; } Pair;
typedef struct { char a; double b; short c; } Mixed;
typedef struct { char a, b, c; } Bytes3;
typedef union { int a; float b; } Union;
typedef struct { int a[5]; } Buffer;
typedef void (*Callback)(int);
";

/// The declarations in C#.
pub fn csharp(functions: &[Function]) -> String {
    let mut text = format!("{CSHARP_HEAD}{CSHARP_TYPES}\npublic static unsafe class Corpus\n{{\n");
    for function in functions {
        let ret = function.ret.map_or("void", |kind| KINDS[kind].csharp);
        let params = function.params.iter().enumerate().map(|(at, kind)| format!("{} p{at}", KINDS[*kind].csharp));
        let params = params.collect::<Vec<_>>().join(", ");
        let name = &function.name;
        writeln!(text, "    [DllImport(\"{LIBRARY}\")] static extern {ret} {name}({params});").expect("a string");
    }
    text + "}\n"
}

/// The library in C, with every function's mistake or without any. What is in another library is left out.
pub fn library(functions: &[Function], mutated: bool) -> String {
    let mut text = C_HEAD.to_owned();
    for function in functions {
        match function.mutation {
            Mutation::Library if mutated => {}
            mutation => text += &definition(function, mutated.then_some(mutation), &c_types()),
        }
    }
    text
}

/// The other library, with the functions that were moved there.
pub fn moved(functions: &[Function]) -> String {
    let mut text = C_HEAD.to_owned();
    for function in functions.iter().filter(|function| function.mutation == Mutation::Library) {
        text += &definition(function, None, &c_types());
    }
    text
}

/// Types that a kind can be mistaken for, of one wasm type with it, and the code of the problem.
const IN_MEMORY: [(&str, &str, &str); 21] = [
    ("sbyte", "unsigned char", "TG0616"),
    ("byte", "signed char", "TG0616"),
    ("short", "unsigned short", "TG0616"),
    ("ushort", "short", "TG0616"),
    ("int", "Pair *", "TG0614"),
    ("Pair*", "int", "TG0614"),
    ("Pair *", "unsigned", "TG0614"),
    ("int*", "long long *", "TG0614"),
    ("int*", "float *", "TG0614"),
    ("Pair*", "Wide *", "TG0614"),
    ("Pair*", "Floats *", "TG0614"),
    ("Pair *", "const Wide *", "TG0614"),
    ("Pair", "Floats", "TG0613"),
    ("Pair", "Wide", "TG0613"),
    ("Mixed", "Moved", "TG0613"),
    ("Bytes3", "Bytes4", "TG0613"),
    ("Union", "WideUnion", "TG0613"),
    ("Buffer", "Longer", "TG0613"),
    ("OneInt", "Bytes4", "TG0613"),
    ("delegate* unmanaged<int, void>", "Wider", "TG0606"),
    ("delegate* unmanaged<int, void>", "Returning", "TG0606"),
];

const IN_MEMORY_TYPES: &str = "\
typedef struct { long long a; int b; } Wide;
typedef struct { float a, b; } Floats;
typedef struct { double b; char a; short c; } Moved;
typedef struct { char a, b, c, d; } Bytes4;
typedef union { int a; double b; } WideUnion;
typedef struct { int a[6]; } Longer;
typedef void (*Wider)(long long);
typedef int (*Returning)(int);
";

/// The library in C with mistakes that no wasm type shows, and the code of each by function.
pub fn memory_library(functions: &[Function]) -> (String, BTreeMap<String, String>) {
    let (mut text, mut codes) = (format!("{C_HEAD}{IN_MEMORY_TYPES}"), BTreeMap::new());
    for (number, function) in functions.iter().enumerate() {
        // A kind that is there once, so that there is one problem.
        let count = |csharp: &str| {
            let all = function.params.iter().chain(&function.ret);
            all.filter(|kind| KINDS[**kind].csharp == csharp).count()
        };
        let is_param = |csharp: &str| function.params.iter().any(|kind| KINDS[*kind].csharp == csharp);
        let fitting = IN_MEMORY.iter().filter(|(csharp, ..)| count(csharp) == 1 && is_param(csharp));
        let fitting: Vec<_> = fitting.collect();
        let mut types = c_types();
        if let Some((csharp, c, code)) = fitting.get(number % fitting.len().max(1)) {
            for (of, _) in types.iter_mut().zip(&KINDS).filter(|(_, kind)| kind.csharp == *csharp) {
                *of = c;
            }
            codes.insert(function.name.clone(), (*code).to_owned());
        }
        let mut definition = definition(function, None, &types);
        // Variable arguments instead of the last parameter, which is an address too.
        let last = function.params.last().filter(|kind| KINDS[**kind].wasm == Wasm::I32 && function.params.len() > 1);
        if let (Some(_), None) = (last, codes.get(&function.name)) {
            let at = definition.rfind(", ").expect("several parameters");
            let end = definition.find(") {").expect("a body");
            definition.replace_range(at..end, ", ...");
            codes.insert(function.name.clone(), "TG0605".to_owned());
        }
        text += &definition;
    }
    (text, codes)
}

/// What a function returns and takes in C, with a mistake or without.
pub(super) fn declarators(function: &Function, mutation: Option<Mutation>) -> (String, Vec<String>) {
    declarators_in(function, mutation, &c_types())
}

fn c_types() -> [&'static str; KINDS.len()] {
    KINDS.map(|kind| kind.c)
}

fn declarators_in(
    function: &Function,
    mutation: Option<Mutation>,
    types: &[&str; KINDS.len()],
) -> (String, Vec<String>) {
    let mut params: Vec<String> = function.params.iter().map(|kind| types[*kind].to_owned()).collect();
    let mut ret = function.ret.map_or("void", |kind| types[kind]).to_owned();
    match mutation {
        Some(Mutation::Param(at, wasm)) => params[at] = wasm.c_type().to_owned(),
        Some(Mutation::Result(wasm)) => ret = wasm.map_or("void", Wasm::c_type).to_owned(),
        Some(Mutation::More(at, wasm)) => params.insert(at, wasm.c_type().to_owned()),
        Some(Mutation::Fewer(at)) => drop(params.remove(at)),
        Some(Mutation::ByPointer(at)) => params[at] += " *",
        Some(Mutation::ReturnByPointer) => ret += " *",
        Some(Mutation::Name | Mutation::Library) | None => {}
    }
    (ret, params)
}

/// One function in C, in one line, with these types for [`KINDS`].
pub fn definition(function: &Function, mutation: Option<Mutation>, types: &[&str; KINDS.len()]) -> String {
    let (ret, params) = declarators_in(function, mutation, types);
    let mut name = function.name.clone();
    if mutation == Some(Mutation::Name) {
        name += "_renamed";
    }
    let params: Vec<String> = params.iter().enumerate().map(|(at, ty)| format!("{ty} p{at}")).collect();
    let params = if params.is_empty() { "void".to_owned() } else { params.join(", ") };
    // Of whatever type, something of it.
    let body = if ret == "void" { String::new() } else { format!("static {ret} r; return r;") };
    format!("{ret} {name}({params}) {{ {body} }}\n")
}

/// The P/Invoke table of an app that links the library, in C: with a count as in newer runtimes, or with a row of zeros
/// at its end. A function with another name has no row.
pub fn pinvoke_table(functions: &[Function], mutated: bool, is_counted: bool) -> String {
    let (mut heads, mut rows) = (String::new(), String::new());
    for function in functions.iter().filter(|function| !mutated || function.mutation != Mutation::Name) {
        let mutation = Some(function.mutation).filter(|mutation| mutated && *mutation != Mutation::Library);
        let definition = definition(function, mutation, &c_types());
        let head = definition.split(" {").next().unwrap_or_default();
        writeln!(heads, "extern {head};").expect("a string");
        writeln!(rows, "    {{ \"{0}\", (void *){0} }},", function.name).expect("a string");
    }
    // A module is a runtime if it has the functions of the runtime's own library.
    let mut own = "    { \"SystemNative_Free\", (void *)SystemNative_Free },\n".to_owned();
    let table = if is_counted {
        format!(
            "static const struct {{ const char *library; const Row *rows; unsigned count; }} table[] = {{\n\
             {{ \"{LIBRARY}\", rows, sizeof rows / sizeof *rows }}, {{ \"libSystem.Native\", own, 1 }} }};\n"
        )
    } else {
        [&mut rows, &mut own].into_iter().for_each(|rows| *rows += "    { 0, 0 },\n");
        format!(
            "static const struct {{ const Row *rows[2]; const char *libraries[2]; }} table = {{\n\
             {{ rows, own }}, {{ \"{LIBRARY}\", \"libSystem.Native\" }} }};\n"
        )
    };
    format!(
        "{C_HEAD}{heads}void SystemNative_Free(void *memory) {{}}\n\
         typedef struct {{ const char *name; void *function; }} Row;\n\
         static const Row rows[] = {{\n{rows}}}, own[] = {{\n{own}}};\n\
         {table}const void *pinvoke_table(void) {{ return &table; }}\n"
    )
}
