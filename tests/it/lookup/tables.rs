//! Tables written in every style, as the reader and as clang read them.

use std::process::Command;

use thunkgen::lookup::cpp;
use thunkgen_tests::corrupt::prng::Prng;
use thunkgen_tests::data::crate_file;
use thunkgen_tests::wasm::toolchain::Toolchain;

const TABLES: usize = 150;

/// Keys that are some, and strings that try to end what they stand in.
const KEYS: [&str; 12] =
    ["Mv", "MviS8p", "MS16TiA32l2Vp", "M//x", "M/*x", "M*/", "M\"q\"", "M\\", "M%d {", "M}, {", "M\u{e9}?", "M#if 0"];

/// A way to write a key as C++.
fn key(random: &mut Prng, key: &str) -> String {
    let escaped = |text: &str| text.replace('\\', "\\\\").replace('"', "\\\"");
    let split = key.char_indices().map(|(at, _)| at).nth(random.below(key.chars().count())).unwrap_or_default();
    let (left, right) = key.split_at(split);
    match random.below(8) {
        0 => format!("\"{}\" \"{}\"", escaped(left), escaped(right)),
        1 => format!("\"{}\" /* \" */\n        \"{}\"", escaped(left), escaped(right)),
        2 => format!("R\"({key})\""),
        3 => format!("R\"x({left})x\" R\"y({right})y\""),
        4 => format!("u8\"{}\"", escaped(key)),
        5 => format!("\"{}\"", key.bytes().map(|byte| format!("\\{byte:o}\" \"")).collect::<String>()),
        6 => format!("(\"{}\\\n{}\")", escaped(left), escaped(right)),
        _ => format!("\"{}\"", escaped(key)),
    }
}

/// A way to write a function's address.
fn function(random: &mut Prng, name: &str, namespace: &str) -> String {
    match random.below(8) {
        0 => format!("(void *) & {name}"),
        1 => format!("(void*)(&{name})"),
        2 => format!("reinterpret_cast<void*>(&{name})"),
        3 => format!("(void*)(void (*)(int, char*))&{name}"),
        4 => format!("(void*){name}"),
        5 => format!("(void*)&{namespace}::{name}"),
        6 => format!("(void*) /* , */ &::{namespace}::{name}"),
        _ => format!("(void*)&{name}"),
    }
}

/// What may stand between rows.
fn between(random: &mut Prng) -> &'static str {
    match random.below(9) {
        0 => "\n    // { \"Mnever\", (void*)&F0 },\n",
        1 => " /* { \"Mnever\", 0 },\n */ ",
        2 => "\n#if 0\n    { \"Mnever\", don't },\n#endif\n",
        3 => "\n#  if 1 /* \n */\n#else\n    { \"Mnever\", (void*)&F0 },\n#endif\n",
        4 => "\n#pragma nothing { \"\n",
        5 => "\n#define ROW { \"Mnever\", \\\n (void*)&F0 },\n",
        6 => "\\\n",
        _ => "\n",
    }
}

fn table(random: &mut Prng, number: usize) -> String {
    let name =
        *random.pick(&["g_wasmThunks", "g_portableCallHelperThunks", "g_wasmPortableEntryPointThunks", "wasmThunks"]);
    let namespace = format!("t{number}");
    let rows = 1 + random.below(6);
    let mut text = format!("namespace {namespace} {{\n");
    for row in 0..rows {
        text += &format!("static void F{row}(int, char*) {{ }} // {name}[] = {{\n");
    }
    text += *random.pick(&[
        "static const Row ",
        "Row const ",
        "struct Row ",
        "alignas(16) const ::Row ",
        "constexpr static Row ",
    ]);
    if text.ends_with("constexpr static Row ") {
        // Not with the casts of pointers.
        text.truncate(text.len() - "constexpr static Row ".len());
        text += "const Row ";
    }
    text += name;
    text += *random.pick(&["[] = {", "[]={", "[ ] // = {\n = {", "[] __attribute__((unused)) = {", "[]\n{"]);
    for row in 0..rows {
        text += between(random);
        let spelled = *random.pick(&KEYS);
        let key = key(random, spelled);
        let function = function(random, &format!("F{row}"), &namespace);
        text += &match random.below(4) {
            0 => format!("{{ .key = {key}, .value = {function} }}"),
            1 => format!("{{{key},{function},}}"),
            _ => format!("{{ {key}, {function} }}"),
        };
        if row + 1 < rows || random.below(2) == 0 {
            text += ",";
        }
    }
    if text.ends_with(',') && random.below(2) == 0 {
        text += *random.pick::<&str>(&["{ nullptr, nullptr }", "{ NULL, 0 }", "{}", "{ 0 },"]);
    }
    text += between(random);
    text += "};\n";
    let count =
        *random.pick(&["sizeof(T) / sizeof(T[0])", "(sizeof(T)/sizeof(*T)) - 1", "sizeof(T) / sizeof(Row)", "0x2u"]);
    text += &format!("extern const size_t {name}Count; const size_t {name}Count = {};\n", count.replace('T', name));
    // How the test's program finds it.
    text += &format!(
        "#define T{number} {namespace}::{name}, sizeof({namespace}::{name}) / sizeof(Row), {namespace}::{name}Count\n"
    );
    text + "static void* functions[] = { "
        + &(0..rows).map(|row| format!("(void*)F{row}, ")).collect::<String>()
        + "};\n}\n"
}

