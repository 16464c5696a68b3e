/* Convolution of planes: conv.inc, direct.inc, direct_weight.inc, winograd.inc. */
#ifndef CONV_H
#define CONV_H

#include <stdint.h>

#define MOST_TAPS 256
/* Of what frames are made of (direct.inc): a frame may be longer than its places by so much. */
#define MOST_STRIDE 16
#define MOST_REACH 1024

/* x (N, groups c_in, height, width), weight (groups c_out, c_in, kernel_h, kernel_w)
 * -> (N, groups c_out, out_h, out_w). */
struct conv {
    int64_t c_in, height, width, c_out, kernel_h, kernel_w, out_h, out_w;
    int64_t stride_h, stride_w, padding_h, padding_w, dilation_h, dilation_w, groups;
};

/* The taps of (out, in) in a weight begin at weight + out * row + in * channel; `turned` reads them
 * backwards. */
struct taps {
    const float *weight;
    long out, in, row, channel;
    int turned;
};

struct conv_kernels {
    int (*forward)(const struct conv *, const float *x, const float *weight, const float *bias,
                   float *out, long n, long stop, long m, long m_stop);
    int (*input_grad)(const struct conv *, const float *grad, const float *weight, float *out,
                      long n, long stop, long m, long m_stop);
    int (*weight_grad)(const struct conv *, const float *grad, const float *x, long images,
                       float *out, long n, long stop);
    int (*direct_forward)(const struct conv *, const float *x, const float *weight,
                          const float *bias, float *out, long images, long n, long stop, long row,
                          long row_stop);
    int (*direct_input_grad)(const struct conv *, const float *grad, const float *weight, float *out,
                             long images, long n, long stop, long row, long row_stop);
    int (*direct_weight_grad)(const struct conv *, const float *grad, const float *x, float *out,
                              long images, long n, long stop, long group, long group_stop);
    void (*blocked_weights)(const struct conv *, int is_grad, const float *weight, float *u, long n,
                            long stop);
    int (*blocked)(const struct conv *, int is_grad, const float *x, const float *u,
                   const float *bias, float *out, long n, long stop, long k, long k_stop);
    void (*winograd_weights)(const struct taps *, float *u, long n, long stop);
    int (*winograd_forward)(const struct conv *, const float *x, const float *u, const float *bias,
                            float *out, long n, long stop);
    int (*winograd_panels)(const struct conv *, long images, const struct taps *, const float *tiles,
                           const float *bias, float *out, long n, long stop, long k, long k_stop);
    int (*winograd_tiles)(const struct conv *, const float *images, int is_grad, long tiles,
                          float *to, long n, long stop);
    int (*winograd_weight_grad)(const struct conv *, const float *x, const float *grad, long tiles,
                                int is_first, float *out, long n, long stop, long b, long b_stop);
};

#endif
