//! The declared native functions agree with the lowered signatures: C's rules for the described types give the same
//! wasm type.

use std::collections::{BTreeMap, BTreeSet};

use clr_wasm_abi::{FunctionType, Scalar, TargetOs};
use thunkgen_core::collect::ir::declarations::{
    Declaration, Declarations, Direction, Meaning, NativeType, Param, Prototype, Struct,
};
use thunkgen_core::collect::{LibraryName, Options};
use thunkgen_diagnostics::Policy;
use thunkgen_tests::data::{crate_dir, sets};
use thunkgen_tests::fixtures::Fixtures;
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

fn function_type(ret: &Param, declared: &[Param], structs: &[Struct]) -> FunctionType {
    let mut params = Vec::new();
    let mut result = None;
    match values(&ret.native, structs).as_deref() {
        Some([]) => {}
        Some([one]) => result = Some(*one),
        _ => params.push(Scalar::I32),
    }
    for param in declared {
        params.extend(values(&param.native, structs).unwrap_or_else(|| vec![Scalar::I32]));
    }
    FunctionType { params, result }
}

fn options(all_modules: bool) -> Options {
    let modules = if all_modules { BTreeSet::from(["*".into()]) } else { BTreeSet::new() };
    Options { modules, declarations: true, ..Options::new(TargetOs::Browser) }
}

/// The runtime's own libraries.
fn runtime() -> Options {
    let own = ["libSystem.Native", "libSystem.Globalization.Native", "libSystem.IO.Compression.Native"];
    Options { modules: own.map(LibraryName::from).into(), ..options(false) }
}

fn declarations(files: &Files) -> Declarations {
    files.collect_with(&options(true)).unwrap_or_else(|errors| panic!("{errors:#?}")).declarations
}

