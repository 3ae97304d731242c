// The part of the runtime's callhelpers.hpp that generated files use, for wasm32 without a runtime or a C library.
#ifndef THUNKGEN_TESTS_CALLHELPERS_HPP
#define THUNKGEN_TESTS_CALLHELPERS_HPP

#include <stddef.h>
#include <stdint.h>

typedef void MethodDesc;
typedef uintptr_t PCODE;
typedef uint32_t ULONG;

#define INTERP_STACK_SLOT_SIZE 8u
#define TERMINATE_R2R_STACK_WALK 1

#define LF_INTEROP 0
#define LL_INFO1000 0
#define LOG(x)
#define PORTABILITY_ASSERT(message) __builtin_trap()

struct StringToWasmSigThunk
{
    const char* key;
    void* value;
};

extern const StringToWasmSigThunk g_wasmThunks[];
extern const size_t g_wasmThunksCount;

struct StringToPortableSigThunk
{
    const char* key;
    void* value;
};

extern const StringToPortableSigThunk g_portableCallHelperThunks[];
extern const size_t g_portableCallHelperThunksCount;

struct ReverseThunkMapValue
{
    MethodDesc** Target;
    void* EntryPoint;
};

struct ReverseThunkMapEntry
{
    ULONG hashCode;
    const char* Source;
    ReverseThunkMapValue value;
};

extern const ReverseThunkMapEntry g_ReverseThunks[];
extern const size_t g_ReverseThunksCount;

#endif
