/* Sums: reduce.inc. */
#ifndef REDUCE_H
#define REDUCE_H

struct reduce_kernels {
    void (*channel_sums)(long channels, long length, const float *x, double *totals, long n,
                         long stop);
};

#endif
