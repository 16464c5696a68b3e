/* Losses: loss.inc. */
#ifndef LOSS_H
#define LOSS_H

#include <stdint.h>

/* 0, or -1 where a label is no class. Without weights of classes `weight` is NULL. */
struct loss_kernels {
    int (*nll)(long count, long classes, long inner, const float *log_probs, const int64_t *target,
               const float *weight, long ignored, float *losses, float *weights);
    int (*nll_grad)(long count, long classes, long inner, const float *grad, const int64_t *target,
                    const float *weight, long ignored, float *grad_log_probs);
};

#endif
