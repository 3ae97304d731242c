// The native part of an app. The functions represent libraries that managed code calls; the exports represent the
// interpreter: they find the thunk of a signature by its key and call through it, with arguments on a stack of slots.
#include <callhelpers.hpp>

static int32_t Scale(int32_t a, int32_t b, double factor)
{
    return (int32_t)((a + b) * factor);
}

struct Box
{
    int64_t low, high;
};

// A struct of 16 bytes is returned through a pointer, and passed by one.
static Box Shift(int32_t by, Box box)
{
    return { box.low + by, box.high - by };
}

static void (*FindThunk(const char* key))(PCODE, int8_t*, int8_t*)
{
    for (size_t i = 0; i < g_wasmThunksCount; i++)
    {
        const char* known = g_wasmThunks[i].key;
        size_t at = 0;
        while (known[at] == key[at] && key[at] != 0)
            at++;
        if (known[at] == key[at])
            return (void (*)(PCODE, int8_t*, int8_t*))g_wasmThunks[i].value;
    }
    return nullptr;
}

extern "C" __attribute__((export_name("thunk_count"))) int32_t ThunkCount()
{
    return (int32_t)g_wasmThunksCount;
}

// The result of Scale, called as the interpreter does; -1 without a thunk.
extern "C" __attribute__((export_name("scale"))) int32_t CallScale(int32_t a, int32_t b, double factor)
{
    alignas(16) int64_t slots[3] = { (uint32_t)a, (uint32_t)b };
    __builtin_memcpy(&slots[2], &factor, sizeof(factor));
    int64_t result = 0;
    auto thunk = FindThunk("Miiid");
    if (thunk == nullptr)
        return -1;
    thunk((PCODE)&Scale, (int8_t*)slots, (int8_t*)&result);
    return (int32_t)result;
}

// The sum of what Shift returns in two fields, weighted so that they cannot be confused.
extern "C" __attribute__((export_name("shift"))) int64_t CallShift(int32_t by, int64_t low, int64_t high)
{
    alignas(16) int64_t slots[3] = { (uint32_t)by, low, high };
    alignas(16) Box result = {};
    auto thunk = FindThunk("MS16iS16");
    if (thunk == nullptr)
        return -1;
    thunk((PCODE)&Shift, (int8_t*)slots, (int8_t*)&result);
    return result.low * 1000 + result.high;
}
