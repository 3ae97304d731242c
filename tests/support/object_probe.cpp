// Reads the table of an object of thunks, which stands beside the generated file of the other contract.
#include <callhelpers.hpp>

extern "C" __attribute__((export_name("probe_object_table"))) const StringToPortableSigThunk* probe_object_table()
{
    return g_portableCallHelperThunks;
}

extern "C" __attribute__((export_name("probe_object_count"))) size_t probe_object_count()
{
    return g_portableCallHelperThunksCount;
}
