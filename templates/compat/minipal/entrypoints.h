// The part of minipal/entrypoints.h that generated files use.

#ifndef HAVE_MINIPAL_ENTRYPOINTS_H
#define HAVE_MINIPAL_ENTRYPOINTS_H

#include <stddef.h>

typedef struct
{
    const char* name;
    const void* method;
} Entry;

// The function of that name, or null.
static inline const void* minipal_resolve_dllimport(const Entry* resolutionTable, size_t tableLength, const char* name)
{
    for (size_t i = 0; i < tableLength; i++)
    {
        if (__builtin_strcmp(name, resolutionTable[i].name) == 0)
            return resolutionTable[i].method;
    }
    return NULL;
}

#endif // HAVE_MINIPAL_ENTRYPOINTS_H
