#include "call.h"

/* softmax(count, length, is_log, x, out, m, stop) */
static PyObject *softmax(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    (void)self;
    struct call call = {.args = args, .left = count};
    long all = positive(&call), length = positive(&call);
    int is_log = flag(&call);
    const float *x = input(&call, product_of(all, length));
    float *out = output(&call, product_of(all, length));
    long m = number(&call), stop = stop_of(&call, m, all);
    int status = 0;
    if (!call.failed) {
        Py_BEGIN_ALLOW_THREADS
        status = active->softmax.forward(length, is_log, x, out, m, stop);
        Py_END_ALLOW_THREADS
    }
    return done(&call, status);
}

/* softmax_grad(count, length, is_log, grad, out, grad_x, m, stop) */
static PyObject *softmax_grad(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    (void)self;
    struct call call = {.args = args, .left = count};
    long all = positive(&call), length = positive(&call);
    int is_log = flag(&call);
    const float *grad = input(&call, product_of(all, length));
    const float *out = input(&call, product_of(all, length));
    float *grad_x = output(&call, product_of(all, length));
    long m = number(&call), stop = stop_of(&call, m, all);
    int status = 0;
    if (!call.failed) {
        Py_BEGIN_ALLOW_THREADS
        status = active->softmax.grad(length, is_log, grad, out, grad_x, m, stop);
        Py_END_ALLOW_THREADS
    }
    return done(&call, status);
}

PyMethodDef softmax_methods[] = {
    METHOD(softmax),
    METHOD(softmax_grad),
    {NULL, NULL, 0, NULL},
};
