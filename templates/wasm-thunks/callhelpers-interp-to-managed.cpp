// Calls from the interpreter into compiled code, one thunk per signature, found by its key.
//
// The interpreter's arguments are slots on a 16-aligned base. A native callee receives them in the C convention. A
// managed one is called by the thunks whose names end with _PE, through its portable entry point, which it receives as
// the last parameter; its first one is the stack pointer. Structs are returned through an explicit buffer.
//
// This file is merged by blocks, each with a check of its text. Where a merge loses a row, its thunk is unused: an error.

#include <callhelpers.hpp>
#include <minipal/utils.h>
#include <stddef.h>
#include <stdint.h>
// [if: simd]

#ifndef __wasm_simd128__
#error "Some of the signatures below pass 128-bit vectors: compile this file with -msimd128."
#endif
#include <wasm_simd128.h>
// [end]

#pragma GCC diagnostic error "-Wunused-function"

static_assert(INTERP_STACK_SLOT_SIZE == 8, "the thunks load arguments from 8-byte slots");
static_assert(sizeof(void*) == 4 && sizeof(PCODE) == 4, "the signatures are lowered for 32-bit pointers");
static_assert(sizeof(int) == 4 && sizeof(float) == 4 && sizeof(double) == 8, "unexpected size of a C type");
static_assert(TERMINATE_R2R_STACK_WALK == 1, "the stack walk recognizes a frame of native code by this value");

// Slots and results are copied as bytes, since they have no C++ type of their own.
template <typename T>
static inline T LoadArg(const int8_t* pArgs, size_t slot)
{
    T value;
    __builtin_memcpy(&value, __builtin_assume_aligned(pArgs + slot * INTERP_STACK_SLOT_SIZE, alignof(T)), sizeof(T));
    return value;
}

// A struct is passed by the address of its slots.
[[maybe_unused]] static inline int8_t* ArgAddress(int8_t* pArgs, size_t slot)
{
    return pArgs + slot * INTERP_STACK_SLOT_SIZE;
}

template <typename T>
static inline void StoreResult(int8_t* pRet, T value)
{
    constexpr size_t align = alignof(T) < INTERP_STACK_SLOT_SIZE ? alignof(T) : INTERP_STACK_SLOT_SIZE;
    __builtin_memcpy(__builtin_assume_aligned(pRet, align), &value, sizeof(T));
}

// The first word of a portable entry point is the function. The caller passes the address of `frame` as the stack
// pointer: the callee uses the stack below it, and the stack walk reads it and ends there. So `frame`
// must be at the bottom of its own stack frame: it is declared last, and the thunk is never inlined.
[[maybe_unused]] static inline PCODE GetCode(PCODE portableEntryPoint)
{
    PCODE code;
    __builtin_memcpy(&code, __builtin_assume_aligned((const void*)portableEntryPoint, alignof(PCODE)), sizeof(code));
    return code;
} // 00000000

// [rows: thunks]
static void CallFunc_I32_F64_RetI32(PCODE target, int8_t* pArgs, int8_t* pRet)
{
    auto code = (int32_t (*)(int32_t, double))target;
    StoreResult(pRet, code(LoadArg<int32_t>(pArgs, 0), LoadArg<double>(pArgs, 1)));
} // 00000000

NOINLINE static void CallFunc_This_S12_RetVoid_PE(PCODE target, int8_t* pArgs, int8_t*)
{
    auto code = (void (*)(int*, int32_t, int8_t*, PCODE))GetCode(target);
    alignas(16) int frame = TERMINATE_R2R_STACK_WALK;
    code(&frame, LoadArg<int32_t>(pArgs, 0), ArgAddress(pArgs, 1), target);
} // 00000000
// [end]

const StringToWasmSigThunk g_wasmThunks[] = { // 00000000
    // [rows: table]
    { "Miid", (void*)&CallFunc_I32_F64_RetI32 }, // 00000000
    { "MvTS12p", (void*)&CallFunc_This_S12_RetVoid_PE }, // 00000000
    // [end]
    { nullptr, nullptr } // not counted; C++ has no empty arrays
};
const size_t g_wasmThunksCount = sizeof(g_wasmThunks) / sizeof(g_wasmThunks[0]) - 1; // 00000000
