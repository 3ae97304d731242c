// The part of the runtime's callhelpers.hpp that generated files use, for compiling them outside of the runtime's
// source tree, in an app's native build. Inside the tree, the runtime's header with this name is used instead.

#ifndef __CALLHELPERS_HPP__
#define __CALLHELPERS_HPP__

#include <stddef.h>
#include <stdint.h>

typedef void MethodDesc; // generated code only passes pointers to it
typedef uintptr_t PCODE;
typedef uint32_t ULONG;

#define INTERP_STACK_SLOT_SIZE 8u // size of a slot on the interpreter's stack

// First word of a native frame that calls managed code: the stack walk ends there, and continues with
// the runtime's explicit frames.
#define TERMINATE_R2R_STACK_WALK 1

// Prints the message and aborts, through the C library's function for `assert`.
extern "C" void __assert_fail(const char* message, const char* file, int line, const char* function)
    __attribute__((noreturn));
#define PORTABILITY_ASSERT(message) __assert_fail(message, __FILE__, __LINE__, __func__)

// The contract wasm-thunks.
struct StringToWasmSigThunk
{
    const char* key;
    void* value;
};

// Declared before they are defined: a const array has internal linkage otherwise.
extern const StringToWasmSigThunk g_wasmThunks[];
extern const size_t g_wasmThunksCount;

// The contract portable-callhelpers, which replaced it.
struct StringToPortableSigThunk
{
    const char* key;
    void* value;
};

extern const StringToPortableSigThunk g_portableCallHelperThunks[];
extern const size_t g_portableCallHelperThunksCount;

// Both contracts.
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
