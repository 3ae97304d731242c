// Reads the reverse-thunk table from another object file, which needs it to have external linkage.
#include <callhelpers.hpp>

extern "C" __attribute__((export_name("probe_table"))) const ReverseThunkMapEntry* probe_table()
{
    return g_ReverseThunks;
}

extern "C" __attribute__((export_name("probe_count"))) size_t probe_count()
{
    return g_ReverseThunksCount;
}
