//! The inputs: each has what grows, and a size that a test can double.

use std::fs;
use std::path::Path;

use thunkgen_tests::webcil::metadata::{Metadata, compressed, table};
use thunkgen_tests::webcil::pe;

/// An input and a run.
pub struct Case {
    pub name: &'static str,
    /// The smallest step of the size.
    pub unit: usize,
    /// The exit code at every size.
    pub exit: i32,
    /// Writes the files into a directory; the arguments of the run.
    pub make: fn(&Path, usize) -> Vec<String>,
}

const fn case(name: &'static str, unit: usize, exit: i32, make: fn(&Path, usize) -> Vec<String>) -> Case {
    Case { name, unit, exit, make }
}

pub const CASES: &[Case] = &[
    case("P/Invokes: generate", 100, 0, |to, n| pinvokes(to, n, "generate a.dll -m * --out o")),
    case("P/Invokes: signatures", 200, 0, |to, n| pinvokes(to, n, "signatures a.dll")),
    case("P/Invokes: explain", 100, 0, |to, n| pinvokes(to, n, "explain Mvi a.dll")),
    case("P/Invokes: stubs for Rust", 25, 0, |to, n| pinvokes(to, n, "generate a.dll -m * --emit rust --out o")),
    case("P/Invokes: stubs for C", 50, 0, |to, n| pinvokes(to, n, "generate a.dll -m * --emit c-header --out o")),
    case("P/Invokes: check", 100, 1, |to, n| pinvokes(to, n, "check a.dll -m * --out o")),
    case("P/Invokes: missing functions", 100, 1, missing_functions),
    case("P/Invokes of one long name", 400, 3, |to, n| long_name(to, n, 4_000)),
    case("P/Invokes of one name of 1,000 bytes", 400, 3, |to, n| long_name(to, n, 1_000)),
    case("P/Invokes of a name as long as the file", 400, 3, |to, n| long_name(to, n, 10 * n)),
    case("P/Invokes of names alike: tables", 100, 0, |to, n| alike(to, n, "generate a.dll -m * --out o")),
    case("P/Invokes of names alike: Rust", 25, 0, |to, n| alike(to, n, "generate a.dll -m * --emit rust --out o")),
    case("P/Invokes of names alike: C", 50, 0, |to, n| alike(to, n, "generate a.dll -m * --emit c-header --out o")),
    case("parameters of one long marshaler", 400, 3, long_marshaler),
    case("libraries: stubs for Rust", 5, 0, |to, n| libraries(to, n, "generate a.dll -m * --emit rust --out o")),
    case("libraries: stubs for C", 10, 0, |to, n| libraries(to, n, "generate a.dll -m * --emit c-header --out o")),
    case("callbacks of one type", 50, 0, callbacks),
    case("one body of many methods", 400, 3, |to, n| bodies(to, n, true)),
    case("a body for each method", 200, 0, |to, n| bodies(to, n, false)),
    case("calls of one long signature", 400, 3, long_calls),
    case("rows of one long signature", 1_000, 3, long_rows),
    case("methods of many function pointers", 100, 3, many_pointers),
    case("fields of one long function pointer", 1_000, 3, long_pointers),
    case("P/Invokes of one long signature", 400, 3, |to, n| of_one_signature(to, n, Rows::PInvokes)),
    case("callbacks of one long signature", 400, 3, |to, n| of_one_signature(to, n, Rows::Callbacks)),
    case("delegates of one long signature", 400, 3, |to, n| of_one_signature(to, n, Rows::Delegates)),
    case("types of one long type argument list", 400, 3, |to, n| long_instances(to, n, Instances::Types)),
    case("methods of one long type argument list", 400, 3, |to, n| long_instances(to, n, Instances::Methods)),
    case("fields of one long generic type", 400, 3, |to, n| long_instances(to, n, Instances::Fields)),
    case("conversions of one long type argument list", 400, 3, |to, n| long_instances(to, n, Instances::Conversions)),
    case("attributes of one long value", 400, 3, long_values),
    case("P/Invokes of one large struct", 100, 0, |to, n| large_struct(to, n, false)),
    case("P/Invokes of one struct of arrays", 100, 0, |to, n| large_struct(to, n, true)),
    case("structs in arrays in structs", 100, 0, nested_arrays),
    case("fields of one name: Rust", 50, 0, |to, n| fields(to, n, "generate a.dll -m * --emit rust --out o")),
    case("fields of one name: C", 100, 0, |to, n| fields(to, n, "generate a.dll -m * --emit c-header --out o")),
    case("fields of one name: layout", 400, 0, |to, n| fields(to, n, "layout S a.dll")),
    case("fields of one long name: layout", 400, 3, |to, n| fields_of(&"f".repeat(4_000), to, n, "layout S a.dll")),
    case("suppressions of members", 50, 0, |to, n| suppressions(to, n, "method = \"N.C.m{}\"")),
    case("suppressions of equal members", 50, 0, |to, n| suppressions(to, n, "method = \"N.C.m\"")),
    case("suppressions of patterns", 400, 3, |to, n| suppressions(to, n, "method = \"N.C*.m{}\"")),
    case("suppressions with mistakes", 50, 3, |to, n| suppressions(to, n, "metod = \"N.C.m{}\"")),
    case("manifest: unknown keys", 1_000, 3, |to, n| manifest(to, (0..n).map(|i| format!("key{i} = {i}\n")).collect())),
    case("manifest: outputs and shared values", 200, 3, |to, n| {
        let shared = "\"a.dll\", ".repeat(n);
        let outputs: String = (0..n).map(|i| format!("[[output]]\nname = \"n{i}\"\nout = \"o{i}\"\n")).collect();
        manifest(to, format!("inputs = [{shared}]\n{outputs}"))
    }),
    case("manifest: variables and profiles", 100, 0, |to, n| {
        let variables: String = (0..n).map(|i| format!("v{i} = \"a\"\n")).collect();
        let profiles: String = (0..n).map(|i| format!("[profile.p{i}]\nv{i} = \"b\"\n")).collect();
        manifest(to, format!("inputs = [\"a.dll\"]\nout = \"o\"\n[variables]\n{variables}{profiles}"))
    }),
    case("manifest: outputs of the same inputs", 5, 0, |to, n| {
        let outputs: String = (0..n).map(|i| format!("[[output]]\nout = \"o{i}\"\n")).collect();
        manifest(to, format!("inputs = [\"a.dll\"]\n{outputs}"))
    }),
    case("boot configuration: missing assemblies", 400, 1, |to, n| {
        let assemblies: Vec<String> = (0..n).map(|i| format!("\"Assembly{i}.dll\": \"\"")).collect();
        write(to, "blazor.boot.json", &format!("{{\"resources\": {{\"assembly\": {{{}}}}}}}", assemblies.join(",\n")));
        arguments("doctor .")
    }),
    case("manifest: nesting", 1_000, 3, |to, n| manifest(to, format!("inputs = {}", "[".repeat(n)))),
    case("manifest: a dotted key", 1_000, 3, |to, n| manifest(to, format!("a{} = 1\n", ".a".repeat(n)))),
    case("manifest: outputs with unknown keys", 200, 3, |to, n| {
        manifest(to, (0..n).map(|i| format!("[[output]]\nname = \"n{i}\"\nkey{i} = {i}\n")).collect())
    }),
    case("manifest: one key again and again", 1_000, 3, |to, n| manifest(to, "out = \"o\"\n".repeat(n))),
    case("module list: open groups", 1_000, 3, |to, n| modules(to, "<Project>".to_owned() + &"<ItemGroup>".repeat(n))),
    case("module list: attributes", 400, 3, |to, n| {
        let attributes: String = (0..n).map(|i| format!(" a{i}=''")).collect();
        modules(to, format!("<Project><ItemGroup><A{attributes}/></ItemGroup></Project>"))
    }),
    case("module list: comments", 1_000, 3, |to, n| modules(to, "<Project>".to_owned() + &"<!-- - -->\n".repeat(n))),
    case("module list: other elements", 1_000, 3, |to, n| modules(to, "<Project>".to_owned() + &"<A><B>".repeat(n))),
    case("module list: items", 400, 0, |to, n| {
        let items: String = (0..n).map(|i| format!("<A Include='lib{i}'/>\n")).collect();
        modules(to, format!("<Project><ItemGroup>{items}</ItemGroup></Project>"))
    }),
    case("module list: mistakes", 400, 3, |to, n| {
        modules(to, format!("<Project><ItemGroup>{}</ItemGroup></Project>", "<A Include='$(X)'/>\n".repeat(n)))
    }),
    case("module list: lines", 1_000, 0, |to, n| modules(to, (0..n).map(|i| format!("lib{i}\n")).collect())),
    case("documentation: nested lists", 400, 0, |to, n| documentation(to, 1, &"<list><item>x".repeat(n))),
    case("documentation: members", 100, 0, |to, n| documentation(to, n, "<list><item>text</item></list>")),
    case("documentation: one long word", 4_000, 0, |to, n| documentation(to, 1, &"&lt;".repeat(n))),
    case("documentation: open paragraphs", 1_000, 0, |to, n| documentation(to, 1, &"<para>x".repeat(n))),
    case("response file: arguments", 400, 3, |to, n| response_file(to, "b.dll\n".repeat(n))),
    case("response file: itself in others", 1, 2, |to, n| {
        for file in 0..7 {
            write(to, &format!("r{file}"), &format!("@r{}\n", file + 1).repeat(n));
        }
        write(to, "r7", &"b.dll\n".repeat(n));
        arguments("signatures a.dll @r0")
    }),
    case("response file: one long argument", 4_000, 3, |to, n| response_file(to, "x".repeat(n))),
    case("response file: equal options", 100, 0, |to, n| response_file(to, "--nowarn=TG0202\n-m\nlib\n".repeat(n))),
    case("directory: empty files", 20, 0, |to, n| directory(to, n, b"")),
    case("directory: text files", 20, 0, |to, n| directory(to, n, b"text\n")),
    case("log: keys", 200, 1, |to, n| log(to, n, |i| format!("WASM calli missing for key: Mv{}i\n", spelled(i)))),
    case("log: unclear lines", 1_000, 0, |to, n| log(to, n, |_| "WASM calli missing for key: ?\n".to_owned())),
    case("log: one line", 2_000, 0, |to, n| log(to, n, |i| format!("calli missing for key {i} "))),
    case("C++ tables: rows", 200, 1, |to, n| tables(to, table_of(n))),
    case("C++ tables: open braces", 2_000, 1, |to, n| tables(to, table_of(1) + &"const X g_a[] = { { ".repeat(n))),
    case("extra signatures: one comment", 100, 0, |to, n| {
        extra(
            to,
            format!("# {}\n{}", "why ".repeat(n), (0..n).map(|i| format!("Mv{}\n", spelled(i))).collect::<String>()),
        )
    }),
    case("extra signatures: mistakes", 1_000, 3, |to, n| extra(to, "# why\n".to_owned() + &"M?\n".repeat(n))),
    case("struct sizes: mistakes", 1_000, 3, |to, n| sizes(to, "x\n".repeat(n))),
    case("struct sizes: contradictions", 400, 3, |to, n| {
        sizes(to, (0..n).map(|i| format!("N.S={}\n", i + 1)).collect())
    }),
    case("struct sizes: types", 400, 0, |to, n| sizes(to, (0..n).map(|i| format!("N.S{i}=4\n")).collect())),
    case("keys: image", 100, 0, |to, n| keys(to, (0..n).map(|i| format!("Mv{}\n", spelled(i))).collect())),
    case("keys: mistakes", 1_000, 3, |to, n| keys(to, "Mx\n".repeat(n))),
    case("keys: one long key", 1_000, 3, |to, n| keys(to, format!("Mv{}\n", "i".repeat(n)))),
    case("wasm: types", 4_000, 0, |to, n| {
        let ty = b"\x60\x01\x7f\0".repeat(n);
        write_bytes(to, "x.wasm", &[MODULE, &section(1, &[leb(n), ty].concat())].concat());
        arguments("r2r dump x.wasm")
    }),
    case("check: one long line", 10_000, 1, |to, n| {
        let arguments = pinvokes(to, 1, "check a.dll -m * --out .");
        write(to, "callhelpers-pinvoke.cpp", &"x".repeat(n));
        arguments
    }),
];

