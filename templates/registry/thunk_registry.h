// Thunks by key, from two sources: the tables linked into the runtime, and ReadyToRun images as they are loaded.
//
// Readers take no lock. A table is never changed: an injection builds a larger one, publishes it, and keeps the old one
// for readers that still use it. The linked tables win over images, and earlier images over later ones,
// so a key that was found once always has the same thunk.

#ifndef THUNKGEN_REGISTRY_THUNK_REGISTRY_H
#define THUNKGEN_REGISTRY_THUNK_REGISTRY_H

#include <stddef.h>
#include <stdint.h>

#include "atomic_pointer.h"
#include "image_index.h"
#include "pending_thunks.h"
#include "platform.h"
#include "string_thunks.h"
#include "thunk_table.h"

namespace thunkgen
{

enum class ThunkSource
{
    None,
    Static,
    Injected,
};

struct FoundThunk
{
    void* thunk; // null: not found
    ThunkSource source;
};

enum class InjectStatus
{
    Done,
    // Nothing was added in the following cases.
    // There is no 0x39 at the offset.
    NotStringThunks,
    // The image ends before the terminator.
    Truncated,
    // Its code base is 0, as in an unpatched Webcil header: every thunk would be a wrong function.
    NoCodeBase,
    // The code base plus a number of the fixup is not a valid address.
    OutOfRange,
    OutOfMemory,
};

struct InjectResult
{
    InjectStatus status;
    // Number of new keys.
    size_t added;
    // Number of waiting entry points that got their thunk.
    size_t resolved;
};

enum class IndexUse
{
    // The first image with an index is searched in place.
    WhereFound,
    Never,
};

// Needs no initialization and no teardown if it is a global variable.
template <class Platform = DefaultPlatform>
class ThunkRegistry
{
public:
    constexpr ThunkRegistry() = default;
    ThunkRegistry(const ThunkRegistry&) = delete;
    ThunkRegistry& operator=(const ThunkRegistry&) = delete;

    // Adds rows of a linked table, each with a `key` and a `value`. Call this at startup, before anything is looked
    // up. The first of several rows with the same key wins. False if there is no memory.
    template <class Row>
    bool AddStatic(const Row* rows, size_t count)
    {
        size_t added;
        return Publish(m_static, &added, [&](auto use) {
            for (size_t row = 0; row < count; row++)
            {
                use(rows[row].key, rows[row].value);
            }
        });
    }

    // May be called by any thread at any time.
    FoundThunk Lookup(const char* key) const
    {
        void* thunk = LookupIn(m_static, key);
        if (thunk != nullptr)
        {
            return { thunk, ThunkSource::Static };
        }
        thunk = LookupIn(m_injected, key);
        return { thunk, thunk == nullptr ? ThunkSource::None : ThunkSource::Injected };
    }

    // Adds the thunks of the fixup whose kind byte is at `offset` in a loaded image, all or none, and sets those that
    // entry points were waiting for. May be called by any thread at any time, and repeatedly for an image.
    InjectResult Inject(const Image& image, size_t offset, IndexUse indexUse = IndexUse::WhereFound)
    {
        InjectResult result = { Check(image, offset), 0, 0 };
        if (result.status != InjectStatus::Done)
        {
            return result;
        }
        bool isDone = (indexUse == IndexUse::WhereFound && PublishIndex(image, offset + 1, &result.added))
            || Publish(m_injected, &result.added, [&](auto use) {
                   StringThunkReader reader(image, offset + 1);
                   while (reader.Next() == StringThunkReader::Step::Thunk)
                   {
                       use(reader.Key(), reinterpret_cast<void*>(image.codeBase + reader.Relative()));
                   }
               });
        if (!isDone)
        {
            result.status = InjectStatus::OutOfMemory;
        }
        else if (result.added > 0)
        {
            result.resolved = ResolvePending();
        }
        return result;
    }

    // Sets the thunk of an entry point, now or when an image adds it; the key must stay valid until then.
    AddPending AddPendingThunk(PendingOwner& owner, const char* key, PendingThunk& entry)
    {
        return m_pending.Add(owner, key, entry, Finder{ this });
    }

    // Call this before a descriptor is released or reused.
    bool RemovePendingThunk(PendingThunk& entry)
    {
        return m_pending.Remove(entry);
    }

