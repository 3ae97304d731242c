//! The kinds of fixup: a table of the format, with what follows the kind in a signature.

/// Kind of the fixup that hands keys and thunks to the runtime.
pub const INJECT_STRING_THUNKS: u8 = 0x39;

/// Set in the first byte of a signature when the number of the module it is about follows.
pub(super) const MODULE_OVERRIDE: u8 = 0x80;

/// What follows the kind, as far as it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FixupPayload {
    /// A type signature, and then perhaps more.
    Type,
    /// A method signature, and then perhaps more.
    Method,
    /// A field signature, and then perhaps more.
    Field,
    /// Row of a MethodDef.
    MethodDef,
    /// Row of a MemberRef.
    MemberRef,
    /// Number of a helper of the runtime.
    Helper,
    /// Index of a user string.
    UserString,
    /// Keys and thunks.
    StringThunks,
    /// Something that is not taken apart here.
    Opaque,
}

/// A kind of fixup.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FixupKind {
    /// First byte of the signature, without the bit for a module.
    pub number: u8,
    /// `READYTORUN_FIXUP_` and this is its name in the runtime.
    pub name: &'static str,
    /// What follows it.
    pub payload: FixupPayload,
}

const fn kind(number: u8, name: &'static str, payload: FixupPayload) -> FixupKind {
    FixupKind { number, name, payload }
}

use FixupPayload::{Field, Helper, MemberRef, Method, MethodDef, Opaque, StringThunks, Type, UserString};

/// Every kind, by number.
pub const FIXUP_KINDS: [FixupKind; 45] = [
    kind(0x07, "ThisObjDictionaryLookup", Opaque),
    kind(0x08, "TypeDictionaryLookup", Opaque),
    kind(0x09, "MethodDictionaryLookup", Opaque),
    kind(0x10, "TypeHandle", Type),
    kind(0x11, "MethodHandle", Method),
    kind(0x12, "FieldHandle", Field),
    kind(0x13, "MethodEntry", Method),
    kind(0x14, "MethodEntry_DefToken", MethodDef),
    kind(0x15, "MethodEntry_RefToken", MemberRef),
    kind(0x16, "VirtualEntry", Method),
    kind(0x17, "VirtualEntry_DefToken", MethodDef),
    kind(0x18, "VirtualEntry_RefToken", MemberRef),
    kind(0x19, "VirtualEntry_Slot", Opaque),
    kind(0x1A, "Helper", Helper),
    kind(0x1B, "StringHandle", UserString),
    kind(0x1C, "NewObject", Type),
    kind(0x1D, "NewArray", Type),
    kind(0x1E, "IsInstanceOf", Type),
    kind(0x1F, "ChkCast", Type),
    kind(0x20, "FieldAddress", Field),
    kind(0x21, "CctorTrigger", Type),
    kind(0x22, "StaticBaseNonGC", Type),
    kind(0x23, "StaticBaseGC", Type),
    kind(0x24, "ThreadStaticBaseNonGC", Type),
    kind(0x25, "ThreadStaticBaseGC", Type),
    kind(0x26, "FieldBaseOffset", Type),
    kind(0x27, "FieldOffset", Field),
    kind(0x28, "TypeDictionary", Type),
    kind(0x29, "MethodDictionary", Method),
    kind(0x2A, "Check_TypeLayout", Type),
    kind(0x2B, "Check_FieldOffset", Opaque),
    kind(0x2C, "DelegateCtor", Method),
    kind(0x2D, "DeclaringTypeHandle", Type),
    kind(0x2E, "IndirectPInvokeTarget", Method),
    kind(0x2F, "PInvokeTarget", Method),
    kind(0x30, "Check_InstructionSetSupport", Opaque),
    kind(0x31, "Verify_FieldOffset", Opaque),
    kind(0x32, "Verify_TypeLayout", Type),
    kind(0x33, "Check_VirtualFunctionOverride", Opaque),
    kind(0x34, "Verify_VirtualFunctionOverride", Opaque),
    kind(0x35, "Check_IL_Body", Opaque),
    kind(0x36, "Verify_IL_Body", Opaque),
    kind(0x37, "ContinuationLayout", Type),
    kind(0x38, "ResumptionStubEntryPoint", Opaque),
    kind(INJECT_STRING_THUNKS, "InjectStringThunks", StringThunks),
];

/// The kind with this number; `None` for one that was added later.
pub(super) fn find(number: u8) -> Option<&'static FixupKind> {
    let at = FIXUP_KINDS.binary_search_by_key(&number, |kind| kind.number).ok()?;
    FIXUP_KINDS.get(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_in_order() {
        assert!(FIXUP_KINDS.windows(2).all(|pair| pair[0].number < pair[1].number));
        assert!(FIXUP_KINDS.iter().all(|kind| kind.number & MODULE_OVERRIDE == 0));
        assert_eq!(find(0x1A).map(|kind| kind.name), Some("Helper"));
        assert_eq!(find(0x3A), None);
    }
}
