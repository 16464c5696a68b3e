#include "call.h"

/* f(count, x, out, i, stop): elements i .. stop of count. */
static PyObject *of_one(elementwise_kernel *f, PyObject *const *args, Py_ssize_t given) {
    struct call call = {.args = args, .left = given};
    long count = number(&call);
    const float *x = input(&call, count);
    float *out = output(&call, count);
    long i = number(&call), stop = stop_of(&call, i, count);
    if (!call.failed) {
        Py_BEGIN_ALLOW_THREADS
        f(stop - i, x + i, x + i, 0, out + i);
        Py_END_ALLOW_THREADS
    }
    return done(&call, 0);
}

/* f(count, a, b, number, out, i, stop): the same of two arrays and a number. */
static PyObject *of_two(elementwise_kernel *f, PyObject *const *args, Py_ssize_t given) {
    struct call call = {.args = args, .left = given};
    long count = number(&call);
    const float *a = input(&call, count), *b = input(&call, count);
    float by = (float)real(&call);
    float *out = output(&call, count);
    long i = number(&call), stop = stop_of(&call, i, count);
    if (!call.failed) {
        Py_BEGIN_ALLOW_THREADS
        f(stop - i, a + i, b + i, by, out + i);
        Py_END_ALLOW_THREADS
    }
    return done(&call, 0);
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

/* each_relu_(count, x, i, stop): in place. */
static PyObject *each_relu_(PyObject *self, PyObject *const *args, Py_ssize_t given) {
    (void)self;
    struct call call = {.args = args, .left = given};
    long count = number(&call);
    float *x = output(&call, count);
    long i = number(&call), stop = stop_of(&call, i, count);
    if (!call.failed) {
        Py_BEGIN_ALLOW_THREADS
        active->elementwise.relu(stop - i, x + i, x + i, 0, x + i);
        Py_END_ALLOW_THREADS
    }
    return done(&call, 0);
}

PyMethodDef elementwise_methods[] = {
    METHOD(each_erf),
    METHOD(each_relu),
    METHOD(each_relu_),
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
