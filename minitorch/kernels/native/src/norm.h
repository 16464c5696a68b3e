/* Normalisation of channels, of groups of channels, of rows: norm.inc. */
#ifndef NORM_H
#define NORM_H

#include "share.h"

/* (images, channels, places); rows are images whose channels have one place. */
struct batch {
    long images, channels, places;
};

/* The weight and the bias of a channel may be NULL, except of rows. Sums are (parts, 2, channels): of
 * something, and of its products. */
struct norm_given {
    struct batch of;
    long groups;
    const float *x, *weight, *bias;
    double eps;
    double *sums;
    float *out, *mean, *inverse;
};
struct norm_grad_given {
    struct batch of;
    long groups;
    const float *grad, *x, *weight, *mean, *inverse;
    double *sums;
    float *grad_x;
};

/* Tiles of a batch: parts, images, channels; of groups: images; of rows: rows, for the gradient behind
 * parts. */
struct norm_kernels {
    tile_kernel *batch_sums, *batch, *batch_grad_sums, *batch_grad;
    tile_kernel *group, *group_grad;
    tile_kernel *rows, *rows_grad;
};

#endif
