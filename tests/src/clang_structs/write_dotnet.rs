//! Shapes as metadata, the way the C# compiler would emit them, in an assembly with DisableRuntimeMarshalling.

use std::collections::BTreeMap;

use super::shape::{Field, Kind, Known, Scalar, Struct, Ty, Unit};
use crate::metadata_writer::{AssemblyWriter, Container, Owner, Scope, Sig, TypeToken, flags};

/// The native library of the P/Invokes.
pub const LIBRARY: &str = "native";

/// The assembly: a type for each struct, and a P/Invoke that takes and one that returns it, `p<index>` and `r<index>`,
/// in this order from the first row of MethodDef.
///
/// Types of CoreLib are referenced from the assembly `references`.
pub fn assembly(unit: &Unit, name: &str, references: &str, container: Container) -> Vec<u8> {
    let mut writer = AssemblyWriter::new(name);
    let scope = writer.assembly_ref(references);
    let core = Core::new(&mut writer, scope);
    writer.attribute(Owner::Assembly, core.disable_runtime_marshalling, &[]);
    let mut emitter = Emitter { enums: BTreeMap::new(), core, writer, structs: Vec::new(), pair: TypeToken::Def(0) };
    emitter.define_enums();
    emitter.define_pair();
    for (index, made) in unit.structs.iter().enumerate() {
        emitter.define(index, made);
    }
    emitter.finish(container)
}

/// References to CoreLib.
struct Core {
    object: TypeToken,
    value_type: TypeToken,
    enum_type: TypeToken,
    int128: [TypeToken; 2],
    vectors: BTreeMap<u32, TypeToken>,
    vector_t: TypeToken,
    known: BTreeMap<Known, TypeToken>,
    inline_array: u32,
    extended_layout: u32,
    disable_runtime_marshalling: u32,
}

impl Core {
    fn new(writer: &mut AssemblyWriter, scope: Scope) -> Core {
        let mut find = |namespace: &str, name: &str| writer.type_ref(scope, namespace, name);
        let inline_array = find("System.Runtime.CompilerServices", "InlineArrayAttribute");
        let disable = find("System.Runtime.CompilerServices", "DisableRuntimeMarshallingAttribute");
        let extended_layout = find("System.Runtime.InteropServices", "ExtendedLayoutAttribute");
        let extended_layout_kind = find("System.Runtime.InteropServices", "ExtendedLayoutKind");
        let known = |known: Known| match known {
            Known::Decimal | Known::Guid => "System",
            Known::Vector2 | Known::Vector3 | Known::Vector4 => "System.Numerics",
        };
        Core {
            object: find("System", "Object"),
            value_type: find("System", "ValueType"),
            enum_type: find("System", "Enum"),
            int128: [find("System", "UInt128"), find("System", "Int128")],
            vectors: [8, 16, 32, 64]
                .map(|size| (size, find("System.Runtime.Intrinsics", &format!("Vector{}`1", size * 8))))
                .into(),
            vector_t: find("System.Numerics", "Vector`1"),
            known: Known::ALL.map(|each| (each, find(known(each), &format!("{each:?}")))).into(),
            inline_array: writer.constructor(inline_array, &[Sig::I4]),
            extended_layout: writer.constructor(extended_layout, &[Sig::Value(extended_layout_kind)]),
            disable_runtime_marshalling: writer.constructor(disable, &[]),
        }
    }
}

struct Emitter {
    core: Core,
    writer: AssemblyWriter,
    enums: BTreeMap<Scalar, TypeToken>,
    /// The generic struct `Pair<T1, T2>`.
    pair: TypeToken,
    /// The type of each struct so far.
    structs: Vec<Sig>,
}

impl Emitter {
    fn define_enums(&mut self) {
        for scalar in Scalar::OF_ENUMS {
            let token = self.writer.type_def(flags::ENUM, "Enums", &format!("E_{scalar:?}"), self.core.enum_type);
            self.writer.field(flags::ENUM_VALUE, "value__", &scalar_sig(scalar));
            self.enums.insert(scalar, token);
        }
    }

    fn define_pair(&mut self) {
        self.pair = self.writer.type_def(flags::SEQUENTIAL_STRUCT, "", "Pair`2", self.core.value_type);
        for (number, name) in [(0, "T1"), (1, "T2")] {
            self.writer.generic_param(self.pair, number, name);
            self.writer.field(flags::PUBLIC, &format!("Item{}", number + 1), &Sig::Var(number));
        }
    }

