/* Sums: reduce.inc. */
#ifndef REDUCE_H
#define REDUCE_H

#include "share.h"

/* x (N, channels, length); totals (parts, channels) are added to. */
struct sums_given {
    long channels, length;
    const float *x;
    double *totals;
};

struct reduce_kernels {
    tile_kernel *channel_sums; /* tiles: of N, and the part that has their sums */
};

#endif
