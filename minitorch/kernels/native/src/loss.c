#include "call.h"

/* N, K, inner, ignored, reduction, target, weight or None: how each call begins. */
static struct nll_given labels(struct call *call) {
    struct nll_given p;
    p.count = positive(call);
    p.classes = positive(call);
    p.inner = positive(call);
    p.ignored = number(call);
    p.reduction = number(call);
    require(call, REDUCTION_NONE <= p.reduction && p.reduction <= REDUCTION_SUM, "no such reduction");
    p.target = input_longs(call, product_of(p.count, p.inner));
    p.weight = is_none(call) ? NULL : input(call, p.classes);
    return p;
}

static PyObject *checked(struct call *call, int status) {
    require(call, !status, "a label is no class");
    return done(call, 0);
}

/* nll(..., log_probs, out) */
static PyObject *nll(PyObject *self, PyObject *const *args, Py_ssize_t given) {
    (void)self;
    struct call call = {.args = args, .left = given};
    struct nll_given p = labels(&call);
    long samples = product_of(p.count, p.inner);
    const float *log_probs = input(&call, product_of(samples, p.classes));
    float *out = output(&call, p.reduction == REDUCTION_NONE ? samples : 1);
    int status = 0;
    if (!call.failed) {
        Py_BEGIN_ALLOW_THREADS
        status = active->loss.nll(&p, log_probs, out);
        Py_END_ALLOW_THREADS
    }
    return checked(&call, status);
}

/* nll_grad(..., grad, grad_log_probs), which is 0 */
static PyObject *nll_grad(PyObject *self, PyObject *const *args, Py_ssize_t given) {
    (void)self;
    struct call call = {.args = args, .left = given};
    struct nll_given p = labels(&call);
    long samples = product_of(p.count, p.inner);
    const float *grad = input(&call, p.reduction == REDUCTION_NONE ? samples : 1);
    float *grad_log_probs = output(&call, product_of(samples, p.classes));
    int status = 0;
    if (!call.failed) {
        Py_BEGIN_ALLOW_THREADS
        status = active->loss.nll_grad(&p, grad, grad_log_probs);
        Py_END_ALLOW_THREADS
    }
    return checked(&call, status);
}

PyMethodDef loss_methods[] = {
    METHOD(nll),
    METHOD(nll_grad),
    {NULL, NULL, 0, NULL},
};
