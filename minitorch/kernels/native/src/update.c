#include "call.h"

static float *output_or_none(struct call *call, long count) {
    return is_none(call) ? NULL : output(call, count);
}

/* update_sgd(rule, count, param, grad, buffer or None) */
static PyObject *update_sgd(PyObject *self, PyObject *const *args, Py_ssize_t given) {
    (void)self;
    struct call call = {.args = args, .left = given};
    const struct sgd *rule = record(&call, sizeof *rule);
    long count = number(&call);
    float *param = output(&call, count);
    const float *grad = input(&call, count);
    float *buffer = output_or_none(&call, count);
    if (!call.failed) {
        Py_BEGIN_ALLOW_THREADS
        active->update.sgd(rule, count, param, grad, buffer);
        Py_END_ALLOW_THREADS
    }
    return done(&call, 0);
}

/* update_adam(rule, count, param, grad, average, squares, most squares or None) */
static PyObject *update_adam(PyObject *self, PyObject *const *args, Py_ssize_t given) {
    (void)self;
    struct call call = {.args = args, .left = given};
    const struct adam *rule = record(&call, sizeof *rule);
    long count = number(&call);
    float *param = output(&call, count);
    const float *grad = input(&call, count);
    float *average = output(&call, count), *squares = output(&call, count);
    float *most_squares = output_or_none(&call, count);
    if (!call.failed) {
        Py_BEGIN_ALLOW_THREADS
        active->update.adam(rule, count, param, grad, average, squares, most_squares);
        Py_END_ALLOW_THREADS
    }
    return done(&call, 0);
}

PyMethodDef update_methods[] = {
    METHOD(update_sgd),
    METHOD(update_adam),
    {NULL, NULL, 0, NULL},
};
