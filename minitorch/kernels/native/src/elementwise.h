/* Functions of each element: elementwise.inc. */
#ifndef ELEMENTWISE_H
#define ELEMENTWISE_H

#include "share.h"

/* Those of one array have it as both, and few read the number. */
struct elementwise_given {
    const float *a, *b;
    float number;
    float *out;
};

struct elementwise_kernels { /* tiles: elements */
    tile_kernel *erf, *relu, *threshold_grad, *leak, *sigmoid, *sigmoid_grad, *tanh_grad, *silu,
        *silu_grad, *gelu, *gelu_grad, *gelu_tanh, *gelu_tanh_grad;
};

#endif
