//! Sources made to exhaust a reader: each ends, with work that grows with its size, with an error or an answer.

use thunkgen_tests::cost;

use super::read;

/// Repetitions of what a parser recurses into.
const MANY: usize = 100_000;

/// What any of them may cost.
const MOST: u32 = 2_000;

fn reads(name: &str, text: &str) -> Result<usize, String> {
    let found = cost::at_most(MOST, name, || read(&[("x.rs", text)]));
    found.map(|read| read.functions.len()).map_err(|errors| errors[0].to_string())
}

#[test]
fn repetitions_that_a_parser_recurses_into() {
    let repeated: [(&str, &str, &str, &str); 24] = [
        ("const X: u8 = ", "-", "1", ""),
        ("const X: u8 = ", "|a, b| ", "1", ""),
        ("const X: u8 = ", "|a, b| x > ", "1", ""),
        ("const X: u8 = ", "return || ", "1", ""),
        ("const X: u8 = ", "{} = ", "1", ""),
        ("const X: u8 = ", "if a {} else ", "{}", ""),
        ("const X: u8 = ", "1 + ", "1", ""),
        ("const X: u8 = 1", " as u8", "", ""),
        ("const X: u8 = x", ".y()", "", ""),
        ("const X: u8 = x", "?", "", ""),
        ("type X = ", "A<u8, ", "u8", ">"),
        ("type X = ", "&", "u8", ""),
        ("type X = ", "*const ", "u8", ""),
        ("type X = ", "fn() -> ", "u8", ""),
        ("type X = ", "impl Fn() -> ", "u8", ""),
        ("type X = ", "<", "u8", " as A>::B"),
        ("type X = ", "a::", "b", ""),
        ("use ", "a::", "b", ""),
        ("struct A<T: ", "A<", "u8", ">"),
        ("#[a = ", "-", "1] struct A", ""),
        ("fn f() { no_mangle; let ", "a @ ", "a", ""),
        ("fn f() { no_mangle; ", "for X {} in ", "x", " {}"),
        ("fn f() { no_mangle; ", "if let a = ", "x", " {}"),
        ("const X: u8 = ", "(", "1", ")"),
    ];
    for (start, open, middle, close) in repeated {
        // As often as is just read, and much more often; the rest of the text closes what is open.
        for count in [60, 200, 350, 450, 700, 1_400, MANY] {
            let end = if start.contains('{') { "; }" } else { ";" };
            let text = format!("{start}{}{middle}{}{end}", open.repeat(count), close.repeat(count));
            let answer = reads(open, &text);
            if count == MANY {
                let error = answer.expect_err(open);
                assert!(error.contains("more than") || error.contains("brackets"), "{open}: {error}");
            }
        }
    }
}

#[test]
fn long_is_not_deep() {
    let long = [
        ("m! { a b c }\n", ""),
        ("/// Text.\n", "struct A;"),
        ("fn f() { if a {} else {} x(|a| |b| c) }\n", ""),
        ("struct A { a: B<C, D>, b: E }\n", ""),
        ("impl<T> A for B<T> where T: C {}\n", ""),
        ("const X: [u8; 3] = [A | B, C | D, 1];\n", ""),
        ("pub use a::{b, c as d};\n", ""),
    ];
    for (line, end) in long {
        assert_eq!(reads(line, &format!("{}{end}", line.repeat(3_000))), Ok(0), "{line}");
    }
    let arms = format!("fn f(a: u8) {{ no_mangle; match a {{ {} }} }}", "0 | 1 if a > 2 => {} ".repeat(3_000));
    assert_eq!(reads("arms", &arms), Ok(0));
}

