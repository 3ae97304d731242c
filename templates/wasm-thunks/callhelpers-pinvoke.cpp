// The statically linked native functions that managed code calls by library and entry point name.

#include <callhelpers.hpp>
#include <minipal/entrypoints.h>
#include <stddef.h>
#include <stdint.h>
// [if: simd]

#ifndef __wasm_simd128__
#error "Some of the functions below take 128-bit vectors: compile this file with -msimd128."
#endif
#include <wasm_simd128.h>
// [end]

static_assert(sizeof(void*) == 4, "the signatures are lowered for 32-bit pointers");
static_assert(sizeof(float) == 4 && sizeof(double) == 8, "unexpected size of a C type");

// Each function is declared once, with the wasm types of its parameters. The names of the declarations are private, so
// that they conflict with neither a keyword nor another declaration of the function; the linker uses the label.

// [rows: prototypes]
extern "C" int32_t p_SystemNative_Read(int32_t, int32_t, int32_t) __asm__("SystemNative_Read");
extern "C" void App_23_wasi_3A_clocks_23_now(void*)
    __attribute__((import_module("wasi:clocks"), import_name("now")));
// [end]

// [rows: entries]
static const Entry s_libSystem_Native[] = {
    { "SystemNative_Read", (const void*)&p_SystemNative_Read }, // System.Console, System.Private.CoreLib
};

static const Entry s_wasi_3A_clocks[] = {
    { "now", (const void*)&App_23_wasi_3A_clocks_23_now }, // App
};
// [end]

namespace
{
    struct Library
    {
        const char* name;
        const Entry* entries;
        size_t count;
    };
}

static const Library s_libraries[] = {
    // [rows: libraries]
    { "libSystem.Native", s_libSystem_Native, sizeof(s_libSystem_Native) / sizeof(Entry) },
    { "wasi:clocks", s_wasi_3A_clocks, sizeof(s_wasi_3A_clocks) / sizeof(Entry) },
    // [end]
    { nullptr, nullptr, 0 } // ends the search
};
// [rows: length]
static_assert(sizeof(s_libraries) / sizeof(Library) - 1 == 2, "rows were added or lost by hand");
// [end]

const void* callhelpers_pinvoke_override(const char* library_name, const char* entry_point_name);

// The address of the function, or null if it is not statically linked.
const void* callhelpers_pinvoke_override(const char* library_name, const char* entry_point_name)
{
    for (const Library* library = s_libraries; library->name != nullptr; library++)
    {
        if (__builtin_strcmp(library->name, library_name) == 0)
            return minipal_resolve_dllimport(library->entries, library->count, entry_point_name);
    }
    return nullptr;
}
