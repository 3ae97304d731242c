//! Names and comments from metadata break no header.

use std::collections::BTreeMap;

use clr_wasm_abi::Signature;
use thunkgen_core::collect::ir::Linkage;
use thunkgen_core::collect::ir::declarations::{
    Declaration, Declarations, Direction, Field, Integer, Meaning, NativeType, Param, Prototype, Struct,
};
use thunkgen_native::stubs::documentation::{Comment, Documentation};
use thunkgen_tests::c_header::{C11, CPP17, LATER, headers, readers, require};

/// What names might be.
#[rustfmt::skip]
const NAMES: [&str; 62] = [
    "", " ", "\"", "'", "\\", "\n", "\r\n", "\u{2028}", "*/", "/*", "//", "??/", "??", "a\\\n#error",
    "a??/\n#error", "\u{202e}abc", "\u{200b}", "é", "名", "😀", "1", "-", "a-b", "a.b", "a+b", "int", "class",
    "auto", "and", "xor_eq", "errno", "stdin", "linux", "unix", "assert", "isnan", "offsetof", "main", "bool",
    "true", "nullptr", "_Bool", "__FILE__", "__func__", "__has_include", "__attribute__", "_Pragma", "size_t",
    "int32_t", "uint8_t", "f", "memcpy", "printf", "THUNKGEN_ASSERT", "THUNKGEN_OWN_hostile_A", "hostile_function",
    "hostile_A", "self", "#include <x>", "llvm.trap", "<A>k__BackingField", "#define f",
];

/// All that is included before, with its macros.
const INCLUDES: &str = "\
#include <limits.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stdnoreturn.h>
#define errno (*errno_address())
#define stdin (&streams[0])
#define linux 1
#define unix 1
#define assert(x) ((void)0)
#define isnan(x) __builtin_isnan(x)
";

fn int() -> NativeType {
    NativeType::Integer(Integer { bytes: 4, signed: true, meaning: Meaning::Number })
}

fn param(name: &str, native: NativeType) -> Param {
    Param { name: name.to_owned(), managed: format!("{name}<{name}>"), native }
}

/// A function, struct, enum, delegate and handle of each name, and everything inside of them called so too.
fn declarations(module: &str) -> Declarations {
    let mut declared = Declarations::default();
    for (number, name) in NAMES.into_iter().enumerate() {
        let field = |at: u32, name: &str, ty: NativeType| Field { name: name.to_owned(), offset: 4 * at, size: 4, ty };
        let pointer = |ty: NativeType| NativeType::Pointer(Box::new(ty));
        let own = NativeType::Struct(number);
        let fields = vec![field(0, name, int()), field(1, name, pointer(own.clone())), field(2, "hostile_A", int())];
        declared.structs.push(Struct {
            name: name.to_owned(),
            documentation_id: format!("T:{name}"),
            is_marshalled: number % 2 == 0,
            size: 12,
            align: 4,
            fields: Some(fields),
        });
        let of = Some(number);
        declared.prototypes.push(Prototype {
            signature: signature("vi"),
            ret: param("", NativeType::Void),
            params: vec![param(name, NativeType::Function { delegate: Some(name.to_owned()), prototype: of })],
        });
        let underlying = Integer { bytes: 4, signed: true, meaning: Meaning::Number };
        let types = [
            NativeType::Enum { name: name.to_owned(), underlying },
            NativeType::Handle(name.to_owned()),
            pointer(NativeType::Unknown(name.to_owned())),
            NativeType::Function { delegate: (number % 3 > 0).then(|| name.to_owned()), prototype: of },
            NativeType::Reference { to: Box::new(own), direction: Direction::In },
        ];
        declared.functions.push(Declaration {
            module: module.to_owned(),
            entry_point: Some(name.to_owned()),
            linkage: Linkage::Static,
            path: name.to_owned(),
            assembly: name.to_owned(),
            method: name.to_owned(),
            token: 0x0600_0001,
            documentation_id: format!("M:{name}"),
            signature: signature("iiiiii"),
            ret: param(name, int()),
            params: types.into_iter().map(|ty| param(name, ty)).collect(),
        });
    }
    declared.functions.sort_by(|a, b| a.entry_point.cmp(&b.entry_point));
    declared
}

fn signature(text: &str) -> Signature {
    text.parse().expect("a signature")
}

