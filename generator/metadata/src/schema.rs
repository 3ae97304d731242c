//! The metadata tables and their columns, as data: II.22, and from 0x30 on the Portable PDB specification.

use super::token::CodedIndex;

/// How a column is stored; its width follows from heap sizes and row counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ColumnKind {
    /// A byte, and a byte of padding.
    U8Padded,
    /// Two bytes.
    U16,
    /// Four bytes.
    U32,
    /// An index into `#Strings`.
    String,
    /// An index into `#GUID`.
    Guid,
    /// An index into `#Blob`.
    Blob,
    /// A row of a table.
    Row(TableId),
    /// A row of one of several tables.
    Coded(CodedIndex),
}

/// A column of a table: one of the constants in [`columns`], or what [`TableId::column`] finds. `T` says what its values
/// are, so that a blob is not read as a string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column<T> {
    pub(crate) table: TableId,
    pub(crate) index: u8,
    pub(crate) of: T,
}

/// What the values of a column are.
pub trait ColumnType: Copy + TryFrom<ColumnKind> {}

macro_rules! column_types {
    ($($(#[$doc:meta])* $name:ident $(($of:ident))?: $kind:pat => $value:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct $name $((pub(crate) $of))?;
        impl ColumnType for $name {}
        impl TryFrom<ColumnKind> for $name {
            /// The kind that is another one.
            type Error = ColumnKind;

            fn try_from(kind: ColumnKind) -> Result<$name, ColumnKind> {
                match kind { $kind => Ok($value), #[allow(unreachable_patterns)] _ => Err(kind) }
            }
        }
    )*};
}

column_types! {
    /// Values of any type.
    Any: _ => Any;
    /// Numbers and flags.
    Number: ColumnKind::U8Padded | ColumnKind::U16 | ColumnKind::U32 => Number;
    /// Indices of strings.
    Text: ColumnKind::String => Text;
    /// Indices of GUIDs.
    Guid: ColumnKind::Guid => Guid;
    /// Indices of blobs.
    Blob: ColumnKind::Blob => Blob;
    /// Rows of another table.
    Row(TableId): ColumnKind::Row(table) => Row(table);
    /// First rows of lists: a list ends where the next row's starts.
    List(TableId): ColumnKind::Row(table) => List(table);
    /// Rows of one of several tables.
    Coded(CodedIndex): ColumnKind::Coded(kind) => Coded(kind);
}

/// A column's kind, type or value, from how [`tables`] writes it.
macro_rules! column {
    (kind List $of:ident) => { ColumnKind::Row(TableId::$of) };
    (kind Row $of:ident) => { ColumnKind::Row(TableId::$of) };
    (kind Coded $of:ident) => { ColumnKind::Coded(CodedIndex::$of) };
    (kind $kind:ident) => { ColumnKind::$kind };
    (type List $of:ident) => { List };
    (type Row $of:ident) => { Row };
    (type Coded $of:ident) => { Coded };
    (type String) => { Text };
    (type Guid) => { Guid };
    (type Blob) => { Blob };
    (type $number:ident) => { Number };
    (value Coded $of:ident) => { Coded(CodedIndex::$of) };
    (value $type:ident $of:ident) => { $type(TableId::$of) };
    (value $kind:ident) => { column!(type $kind) };
}

macro_rules! tables {
    ($($name:ident = $number:literal $module:ident { $($column:ident: $kind:ident $(($of:ident))?),* $(,)? })*) => {
        /// A metadata table; the discriminant is its number.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        #[allow(missing_docs)] // the names are the specification's
        pub enum TableId { $($name = $number),* }

        impl TableId {
            /// The assembly's table with this number: no token of an assembly names a table of its PDB.
            pub fn from_number(number: u8) -> Option<TableId> {
                if usize::from(number) >= ASSEMBLY_TABLES {
                    return None;
                }
                match number { $($number => Some(TableId::$name),)* _ => None }
            }

            /// The specification's name.
            pub fn name(self) -> &'static str {
                match self { $(TableId::$name => stringify!($name)),* }
            }

            /// Its columns in order.
            pub fn columns(self) -> &'static [ColumnKind] {
                match self { $(TableId::$name => &[$(column!(kind $kind $($of)?)),*]),* }
            }

            /// The column with a 0-based number, if the table has it and its values are of type `T`.
            pub fn column<T: ColumnType>(self, index: usize) -> Option<Column<T>> {
                let of = T::try_from(*self.columns().get(index)?).ok()?;
                Some(Column { table: self, index: index as u8, of })
            }
        }

        /// The columns of each table, by the specification's names.
        pub mod columns {
            $(
                #[doc = concat!("Columns of ", stringify!($name), ".")]
                pub mod $module {
                    use super::super::*;

                    #[allow(non_camel_case_types, clippy::upper_case_acronyms)]
                    enum Index { $($column),* }

                    $(
                        #[doc = concat!("Its values are of type `", stringify!($kind), "`.")]
                        pub const $column: Column<column!(type $kind $($of)?)> = Column {
                            table: TableId::$name,
                            index: Index::$column as u8,
                            of: column!(value $kind $($of)?),
                        };
                    )*
                }
            )*
        }

        /// Every table, by number: an assembly's, then a PDB's.
        pub(crate) const ALL_TABLES: &[TableId] = &[$(TableId::$name),*];
    };
}

