// Entry points that wait for a thunk which no table has yet.
//
// They are linked into their owner's list, and the owner into the registry's, so that waiting needs no memory and both
// can leave in constant time. One lock guards all of it: what has left under the lock is not touched by any later
// walk, and a descriptor that is used again starts as one that does not wait. That is what makes it impossible to take
// a recycled method for its predecessor; a list of addresses with a flag in the descriptor would not.

#ifndef THUNKGEN_REGISTRY_PENDING_THUNKS_H
#define THUNKGEN_REGISTRY_PENDING_THUNKS_H

#include <stddef.h>
#include <stdint.h>

#include "atomic_pointer.h"
#include "platform.h"

namespace thunkgen
{

class PendingOwner;

// One entry point, kept with what owns it. It neither moves nor goes while it waits.
class PendingThunk
{
public:
    constexpr PendingThunk() = default;
    PendingThunk(const PendingThunk&) = delete;
    PendingThunk& operator=(const PendingThunk&) = delete;

    // The word that becomes the thunk: null until it is set, by the registry or by anybody else, never replaced.
    void** target = nullptr;

private:
    template <class Platform>
    friend class PendingThunks;

    const char* m_key = nullptr;
    PendingOwner* m_owner = nullptr; // null: does not wait
    PendingThunk* m_next = nullptr;
    PendingThunk** m_link = nullptr; // what points here
};

// What entry points die with, such as a loader allocator. It stays where it is while one of them waits.
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
    PendingOwner* m_next = nullptr; // linked exactly while it has a waiting entry point
    PendingOwner** m_link = nullptr;
    bool m_removed = false;
};

enum class AddPending
{
    // The thunk was there, and is set.
    Resolved,
    // The entry point had a thunk.
    AlreadySet,
    // It waits from now on.
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

    // The key stays where it is while the entry point waits. `lookup(key)` is the thunk or null. It is asked under the
    // lock: a table published before this walk of the list is seen here, one published later is followed by a walk that
    // sees the entry point. No thunk gets lost.
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

    // To be called before an entry point's descriptor is released or used again. When it returns, the registry does
    // not know the entry point. True if it waited.
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

    // To be called when the owner's teardown starts. When it returns, the registry knows none of its entry points, and
    // will not take any more. Returns how many waited.
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

    // Sets every thunk that `lookup` now finds; to be called after a table was published. Returns how many were set.
    template <class Lookup>
    size_t Resolve(Lookup lookup)
    {
        Holder holder(m_lock);
        size_t count = 0;
        for (PendingOwner* owner = m_owners; owner != nullptr;)
        {
            PendingOwner* nextOwner = owner->m_next; // the owner leaves with its last entry point
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

    // How many wait.
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
