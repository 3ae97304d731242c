#ifndef THUNKGEN_TESTS_MINIPAL_UTILS_H
#define THUNKGEN_TESTS_MINIPAL_UTILS_H

#define NOINLINE __attribute__((noinline))

#endif
