/* Products of matrices that lie in memory: product.inc. */
#ifndef PRODUCT_H
#define PRODUCT_H

/* Matrices (count, rows, columns) of any strides: element (n, i, j) of them stands at
 * data[n * step + i * row + j * column]. Of a single one for all n the step is 0. */
struct matrices {
    const float *data;
    long count, rows, columns;
    long step, row, column;
};

/* What of a product is wanted: examples, and of each of them rows and columns. */
struct part_of_product {
    long n, n_stop, i, i_stop, j, j_stop;
};

struct product_kernels {
    /* out (count, M, N), without gaps, of a (count, M, K), b (count, K, N), and a bias (N) or NULL. */
    int (*multiply)(const struct matrices *a, const struct matrices *b, const float *bias, float *out,
                    const struct part_of_product *part);
};

#endif
