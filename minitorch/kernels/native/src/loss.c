#include "call.h"

static const float *input_or_none(struct call *call, long count) {
    return is_none(call) ? NULL : input(call, count);
}

/* nll(N, K, inner, ignored, log_probs, target, weight or None, losses, weights) */
static PyObject *nll(PyObject *self, PyObject *const *args, Py_ssize_t given) {
    (void)self;
    struct call call = {.args = args, .left = given};
    long count = positive(&call), classes = positive(&call), inner = positive(&call);
    long ignored = number(&call), samples = product_of(count, inner);
    const float *log_probs = input(&call, product_of(samples, classes));
    const int64_t *target = input_longs(&call, samples);
    const float *weight = input_or_none(&call, classes);
    float *losses = output(&call, samples), *weights = output(&call, samples);
    int status = 0;
    if (!call.failed) {
        Py_BEGIN_ALLOW_THREADS
        status = active->loss.nll(count, classes, inner, log_probs, target, weight, ignored, losses,
                                  weights);
        Py_END_ALLOW_THREADS
    }
    require(&call, !status, "a label is no class");
    return done(&call, 0);
}

/* nll_grad(N, K, inner, ignored, grad, target, weight or None, grad_log_probs), which is 0 */
static PyObject *nll_grad(PyObject *self, PyObject *const *args, Py_ssize_t given) {
    (void)self;
    struct call call = {.args = args, .left = given};
    long count = positive(&call), classes = positive(&call), inner = positive(&call);
    long ignored = number(&call), samples = product_of(count, inner);
    const float *grad = input(&call, samples);
    const int64_t *target = input_longs(&call, samples);
    const float *weight = input_or_none(&call, classes);
    float *grad_log_probs = output(&call, product_of(samples, classes));
    int status = 0;
    if (!call.failed) {
        Py_BEGIN_ALLOW_THREADS
        status = active->loss.nll_grad(count, classes, inner, grad, target, weight, ignored,
                                       grad_log_probs);
        Py_END_ALLOW_THREADS
    }
    require(&call, !status, "a label is no class");
    return done(&call, 0);
}

PyMethodDef loss_methods[] = {
    METHOD(nll),
    METHOD(nll_grad),
    {NULL, NULL, 0, NULL},
};
