// Reads the interp-to-native table of the contract portable-callhelpers from another object file, which needs it to have external linkage.
#include <callhelpers.hpp>

extern "C" __attribute__((export_name("probe_table"))) const StringToPortableSigThunk* probe_table()
{
    return g_portableCallHelperThunks;
}

extern "C" __attribute__((export_name("probe_count"))) size_t probe_count()
{
    return g_portableCallHelperThunksCount;
}
