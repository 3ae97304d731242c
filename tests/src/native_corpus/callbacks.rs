//! Functions that call what they are given, and one mistake in the type by which each of them calls it.

use std::fmt::Write;

use super::write::{C_HEAD, CSHARP_TYPES, declarators};
use super::{Function, KINDS, Mutation, mutation};
use crate::corrupt::prng::Prng;

/// How many there are.
const COUNT: usize = 90;

/// The library that the P/Invokes name.
pub const CALLBACKS: &str = "callbacks";

/// How the function calls.
const BODIES: [&str; 6] = [
    "CALL;",
    "for (int i = 0; i < count; i++) CALL;",
    "if (callback) CALL;",
    "CALL; CALL;",
    "if (count) CALL; else if (count < 5) { count = 7; CALL; }",
    "while (count--) { CALL; other(); }",
];

/// A function with a callback.
#[derive(Clone, Debug)]
pub struct WithCallback {
    /// The type of the callback, its mistake, and the name of the function.
    pub callback: Function,
    /// A delegate, not a function pointer.
    pub is_delegate: bool,
    /// The other parameters.
    params: Vec<usize>,
    /// Where the callback is among them.
    at: usize,
    body: &'static str,
}

/// Every function, always the same.
pub fn with_callbacks() -> Vec<WithCallback> {
    (0..COUNT).map(with_callback).collect()
}

fn with_callback(number: usize) -> WithCallback {
    let mut random = Prng::new(0xCA11_BACC, number as u64);
    let mut kinds = |most| -> Vec<usize> { (0..random.below(most)).map(|_| random.below(KINDS.len())).collect() };
    let (mut params, others) = (kinds(5), kinds(4));
    params.insert(0, number % KINDS.len());
    let ret = Some(number / 2 % KINDS.len()).filter(|kind| !number.is_multiple_of(3) && KINDS[*kind].is_result);
    // Those of the name and the library are none of a type.
    let of_type = |mutation: &Mutation| !matches!(mutation, Mutation::Name | Mutation::Library);
    let mistake = (number..).map(|number| mutation(&mut random, number, ret, &params)).find(of_type);
    let callback = Function { name: format!("c{number:03}"), ret, params, mutation: mistake.expect("some mistake") };
    let at = random.below(others.len() + 1);
    WithCallback {
        callback,
        is_delegate: number.is_multiple_of(2),
        params: others,
        at,
        body: BODIES[number % BODIES.len()],
    }
}

/// The declarations in C#. Marshalling is on: without it no delegate is passed.
pub fn csharp_callbacks(functions: &[WithCallback]) -> String {
    let mut text = format!(
        "// Written by `BLESS=1 cargo test -p thunkgen-tests --test it check_native::`.\nusing System;\n\
         using System.Runtime.InteropServices;\n\n{CSHARP_TYPES}\n"
    );
    let csharp = |kind: &usize| KINDS[*kind].csharp;
    for function in functions.iter().filter(|function| function.is_delegate) {
        let Function { name, ret, params, .. } = &function.callback;
        let params = params.iter().enumerate().map(|(at, kind)| format!("{} a{at}", csharp(kind)));
        let ret = ret.as_ref().map_or("void", csharp);
        let params = params.collect::<Vec<_>>().join(", ");
        writeln!(text, "public unsafe delegate {ret} {}({params});", name.to_uppercase()).expect("a string");
    }
    text += "\npublic static unsafe class Callbacks\n{\n";
    for function in functions {
        let Function { name, ret, params, .. } = &function.callback;
        let callback = if function.is_delegate {
            name.to_uppercase()
        } else {
            let types: Vec<&str> = params.iter().chain(ret).map(csharp).collect();
            let void = if ret.is_none() { ", void" } else { "" };
            format!("delegate* unmanaged<{}{void}>", types.join(", "))
        };
        let mut all: Vec<String> =
            function.params.iter().enumerate().map(|(at, kind)| format!("{} p{at}", csharp(kind))).collect();
        all.insert(function.at, format!("{callback} callback"));
        let all = all.join(", ");
        writeln!(text, "    [DllImport(\"{CALLBACKS}\")] static extern void {name}({all});").expect("a string");
    }
    for name in UNJUDGED {
        let pointer = "delegate* unmanaged<int, void> callback";
        writeln!(text, "    [DllImport(\"{CALLBACKS}\")] static extern void {name}({pointer}, int a);")
            .expect("a string");
    }
    text + "}\n"
}

/// Functions of which nothing can be said, whatever they do with a callback that takes an int.
const UNJUDGED: [&str; 6] = ["by_mode", "replaced", "counted", "passed_on", "kept", "unused"];

const UNJUDGED_C: &str = "\
typedef void (*OfInt)(int);
typedef void (*OfFloat)(float);
void by_mode(void *callback, int a) { if (a) ((OfInt)callback)(1); else ((OfFloat)callback)(1); }
void replaced(void *callback, int a) { if (!callback) callback = other; ((OfFloat)callback)(a); }
void counted(int *callback, int a) { for (; a--; callback++) ((OfFloat)callback)(a); }
__attribute__((noinline)) static void call(OfFloat callback) { callback(1); }
void passed_on(void *callback, int a) { call(callback); }
void *keeper;
void kept(void *callback, int a) { keeper = callback; other(); ((OfFloat)keeper)(a); }
void unused(void *callback, int a) { }
";

/// The library in C, with every callback's mistake or without any.
pub fn callback_library(functions: &[WithCallback], mutated: bool) -> String {
    let mut text = format!("{C_HEAD}int count;\nvoid other(void);\n{UNJUDGED_C}");
    for function in functions {
        let callback = &function.callback;
        let (ret, types) = declarators(callback, mutated.then_some(callback.mutation));
        let name = &callback.name;
        // Whatever they hold: nothing is known of a global variable.
        let globals: String = types.iter().enumerate().map(|(at, ty)| format!("{ty} {name}_{at};\n")).collect();
        let arguments: Vec<String> = (0..types.len()).map(|at| format!("{name}_{at}")).collect();
        let result = if ret == "void" { String::new() } else { format!("{name}_r = ") };
        let call = format!("{result}callback({})", arguments.join(", "));
        let result = if ret == "void" { String::new() } else { format!("{ret} {name}_r;\n") };
        let mut params: Vec<String> =
            function.params.iter().enumerate().map(|(at, kind)| format!("{} p{at}", KINDS[*kind].c)).collect();
        params.insert(function.at, format!("{}_type callback", name));
        let types = if types.is_empty() { "void".to_owned() } else { types.join(", ") };
        text += &format!(
            "typedef {ret} (*{name}_type)({types});\n{}{result}void {name}({}) {{ {} }}\n",
            globals.replace("const ", ""),
            params.join(", "),
            function.body.replace("CALL", &call)
        );
    }
    text
}
