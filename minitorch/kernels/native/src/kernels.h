/* The kernels, compiled once for each instruction set. */
#ifndef KERNELS_H
#define KERNELS_H

/* __builtin_shufflevector (vec.h) is the youngest of what is needed. */
#if !defined __clang__ && (!defined __GNUC__ || __GNUC__ < 12)
#error the kernels need GCC 12 or newer, or Clang
#endif

#include "attention.h"
#include "conv.h"
#include "elementwise.h"
#include "index.h"
#include "loss.h"
#include "norm.h"
#include "pool.h"
#include "product.h"
#include "recurrent.h"
#include "reduce.h"
#include "softmax.h"
#include "update.h"

struct kernels {
    const char *name;
    long lanes; /* floats in a vector */
    struct conv_kernels conv;
    struct pool_kernels pool;
    struct update_kernels update;
    struct index_kernels index;
    struct norm_kernels norm;
    struct softmax_kernels softmax;
    struct elementwise_kernels elementwise;
    struct reduce_kernels reduce;
    struct loss_kernels loss;
    struct recurrent_kernels recurrent;
    struct product_kernels product;
    struct attention_kernels attention;
};

#endif