/// Every name as the comment of every member.
fn documentation() -> Documentation {
    let all = NAMES.join(" ") + "\n\n" + &NAMES.join("\n\n") + "\n\n@param x @returns \\param <b> </p> &amp; %a #b";
    let texts = NAMES.map(|name| (name.to_owned(), format!("{all} {name}\\"))).into_iter();
    let comment =
        Comment { summary: all.clone(), params: texts.collect::<BTreeMap<_, _>>(), returns: all.clone(), remarks: all };
    let ids = NAMES.iter().flat_map(|name| [format!("M:{name}"), format!("T:{name}"), format!("F:{name}.{name}")]);
    Documentation { comments: ids.map(|id| (id, comment.clone())).collect() }
}

#[test]
#[ignore = "needs clang"]
fn hostile_names_break_nothing() {
    for module in ["hostile", "*/ \"\n??/\\"] {
        let folder = tempfile::tempdir().expect("a folder");
        let files = headers(&declarations(module), &documentation());
        let [(name, text)] = &Vec::from_iter(files)[..] else { panic!("one header") };
        std::fs::write(folder.path().join(name), text).expect("a writable folder");
        assert!(text.chars().all(|c| c == '\n' || !c.is_control() && !"\u{202e}\u{200b}\u{2028}".contains(c)));
        let spliced = text.lines().find(|line| line.ends_with('\\') || line.contains("??"));
        assert_eq!(spliced, None);
        let source = format!("{}{INCLUDES}#include \"{name}\"\n#include \"{name}\"\n", require(name));
        for reader in readers() {
            for dialect in [C11, CPP17].into_iter().chain(LATER) {
                let said = reader.check(dialect, folder.path(), &source);
                said.unwrap_or_else(|said| {
                    panic!("{reader:?} {dialect:?}\n{}", said.lines().take(20).collect::<Vec<_>>().join("\n"))
                });
            }
        }
        // Whatever they are called in C, their symbols are theirs.
        let reader = readers().into_iter().rfind(|reader| reader.is_clang()).expect("clang");
        let object = reader.compile(C11, folder.path(), &source).unwrap_or_else(|said| panic!("{said}"));
        let bytes = std::fs::read(object).expect("the object");
        let read = clr_wasm_file::objects::read("o", &[], &bytes, None).expect("an object");
        for symbol in NAMES.iter().filter(|name| !name.is_empty()) {
            assert!(read[0].uses.iter().any(|one| one.symbol == *symbol), "{symbol:?} of {module:?}");
        }
    }
}

/// Fields and parameters of one name, all in one place: the text grows no faster than their number.
#[test]
fn many_of_one_name() {
    let text = |count: u32| {
        let mut declared = declarations("many");
        declared.functions.truncate(1);
        let field = |at: u32| Field { name: "a".to_owned(), offset: at % 7, size: 1, ty: byte() };
        declared.structs[0] = Struct { fields: Some((0..count).map(field).collect()), ..declared.structs[0].clone() };
        declared.functions[0].params.extend((0..count).map(|_| param("a", int())));
        declared.functions[0].entry_point = Some("many".to_owned());
        headers(&declared, &Documentation::default())["many.h"].clone()
    };
    let (few, many) = (text(1_000).len(), text(20_000).len());
    assert!(many < 25 * few, "{few} {many}");
}

fn byte() -> NativeType {
    NativeType::Integer(Integer { bytes: 1, signed: false, meaning: Meaning::Number })
}

/// With the macros of a C library.
#[test]
#[ignore = "needs g++"]
fn macros_of_a_library() {
    let mut declared = declarations("hostile");
    declared
        .functions
        .retain(|function| !["memcpy", "printf"].contains(&function.entry_point.as_deref().unwrap_or("")));
    let folder = tempfile::tempdir().expect("a folder");
    let text = &headers(&declared, &documentation())["hostile.h"];
    std::fs::write(folder.path().join("hostile.h"), text).expect("a writable folder");
    let headers = ["assert", "complex", "ctype", "errno", "inttypes", "limits", "math", "setjmp", "signal", "stdio"];
    let headers = headers.iter().chain(&["stdlib", "string", "time", "unistd", "sys/stat", "sys/sysmacros"]);
    let includes: String = headers.map(|name| format!("#include <{name}.h>\n")).collect();
    let source = format!("{}{includes}#include \"hostile.h\"\n", require("hostile.h"));
    let gcc = readers().into_iter().find(|reader| !reader.is_clang()).expect("gcc");
    for dialect in [C11, CPP17] {
        gcc.check(dialect, folder.path(), &source).unwrap_or_else(|said| panic!("{dialect:?}\n{said}"));
    }
}
