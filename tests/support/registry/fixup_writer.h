// Writes images for tests: a fixup InjectStringThunks, and an index behind it.
#ifndef THUNKGEN_TESTS_FIXUP_WRITER_H
#define THUNKGEN_TESTS_FIXUP_WRITER_H

#include <stddef.h>
#include <stdint.h>
#include <string_thunks.h>

template <size_t Size>
class FixupWriter
{
public:
    // Where every fixup starts.
    static constexpr size_t Offset = 3;

    FixupWriter()
    {
        for (size_t i = 0; i < Offset; i++)
        {
            Byte(0xCC);
        }
        Byte(thunkgen::InjectStringThunksKind);
    }

    FixupWriter& Thunk(const char* key, uint32_t relative)
    {
        m_rows[2 * m_count] = static_cast<uint32_t>(m_size);
        m_rows[2 * m_count + 1] = relative;
        m_count++;
        do
        {
            Byte(static_cast<uint8_t>(*key));
        } while (*key++ != 0);
        return Word(relative);
    }

    FixupWriter& End()
    {
        Byte(0);
        return *this;
    }

    // Of the thunks as they were written, whether or not that is a proper index.
    FixupWriter& Index()
    {
        while (m_size % 4 != 0)
        {
            Byte(0);
        }
        Word(0x31494B54).Word(m_count);
        for (uint32_t i = 0; i < 2 * m_count; i++)
        {
            Word(m_rows[i]);
        }
        return *this;
    }

    thunkgen::Image Image(uintptr_t codeBase) const
    {
        return { bytes, m_size, codeBase };
    }

    size_t Written() const
    {
        return m_size;
    }

    uint8_t bytes[Size];

private:
    void Byte(uint8_t byte)
    {
        if (m_size >= Size)
        {
            __builtin_trap();
        }
        bytes[m_size++] = byte;
    }

    FixupWriter& Word(uint32_t word)
    {
        for (int shift = 0; shift < 32; shift += 8)
        {
            Byte(static_cast<uint8_t>(word >> shift));
        }
        return *this;
    }

    size_t m_size = 0;
    uint32_t m_count = 0;
    uint32_t m_rows[Size / 3];
};

#endif
