#include "call.h"

/* index_add(places, width, count, index, rows, out); out is 0 */
static PyObject *index_add(PyObject *self, PyObject *const *args, Py_ssize_t given) {
    (void)self;
    struct call call = {.args = args, .left = given};
    long places = positive(&call), width = positive(&call), count = number(&call);
    const int64_t *index = input_longs(&call, count);
    const float *rows = input(&call, product_of(count, width));
    float *out = output(&call, product_of(places, width));
    int status = 0;
    if (!call.failed) {
        Py_BEGIN_ALLOW_THREADS
        status = active->index.add(places, width, count, index, rows, out);
        Py_END_ALLOW_THREADS
    }
    return done(&call, status);
}

PyMethodDef index_methods[] = {
    METHOD(index_add),
    {NULL, NULL, 0, NULL},
};