/// Tables with a smaller number are those of an assembly.
pub(crate) const ASSEMBLY_TABLES: usize = TableId::GenericParamConstraint as usize + 1;

/// Every table's number is smaller.
pub(crate) const TABLE_NUMBERS: usize = TableId::CustomDebugInformation as usize + 1;

/// Number of columns of the widest table.
pub(crate) const MAX_COLUMNS: usize = 9;

tables! {
    Module = 0x00 module { GENERATION: U16, NAME: String, MVID: Guid, ENC_ID: Guid, ENC_BASE_ID: Guid }
    TypeRef = 0x01 type_ref { RESOLUTION_SCOPE: Coded(ResolutionScope), NAME: String, NAMESPACE: String }
    TypeDef = 0x02 type_def {
        FLAGS: U32, NAME: String, NAMESPACE: String, EXTENDS: Coded(TypeDefOrRef), FIELD_LIST: List(Field),
        METHOD_LIST: List(MethodDef),
    }
    FieldPtr = 0x03 field_ptr { FIELD: Row(Field) }
    Field = 0x04 field { FLAGS: U16, NAME: String, SIGNATURE: Blob }
    MethodPtr = 0x05 method_ptr { METHOD: Row(MethodDef) }
    MethodDef = 0x06 method_def {
        RVA: U32, IMPL_FLAGS: U16, FLAGS: U16, NAME: String, SIGNATURE: Blob, PARAM_LIST: List(Param),
    }
    ParamPtr = 0x07 param_ptr { PARAM: Row(Param) }
    Param = 0x08 param { FLAGS: U16, SEQUENCE: U16, NAME: String }
    InterfaceImpl = 0x09 interface_impl { CLASS: Row(TypeDef), INTERFACE: Coded(TypeDefOrRef) }
    MemberRef = 0x0A member_ref { CLASS: Coded(MemberRefParent), NAME: String, SIGNATURE: Blob }
    Constant = 0x0B constant { TYPE: U8Padded, PARENT: Coded(HasConstant), VALUE: Blob }
    CustomAttribute = 0x0C custom_attribute {
        PARENT: Coded(HasCustomAttribute), TYPE: Coded(CustomAttributeType), VALUE: Blob,
    }
    FieldMarshal = 0x0D field_marshal { PARENT: Coded(HasFieldMarshal), NATIVE_TYPE: Blob }
    DeclSecurity = 0x0E decl_security { ACTION: U16, PARENT: Coded(HasDeclSecurity), PERMISSION_SET: Blob }
    ClassLayout = 0x0F class_layout { PACKING_SIZE: U16, CLASS_SIZE: U32, PARENT: Row(TypeDef) }
    FieldLayout = 0x10 field_layout { OFFSET: U32, FIELD: Row(Field) }
    StandAloneSig = 0x11 stand_alone_sig { SIGNATURE: Blob }
    EventMap = 0x12 event_map { PARENT: Row(TypeDef), EVENT_LIST: List(Event) }
    EventPtr = 0x13 event_ptr { EVENT: Row(Event) }
    Event = 0x14 event { FLAGS: U16, NAME: String, TYPE: Coded(TypeDefOrRef) }
    PropertyMap = 0x15 property_map { PARENT: Row(TypeDef), PROPERTY_LIST: List(Property) }
    PropertyPtr = 0x16 property_ptr { PROPERTY: Row(Property) }
    Property = 0x17 property { FLAGS: U16, NAME: String, TYPE: Blob }
    MethodSemantics = 0x18 method_semantics { SEMANTICS: U16, METHOD: Row(MethodDef), ASSOCIATION: Coded(HasSemantics) }
    MethodImpl = 0x19 method_impl {
        CLASS: Row(TypeDef), BODY: Coded(MethodDefOrRef), DECLARATION: Coded(MethodDefOrRef),
    }
    ModuleRef = 0x1A module_ref { NAME: String }
    TypeSpec = 0x1B type_spec { SIGNATURE: Blob }
    ImplMap = 0x1C impl_map {
        MAPPING_FLAGS: U16, MEMBER_FORWARDED: Coded(MemberForwarded), IMPORT_NAME: String,
        IMPORT_SCOPE: Row(ModuleRef),
    }
    FieldRva = 0x1D field_rva { RVA: U32, FIELD: Row(Field) }
    EncLog = 0x1E enc_log { TOKEN: U32, FUNCTION: U32 }
    EncMap = 0x1F enc_map { TOKEN: U32 }
    Assembly = 0x20 assembly {
        HASH_ALGORITHM: U32, MAJOR_VERSION: U16, MINOR_VERSION: U16, BUILD_NUMBER: U16, REVISION_NUMBER: U16,
        FLAGS: U32, PUBLIC_KEY: Blob, NAME: String, CULTURE: String,
    }
    AssemblyProcessor = 0x21 assembly_processor { PROCESSOR: U32 }
    AssemblyOs = 0x22 assembly_os { PLATFORM_ID: U32, MAJOR_VERSION: U32, MINOR_VERSION: U32 }
    AssemblyRef = 0x23 assembly_ref {
        MAJOR_VERSION: U16, MINOR_VERSION: U16, BUILD_NUMBER: U16, REVISION_NUMBER: U16, FLAGS: U32,
        PUBLIC_KEY_OR_TOKEN: Blob, NAME: String, CULTURE: String, HASH_VALUE: Blob,
    }
    AssemblyRefProcessor = 0x24 assembly_ref_processor { PROCESSOR: U32, ASSEMBLY_REF: Row(AssemblyRef) }
    AssemblyRefOs = 0x25 assembly_ref_os {
        PLATFORM_ID: U32, MAJOR_VERSION: U32, MINOR_VERSION: U32, ASSEMBLY_REF: Row(AssemblyRef),
    }
    File = 0x26 file { FLAGS: U32, NAME: String, HASH_VALUE: Blob }
    ExportedType = 0x27 exported_type {
        FLAGS: U32, TYPE_DEF_ID: U32, NAME: String, NAMESPACE: String, IMPLEMENTATION: Coded(Implementation),
    }
    ManifestResource = 0x28 manifest_resource {
        OFFSET: U32, FLAGS: U32, NAME: String, IMPLEMENTATION: Coded(Implementation),
    }
    NestedClass = 0x29 nested_class { NESTED_CLASS: Row(TypeDef), ENCLOSING_CLASS: Row(TypeDef) }
    GenericParam = 0x2A generic_param { NUMBER: U16, FLAGS: U16, OWNER: Coded(TypeOrMethodDef), NAME: String }
    MethodSpec = 0x2B method_spec { METHOD: Coded(MethodDefOrRef), INSTANTIATION: Blob }
    GenericParamConstraint = 0x2C generic_param_constraint { OWNER: Row(GenericParam), CONSTRAINT: Coded(TypeDefOrRef) }
    Document = 0x30 document { NAME: Blob, HASH_ALGORITHM: Guid, HASH: Blob, LANGUAGE: Guid }
    MethodDebugInformation = 0x31 method_debug_information { DOCUMENT: Row(Document), SEQUENCE_POINTS: Blob }
    LocalScope = 0x32 local_scope {
        METHOD: Row(MethodDef), IMPORT_SCOPE: Row(ImportScope), VARIABLE_LIST: List(LocalVariable),
        CONSTANT_LIST: List(LocalConstant), START_OFFSET: U32, LENGTH: U32,
    }
    LocalVariable = 0x33 local_variable { ATTRIBUTES: U16, INDEX: U16, NAME: String }
    LocalConstant = 0x34 local_constant { NAME: String, SIGNATURE: Blob }
    ImportScope = 0x35 import_scope { PARENT: Row(ImportScope), IMPORTS: Blob }
    StateMachineMethod = 0x36 state_machine_method { MOVE_NEXT: Row(MethodDef), KICKOFF: Row(MethodDef) }
    CustomDebugInformation = 0x37 custom_debug_information {
        PARENT: Coded(HasCustomDebugInformation), KIND: Guid, VALUE: Blob,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_ascend_and_no_table_is_too_wide() {
        assert!(ALL_TABLES.windows(2).all(|pair| pair[0] < pair[1]));
        for table in ALL_TABLES {
            assert!(table.columns().len() <= MAX_COLUMNS);
            let number = *table as u8;
            assert_eq!(TableId::from_number(number), (number < 0x2D).then_some(*table));
        }
        assert_eq!((ASSEMBLY_TABLES, TABLE_NUMBERS), (0x2D, 0x38));
    }
}
