// A correct reverse-thunk table written by hand; see interp.cpp.
#include <callhelpers.hpp>
#include <string.h>

extern "C" void LookupUnmanagedCallersOnlyMethodByName(const char* fullQualifiedTypeName, const char* methodName, MethodDesc** ppMD);
extern "C" void ExecuteInterpretedMethodFromUnmanaged(MethodDesc* pMD, int8_t* args, size_t argSize, int8_t* ret, PCODE callerIp);

static MethodDesc* MD_Tick;
static void Call_Tick()
{
    if (MD_Tick == nullptr)
    {
        LookupUnmanagedCallersOnlyMethodByName("Sample.Clock, Sample", "Tick", &MD_Tick);
    }
    ExecuteInterpretedMethodFromUnmanaged(MD_Tick, nullptr, 0, nullptr, (PCODE)&Call_Tick);
}

static MethodDesc* MD_Mix;
static double Call_Mix(int32_t first, float second, const void* third, int64_t fourth, const void* fifth)
{
    alignas(16) int64_t args[8] = {};
    memcpy(&args[0], &first, 4);
    memcpy(&args[1], &second, 4);
    memcpy(&args[2], third, 12);
    memcpy(&args[4], &fourth, 8);
    memcpy(&args[6], fifth, 16);
    if (MD_Mix == nullptr)
    {
        LookupUnmanagedCallersOnlyMethodByName("Sample.Outer+Inner, Sample", "Mix", &MD_Mix);
    }
    double result = 0;
    ExecuteInterpretedMethodFromUnmanaged(MD_Mix, (int8_t*)args, sizeof(args), (int8_t*)&result, (PCODE)&Call_Mix);
    return result;
}

extern "C" double sample_mix(int32_t first, float second, const void* third, int64_t fourth, const void* fifth)
{
    return Call_Mix(first, second, third, fourth, fifth);
}

static MethodDesc* MD_Make;
static void Call_Make(int8_t* ret, const void* first)
{
    alignas(16) int64_t args[1] = {};
    memcpy(&args[0], first, 3);
    if (MD_Make == nullptr)
    {
        LookupUnmanagedCallersOnlyMethodByName("Sample.Maker, Sample", "Make", &MD_Make);
    }
    ExecuteInterpretedMethodFromUnmanaged(MD_Make, (int8_t*)args, sizeof(args), ret, (PCODE)&Call_Make);
}

static MethodDesc* MD_Count;
static int32_t Call_Count()
{
    if (MD_Count == nullptr)
    {
        LookupUnmanagedCallersOnlyMethodByName("Sample.Maker, Sample", "Count", &MD_Count);
    }
    int64_t result = 0;
    ExecuteInterpretedMethodFromUnmanaged(MD_Count, nullptr, 0, (int8_t*)&result, (PCODE)&Call_Count);
    return (int32_t)result;
}

const ReverseThunkMapEntry g_ReverseThunks[] = {
    { 1961158879u, "Count#0:Sample:Sample:Maker", { &MD_Count, (void*)&Call_Count } },
    { 404380415u, "Make#1:Sample:Sample:Maker", { &MD_Make, (void*)&Call_Make } },
    { 940242381u, "Mix#5:Sample::Inner", { &MD_Mix, (void*)&Call_Mix } },
    { 3873994033u, "Tick#0:Sample:Sample:Clock", { &MD_Tick, (void*)&Call_Tick } },
};

const size_t g_ReverseThunksCount = sizeof(g_ReverseThunks) / sizeof(g_ReverseThunks[0]);
