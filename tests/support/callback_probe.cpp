// Looks in the reverse-thunk table as the runtime does: by hash, then by name.
#include <callhelpers.hpp>

extern "C" int strcmp(const char*, const char*);

extern "C" __attribute__((export_name("probe_callback"))) void* probe_callback(ULONG hash, const char* key)
{
    for (size_t i = 0; i < g_ReverseThunksCount; i++)
    {
        if (g_ReverseThunks[i].hashCode == hash && strcmp(g_ReverseThunks[i].Source, key) == 0)
            return g_ReverseThunks[i].value.EntryPoint;
    }
    return nullptr;
}
