/* Attention: attention.inc. */
#ifndef ATTENTION_H
#define ATTENTION_H

#include "share.h"

/* Matrices of each head of each example, of any strides, counted in items: (N, H, rows, columns). */
struct heads {
    void *data;
    long sizes[4], steps[4];
};

/* The arguments of both directions. */
struct attention {
    struct heads query, key, value, mask;
    int is_added; /* the mask is of floats, which are added; otherwise of bytes: what may be seen */
    int is_causal;
    float scale;
};

struct attention_given {
    struct attention of;
    struct heads out;
    float *logsumexp;
};
struct attention_grad_given {
    struct attention of;
    struct heads grad;
    const float *logsumexp;
    struct heads grad_q, grad_k, grad_v;
};

struct attention_kernels {
    tile_kernel *forward, *grad; /* tiles: heads of N * H */
};

#endif
