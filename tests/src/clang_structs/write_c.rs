//! Shapes as C, the way a binding's header would say them.

use std::fmt::Write;

use super::shape::{Field, Kind, Known, Scalar, Struct, Ty, Unit};

/// The table of sizes, alignments and offsets: for each struct its index, size, alignment and field offsets.
pub const TABLE: &str = "facts";

/// The translation unit: the types, a function that takes and one that returns each, and the table.
pub fn translation_unit(unit: &Unit) -> String {
    let mut text = prelude();
    for index in 0..unit.structs.len() {
        text.push_str(&definition(unit, index));
        let tag = tag(unit, index);
        let _ = writeln!(text, "void p{index}({tag} x) {{ (void)x; __builtin_trap(); }}");
        let _ = writeln!(text, "{tag} r{index}(void) {{ __builtin_trap(); }}");
    }
    let _ = writeln!(text, "const unsigned {TABLE}[] = {{");
    for (index, made) in unit.structs.iter().enumerate() {
        let tag = tag(unit, index);
        let _ = write!(text, "{index}, sizeof({tag}), _Alignof({tag}),");
        for (number, field) in made.fields.iter().enumerate() {
            let member = member(made, field, number);
            let _ = write!(text, " __builtin_offsetof({tag}, {member}),");
        }
        text.push('\n');
    }
    text.push_str("};\n");
    text
}

/// The definition of one struct.
pub fn definition(unit: &Unit, index: usize) -> String {
    let made = &unit.structs[index];
    let mut text = String::new();
    if made.pack != 0 {
        let _ = writeln!(text, "#pragma pack(push, {})", made.pack);
    }
    let _ = write!(text, "{} {{", tag(unit, index));
    for (number, field) in made.fields.iter().enumerate() {
        let _ = match made.kind {
            Kind::InlineArray(count) => write!(text, " {}", declaration(unit, field, number, Some(count))),
            Kind::Explicit if field.offset != 0 => {
                let packed = if unit.is_misaligned(made, field) { " __attribute__((packed))" } else { "" };
                let inner = declaration(unit, field, number, None);
                write!(text, " struct{packed} {{ char before[{}]; {inner} }} at{number};", field.offset)
            }
            _ => write!(text, " {}", declaration(unit, field, number, None)),
        };
    }
    text.push_str(&class_size(made, unit.measured[index].end));
    text.push_str(" };\n");
    if made.pack != 0 {
        text.push_str("#pragma pack(pop)\n");
    }
    text
}

/// A Size larger than the fields is bytes after them; a smaller one has no form in C.
fn class_size(made: &Struct, end: u32) -> String {
    match made.kind {
        Kind::Explicit if made.class_size > end => format!(" char whole[{}];", made.class_size),
        _ if made.class_size > end => format!(" char after[{}];", made.class_size - end),
        _ => String::new(),
    }
}

/// `struct S1`, or a union where fields have offsets.
fn tag(unit: &Unit, index: usize) -> String {
    match unit.structs[index].kind {
        Kind::Explicit | Kind::CUnion => format!("union S{index}"),
        _ => format!("struct S{index}"),
    }
}

fn declaration(unit: &Unit, field: &Field, number: usize, repeat: Option<u32>) -> String {
    let mut text = format!("{} f{number}", type_name(unit, &field.ty));
    let buffer = if let Ty::FixedBuffer(_, count) = field.ty { Some(count) } else { None };
    for count in repeat.iter().chain(&buffer) {
        let _ = write!(text, "[{count}]");
    }
    text.push(';');
    text
}

/// How `offsetof` reaches a field.
fn member(made: &Struct, field: &Field, number: usize) -> String {
    match made.kind {
        Kind::Explicit if field.offset != 0 => format!("at{number}.f{number}"),
        _ => format!("f{number}"),
    }
}

fn type_name(unit: &Unit, ty: &Ty) -> String {
    match ty {
        Ty::Scalar(scalar) | Ty::FixedBuffer(scalar, _) => scalar_name(*scalar).to_owned(),
        Ty::Enum(scalar) => format!("enum E_{scalar:?}"),
        Ty::Int128 { signed: true } => "__int128".to_owned(),
        Ty::Int128 { signed: false } => "unsigned __int128".to_owned(),
        Ty::Vector { size, element } => format!("V{size}_{element:?}"),
        Ty::VectorT(element) => format!("V16_{element:?}"),
        Ty::Known(known) => format!("struct {known:?}"),
        Ty::Struct(index) => tag(unit, *index),
    }
}

fn scalar_name(scalar: Scalar) -> &'static str {
    match scalar {
        Scalar::Boolean => "_Bool",
        Scalar::Char => "__CHAR16_TYPE__",
        Scalar::I1 => "signed char",
        Scalar::U1 => "unsigned char",
        Scalar::I2 => "short",
        Scalar::U2 => "unsigned short",
        Scalar::I4 => "int",
        Scalar::U4 => "unsigned",
        Scalar::I8 => "long long",
        Scalar::U8 => "unsigned long long",
        Scalar::I => "__INTPTR_TYPE__",
        Scalar::U => "__UINTPTR_TYPE__",
        Scalar::R4 => "float",
        Scalar::R8 => "double",
        Scalar::Pointer => "unsigned char *",
        Scalar::FunctionPointer => "function_pointer",
    }
}

fn prelude() -> String {
    let mut text = String::from("typedef void (*function_pointer)(void);\n");
    for scalar in Scalar::OF_ENUMS {
        let _ = writeln!(text, "enum E_{scalar:?} : {} {{ E_{scalar:?}_zero }};", scalar_name(scalar));
    }
    for element in Scalar::OF_VECTORS {
        // A vector cannot be of _Bool; one of bytes has the same lanes.
        let name = if element == Scalar::Boolean { "unsigned char" } else { scalar_name(element) };
        for size in [8, 16, 32, 64] {
            let _ = writeln!(text, "typedef {name} V{size}_{element:?} __attribute__((vector_size({size})));");
        }
    }
    for known in Known::ALL {
        let fields = match known {
            Known::Decimal => "int flags; unsigned hi32; unsigned long long lo64;",
            Known::Guid => "int a; short b; short c; unsigned char d[8];",
            Known::Vector2 => "float x, y;",
            Known::Vector3 => "float x, y, z;",
            Known::Vector4 => "float x, y, z, w;",
        };
        let _ = writeln!(text, "struct {known:?} {{ {fields} }};");
    }
    text
}
