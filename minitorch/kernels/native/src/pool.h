/* Pooling of planes: pool.inc. */
#ifndef POOL_H
#define POOL_H

#include <stdint.h>

/* Planes (height, width) -> planes (out_h, out_w). */
struct pool {
    int64_t height, width, out_h, out_w, kernel_h, kernel_w;
    int64_t stride_h, stride_w, padding_h, padding_w, dilation_h, dilation_w;
};

/* Planes n .. stop of them all; tables are (out_h, out_w). 0, or -1 without memory. */
struct pool_kernels {
    int (*max)(const struct pool *, const uint8_t *first_codes, const float *x, float *out,
               uint8_t *codes, long n, long stop);
    int (*gather)(const struct pool *, const float *x, const uint8_t *codes, float *out, long n,
                  long stop);
    int (*scatter)(const struct pool *, const float *grad, const uint8_t *codes, float *grad_x,
                   long n, long stop);
    int (*average)(const struct pool *, const float *divisors, const float *x, float *out, long n,
                   long stop);
    int (*average_grad)(const struct pool *, const float *divisors, const float *grad,
                        float *grad_x, long n, long stop);
    /* Windows as even as they can be: of the sizes alone. */
    void (*adaptive_average)(const struct pool *, const float *x, float *out, long n, long stop);
    void (*adaptive_average_grad)(const struct pool *, const float *grad, float *grad_x, long n,
                                  long stop);
};

#endif
