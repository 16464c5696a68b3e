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

/* attention(query, key, value, is_added, mask or None, causal, scale, out, logsumexp, threads, tiles of
 * heads) */
static PyObject *attention(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    (void)self;
    struct call call = {.args = args, .left = count};
    struct attention_given p = {.of = described(&call)};
    const struct heads *query = &p.of.query;
    long all = product_of(query->sizes[0], query->sizes[1]);
    p.out = like(&call, PyBUF_WRITABLE, query, p.of.value.sizes[3]);
    p.logsumexp = output(&call, product_of(all, query->sizes[2]));
    struct tiles t = tiles(&call, 1, &all);
    return run(&call, active->attention.forward, &p, &t);
}

/* attention_grad(query, key, value, is_added, mask or None, causal, scale, grad, logsumexp,
 *                grad_q, grad_k, grad_v, threads, tiles of heads) */
static PyObject *attention_grad(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    (void)self;
    struct call call = {.args = args, .left = count};
    struct attention_grad_given p = {.of = described(&call)};
    const struct heads *query = &p.of.query, *key = &p.of.key, *value = &p.of.value;
    long all = product_of(query->sizes[0], query->sizes[1]);
    p.grad = like(&call, PyBUF_SIMPLE, query, value->sizes[3]);
    p.logsumexp = input(&call, product_of(all, query->sizes[2]));
    p.grad_q = like(&call, PyBUF_WRITABLE, query, query->sizes[3]);
    p.grad_k = like(&call, PyBUF_WRITABLE, key, key->sizes[3]);
    p.grad_v = like(&call, PyBUF_WRITABLE, value, value->sizes[3]);
    struct tiles t = tiles(&call, 1, &all);
    return run(&call, active->attention.grad, &p, &t);
}

PyMethodDef attention_methods[] = {
    METHOD(attention),
    METHOD(attention_grad),
    {NULL, NULL, 0, NULL},
};
