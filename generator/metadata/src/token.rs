//! Metadata tokens and coded indices (II.22, II.24.2.6).

use std::fmt;

use super::schema::TableId;

/// A row of a table: table and 1-based row number; row 0 is the nil token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct Token {
    /// The table.
    pub table: TableId,
    /// 1-based row, 0 for nil.
    pub row: u32,
}

impl Token {
    /// The token of a row.
    pub fn new(table: TableId, row: u32) -> Token {
        Token { table, row }
    }

    /// The token in IL or a diagnostic: the table's number in the high byte.
    pub fn from_u32(token: u32) -> Option<Token> {
        Some(Token { table: TableId::from_number((token >> 24) as u8)?, row: token & 0x00FF_FFFF })
    }

    /// The 32-bit form.
    pub fn to_u32(self) -> u32 {
        (self.table as u32) << 24 | self.row
    }

    /// True for row 0.
    pub fn is_nil(self) -> bool {
        self.row == 0
    }
}

/// As tools write it: `0x06000001`.
impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "0x{:08X}", self.to_u32())
    }
}

/// Kinds of coded index: a row number and a few tag bits that select the table. The last is one of PDBs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // the names are the specification's
#[non_exhaustive]
pub enum CodedIndex {
    TypeDefOrRef,
    HasConstant,
    HasCustomAttribute,
    HasFieldMarshal,
    HasDeclSecurity,
    MemberRefParent,
    HasSemantics,
    MethodDefOrRef,
    MemberForwarded,
    Implementation,
    CustomAttributeType,
    ResolutionScope,
    TypeOrMethodDef,
    HasCustomDebugInformation,
}

impl CodedIndex {
    /// The tables, by tag value; `None` for tags that are not used.
    pub(crate) fn tables(self) -> &'static [Option<TableId>] {
        use TableId::*;
        match self {
            CodedIndex::TypeDefOrRef => &[Some(TypeDef), Some(TypeRef), Some(TypeSpec)],
            CodedIndex::HasConstant => &[Some(Field), Some(Param), Some(Property)],
            // Those of HasCustomDebugInformation, without the tables of a PDB.
            CodedIndex::HasCustomAttribute => CodedIndex::HasCustomDebugInformation.tables().split_at(22).0,
            CodedIndex::HasFieldMarshal => &[Some(Field), Some(Param)],
            CodedIndex::HasDeclSecurity => &[Some(TypeDef), Some(MethodDef), Some(Assembly)],
            CodedIndex::MemberRefParent => {
                &[Some(TypeDef), Some(TypeRef), Some(ModuleRef), Some(MethodDef), Some(TypeSpec)]
            }
            CodedIndex::HasSemantics => &[Some(Event), Some(Property)],
            CodedIndex::MethodDefOrRef => &[Some(MethodDef), Some(MemberRef)],
            CodedIndex::MemberForwarded => &[Some(Field), Some(MethodDef)],
            CodedIndex::Implementation => &[Some(File), Some(AssemblyRef), Some(ExportedType)],
            CodedIndex::CustomAttributeType => &[None, None, Some(MethodDef), Some(MemberRef), None],
            CodedIndex::ResolutionScope => &[Some(Module), Some(ModuleRef), Some(AssemblyRef), Some(TypeRef)],
            CodedIndex::TypeOrMethodDef => &[Some(TypeDef), Some(MethodDef)],
            CodedIndex::HasCustomDebugInformation => &[
                Some(MethodDef),
                Some(Field),
                Some(TypeRef),
                Some(TypeDef),
                Some(Param),
                Some(InterfaceImpl),
                Some(MemberRef),
                Some(Module),
                Some(DeclSecurity),
                Some(Property),
                Some(Event),
                Some(StandAloneSig),
                Some(ModuleRef),
                Some(TypeSpec),
                Some(Assembly),
                Some(AssemblyRef),
                Some(File),
                Some(ExportedType),
                Some(ManifestResource),
                Some(GenericParam),
                Some(GenericParamConstraint),
                Some(MethodSpec),
                Some(Document),
                Some(LocalScope),
                Some(LocalVariable),
                Some(LocalConstant),
                Some(ImportScope),
            ],
        }
    }

    /// Number of tag bits.
    pub(crate) fn tag_bits(self) -> u32 {
        self.tables().len().next_power_of_two().trailing_zeros()
    }

    /// Splits an encoded value; `None` when its tag names no table.
    pub fn decode(self, value: u32) -> Option<Token> {
        let bits = self.tag_bits();
        let tag = value & ((1 << bits) - 1);
        let table = self.tables().get(tag as usize).copied().flatten()?;
        Some(Token { table, row: value >> bits })
    }
}
