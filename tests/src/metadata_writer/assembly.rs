//! An assembly being written: rows in the order they will have.

use super::heaps::Heap;
use super::image::{Container, Streams, image};
use super::schema::{
    CUSTOM_ATTRIBUTE_TYPE, HAS_CUSTOM_ATTRIBUTE, MEMBER_FORWARDED, MEMBER_REF_PARENT, RESOLUTION_SCOPE,
    TYPE_DEF_OR_REF, TYPE_OR_METHOD_DEF, Table,
};
use super::signature::Sig;
use super::tables::{Tables, WideHeaps};

/// Attribute words of types, fields and methods (II.23.1).
pub mod flags {
    /// `Public`, of a field.
    pub const PUBLIC: u32 = 0x6;
    /// `RTSpecialName | SpecialName | Public`, of an enum's field.
    pub const ENUM_VALUE: u32 = 0x606;
    /// `public static class`
    pub const STATIC_CLASS: u32 = 0x181;
    /// A public sealed enum.
    pub const ENUM: u32 = 0x101;
    /// A public sealed struct in sequential layout.
    pub const SEQUENTIAL_STRUCT: u32 = 0x109;
    /// The same inside of another type.
    pub const NESTED_SEQUENTIAL_STRUCT: u32 = 0x10A;
    /// A public sealed struct in explicit layout.
    pub const EXPLICIT_STRUCT: u32 = 0x111;
    /// A public sealed struct in extended layout.
    pub const EXTENDED_STRUCT: u32 = 0x119;
}

/// Where a referenced type is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scope(u32);

/// A type definition or reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TypeToken {
    /// Row in TypeDef. The row of a definition to come follows from the order they are written in.
    Def(u32),
    /// Row in TypeRef.
    Ref(u32),
}

impl TypeToken {
    pub(super) fn encoded(self) -> u32 {
        match self {
            TypeToken::Def(row) => TYPE_DEF_OR_REF.encode(Table::TypeDef, row),
            TypeToken::Ref(row) => TYPE_DEF_OR_REF.encode(Table::TypeRef, row),
        }
    }

    fn def(self) -> u32 {
        match self {
            TypeToken::Def(row) => row,
            TypeToken::Ref(_) => panic!("a type definition is needed"),
        }
    }
}

/// What an attribute is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// The assembly.
    Assembly,
    /// A type definition.
    Type(TypeToken),
}

/// An assembly being written.
///
/// Fields and methods belong to the type definition before them.
#[derive(Debug)]
pub struct AssemblyWriter {
    strings: Heap,
    blobs: Heap,
    tables: Tables,
}

impl AssemblyWriter {
    /// An assembly with this name, version 1.0.0.0, and the type `<Module>`.
    pub fn new(name: &str) -> AssemblyWriter {
        let mut writer = AssemblyWriter { strings: Heap::new(), blobs: Heap::new(), tables: Tables::default() };
        let module = writer.strings.string(&format!("{name}.dll"));
        writer.tables.push(Table::Module, &[0, module, 1, 0, 0]);
        let name = writer.strings.string(name);
        writer.tables.push(Table::Assembly, &[0x8004, 1, 0, 0, 0, 0, 0, name, 0]);
        let own = writer.strings.string("<Module>");
        writer.tables.push(Table::TypeDef, &[0, own, 0, 0, 1, 1]);
        writer
    }

    /// References an assembly.
    pub fn assembly_ref(&mut self, name: &str) -> Scope {
        let name = self.strings.string(name);
        let row = self.tables.push(Table::AssemblyRef, &[10, 0, 0, 0, 0, 0, name, 0, 0]);
        Scope(RESOLUTION_SCOPE.encode(Table::AssemblyRef, row))
    }

    /// References a type of another assembly.
    pub fn type_ref(&mut self, scope: Scope, namespace: &str, name: &str) -> TypeToken {
        let row = [scope.0, self.strings.string(name), self.strings.string(namespace)];
        TypeToken::Ref(self.tables.push(Table::TypeRef, &row))
    }

    /// Starts a type definition.
    pub fn type_def(&mut self, flags: u32, namespace: &str, name: &str, base: TypeToken) -> TypeToken {
        let (name, namespace) = (self.strings.string(name), self.strings.string(namespace));
        let (fields, methods) = (self.tables.rows(Table::Field) + 1, self.tables.rows(Table::MethodDef) + 1);
        TypeToken::Def(self.tables.push(Table::TypeDef, &[flags, name, namespace, base.encoded(), fields, methods]))
    }

