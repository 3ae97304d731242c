// Calls from native code into interpreted methods: a function for each method with UnmanagedCallersOnlyAttribute. The
// runtime finds the function by the method's key and uses it as the method's address.
//
// This file is merged by blocks, each with a check of its text. Where a merge loses the row of a function or defines a
// method twice, the compiler stops.

#include <callhelpers.hpp>
#include <stddef.h>
#include <stdint.h>
// [if: simd]

#ifndef __wasm_simd128__
#error "Some of the methods below take 128-bit vectors: compile this file with -msimd128."
#endif
#include <wasm_simd128.h>
// [end]

#pragma GCC diagnostic error "-Wunused-function"

extern "C" void LookupUnmanagedCallersOnlyMethodByName(
    const char* fullQualifiedTypeName, const char* methodName, MethodDesc** ppMD);
extern "C" void ExecuteInterpretedMethodFromUnmanaged(
    MethodDesc* pMD, int8_t* args, size_t argSize, int8_t* ret, PCODE callerIp);

static_assert(INTERP_STACK_SLOT_SIZE == 8 && sizeof(int64_t) == 8, "the arguments are stored in 8-byte slots");
static_assert(sizeof(void*) == 4 && sizeof(PCODE) == 4, "the signatures are lowered for 32-bit pointers");
static_assert(sizeof(float) == 4 && sizeof(double) == 8, "unexpected size of a C type");

// Arguments and results are copied as bytes, never converted. The slots are initialized to zero, so the upper half of a
// 32-bit argument and what follows a struct are zero too.
template <typename T>
static inline void StoreArg(int64_t* args, size_t slot, T value)
{
    __builtin_memcpy(args + slot, &value, sizeof(value));
}

[[maybe_unused]] static inline void StoreStruct(int64_t* args, size_t slot, const void* value, size_t size)
{
    __builtin_memcpy(args + slot, value, size);
}

template <typename T>
static inline T LoadResult(const int64_t* result)
{
    T value;
    __builtin_memcpy(&value, result, sizeof(value));
    return value;
}

// Runs the method, which is looked up by name before its first call. `result` has at least 8 bytes.
[[maybe_unused]] static void RunMethod(MethodDesc** ppMD, const char* typeName, const char* methodName, int64_t* args,
    size_t argSize, void* result, PCODE callerIp)
{
    if (*ppMD == nullptr)
    {
        LookupUnmanagedCallersOnlyMethodByName(typeName, methodName, ppMD);
        if (*ppMD == nullptr)
            __builtin_trap(); // reading through null does not trap in wasm
    }
    ExecuteInterpretedMethodFromUnmanaged(*ppMD, (int8_t*)args, argSize, (int8_t*)result, callerIp);
} // 00000000

// [rows: callbacks]
static MethodDesc* MD_App_App_Callbacks_Compare_2;
static int32_t Call_App_App_Callbacks_Compare_I32_F32_RetI32(int32_t arg0, float arg1)
{
    alignas(16) int64_t args[2] = {};
    StoreArg(args, 0, arg0);
    StoreArg(args, 1, arg1);
    int64_t result[1] = {};
    RunMethod(&MD_App_App_Callbacks_Compare_2, "App.Callbacks, App", "Compare", args, sizeof(args), result,
        (PCODE)&Call_App_App_Callbacks_Compare_I32_F32_RetI32);
    return LoadResult<int32_t>(result);
} // 00000000

extern "C" int32_t Export_app_compare(int32_t, float) __asm__("app_compare")
    __attribute__((export_name("app_compare")));
extern "C" int32_t Export_app_compare(int32_t arg0, float arg1)
{
    return Call_App_App_Callbacks_Compare_I32_F32_RetI32(arg0, arg1);
} // 00000000
// [end]

const ReverseThunkMapEntry g_ReverseThunks[] = { // 00000000
    // [rows: table]
    { 2337540659u, "Compare#2:App:App:Callbacks", { &MD_App_App_Callbacks_Compare_2,
        (void*)&Call_App_App_Callbacks_Compare_I32_F32_RetI32 } }, // 00000000
    // [end]
    { 0, nullptr, { nullptr, nullptr } } // not counted; C++ has no empty arrays
};
const size_t g_ReverseThunksCount = sizeof(g_ReverseThunks) / sizeof(g_ReverseThunks[0]) - 1; // 00000000
