// Reads the tables of an object of thunks, which stands beside the generated file of the other contract.
#include <callhelpers.hpp>

// What a runtime that finds thunks into the interpreter in its own module declares.
extern const StringToWasmSigThunk g_wasmGeneratedPortableEntryPointThunks[];
extern const size_t g_wasmGeneratedPortableEntryPointThunksCount;

extern "C" __attribute__((export_name("probe_object_table"))) const StringToPortableSigThunk* probe_object_table()
{
    return g_portableCallHelperThunks;
}

extern "C" __attribute__((export_name("probe_object_count"))) size_t probe_object_count()
{
    return g_portableCallHelperThunksCount;
}

extern "C" __attribute__((export_name("probe_to_interp_table"))) const StringToWasmSigThunk* probe_to_interp_table()
{
    return g_wasmGeneratedPortableEntryPointThunks;
}

extern "C" __attribute__((export_name("probe_to_interp_count"))) size_t probe_to_interp_count()
{
    return g_wasmGeneratedPortableEntryPointThunksCount;
}