/// Tables as lines: the count, then key and number of the function of each row.
fn as_read(source: &str) -> Vec<String> {
    let file = cpp::read(source.as_bytes());
    assert!(file.problems.is_empty() && file.conditions.is_empty(), "{:?}\n{source}", file.problems);
    let mut lines = Vec::new();
    for table in file.tables {
        lines.push(format!("{}", table.count.expect("a count").0.of(table.rows.len())));
        for row in table.rows {
            let number = row.function.rsplit_once('F').map_or("-", |(_, number)| number).to_owned();
            lines.push(format!("{} {number}", row.key.as_deref().unwrap_or("-")));
        }
    }
    lines
}

const PROGRAM: &str = r#"
static void print(const Row* rows, size_t size, size_t count, void** functions)
{
    printf("%zu\n", count);
    for (size_t i = 0; i < size; i++)
    {
        printf("%s ", rows[i].key ? rows[i].key : "-");
        int function = 0;
        while (rows[i].value && functions[function] != rows[i].value)
            function++;
        rows[i].value ? printf("%d\n", function) : printf("-\n");
    }
}
"#;

#[test]
#[ignore = "needs clang and wasm-ld"]
fn tables_are_read_as_a_compiler_reads_them() {
    let random = &mut Prng::new(11, 0);
    let tables: Vec<String> = (0..TABLES).map(|number| table(random, number)).collect();
    let head = "#include <stdio.h>\n#include <stddef.h>\nstruct Row { const char* key; void* value; };\n";
    let calls: String = (0..TABLES).map(|number| format!("    print(T{number}, t{number}::functions);\n")).collect();
    let text = format!("{head}{}{PROGRAM}int main()\n{{\n{calls}}}\n", tables.concat());
    let folder = tempfile::tempdir().unwrap();
    let program =
        Toolchain::find().native_program(folder.path(), "tables", &text).unwrap_or_else(|error| panic!("{error}"));
    let output = Command::new(program).output().expect("the program runs");
    let compiled: Vec<String> = String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect();
    assert!(compiled.len() > 4 * TABLES && !text.is_empty(), "{}", compiled.len());
    let read = as_read(&text);
    let different = compiled.iter().zip(&read).position(|(a, b)| a != b);
    assert_eq!(different, None, "{:?} and {:?}", different.map(|at| &compiled[at]), different.map(|at| &read[at]));
    assert_eq!(compiled.len(), read.len());
    // Every key was there in some form.
    assert!(KEYS.iter().all(|key| read.iter().any(|line| line.rsplit_once(' ').is_some_and(|(of, _)| of == *key))));
}

/// Whatever happens to a file: an answer, with places inside the file, and no row that its text does not show.
#[test]
fn damaged_tables() {
    let whole = crate_file("fixtures/thunk-tables/by-hand.cpp") + &crate_file("fixtures/thunk-tables/conditions.cpp");
    let lines = whole.lines().count() as u32;
    let (mut problems, mut rows) = (0, 0);
    for number in 0..4000 {
        let random = &mut Prng::new(12, number);
        let mut bytes = whole.clone().into_bytes();
        for _ in 0..1 + random.below(3) {
            let at = random.below(bytes.len());
            match random.below(4) {
                0 => bytes.truncate(at.max(1)),
                1 => drop(bytes.remove(at)),
                2 => bytes[at] = *random.pick(b"\"'{}()[]#\\/*,;&R0\n\0\xff"),
                _ => bytes.insert(at, *random.pick(b"\"'{}()[]#\\/*,;&R0\n\0\xff")),
            }
        }
        let file = cpp::read(&bytes);
        problems += file.problems.len();
        let text = String::from_utf8_lossy(&bytes);
        for (at, key) in file
            .problems
            .iter()
            .map(|problem| (problem.at, None))
            .chain(file.tables.iter().flat_map(|table| &table.rows).map(|row| (row.at, row.key.as_deref())))
        {
            assert!((1..=lines + 3).contains(&at.line) && at.column >= 1, "{number}: {at:?}");
            let line = text.split('\n').nth(at.line as usize - 1).unwrap_or_default();
            rows += usize::from(key.is_some_and(|key| line.contains(key)));
        }
    }
    assert!(problems > 500 && rows > 10_000, "{problems} {rows}");
}
