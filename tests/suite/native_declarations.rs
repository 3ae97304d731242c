//! The declared native functions agree with the lowered signatures: C's rules for the described types give the same
//! wasm type.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use thunkgen::abi::{FunctionType, Scalar, TargetOs};
use thunkgen::collect::Options;
use thunkgen::collect::ir::declarations::{Declaration, Declarations, Direction, Meaning, NativeType, Struct};
use thunkgen_tests::data::crate_dir;
use thunkgen_tests::tool::Files;

/// What clang makes of a value of the type: wasm values, or nothing where it goes by address.
fn values(ty: &NativeType, structs: &[Struct]) -> Option<Vec<Scalar>> {
    Some(match ty {
        NativeType::Void => vec![],
        NativeType::Integer(integer) | NativeType::Enum { underlying: integer, .. } => {
            vec![if integer.bytes == 8 { Scalar::I64 } else { Scalar::I32 }]
        }
        NativeType::Float => vec![Scalar::F32],
        NativeType::Double => vec![Scalar::F64],
        NativeType::Vector(bytes) => vec![Scalar::V128; *bytes as usize / 16],
        NativeType::Wide { .. } => vec![Scalar::I64; 2],
        NativeType::Struct(index) => {
            let of = &structs[*index];
            // Of one field of its own size, a struct is that field.
            return match of.fields.as_deref() {
                Some([field]) if field.size == of.size => values(&field.ty, structs),
                _ => None,
            };
        }
        NativeType::Repeated { element, count: 1 } => return values(element, structs),
        NativeType::Repeated { .. } => return None,
        _ => vec![Scalar::I32],
    })
}

fn function_type(declaration: &Declaration, structs: &[Struct]) -> FunctionType {
    let mut params = Vec::new();
    let mut result = None;
    match values(&declaration.ret.native, structs).as_deref() {
        Some([]) => {}
        Some([one]) => result = Some(*one),
        _ => params.push(Scalar::I32),
    }
    for param in &declaration.params {
        params.extend(values(&param.native, structs).unwrap_or_else(|| vec![Scalar::I32]));
    }
    FunctionType { params, result }
}

fn options(all_modules: bool) -> Options {
    let modules = if all_modules { BTreeSet::from(["*".to_owned()]) } else { BTreeSet::new() };
    Options { modules, declarations: true, ..Options::new(TargetOs::Browser) }
}

/// The runtime's own libraries.
fn runtime() -> Options {
    let own = ["libSystem.Native", "libSystem.Globalization.Native", "libSystem.IO.Compression.Native"];
    Options { modules: own.map(str::to_owned).into(), ..options(false) }
}

fn declarations(files: &Files) -> Declarations {
    files.collect_with(&options(true)).unwrap_or_else(|errors| panic!("{errors:#?}")).declarations
}

/// Every declaration must lower to its signature; the number of declarations.
fn check(declared: &Declarations) -> usize {
    let all: Vec<&Declaration> = declared.functions.iter().chain(&declared.callbacks).collect();
    for declaration in &all {
        let signature = FunctionType::of(&declaration.signature);
        assert_eq!(function_type(declaration, &declared.structs), signature, "{declaration:#?}");
    }
    for of in &declared.structs {
        for field in of.fields.iter().flatten() {
            assert!(field.offset + field.size <= of.size, "{of:#?}");
            assert!(!field.name.is_empty());
        }
    }
    all.len()
}

fn fixtures(folders: &[&str]) -> Files {
    let file = |path: &str| crate_dir().join("fixtures").join(path);
    let base = ["corlib/System.Private.CoreLib.dll", "facade/System.Runtime.dll"];
    Files::read(base.iter().chain(folders).map(|path| file(path)))
}

#[test]
fn declarations_of_the_fixtures_lower_to_their_signatures() {
    let mut count = 0;
    for fixture in [
        "interop/Interop.dll",
        "layouts/Layouts.dll",
        "marshalling/Marshalling.dll",
        "marshalling-disabled/MarshallingDisabled.dll",
    ] {
        count += check(&declarations(&fixtures(&[fixture])));
    }
    assert!(count > 300, "{count}");
}

#[test]
fn nothing_is_declared_unless_asked_for() {
    let files = fixtures(&["interop/Interop.dll"]);
    let asked = files.collect_with(&options(true)).expect("no errors");
    let not = files.collect_with(&Options { declarations: false, ..options(true) }).expect("no errors");
    assert_eq!(not.declarations, Declarations::default());
    assert_eq!(thunkgen::collect::ir::Ir { declarations: Declarations::default(), ..asked }, not);
}

#[test]
fn declarations_of_real_assemblies_lower_to_their_signatures() {
    for (set, at_least) in [("net10", 150), ("net8", 150)] {
        let folder = std::env::var_os("THUNKGEN_SETS").expect("THUNKGEN_SETS is set: tests/run.sh does it");
        let files = Files::read_folder(&PathBuf::from(folder).join(set));
        let count = check(&files.collect_with(&runtime()).unwrap_or_else(|e| panic!("{e:#?}")).declarations);
        println!("{set}: {count} declarations");
        assert!(count >= at_least, "{set}: {count}");
    }
}

#[test]
fn what_the_types_say() {
    let declared = declarations(&fixtures(&["marshalling/Marshalling.dll"]));
    let names: BTreeMap<&str, &Declaration> =
        declared.functions.iter().filter_map(|d| Some((d.entry_point.as_deref()?, d))).collect();
    let mut seen = BTreeSet::new();
    for declaration in names.values() {
        for param in declaration.params.iter().chain([&declaration.ret]) {
            seen.insert(match &param.native {
                NativeType::Integer(integer) if integer.meaning == Meaning::Bool => {
                    assert_eq!(param.managed, "bool");
                    format!("bool {}", integer.bytes)
                }
                NativeType::String { unit, .. } => format!("string {unit}"),
                NativeType::Reference { direction: Direction::Out, .. } => "out".to_owned(),
                NativeType::Struct(index) if declared.structs[*index].is_marshalled => "native struct".to_owned(),
                NativeType::Function { delegate: Some(_), .. } => "delegate".to_owned(),
                NativeType::Handle(_) => "handle".to_owned(),
                NativeType::Array(_) => "array".to_owned(),
                NativeType::Unknown(name) => panic!("{name} in {declaration:#?}"),
                _ => continue,
            });
        }
    }
    for expected in ["array", "bool 1", "bool 4", "delegate", "handle", "native struct", "string 1", "string 2"] {
        assert!(seen.contains(expected), "{expected} not in {seen:?}");
    }
}
