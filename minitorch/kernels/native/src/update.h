/* Updates of parameters by optimizers: update.inc. */
#ifndef UPDATE_H
#define UPDATE_H

struct sgd {
    double lr, momentum, share_of_grad, weight_decay;
    double is_first, is_nesterov, is_maximized;
};

/* Adam and what shares its form: a sum of the average and the gradient is divided by the root. */
struct adam {
    double beta1, beta2, weight_decay, shrink; /* shrink: the parameter, decoupled */
    double share_of_average, share_of_grad, eps, rate;
    double is_divided;
};

/* One step of so many elements; an array that there is not is NULL. */
struct update_kernels {
    void (*sgd)(const struct sgd *, long count, float *param, const float *grad, float *buffer);
    void (*adam)(const struct adam *, long count, float *param, const float *grad, float *average,
                 float *squares, float *most_squares);
};

#endif
