/* Recurrent layers over whole sequences, and their gradients: recurrent.inc. */
#ifndef RECURRENT_H
#define RECURRENT_H

#include <stdint.h>

enum { RNN_TANH, RNN_RELU, LSTM, GRU };

/* A panel is so many vectors wide. */
#define PANEL_VECS 2

/* A batch of packed sequences (contract/recurrent.py) in a layer and a direction. */
struct recurrence {
    long kind, steps, rows, batch, inputs, units, is_reverse;
};

/* Rows of the weights for each unit, and numbers that the gradient is told of each. */
static inline long rows_of_unit(long kind) { return kind == LSTM ? 4 : kind == GRU ? 3 : 1; }
static inline long parts_of_unit(long kind) { return kind == LSTM || kind == GRU ? 4 : 1; }

/* `first` are the first rows of the steps, and the end. The weights come in panels; `bias` is the
 * sum of both, and in a GRU that of w_hn h stands after it. `gates` are (rows, parts, units), grads
 * lie likewise: in a GRU those of n, r, z and w_hn h. What a kind has not is NULL. */
struct recurrent_kernels {
    /* Panels first .. stop of B (depth, columns), which is stored so, or turned: (columns, depth). */
    void (*pack)(long depth, long columns, int is_turned, const float *b, float *panels, long first,
                 long stop);
    /* Sequences n .. stop through all steps; their states, which come in, are the last ones then.
     * 0, or -1 without memory, as below. */
    int (*forward)(const struct recurrence *, const int64_t *first, const float *x,
                   const float *w_ih, const float *w_hh, const float *bias, float *h, float *c,
                   float *hidden, float *gates, float *cells, long n, long stop);
    /* Back again: gradients of the states come in and go out, and those of all steps are summed
     * (parts, units); w_ih and grad_x, or neither. */
    int (*grad)(const struct recurrence *, const int64_t *first, const float *grad_out,
                const float *w_ih, const float *w_hh, const float *h, const float *c,
                const float *hidden, const float *gates, const float *cells, float *grad_h,
                float *grad_c, float *grads, double *sums, float *grad_x, long n, long stop);
    /* Products of the columns m .. stop of grads (count, width) with x (count, columns). */
    void (*weight_grad)(long count, long width, long columns, const float *grads, const float *x,
                        float *out, long m, long stop);
};

#endif
