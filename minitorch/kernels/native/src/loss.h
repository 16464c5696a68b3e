/* Losses: loss.inc. */
#ifndef LOSS_H
#define LOSS_H

#include <stdint.h>

/* Labels (N, inner) of N * inner samples of K classes, without weights of which `weight` is NULL. */
struct nll_given {
    long count, classes, inner, ignored, reduction;
    const int64_t *target;
    const float *weight;
};
enum { REDUCTION_NONE, REDUCTION_MEAN, REDUCTION_SUM }; /* PyTorch's numbers */

/* 0, or -1 where a label is no class. */
struct loss_kernels {
    int (*nll)(const struct nll_given *, const float *log_probs, float *out);
    int (*nll_grad)(const struct nll_given *, const float *grad, float *grad_log_probs);
};

#endif
