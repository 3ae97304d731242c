//! The metadata tables and their columns (II.22), as data.

use super::token::CodedIndex;

/// Type of a column; its width follows from heap sizes and row counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Column {
    U8Padded,
    U16,
    U32,
    String,
    Guid,
    Blob,
    Row(TableId),
    Coded(CodedIndex),
}

macro_rules! tables {
    ($($name:ident = $number:literal [$($column:expr),*];)*) => {
        /// A metadata table; the discriminant is its number.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        #[allow(missing_docs)] // the names are the specification's
        pub enum TableId { $($name = $number),* }

        impl TableId {
            /// The table with this number.
            pub fn from_number(number: u8) -> Option<TableId> {
                match number { $($number => Some(TableId::$name),)* _ => None }
            }

            /// The specification's name.
            pub fn name(self) -> &'static str {
                match self { $(TableId::$name => stringify!($name)),* }
            }

            pub(crate) fn columns(self) -> &'static [Column] {
                use Column::*;
                use CodedIndex::*;
                match self { $(TableId::$name => &[$($column),*]),* }
            }
        }

        /// Every table, by number.
        pub(crate) const ALL_TABLES: &[TableId] = &[$(TableId::$name),*];
    };
}

/// Number of columns of the widest table.
pub(crate) const MAX_COLUMNS: usize = 9;

tables! {
    Module = 0x00 [U16, String, Guid, Guid, Guid];
    TypeRef = 0x01 [Coded(ResolutionScope), String, String];
    TypeDef = 0x02 [U32, String, String, Coded(TypeDefOrRef), Row(TableId::Field), Row(TableId::MethodDef)];
    FieldPtr = 0x03 [Row(TableId::Field)];
    Field = 0x04 [U16, String, Blob];
    MethodPtr = 0x05 [Row(TableId::MethodDef)];
    MethodDef = 0x06 [U32, U16, U16, String, Blob, Row(TableId::Param)];
    ParamPtr = 0x07 [Row(TableId::Param)];
    Param = 0x08 [U16, U16, String];
    InterfaceImpl = 0x09 [Row(TableId::TypeDef), Coded(TypeDefOrRef)];
    MemberRef = 0x0A [Coded(MemberRefParent), String, Blob];
    Constant = 0x0B [U8Padded, Coded(HasConstant), Blob];
    CustomAttribute = 0x0C [Coded(HasCustomAttribute), Coded(CustomAttributeType), Blob];
    FieldMarshal = 0x0D [Coded(HasFieldMarshal), Blob];
    DeclSecurity = 0x0E [U16, Coded(HasDeclSecurity), Blob];
    ClassLayout = 0x0F [U16, U32, Row(TableId::TypeDef)];
    FieldLayout = 0x10 [U32, Row(TableId::Field)];
    StandAloneSig = 0x11 [Blob];
    EventMap = 0x12 [Row(TableId::TypeDef), Row(TableId::Event)];
    EventPtr = 0x13 [Row(TableId::Event)];
    Event = 0x14 [U16, String, Coded(TypeDefOrRef)];
    PropertyMap = 0x15 [Row(TableId::TypeDef), Row(TableId::Property)];
    PropertyPtr = 0x16 [Row(TableId::Property)];
    Property = 0x17 [U16, String, Blob];
    MethodSemantics = 0x18 [U16, Row(TableId::MethodDef), Coded(HasSemantics)];
    MethodImpl = 0x19 [Row(TableId::TypeDef), Coded(MethodDefOrRef), Coded(MethodDefOrRef)];
    ModuleRef = 0x1A [String];
    TypeSpec = 0x1B [Blob];
    ImplMap = 0x1C [U16, Coded(MemberForwarded), String, Row(TableId::ModuleRef)];
    FieldRva = 0x1D [U32, Row(TableId::Field)];
    EncLog = 0x1E [U32, U32];
    EncMap = 0x1F [U32];
    Assembly = 0x20 [U32, U16, U16, U16, U16, U32, Blob, String, String];
    AssemblyProcessor = 0x21 [U32];
    AssemblyOs = 0x22 [U32, U32, U32];
    AssemblyRef = 0x23 [U16, U16, U16, U16, U32, Blob, String, String, Blob];
    AssemblyRefProcessor = 0x24 [U32, Row(TableId::AssemblyRef)];
    AssemblyRefOs = 0x25 [U32, U32, U32, Row(TableId::AssemblyRef)];
    File = 0x26 [U32, String, Blob];
    ExportedType = 0x27 [U32, U32, String, String, Coded(Implementation)];
    ManifestResource = 0x28 [U32, U32, String, Coded(Implementation)];
    NestedClass = 0x29 [Row(TableId::TypeDef), Row(TableId::TypeDef)];
    GenericParam = 0x2A [U16, U16, Coded(TypeOrMethodDef), String];
    MethodSpec = 0x2B [Coded(MethodDefOrRef), Blob];
    GenericParamConstraint = 0x2C [Row(TableId::GenericParam), Coded(TypeDefOrRef)];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_dense_and_no_table_is_too_wide() {
        for (number, table) in ALL_TABLES.iter().enumerate() {
            assert_eq!(*table as usize, number);
            assert!(table.columns().len() <= MAX_COLUMNS);
        }
    }
}
