/* Tiles of a kernel's work, shared out to threads that need no GIL: share.c. */
#ifndef SHARE_H
#define SHARE_H

#include <stdint.h>

/* Work at a tile: where along each axis it starts and stops, one number after the other. What is given
 * is a struct of the kernel's own. Returns 0, or -1 where there was no memory. */
typedef int tile_kernel(const void *given, const int64_t *tile);

#define MOST_THREADS INT32_MAX /* that may be asked for */
struct tiles {
    const int64_t *numbers; /* (count, width) */
    long count, width;
    long threads; /* that may be at them, the caller included */
};

/* Jobs so far to which other threads were called. */
long jobs_shared(void);

/* Have all tiles worked at; 0, or what a tile returned that was not. */
int share(tile_kernel *work, const void *given, const struct tiles *tiles);

/* When the module is loaded, before anybody forks: 0, or an error where there was no memory. */
int start_sharing(void);

#endif
