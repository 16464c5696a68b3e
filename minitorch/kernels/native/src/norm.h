/* Normalisation of channels, of groups of channels, of rows: norm.inc. */
#ifndef NORM_H
#define NORM_H

/* Channels c .. c_stop of images n .. n_stop of (images, channels, places). */
struct part {
    long images, channels, places;
    long n, n_stop, c, c_stop;
};

/* Sums are (2, channels): of something, and of its products. The arrays of a channel's mean and so
 * on are those of all channels. */
struct norm_kernels {
    int (*batch_sums)(const struct part *, const float *x, double *sums);
    int (*batch)(const struct part *, const float *x, const double *sums, const float *weight,
                 const float *bias, double eps, float *out, float *mean, float *invstd);
    int (*batch_grad_sums)(const struct part *, const float *grad, const float *x,
                           const float *mean, double *sums);
    int (*batch_grad)(const struct part *, const float *grad, const float *x, const double *sums,
                      const float *weight, const float *mean, const float *invstd, float *grad_x);
    int (*group)(const struct part *, long groups, const float *x, const float *weight,
                 const float *bias, double eps, float *out, float *mean, float *invstd);
    int (*group_grad)(const struct part *, long groups, const float *grad, const float *x,
                      const float *weight, const float *mean, const float *invstd, float *grad_x,
                      double *sums);
    void (*rows)(long length, const float *x, const float *weight, const float *bias, double eps,
                 float *out, float *mean, float *inverse, long m, long stop);
    int (*rows_grad)(long length, const float *grad, const float *x, const float *weight,
                      const float *mean, const float *inverse, float *grad_x, double *sums, long m,
                     long stop);
};

#endif