    /// A type parameter; those of a type in the order of their numbers.
    pub fn generic_param(&mut self, owner: TypeToken, number: u32, name: &str) {
        let row = [number, 0, TYPE_OR_METHOD_DEF.encode(Table::TypeDef, owner.def()), self.strings.string(name)];
        self.tables.push(Table::GenericParam, &row);
    }

    /// Puts a type definition inside of another.
    pub fn nest(&mut self, inner: TypeToken, outer: TypeToken) {
        self.tables.push(Table::NestedClass, &[inner.def(), outer.def()]);
    }

    /// `StructLayout(Pack = .., Size = ..)`
    pub fn class_layout(&mut self, of: TypeToken, pack: u32, size: u32) {
        self.tables.push(Table::ClassLayout, &[pack, size, of.def()]);
    }

    /// A field of the last type definition; its row is returned.
    pub fn field(&mut self, flags: u32, name: &str, ty: &Sig) -> u32 {
        let row = [flags, self.strings.string(name), self.blobs.blob(&ty.field())];
        self.tables.push(Table::Field, &row)
    }

    /// `FieldOffset` of a field.
    pub fn field_offset(&mut self, field: u32, offset: u32) {
        self.tables.push(Table::FieldLayout, &[offset, field]);
    }

    /// References a native library; the row is returned.
    pub fn module_ref(&mut self, name: &str) -> u32 {
        let name = self.strings.string(name);
        self.tables.push(Table::ModuleRef, &[name])
    }

    /// A P/Invoke of the last type definition, named like its entry point; its MethodDef row is returned.
    pub fn pinvoke(&mut self, module: u32, name: &str, ret: &Sig, params: &[Sig]) -> u32 {
        const STATIC_PINVOKE: u32 = 0x2096;
        const PRESERVE_SIG: u32 = 0x80;
        const NO_MANGLE_CDECL: u32 = 0x201;
        let first_param = self.tables.rows(Table::Param) + 1;
        for number in 1..=params.len() {
            let name = self.strings.string(&format!("arg{number}"));
            self.tables.push(Table::Param, &[0, number as u32, name]);
        }
        let name = self.strings.string(name);
        let signature = self.blobs.blob(&Sig::method(false, ret, params));
        let method =
            self.tables.push(Table::MethodDef, &[0, PRESERVE_SIG, STATIC_PINVOKE, name, signature, first_param]);
        let forwarded = MEMBER_FORWARDED.encode(Table::MethodDef, method);
        self.tables.push(Table::ImplMap, &[NO_MANGLE_CDECL, forwarded, name, module]);
        method
    }

    /// References the constructor of an attribute class; the row is returned.
    pub fn constructor(&mut self, class: TypeToken, params: &[Sig]) -> u32 {
        let parent = match class {
            TypeToken::Def(row) => MEMBER_REF_PARENT.encode(Table::TypeDef, row),
            TypeToken::Ref(row) => MEMBER_REF_PARENT.encode(Table::TypeRef, row),
        };
        let blob = self.blobs.blob(&Sig::method(true, &Sig::VOID, params));
        let row = [parent, self.strings.string(".ctor"), blob];
        self.tables.push(Table::MemberRef, &row)
    }

    /// Applies an attribute whose constructor takes 32-bit numbers.
    pub fn attribute(&mut self, owner: Owner, constructor: u32, arguments: &[i32]) {
        let mut blob = vec![0x01, 0x00];
        blob.extend(arguments.iter().flat_map(|argument| argument.to_le_bytes()));
        blob.extend_from_slice(&[0, 0]);
        let owner = match owner {
            Owner::Assembly => HAS_CUSTOM_ATTRIBUTE.encode(Table::Assembly, 1),
            Owner::Type(token) => HAS_CUSTOM_ATTRIBUTE.encode(Table::TypeDef, token.def()),
        };
        let constructor = CUSTOM_ATTRIBUTE_TYPE.encode(Table::MemberRef, constructor);
        let row = [owner, constructor, self.blobs.blob(&blob)];
        self.tables.push(Table::CustomAttribute, &row);
    }

    /// The bytes of the file.
    pub fn finish(self, container: Container) -> Vec<u8> {
        let wide = WideHeaps { strings: self.strings.is_wide(), blobs: self.blobs.is_wide() };
        image(
            container,
            &Streams {
                tables: self.tables.into_stream(wide),
                strings: self.strings.into_stream(),
                blobs: self.blobs.into_stream(),
            },
        )
    }
}
