/* Updates of parameters by optimizers: update.inc. */
#ifndef UPDATE_H
#define UPDATE_H

#include "share.h"

struct sgd {
    double lr, momentum, share_of_grad, weight_decay;
    double is_nesterov, is_maximized;
};

/* Adam and what shares its form: a sum of the average and the gradient is divided by the root. */
struct adam {
    double beta1, beta2, weight_decay, shrink; /* shrink: the parameter, decoupled */
    double share_of_average, share_of_grad, eps, rate;
    double is_divided;
};

/* A parameter, and what is kept for it: an array that there is not is NULL. */
#define MOST_KEPT 3
struct updated {
    float *param, *kept[MOST_KEPT];
    const float *grad;
    long stop; /* of its elements, those of all counted through */
};

struct update_given {
    const struct updated *params;
    const struct sgd *sgd;
    const uint8_t *firsts; /* of each parameter whether its buffer begins, for SGD */
    const struct adam *adams; /* of each */
};

struct update_kernels {
    tile_kernel *sgd, *adam; /* tiles: elements of all parameters, one after the other */
};

#endif
