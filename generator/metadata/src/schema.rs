//! The metadata tables and their columns, as data: II.22, and from 0x30 on the Portable PDB specification.

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

            pub(crate) fn columns(self) -> &'static [Column] {
                use Column::*;
                use CodedIndex::*;
                match self { $(TableId::$name => &[$($column),*]),* }
            }
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
    Document = 0x30 [Blob, Guid, Blob, Guid];
    MethodDebugInformation = 0x31 [Row(TableId::Document), Blob];
    LocalScope = 0x32 [Row(TableId::MethodDef), Row(TableId::ImportScope), Row(TableId::LocalVariable), Row(TableId::LocalConstant), U32, U32];
    LocalVariable = 0x33 [U16, U16, String];
    LocalConstant = 0x34 [String, Blob];
    ImportScope = 0x35 [Row(TableId::ImportScope), Blob];
    StateMachineMethod = 0x36 [Row(TableId::MethodDef), Row(TableId::MethodDef)];
    CustomDebugInformation = 0x37 [Coded(HasCustomDebugInformation), Guid, Blob];
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
