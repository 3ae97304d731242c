// The registry under threads: images are injected while others look keys up, wait for thunks, recycle descriptors and
// tear owners down. Built with and without ThreadSanitizer.
//
// usage: stress VARIANT SECONDS SEED
#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <thunk_registry.h>
#include <vector>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "flagged_registry.h"
#include "stress_images.h"
#include "stress_wake_ups.h"

using namespace thunkgen;

namespace
{

constexpr uint32_t Descriptors = 12; // of each owner
constexpr int Injectors = 2;
constexpr int Readers = 2;
constexpr int OwnThreads = 2; // each with owners of its own
constexpr int Turns = 200; // of each of those threads

// A lock at whose door threads often wait: what happens right before it and right after it happens in any order.
struct SlowPlatform : DefaultPlatform
{
    class Lock
    {
    public:
        void Enter()
        {
            Wait();
            m_mutex.lock();
        }

        void Leave()
        {
            m_mutex.unlock();
            Wait();
        }

    private:
        void Wait()
        {
            if (m_visits.fetch_add(1, std::memory_order_relaxed) % 8 == 0)
            {
                std::this_thread::sleep_for(std::chrono::microseconds(20));
            }
        }

        std::mutex m_mutex;
        std::atomic<uint32_t> m_visits{ 0 };
    };
};

template <class Platform>
struct RealRegistry : ThunkRegistry<Platform>
{
    using Owner = PendingOwner;
    using Entry = PendingThunk;
};

template <class Registry>
class Round
{
public:
    explicit Round(uint64_t seed)
        : m_seed(seed)
    {
        Random random(seed);
        uint32_t images = random.Below(2) == 0 ? 1 : Images; // after the last one, nothing wakes what was left behind
        for (uint32_t i = 0; i < images; i++)
        {
            m_images.push_back(std::make_unique<TestImage>(random));
        }
        for (Descriptor& late : m_late)
        {
            late.Use(random.Below(Keys));
        }
    }

    void Run()
    {
        std::vector<std::thread> threads;
        for (int i = 0; i < Injectors; i++)
        {
            threads.emplace_back([this, i] { Inject(Random(m_seed + 1 + i)); });
        }
        for (int i = 0; i < Readers; i++)
        {
            threads.emplace_back([this, i] { Read(Random(m_seed + 11 + i)); });
        }
        for (int i = 0; i < OwnThreads; i++)
        {
            threads.emplace_back([this, i] { Own(Random(m_seed + 21 + i)); });
        }
        threads.emplace_back([this] { AddLate(Random(m_seed + 31)); });
        threads.emplace_back([this] {
            Start();
            while (m_lateAdded < Descriptors / 2)
            {
                Pause();
            }
            m_registry.RemovePendingOwner(m_dying);
        });
        while (m_waiting < static_cast<int>(threads.size()))
        {
            Pause();
        }
        m_go = true;
        for (std::thread& thread : threads)
        {
            thread.join();
        }
        CheckEnd();
        m_registry.FreeTables();
    }

private:
    using Owner = typename Registry::Owner;

    struct Descriptor
    {
        typename Registry::Entry entry;
        void* thunk = nullptr;
        uint32_t key = 0;
        bool isWaiting = false; // added, and not removed since; it may have been resolved

        // The registry does not know it.
        void Use(uint32_t newKey)
        {
            __atomic_store_n(&thunk, nullptr, __ATOMIC_RELAXED);
            key = newKey;
            Rename(entry, g_keys[newKey].c_str());
            entry.target = &thunk;
            isWaiting = false;
        }

        void* Thunk() const
        {
            return __atomic_load_n(&thunk, __ATOMIC_ACQUIRE);
        }
    };

    struct Owned
    {
        Owner owner;
        Descriptor descriptors[Descriptors];
    };

    // All threads start together.
    void Start()
    {
        m_waiting++;
        while (!m_go)
        {
            Pause();
        }
    }