fn write(to: &Path, name: &str, text: &str) {
    write_bytes(to, name, text.as_bytes());
}

fn write_bytes(to: &Path, name: &str, bytes: &[u8]) {
    fs::write(to.join(name), bytes).expect("a file");
}

fn arguments(words: &str) -> Vec<String> {
    words.split(' ').map(str::to_owned).collect()
}

/// An assembly with one static class `N.C` and a library.
struct Assembly(Metadata);

/// `void (int)`, and static.
const SIGNATURE: &[u8] = &[0, 1, 0x01, 0x08];

impl Assembly {
    fn new() -> Assembly {
        let mut metadata = Metadata::assembly("a");
        metadata.form.heap_sizes = 5;
        Assembly(metadata)
    }

    fn class(&mut self) {
        let (name, namespace) = (self.0.string("C"), self.0.string("N"));
        let [fields, methods] = [table::FIELD, table::METHOD_DEF].map(|table| self.0.rows[table].len() as u32 + 1);
        self.0.row(table::TYPE_DEF, &[0x181, name, namespace, 0, fields, methods]);
    }

    /// A type of the first referenced assembly.
    fn type_ref(&mut self, namespace: &str, name: &str) -> u32 {
        let (name, namespace) = (self.0.string(name), self.0.string(namespace));
        self.0.row(table::TYPE_REF, &[1 << 2 | 2, name, namespace])
    }

