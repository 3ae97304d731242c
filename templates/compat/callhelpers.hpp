// The part of the runtime's callhelpers.hpp that generated files use, for compiling them outside of the runtime's
// source tree, in an app's own native build. Inside the tree the runtime's header of this name is found instead.

#ifndef __CALLHELPERS_HPP__
#define __CALLHELPERS_HPP__

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

// Generated code only carries pointers to method descriptors around.
typedef void MethodDesc;
typedef uintptr_t PCODE;
typedef uint32_t ULONG;

#define INTERP_STACK_SLOT_SIZE 8u // Alignment of each var offset on the interpreter's stack

// First word of a frame that is not ReadyToRun code: the stack walk goes on with the explicit frame chain.
#define TERMINATE_R2R_STACK_WALK 1

#define LF_INTEROP 0
#define LL_INFO1000 0
#define LOG(x) ((void)0)

#define PORTABILITY_ASSERT(message) (fprintf(stderr, "%s\n", (message)), abort())

template <typename T>
inline T VolatileLoad(T const* location)
{
    return *(T const volatile*)location;
}

template <typename T>
inline void VolatileStore(T* location, T value)
{
    *(T volatile*)location = value;
}

struct StringToWasmSigThunk
{
    const char* key;
    void* value;
};

// Declared before they are defined: a const array has internal linkage otherwise.
extern const StringToWasmSigThunk g_wasmThunks[];
extern const size_t g_wasmThunksCount;

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

#endif // __CALLHELPERS_HPP__
