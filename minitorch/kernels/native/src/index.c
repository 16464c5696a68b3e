#include "call.h"

/* index_add(places, width, count, index, rows, out); out is 0 */
static PyObject *index_add(PyObject *self, PyObject *const *args, Py_ssize_t given) {
    (void)self;
    struct call call = {.args = args, .left = given};
    long places = number(&call), width = number(&call), count = number(&call);
    const int64_t *index = input_longs(&call, count);
    const float *rows = input(&call, count * width);
    float *out = output(&call, places * width);
    int status = 0;
    if (!call.failed && places > 0 && width > 0) {
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