    /// The constructor of an attribute.
    fn attribute(&mut self, name: &str) -> u32 {
        let class = self.type_ref("System.Runtime.InteropServices", name);
        let (name, signature) = (self.0.string(".ctor"), self.0.blob(&[0x20, 0, 0x01]));
        self.0.row(table::MEMBER_REF, &[class << 3 | 1, name, signature])
    }

    fn library(&mut self, name: &str) -> u32 {
        let name = self.0.string(name);
        self.0.row(table::MODULE_REF, &[name])
    }

    fn pinvoke(&mut self, name: u32, signature: u32, library: u32) {
        let method = self.0.row(table::METHOD_DEF, &[0, 0x80, 0x2096, name, signature, 1]);
        self.0.row(table::IMPL_MAP, &[0x201, method << 1 | 1, name, library]);
    }

    fn write(&self, to: &Path, code: &[u8]) {
        write_bytes(to, "a.dll", &pe::write(&self.0.write(), code, false));
    }
}

fn pinvokes(to: &Path, n: usize, words: &str) -> Vec<String> {
    named(to, n, words, |number| format!("function_{number}"))
}

/// P/Invokes whose names differ only in what no identifier can have.
fn alike(to: &Path, n: usize, words: &str) -> Vec<String> {
    let sign = |number: usize, bit: usize| if number >> bit & 1 == 0 { '.' } else { '-' };
    named(to, n, words, |number| format!("f{}", (0..20).map(|bit| sign(number, bit)).collect::<String>()))
}

