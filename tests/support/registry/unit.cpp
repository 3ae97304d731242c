// The registry's rules one by one. Runs natively and in wasm, with no library at all.
#include <thunk_registry.h>

#include "counted_platform.h"
#include "fixup_writer.h"

using namespace thunkgen;

namespace
{

using Registry = ThunkRegistry<CountedPlatform>;
using Writer = FixupWriter<512>;

constexpr size_t At = Writer::Offset;
constexpr uintptr_t Base = 100;

struct Row
{
    const char* key;
    void* value;
};

void* Address(uintptr_t value)
{
    return reinterpret_cast<void*>(value);
}

// What failed, or 0.
#define CHECK(condition) \
    do \
    { \
        if (!(condition)) \
            return __LINE__; \
    } while (false)

bool Finds(const Registry& registry, const char* key, uintptr_t thunk, ThunkSource source)
{
    FoundThunk found = registry.Lookup(key);
    return found.thunk == Address(thunk) && found.source == source;
}

bool Misses(const Registry& registry, const char* key)
{
    return Finds(registry, key, 0, ThunkSource::None);
}

int FirstRowOfFirstSourceWins()
{
    Registry registry;
    CHECK(Misses(registry, "Ma") && Misses(registry, ""));
    Row first[] = { { "Ma", Address(7) }, { "Mb", Address(8) }, { "Ma", Address(9) } };
    Row second[] = { { "Mb", Address(10) }, { "Me", Address(11) } };
    CHECK(registry.AddStatic(first, 3) && registry.AddStatic(second, 2) && registry.AddStatic(second, 0));
    Writer one, two;
    one.Thunk("Mb", 1).Thunk("Mc", 2).Thunk("Mc", 3).End();
    two.Thunk("Ma", 4).Thunk("Mc", 5).Thunk("Md", 6).End();
    InjectResult result = registry.Inject(one.Image(Base), At);
    CHECK(result.status == InjectStatus::Done && result.added == 2 && result.resolved == 0);
    CHECK(registry.Inject(one.Image(2 * Base), At).added == 0);
    CHECK(registry.Inject(two.Image(Base), At).added == 2);
    CHECK(Finds(registry, "Ma", 7, ThunkSource::Static));
    CHECK(Finds(registry, "Mb", 8, ThunkSource::Static));
    CHECK(Finds(registry, "Mc", Base + 2, ThunkSource::Injected));
    CHECK(Finds(registry, "Md", Base + 6, ThunkSource::Injected));
    CHECK(Finds(registry, "Me", 11, ThunkSource::Static));
    CHECK(Misses(registry, "M") && Misses(registry, "Mbb") && Misses(registry, ""));
    return 0;
}

int FixupIsTakenAsAWholeOrNotAtAll()
{
    Registry registry;
    Writer writer;
    writer.Thunk("Ma", 1).Thunk("Mb", 2).End();
    Image whole = writer.Image(Base);
    for (size_t size = At + 1; size < whole.size; size++)
    {
        Image part = { whole.bytes, size, Base };
        CHECK(registry.Inject(part, At).status == InjectStatus::Truncated);
    }
    size_t offsets[] = { 0, At + 1, whole.size, SIZE_MAX };
    for (size_t offset : offsets)
    {
        CHECK(registry.Inject(whole, offset).status == InjectStatus::NotStringThunks);
    }
    CHECK(registry.Inject(writer.Image(0), At).status == InjectStatus::NoCodeBase);
    CHECK(registry.Inject(writer.Image(UINTPTR_MAX - 1), At).status == InjectStatus::OutOfRange);
    CHECK(registry.InjectedTable() == nullptr && CountedPlatform::s_live == 0 && Misses(registry, "Ma"));
    InjectResult result = registry.Inject(writer.Image(UINTPTR_MAX - 2), At);
    CHECK(result.status == InjectStatus::Done && result.added == 2);
    CHECK(Finds(registry, "Mb", UINTPTR_MAX, ThunkSource::Injected));

    Registry nothing;
    Writer empty;
    empty.End();
    CHECK(nothing.Inject(empty.Image(Base), At).status == InjectStatus::Done);
    CHECK(nothing.InjectedTable() == nullptr);
    return 0;
}

int KeysAreNotCopied()
{
    Registry registry;
    Writer writer;
    writer.Thunk("Ma", 1).End();
    CHECK(registry.Inject(writer.Image(Base), At).added == 1);
    CHECK(Finds(registry, "Ma", Base + 1, ThunkSource::Injected));
    writer.bytes[At + 2] = 'b';
    CHECK(Misses(registry, "Ma"));
    return 0;
}

int NothingChangesWithoutMemory()
{
    Registry registry;
    Writer one, two;
    one.Thunk("Ma", 1).End().Index();
    two.Thunk("Mb", 2).End();
    Row row = { "Mc", Address(3) };
    CountedPlatform::s_empty = true;
    CHECK(registry.Inject(one.Image(Base), At).status == InjectStatus::OutOfMemory);
    CHECK(!registry.AddStatic(&row, 1) && registry.StaticTable() == nullptr);
    CountedPlatform::s_empty = false;
    CHECK(registry.Inject(one.Image(Base), At).added == 1);
    CountedPlatform::s_empty = true;
    CHECK(registry.Inject(two.Image(Base), At).status == InjectStatus::OutOfMemory);
    CHECK(registry.Inject(one.Image(Base), At).status == InjectStatus::Done);
    CountedPlatform::s_empty = false;
    CHECK(Finds(registry, "Ma", Base + 1, ThunkSource::Injected) && Misses(registry, "Mb"));
    CHECK(registry.Inject(two.Image(Base), At).added == 1);
    CHECK(ThunkTable::CreateHash<CountedPlatform>(nullptr, SIZE_MAX) == nullptr);
    CHECK(ThunkTable::CreateHash<CountedPlatform>(registry.InjectedTable(), SIZE_MAX) == nullptr);
    CHECK(ThunkTable::CreateHash<CountedPlatform>(nullptr, (size_t(1) << 30) + 1) == nullptr);
    return 0;
}

int TablesGrowAndLoseNothing()
{
    constexpr size_t Images = 40;
    constexpr size_t PerImage = 30;
    static Writer images[Images];
    Registry registry;
    for (size_t i = 0; i < Images; i++)
    {
        for (size_t k = 0; k < PerImage; k++)
        {
            size_t number = i * PerImage + k;
            char key[] = { 'M', char('a' + number / 676 % 26), char('a' + number / 26 % 26), char('a' + number % 26), 0 };
            images[i].Thunk(key, static_cast<uint32_t>(number));
        }
        images[i].End();
        const ThunkTable* before = registry.InjectedTable();
        CHECK(registry.Inject(images[i].Image(Base), At).added == PerImage);
        const ThunkTable* after = registry.InjectedTable();
        CHECK(after->Previous() == before && after->Count() == (i + 1) * PerImage);
        CHECK(after->Count() <= after->Capacity() / 2 && after->Capacity() < 4 * after->Count() + 4);
        // Readers may still be in the old one.
        CHECK(before == nullptr || (before->Count() == i * PerImage && before->Lookup("Maaa") == Address(Base)));
    }
    for (size_t number = 0; number < Images * PerImage; number++)
    {
        char key[] = { 'M', char('a' + number / 676 % 26), char('a' + number / 26 % 26), char('a' + number % 26), 0 };
        CHECK(Finds(registry, key, Base + number, ThunkSource::Injected));
    }
    CHECK(CountedPlatform::s_live == Images);
    registry.FreeTables();
    CHECK(CountedPlatform::s_live == 0 && Misses(registry, "Maaa"));
    return 0;
}

// Signatures that differ only in the order of their parameters: a hash that does not mix would line them up.
int SearchesAreShort()
{
    constexpr uint32_t Log2Capacity = 12;
    static bool taken[1 << Log2Capacity];
    const char* letters = "ilfd";
    size_t keys = 0;
    size_t probes = 0;
    for (uint32_t number = 0; number < 1 << 14; number++)
    {
        char key[] = "Mvxxxxxxxp";
        int counts[4] = {};
        for (int i = 0; i < 7; i++)
        {
            counts[number >> 2 * i & 3]++;
            key[2 + i] = letters[number >> 2 * i & 3];
        }
        if (counts[0] != 3 || counts[1] != 2 || counts[2] != 1)
        {
            continue;
        }
        keys++;
        uint32_t slot = HomeSlot(HashKey(key), Log2Capacity);
        for (probes++; taken[slot]; probes++)
        {
            slot = (slot + 1) % (1 << Log2Capacity);
        }
        taken[slot] = true;
    }
    CHECK(keys == 420 && probes < keys * 5 / 4);
    return 0;
}

int IndexIsUsedForTheFirstImageOnly()
{
    Registry registry;
    Writer one, two;
    one.Thunk("Ma", 3).Thunk("Mb", 1).Thunk("Mc", 2).End().Index();
    two.Thunk("Mc", 9).Thunk("Md", 8).End().Index();
    CHECK(registry.Inject(one.Image(Base), At).added == 3);
    CHECK(registry.InjectedTable()->Capacity() == 0 && registry.InjectedTable()->Count() == 3);
    const char* keys[] = { "Ma", "Mb", "Mc" };
    uintptr_t thunks[] = { 3, 1, 2 };
    for (int round = 0; round < 2; round++)
    {
        for (int i = 0; i < 3; i++)
        {
            CHECK(Finds(registry, keys[i], Base + thunks[i], ThunkSource::Injected));
        }
        CHECK(Misses(registry, "M") && Misses(registry, "Mbb") && Misses(registry, "") && Misses(registry, "N"));
        if (round == 0)
        {
            CHECK(registry.Inject(one.Image(Base), At).added == 0 && registry.InjectedTable()->Capacity() == 0);
            CHECK(registry.Inject(two.Image(Base), At).added == 1 && registry.InjectedTable()->Capacity() > 0);
        }
    }
    CHECK(Finds(registry, "Md", Base + 8, ThunkSource::Injected));
    Registry other;
    CHECK(other.Inject(one.Image(Base), At, IndexUse::Never).added == 3 && other.InjectedTable()->Capacity() > 0);
    return 0;
}

int IndexThatSaysAnythingElseIsNotUsed()
{
    Writer plain, writer;
    plain.Thunk("Ma", 3).Thunk("Mb", 1).Thunk("Mc", 2).End();
    writer.Thunk("Ma", 3).Thunk("Mb", 1).Thunk("Mc", 2).End().Index();
    size_t start = (plain.Written() + 3) / 4 * 4;
    CHECK(ImageIndex::Find(writer.Image(Base), At + 1).Count() == 3);
    for (size_t damaged = start; damaged < writer.Written(); damaged++)
    {
        for (uint8_t flip = 1; flip != 0; flip = static_cast<uint8_t>(flip << 7))
        {
            writer.bytes[damaged] ^= flip;
            CHECK(ImageIndex::Find(writer.Image(Base), At + 1).Count() == 0);
            Registry registry;
            CHECK(registry.Inject(writer.Image(Base), At).added == 3 && registry.InjectedTable()->Capacity() > 0);
            CHECK(Finds(registry, "Mb", Base + 1, ThunkSource::Injected));
            writer.bytes[damaged] ^= flip;
        }
    }
    for (size_t size = 0; size < writer.Written(); size++)
    {
        Image part = { writer.bytes, size, Base };
        CHECK(ImageIndex::Find(part, At + 1).Count() == 0);
    }
    CHECK(ImageIndex::Find(writer.Image(UINTPTR_MAX), At + 1).Count() == 0);
    Writer unsorted, repeated, empty;
    unsorted.Thunk("Mb", 1).Thunk("Ma", 2).End().Index();
    repeated.Thunk("Ma", 1).Thunk("Ma", 2).End().Index();
    empty.End().Index();
    const Writer* others[] = { &unsorted, &repeated, &empty };
    for (const Writer* other : others)
    {
        CHECK(ImageIndex::Find(other->Image(Base), At + 1).Count() == 0);
    }
    return 0;
}

// An entry point in a descriptor.
struct Descriptor
{
    PendingThunk entry;
    void* thunk = nullptr;