    // Call this before an owner is freed; it cannot be added again.
    size_t RemovePendingOwner(PendingOwner& owner)
    {
        return m_pending.RemoveOwner(owner);
    }

    // Every injection does this; call it only after rows were added while entry points wait.
    size_t ResolvePending()
    {
        return m_pending.Resolve(Finder{ this });
    }

    size_t PendingCount()
    {
        return m_pending.Count();
    }

    // The current tables; null before the first row. For tests and tools.
    const ThunkTable* StaticTable() const
    {
        return m_static.Load();
    }

    const ThunkTable* InjectedTable() const
    {
        return m_injected.Load();
    }

    // Frees all tables, when no other thread uses the registry any more. A runtime never calls this.
    void FreeTables()
    {
        Free(m_static);
        Free(m_injected);
    }

private:
    using Table = AtomicPointer<const ThunkTable>;

    struct Finder
    {
        const ThunkRegistry* registry;

        void* operator()(const char* key) const
        {
            return registry->Lookup(key).thunk;
        }
    };

    static void* LookupIn(const Table& head, const char* key)
    {
        const ThunkTable* table = head.Load();
        return table == nullptr ? nullptr : table->Lookup(key);
    }

    // Reads the whole fixup before any part of it is used.
    static InjectStatus Check(const Image& image, size_t offset)
    {
        if (offset >= image.size || image.bytes[offset] != InjectStringThunksKind)
        {
            return InjectStatus::NotStringThunks;
        }
        if (image.codeBase == 0)
        {
            return InjectStatus::NoCodeBase;
        }
        StringThunkReader reader(image, offset + 1);
        while (true)
        {
            switch (reader.Next())
            {
            case StringThunkReader::Step::Truncated:
                return InjectStatus::Truncated;
            case StringThunkReader::Step::End:
                return InjectStatus::Done;
            case StringThunkReader::Step::Thunk:
                void* thunk;
                if (!CodeAddress(image.codeBase, reader.Relative(), &thunk))
                {
                    return InjectStatus::OutOfRange;
                }
            }
        }
    }

    // Only if there is no table yet.
    bool PublishIndex(const Image& image, size_t offset, size_t* added)
    {
        const ThunkTable* seen = m_injected.Load();
        if (seen != nullptr)
        {
            return false;
        }
        ImageIndex index = ImageIndex::Find(image, offset);
        ThunkTable* made = index.Count() == 0 ? nullptr : ThunkTable::CreateIndexed<Platform>(nullptr, index);
        if (made == nullptr)
        {
            return false;
        }
        if (!m_injected.CompareExchange(seen, made))
        {
            Platform::Free(made);
            return false;
        }
        *added = index.Count();
        return true;
    }

    // Replaces a table by one that also has the keys of `forEach`, unless no key is missing. Returns false
    // if there is no memory.
    template <class ForEach>
    static bool Publish(Table& head, size_t* added, ForEach forEach)
    {
        const ThunkTable* seen = head.Load();
        while (true)
        {
            size_t missing = 0; // too high if a key is repeated
            forEach([&](const char* key, void*) { missing += seen == nullptr || seen->Lookup(key) == nullptr; });
            *added = 0;
            if (missing == 0)
            {
                return true;
            }
            ThunkTable* made = ThunkTable::CreateHash<Platform>(seen, missing);
            if (made == nullptr)
            {
                return false;
            }
            forEach([&](const char* key, void* thunk) { *added += made->Add(key, thunk); });
            if (head.CompareExchange(seen, made))
            {
                return true;
            }
            Platform::Free(made); // another thread was faster: repeat with its table
        }
    }

    static void Free(Table& head)
    {
        const ThunkTable* table = head.Load();
        const ThunkTable* seen = table;
        head.CompareExchange(seen, nullptr);
        while (table != nullptr)
        {
            const ThunkTable* previous = table->Previous();
            Platform::Free(const_cast<ThunkTable*>(table));
            table = previous;
        }
    }

    Table m_static;
    Table m_injected;
    PendingThunks<Platform> m_pending;
};

} // namespace thunkgen

#endif // THUNKGEN_REGISTRY_THUNK_REGISTRY_H