/// P/Invokes with these names.
fn named(to: &Path, n: usize, words: &str, name: impl Fn(usize) -> String) -> Vec<String> {
    let mut assembly = Assembly::new();
    assembly.class();
    let library = assembly.library("lib");
    let signature = assembly.0.blob(SIGNATURE);
    for number in 0..n {
        let name = assembly.0.string(&name(number));
        assembly.pinvoke(name, signature, library);
    }
    assembly.write(to, &[]);
    arguments(words)
}

/// P/Invokes whose parameters share the long name of a marshaler.
fn long_marshaler(to: &Path, n: usize) -> Vec<String> {
    let mut assembly = Assembly::new();
    assembly.class();
    let (library, signature) = (assembly.library("lib"), assembly.0.blob(&[0, 1, 0x01, 0x1C]));
    // A custom marshaler: no GUID, no native type, its name, no cookie.
    let marshaler = [&[0x2C, 0, 0][..], &compressed(20_000), &b"m".repeat(20_000), &[0]].concat();
    let marshaler = assembly.0.blob(&marshaler);
    for number in 0..n as u32 {
        let name = assembly.0.string(&format!("function_{number}"));
        let method = assembly.0.row(table::METHOD_DEF, &[0, 0x80, 0x2096, name, signature, number + 1]);
        assembly.0.row(table::IMPL_MAP, &[0x201, method << 1 | 1, name, library]);
        let param = assembly.0.row(table::PARAM, &[0, 1, name]);
        assembly.0.row(0x0D, &[param << 1 | 1, marshaler]);
    }
    assembly.write(to, &[]);
    arguments("generate a.dll -m * --out o")
}

fn long_name(to: &Path, n: usize, length: usize) -> Vec<String> {
    let mut assembly = Assembly::new();
    assembly.class();
    let library = assembly.library("lib");
    let signatures = [0x02, 0x04, 0x06, 0x08, 0x0A, 0x0C].map(|ty| assembly.0.blob(&[0, 1, 0x08, ty]));
    let name = assembly.0.string(&"f".repeat(length));
    for number in 0..n * 4 {
        assembly.pinvoke(name, signatures[number % signatures.len()], library);
    }
    assembly.write(to, &[]);
    arguments("generate a.dll -m * --out o")
}

fn libraries(to: &Path, n: usize, words: &str) -> Vec<String> {
    let mut assembly = Assembly::new();
    assembly.class();
    let signature = assembly.0.blob(SIGNATURE);
    for number in 0..n {
        let (library, name) = (assembly.library(&format!("lib{number}")), assembly.0.string("f"));
        assembly.pinvoke(name, signature, library);
    }
    assembly.write(to, &[]);
    arguments(words)
}

/// A native module in which every function has another name.
fn missing_functions(to: &Path, n: usize) -> Vec<String> {
    let arguments = pinvokes(to, n, "check-native a.dll --native lib.wasm -m *");
    let names: Vec<String> = (0..n).map(|number| format!("functoin_{number}")).collect();
    let exports: Vec<u8> =
        (0..n).flat_map(|i| [leb(names[i].len()), names[i].clone().into(), vec![0], leb(i)].concat()).collect();
    let all = |one: &[u8]| [leb(n), one.repeat(n)].concat();
    let module = [
        MODULE,
        &section(1, b"\x01\x60\x01\x7f\0"),
        &section(3, &all(b"\0")),
        &section(7, &[leb(n), exports].concat()),
        &section(10, &all(b"\x02\0\x0b")),
    ];
    write_bytes(to, "lib.wasm", &module.concat());
    arguments
}

