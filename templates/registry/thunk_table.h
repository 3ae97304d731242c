// A table from keys to thunks that never changes after it is published.

#ifndef THUNKGEN_REGISTRY_THUNK_TABLE_H
#define THUNKGEN_REGISTRY_THUNK_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "image_index.h"
#include "keys.h"

namespace thunkgen
{

// A hash table with linear probing, at most half full; or the index of a single image, searched
// in place.
class ThunkTable
{
public:
    // The content of the previous table, if there is one, and room for more. Null if there is no memory, or more keys
    // than fit in a table.
    template <class Platform>
    static ThunkTable* CreateHash(const ThunkTable* previous, size_t more)
    {
        size_t before = previous == nullptr ? 0 : previous->m_count;
        size_t maxCount = more > SIZE_MAX - before ? SIZE_MAX : before + more;
        uint32_t log2Capacity = 2;
        while (log2Capacity < 31 && (static_cast<size_t>(1) << log2Capacity) / 2 < maxCount)
        {
            log2Capacity++;
        }
        size_t capacity = static_cast<size_t>(1) << log2Capacity;
        if (capacity / 2 < maxCount || capacity > (SIZE_MAX - sizeof(ThunkTable)) / sizeof(Row))
        {
            return nullptr;
        }
        void* memory = Platform::Allocate(sizeof(ThunkTable) + capacity * sizeof(Row));
        if (memory == nullptr)
        {
            return nullptr;
        }
        ThunkTable* table = Start(memory, previous);
        table->m_log2Capacity = log2Capacity;
        for (size_t slot = 0; slot < capacity; slot++)
        {
            table->Rows()[slot] = Row{ nullptr, nullptr, 0 };
        }
        if (previous != nullptr)
        {
            table->AddAll(*previous);
        }
        return table;
    }

    template <class Platform>
    static ThunkTable* CreateIndexed(const ThunkTable* previous, const ImageIndex& index)
    {
        void* memory = Platform::Allocate(sizeof(ThunkTable));
        if (memory == nullptr)
        {
            return nullptr;
        }
        ThunkTable* table = Start(memory, previous);
        table->m_index = index;
        table->m_count = index.Count();
        return table;
    }

    // Adds a key unless it exists or the table is full; only before the table is published. The key is not copied.
    bool Add(const char* key, void* thunk)
    {
        return Add(Row{ key, thunk, HashKey(key) });
    }

    // The thunk, or null.
    void* Lookup(const char* key) const
    {
        return m_log2Capacity == 0 ? m_index.Lookup(key) : Rows()[Slot(key, HashKey(key))].thunk;
    }

    uint32_t Count() const
    {
        return m_count;
    }

    // Number of slots of the hash table; 0 for the index of an image.
    size_t Capacity() const
    {
        return m_log2Capacity == 0 ? 0 : static_cast<size_t>(1) << m_log2Capacity;
    }

    // The table that this one replaced, which readers may still use.
    const ThunkTable* Previous() const
    {
        return m_previous;
    }

private:
    struct Row
    {
        const char* key; // null: empty
        void* thunk;
        uint32_t hash;
    };

    static ThunkTable* Start(void* memory, const ThunkTable* previous)
    {
        ThunkTable* table = static_cast<ThunkTable*>(memory);
        table->m_previous = previous;
        table->m_index = ImageIndex();
        table->m_count = 0;
        table->m_log2Capacity = 0;
        return table;
    }

    bool Add(const Row& added)
    {
        Row& row = Rows()[Slot(added.key, added.hash)];
        if (row.key != nullptr || m_count >= Capacity() / 2)
        {
            return false;
        }
        row = added;
        m_count++;
        return true;
    }

    void AddAll(const ThunkTable& other)
    {
        for (uint32_t row = 0; row < other.m_index.Count(); row++)
        {
            Add(other.m_index.Key(row), other.m_index.Thunk(row));
        }
        for (size_t slot = 0; slot < other.Capacity(); slot++)
        {
            if (other.Rows()[slot].key != nullptr)
            {
                Add(other.Rows()[slot]);
            }
        }
    }

    // The slot of the key, or the free slot for it. This ends, because the table is never full.
    size_t Slot(const char* key, uint32_t hash) const
    {
        size_t mask = Capacity() - 1;
        size_t slot = HomeSlot(hash, m_log2Capacity);
        while (Rows()[slot].key != nullptr
            && (Rows()[slot].hash != hash || CompareKeys(Rows()[slot].key, key) != 0))
        {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    Row* Rows()
    {
        return reinterpret_cast<Row*>(this + 1);
    }

    const Row* Rows() const
    {
        return reinterpret_cast<const Row*>(this + 1);
    }

    const ThunkTable* m_previous;
    ImageIndex m_index;
    uint32_t m_count;
    uint32_t m_log2Capacity; // 0: uses the index
};

static_assert(sizeof(ThunkTable) % alignof(void*) == 0, "the rows follow the table");

} // namespace thunkgen

#endif // THUNKGEN_REGISTRY_THUNK_TABLE_H
