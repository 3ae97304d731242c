//! Names that were made to break out of where they stand.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use clr_wasm_abi::FunctionType;
use thunkgen_core::collect::ir::Linkage;
use thunkgen_core::collect::ir::declarations::{
    Declaration, Declarations, Direction, Field, Integer, Meaning, NativeType, Param, Prototype, Struct,
};
use thunkgen_native::stubs::documentation::{Comment, Documentation};
use thunkgen_tests::rust_stubs::{stubs, write};

/// Names of everything.
#[rustfmt::skip]
const NAMES: [&str; 32] = [
    "", "..", "../evil", "a.b-c", "a_b_c", "A", "a", "CON", "aux", "type", "self", "Self", "super", "crate", "lib",
    "mod", "main", "_", "*", "x\"]\nfn main() {}", "*/ fn main() {} /*", "\\", "\"#", "{}", "\u{202e}txt\u{202c}",
    "名前", "é", "two words", "1st", "Option", "Functions", "libSkiaSharp",
];

const INT: NativeType = NativeType::Integer(Integer { bytes: 4, signed: true, meaning: Meaning::Number });

fn param(name: &str, native: NativeType) -> Param {
    Param { name: name.to_owned(), managed: format!("{name}<{name}`1>"), native }
}

fn function(module: &str, entry_point: &str, params: Vec<Param>) -> Declaration {
    Declaration {
        module: module.to_owned(),
        entry_point: Some(entry_point.to_owned()),
        linkage: Linkage::Static,
        path: "App.dll".to_owned(),
        assembly: entry_point.to_owned(),
        method: format!("N.T.{entry_point}"),
        token: 0x0600_0001,
        documentation_id: format!("M:{entry_point}"),
        signature: format!("v{}", "i".repeat(params.len())).parse().expect("a signature"),
        ret: param("", NativeType::Void),
        params,
    }
}

fn pointer(to: NativeType) -> NativeType {
    NativeType::Pointer(Box::new(to))
}

/// Every name as a module, an entry point, a parameter, a struct, a field, an enum and a delegate.
fn declarations() -> Declarations {
    let delegate = |name: &str, prototype| NativeType::Function { delegate: Some(name.to_owned()), prototype };
    let mut functions: Vec<Declaration> = NAMES.iter().map(|name| function(name, "only", vec![])).collect();
    for (index, name) in NAMES.iter().enumerate() {
        let underlying = Integer { bytes: 4, signed: false, meaning: Meaning::Number };
        let of_enum = NativeType::Enum { name: (*name).to_owned(), underlying };
        let reference = NativeType::Reference { to: Box::new(NativeType::Struct(index)), direction: Direction::In };
        let types =
            [of_enum, delegate(name, Some(index % 3)), reference, pointer(NativeType::Unknown((*name).to_owned()))];
        functions.push(function("all", name, types.into_iter().map(|ty| param(name, ty)).collect()));
    }
    functions.sort_by(|a, b| (&a.module, &a.entry_point).cmp(&(&b.module, &b.entry_point)));
    let field = |name: &str, offset, ty| Field { name: name.to_owned(), offset, size: 4, ty };
    let of = |(index, name): (usize, &&str)| Struct {
        name: (*name).to_owned(),
        documentation_id: format!("T:{name}"),
        is_marshalled: false,
        size: 4 * (NAMES.len() as u32 + 2),
        align: 4,
        // Each field by its name, the struct itself, and the next.
        fields: Some(
            NAMES
                .iter()
                .enumerate()
                .map(|(at, field_name)| field(field_name, 4 * at as u32, INT))
                .chain([
                    field(name, 4 * NAMES.len() as u32, pointer(NativeType::Struct(index))),
                    field(name, 4 * NAMES.len() as u32 + 4, delegate(name, Some(2))),
                ])
                .collect(),
        ),
    };
    // The first takes the second and the second the first; the last takes a struct that holds it.
    let takes = [delegate("d", Some(1)), pointer(delegate("e", Some(0))), pointer(NativeType::Struct(0))];
    let prototype = |ty: NativeType| Prototype {
        signature: "vi".parse().expect("a signature"),
        ret: param("", NativeType::Void),
        params: vec![param("self", ty)],
    };
    Declarations {
        functions,
        structs: NAMES.iter().enumerate().map(of).collect(),
        prototypes: takes.map(prototype).into(),
        ..Declarations::default()
    }
}

fn documentation() -> Documentation {
    let comment = |name: &str| Comment {
        summary: format!("```\nfn main() {{ panic!() }}\n```\n\n    let {name} = panic!();\n\n{name}\n\n~~~\npanic!()"),
        params: NAMES.iter().map(|other| ((*other).to_owned(), format!("{name}\n\n    panic!()\n"))).collect(),
        returns: format!("\r\n\t\tpanic!({name})"),
        remarks: format!("# [{name}]({name})\n- <{name}>\n\n        panic!()"),
    };
    let ids = NAMES.iter().flat_map(|name| [format!("M:{name}"), format!("T:{name}")]);
    Documentation { comments: ids.map(|id| (id.clone(), comment(&id))).collect::<BTreeMap<_, _>>() }
}

#[test]
fn names_stay_names() {
    let (declared, documentation) = (declarations(), documentation());
    let stubs = stubs(&declared, &documentation);
    assert_eq!(stubs.len(), NAMES.len() + 1);
    let files: BTreeSet<String> = stubs.iter().map(|stub_file| stub_file.name.to_lowercase()).collect();
    assert_eq!(files.len(), stubs.len());
    for name in &files {
        assert!(name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_'), "{name}");
        assert!(!["", "lib", "mod", "main", "con", "aux", "self", "type"].contains(&name.as_str()), "{name}");
    }
    super::on_the_host(&stubs);
    let all = stubs.iter().find(|stub_file| stub_file.name == "all").expect("the module with all names");
    // But for the one without a name.
    assert_eq!(all.methods().len(), NAMES.len() - 1);
    assert!(all.text.contains("\n/// - ``: it has no name.\n"));
    assert!(all.text.chars().all(|c| c == '\n' || !c.is_control() && c != '\u{202e}'));
    for stub_file in &stubs {
        assert_eq!(
            stub_file.text.matches("panic!").count(),
            stub_file
                .text
                .lines()
                .filter(|line| line.trim_start().starts_with("///") && line.contains("panic!"))
                .count()
        );
    }

    // No comment holds code that is run as a test.
    let folder = tempfile::tempdir().expect("a folder");
    let root = write(folder.path(), std::slice::from_ref(all));
    let output =
        Command::new("rustdoc").args(["--test", "--edition", "2024"]).arg(&root).output().expect("rustdoc runs");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && text.contains("running 0 tests"), "{text}");
}

/// Whatever it is called, the symbol is that name.
#[test]
fn symbols_are_the_entry_points() {
    let mut declared = declarations();
    declared.functions.retain(|function| function.module == "all" && function.entry_point.as_deref() != Some(""));
    let (compared, found) = super::on_wasm(&declared);
    assert_eq!((compared, found), (NAMES.len() - 1, vec![]));
    assert_eq!(FunctionType::of(&declared.functions[0].signature).params.len(), 4);
}
