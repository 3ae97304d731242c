// A platform for tests: memory that is counted and can run out, and a lock that must not be entered twice.
#ifndef THUNKGEN_TESTS_COUNTED_PLATFORM_H
#define THUNKGEN_TESTS_COUNTED_PLATFORM_H

#include <stddef.h>
#include <stdint.h>

struct CountedPlatform
{
    class Lock
    {
    public:
        void Enter()
        {
            if (m_held)
            {
                __builtin_trap();
            }
            m_held = true;
        }

        void Leave()
        {
            m_held = false;
        }

    private:
        bool m_held = false;
    };

    static constexpr size_t ArenaSize = 4 * 1024 * 1024;
    alignas(16) inline static uint8_t s_arena[ArenaSize];
    inline static size_t s_used = 0;
    inline static size_t s_live = 0;
    inline static bool s_empty = false;

    // Dirty, and never used again.
    static void* Allocate(size_t size)
    {
        size = (size + 15) / 16 * 16;
        if (s_empty || size > ArenaSize - s_used)
        {
            return nullptr;
        }
        uint8_t* memory = s_arena + s_used;
        for (size_t i = 0; i < size; i++)
        {
            memory[i] = 0xA5;
        }
        s_used += size;
        s_live++;
        return memory;
    }

    static void Free(void*)
    {
        s_live--;
    }

    static void Reset()
    {
        s_used = 0;
        s_live = 0;
        s_empty = false;
    }
};

#endif
