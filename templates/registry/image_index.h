// A sorted index that an image may contain for its own thunks, so that no table is built for the first image.
//
// It is after the terminator of the fixup, at the next RVA that is a multiple of 4, where a runtime that does not
// know it never looks: the 4 bytes TKI1, a u32 count, then that many rows of two u32, the RVA of the key and the
// number that follows the key, in the byte order of the keys. It only repeats the content of the fixup.

#ifndef THUNKGEN_REGISTRY_IMAGE_INDEX_H
#define THUNKGEN_REGISTRY_IMAGE_INDEX_H

#include <stddef.h>
#include <stdint.h>

#include "keys.h"
#include "string_thunks.h"

namespace thunkgen
{

class ImageIndex
{
public:
    constexpr ImageIndex() = default;

    // The index after the fixup whose first key is at `offset`. Empty unless there is one that repeats the fixup row
    // by row, in strictly ascending order: then lookups need no further checks.
    static ImageIndex Find(const Image& image, size_t offset)
    {
        StringThunkReader all(image, offset);
        uint32_t count = 0;
        StringThunkReader::Step step;
        while ((step = all.Next()) == StringThunkReader::Step::Thunk)
        {
            count++;
        }
        size_t start = (all.Offset() + 3) / 4 * 4;
        if (step != StringThunkReader::Step::End || start > image.size || image.size - start < HeaderSize
            || ReadU32(image.bytes + start) != Magic || ReadU32(image.bytes + start + 4) != count
            || (image.size - start - HeaderSize) / RowSize < count)
        {
            return ImageIndex();
        }
        ImageIndex index;
        index.m_image = image;
        index.m_rows = image.bytes + start + HeaderSize;
        index.m_count = count;
        return index.Repeats(offset) ? index : ImageIndex();
    }

    uint32_t Count() const
    {
        return m_count;
    }

    const char* Key(uint32_t row) const
    {
        return reinterpret_cast<const char*>(m_image.bytes) + ReadU32(m_rows + row * RowSize);
    }

    void* Thunk(uint32_t row) const
    {
        return reinterpret_cast<void*>(m_image.codeBase + ReadU32(m_rows + row * RowSize + 4));
    }

    // The thunk, or null.
    void* Lookup(const char* key) const
    {
        uint32_t low = 0;
        uint32_t high = m_count;
        while (low < high)
        {
            uint32_t middle = low + (high - low) / 2;
            int order = CompareKeys(key, Key(middle));
            if (order == 0)
            {
                return Thunk(middle);
            }
            if (order < 0)
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }
        return nullptr;
    }

private:
    static constexpr uint32_t Magic = 0x31494B54; // TKI1
    static constexpr size_t HeaderSize = 8;
    static constexpr size_t RowSize = 8;

    bool Repeats(size_t offset) const
    {
        StringThunkReader reader(m_image, offset);
        for (uint32_t row = 0; row < m_count; row++)
        {
            void* thunk;
            if (reader.Next() != StringThunkReader::Step::Thunk || ReadU32(m_rows + row * RowSize) != reader.KeyOffset()
                || ReadU32(m_rows + row * RowSize + 4) != reader.Relative()
                || !CodeAddress(m_image.codeBase, reader.Relative(), &thunk)
                || (row > 0 && CompareKeys(Key(row - 1), reader.Key()) >= 0))
            {
                return false;
            }
        }
        return true;
    }

    Image m_image = { nullptr, 0, 0 };
    const uint8_t* m_rows = nullptr;
    uint32_t m_count = 0;
};

} // namespace thunkgen

#endif // THUNKGEN_REGISTRY_IMAGE_INDEX_H
