#ifndef THUNKGEN_TESTS_MINIPAL_ENTRYPOINTS_H
#define THUNKGEN_TESTS_MINIPAL_ENTRYPOINTS_H

#include <stdint.h>
#include <string.h>

typedef struct
{
    const char* name;
    const void* method;
} Entry;

#define DllImportEntry(impl) { #impl, (void*)impl },

static inline const void* minipal_resolve_dllimport(const Entry* resolutionTable, size_t tableLength, const char* name)
{
    for (size_t i = 0; i < tableLength; i++)
    {
        if (strcmp(name, resolutionTable[i].name) == 0)
        {
            return resolutionTable[i].method;
        }
    }
    return NULL;
}

#endif
