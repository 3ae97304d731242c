// The statically linked native functions that managed code calls by library and entry point name.
//
// Each function is declared once, with the wasm types of its parameters. The names of the declarations are private, so
// that they conflict with neither a keyword nor another declaration of the function; the linker uses the label.
//
// This file is merged by blocks, each with a check of its text. Where a merge declares a function in two ways or loses
// the row of a library, the compiler stops.

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

#ifdef __clang__
#pragma clang diagnostic error "-Wunused-const-variable"
#endif

static_assert(sizeof(void*) == 4, "the signatures are lowered for 32-bit pointers");
static_assert(sizeof(float) == 4 && sizeof(double) == 8, "unexpected size of a C type"); // 00000000

// [rows: prototypes]
extern "C" int32_t p_SystemNative_Read(int32_t, int32_t, int32_t) __asm__("SystemNative_Read"); // 00000000
extern "C" void App_23_wasi_3A_clocks_23_now(void*)
    __attribute__((import_module("wasi:clocks"), import_name("now"))); // 00000000
// [end]

// [rows: entries]
static const Entry s_libSystem_Native[] = { // 00000000
    { "SystemNative_Read", (const void*)&p_SystemNative_Read }, // System.Console, System.Private.CoreLib // 00000000
}; // 00000000

static const Entry s_wasi_3A_clocks[] = { // 00000000
    { "now", (const void*)&App_23_wasi_3A_clocks_23_now }, // App // 00000000
}; // 00000000
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

static const Library s_libraries[] = { // 00000000
    // [rows: libraries]
    { "libSystem.Native", s_libSystem_Native, sizeof(s_libSystem_Native) / sizeof(Entry) }, // 00000000
    { "wasi:clocks", s_wasi_3A_clocks, sizeof(s_wasi_3A_clocks) / sizeof(Entry) }, // 00000000
    // [end]
    { nullptr, nullptr, 0 } // ends the search
};

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
} // 00000000
