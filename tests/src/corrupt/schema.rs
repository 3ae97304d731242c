//! The columns of the metadata tables (ECMA-335 II.22), written down a second time: what reads every cell of a file
//! must not take the reader's word for which cells there are.

use clr_metadata::{CodedIndex, TableId};

/// Number of tables.
pub const TABLES: usize = 0x2D;

/// Columns by table number, one word each: a number of bytes, `s`tring, `g`uid, `b`lob, `@` and a table number, or `/`
/// and a kind of coded index.
pub const COLUMNS: [&str; TABLES] = [
    "2 s g g g",                            // Module
    "/ResolutionScope s s",                 // TypeRef
    "4 s s /TypeDefOrRef @04 @06",          // TypeDef
    "@04",                                  // FieldPtr
    "2 s b",                                // Field
    "@06",                                  // MethodPtr
    "4 2 2 s b @08",                        // MethodDef
    "@08",                                  // ParamPtr
    "2 2 s",                                // Param
    "@02 /TypeDefOrRef",                    // InterfaceImpl
    "/MemberRefParent s b",                 // MemberRef
    "2 /HasConstant b",                     // Constant
    "/HasCustomAttribute /AttributeType b", // CustomAttribute
    "/HasFieldMarshal b",                   // FieldMarshal
    "2 /HasDeclSecurity b",                 // DeclSecurity
    "2 4 @02",                              // ClassLayout
    "4 @04",                                // FieldLayout
    "b",                                    // StandAloneSig
    "@02 @14",                              // EventMap
    "@14",                                  // EventPtr
    "2 s /TypeDefOrRef",                    // Event
    "@02 @17",                              // PropertyMap
    "@17",                                  // PropertyPtr
    "2 s b",                                // Property
    "2 @06 /HasSemantics",                  // MethodSemantics
    "@02 /MethodDefOrRef /MethodDefOrRef",  // MethodImpl
    "s",                                    // ModuleRef
    "b",                                    // TypeSpec
    "2 /MemberForwarded s @1a",             // ImplMap
    "4 @04",                                // FieldRva
    "4 4",                                  // EncLog
    "4",                                    // EncMap
    "4 2 2 2 2 4 b s s",                    // Assembly
    "4",                                    // AssemblyProcessor
    "4 4 4",                                // AssemblyOs
    "2 2 2 2 4 b s s b",                    // AssemblyRef
    "4 @23",                                // AssemblyRefProcessor
    "4 4 4 @23",                            // AssemblyRefOs
    "4 s b",                                // File
    "4 4 s s /Implementation",              // ExportedType
    "4 4 s /Implementation",                // ManifestResource
    "@02 @02",                              // NestedClass
    "2 2 /TypeOrMethodDef s",               // GenericParam
    "/MethodDefOrRef b",                    // MethodSpec
    "@2a /TypeDefOrRef",                    // GenericParamConstraint
];

/// A kind of coded index: the reader's name, tag bits, and table numbers by tag (0xFF is unused).
pub struct Coded {
    /// For the reader.
    pub kind: CodedIndex,
    /// Number of tag bits.
    pub bits: u32,
    /// Table numbers by tag.
    pub tables: &'static [u8],
}

/// The kind of coded index a column word names.
pub fn coded(word: &str) -> Coded {
    use CodedIndex as C;
    let (kind, bits, tables): (_, _, &[u8]) = match word {
        "/TypeDefOrRef" => (C::TypeDefOrRef, 2, &[0x02, 0x01, 0x1B]),
        "/HasConstant" => (C::HasConstant, 2, &[0x04, 0x08, 0x17]),
        "/HasCustomAttribute" => {
            let tables: &[u8] = &[
                0x06, 0x04, 0x01, 0x02, 0x08, 0x09, 0x0A, 0x00, 0x0E, 0x17, 0x14, 0x11, 0x1A, 0x1B, 0x20, 0x23, 0x26,
                0x27, 0x28, 0x2A, 0x2C, 0x2B,
            ];
            (C::HasCustomAttribute, 5, tables)
        }
        "/HasFieldMarshal" => (C::HasFieldMarshal, 1, &[0x04, 0x08]),
        "/HasDeclSecurity" => (C::HasDeclSecurity, 2, &[0x02, 0x06, 0x20]),
        "/MemberRefParent" => (C::MemberRefParent, 3, &[0x02, 0x01, 0x1A, 0x06, 0x1B]),
        "/HasSemantics" => (C::HasSemantics, 1, &[0x14, 0x17]),
        "/MethodDefOrRef" => (C::MethodDefOrRef, 1, &[0x06, 0x0A]),
        "/MemberForwarded" => (C::MemberForwarded, 1, &[0x04, 0x06]),
        "/Implementation" => (C::Implementation, 2, &[0x26, 0x23, 0x27]),
        "/AttributeType" => (C::CustomAttributeType, 3, &[0xFF, 0xFF, 0x06, 0x0A, 0xFF]),
        "/ResolutionScope" => (C::ResolutionScope, 2, &[0x00, 0x1A, 0x23, 0x01]),
        "/TypeOrMethodDef" => (C::TypeOrMethodDef, 1, &[0x02, 0x06]),
        _ => panic!("no kind of coded index: {word}"),
    };
    Coded { kind, bits, tables }
}

/// The reader's name of a table.
pub fn table(number: usize) -> TableId {
    TableId::from_number(number as u8).expect("every number below 0x2D is a table")
}
