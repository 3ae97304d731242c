// What the registry needs from the runtime that embeds it: memory and a lock. A runtime passes its own class
// with the same members as the template parameter `Platform`.

#ifndef THUNKGEN_REGISTRY_PLATFORM_H
#define THUNKGEN_REGISTRY_PLATFORM_H

#include <stddef.h>

namespace thunkgen
{

// Held for a few instructions, or while the waiting entry points are visited. It spins, because the main thread of a
// browser must not block; without threads it costs two stores.
class SpinLock
{
public:
    constexpr SpinLock() = default;
    SpinLock(const SpinLock&) = delete;
    SpinLock& operator=(const SpinLock&) = delete;

    void Enter()
    {
        while (__atomic_exchange_n(&m_held, true, __ATOMIC_ACQUIRE))
        {
            while (__atomic_load_n(&m_held, __ATOMIC_RELAXED))
            {
#if defined(__x86_64__) || defined(__i386__)
                __builtin_ia32_pause();
#endif
            }
        }
    }

    void Leave()
    {
        __atomic_store_n(&m_held, false, __ATOMIC_RELEASE);
    }

private:
    bool m_held = false;
};

// The C library's allocator and a spin lock.
struct DefaultPlatform
{
    using Lock = SpinLock;

    // Null if there is no memory; aligned for pointers.
    static void* Allocate(size_t size)
    {
        return __builtin_malloc(size);
    }

    static void Free(void* memory)
    {
        __builtin_free(memory);
    }
};

template <class Lock>
class LockHolder
{
public:
    explicit LockHolder(Lock& lock)
        : m_lock(lock)
    {
        m_lock.Enter();
    }

    ~LockHolder()
    {
        m_lock.Leave();
    }

    LockHolder(const LockHolder&) = delete;
    LockHolder& operator=(const LockHolder&) = delete;

private:
    Lock& m_lock;
};

} // namespace thunkgen

#endif // THUNKGEN_REGISTRY_PLATFORM_H
