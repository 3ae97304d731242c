// What the stress test injects: images with some of the keys each, and chance that is the same on every machine.
#ifndef THUNKGEN_TESTS_STRESS_IMAGES_H
#define THUNKGEN_TESTS_STRESS_IMAGES_H

#include <algorithm>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include <stdio.h>
#include <stdlib.h>

#include "fixup_writer.h"

constexpr uint32_t Keys = 48;
constexpr uint32_t Provided = 40; // the others are in no image
constexpr uint32_t Images = 6;
constexpr uint32_t PerImage = 16;
constexpr uintptr_t Step = 4096; // between the images' code bases

// Lets others run, also on a machine that is busy with something else: who yields goes to the end of the queue there.
inline void Pause()
{
    std::this_thread::sleep_for(std::chrono::microseconds(1));
}

[[noreturn]] inline void Fail(const char* what, const std::string& key, const void* thunk)
{
    printf("FAILED: %s (key %s, thunk %zu)\n", what, key.c_str(), reinterpret_cast<size_t>(thunk));
    fflush(stdout);
    _Exit(1);
}

class Random
{
public:
    explicit Random(uint64_t seed)
        : m_state(seed * 0x9E3779B97F4A7C15 + 1)
    {
    }

    uint32_t Below(uint32_t limit)
    {
        m_state ^= m_state << 13;
        m_state ^= m_state >> 7;
        m_state ^= m_state << 17;
        return static_cast<uint32_t>((m_state >> 33) % limit);
    }

private:
    uint64_t m_state;
};

// Sorted, so that an image's index is one.
inline std::vector<std::string> MakeKeys()
{
    std::vector<std::string> keys;
    for (uint32_t key = 0; key < Keys; key++)
    {
        keys.push_back("Iv" + std::string(1 + key / 10, 'i') + static_cast<char>('a' + key % 10) + "p");
    }
    std::sort(keys.begin(), keys.end());
    return keys;
}

inline const std::vector<std::string> g_keys = MakeKeys();

// An image with some of the keys, the number of each being its own.
struct TestImage
{
    FixupWriter<1024> writer;
    bool has[Keys] = {};

    explicit TestImage(Random& random)
    {
        for (uint32_t i = 0; i < PerImage; i++)
        {
            has[random.Below(Provided)] = true;
        }
        for (uint32_t key = 0; key < Keys; key++)
        {
            if (has[key])
            {
                writer.Thunk(g_keys[key].c_str(), key);
            }
        }
        writer.End();
        if (random.Below(2) == 0)
        {
            writer.Index();
        }
    }
};

#endif