#[test]
fn types_that_grow_or_come_back() {
    let all = |count: usize, each: &dyn Fn(usize) -> String| (0..count).map(each).collect::<String>();
    let f = "#[no_mangle] extern \"C\" fn f";
    let doubled = all(60, &|n| format!("type A{n}<T> = S<A{}<T>, A{}<T>>;", n + 1, n + 1));
    let constants = all(60, &|n| format!("const N{n}: usize = N{} + N{};", n + 1, n + 1));
    let globs = all(60, &|n| {
        let others = all(60, &|other| format!("pub use super::m{other}::*; "));
        format!("mod m{n} {{ {others} }}")
    });
    let chain = all(3_000, &|n| format!("mod c{n} {{ pub use super::c{}::*; }}", n + 1));
    let web = all(300, &|n| {
        format!("mod w{n} {{ pub use crate::w{}::*; pub use crate::w{}::*; }}", (n * 7 + 1) % 300, n / 2)
    });
    let uses = all(500, &|n| format!("{f}{n}(a: X{n}) {{}}"));
    let aliases = all(5_000, &|n| format!("type A{n} = A{};", n + 1));
    let structs = all(20_000, &|n| format!("#[repr(C)] struct S{n}(S{}, *mut S{});", n + 1, n + 2));
    let defaults = all(2_000, &|n| format!("T{n} = u8, "));
    // Two structs of one name, alike down to the eighth.
    let alike = all(12, &|n| {
        let fields = format!("L{}, ", n + 1).repeat(10);
        format!("#[cfg(a)] #[repr(C)] struct L{n}({fields}); #[cfg(not(a))] #[repr(C)] struct L{n}({fields});")
    });
    let cases = [
        ("defaults", format!("struct S<{defaults}>(T0); {f}(a: S) {{}}")),
        ("alike", format!("{alike} type L12 = u8; {f}(a: L0) {{}}")),
        ("doubled", format!("#[repr(C)] struct S<A, B>(A, B); {doubled} {f}(a: A0<u8>) {{}}")),
        ("constants", format!("{constants} const N60: usize = 1; #[repr(C)] struct S([u8; N0]); {f}(a: S) {{}}")),
        ("globs", format!("{globs} use m0::*; {uses}")),
        ("chain", format!("{chain} use c0::*; {f}(a: X) {{}}")),
        ("web", format!("{web} use w0::*; {uses}")),
        ("aliases", format!("{aliases} {f}(a: A0) {{}}")),
        ("cycle", format!("type A = B; type B = A; use C as D; use D as C; {f}(a: A) {{}} {f}2(a: C) {{}}")),
        ("structs", format!("{structs} {f}(a: S0) {{}}")),
        (
            "polymorphic",
            format!("#[repr(C)] struct N<T> {{ a: *mut N<N<T>>, b: *mut N<[T; 2]>, c: T }} {f}(a: N<u8>) {{}}"),
        ),
        (
            "callbacks",
            format!("#[repr(C)] struct N<T> {{ a: extern fn(N<*mut T>) -> N<N<T>>, b: T }} {f}(a: N<u8>) {{}}"),
        ),
        ("alternatives", format!("{} {uses}", "#[cfg(unix)] type X1 = u8; ".repeat(5_000))),
        ("group", format!("use {}{{{}}};", "a::".repeat(300), "b, ".repeat(50_000))),
        ("cfg_if", format!("{}{}", "cfg_if! { if #[cfg(unix)] {".repeat(90), "} }".repeat(90))),
        ("fields", format!("#[repr(C)] struct S({}); {f}(a: S) {{}}", "u8, ".repeat(50_000))),
    ];
    for (name, text) in cases {
        let found = reads(name, &text).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(found > 0 || name == "group" || name == "cfg_if", "{name}");
    }
}

#[test]
fn files_that_multiply() {
    let twenty = "#[path = \"b.rs\"] mod a0; #[path = \"b.rs\"] mod a1; #[path = \"b.rs\"] mod a2;".repeat(7);
    let names: Vec<String> = (0..=30).map(|n| format!("{n}.rs")).collect();
    let texts: Vec<String> = (0..30).map(|n| twenty.replace("b.rs", &format!("{}.rs", n + 1))).collect();
    // The last is empty.
    let texts = texts.into_iter().chain([String::new()]).collect::<Vec<_>>();
    let files: Vec<(&str, &str)> =
        names.iter().zip(&texts).map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let errors = cost::at_most(MOST, "files that multiply", || read(&files)).expect_err("too many files");
    assert!(errors.iter().any(|error| error.why.contains("a crate of more than 5000 files")), "{errors:?}");
    assert!(errors.len() < 100, "{} errors", errors.len());
}
