#include "call.h"

/* Places of a frame (pool.inc) along an axis; -1 where those cannot be counted. */
static long places_of(const struct axis *a) {
    if (!is_axis(a)) return -1;
    long windows = a->out + (span_of_taps(a) - 1) / a->stride;
    long places = (a->size + a->padding + a->stride - 1) / a->stride;
    return product_of(a->stride, windows > places ? windows : places);
}

/* Bytes that hold a struct pool. */
static const struct pool *geometry(struct call *call) {
    const struct pool *g = record(call, sizeof *g);
    if (!g) return NULL;
    struct axis h = {g->height, g->out_h, g->kernel_h, g->stride_h, g->padding_h, g->dilation_h};
    struct axis w = {g->width, g->out_w, g->kernel_w, g->stride_w, g->padding_w, g->dilation_w};
    require(call, product_of(places_of(&h), places_of(&w)) > 0 && h.kernel * w.kernel <= MOST_TAPS,
            "these sizes are not those of a pooling in C");
    return call->failed ? NULL : g;
}

static long x_size(const struct pool *g) { return g ? product_of(g->height, g->width) : 0; }
static long out_size(const struct pool *g) { return g ? product_of(g->out_h, g->out_w) : 0; }

/* pool_max(geometry, planes, first codes, x, out, codes, n, stop) */
static PyObject *pool_max(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    (void)self;
    struct call call = {.args = args, .left = count};
    const struct pool *g = geometry(&call);
    long planes = positive(&call);
    const uint8_t *first_codes = input_bytes(&call, out_size(g));
    const float *x = input(&call, product_of(planes, x_size(g)));
    float *out = output(&call, product_of(planes, out_size(g)));
    uint8_t *codes = output_bytes(&call, product_of(planes, out_size(g)));
    long n = number(&call), stop = stop_of(&call, n, planes);
    int status = 0;
    if (!call.failed) {
        Py_BEGIN_ALLOW_THREADS
        status = active->pool.max(g, first_codes, x, out, codes, n, stop);
        Py_END_ALLOW_THREADS
    }
    return done(&call, status);
}

/* pool_gather(geometry, planes, x, codes, out, n, stop) */
static PyObject *pool_gather(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    (void)self;
    struct call call = {.args = args, .left = count};
    const struct pool *g = geometry(&call);
    long planes = positive(&call);
    const float *x = input(&call, product_of(planes, x_size(g)));
    const uint8_t *codes = input_bytes(&call, product_of(planes, out_size(g)));
    float *out = output(&call, product_of(planes, out_size(g)));
    long n = number(&call), stop = stop_of(&call, n, planes);
    int status = 0;
    if (!call.failed) {
        Py_BEGIN_ALLOW_THREADS
        status = active->pool.gather(g, x, codes, out, n, stop);
        Py_END_ALLOW_THREADS
    }
    return done(&call, status);
}

/* pool_scatter(geometry, planes, grad, codes, grad_x, n, stop) */
static PyObject *pool_scatter(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    (void)self;
    struct call call = {.args = args, .left = count};
    const struct pool *g = geometry(&call);
    long planes = positive(&call);
    const float *grad = input(&call, product_of(planes, out_size(g)));
    const uint8_t *codes = input_bytes(&call, product_of(planes, out_size(g)));
    float *grad_x = output(&call, product_of(planes, x_size(g)));
    long n = number(&call), stop = stop_of(&call, n, planes);
    int status = 0;
    if (!call.failed) {
        Py_BEGIN_ALLOW_THREADS
        status = active->pool.scatter(g, grad, codes, grad_x, n, stop);
        Py_END_ALLOW_THREADS
    }
    return done(&call, status);
}

/* pool_average(geometry, planes, divisors, x, out, n, stop) */
static PyObject *pool_average(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    (void)self;
    struct call call = {.args = args, .left = count};
    const struct pool *g = geometry(&call);
    long planes = positive(&call);
    const float *divisors = input(&call, out_size(g));
    const float *x = input(&call, product_of(planes, x_size(g)));
    float *out = output(&call, product_of(planes, out_size(g)));
    long n = number(&call), stop = stop_of(&call, n, planes);
    int status = 0;
    if (!call.failed) {
        Py_BEGIN_ALLOW_THREADS
        status = active->pool.average(g, divisors, x, out, n, stop);
        Py_END_ALLOW_THREADS
    }
    return done(&call, status);
}

/* pool_average_grad(geometry, planes, divisors, grad, grad_x, n, stop) */
static PyObject *pool_average_grad(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    (void)self;
    struct call call = {.args = args, .left = count};
    const struct pool *g = geometry(&call);
    long planes = positive(&call);
    const float *divisors = input(&call, out_size(g));
    const float *grad = input(&call, product_of(planes, out_size(g)));
    float *grad_x = output(&call, product_of(planes, x_size(g)));
    long n = number(&call), stop = stop_of(&call, n, planes);
    int status = 0;
    if (!call.failed) {
        Py_BEGIN_ALLOW_THREADS
        status = active->pool.average_grad(g, divisors, grad, grad_x, n, stop);
        Py_END_ALLOW_THREADS
    }
    return done(&call, status);
}

/* pool_adaptive_average(geometry, planes, x, out, n, stop) */
static PyObject *pool_adaptive_average(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    (void)self;
    struct call call = {.args = args, .left = count};
    const struct pool *g = geometry(&call);
    long planes = positive(&call);
    const float *x = input(&call, product_of(planes, x_size(g)));
    float *out = output(&call, product_of(planes, out_size(g)));
    long n = number(&call), stop = stop_of(&call, n, planes);
    if (!call.failed) {
        Py_BEGIN_ALLOW_THREADS
        active->pool.adaptive_average(g, x, out, n, stop);
        Py_END_ALLOW_THREADS
    }
    return done(&call, 0);
}

/* pool_adaptive_average_grad(geometry, planes, grad, grad_x, n, stop) */
static PyObject *pool_adaptive_average_grad(PyObject *self, PyObject *const *args,
                                            Py_ssize_t count) {
    (void)self;
    struct call call = {.args = args, .left = count};
    const struct pool *g = geometry(&call);
    long planes = positive(&call);
    const float *grad = input(&call, product_of(planes, out_size(g)));
    float *grad_x = output(&call, product_of(planes, x_size(g)));
    long n = number(&call), stop = stop_of(&call, n, planes);
    if (!call.failed) {
        Py_BEGIN_ALLOW_THREADS
        active->pool.adaptive_average_grad(g, grad, grad_x, n, stop);
        Py_END_ALLOW_THREADS
    }
    return done(&call, 0);
}

PyMethodDef pool_methods[] = {
    METHOD(pool_max),
    METHOD(pool_gather),
    METHOD(pool_scatter),
    METHOD(pool_average),
    METHOD(pool_average_grad),
    METHOD(pool_adaptive_average),
    METHOD(pool_adaptive_average_grad),
    {NULL, NULL, 0, NULL},
};
