#include "call.h"

/* channel_sums(N, channels, length, x, parts, totals, threads, tiles of parts and of N) */
static PyObject *channel_sums(PyObject *self, PyObject *const *args, Py_ssize_t given) {
    (void)self;
    struct call call = {.args = args, .left = given};
    struct sums_given p;
    long all = positive(&call);
    p.channels = positive(&call);
    p.length = positive(&call);
    p.x = input(&call, product_of(all, product_of(p.channels, p.length)));
    long parts = positive(&call);
    p.totals = doubles(&call, product_of(parts, p.channels));
    struct tiles t = tiles(&call, 2, (long[]){parts, all});
    return run(&call, active->reduce.channel_sums, &p, &t);
}

PyMethodDef reduce_methods[] = {
    METHOD(channel_sums),
    {NULL, NULL, 0, NULL},
};
