#include "call.h"

static struct heads heads(struct call *call, int flags, size_t size) {
    struct heads x = {0};
    x.data = strided(call, flags, size, 4, x.sizes, x.steps);
    return x;
}

static int are_sizes(const struct heads *x, const struct heads *query, long rows, long columns) {
    return x->sizes[0] == query->sizes[0] && x->sizes[1] == query->sizes[1] && x->sizes[2] == rows &&
           x->sizes[3] == columns;
}

/* query, key, value, mask or None, causal, scale */
static struct attention described(struct call *call) {
    struct attention p = {0};
    p.query = heads(call, PyBUF_SIMPLE, sizeof(float));
    p.key = heads(call, PyBUF_SIMPLE, sizeof(float));
    p.value = heads(call, PyBUF_SIMPLE, sizeof(float));
    const long *q = p.query.sizes, *k = p.key.sizes;
    require(call, q[3] > 0 && k[2] > 0, "there is nothing to look at");
    require(call, are_sizes(&p.key, &p.query, k[2], q[3]), "keys are of other sizes than queries");
    require(call, are_sizes(&p.value, &p.query, k[2], p.value.sizes[3]), "values are of other sizes than keys");
    p.is_added = flag(call);
    if (!is_none(call)) {
        p.mask = heads(call, PyBUF_SIMPLE, p.is_added ? sizeof(float) : 1);
        require(call, are_sizes(&p.mask, &p.query, q[2], k[2]), "the mask is of other sizes than the scores");
    }
    p.is_causal = flag(call);
    p.scale = (float)real(call);
    return p;
}

/* So many heads, and of each so many rows and columns. */
static struct heads like(struct call *call, int flags, const struct heads *x, long columns) {
    struct heads found = heads(call, flags, sizeof(float));
    require(call, are_sizes(&found, x, x->sizes[2], columns), "the sizes are others than those that came in");
    return found;
}

/* attention(query, key, value, is_added, mask or None, causal, scale, out, logsumexp, first, stop) */
static PyObject *attention(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    (void)self;
    struct call call = {.args = args, .left = count};
    struct attention p = described(&call);
    struct heads out = like(&call, PyBUF_WRITABLE, &p.query, p.value.sizes[3]);
    long all = product_of(p.query.sizes[0], p.query.sizes[1]);
    float *logsumexp = output(&call, product_of(all, p.query.sizes[2]));
    long first = number(&call), stop = stop_of(&call, first, all);
    int status = 0;
    if (!call.failed) {
        Py_BEGIN_ALLOW_THREADS
        status = active->attention.forward(&p, &out, logsumexp, first, stop);
        Py_END_ALLOW_THREADS
    }
    return done(&call, status);
}

/* attention_grad(query, key, value, is_added, mask or None, causal, scale, grad, logsumexp,
 *                grad_q, grad_k, grad_v, first, stop) */
static PyObject *attention_grad(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    (void)self;
    struct call call = {.args = args, .left = count};
    struct attention p = described(&call);
    long all = product_of(p.query.sizes[0], p.query.sizes[1]);
    struct heads grad = like(&call, PyBUF_SIMPLE, &p.query, p.value.sizes[3]);
    const float *logsumexp = input(&call, product_of(all, p.query.sizes[2]));
    struct heads grad_q = like(&call, PyBUF_WRITABLE, &p.query, p.query.sizes[3]);
    struct heads grad_k = like(&call, PyBUF_WRITABLE, &p.key, p.key.sizes[3]);
    struct heads grad_v = like(&call, PyBUF_WRITABLE, &p.value, p.value.sizes[3]);
    long first = number(&call), stop = stop_of(&call, first, all);
    int status = 0;
    if (!call.failed) {
        Py_BEGIN_ALLOW_THREADS
        status = active->attention.grad(&p, &grad, logsumexp, &grad_q, &grad_k, &grad_v, first, stop);
        Py_END_ALLOW_THREADS
    }
    return done(&call, status);
}

PyMethodDef attention_methods[] = {
    METHOD(attention),
    METHOD(attention_grad),
    {NULL, NULL, 0, NULL},
};
