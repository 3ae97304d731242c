//! The hash under which the runtime finds a reverse thunk.

/// djb2 with xor over UTF-16 code units, as the runtime hashes its strings: h = 5381, then h = (h * 33) xor unit.
///
/// ```
/// use thunkgen_core::emit::reverse_hash::reverse_hash;
/// assert_eq!(reverse_hash("RunFinalizers#0:System.Private.CoreLib:System:GC"), 4273572779);
/// ```
pub fn reverse_hash(key: &str) -> u32 {
    key.encode_utf16().fold(5381, |hash: u32, unit| hash.wrapping_mul(33) ^ u32::from(unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    // Rows of the runtime's checked-in tables.
    #[test]
    fn rows_of_the_runtimes_tables() {
        for (hash, key) in [
            (3863938719, "<RegisterNoGCRegionCallback>g__Callback|72_0#1:System.Private.CoreLib:System:GC"),
            (1336557534, "BackgroundJobHandler#0:System.Private.CoreLib:System.Threading:ThreadPool"),
            (1361004804, "CallClassConstructor#3:System.Private.CoreLib:System.Runtime.CompilerServices:InitHelpers"),
            (4077371982, "Callback#7:System.Private.CoreLib:System.Diagnostics.Tracing:EventPipeEventProvider"),
            (1007743593, "ScheduleFinalization#0:System.Private.CoreLib:System.Threading:WasiFinalizerScheduler"),
            (2854474997, "InvokeFunction#1:System.Private.CoreLib:System.Diagnostics:Debugger"),
            (167179540, "TimerHandler#0:System.Private.CoreLib:System.Threading:TimerQueue"),
        ] {
            assert_eq!(reverse_hash(key), hash, "{key}");
        }
    }

    #[test]
    fn code_units_not_bytes_and_not_characters() {
        assert_eq!(reverse_hash("é"), (5381 * 33) ^ 0xe9);
        assert_eq!(reverse_hash("😀"), (((5381 * 33) ^ 0xd83d) * 33) ^ 0xde00);
    }
}
