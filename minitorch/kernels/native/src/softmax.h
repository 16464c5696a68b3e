/* Softmax of rows, its logarithm, their gradients: softmax.inc. */
#ifndef SOFTMAX_H
#define SOFTMAX_H

struct softmax_kernels {
    int (*forward)(long length, int is_log, const float *x, float *out, long m, long stop);
    int (*grad)(long length, int is_log, const float *grad, const float *out, float *grad_x, long m,
                long stop);
};

#endif
