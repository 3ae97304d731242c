// A correct table written by hand: the harness must accept it, and refuse it after any edit that breaks a thunk.
#include <callhelpers.hpp>
#include <minipal/utils.h>

#define SLOT(i) (pArgs + (i) * INTERP_STACK_SLOT_SIZE)
#define I32(i) (*(int32_t*)SLOT(i))
#define I64(i) (*(int64_t*)SLOT(i))
#define F32(i) (*(float*)SLOT(i))
#define F64(i) (*(double*)SLOT(i))

static void Native_I32_F32_S12_F64(PCODE target, int8_t* pArgs, int8_t* pRet)
{
    *(double*)pRet = ((double (*)(int32_t, float, void*, int64_t, double))target)(I32(0), F32(1), SLOT(2), I64(4), F64(5));
}

static void Native_S8_RetS1(PCODE target, int8_t* pArgs, int8_t* pRet)
{
    ((void (*)(int8_t*, void*, int32_t))target)(pRet, SLOT(0), I32(1));
}

NOINLINE static void Managed_This_Async_RetS16(PCODE target, int8_t* pArgs, int8_t* pRet)
{
    alignas(16) int frame = TERMINATE_R2R_STACK_WALK;
    PCODE code = *(PCODE*)target;
    ((void (*)(int*, int32_t, int8_t*, int32_t, int32_t, float, PCODE))code)(&frame, I32(0), pRet, I32(2), 0, F32(3), target);
}

NOINLINE static void Managed_I64_A32_RetI32(PCODE target, int8_t* pArgs, int8_t* pRet)
{
    alignas(16) int frame = TERMINATE_R2R_STACK_WALK;
    PCODE code = *(PCODE*)target;
    *(int32_t*)pRet = ((int32_t (*)(int*, int64_t, void*, PCODE))code)(&frame, I64(0), SLOT(2), target);
}

NOINLINE static void Managed_Void(PCODE target, int8_t*, int8_t*)
{
    alignas(16) int frame = TERMINATE_R2R_STACK_WALK;
    PCODE code = *(PCODE*)target;
    ((void (*)(int*, PCODE))code)(&frame, target);
}

const StringToWasmSigThunk g_wasmThunks[] = {
    { "MS16Tiafp", (void*)&Managed_This_Async_RetS16 },
    { "MS1S8i", (void*)&Native_S8_RetS1 },
    { "MdifS12ld", (void*)&Native_I32_F32_S12_F64 },
    { "MilA32p", (void*)&Managed_I64_A32_RetI32 },
    { "Mvp", (void*)&Managed_Void },
};

const size_t g_wasmThunksCount = sizeof(g_wasmThunks) / sizeof(g_wasmThunks[0]);