    Descriptor()
    {
        entry.target = &thunk;
    }
};

int EntryPointsWaitUntilAThunkComes()
{
    Registry registry;
    PendingOwner owner;
    Writer one, two;
    one.Thunk("Ia", 1).End();
    two.Thunk("Ia", 2).Thunk("Ib", 3).End();
    Descriptor a, b, set;
    set.thunk = Address(5);
    CHECK(registry.AddPendingThunk(owner, "Ia", set.entry) == AddPending::AlreadySet);
    CHECK(registry.AddPendingThunk(owner, "Ia", a.entry) == AddPending::Waiting);
    CHECK(registry.AddPendingThunk(owner, "Ib", a.entry) == AddPending::AlreadyWaiting);
    CHECK(registry.AddPendingThunk(owner, "Ib", b.entry) == AddPending::Waiting);
    CHECK(registry.PendingCount() == 2);
    CHECK(registry.Inject(one.Image(Base), At).resolved == 1 && registry.PendingCount() == 1);
    b.thunk = Address(7); // by somebody else
    CHECK(registry.Inject(two.Image(Base), At).resolved == 0 && registry.PendingCount() == 0);
    CHECK(a.thunk == Address(Base + 1) && b.thunk == Address(7) && set.thunk == Address(5));

    a.thunk = nullptr; // the next method, of the same descriptor
    CHECK(registry.AddPendingThunk(owner, "Ib", a.entry) == AddPending::Resolved && a.thunk == Address(Base + 3));

    Descriptor late;
    CHECK(registry.AddPendingThunk(owner, "Ic", late.entry) == AddPending::Waiting);
    Row row = { "Ic", Address(9) };
    CHECK(registry.AddStatic(&row, 1) && late.thunk == nullptr);
    CHECK(registry.ResolvePending() == 1 && late.thunk == Address(9) && registry.ResolvePending() == 0);
    return 0;
}

int WhatIsRemovedGetsNothing()
{
    Writer writer;
    writer.Thunk("Ia", 1).Thunk("Ib", 2).End();
    // Every order in which three entry points of an owner can leave, beside another owner's.
    int orders[6][3] = { { 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 }, { 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 } };
    for (auto& order : orders)
    {
        for (int gone = 0; gone <= 3; gone++)
        {
            Registry registry;
            PendingOwner owner, other, before;
            Descriptor entries[3], stays, first;
            CHECK(registry.AddPendingThunk(before, "Ib", first.entry) == AddPending::Waiting);
            for (Descriptor& entry : entries)
            {
                CHECK(registry.AddPendingThunk(owner, "Ia", entry.entry) == AddPending::Waiting);
            }
            CHECK(registry.AddPendingThunk(other, "Ib", stays.entry) == AddPending::Waiting);
            for (int i = 0; i < gone; i++)
            {
                CHECK(registry.RemovePendingThunk(entries[order[i]].entry));
                CHECK(!registry.RemovePendingThunk(entries[order[i]].entry));
            }
            CHECK(registry.PendingCount() == size_t(5 - gone));
            if (gone < 3)
            {
                CHECK(registry.RemovePendingOwner(owner) == size_t(3 - gone));
                CHECK(registry.AddPendingThunk(owner, "Ia", entries[order[0]].entry) == AddPending::OwnerRemoved);
            }
            CHECK(registry.RemovePendingOwner(owner) == 0 && registry.PendingCount() == 2);
            CHECK(registry.AddPendingThunk(owner, "Ia", entries[0].entry) == AddPending::OwnerRemoved);
            CHECK(registry.Inject(writer.Image(Base), At).resolved == 2 && registry.PendingCount() == 0);
            CHECK(stays.thunk == Address(Base + 2) && first.thunk == Address(Base + 2));
            for (Descriptor& entry : entries)
            {
                CHECK(entry.thunk == nullptr);
            }
        }
    }
    return 0;
}

int (*const Tests[])() = {
    FirstRowOfFirstSourceWins,
    FixupIsTakenAsAWholeOrNotAtAll,
    KeysAreNotCopied,
    NothingChangesWithoutMemory,
    TablesGrowAndLoseNothing,
    SearchesAreShort,
    IndexIsUsedForTheFirstImageOnly,
    IndexThatSaysAnythingElseIsNotUsed,
    EntryPointsWaitUntilAThunkComes,
    WhatIsRemovedGetsNothing,
};

// As a runtime has it: no code runs to set it up.
ThunkRegistry<> g_registry;

} // namespace

#if defined(__wasm__)
#define EXPORT(name) extern "C" __attribute__((export_name(#name)))
#else
#define EXPORT(name) extern "C"
#endif

EXPORT(registry_tests) int registry_tests()
{
    return sizeof(Tests) / sizeof(Tests[0]);
}

// 0, or the line of the check that failed.
EXPORT(registry_test) int registry_test(int index)
{
    CountedPlatform::Reset();
    return g_registry.Lookup("Mv").thunk == nullptr ? Tests[index]() : __LINE__;
}

#if !defined(__wasm__)
#include <stdio.h>

int main()
{
    int failed = 0;
    for (int i = 0; i < registry_tests(); i++)
    {
        int line = registry_test(i);
        failed += line != 0;
        printf("test %d: line %d\n", i, line);
    }
    return failed == 0 ? 0 : 1;
}
#endif
