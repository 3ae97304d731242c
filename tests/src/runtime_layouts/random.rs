//! Random value types as C# source: every layout kind, references, packing, sizes, nesting.

use std::fmt::Write as _;

use crate::corrupt::prng::Prng;

/// Field types every shape can hold.
const UNMANAGED: [&str; 20] = [
    "byte",
    "sbyte",
    "bool",
    "char",
    "short",
    "ushort",
    "int",
    "uint",
    "long",
    "double",
    "float",
    "nint",
    "Half",
    "System.Guid",
    "decimal",
    "System.Int128",
    "System.DateTime",
    "System.DayOfWeek",
    "void*",
    "int?",
];
const VECTORS: [&str; 4] = ["Vector64<int>", "Vector128<byte>", "Vector256<long>", "Vector512<float>"];
const MANAGED: [&str; 6] =
    ["object", "string", "int[]", "System.Action", "System.Memory<byte>", "System.Threading.CancellationToken"];

/// A shape that later ones can hold.
struct Shape {
    name: String,
    is_managed: bool,
}

/// Source of `count` shapes; equal seeds give equal shapes.
pub fn source(seed: u64, count: usize) -> String {
    let mut prng = Prng::new(seed, 0);
    let mut text = String::from(
        "using System.Runtime.CompilerServices;\nusing System.Runtime.InteropServices;\n\
         using System.Runtime.Intrinsics;\nusing System;\nnamespace LayoutShapes.Random;\n",
    );
    let mut shapes: Vec<Shape> = Vec::new();
    for number in 0..count {
        let name = format!("S{number}");
        let written = write_shape(&mut prng, &name, &shapes, &mut text);
        shapes.extend(written.map(|is_managed| Shape { name, is_managed }));
    }
    text
}

/// Writes one shape and tells whether it holds references; `None` when no other should hold it, since references at
/// random offsets make most of those types that cannot be loaded.
fn write_shape(prng: &mut Prng, name: &str, shapes: &[Shape], text: &mut String) -> Option<bool> {
    let kind = *prng.pick(&["Sequential", "Sequential", "Sequential", "Auto", "Auto", "Explicit", "Inline"]);
    let may_be_managed = prng.below(3) == 0;
    let mut attribute = match kind {
        "Inline" => format!("[InlineArray({}), StructLayout(LayoutKind.Sequential", 1 + prng.below(6)),
        kind => format!("[StructLayout(LayoutKind.{kind}"),
    };
    if prng.below(3) == 0 {
        write!(attribute, ", Pack = {}", 1 << prng.below(8)).expect("a string");
    }
    if kind != "Inline" && prng.below(5) == 0 {
        write!(attribute, ", Size = {}", prng.below(70)).expect("a string");
    }
    write!(text, "{attribute})] public unsafe struct {name} {{ ").expect("a string");
    let fields = if kind == "Inline" { 1 } else { prng.below(7) };
    let mut is_managed = false;
    for field in 0..fields {
        let (ty, managed) = field_type(prng, shapes, may_be_managed);
        is_managed |= managed;
        if kind == "Explicit" {
            // References must be aligned, or the type is refused for that alone.
            let offset = if may_be_managed { 4 * (1 + prng.below(3)) * prng.below(7) } else { prng.below(40) };
            write!(text, "[FieldOffset({offset})] ").expect("a string");
        }
        write!(text, "public {ty} F{field}; ").expect("a string");
    }
    text.push_str("}\n");
    (kind != "Explicit" || !is_managed).then_some(is_managed)
}

fn field_type(prng: &mut Prng, shapes: &[Shape], may_be_managed: bool) -> (String, bool) {
    match prng.below(10) {
        0 | 1 if may_be_managed => (prng.pick(&MANAGED).to_string(), true),
        2..=4 if !shapes.is_empty() => {
            // Recent ones, so that nesting gets deep but sizes do not explode.
            let shape = &shapes[shapes.len() - 1 - prng.below(shapes.len().min(40))];
            if shape.is_managed && !may_be_managed {
                ("int".into(), false)
            } else {
                (shape.name.clone(), shape.is_managed)
            }
        }
        5 => (prng.pick(&VECTORS).to_string(), false),
        _ => (prng.pick(&UNMANAGED).to_string(), false),
    }
}