    void CheckThunk(const char* what, uint32_t key, const void* thunk) const
    {
        uintptr_t value = reinterpret_cast<uintptr_t>(thunk);
        uintptr_t image = value / Step - 1;
        if (value % Step != key || image >= m_images.size() || !m_images[image]->has[key])
        {
            Fail(what, g_keys[key], thunk);
        }
    }

    void Inject(Random random)
    {
        Start();
        for (size_t i = 0, at = random.Below(Images) % m_images.size(); i < m_images.size(); i++)
        {
            uint32_t turn = random.Below(OwnThreads * Turns);
            while (m_turns < turn)
            {
                Pause();
            }
            IndexUse use = random.Below(2) == 0 ? IndexUse::WhereFound : IndexUse::Never;
            Image image = m_images[at]->writer.Image(Step * (at + 1));
            if (m_registry.Inject(image, FixupWriter<1024>::Offset, use).status != InjectStatus::Done)
            {
                Fail("an injection did not work", "", nullptr);
            }
            at = (at + 1) % m_images.size();
        }
    }

    void Read(Random random)
    {
        const void* seen[Keys] = {};
        Start();
        for (int i = 0; i < 400; i++)
        {
            uint32_t key = random.Below(Keys);
            const void* found = m_registry.Lookup(g_keys[key].c_str()).thunk;
            if (found != seen[key] && seen[key] != nullptr)
            {
                Fail("a thunk was replaced", g_keys[key], found);
            }
            if (found != nullptr)
            {
                CheckThunk("a thunk of another key was found", key, found);
                seen[key] = found;
            }
        }
    }

    void Add(Owner& owner, Descriptor& descriptor)
    {
        void* before = descriptor.Thunk();
        AddPending added = m_registry.AddPendingThunk(owner, g_keys[descriptor.key].c_str(), descriptor.entry);
        void* after = descriptor.Thunk();
        bool isRight = before != nullptr ? added == AddPending::AlreadySet || added == AddPending::AlreadyWaiting
                                         : added != AddPending::OwnerRemoved;
        if (!isRight || (added == AddPending::Resolved && after == nullptr) || (before != nullptr && before != after))
        {
            Fail("an entry point was added and is in no possible state", g_keys[descriptor.key], after);
        }
        descriptor.isWaiting = true;
    }

    void Own(Random random)
    {
        auto owned = NewOwned(random);
        Start();
        for (int i = 0; i < Turns; i++)
        {
            m_turns++;
            Descriptor& descriptor = owned->descriptors[random.Below(Descriptors)];
            switch (random.Below(8))
            {
            case 0: // the owner goes with everything that is its own
                if (random.Below(8) == 0)
                {
                    m_registry.RemovePendingOwner(owned->owner);
                    std::vector<void*> thunks;
                    for (Descriptor& gone : owned->descriptors)
                    {
                        thunks.push_back(gone.Thunk());
                    }
                    Pause();
                    for (uint32_t at = 0; at < Descriptors; at++)
                    {
                        if (owned->descriptors[at].Thunk() != thunks[at])
                        {
                            Fail("a thunk was set after its owner was gone", "", thunks[at]);
                        }
                    }
                    owned = NewOwned(random);
                }
                break;
            case 1:
            case 2: // the descriptor is used for another method
                m_registry.RemovePendingThunk(descriptor.entry);
                if (descriptor.Thunk() != nullptr)
                {
                    CheckThunk("the thunk of another method was set", descriptor.key, descriptor.Thunk());
                }
                descriptor.Use(random.Below(Keys));
                Pause();
                if (descriptor.Thunk() != nullptr)
                {
                    Fail("a recycled descriptor that does not wait got a thunk", g_keys[descriptor.key], descriptor.Thunk());
                }
                if (random.Below(3) != 0)
                {
                    Add(owned->owner, descriptor);
                }
                break;
            default:
                Add(owned->owner, descriptor);
                if (descriptor.Thunk() != nullptr)
                {
                    CheckThunk("the thunk of another method was set", descriptor.key, descriptor.Thunk());
                }
            }
        }
        std::lock_guard<std::mutex> holder(m_endLock);
        m_owned.push_back(std::move(owned));
    }