/// Methods with UnmanagedCallersOnly and an EntryPoint.
fn callbacks(to: &Path, n: usize) -> Vec<String> {
    let mut assembly = Assembly::new();
    assembly.class();
    let constructor = assembly.attribute("UnmanagedCallersOnlyAttribute");
    let signature = assembly.0.blob(SIGNATURE);
    for number in 0..n {
        let name = assembly.0.string(&format!("M{number}"));
        let method = assembly.0.row(table::METHOD_DEF, &[pe::RVA + pe::CLI_SIZE, 0, 0x96, name, signature, 1]);
        let entry = format!("entry_{number}");
        let value = [&b"\x01\0\x01\0\x54\x0e\x0aEntryPoint"[..], &[entry.len() as u8], entry.as_bytes()].concat();
        let value = assembly.0.blob(&value);
        assembly.0.row(table::CUSTOM_ATTRIBUTE, &[method << 5, constructor << 3 | 3, value]);
    }
    assembly.write(to, &[0x06, 0x2A, 0, 0]);
    arguments("generate a.dll --out o")
}

/// Methods whose bodies are full of `calli`.
fn bodies(to: &Path, n: usize, is_shared: bool) -> Vec<String> {
    const CALLS: usize = 20;
    let mut assembly = Assembly::new();
    assembly.class();
    let unmanaged = assembly.0.blob(&[0x01, 1, 0x08, 0x08]);
    assembly.0.row(0x11, &[unmanaged]);
    let (name, signature) = (assembly.0.string("m"), assembly.0.blob(&[0, 0, 0x01]));
    let body = |calls: usize| {
        let code = [0x29, 1, 0, 0, 0x11].repeat(calls);
        [&[0x13, 0x30, 8, 0][..], &(code.len() as u32).to_le_bytes(), &[0; 4], &code].concat()
    };
    let size = body(CALLS).len().next_multiple_of(4);
    let mut code = Vec::new();
    for number in 0..n {
        let at = if is_shared { 0 } else { number * size };
        let rva = pe::RVA + pe::CLI_SIZE + at as u32;
        assembly.0.row(table::METHOD_DEF, &[rva, 0, 0x96, name, signature, 1]);
        if !is_shared {
            code.extend(body(CALLS));
            code.resize(code.len().next_multiple_of(4), 0);
        }
    }
    if is_shared {
        code = body(n);
    }
    assembly.write(to, &code);
    arguments("signatures a.dll")
}

/// An unmanaged signature with this convention and 900 parameters.
fn long_signature(convention: u8) -> Vec<u8> {
    [vec![convention], compressed(900), vec![0x01], vec![0x08; 900]].concat()
}

/// Methods with one `calli` of one signature.
fn long_calls(to: &Path, n: usize) -> Vec<String> {
    let mut assembly = Assembly::new();
    assembly.class();
    let unmanaged = assembly.0.blob(&long_signature(0x01));
    assembly.0.row(0x11, &[unmanaged]);
    let (name, signature) = (assembly.0.string("m"), assembly.0.blob(&[0, 0, 0x01]));
    let body = [5 << 2 | 2, 0x29, 1, 0, 0, 0x11, 0, 0];
    for number in 0..n {
        let rva = pe::RVA + pe::CLI_SIZE + (number * body.len()) as u32;
        assembly.0.row(table::METHOD_DEF, &[rva, 0, 0x96, name, signature, 1]);
    }
    assembly.write(to, &body.repeat(n));
    arguments("signatures a.dll")
}

/// Signatures for `calli` that are one blob.
fn long_rows(to: &Path, n: usize) -> Vec<String> {
    let mut assembly = Assembly::new();
    let unmanaged = assembly.0.blob(&long_signature(0x01));
    (0..n).for_each(|_| _ = assembly.0.row(0x11, &[unmanaged]));
    assembly.class();
    assembly.write(to, &[]);
    arguments("signatures a.dll")
}

/// Methods with one signature, in which every parameter is another function pointer.
fn many_pointers(to: &Path, n: usize) -> Vec<String> {
    let mut assembly = Assembly::new();
    assembly.class();
    let pointer = |number: usize| {
        let types = (0..9).map(move |bit| if number >> bit & 1 == 0 { 0x08 } else { 0x0A });
        [0x1B, 0x01, 9, 0x01].into_iter().chain(types)
    };
    let signature = [vec![0], compressed(500), vec![0x01], (0..500).flat_map(pointer).collect()].concat();
    let (name, signature) = (assembly.0.string(&"m".repeat(4_000)), assembly.0.blob(&signature));
    (0..n).for_each(|_| _ = assembly.0.row(table::METHOD_DEF, &[0, 0x3, 0x400, name, signature, 1]));
    assembly.write(to, &[]);
    arguments("signatures a.dll")
}

