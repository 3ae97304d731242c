// What the Rust standard library calls, and Debian's C library for WASI (of 2022) does not have.
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int *__errno_location(void) { return &errno; }

// There are no threads. The standard library reports that to who wants one.
int pthread_attr_init(void *attributes) { (void)attributes; return 0; }
int pthread_attr_destroy(void *attributes) { (void)attributes; return 0; }
int pthread_attr_setstacksize(void *attributes, size_t size) { (void)attributes, (void)size; return 0; }
int pthread_create(void *thread, const void *attributes, void *(*start)(void *), void *argument)
{
    (void)thread, (void)attributes, (void)start, (void)argument;
    return ENOTSUP;
}
int pthread_join(void *thread, void **result) { (void)thread, (void)result; return ENOTSUP; }
int pthread_detach(void *thread) { (void)thread; return ENOTSUP; }

#define MAX_LINKS 40

char *realpath(const char *path, char *result)
{
    // `done` is resolved; `rest` is what follows, without the slashes in front of it.
    static char done[PATH_MAX], rest[PATH_MAX], link[PATH_MAX];
    int links = 0;
    struct stat status;
    if (!*path) { errno = ENOENT; return NULL; }
    if (strlen(path) >= sizeof rest) { errno = ENAMETOOLONG; return NULL; }
    strcpy(rest, path);
    done[0] = 0;
    if (*path != '/' && (!getcwd(done, sizeof done) || !strcmp(done, "/"))) done[0] = 0;
    for (char *next = rest; *next;) {
        size_t length = strcspn(next, "/"), before = strlen(done);
        char *after = next + length + strspn(next + length, "/");
        if (length == 0 || (length == 1 && next[0] == '.')) { next = after; continue; }
        if (length == 2 && next[0] == '.' && next[1] == '.') {
            if (before) *strrchr(done, '/') = 0;
            next = after;
            continue;
        }
        if (before + 1 + length >= sizeof done) { errno = ENAMETOOLONG; return NULL; }
        done[before] = '/';
        memcpy(done + before + 1, next, length);
        done[before + 1 + length] = 0;
        ssize_t size = readlink(done, link, sizeof link - 1);
        if (size < 0) { next = after; continue; } // not a link, or out of reach: `stat` decides
        if (++links > MAX_LINKS) { errno = ELOOP; return NULL; }
        if (size + 1 + strlen(after) >= sizeof rest) { errno = ENAMETOOLONG; return NULL; }
        // What the link contains comes before what follows it.
        memmove(rest + size + 1, after, strlen(after) + 1);
        memcpy(rest, link, size);
        rest[size] = '/';
        done[link[0] == '/' ? 0 : before] = 0;
        next = rest;
    }
    if (!done[0]) strcpy(done, "/");
    if (stat(done, &status)) return NULL;
    return result ? strcpy(result, done) : strdup(done);
}