    fn define(&mut self, index: usize, made: &Struct) {
        if made.kind == Kind::Pair {
            let arguments = made.fields.iter().map(|field| self.sig(&field.ty)).collect();
            self.structs.push(Sig::Generic(self.pair, arguments));
            return;
        }
        let flags = match made.kind {
            Kind::Explicit => flags::EXPLICIT_STRUCT,
            Kind::CStruct | Kind::CUnion => flags::EXTENDED_STRUCT,
            Kind::Sequential | Kind::InlineArray(_) | Kind::Pair => flags::SEQUENTIAL_STRUCT,
        };
        let own = self.writer.type_def(flags, "", &format!("S{index}"), self.core.value_type);
        if made.pack != 0 || made.class_size != 0 {
            self.writer.class_layout(own, made.pack, made.class_size);
        }
        match made.kind {
            Kind::InlineArray(count) => {
                self.writer.attribute(Owner::Type(own), self.core.inline_array, &[count as i32]);
            }
            Kind::CStruct => self.writer.attribute(Owner::Type(own), self.core.extended_layout, &[0]),
            Kind::CUnion => self.writer.attribute(Owner::Type(own), self.core.extended_layout, &[1]),
            Kind::Sequential | Kind::Explicit | Kind::Pair => {}
        }
        let buffers = self.define_fields(own, made);
        for (number, scalar, count) in buffers {
            self.define_buffer(own, number, scalar, count);
        }
        self.structs.push(Sig::Value(own));
    }

    /// The fields of a type; its fixed buffers' types, to be defined right after it, are returned.
    fn define_fields(&mut self, own: TypeToken, made: &Struct) -> Vec<(usize, Scalar, u32)> {
        let TypeToken::Def(own) = own else { unreachable!("a definition") };
        let mut buffers = Vec::new();
        for (number, Field { ty, offset }) in made.fields.iter().enumerate() {
            let sig = if let Ty::FixedBuffer(scalar, count) = ty {
                buffers.push((number, *scalar, *count));
                Sig::Value(TypeToken::Def(own + buffers.len() as u32))
            } else {
                self.sig(ty)
            };
            let field = self.writer.field(flags::PUBLIC, &format!("f{number}"), &sig);
            if made.kind == Kind::Explicit {
                self.writer.field_offset(field, *offset);
            }
        }
        buffers
    }

    fn define_buffer(&mut self, outer: TypeToken, number: usize, element: Scalar, count: u32) {
        let name = format!("<f{number}>e__FixedBuffer");
        let buffer = self.writer.type_def(flags::NESTED_SEQUENTIAL_STRUCT, "", &name, self.core.value_type);
        self.writer.nest(buffer, outer);
        self.writer.field(flags::PUBLIC, "FixedElementField", &scalar_sig(element));
        self.writer.class_layout(buffer, 0, element.size() * count);
    }

    fn sig(&self, ty: &Ty) -> Sig {
        match ty {
            Ty::Scalar(scalar) => scalar_sig(*scalar),
            Ty::Enum(scalar) => Sig::Value(self.enums[scalar]),
            Ty::Int128 { signed } => Sig::Value(self.core.int128[usize::from(*signed)]),
            Ty::Vector { size, element } => Sig::Generic(self.core.vectors[size], vec![scalar_sig(*element)]),
            Ty::VectorT(element) => Sig::Generic(self.core.vector_t, vec![scalar_sig(*element)]),
            Ty::Known(known) => Sig::Value(self.core.known[known]),
            Ty::FixedBuffer(..) => unreachable!("a fixed buffer is a nested type of the struct it is in"),
            Ty::Struct(index) => self.structs[*index].clone(),
        }
    }

    fn finish(mut self, container: Container) -> Vec<u8> {
        self.writer.type_def(flags::STATIC_CLASS, "", "Native", self.core.object);
        let library = self.writer.module_ref(LIBRARY);
        for (index, sig) in self.structs.iter().enumerate() {
            self.writer.pinvoke(library, &format!("p{index}"), &Sig::VOID, std::slice::from_ref(sig));
            self.writer.pinvoke(library, &format!("r{index}"), sig, &[]);
        }
        self.writer.finish(container)
    }
}

fn scalar_sig(scalar: Scalar) -> Sig {
    match scalar {
        Scalar::Boolean => Sig::BOOLEAN,
        Scalar::Char => Sig::CHAR,
        Scalar::I1 => Sig::I1,
        Scalar::U1 => Sig::U1,
        Scalar::I2 => Sig::I2,
        Scalar::U2 => Sig::U2,
        Scalar::I4 => Sig::I4,
        Scalar::U4 => Sig::U4,
        Scalar::I8 => Sig::I8,
        Scalar::U8 => Sig::U8,
        Scalar::I => Sig::I,
        Scalar::U => Sig::U,
        Scalar::R4 => Sig::R4,
        Scalar::R8 => Sig::R8,
        Scalar::Pointer => Sig::Pointer(Box::new(Sig::U1)),
        Scalar::FunctionPointer => Sig::FunctionPointer,
    }
}
