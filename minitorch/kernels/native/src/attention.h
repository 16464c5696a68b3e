/* Attention: attention.inc. */
#ifndef ATTENTION_H
#define ATTENTION_H

/* Matrices of each head of each example, of any strides, counted in items: (N, H, rows, columns). */
struct heads {
    void *data;
    long sizes[4], steps[4];
};

/* The arguments of both directions. */
struct attention {
    struct heads query, key, value, mask;
    int is_added; /* the mask is of floats, which are added; otherwise of bytes: what may be seen */
    int is_causal;
    float scale;
};

/* Heads first .. stop of N * H. */
struct attention_kernels {
    int (*forward)(const struct attention *, const struct heads *out, float *logsumexp, long first,
                   long stop);
    int (*grad)(const struct attention *, const struct heads *grad, const float *logsumexp,
                const struct heads *grad_q, const struct heads *grad_k, const struct heads *grad_v,
                long first, long stop);
};

#endif
