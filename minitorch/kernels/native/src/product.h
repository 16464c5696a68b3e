/* Products of matrices that lie in memory: product.inc. */
#ifndef PRODUCT_H
#define PRODUCT_H

#include "share.h"

/* Matrices (count, rows, columns) of any strides: element (n, i, j) of them stands at
 * data[n * step + i * row + j * column]. Of a single one for all n the step is 0. */
struct matrices {
    const float *data;
    long count, rows, columns;
    long step, row, column;
};

/* out (count, M, N), without gaps, of a (count, M, K), b (count, K, N), and a bias (N) or NULL. */
struct product_given {
    struct matrices a, b;
    const float *bias;
    float *out;
};

struct product_kernels {
    tile_kernel *product; /* tiles: examples, rows, columns */
};

#endif