/// What has the signature.
enum Rows {
    PInvokes,
    Callbacks,
    Delegates,
}

/// Members with one signature.
fn of_one_signature(to: &Path, n: usize, rows: Rows) -> Vec<String> {
    let mut assembly = Assembly::new();
    let is_delegate = matches!(rows, Rows::Delegates);
    let signature = assembly.0.blob(&long_signature(if is_delegate { 0x20 } else { 0 }));
    let attribute = match rows {
        Rows::Callbacks => assembly.attribute("UnmanagedCallersOnlyAttribute"),
        _ => assembly.attribute("UnmanagedFunctionPointerAttribute"),
    };
    let value = assembly.0.blob(b"\x01\0\0\0");
    let (base, invoke) = (assembly.type_ref("System", "MulticastDelegate"), assembly.0.string("Invoke"));
    if !is_delegate {
        assembly.class();
    }
    let library = assembly.library("lib");
    let code = pe::RVA + pe::CLI_SIZE;
    for number in 0..n {
        let name = assembly.0.string(&format!("m{number}"));
        match rows {
            Rows::PInvokes => assembly.pinvoke(name, signature, library),
            Rows::Callbacks => {
                let method = assembly.0.row(table::METHOD_DEF, &[code, 0, 0x96, name, signature, 1]);
                assembly.0.row(table::CUSTOM_ATTRIBUTE, &[method << 5, attribute << 3 | 3, value]);
            }
            Rows::Delegates => {
                let method = assembly.0.row(table::METHOD_DEF, &[0, 3, 0x1C6, invoke, signature, 1]);
                let ty = assembly.0.row(table::TYPE_DEF, &[0x101, name, 0, base << 2 | 1, 1, method]);
                assembly.0.row(table::CUSTOM_ATTRIBUTE, &[ty << 5 | 3, attribute << 3 | 3, value]);
            }
        }
    }
    assembly.write(to, &[0x06, 0x2A, 0, 0]);
    arguments("signatures a.dll")
}

/// What has the type arguments.
enum Instances {
    Types,
    Methods,
    Fields,
    Conversions,
}

/// Rows with one instance of a generic type, which has a `calli` of its type argument.
fn long_instances(to: &Path, n: usize, rows: Instances) -> Vec<String> {
    let mut assembly = Assembly::new();
    let (name, signature) = (assembly.0.string("m"), assembly.0.blob(&[0, 0, 0x01]));
    let ints = [compressed(900), vec![0x08; 900]].concat();
    let class = assembly.0.rows[table::TYPE_DEF].len() as u32 + 1;
    let instance = [vec![0x15, 0x12], compressed(class << 2), ints.clone()].concat();
    let marshal = assembly.type_ref("System.Runtime.InteropServices", "Marshal");
    if let Instances::Fields = rows {
        let blob = assembly.0.blob(&[vec![0x06], instance.clone()].concat());
        (0..n).for_each(|_| _ = assembly.0.row(table::FIELD, &[6, name, blob]));
        let name = assembly.0.string("S");
        assembly.0.row(table::TYPE_DEF, &[0x0010_0109, name, 0, 0, 1, 1]);
    }
    assembly.class();
    assembly.0.row(table::GENERIC_PARAM, &[0, 0, class << 1, name]);
    let unmanaged = assembly.0.blob(&[0x01, 1, 0x01, 0x13, 0]);
    assembly.0.row(0x11, &[unmanaged]);
    let method = assembly.0.row(table::METHOD_DEF, &[pe::RVA + pe::CLI_SIZE, 0, 0x96, name, signature, 1]);
    let convert = assembly.0.string("GetFunctionPointerForDelegate");
    let convert = assembly.0.row(table::MEMBER_REF, &[marshal << 3 | 1, convert, signature]);
    let (types, methods) = (assembly.0.blob(&instance), assembly.0.blob(&[vec![0x0A], ints].concat()));
    for _ in 0..n {
        match rows {
            Instances::Types => assembly.0.row(table::TYPE_SPEC, &[types]),
            Instances::Methods => assembly.0.row(0x2B, &[method << 1, methods]),
            Instances::Conversions => assembly.0.row(0x2B, &[convert << 1 | 1, methods]),
            Instances::Fields => 0,
        };
    }
    assembly.write(to, &[6 << 2 | 2, 0x29, 1, 0, 0, 0x11, 0x2A, 0]);
    arguments(if let Instances::Fields = rows { "layout S a.dll" } else { "signatures a.dll" })
}

