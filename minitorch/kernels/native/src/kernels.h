/* The kernels, compiled once for each instruction set. */
#ifndef KERNELS_H
#define KERNELS_H

#include "conv.h"
#include "norm.h"
#include "softmax.h"

struct kernels {
    const char *name;
    long lanes; /* floats in a vector */
    struct conv_kernels conv;
    struct norm_kernels norm;
    struct softmax_kernels softmax;
};

#endif
