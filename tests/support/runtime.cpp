// The few C functions compiled code falls back to, and memory the host may use.
#include <stddef.h>
#include <stdint.h>

// A P/Invoke may have the name of one of these functions; then its definition in the test takes its place.
#define WEAK __attribute__((weak))

extern "C" {

WEAK void* memcpy(void* destination, const void* source, size_t count)
{
    for (size_t i = 0; i < count; i++)
    {
        static_cast<char*>(destination)[i] = static_cast<const char*>(source)[i];
    }
    return destination;
}

WEAK void* memmove(void* destination, const void* source, size_t count)
{
    if (destination < source)
    {
        return memcpy(destination, source, count);
    }
    for (size_t i = count; i-- > 0;)
    {
        static_cast<char*>(destination)[i] = static_cast<const char*>(source)[i];
    }
    return destination;
}

WEAK void* memset(void* destination, int value, size_t count)
{
    for (size_t i = 0; i < count; i++)
    {
        static_cast<char*>(destination)[i] = static_cast<char>(value);
    }
    return destination;
}

WEAK int strcmp(const char* left, const char* right)
{
    while (*left != 0 && *left == *right)
    {
        left++;
        right++;
    }
    return static_cast<unsigned char>(*left) - static_cast<unsigned char>(*right);
}

WEAK size_t strlen(const char* text)
{
    size_t length = 0;
    while (text[length] != 0)
    {
        length++;
    }
    return length;
}

WEAK __attribute__((noreturn)) void __assert_fail(const char*, const char*, int, const char*)
{
    __builtin_trap();
}

// Argument areas, return buffers, entry points and strings of the host live here.
alignas(16) static unsigned char g_arena[64 * 1024];

__attribute__((export_name("probe_arena"))) unsigned char* probe_arena()
{
    return g_arena;
}

__attribute__((export_name("probe_arena_size"))) size_t probe_arena_size()
{
    return sizeof(g_arena);
}

}