/// Callbacks whose attributes share one value.
fn long_values(to: &Path, n: usize) -> Vec<String> {
    let mut assembly = Assembly::new();
    let constructor = assembly.attribute("UnmanagedCallersOnlyAttribute");
    assembly.class();
    // No property that is known.
    let (length, text) = (compressed(20_000), "v".repeat(20_000));
    let value = [&b"\x01\0\x01\0\x54\x0e\x07Comment"[..], &length, text.as_bytes()].concat();
    let value = assembly.0.blob(&value);
    let signature = assembly.0.blob(SIGNATURE);
    for number in 0..n {
        let name = assembly.0.string(&format!("m{number}"));
        let method = assembly.0.row(table::METHOD_DEF, &[pe::RVA + pe::CLI_SIZE, 0, 0x96, name, signature, 1]);
        assembly.0.row(table::CUSTOM_ATTRIBUTE, &[method << 5, constructor << 3 | 3, value]);
    }
    assembly.write(to, &[0x06, 0x2A, 0, 0]);
    arguments("signatures a.dll")
}

/// P/Invokes with a reference to a struct, whose fields are structs or arrays.
fn large_struct(to: &Path, n: usize, is_of_arrays: bool) -> Vec<String> {
    let mut assembly = Assembly::new();
    let (inner, outer, name) = (assembly.0.string("I"), assembly.0.string("S"), assembly.0.string("f"));
    let base = assembly.type_ref("System", "ValueType") << 2 | 1;
    let int = assembly.0.blob(&[0x06, 0x08]);
    assembly.0.row(table::FIELD, &[6, name, int]);
    let row = assembly.0.row(table::TYPE_DEF, &[0x0010_0109, inner, 0, base, 1, 1]);
    let array: &[u8] = if is_of_arrays { &[0x1D] } else { &[] };
    let inner = assembly.0.blob(&[&[0x06][..], array, &[0x11], &compressed(row << 2)].concat());
    for _ in 0..n {
        assembly.0.row(table::FIELD, &[6, name, inner]);
    }
    let row = assembly.0.row(table::TYPE_DEF, &[0x0010_0109, outer, 0, base, 2, 1]);
    let signature = assembly.0.blob(&[vec![0, 1, 0x01, 0x10, 0x11], compressed(row << 2)].concat());
    assembly.class();
    let library = assembly.library("lib");
    for number in 0..n {
        let name = assembly.0.string(&format!("m{number}"));
        assembly.pinvoke(name, signature, library);
    }
    assembly.write(to, &[]);
    arguments("signatures a.dll -m *")
}

/// Structs with an array of the next one, each of which a P/Invoke takes.
fn nested_arrays(to: &Path, n: usize) -> Vec<String> {
    let mut assembly = Assembly::new();
    let base = assembly.type_ref("System", "ValueType") << 2 | 1;
    let (field, library) = (assembly.0.string("f"), assembly.library("lib"));
    let first = assembly.0.rows[table::TYPE_DEF].len() as u32 + 1;
    for number in 0..n as u32 {
        let next =
            assembly.0.blob(&[vec![0x06, 0x1D, 0x11], compressed((first + (number + 1) % n as u32) << 2)].concat());
        let name = assembly.0.string(&format!("S{number}"));
        assembly.0.row(table::FIELD, &[6, field, next]);
        assembly.0.row(table::TYPE_DEF, &[0x0010_0109, name, 0, base, number + 1, 1]);
    }
    assembly.class();
    for number in 0..n as u32 {
        let signature = [vec![0, 1, 0x01, 0x10, 0x11], compressed((first + number) << 2)].concat();
        let (signature, name) = (assembly.0.blob(&signature), assembly.0.string(&format!("m{number}")));
        assembly.pinvoke(name, signature, library);
    }
    assembly.write(to, &[]);
    arguments("signatures a.dll -m *")
}

/// Fields of one function-pointer type.
fn long_pointers(to: &Path, n: usize) -> Vec<String> {
    let mut assembly = Assembly::new();
    let ty = assembly.0.blob(&[vec![0x06, 0x1B], long_signature(0x01)].concat());
    let (class, name) = (assembly.0.string("S"), assembly.0.string("f"));
    assembly.0.row(table::TYPE_DEF, &[0x0010_0109, class, 0, 0, 1, 1]);
    for _ in 0..n {
        assembly.0.row(table::FIELD, &[0x16, name, ty]);
    }
    assembly.class();
    assembly.write(to, &[]);
    arguments("signatures a.dll")
}