    std::unique_ptr<Owned> NewOwned(Random& random) const
    {
        auto owned = std::make_unique<Owned>();
        for (Descriptor& descriptor : owned->descriptors)
        {
            descriptor.Use(random.Below(Keys));
        }
        return owned;
    }

    // Entry points of an owner whose teardown starts in another thread meanwhile.
    void AddLate(Random random)
    {
        Start();
        for (Descriptor& late : m_late)
        {
            AddPending added = m_registry.AddPendingThunk(m_dying, g_keys[late.key].c_str(), late.entry);
            if (added == AddPending::OwnerRemoved && late.Thunk() != nullptr)
            {
                Fail("an entry point of a dead owner got a thunk", g_keys[late.key], late.Thunk());
            }
            m_lateAdded++;
            if (random.Below(2) == 0)
            {
                Pause();
            }
        }
    }

    // Every image was injected: whoever can have a thunk has it, and only the others still wait.
    void CheckEnd()
    {
        size_t waiting = 0;
        for (auto& owned : m_owned)
        {
            for (Descriptor& descriptor : owned->descriptors)
            {
                void* expected = m_registry.Lookup(g_keys[descriptor.key].c_str()).thunk;
                if (!descriptor.isWaiting && descriptor.Thunk() != nullptr)
                {
                    Fail("a recycled descriptor that does not wait got a thunk", g_keys[descriptor.key], descriptor.Thunk());
                }
                if (descriptor.isWaiting && descriptor.Thunk() != expected)
                {
                    bool isLost = descriptor.Thunk() == nullptr;
                    Fail(isLost ? "a wake-up was lost" : "the thunk of another method was set",
                        g_keys[descriptor.key], descriptor.Thunk());
                }
                waiting += descriptor.isWaiting && expected == nullptr;
            }
        }
        if (m_registry.PendingCount() != waiting)
        {
            Fail("something else still waits", std::to_string(waiting), nullptr);
        }
        for (uint32_t key = 0; key < Keys; key++)
        {
            bool isProvided = false;
            for (auto& image : m_images)
            {
                isProvided |= image->has[key];
            }
            if (isProvided != (m_registry.Lookup(g_keys[key].c_str()).thunk != nullptr))
            {
                Fail("a key was lost", g_keys[key], nullptr);
            }
        }
    }

    uint64_t m_seed;
    Registry m_registry;
    std::vector<std::unique_ptr<TestImage>> m_images;
    std::atomic<int> m_waiting{ 0 };
    std::atomic<bool> m_go{ false };
    std::atomic<uint32_t> m_turns{ 0 };
    Owner m_dying;
    Descriptor m_late[Descriptors];
    std::atomic<uint32_t> m_lateAdded{ 0 };
    std::mutex m_endLock;
    std::vector<std::unique_ptr<Owned>> m_owned;
};

// A defect needs no more than the rounds.
template <class Registry, bool HasDefect>
int RunFor(double seconds, uint64_t seed)
{
    auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
    uint64_t rounds = 0;
    while (std::chrono::steady_clock::now() < end)
    {
        Round<Registry>(seed + 100 * rounds).Run();
        if (!HasDefect)
        {
            WakeUps<Registry>(seed + 100 * rounds).Run();
        }
        rounds++;
    }
    printf("%zu rounds\n", static_cast<size_t>(rounds));
    return 0;
}

} // namespace

int main(int argc, char** argv)
{
    if (argc != 4)
    {
        return 2;
    }
    double seconds = strtod(argv[2], nullptr);
    uint64_t seed = strtoull(argv[3], nullptr, 10);
    std::string variant = argv[1];
    if (variant == "spin")
    {
        return RunFor<RealRegistry<DefaultPlatform>, false>(seconds, seed);
    }
    if (variant == "slow")
    {
        return RunFor<RealRegistry<SlowPlatform>, false>(seconds, seed);
    }
    if (variant == "flagged")
    {
        return RunFor<FlaggedRegistry<false>, true>(seconds, seed);
    }
    return variant == "flagged-checked" ? RunFor<FlaggedRegistry<true>, true>(seconds, seed) : 2;
}
