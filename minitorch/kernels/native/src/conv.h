/* Convolution of planes: conv.inc, winograd.inc. */
#ifndef CONV_H
#define CONV_H

#include <stdint.h>

#define MOST_TAPS 256

/* x (N, c_in, height, width), weight (c_out, c_in, kernel_h, kernel_w) -> (N, c_out, out_h, out_w). */
struct conv {
    int64_t c_in, height, width, c_out, kernel_h, kernel_w, out_h, out_w;
    int64_t stride_h, stride_w, padding_h, padding_w, dilation_h, dilation_w;
};

struct conv_kernels {
    int (*forward)(const struct conv *, const float *x, const float *weight, const float *bias,
                   float *out, long n, long stop, long m, long m_stop);
    int (*input_grad)(const struct conv *, const float *grad, const float *weight, float *out,
                      long n, long stop, long m, long m_stop);
    int (*weight_grad)(const struct conv *, const float *grad, const float *x, long images,
                       float *out, long n, long stop);
    void (*winograd_weights)(long out, long in, long row, long channel, int turned,
                             const float *weight, float *u, long n, long stop);
    int (*winograd_forward)(const struct conv *, const float *x, const float *u, float *out, long n,
                            long stop);
    int (*winograd_tiles)(const struct conv *, const float *images, int is_grad, long tiles,
                          float *to, long n, long stop);
    void (*winograd_products)(const struct conv *, const float *x, const float *grad, long tiles,
                              int is_first, float *sums, long n, long stop);
    void (*winograd_weight_grad)(const struct conv *, const float *sums, float *out, long n,
                                 long stop);
};

#endif
