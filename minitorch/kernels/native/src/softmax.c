#include "call.h"

/* softmax(count, length, is_log, x, out, m, stop) */
static PyObject *softmax(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    (void)self;
    struct call call = {.args = args, .left = count};
    long all = number(&call), length = number(&call), is_log = number(&call);
    const float *x = input(&call, all * length);
    float *out = output(&call, all * length);
    long m = number(&call), stop = number(&call);
    int status = 0;
    if (!call.failed && m >= 0 && stop <= all) {
        Py_BEGIN_ALLOW_THREADS
        status = active->softmax.forward(length, (int)is_log, x, out, m, stop);
        Py_END_ALLOW_THREADS
    }
    return done(&call, status);
}

/* softmax_grad(count, length, is_log, grad, out, grad_x, m, stop) */
static PyObject *softmax_grad(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    (void)self;
    struct call call = {.args = args, .left = count};
    long all = number(&call), length = number(&call), is_log = number(&call);
    const float *grad = input(&call, all * length), *out = input(&call, all * length);
    float *grad_x = output(&call, all * length);
    long m = number(&call), stop = number(&call);
    int status = 0;
    if (!call.failed && m >= 0 && stop <= all) {
        Py_BEGIN_ALLOW_THREADS
        status = active->softmax.grad(length, (int)is_log, grad, out, grad_x, m, stop);
        Py_END_ALLOW_THREADS
    }
    return done(&call, status);
}

PyMethodDef softmax_methods[] = {
    METHOD(softmax),
    METHOD(softmax_grad),
    {NULL, NULL, 0, NULL},
};
