/* The kernels, compiled once for each instruction set. */
#ifndef KERNELS_H
#define KERNELS_H

#include "conv.h"
#include "index.h"
#include "pool.h"
#include "update.h"

struct kernels {
    const char *name;
    long lanes; /* floats in a vector */
    struct conv_kernels conv;
    struct pool_kernels pool;
    struct update_kernels update;
    struct index_kernels index;
};

#endif
