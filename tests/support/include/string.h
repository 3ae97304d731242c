// wasm32 without a C library: what generated files may call, defined in support/runtime.cpp.
#ifndef THUNKGEN_TESTS_STRING_H
#define THUNKGEN_TESTS_STRING_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

void* memcpy(void* destination, const void* source, size_t count);
void* memmove(void* destination, const void* source, size_t count);
void* memset(void* destination, int value, size_t count);
int memcmp(const void* left, const void* right, size_t count);
int strcmp(const char* left, const char* right);
size_t strlen(const char* text);

#ifdef __cplusplus
}
#endif

#endif
