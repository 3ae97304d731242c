// The fixup InjectStringThunks of a ReadyToRun image: a byte 0x39, then for every thunk its key, NUL-terminated, and an
// unaligned little-endian u32, then an empty key. The number is relative to the image's code base.

#ifndef THUNKGEN_REGISTRY_STRING_THUNKS_H
#define THUNKGEN_REGISTRY_STRING_THUNKS_H

#include <stddef.h>
#include <stdint.h>

namespace thunkgen
{

// READYTORUN_FIXUP_InjectStringThunks
inline constexpr uint8_t InjectStringThunksKind = 0x39;

// A loaded image. It must stay loaded as long as the registry is used, since keys point into it; nothing is read
// outside its bytes.
struct Image
{
    // RVA 0.
    const uint8_t* bytes;
    size_t size;
    // Base of the numbers in the fixup: on wasm the image's first table index (TableBase in the Webcil header),
    // elsewhere the address of the image.
    uintptr_t codeBase;
};

inline uint32_t ReadU32(const uint8_t* bytes)
{
    return bytes[0] | static_cast<uint32_t>(bytes[1]) << 8 | static_cast<uint32_t>(bytes[2]) << 16
        | static_cast<uint32_t>(bytes[3]) << 24;
}

// Whether code + offset is a valid address.
inline bool CodeAddress(uintptr_t codeBase, uint32_t offset, void** address)
{
    uintptr_t sum;
    if (__builtin_add_overflow(codeBase, static_cast<uintptr_t>(offset), &sum))
    {
        return false;
    }
    *address = reinterpret_cast<void*>(sum);
    return true;
}

// Reads the thunks in order. The bytes are not trusted.
class StringThunkReader
{
public:
    enum class Step
    {
        Thunk,
        // The terminator was read; `Offset` is after it.
        End,
        // The image ends before the terminator.
        Truncated,
    };

    // Starts after the kind byte.
    StringThunkReader(const Image& image, size_t offset)
        : m_image(image)
        , m_offset(offset)
    {
    }

    Step Next()
    {
        size_t end = m_offset;
        while (end < m_image.size && m_image.bytes[end] != 0)
        {
            end++;
        }
        if (end >= m_image.size)
        {
            return Step::Truncated;
        }
        m_keyOffset = m_offset;
        if (end == m_offset)
        {
            m_offset = end + 1;
            return Step::End;
        }
        if (m_image.size - end - 1 < sizeof(uint32_t))
        {
            return Step::Truncated;
        }
        m_relative = ReadU32(m_image.bytes + end + 1);
        m_offset = end + 1 + sizeof(uint32_t);
        return Step::Thunk;
    }

    const char* Key() const
    {
        return reinterpret_cast<const char*>(m_image.bytes) + m_keyOffset;
    }

    // RVA of the key.
    size_t KeyOffset() const
    {
        return m_keyOffset;
    }

    uint32_t Relative() const
    {
        return m_relative;
    }

    size_t Offset() const
    {
        return m_offset;
    }

private:
    const Image& m_image;
    size_t m_offset;
    size_t m_keyOffset = 0;
    uint32_t m_relative = 0;
};

} // namespace thunkgen

#endif // THUNKGEN_REGISTRY_STRING_THUNKS_H
