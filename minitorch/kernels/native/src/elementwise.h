/* Functions of each element: elementwise.inc. */
#ifndef ELEMENTWISE_H
#define ELEMENTWISE_H

/* Of `count` elements of a and b; those of one array read `a` alone, and few the number. */
typedef void elementwise_kernel(long count, const float *a, const float *b, float number, float *out);

struct elementwise_kernels {
    elementwise_kernel *erf, *relu, *threshold_grad, *leak, *sigmoid, *sigmoid_grad,
        *tanh_grad, *silu, *silu_grad, *gelu, *gelu_grad, *gelu_tanh, *gelu_tanh_grad;
};

#endif
