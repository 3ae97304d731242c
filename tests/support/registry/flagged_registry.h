// A registry whose waiting list is as a runtime once had it, with a known defect: it holds descriptors, and each
// descriptor a flag that says whether it waits. The flag is set and cleared by atomic operations of its own, and a
// descriptor that is released or used again only clears its flag: it stays in the list, where a walk takes the new
// method for the old one. The checks of the real registry must notice.
#ifndef THUNKGEN_TESTS_FLAGGED_REGISTRY_H
#define THUNKGEN_TESTS_FLAGGED_REGISTRY_H

#include <atomic>
#include <chrono>
#include <mutex>
#include <set>
#include <thread>
#include <thunk_registry.h>
#include <vector>

struct FlaggedOwner
{
    bool isRemoved = false;
};

struct FlaggedThunk
{
    std::atomic<const char*> key{ nullptr };
    std::atomic<void**> target{ nullptr };
    std::atomic<bool> isPending{ false };
    FlaggedOwner* owner = nullptr;
};

// With ChecksFlag a walk looks at the flag first, which narrows the gap and does not close it.
template <bool ChecksFlag>
class FlaggedRegistry
{
public:
    using Owner = FlaggedOwner;
    using Entry = FlaggedThunk;

    thunkgen::FoundThunk Lookup(const char* key) const
    {
        return m_tables.Lookup(key);
    }

    thunkgen::InjectResult Inject(const thunkgen::Image& image, size_t offset, thunkgen::IndexUse indexUse)
    {
        thunkgen::InjectResult result = m_tables.Inject(image, offset, indexUse);
        std::lock_guard<std::mutex> holder(m_lock);
        size_t kept = 0;
        for (FlaggedThunk* entry : m_list)
        {
            if (!ChecksFlag || entry->isPending)
            {
                void* thunk = m_tables.Lookup(entry->key).thunk;
                std::this_thread::sleep_for(std::chrono::microseconds(50)); // anything may take long
                if (thunk == nullptr)
                {
                    m_list[kept++] = entry;
                    continue;
                }
                thunkgen::TrySetOnce(entry->target, thunk);
                entry->isPending = false;
            }
        }
        m_list.resize(kept);
        return result;
    }

    thunkgen::AddPending AddPendingThunk(FlaggedOwner& owner, const char* key, FlaggedThunk& entry)
    {
        std::lock_guard<std::mutex> holder(m_lock);
        if (owner.isRemoved)
        {
            return thunkgen::AddPending::OwnerRemoved;
        }
        if (entry.isPending.exchange(true))
        {
            return thunkgen::AddPending::AlreadyWaiting;
        }
        entry.key = key;
        void* thunk = m_tables.Lookup(key).thunk;
        if (thunk != nullptr)
        {
            entry.isPending = false;
            return thunkgen::TrySetOnce(entry.target, thunk) ? thunkgen::AddPending::Resolved
                                                             : thunkgen::AddPending::AlreadySet;
        }
        entry.owner = &owner;
        m_list.push_back(&entry);
        return thunkgen::AddPending::Waiting;
    }

    bool RemovePendingThunk(FlaggedThunk& entry)
    {
        return entry.isPending.exchange(false);
    }

    size_t RemovePendingOwner(FlaggedOwner& owner)
    {
        std::lock_guard<std::mutex> holder(m_lock);
        owner.isRemoved = true;
        size_t kept = 0;
        for (FlaggedThunk* entry : m_list)
        {
            if (entry->owner != &owner)
            {
                m_list[kept++] = entry;
            }
        }
        size_t count = m_list.size() - kept;
        m_list.resize(kept);
        return count;
    }

    size_t PendingCount()
    {
        std::lock_guard<std::mutex> holder(m_lock);
        std::set<FlaggedThunk*> pending;
        for (FlaggedThunk* entry : m_list)
        {
            if (entry->isPending)
            {
                pending.insert(entry);
            }
        }
        return pending.size();
    }

    void FreeTables()
    {
        m_tables.FreeTables();
    }

private:
    thunkgen::ThunkRegistry<> m_tables;
    std::mutex m_lock;
    std::vector<FlaggedThunk*> m_list;
};

#endif
