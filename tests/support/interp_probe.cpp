// Reads the interp-to-native table from another object file, which needs it to have external linkage.
#include <callhelpers.hpp>

extern "C" __attribute__((export_name("probe_table"))) const StringToWasmSigThunk* probe_table()
{
    return g_wasmThunks;
}

extern "C" __attribute__((export_name("probe_count"))) size_t probe_count()
{
    return g_wasmThunksCount;
}
