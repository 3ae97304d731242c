//! Helpers of the runtime that compiled code calls through a cell: a table of the format.

/// The helper that `I` thunks call to enter the interpreter.
///
/// The number is known from other readers of the format only; the runtime's header that was read ends one before it.
pub const R2R_TO_INTERPRETER: u32 = 0x118;

/// Every number and its name, in order. The runtime has the prefix `READYTORUN_HELPER_`.
pub const HELPERS: [(u32, &str); 113] = [
    (0x00, "Invalid"),
    (0x01, "Module"),
    (0x02, "GSCookie"),
    (0x03, "IndirectTrapThreads"),
    (0x08, "DelayLoad_MethodCall"),
    (0x10, "DelayLoad_Helper"),
    (0x11, "DelayLoad_Helper_Obj"),
    (0x12, "DelayLoad_Helper_ObjObj"),
    (0x20, "Throw"),
    (0x21, "Rethrow"),
    (0x22, "Overflow"),
    (0x23, "RngChkFail"),
    (0x24, "FailFast"),
    (0x25, "ThrowNullRef"),
    (0x26, "ThrowDivZero"),
    (0x27, "ThrowExact"),
    (0x28, "ThrowArgument"),
    (0x29, "ThrowArgumentOutOfRange"),
    (0x2A, "ThrowPlatformNotSupported"),
    (0x2B, "ThrowNotImplemented"),
    (0x30, "WriteBarrier"),
    (0x31, "CheckedWriteBarrier"),
    (0x32, "ByRefWriteBarrier"),
    (0x33, "BulkWriteBarrier"),
    (0x38, "Stelem_Ref"),
    (0x39, "Ldelema_Ref"),
    (0x3E, "MemZero"),
    (0x3F, "MemSet"),
    (0x40, "NativeMemSet"),
    (0x41, "MemCpy"),
    (0x42, "PInvokeBegin"),
    (0x43, "PInvokeEnd"),
    (0x44, "GCPoll"),
    (0x45, "ReversePInvokeEnter"),
    (0x46, "ReversePInvokeExit"),
    (0x50, "GetString"),
    (0x51, "LogMethodEnter"),
    (0x54, "GetRuntimeTypeHandle"),
    (0x55, "GetRuntimeMethodHandle"),
    (0x56, "GetRuntimeFieldHandle"),
    (0x58, "Box"),
    (0x59, "Box_Nullable"),
    (0x5A, "Unbox"),
    (0x5B, "Unbox_Nullable"),
    (0x5C, "NewMultiDimArr"),
    (0x5D, "Unbox_TypeTest"),
    (0x60, "NewObject"),
    (0x61, "NewArray"),
    (0x62, "CheckCastAny"),
    (0x63, "CheckInstanceAny"),
    (0x64, "GenericGcStaticBase"),
    (0x65, "GenericNonGcStaticBase"),
    (0x66, "GenericGcTlsBase"),
    (0x67, "GenericNonGcTlsBase"),
    (0x68, "VirtualFuncPtr"),
    (0x69, "IsInstanceOfException"),
    (0x6A, "NewMaybeFrozenArray"),
    (0x6B, "NewMaybeFrozenObject"),
    (0xC0, "LMul"),
    (0xC1, "LMulOfv"),
    (0xC2, "ULMulOvf"),
    (0xC3, "LDiv"),
    (0xC4, "LMod"),
    (0xC5, "ULDiv"),
    (0xC6, "ULMod"),
    (0xC7, "LLsh"),
    (0xC8, "LRsh"),
    (0xC9, "LRsz"),
    (0xCA, "Lng2Dbl"),
    (0xCB, "ULng2Dbl"),
    (0xCC, "Div"),
    (0xCD, "Mod"),
    (0xCE, "UDiv"),
    (0xCF, "UMod"),
    (0xD0, "Dbl2Int"),
    (0xD1, "Dbl2IntOvf"),
    (0xD2, "Dbl2Lng"),
    (0xD3, "Dbl2LngOvf"),
    (0xD4, "Dbl2UInt"),
    (0xD5, "Dbl2UIntOvf"),
    (0xD6, "Dbl2ULng"),
    (0xD7, "Dbl2ULngOvf"),
    (0xD8, "Lng2Flt"),
    (0xD9, "ULng2Flt"),
    (0xE0, "DblRem"),
    (0xE1, "FltRem"),
    (0xE2, "DblRound"),
    (0xE3, "FltRound"),
    (0xF0, "PersonalityRoutine"),
    (0xF1, "PersonalityRoutineFilterFunclet"),
    (0xF8, "MonitorEnter"),
    (0xF9, "MonitorExit"),
    (0x100, "WriteBarrier_EAX"),
    (0x101, "WriteBarrier_EBX"),
    (0x102, "WriteBarrier_ECX"),
    (0x103, "WriteBarrier_ESI"),
    (0x104, "WriteBarrier_EDI"),
    (0x105, "WriteBarrier_EBP"),
    (0x106, "CheckedWriteBarrier_EAX"),
    (0x107, "CheckedWriteBarrier_EBX"),
    (0x108, "CheckedWriteBarrier_ECX"),
    (0x109, "CheckedWriteBarrier_ESI"),
    (0x10A, "CheckedWriteBarrier_EDI"),
    (0x10B, "CheckedWriteBarrier_EBP"),
    (0x110, "EndCatch"),
    (0x111, "StackProbe"),
    (0x112, "GetCurrentManagedThreadId"),
    (0x113, "AllocContinuation"),
    (0x114, "AllocContinuationClass"),
    (0x115, "AllocContinuationMethod"),
    (0x116, "InitClass"),
    (0x117, "InitInstClass"),
    (R2R_TO_INTERPRETER, "R2RToInterpreter"),
];

/// Name of a helper; `None` for one that was added later.
pub fn helper_name(number: u32) -> Option<&'static str> {
    let at = HELPERS.binary_search_by_key(&number, |(known, _)| *known).ok()?;
    HELPERS.get(at).map(|(_, name)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn helpers_are_in_order() {
        assert!(HELPERS.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert_eq!(helper_name(R2R_TO_INTERPRETER), Some("R2RToInterpreter"));
        assert_eq!(helper_name(0x08), Some("DelayLoad_MethodCall"));
        assert_eq!(helper_name(0x200), None);
    }
}
