#include "call.h"

/* softmax(count, length, is_log, x, out, threads, tiles of rows) */
static PyObject *softmax(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    (void)self;
    struct call call = {.args = args, .left = count};
    struct softmax_given p;
    long rows = positive(&call);
    p.length = positive(&call);
    p.is_log = flag(&call);
    p.x = input(&call, product_of(rows, p.length));
    p.out = output(&call, product_of(rows, p.length));
    struct tiles t = tiles(&call, 1, &rows);
    return run(&call, active->softmax.forward, &p, &t);
}

/* softmax_grad(count, length, is_log, grad, out, grad_x, threads, tiles of rows) */
static PyObject *softmax_grad(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    (void)self;
    struct call call = {.args = args, .left = count};
    struct softmax_grad_given p;
    long rows = positive(&call);
    p.length = positive(&call);
    p.is_log = flag(&call);
    p.grad = input(&call, product_of(rows, p.length));
    p.out = input(&call, product_of(rows, p.length));
    p.grad_x = output(&call, product_of(rows, p.length));
    struct tiles t = tiles(&call, 1, &rows);
    return run(&call, active->softmax.grad, &p, &t);
}

PyMethodDef softmax_methods[] = {
    METHOD(softmax),
    METHOD(softmax_grad),
    {NULL, NULL, 0, NULL},
};
