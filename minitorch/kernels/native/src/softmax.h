/* Softmax of rows, its logarithm, their gradients: softmax.inc. */
#ifndef SOFTMAX_H
#define SOFTMAX_H

#include "share.h"

/* Rows of so many numbers. */
struct softmax_given {
    long length;
    int is_log;
    const float *x;
    float *out;
};

struct softmax_grad_given {
    long length;
    int is_log;
    const float *grad, *out;
    float *grad_x;
};

struct softmax_kernels {
    tile_kernel *forward, *grad; /* tiles: rows */
};

#endif
