//! An assembly being written: rows in the order they will have.

use super::signature::Sig;
use crate::webcil::metadata::{Metadata, table};
use crate::webcil::{convert, pe};

/// Kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Container {
    /// A PE image with 32-bit optional header.
    Pe32,
    /// A bare Webcil image of this major version, 0 or 1.
    Webcil(u16),
}

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
    /// As TypeDefOrRef (II.24.2.6), like all coded indices here: the tag is in the lowest bits.
    pub(super) fn encoded(self) -> u32 {
        match self {
            TypeToken::Def(row) => row << 2,
            TypeToken::Ref(row) => row << 2 | 1,
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
pub struct AssemblyWriter(Metadata);

impl AssemblyWriter {
    /// An assembly with this name, version 1.0.0.0, and the type `<Module>`.
    pub fn new(name: &str) -> AssemblyWriter {
        let mut metadata = Metadata::empty();
        let module = metadata.string(&format!("{name}.dll"));
        metadata.row(table::MODULE, &[0, module, 1, 0, 0]);
        let name = metadata.string(name);
        metadata.row(table::ASSEMBLY, &[0x8004, 1, 0, 0, 0, 0, 0, name, 0]);
        let own = metadata.string("<Module>");
        metadata.row(table::TYPE_DEF, &[0, own, 0, 0, 1, 1]);
        AssemblyWriter(metadata)
    }

    /// References an assembly.
    pub fn assembly_ref(&mut self, name: &str) -> Scope {
        let name = self.0.string(name);
        let row = self.0.row(table::ASSEMBLY_REF, &[10, 0, 0, 0, 0, 0, name, 0, 0]);
        Scope(row << 2 | 2)
    }

    /// References a type of another assembly.
    pub fn type_ref(&mut self, scope: Scope, namespace: &str, name: &str) -> TypeToken {
        let row = [scope.0, self.0.string(name), self.0.string(namespace)];
        TypeToken::Ref(self.0.row(table::TYPE_REF, &row))
    }

    /// Starts a type definition.
    pub fn type_def(&mut self, flags: u32, namespace: &str, name: &str, base: TypeToken) -> TypeToken {
        let (name, namespace) = (self.0.string(name), self.0.string(namespace));
        let (fields, methods) = (self.rows(table::FIELD) + 1, self.rows(table::METHOD_DEF) + 1);
        TypeToken::Def(self.0.row(table::TYPE_DEF, &[flags, name, namespace, base.encoded(), fields, methods]))
    }

    /// A type parameter; those of a type in the order of their numbers.
    pub fn generic_param(&mut self, owner: TypeToken, number: u32, name: &str) {
        let row = [number, 0, owner.def() << 1, self.0.string(name)];
        self.0.row(table::GENERIC_PARAM, &row);
    }

    /// Puts a type definition inside of another.
    pub fn nest(&mut self, inner: TypeToken, outer: TypeToken) {
        self.0.row(table::NESTED_CLASS, &[inner.def(), outer.def()]);
    }

    /// `StructLayout(Pack = .., Size = ..)`
    pub fn class_layout(&mut self, of: TypeToken, pack: u32, size: u32) {
        self.0.row(table::CLASS_LAYOUT, &[pack, size, of.def()]);
    }

    /// A field of the last type definition; its row is returned.
    pub fn field(&mut self, flags: u32, name: &str, ty: &Sig) -> u32 {
        let row = [flags, self.0.string(name), self.0.blob(&ty.field())];
        self.0.row(table::FIELD, &row)
    }

    /// `FieldOffset` of a field.
    pub fn field_offset(&mut self, field: u32, offset: u32) {
        self.0.row(table::FIELD_LAYOUT, &[offset, field]);
    }

    /// References a native library; the row is returned.
    pub fn module_ref(&mut self, name: &str) -> u32 {
        let name = self.0.string(name);
        self.0.row(table::MODULE_REF, &[name])
    }

    /// A P/Invoke of the last type definition, named like its entry point; its MethodDef row is returned.
    pub fn pinvoke(&mut self, module: u32, name: &str, ret: &Sig, params: &[Sig]) -> u32 {
        const STATIC_PINVOKE: u32 = 0x2096;
        const PRESERVE_SIG: u32 = 0x80;
        const NO_MANGLE_CDECL: u32 = 0x201;
        let first_param = self.rows(table::PARAM) + 1;
        for number in 1..=params.len() {
            let name = self.0.string(&format!("arg{number}"));
            self.0.row(table::PARAM, &[0, number as u32, name]);
        }
        let name = self.0.string(name);
        let signature = self.0.blob(&Sig::method(false, ret, params));
        let method = self.0.row(table::METHOD_DEF, &[0, PRESERVE_SIG, STATIC_PINVOKE, name, signature, first_param]);
        let forwarded = method << 1 | 1;
        self.0.row(table::IMPL_MAP, &[NO_MANGLE_CDECL, forwarded, name, module]);
        method
    }

    /// References the constructor of an attribute class; the row is returned.
    pub fn constructor(&mut self, class: TypeToken, params: &[Sig]) -> u32 {
        let parent = match class {
            TypeToken::Def(row) => row << 3,
            TypeToken::Ref(row) => row << 3 | 1,
        };
        let blob = self.0.blob(&Sig::method(true, &Sig::VOID, params));
        let row = [parent, self.0.string(".ctor"), blob];
        self.0.row(table::MEMBER_REF, &row)
    }

    /// Applies an attribute whose constructor takes 32-bit numbers.
    pub fn attribute(&mut self, owner: Owner, constructor: u32, arguments: &[i32]) {
        let mut blob = vec![0x01, 0x00];
        blob.extend(arguments.iter().flat_map(|argument| argument.to_le_bytes()));
        blob.extend_from_slice(&[0, 0]);
        let owner = match owner {
            Owner::Assembly => 1 << 5 | 14,
            Owner::Type(token) => token.def() << 5 | 3,
        };
        let constructor = constructor << 3 | 3;
        let row = [owner, constructor, self.0.blob(&blob)];
        self.0.row(table::CUSTOM_ATTRIBUTE, &row);
    }

    fn rows(&self, table: usize) -> u32 {
        self.0.rows[table].len() as u32
    }

    /// The bytes of the file.
    pub fn finish(mut self, container: Container) -> Vec<u8> {
        // Sorted where II.22 wants it; stable, so that type parameters stay in the order of their numbers.
        for (table, key) in [
            (table::CUSTOM_ATTRIBUTE, 0),
            (table::NESTED_CLASS, 0),
            (table::FIELD_LAYOUT, 1),
            (table::IMPL_MAP, 1),
            (table::CLASS_LAYOUT, 2),
            (table::GENERIC_PARAM, 2),
        ] {
            self.0.rows[table].sort_by_key(|row| row[key]);
        }
        let is_wide = |heap: &Vec<u8>| u8::from(heap.len() > 0xFFFF);
        self.0.form.heap_sizes = is_wide(&self.0.strings) | is_wide(&self.0.blobs) << 2;
        let file = pe::write(&self.0.write(), &[], false);
        match container {
            Container::Pe32 => file,
            Container::Webcil(0) => convert::version_0(&file),
            Container::Webcil(_) => convert::version_1(&file),
        }
    }
}
