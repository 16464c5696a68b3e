/* Vectors of floats in the compiler's own notation: one text for all instruction sets.
 *
 * The file that includes this has said what it is compiled for: ISA (the end of its names), LANES
 * (floats in a register) and REGISTERS (how many of those there are).
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels.h"

typedef float vec __attribute__((vector_size(4 * LANES), aligned(4), may_alias));
typedef int32_t ints __attribute__((vector_size(4 * LANES), aligned(4), may_alias));

#define JOIN_(a, b) a##_##b
#define JOIN(a, b) JOIN_(a, b)
#define NAME(f) JOIN(f, ISA)
#define INLINE static inline __attribute__((always_inline))

INLINE vec load(const float *p) { return *(const vec *)p; }
INLINE void store(float *p, vec v) { *(vec *)p = v; }
INLINE long least(long a, long b) { return a < b ? a : b; }
INLINE long most(long a, long b) { return a > b ? a : b; }

#if LANES == 16
#define LOW 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23
#define HIGH 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31
#define EVEN 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30
#define ODD 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31
#elif LANES == 8
#define LOW 0, 8, 1, 9, 2, 10, 3, 11
#define HIGH 4, 12, 5, 13, 6, 14, 7, 15
#define EVEN 0, 2, 4, 6, 8, 10, 12, 14
#define ODD 1, 3, 5, 7, 9, 11, 13, 15
#else
#define LOW 0, 4, 1, 5
#define HIGH 2, 6, 3, 7
#define EVEN 0, 2, 4, 6
#define ODD 1, 3, 5, 7
#endif

/* Lines (rows, columns) to (columns, rows), each with its pitch. Up to LANES - 1 more of either are read and
 * written: the order is such that what is right is written last. */
INLINE void turn_over(const float *lines, long pitch, long rows, long columns, float *to, long to_pitch) {
    for (long k = 0; k < columns; k += LANES) {
        for (long i = (rows - 1) / LANES * LANES; i >= 0; i -= LANES) {
            vec block[LANES], mixed[LANES];
            for (int r = 0; r < LANES; r++) block[r] = load(lines + (i + r) * pitch + k);
            for (int round = 1; round < LANES; round *= 2) {
#pragma GCC unroll 16
                for (int r = 0; r < LANES / 2; r++) {
                    mixed[2 * r] = __builtin_shufflevector(block[r], block[r + LANES / 2], LOW);
                    mixed[2 * r + 1] = __builtin_shufflevector(block[r], block[r + LANES / 2], HIGH);
                }
                memcpy(block, mixed, sizeof block);
            }
            for (int r = 0; r < LANES; r++) store(to + (k + r) * to_pitch + i, block[r]);
        }
    }
}
