//! Custom attributes: every kind of argument, from a fixture's source and from blobs made by hand.

use clr_metadata::columns::{assembly, custom_attribute, event, field, method_def, module, property, type_def};
use clr_metadata::{Column, TableId, Text, Token};
use clr_wasm_abi::types::{AssemblyId, Input, Role, TypeSystem};
use thunkgen_diagnostics::Diagnostics;
use thunkgen_tests::webcil::metadata::{Metadata, table};
use thunkgen_tests::webcil::pe;

use super::fixture;
use super::text::{quoted, value_text, values_text};

/// Arguments of every attribute of type `EverythingAttribute` on a row, in the file's order, as text.
fn everything(parent: impl Fn(&TypeSystem<'_>, AssemblyId) -> Token) -> Vec<String> {
    let files = ["corlib/System.Private.CoreLib.dll", "facade/System.Runtime.dll", "metadata/Metadata.dll"];
    let bytes = files.map(fixture);
    let inputs: Vec<Input<'_>> =
        files.iter().zip(&bytes).map(|(path, bytes)| Input { path, bytes, role: Role::Input }).collect();
    let mut diagnostics = Diagnostics::default();
    let type_system = TypeSystem::load(&inputs, &mut diagnostics);
    let index = type_system.find_assembly("Metadata").expect("the fixture");
    let module = &type_system[index].module;
    let parent = parent(&type_system, index);
    let mut texts = Vec::new();
    for row in module.tables.all(TableId::CustomAttribute) {
        let on = module.coded(custom_attribute::PARENT, row).expect("a parent");
        let constructor = module.coded(custom_attribute::TYPE, row);
        let constructor = constructor.expect("a constructor");
        if on != parent || constructor.table != TableId::MethodDef {
            continue;
        }
        let owner = type_system[index].method_owner(constructor.row).expect("owners").expect("an owner");
        if module.string(type_def::NAME, owner) != Ok("EverythingAttribute") {
            continue;
        }
        let arguments = type_system.attribute_arguments(index, row).expect("a whole attribute");
        let mut text = values_text(&arguments.fixed);
        for named in &arguments.named {
            let kind = if named.is_field { "field" } else { "property" };
            text += &format!(" {kind} {}={}", named.name, value_text(&named.value));
        }
        texts.push(text);
    }
    texts
}

fn row_named(
    table: TableId,
    column: Column<Text>,
    name: &'static str,
) -> impl Fn(&TypeSystem<'_>, AssemblyId) -> Token {
    move |type_system, index| {
        let module = &type_system[index].module;
        let mut rows = module.tables.all(table);
        let row = rows.find(|row| module.string(column, *row) == Ok(name));
        Token::new(table, row.unwrap_or_else(|| panic!("{name}")))
    }
}

#[test]
fn every_kind_of_argument() {
    let found = everything(row_named(TableId::TypeDef, type_def::NAME, "Attributed"));
    // Names of types of other assemblies end with the assembly's version, which the source does not tell.
    let is_like = |found: &str, expected: &str| {
        let mut rest = found;
        expected.split('~').all(|part| match rest.find(part) {
            Some(at) => {
                rest = &rest[at + part.len()..];
                true
            }
            None => false,
        })
    };
    let long = "0123456789".repeat(16);
    let expected = [
        "".to_owned(),
        "s\"\",t\"System.Int32[], System.~\"".to_owned(),
        format!(
            "s{},t\"Metadata.Dictionary`2+Entry[[System.Int32, System.~],[System.Collections.Generic.List`1[[System.String~]][]~]]\"",
            quoted("non-ASCII: \u{e9} \u{65e5} \u{1F600}, and a \0")
        ),
        "null,null".to_owned(),
        format!("true,c120,i-1,u255,i-2,u65535,i-3,u4000000000,i-5,u{},f3fc00000,dfff8000000000000", u64::MAX),
        format!("i-1,u{},i6", u64::MAX),
        "null".to_owned(),
        "s\"boxed\"".to_owned(),
        "i42".to_owned(),
        "c99".to_owned(),
        format!("u{}", u64::MAX),
        "t\"Metadata.Generic`2+Nested\"".to_owned(),
        "[i1,s\"two\",d4008000000000000,null,t\"System.Void, System.~\",[i-1]]".to_owned(),
        "[i1,i2],[s\"a\",null],[t\"System.String, System.~\",null],[i1,[c120]],[i-1]".to_owned(),
        "null,[],null,null,null".to_owned(),
        format!(
            " field Text=s\"field\" field Boxed=i-1 field Enum=u{} field Flags=[true,false] property \
             Type=t\"System.Int64, System.~\" property Number=d8000000000000000 property BoxedArray=[null,i1] property \
             Days=[i1]",
            u64::MAX
        ),
        format!("s\"{long}\",null"),
    ];
    assert_eq!(found.len(), expected.len(), "{found:#?}");
    for (found, expected) in found.iter().zip(&expected) {
        let exact = !expected.contains('~');
        assert!(if exact { found == expected } else { is_like(found, expected) }, "{found}\n{expected}");
    }
}

#[test]
fn on_rows_of_every_kind() {
    let text = |text: &str| vec![format!("s\"{text}\",null")];
    assert_eq!(everything(row_named(TableId::Module, module::NAME, "Metadata.dll")), text("module"));
    let assembly = everything(row_named(TableId::Assembly, assembly::NAME, "Metadata"));
    assert_eq!(assembly, ["s\"assembly\",t\"Metadata.Generic`2\""]);
    assert_eq!(everything(row_named(TableId::Field, field::NAME, "Field")), text("field"));
    assert_eq!(everything(row_named(TableId::Property, property::NAME, "Property")), text("property"));
    assert_eq!(everything(row_named(TableId::Event, event::NAME, "Event")), text("event"));
    assert_eq!(everything(row_named(TableId::MethodDef, method_def::NAME, "get_Property")), text("getter"));
    // Of the first method with attributes of all these.
    assert_eq!(
        everything(|type_system, index| {
            let module = &type_system[index].module;
            let method = row_named(TableId::MethodDef, method_def::NAME, "Method")(type_system, index);
            let params = module.owned(method_def::PARAM_LIST, method.row).expect("parameters");
            Token::new(TableId::Param, params[0])
        }),
        text("return")
    );
}

/// An enum inside a named argument is known by its reflection name alone: nested, and in this assembly or another.
#[test]
fn enums_by_name() {
    let mut module = Metadata::assembly("Named");
    let (system, base, value, ctor) =
        (module.string("System"), module.string("Enum"), module.string("value__"), module.string(".ctor"));
    let enum_base = module.row(table::TYPE_REF, &[1 << 2 | 2, base, system]) << 2 | 1;
    let sig = module.blob(&[0x06, 0x06]);
    for (name, visibility) in [("Outer", 1), ("E", 2), ("F", 2)] {
        let name = module.string(name);
        let field = module.row(table::FIELD, &[6, value, sig]);
        module.row(table::TYPE_DEF, &[0x100 | visibility, name, 0, enum_base, field, 1]);
    }
    module.row(table::NESTED_CLASS, &[3, 2]);
    module.row(table::NESTED_CLASS, &[4, 3]);
    let boxed = module.blob(&[0x20, 0x01, 0x01, 0x1C]);
    module.row(table::METHOD_DEF, &[0, 0, 0, ctor, boxed, 1]);
    let names =
        ["Outer", "Outer+E", "Outer+E+F", "Outer+E, Named, Version=1.0.0.0", "System.DayOfWeek", "Outer+None", "E"];
    for name in names {
        let length = name.len() as u8;
        let blob = module.blob(&[&[1, 0, 0x55, length], name.as_bytes(), &[0xFE, 0xFF, 0, 0]].concat());
        // HasCustomAttribute: tag 3 is TypeDef; CustomAttributeType: tag 2 is MethodDef.
        module.row(table::CUSTOM_ATTRIBUTE, &[2 << 5 | 3, 1 << 3 | 2, blob]);
    }
    let file = pe::write(&module.write(), &[], false);
    let core = fixture("corlib/System.Private.CoreLib.dll");
    let facade = fixture("facade/System.Runtime.dll");
    let inputs = [("Named.dll", &file), ("core.dll", &core), ("facade.dll", &facade)];
    let inputs = inputs.map(|(path, bytes)| Input { path, bytes, role: Role::Input });
    let type_system = TypeSystem::load(&inputs, &mut Diagnostics::default());
    let index = type_system.find_assembly("Named").expect("the assembly");
    let texts: Vec<String> = (1..=names.len() as u32)
        .map(|row| match type_system.attribute_arguments(index, row) {
            Ok(arguments) => values_text(&arguments.fixed),
            Err(damaged) => damaged.error.reason.to_owned(),
        })
        .collect();
    let unknown = "underlying type of an enum is not known";
    // An `int` takes four bytes: two of the value are those of the count of named arguments, which is then missing.
    assert_eq!(texts, ["i-2", "i-2", "i-2", "i-2", "more bytes expected", unknown, unknown]);
}
