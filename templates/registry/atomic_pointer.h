// A pointer that threads share. It uses compiler builtins, because <atomic> needs a C++ library.

#ifndef THUNKGEN_REGISTRY_ATOMIC_POINTER_H
#define THUNKGEN_REGISTRY_ATOMIC_POINTER_H

namespace thunkgen
{

template <class T>
class AtomicPointer
{
public:
    constexpr AtomicPointer() = default;
    AtomicPointer(const AtomicPointer&) = delete;
    AtomicPointer& operator=(const AtomicPointer&) = delete;

    // The caller sees everything that was written before the pointer was published.
    T* Load() const
    {
        return __atomic_load_n(&m_pointer, __ATOMIC_ACQUIRE);
    }

    // Replaces `expected` by `desired`; on failure, `expected` becomes the current pointer.
    bool CompareExchange(T*& expected, T* desired)
    {
        return __atomic_compare_exchange_n(
            &m_pointer, &expected, desired, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
    }

private:
    T* m_pointer = nullptr;
};

// Sets a word that is null; true only for the first caller.
inline bool TrySetOnce(void** word, void* value)
{
    void* expected = nullptr;
    return __atomic_compare_exchange_n(word, &expected, value, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
}

inline bool IsSet(void* const* word)
{
    return __atomic_load_n(word, __ATOMIC_ACQUIRE) != nullptr;
}

} // namespace thunkgen

#endif // THUNKGEN_REGISTRY_ATOMIC_POINTER_H
