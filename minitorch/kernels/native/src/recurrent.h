/* Recurrent layers over whole sequences, and their gradients: recurrent.inc. */
#ifndef RECURRENT_H
#define RECURRENT_H

#include "share.h"

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

/* B (depth, columns), which is stored so, or turned: (columns, depth). */
struct recurrent_pack_given {
    long depth, columns;
    int is_turned;
    const float *b;
    float *panels;
};

/* `first` are the first rows of the steps, and the end. The weights come in panels; `bias` is the
 * sum of both, and in a GRU that of w_hn h stands after it. `gates` are (rows, parts, units), grads
 * lie likewise: in a GRU those of n, r, z and w_hn h. What a kind has not is NULL. */

/* States come in, and are the last ones then. */
struct recurrent_given {
    const struct recurrence *layer;
    const int64_t *first;
    const float *x, *w_ih, *w_hh, *bias;
    float *h, *c, *hidden, *gates, *cells;
};

/* Back again: gradients of the states come in and go out, and those of all steps are summed
 * (tiles, parts, units); w_ih and grad_x, or neither. */
struct recurrent_grad_given {
    const struct recurrence *layer;
    const int64_t *first;
    const float *grad_out, *w_ih, *w_hh, *h, *c, *hidden, *gates, *cells;
    float *grad_h, *grad_c, *grads;
    float *before; /* the states that the steps began with; may be NULL */
    double *sums;
    float *grad_x;
};

struct recurrent_kernels {
    tile_kernel *pack;    /* tiles: panels */
    tile_kernel *forward; /* sequences, through all steps */
    tile_kernel *grad;    /* the number of the tile, sequences */
};

#endif