/// A struct with many fields of one name, passed by address.
fn fields(to: &Path, n: usize, words: &str) -> Vec<String> {
    fields_of("f", to, n, words)
}

fn fields_of(field_name: &str, to: &Path, n: usize, words: &str) -> Vec<String> {
    let mut assembly = Assembly::new();
    let field: &[u8] = &[0x06, 0x08];
    let name = assembly.0.string("S");
    let blob = assembly.0.blob(field);
    let of_field = assembly.0.string(field_name);
    for _ in 0..n {
        assembly.0.row(table::FIELD, &[6, of_field, blob]);
    }
    let row = assembly.0.row(table::TYPE_DEF, &[0x0010_0109, name, 0, 1 << 2 | 1, 1, 1]);
    assembly.class();
    let library = assembly.library("lib");
    let parameter = [vec![0, 1, 0x01, 0x0F, 0x11], compressed(row << 2)].concat();
    let (signature, name) = (assembly.0.blob(&parameter), assembly.0.string("use"));
    assembly.pinvoke(name, signature, library);
    assembly.write(to, &[]);
    arguments(words)
}

/// `{}` in the pattern is the number of the entry.
fn suppressions(to: &Path, n: usize, pattern: &str) -> Vec<String> {
    let entry = |number: usize| {
        let pattern = pattern.replace("{}", &number.to_string());
        format!("[[suppress]]\ncode = \"TG0202\"\n{pattern}\nreason = \"r\"\n")
    };
    write(to, "s.toml", &(0..n).map(entry).collect::<String>());
    pinvokes(to, 1, "signatures a.dll --suppressions s.toml")
}

fn manifest(to: &Path, text: String) -> Vec<String> {
    write(to, "t.toml", &text);
    pinvokes(to, 1, "generate --manifest t.toml")
}

fn modules(to: &Path, text: String) -> Vec<String> {
    write(to, "m.props", &text);
    pinvokes(to, 1, "signatures a.dll --module-list m.props")
}

fn documentation(to: &Path, n: usize, text: &str) -> Vec<String> {
    let member = |number: usize| format!("<member name='M:N.C.m{number}'><summary>{text}</summary></member>");
    write(to, "a.xml", &format!("<doc><members>{}</members></doc>", (0..n).map(member).collect::<String>()));
    pinvokes(to, 1, "generate a.dll -m * --emit rust --out o")
}

fn response_file(to: &Path, text: String) -> Vec<String> {
    write(to, "r", &text);
    pinvokes(to, 1, "signatures a.dll @r")
}

/// A directory with an assembly and other files of its kind.
fn directory(to: &Path, n: usize, bytes: &[u8]) -> Vec<String> {
    (0..n).for_each(|number| write_bytes(to, &format!("f{number}.dll"), bytes));
    pinvokes(to, 1, "signatures . -m *")
}

fn log(to: &Path, n: usize, line: fn(usize) -> String) -> Vec<String> {
    write(to, "l.txt", &(0..n).map(line).collect::<String>());
    write(to, "t.cpp", &table_of(n / 10));
    arguments("lookup --log l.txt --in t.cpp")
}

fn tables(to: &Path, text: String) -> Vec<String> {
    write(to, "t.cpp", &text);
    arguments("lookup Mvddddddddddd --in t.cpp")
}

fn table_of(n: usize) -> String {
    let rows: String = (0..n).map(|i| format!("    {{ \"Mv{}d\", (void*)&F{i} }},\n", spelled(i))).collect();
    format!("const StringToWasmSigThunk g_wasmThunks[] = {{\n{rows}}};\n")
}

fn extra(to: &Path, text: String) -> Vec<String> {
    write(to, "e.txt", &text);
    pinvokes(to, 1, "signatures a.dll --extra-signatures e.txt")
}

fn sizes(to: &Path, text: String) -> Vec<String> {
    write(to, "s.txt", &text);
    pinvokes(to, 1, "signatures a.dll --struct-size-file s.txt")
}

fn keys(to: &Path, text: String) -> Vec<String> {
    write(to, "k.txt", &text);
    arguments("r2r emit --keys k.txt -o k.wasm")
}

/// A number as parameters: each a token list of its own.
fn spelled(number: usize) -> String {
    (0..10).map(|digit| ['i', 'l', 'f', 'd'][number >> (2 * digit) & 3]).collect()
}

const MODULE: &[u8] = b"\0asm\x01\0\0\0";

fn section(id: u8, content: &[u8]) -> Vec<u8> {
    [vec![id], leb(content.len()), content.to_vec()].concat()
}

fn leb(mut value: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    while value >= 0x80 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
    bytes
}
