#include "call.h"

/* f(count, x, out, threads, tiles of elements); out may be x. */
static PyObject *of_one(tile_kernel *f, PyObject *const *args, Py_ssize_t given) {
    struct call call = {.args = args, .left = given};
    struct elementwise_given p = {0};
    long count = number(&call);
    p.a = p.b = input(&call, count);
    p.out = output(&call, count);
    struct tiles t = tiles(&call, 1, &count);
    return run(&call, f, &p, &t);
}

/* f(count, a, b, number, out, threads, tiles of elements) */
static PyObject *of_two(tile_kernel *f, PyObject *const *args, Py_ssize_t given) {
    struct call call = {.args = args, .left = given};
    struct elementwise_given p;
    long count = number(&call);
    p.a = input(&call, count);
    p.b = input(&call, count);
    p.number = (float)real(&call);
    p.out = output(&call, count);
    struct tiles t = tiles(&call, 1, &count);
    return run(&call, f, &p, &t);
}

#define FUNCTION(f, of)                                                                  \
    static PyObject *each_##f(PyObject *self, PyObject *const *args, Py_ssize_t given) { \
        (void)self;                                                                      \
        return of(active->elementwise.f, args, given);                                   \
    }
FUNCTION(erf, of_one)
FUNCTION(relu, of_one)
FUNCTION(threshold_grad, of_two)
FUNCTION(leak, of_two)
FUNCTION(sigmoid, of_one)
FUNCTION(sigmoid_grad, of_two)
FUNCTION(tanh_grad, of_two)
FUNCTION(silu, of_one)
FUNCTION(silu_grad, of_two)
FUNCTION(gelu, of_one)
FUNCTION(gelu_grad, of_two)
FUNCTION(gelu_tanh, of_one)
FUNCTION(gelu_tanh_grad, of_two)

PyMethodDef elementwise_methods[] = {
    METHOD(each_erf),
    METHOD(each_relu),
    METHOD(each_threshold_grad),
    METHOD(each_leak),
    METHOD(each_sigmoid),
    METHOD(each_sigmoid_grad),
    METHOD(each_tanh_grad),
    METHOD(each_silu),
    METHOD(each_silu_grad),
    METHOD(each_gelu),
    METHOD(each_gelu_grad),
    METHOD(each_gelu_tanh),
    METHOD(each_gelu_tanh_grad),
    {NULL, NULL, 0, NULL},
};