/// Every declaration must lower to its signature; the number of declarations.
fn check(declared: &Declarations) -> usize {
    let all: Vec<&Declaration> = declared.functions.iter().chain(&declared.callbacks).collect();
    for declaration in &all {
        let signature = FunctionType::of(&declaration.signature);
        let described = function_type(&declaration.ret, &declaration.params, &declared.structs);
        assert_eq!(described, signature, "{declaration:#?}");
    }
    for prototype in &declared.prototypes {
        let described = function_type(&prototype.ret, &prototype.params, &declared.structs);
        assert_eq!(described, FunctionType::of(&prototype.signature), "{prototype:#?}");
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
        "documented/Documented.dll",
        "documented/ids/DocumentedIds.dll",
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
    assert_eq!(thunkgen_core::collect::ir::Ir { declarations: Declarations::default(), ..asked }, not);
}

#[test]
#[ignore = "needs the real sets"]
fn declarations_of_real_assemblies_lower_to_their_signatures() {
    for (set, at_least) in [("net10", 150), ("net8", 150)] {
        let files = Files::read_folder(&sets().join(set));
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

/// The prototype of a parameter that is a function pointer or leads to one.
fn prototype<'d>(declared: &'d Declarations, entry_point: &str, param: &str) -> Option<&'d Prototype> {
    let has_name = |d: &&Declaration| d.entry_point.as_deref() == Some(entry_point);
    let function = declared.functions.iter().find(has_name).unwrap_or_else(|| panic!("no {entry_point}"));
    let param = function.params.iter().find(|p| p.name == param).unwrap_or_else(|| panic!("no {param}: {function:#?}"));
    let mut native = &param.native;
    while let NativeType::Pointer(to) | NativeType::Reference { to, .. } | NativeType::Array(to) = native {
        native = to;
    }
    let NativeType::Function { prototype, .. } = native else { panic!("{param:#?}") };
    prototype.map(|index| &declared.prototypes[index])
}

#[test]
fn what_function_pointers_point_to() {
    let declared = declarations(&fixtures(&["prototypes/Prototypes.dll", "prototypes/unmarshalled/Unmarshalled.dll"]));
    check(&declared);
    // By hand: the C type of each, with the names that its parameters have.
    for (entry_point, param, expected, names) in [
        ("delegate", "a", "int32_t (int64_t, float)", "first second"),
        ("marshalled", "a", "int32_t (int32_t, int32_t, int32_t)", "text flag small"),
        ("unmarshalled", "a", "void (int32_t)", "flag"),
        ("decorated", "a", "void (int32_t)", "text"),
        ("by_reference", "a", "int32_t (int64_t, float)", "first second"),
        ("itself", "a", "void (int32_t)", "again"),
        ("pointer", "a", "int64_t (int32_t, double)", " "),
        ("pointer_to_pointer", "a", "void (int32_t)", ""),
        ("cdecl", "a", "void ()", ""),
        ("struct_result", "a", "void (int32_t, int32_t, float)", " "),
        ("nested", "a", "int32_t (int32_t)", ""),
    ] {
        let prototype = prototype(&declared, entry_point, param).unwrap_or_else(|| panic!("{entry_point}: none"));
        let ty = FunctionType::of(&prototype.signature);
        let c_names = |scalars: &[Scalar]| scalars.iter().map(|s| s.c_name()).collect::<Vec<_>>().join(", ");
        let written = format!("{} ({})", ty.result.map_or("void", Scalar::c_name), c_names(&ty.params));
        assert_eq!(written, expected, "{entry_point}");
        let written: Vec<&str> = prototype.params.iter().map(|param| &*param.name).collect();
        assert_eq!(written.join(" "), names, "{entry_point}");
    }
    for (entry_point, param) in [("managed", "a"), ("any_delegate", "a"), ("thiscall", "a"), ("unknown", "a")] {
        assert_eq!(prototype(&declared, entry_point, param), None, "{entry_point}");
    }
    let managed = |entry_point: &str| {
        let of = |d: &&Declaration| d.entry_point.as_deref() == Some(entry_point);
        declared.functions.iter().find(of).map(|d| d.params[0].managed.clone()).expect("a function")
    };
    assert_eq!(managed("pointer_to_pointer"), "delegate* unmanaged<int, void>**");
    assert_eq!(managed("nested"), "delegate* unmanaged<delegate* unmanaged<int>, delegate* unmanaged<void>>");
    assert_eq!(managed("managed"), "function pointer");
    // Strings by the attribute of the delegate, not by that of the P/Invoke.
    let text = |entry_point| &prototype(&declared, entry_point, "a").expect("a prototype").params[0].native;
    assert_eq!(text("marshalled"), &NativeType::String { unit: 1, writable: false });
    assert_eq!(text("decorated"), &NativeType::String { unit: 2, writable: false });
    // What leads to itself ends.
    let itself = prototype(&declared, "itself", "a").expect("a prototype");
    let NativeType::Function { prototype: Some(again), .. } = itself.params[0].native else { panic!("{itself:#?}") };
    assert_eq!(&declared.prototypes[again], itself);
    // A struct's field, with what the type arguments say.
    let fields = |name: &str| {
        let found = declared.structs.iter().find(|of| of.name == name).unwrap_or_else(|| panic!("no {name}"));
        found.fields.as_deref().expect("fields")
    };
    for (of, expected) in [
        ("Prototypes.Node", "void (int32_t)"),
        ("Prototypes.Generic`1<long>", "void (int64_t)"),
        ("Prototypes.Generic`1<float>", "void (float)"),
    ] {
        let NativeType::Function { prototype: Some(index), .. } = fields(of)[0].ty else { panic!("{of}") };
        let params: Vec<&str> =
            FunctionType::of(&declared.prototypes[index].signature).params.iter().map(|s| s.c_name()).collect();
        assert_eq!(format!("void ({})", params.join(", ")), expected, "{of}");
    }
}

/// The names of a documentation file's members.
fn members(path: &str) -> BTreeSet<String> {
    let text = std::fs::read_to_string(crate_dir().join("fixtures").join(path)).expect("a documentation file");
    let name = |line: &str| Some(line.split_once("<member name=\"")?.1.split_once('"')?.0.to_owned());
    text.lines().filter_map(name).collect()
}

/// The members of an assembly that TG0214 reports, with dots for nested types.
fn refused_members(assembly: &str) -> BTreeSet<String> {
    let modules = [LibraryName::from(LibraryName::ANY)].into();
    let options = Options { modules, ..Options::new(TargetOs::Browser) };
    let folder = assembly.rsplit_once('/').expect("a folder").0;
    let collected = Fixtures::with_core(&[folder]).collect(&options, Policy::default());
    let refused = collected.diagnostics.iter().filter(|found| found.rule.code == "TG0214");
    refused.filter_map(|found| Some(found.location.member.as_ref()?.0.replace('+', "."))).collect()
}

#[test]
fn documentation_ids_are_those_of_the_compiler() {
    for (assembly, file) in [
        ("documented/Documented.dll", "documented/Documented.xml"),
        ("documented/ids/DocumentedIds.dll", "documented/ids/DocumentedIds.xml"),
    ] {
        let declared = declarations(&fixtures(&[assembly]));
        let members = members(file);
        let all = declared.functions.iter().chain(&declared.callbacks);
        let own = |d: &&Declaration| assembly.ends_with(&d.path);
        let methods: BTreeSet<&str> = all.filter(own).map(|d| &*d.documentation_id).collect();
        // Without marshalling, the runtime refuses these calls, so they are not declared.
        let refused = refused_members(assembly);
        for method in members.iter().filter(|member| member.starts_with("M:")) {
            let full_name = method[2..].split('(').next().unwrap_or_default();
            if refused.contains(full_name) {
                continue;
            }
            assert!(methods.contains(&**method), "{method} is not among {methods:#?}");
        }
        for method in methods {
            // The one that has no comment.
            assert!(members.contains(method) || method.starts_with("M:Documented.Recorder.Close("), "{method}");
        }
        let own = |of: &&Struct| of.name.starts_with("Ids.") || of.name.starts_with("Documented.");
        let structs: Vec<&Struct> = declared.structs.iter().filter(own).collect();
        assert!(!structs.is_empty());
        for of in structs {
            assert!(members.contains(&of.documentation_id), "{} of {}", of.documentation_id, of.name);
            let fields = of.fields.iter().flatten().filter(|field| field.name != "Undocumented");
            for field in fields {
                let id = format!("F:{}.{}", of.documentation_id.trim_start_matches("T:"), field.name);
                assert!(members.contains(&id), "{id}");
            }
        }
    }
}
