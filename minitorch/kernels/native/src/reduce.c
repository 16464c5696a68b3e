#include "call.h"

/* channel_sums(N, channels, length, x, totals, n, stop); totals is added to */
static PyObject *channel_sums(PyObject *self, PyObject *const *args, Py_ssize_t given) {
    (void)self;
    struct call call = {.args = args, .left = given};
    long all = positive(&call), channels = positive(&call), length = positive(&call);
    const float *x = input(&call, product_of(all, product_of(channels, length)));
    double *totals = doubles(&call, channels);
    long n = number(&call), stop = stop_of(&call, n, all);
    if (!call.failed) {
        Py_BEGIN_ALLOW_THREADS
        active->reduce.channel_sums(channels, length, x, totals, n, stop);
        Py_END_ALLOW_THREADS
    }
    return done(&call, 0);
}

PyMethodDef reduce_methods[] = {
    METHOD(channel_sums),
    {NULL, NULL, 0, NULL},
};
