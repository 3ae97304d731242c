// A runtime as far as thunks go: the linked table in a registry, images handed to it as they are loaded, entry points
// that wait. The rest of the runtime is the test.
#include <callhelpers.hpp>
#include <thunk_registry.h>

using namespace thunkgen;

#define EXPORT(name) extern "C" __attribute__((export_name(#name)))

// There is no C library. What a runtime would get back is given away.
extern "C" void* malloc(size_t size)
{
    alignas(16) static uint8_t heap[1024 * 1024];
    static size_t used = 0;
    size = (size + 15) / 16 * 16;
    if (size > sizeof(heap) - used)
    {
        return nullptr;
    }
    used += size;
    return heap + used - size;
}

extern "C" void free(void*)
{
}

static ThunkRegistry<> g_registry;

EXPORT(registry_start) bool registry_start()
{
    return g_registry.AddStatic(g_wasmThunks, g_wasmThunksCount);
}

static InjectResult g_result;

// The fixup at `fixup` of a loaded image is processed.
EXPORT(registry_inject) InjectStatus registry_inject(const uint8_t* payload, size_t size, const uint8_t* fixup)
{
    constexpr size_t TableBaseOffset = 28; // in the Webcil header, version 1
    Image image = { payload, size, ReadU32(payload + TableBaseOffset) };
    g_result = g_registry.Inject(image, static_cast<size_t>(fixup - payload));
    return g_result.status;
}

EXPORT(registry_added) size_t registry_added()
{
    return g_result.added;
}

EXPORT(registry_resolved) size_t registry_resolved()
{
    return g_result.resolved;
}

EXPORT(registry_thunk) void* registry_thunk(const char* key)
{
    return g_registry.Lookup(key).thunk;
}

EXPORT(registry_source) ThunkSource registry_source(const char* key)
{
    return g_registry.Lookup(key).source;
}

EXPORT(registry_searches_image) bool registry_searches_image()
{
    return g_registry.InjectedTable() != nullptr && g_registry.InjectedTable()->Capacity() == 0;
}

static PendingOwner g_owners[2];

// An entry point whose code is to be the thunk.
struct Method
{
    void* code = nullptr;
    PendingThunk pending;
};

static Method g_methods[8];

EXPORT(registry_wait) AddPending registry_wait(size_t owner, const char* key, size_t method)
{
    g_methods[method].pending.target = &g_methods[method].code;
    return g_registry.AddPendingThunk(g_owners[owner], key, g_methods[method].pending);
}

EXPORT(registry_recycle) bool registry_recycle(size_t method)
{
    bool waited = g_registry.RemovePendingThunk(g_methods[method].pending);
    g_methods[method].code = nullptr;
    return waited;
}

EXPORT(registry_drop) size_t registry_drop(size_t owner)
{
    return g_registry.RemovePendingOwner(g_owners[owner]);
}

EXPORT(registry_code) void* registry_code(size_t method)
{
    return g_methods[method].code;
}

EXPORT(registry_waiting) size_t registry_waiting()
{
    return g_registry.PendingCount();
}
