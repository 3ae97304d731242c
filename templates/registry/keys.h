// Keys are NUL-terminated strings of bytes, such as MviS8p.

#ifndef THUNKGEN_REGISTRY_KEYS_H
#define THUNKGEN_REGISTRY_KEYS_H

#include <stdint.h>

namespace thunkgen
{

// djb2-xor, the runtime's own hash of such strings. All keys of the checked-in tables have different hashes, but the
// lowest five bits are only the exclusive or of the letters, regardless of their order: see HomeSlot.
inline uint32_t HashKey(const char* key)
{
    uint32_t hash = 5381;
    for (; *key != 0; key++)
    {
        hash = hash * 33 ^ static_cast<uint8_t>(*key);
    }
    return hash;
}

// The slot among 2^log2Capacity (1 to 31) where the search for a hash starts: the high bits of its product with 2^32
// over the golden ratio, which depend on all of its bits. The low bits would be enough for the checked-in tables; for
// signatures that differ in the order of their parameters, they need 10 probes and the high bits 1.3.
inline uint32_t HomeSlot(uint32_t hash, uint32_t log2Capacity)
{
    return (hash * 0x9E3779B9u) >> (32 - log2Capacity);
}

// Negative, zero or positive, like strcmp.
inline int CompareKeys(const char* left, const char* right)
{
    while (*left == *right && *left != 0)
    {
        left++;
        right++;
    }
    return static_cast<int>(static_cast<uint8_t>(*left)) - static_cast<int>(static_cast<uint8_t>(*right));
}

} // namespace thunkgen

#endif // THUNKGEN_REGISTRY_KEYS_H
