// A correct P/Invoke table written by hand; see interp.cpp.
#include <minipal/entrypoints.h>
#include <stdint.h>
#include <string.h>

extern "C" int32_t p_read(int32_t, int64_t) __asm__("Lib_Read");
extern "C" void p_delete(void*, double) __asm__("delete");
extern "C" float p_dotted(float) __asm__("Lib.Dotted+Name");
extern "C" __attribute__((import_module("wasi:io/poll@0.2.8"), import_name("[method]poll"))) int32_t p_poll(int32_t) __asm__("Sample_poll");

static const Entry s_libOne[] = {
    { "Lib.Dotted+Name", (const void*)&p_dotted },
    { "Lib_Read", (const void*)&p_read },
};

static const Entry s_libTwo[] = {
    { "Lib_Read", (const void*)&p_read },
    { "delete", (const void*)&p_delete },
};

static const Entry s_poll[] = {
    { "[method]poll", (const void*)&p_poll },
};

static const struct
{
    const char* name;
    const Entry* entries;
    size_t count;
} s_tables[] = {
    { "libOne", s_libOne, 2 },
    { "libTwo", s_libTwo, 2 },
    { "wasi:io/poll@0.2.8", s_poll, 1 },
};

extern const void* callhelpers_pinvoke_override(const char* library_name, const char* entry_point_name);

const void* callhelpers_pinvoke_override(const char* library_name, const char* entry_point_name)
{
    for (const auto& table : s_tables)
    {
        if (strcmp(table.name, library_name) == 0)
        {
            return minipal_resolve_dllimport(table.entries, table.count, entry_point_name);
        }
    }
    return nullptr;
}
