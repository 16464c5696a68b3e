/* The arguments of a call from Python: numbers, and arrays by the buffer protocol.
 *
 * Arrays are C-contiguous, of float32, int64, bytes or (sums) doubles, and their sizes are held
 * against what is expected before anything is read. After the first failure nothing more is taken;
 * done() raises what was wrong.
 */
#ifndef CALL_H
#define CALL_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "kernels.h"
#include "share.h"

/* The kernels in use. */
extern const struct kernels *active;

#define MOST_ARRAYS 16
/* No memory holds more, and the bytes of a few times as many can still be counted. */
#define MOST_ITEMS (1L << 56)
struct call {
    PyObject *const *args;
    Py_ssize_t left;
    Py_buffer views[MOST_ARRAYS], *more; /* of the arrays beyond those: make_room() */
    long arrays;
    int failed;
};

long number(struct call *call);
double real(struct call *call);
/* 1 at least. */
long positive(struct call *call);
/* 0 or 1. */
int flag(struct call *call);
/* The next argument, where a range ends that begins at `start`: 0 <= start <= stop <= count. */
long stop_of(struct call *call, long start, long count);
/* What has to be so, or the call fails with a ValueError; the first failure is the one raised. */
void require(struct call *call, int is_so, const char *otherwise);
/* a b; -1, which no array has, where either is negative or there are more than MOST_ITEMS. */
long product_of(long a, long b);
/* The next argument is None, and is taken. */
int is_none(struct call *call);

/* An axis of a convolution or a pooling. */
#define MOST_SIZE (1L << 40)
struct axis {
    long size, out, kernel, stride, padding, dilation;
};
/* None of its numbers is so small or large that it cannot be counted with. */
int is_axis(const struct axis *a);
/* Places that the taps of a window span: numbers of an axis. */
long span_of_taps(const struct axis *a);

/* So many floats, to be read or to be written. */
const float *input(struct call *call, long count);
float *output(struct call *call, long count);
const uint8_t *input_bytes(struct call *call, long count);
uint8_t *output_bytes(struct call *call, long count);
const int64_t *input_longs(struct call *call, long count);
/* An array of so many dimensions, or of one less, which is then 1 at the front: its sizes, and steps
 * counted in items; 0 where there is none to take. */
void *strided(struct call *call, int flags, size_t size, int dims, long *sizes, long *steps);
/* Matrices of floats in an array of two or three dimensions, as they lie there. */
struct matrices input_matrices(struct call *call);
/* So many doubles, to be read and written. */
double *doubles(struct call *call, long count);
/* Threads, and tiles as bytes of int64: of each, where along `axes` axes it starts and stops. Of an axis
 * there are so many, 0 <= start < stop <= most: what starts is there, a part of sums for one. */
struct tiles tiles(struct call *call, int axes, const long *most);
/* Any number of floats, to be written; `count` becomes how many. */
float *output_of_any(struct call *call, long *count);
/* Room for so many arrays beyond MOST_ARRAYS, and so many bytes, until done(); NULL and a failure where
 * there is no memory. */
void *make_room(struct call *call, long arrays, long bytes);
/* So many bytes, that hold a struct. */
const void *record(struct call *call, size_t size);
/* Gives everything back; None, or NULL and an exception, also where status says there was no memory. */
PyObject *done(struct call *call, int status);

/* Works at all tiles without the GIL; then as done(). */
PyObject *run(struct call *call, tile_kernel *work, const void *given, const struct tiles *tiles);

#define METHOD(f) {#f, (PyCFunction)(void (*)(void))f, METH_FASTCALL, NULL}

#endif
