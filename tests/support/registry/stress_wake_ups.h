// Many entry points that start to wait while the only image that has their thunks is injected: none may go on waiting.
#ifndef THUNKGEN_TESTS_STRESS_WAKE_UPS_H
#define THUNKGEN_TESTS_STRESS_WAKE_UPS_H

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "flagged_registry.h"
#include "stress_images.h"

// The list with the defect asks the descriptor itself for its key.
inline void Rename(FlaggedThunk& entry, const char* key)
{
    entry.key = key;
}

inline void Rename(thunkgen::PendingThunk&, const char*)
{
}

template <class Registry>
class WakeUps
{
public:
    explicit WakeUps(uint64_t seed)
        : m_random(seed)
        , m_image(m_random)
    {
        for (Entry& entry : m_entries)
        {
            do
            {
                entry.key = m_random.Below(Provided);
            } while (!m_image.has[entry.key]);
            Rename(entry.pending, g_keys[entry.key].c_str());
            entry.pending.target = &entry.thunk;
        }
    }

    void Run()
    {
        uint32_t turn = m_random.Below(Threads * PerThread);
        std::vector<std::thread> threads;
        for (uint32_t i = 0; i < Threads; i++)
        {
            threads.emplace_back([this, i] {
                for (uint32_t at = i * PerThread; at < (i + 1) * PerThread; at++)
                {
                    m_turns++;
                    Entry& entry = m_entries[at];
                    m_registry.AddPendingThunk(m_owner, g_keys[entry.key].c_str(), entry.pending);
                }
            });
        }
        while (m_turns < turn)
        {
            std::this_thread::yield();
        }
        m_registry.Inject(m_image.writer.Image(Step), FixupWriter<1024>::Offset, thunkgen::IndexUse::WhereFound);
        for (std::thread& thread : threads)
        {
            thread.join();
        }
        for (Entry& entry : m_entries)
        {
            if (entry.thunk == nullptr)
            {
                Fail("a wake-up was lost", g_keys[entry.key], nullptr);
            }
        }
        m_registry.FreeTables();
    }

private:
    static constexpr uint32_t Threads = 2;
    static constexpr uint32_t PerThread = 200;

    struct Entry
    {
        typename Registry::Entry pending;
        void* thunk = nullptr;
        uint32_t key = 0;
    };

    Random m_random;
    TestImage m_image;
    Registry m_registry;
    typename Registry::Owner m_owner;
    Entry m_entries[Threads * PerThread];
    std::atomic<uint32_t> m_turns{ 0 };
};

#endif
