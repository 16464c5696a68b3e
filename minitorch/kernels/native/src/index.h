/* Writes at indices: index.inc. */
#ifndef INDEX_H
#define INDEX_H

#include <stdint.h>

/* 0, or -1 without memory. */
struct index_kernels {
    /* To each of some places, (places, width), the sum of those of `count` rows that go there. */
    int (*add)(long places, long width, long count, const int64_t *index, const float *rows,
               float *out);
};

#endif
