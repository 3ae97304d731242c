// Does what a script on standard input says and prints what each line came to; the registry's Rust twin does the same.
//
// static KEY VALUE | image BASE HEX | inject IMAGE OFFSET INDEX(0|1) | lookup KEY | owner | entry
// add OWNER KEY ENTRY | remove ENTRY | recycle ENTRY | set ENTRY VALUE | drop OWNER | thunk ENTRY | pending
#include <iostream>
#include <memory>
#include <sstream>
#include <string>
#include <thunk_registry.h>
#include <vector>

using namespace thunkgen;

namespace
{

struct Row
{
    const char* key;
    void* value;
};

struct Entry
{
    PendingThunk pending;
    void* thunk = nullptr;
};

struct LoadedImage
{
    std::vector<uint8_t> bytes;
    uintptr_t base;
};

ThunkRegistry<> g_registry;
std::vector<std::unique_ptr<std::string>> g_keys;
std::vector<LoadedImage> g_images;
std::vector<std::unique_ptr<PendingOwner>> g_owners;
std::vector<std::unique_ptr<Entry>> g_entries;

const char* Keep(const std::string& key)
{
    g_keys.push_back(std::make_unique<std::string>(key));
    return g_keys.back()->c_str();
}

size_t Number(std::istream& line)
{
    size_t number = 0;
    line >> number;
    return number;
}

Entry& NextEntry(std::istream& line)
{
    return *g_entries.at(Number(line));
}

void Run(const std::string& command, std::istream& line)
{
    if (command == "static")
    {
        std::string key;
        line >> key;
        Row row = { Keep(key), reinterpret_cast<void*>(Number(line)) };
        g_registry.AddStatic(&row, 1);
        std::cout << "ok";
    }
    else if (command == "image")
    {
        LoadedImage image = { {}, Number(line) };
        std::string hex;
        line >> hex;
        for (size_t i = 0; i + 1 < hex.size(); i += 2)
        {
            image.bytes.push_back(static_cast<uint8_t>(std::stoi(hex.substr(i, 2), nullptr, 16)));
        }
        g_images.push_back(std::move(image));
        std::cout << "ok";
    }
    else if (command == "inject")
    {
        const LoadedImage& image = g_images.at(Number(line));
        size_t offset = Number(line);
        IndexUse use = Number(line) == 0 ? IndexUse::Never : IndexUse::WhereFound;
        InjectResult result = g_registry.Inject({ image.bytes.data(), image.bytes.size(), image.base }, offset, use);
        const ThunkTable* table = g_registry.InjectedTable();
        bool isIndex = table != nullptr && table->Capacity() == 0;
        std::cout << static_cast<int>(result.status) << ' ' << result.added << ' ' << result.resolved << ' ' << isIndex;
    }
    else if (command == "lookup")
    {
        std::string key;
        line >> key;
        FoundThunk found = g_registry.Lookup(key.c_str());
        std::cout << reinterpret_cast<size_t>(found.thunk) << ' ' << static_cast<int>(found.source);
    }
    else if (command == "owner")
    {
        g_owners.push_back(std::make_unique<PendingOwner>());
        std::cout << "ok";
    }
    else if (command == "entry")
    {
        g_entries.push_back(std::make_unique<Entry>());
        g_entries.back()->pending.target = &g_entries.back()->thunk;
        std::cout << "ok";
    }
    else if (command == "add")
    {
        PendingOwner& owner = *g_owners.at(Number(line));
        std::string key;
        line >> key;
        Entry& entry = NextEntry(line);
        std::cout << static_cast<int>(g_registry.AddPendingThunk(owner, Keep(key), entry.pending));
    }
    else if (command == "remove")
    {
        std::cout << g_registry.RemovePendingThunk(NextEntry(line).pending);
    }
    else if (command == "recycle")
    {
        Entry& entry = NextEntry(line);
        g_registry.RemovePendingThunk(entry.pending);
        entry.thunk = nullptr;
        std::cout << "ok";
    }
    else if (command == "set")
    {
        Entry& entry = NextEntry(line);
        std::cout << TrySetOnce(&entry.thunk, reinterpret_cast<void*>(Number(line)));
    }
    else if (command == "drop")
    {
        std::cout << g_registry.RemovePendingOwner(*g_owners.at(Number(line)));
    }
    else if (command == "thunk")
    {
        std::cout << reinterpret_cast<size_t>(NextEntry(line).thunk);
    }
    else if (command == "pending")
    {
        std::cout << g_registry.PendingCount() << ' ' << g_registry.ResolvePending();
    }
    std::cout << '\n';
}

} // namespace

int main()
{
    std::string text;
    while (std::getline(std::cin, text))
    {
        std::istringstream line(text);
        std::string command;
        line >> command;
        Run(command, line);
    }
}
