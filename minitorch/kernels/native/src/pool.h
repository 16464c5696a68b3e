/* Pooling of planes: pool.inc. */
#ifndef POOL_H
#define POOL_H

#include "share.h"

/* Planes (height, width) -> planes (out_h, out_w). */
struct pool {
    int64_t height, width, out_h, out_w, kernel_h, kernel_w;
    int64_t stride_h, stride_w, padding_h, padding_w, dilation_h, dilation_w;
};

/* From x to the output, or from the gradient of the output to that of x. */
struct pool_given {
    const struct pool *g;
    long planes;
    const float *from;
    float *to;
    const float *divisors;      /* (out_h, out_w) */
    const uint8_t *first_codes; /* (out_h, out_w) */
    const uint8_t *codes;       /* of all windows */
    uint8_t *found;             /* codes that pool_max writes */
};

struct pool_kernels { /* tiles: planes */
    tile_kernel *max, *gather, *scatter, *average, *average_grad;
    tile_kernel *adaptive_average, *adaptive_average_grad; /* windows as even as they can be */
};

#endif
