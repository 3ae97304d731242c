// Entry points that wait for a thunk that no table contains yet.
//
// They are linked into their owner's list, and the owner into the registry's, so that waiting needs no memory and
// removing takes constant time. One lock protects all lists: an entry that was removed under the lock is not touched by
// any later walk, and a reused descriptor starts as one that does not wait. So a reused method is never confused with
// its predecessor, which could happen with a list of addresses and a flag in the descriptor.

#ifndef THUNKGEN_REGISTRY_PENDING_THUNKS_H
#define THUNKGEN_REGISTRY_PENDING_THUNKS_H

#include <stddef.h>
#include <stdint.h>

#include "atomic_pointer.h"
#include "platform.h"

namespace thunkgen
{

class PendingOwner;

// One entry point, stored by its owner. It must not move or be freed while it waits.
class PendingThunk
{
public:
    constexpr PendingThunk() = default;
    PendingThunk(const PendingThunk&) = delete;
    PendingThunk& operator=(const PendingThunk&) = delete;

    // The word for the thunk: null until the registry or another component sets it, then never changed.
    void** target = nullptr;

private:
    template <class Platform>
    friend class PendingThunks;

    const char* m_key = nullptr;
    PendingOwner* m_owner = nullptr; // null: not waiting
    PendingThunk* m_next = nullptr;
    PendingThunk** m_link = nullptr; // what points here
};

// The owner of entry points, such as a loader allocator. It must not move while one of them waits.
class PendingOwner
{
public:
    constexpr PendingOwner() = default;
    PendingOwner(const PendingOwner&) = delete;
    PendingOwner& operator=(const PendingOwner&) = delete;

private:
    template <class Platform>
    friend class PendingThunks;

    PendingThunk* m_first = nullptr;
    PendingOwner* m_next = nullptr; // linked while it has a waiting entry point
    PendingOwner** m_link = nullptr;
    bool m_removed = false;
};

enum class AddPending
{
    // The thunk was found and set.
    Resolved,
    // The entry point already had a thunk.
    AlreadySet,
    // It waits now.
    Waiting,
    AlreadyWaiting,
    // The owner is being torn down: nothing was done.
    OwnerRemoved,
};

template <class Platform>
class PendingThunks
{
public:
    constexpr PendingThunks() = default;
    PendingThunks(const PendingThunks&) = delete;
    PendingThunks& operator=(const PendingThunks&) = delete;

    // The key must stay valid while the entry point waits. `lookup(key)` returns the thunk or null. It is called under
    // the lock: a table published before this walk of the list is seen here, one published later is followed by a walk
    // that sees the entry point. So no thunk is missed.
    template <class Lookup>
    AddPending Add(PendingOwner& owner, const char* key, PendingThunk& entry, Lookup lookup)
    {
        Holder holder(m_lock);
        if (owner.m_removed)
        {
            return AddPending::OwnerRemoved;
        }
        if (entry.m_owner != nullptr)
        {
            return AddPending::AlreadyWaiting;
        }
        if (IsSet(entry.target))
        {
            return AddPending::AlreadySet;
        }
        void* thunk = lookup(key);
        if (thunk != nullptr)
        {
            return TrySetOnce(entry.target, thunk) ? AddPending::Resolved : AddPending::AlreadySet;
        }
        entry.m_key = key;
        Link(owner, entry);
        return AddPending::Waiting;
    }

    // Call this before an entry point's descriptor is released or reused. When it returns, the registry does
    // not know the entry point. Returns whether it waited.
    bool Remove(PendingThunk& entry)
    {
        Holder holder(m_lock);
        if (entry.m_owner == nullptr)
        {
            return false;
        }
        Unlink(entry);
        return true;
    }

    // Call this when the owner's teardown starts. When it returns, the registry knows none of its entry points and
    // accepts no more. Returns how many waited.
    size_t RemoveOwner(PendingOwner& owner)
    {
        Holder holder(m_lock);
        owner.m_removed = true;
        size_t count = 0;
        while (owner.m_first != nullptr)
        {
            Unlink(*owner.m_first);
            count++;
        }
        return count;
    }

    // Sets every thunk that `lookup` now finds. Call this after a table was published. Returns how many were set.
    template <class Lookup>
    size_t Resolve(Lookup lookup)
    {
        Holder holder(m_lock);
        size_t count = 0;
        for (PendingOwner* owner = m_owners; owner != nullptr;)
        {
            PendingOwner* nextOwner = owner->m_next; // the owner is removed with its last entry point
            for (PendingThunk* entry = owner->m_first; entry != nullptr;)
            {
                PendingThunk* next = entry->m_next;
                void* thunk = lookup(entry->m_key);
                if (thunk != nullptr)
                {
                    count += TrySetOnce(entry->target, thunk) ? 1 : 0;
                    Unlink(*entry);
                }
                entry = next;
            }
            owner = nextOwner;
        }
        return count;
    }

    // Number of waiting entry points.
    size_t Count()
    {
        Holder holder(m_lock);
        size_t count = 0;
        for (PendingOwner* owner = m_owners; owner != nullptr; owner = owner->m_next)
        {
            for (PendingThunk* entry = owner->m_first; entry != nullptr; entry = entry->m_next)
            {
                count++;
            }
        }
        return count;
    }

private:
    using Holder = LockHolder<typename Platform::Lock>;

    void Link(PendingOwner& owner, PendingThunk& entry)
    {
        if (owner.m_first == nullptr)
        {
            Insert(m_owners, owner);
        }
        Insert(owner.m_first, entry);
        entry.m_owner = &owner;
    }

    void Unlink(PendingThunk& entry)
    {
        PendingOwner& owner = *entry.m_owner;
        Take(entry);
        entry.m_owner = nullptr;
        if (owner.m_first == nullptr)
        {
            Take(owner);
        }
    }

    template <class Node>
    static void Insert(Node*& first, Node& node)
    {
        node.m_next = first;
        node.m_link = &first;
        if (first != nullptr)
        {
            first->m_link = &node.m_next;
        }
        first = &node;
    }

    template <class Node>
    static void Take(Node& node)
    {
        *node.m_link = node.m_next;
        if (node.m_next != nullptr)
        {
            node.m_next->m_link = node.m_link;
        }
        node.m_next = nullptr;
        node.m_link = nullptr;
    }

    typename Platform::Lock m_lock;
    PendingOwner* m_owners = nullptr;
};

} // namespace thunkgen

#endif // THUNKGEN_REGISTRY_PENDING_THUNKS_H
