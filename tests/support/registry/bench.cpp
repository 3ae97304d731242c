// Times of lookups, of keys on standard input, one a line: the registry's hash, the sorted index in an image, a sorted
// array, and the standard library's hash table. The contenders take turns, so that a change of the machine's speed
// meets all of them.
//
// Prints a line for each: name, median nanoseconds of a hit, of a miss, microseconds to get ready, bytes.
#include <algorithm>
#include <chrono>
#include <functional>
#include <iostream>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <thunk_registry.h>
#include <unordered_map>
#include <vector>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fixup_writer.h"

using namespace thunkgen;

namespace
{

constexpr int Samples = 101;
constexpr size_t LookupsPerSample = 20000;
constexpr size_t Offset = FixupWriter<16>::Offset;

size_t g_bytes;

struct MeasuredPlatform : DefaultPlatform
{
    static void* Allocate(size_t size)
    {
        g_bytes = size;
        return DefaultPlatform::Allocate(size);
    }
};

using Registry = ThunkRegistry<MeasuredPlatform>;
using Clock = std::chrono::steady_clock;

struct Contender
{
    const char* name;
    // Gets ready; then `lookup` works.
    std::function<void()> build;
    std::function<uintptr_t(const std::vector<const char*>&)> lookUpAll;
    std::function<size_t()> bytes;
    std::vector<double> hits, misses, builds;
};

double Nanoseconds(Clock::duration duration)
{
    return std::chrono::duration<double, std::nano>(duration).count();
}

double Median(std::vector<double> values)
{
    std::nth_element(values.begin(), values.begin() + values.size() / 2, values.end());
    return values[values.size() / 2];
}

template <class Lookup>
uintptr_t Sum(const std::vector<const char*>& queries, Lookup lookup)
{
    uintptr_t sum = 0;
    for (const char* query : queries)
    {
        sum += reinterpret_cast<uintptr_t>(lookup(query));
    }
    return sum;
}

double TimePerLookup(Contender& contender, const std::vector<const char*>& queries, uintptr_t* check)
{
    auto start = Clock::now();
    *check += contender.lookUpAll(queries);
    return Nanoseconds(Clock::now() - start) / static_cast<double>(queries.size());
}

std::vector<const char*> Queries(const std::vector<std::string>& from, std::vector<std::string>& storage)
{
    std::vector<size_t> order;
    while (order.size() < LookupsPerSample)
    {
        for (size_t i = 0; i < from.size(); i++)
        {
            order.push_back(i);
        }
    }
    std::shuffle(order.begin(), order.end(), std::mt19937(1));
    storage = from; // other addresses than the tables'
    std::vector<const char*> queries;
    for (size_t i : order)
    {
        queries.push_back(storage[i].c_str());
    }
    return queries;
}

} // namespace

int main()
{
    std::vector<std::string> keys;
    for (std::string line; std::getline(std::cin, line);)
    {
        keys.push_back(line);
    }
    std::sort(keys.begin(), keys.end());
    std::vector<std::string> missing;
    for (const std::string& key : keys)
    {
        missing.push_back(key + "x");
    }
    static FixupWriter<1 << 20> writer;
    for (size_t i = 0; i < keys.size(); i++)
    {
        writer.Thunk(keys[i].c_str(), static_cast<uint32_t>(i));
    }
    size_t plain = writer.End().Written();
    writer.Index();
    Image image = writer.Image(1);

    std::unique_ptr<Registry> hash, index;
    std::vector<std::pair<const char*, void*>> sorted;
    std::unordered_map<std::string_view, void*> map;
    auto inject = [&](std::unique_ptr<Registry>& registry, IndexUse use) {
        if (registry)
        {
            registry->FreeTables();
        }
        registry = std::make_unique<Registry>();
        if (registry->Inject(image, Offset, use).added != keys.size())
        {
            abort();
        }
    };
    // The blob as a runtime finds it.
    auto forEachThunk = [&](auto use) {
        StringThunkReader reader(image, Offset + 1);
        while (reader.Next() == StringThunkReader::Step::Thunk)
        {
            use(reader.Key(), reinterpret_cast<void*>(image.codeBase + reader.Relative()));
        }
    };
    Contender contenders[] = {
        { "registry, hash", [&] { inject(hash, IndexUse::Never); },
            [&](const auto& queries) { return Sum(queries, [&](const char* key) { return hash->Lookup(key).thunk; }); },
            [&] { hash->FreeTables(); inject(hash, IndexUse::Never); return g_bytes; }, {}, {}, {} },
        { "registry, index of the image", [&] { inject(index, IndexUse::WhereFound); },
            [&](const auto& queries) { return Sum(queries, [&](const char* key) { return index->Lookup(key).thunk; }); },
            [&] { inject(index, IndexUse::WhereFound); return g_bytes + writer.Written() - plain; }, {}, {}, {} },
        { "sorted array",
            [&] {
                sorted.clear();
                sorted.shrink_to_fit();
                forEachThunk([&](const char* key, void* thunk) { sorted.emplace_back(key, thunk); });
                std::sort(sorted.begin(), sorted.end(),
                    [](const auto& left, const auto& right) { return strcmp(left.first, right.first) < 0; });
            },
            [&](const auto& queries) {
                return Sum(queries, [&](const char* key) -> void* {
                    auto at = std::lower_bound(sorted.begin(), sorted.end(), key,
                        [](const auto& row, const char* wanted) { return strcmp(row.first, wanted) < 0; });
                    return at != sorted.end() && strcmp(at->first, key) == 0 ? at->second : nullptr;
                });
            },
            [&] { return sorted.size() * sizeof(sorted[0]); }, {}, {}, {} },
        { "std::unordered_map",
            [&] {
                map = {};
                forEachThunk([&](const char* key, void* thunk) { map.emplace(key, thunk); });
            },
            [&](const auto& queries) {
                return Sum(queries, [&](const char* key) -> void* {
                    auto at = map.find(key);
                    return at == map.end() ? nullptr : at->second;
                });
            },
            // A node is a link, the pair and its hash.
            [&] { return map.bucket_count() * sizeof(void*) + map.size() * (sizeof(void*) * 2 + sizeof(*map.begin())); },
            {}, {}, {} },
    };

    std::vector<std::string> hitStorage, missStorage;
    std::vector<const char*> hits = Queries(keys, hitStorage);
    std::vector<const char*> misses = Queries(missing, missStorage);
    for (int sample = -1; sample < Samples; sample++)
    {
        uintptr_t sums[4] = {};
        for (Contender& contender : contenders)
        {
            auto start = Clock::now();
            contender.build();
            double build = Nanoseconds(Clock::now() - start) / 1000;
            double hit = TimePerLookup(contender, hits, &sums[&contender - contenders]);
            double miss = TimePerLookup(contender, misses, &sums[&contender - contenders]);
            if (sample >= 0) // the first is a warm-up
            {
                contender.builds.push_back(build);
                contender.hits.push_back(hit);
                contender.misses.push_back(miss);
            }
        }
        if (sums[0] == 0 || sums[1] != sums[0] || sums[2] != sums[0] || sums[3] != sums[0])
        {
            return 1; // they found other things
        }
    }
    for (Contender& contender : contenders)
    {
        printf("%s\t%.1f\t%.1f\t%.1f\t%zu\n", contender.name, Median(contender.hits), Median(contender.misses),
            Median(contender.builds), contender.bytes());
    }
}
