// The part of minipal/utils.h that generated files use.

#ifndef HAVE_MINIPAL_UTILS_H
#define HAVE_MINIPAL_UTILS_H

#ifndef NOINLINE
#define NOINLINE __attribute__((noinline))
#endif

#endif // HAVE_MINIPAL_UTILS_H
