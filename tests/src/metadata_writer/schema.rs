//! The tables that are written, and their columns (II.22).

use Column::{Blob, Guid, Index, Row, Short, String, Word};

/// A metadata table; the discriminant is its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(super) enum Table {
    Module = 0x00,
    TypeRef = 0x01,
    TypeDef = 0x02,
    Field = 0x04,
    MethodDef = 0x06,
    Param = 0x08,
    MemberRef = 0x0A,
    CustomAttribute = 0x0C,
    ClassLayout = 0x0F,
    FieldLayout = 0x10,
    ModuleRef = 0x1A,
    TypeSpec = 0x1B,
    ImplMap = 0x1C,
    Assembly = 0x20,
    AssemblyRef = 0x23,
    NestedClass = 0x29,
    GenericParam = 0x2A,
}

/// Type of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    Short,
    Word,
    String,
    Guid,
    Blob,
    Row(Table),
    Index(Coded),
}

/// A kind of coded index (II.24.2.6): the tables it may lead to, with their tags. Tables that are never written have no
/// rows, and so no say in its width.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Coded {
    pub tag_bits: u32,
    pub tables: &'static [(Table, u32)],
}

pub(super) const TYPE_DEF_OR_REF: Coded =
    Coded { tag_bits: 2, tables: &[(Table::TypeDef, 0), (Table::TypeRef, 1), (Table::TypeSpec, 2)] };
pub(super) const HAS_CUSTOM_ATTRIBUTE: Coded = Coded {
    tag_bits: 5,
    tables: &[
        (Table::MethodDef, 0),
        (Table::Field, 1),
        (Table::TypeRef, 2),
        (Table::TypeDef, 3),
        (Table::Param, 4),
        (Table::MemberRef, 6),
        (Table::Module, 7),
        (Table::ModuleRef, 12),
        (Table::TypeSpec, 13),
        (Table::Assembly, 14),
        (Table::AssemblyRef, 15),
        (Table::GenericParam, 19),
    ],
};
pub(super) const MEMBER_REF_PARENT: Coded = Coded {
    tag_bits: 3,
    tables: &[
        (Table::TypeDef, 0),
        (Table::TypeRef, 1),
        (Table::ModuleRef, 2),
        (Table::MethodDef, 3),
        (Table::TypeSpec, 4),
    ],
};
pub(super) const MEMBER_FORWARDED: Coded = Coded { tag_bits: 1, tables: &[(Table::Field, 0), (Table::MethodDef, 1)] };
pub(super) const CUSTOM_ATTRIBUTE_TYPE: Coded =
    Coded { tag_bits: 3, tables: &[(Table::MethodDef, 2), (Table::MemberRef, 3)] };
pub(super) const RESOLUTION_SCOPE: Coded = Coded {
    tag_bits: 2,
    tables: &[(Table::Module, 0), (Table::ModuleRef, 1), (Table::AssemblyRef, 2), (Table::TypeRef, 3)],
};
pub(super) const TYPE_OR_METHOD_DEF: Coded =
    Coded { tag_bits: 1, tables: &[(Table::TypeDef, 0), (Table::MethodDef, 1)] };

impl Coded {
    /// The encoded form of a row.
    pub fn encode(self, table: Table, row: u32) -> u32 {
        let tag = self.tables.iter().find(|(candidate, _)| *candidate == table);
        let (_, tag) = tag.unwrap_or_else(|| panic!("{table:?} has no tag in this coded index"));
        row << self.tag_bits | tag
    }
}

impl Table {
    pub fn columns(self) -> &'static [Column] {
        match self {
            Table::Module => &[Short, String, Guid, Guid, Guid],
            Table::TypeRef => &[Index(RESOLUTION_SCOPE), String, String],
            Table::TypeDef => &[Word, String, String, Index(TYPE_DEF_OR_REF), Row(Table::Field), Row(Table::MethodDef)],
            Table::Field => &[Short, String, Blob],
            Table::MethodDef => &[Word, Short, Short, String, Blob, Row(Table::Param)],
            Table::Param => &[Short, Short, String],
            Table::MemberRef => &[Index(MEMBER_REF_PARENT), String, Blob],
            Table::CustomAttribute => &[Index(HAS_CUSTOM_ATTRIBUTE), Index(CUSTOM_ATTRIBUTE_TYPE), Blob],
            Table::ClassLayout => &[Short, Word, Row(Table::TypeDef)],
            Table::FieldLayout => &[Word, Row(Table::Field)],
            Table::ModuleRef => &[String],
            Table::TypeSpec => &[Blob],
            Table::ImplMap => &[Short, Index(MEMBER_FORWARDED), String, Row(Table::ModuleRef)],
            Table::Assembly => &[Word, Short, Short, Short, Short, Word, Blob, String, String],
            Table::AssemblyRef => &[Short, Short, Short, Short, Word, Blob, String, String, Blob],
            Table::NestedClass => &[Row(Table::TypeDef), Row(Table::TypeDef)],
            Table::GenericParam => &[Short, Short, Index(TYPE_OR_METHOD_DEF), String],
        }
    }

    /// The column a table must be sorted by, where it must be (II.22).
    pub fn sort_key(self) -> Option<usize> {
        match self {
            Table::CustomAttribute | Table::NestedClass => Some(0),
            Table::FieldLayout | Table::ImplMap => Some(1),
            Table::ClassLayout | Table::GenericParam => Some(2),
            _ => None,
        }
    }
}
