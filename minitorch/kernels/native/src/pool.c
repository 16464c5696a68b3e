#include "call.h"

static int is_positive(int64_t a, int64_t b) { return a > 0 && b > 0; }

/* Bytes that hold a struct pool. */
static const struct pool *geometry(struct call *call) {
    const struct pool *g = record(call, sizeof *g);
    if (!g) return NULL;
    if (!is_positive(g->height, g->width) || !is_positive(g->out_h, g->out_w) ||
        !is_positive(g->kernel_h, g->kernel_w) || !is_positive(g->stride_h, g->stride_w) ||
        !is_positive(g->dilation_h, g->dilation_w) || g->padding_h < 0 || g->padding_w < 0 ||
        g->kernel_h * g->kernel_w > MOST_TAPS) {
        PyErr_SetString(PyExc_ValueError, "these sizes are not those of a pooling in C");
        call->failed = 1;
        return NULL;
    }
    return g;
}

static long x_size(const struct pool *g) { return g ? g->height * g->width : 0; }
static long out_size(const struct pool *g) { return g ? g->out_h * g->out_w : 0; }

/* pool_max(geometry, planes, first codes, x, out, codes, n, stop) */
static PyObject *pool_max(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    (void)self;
    struct call call = {.args = args, .left = count};
    const struct pool *g = geometry(&call);
    long planes = number(&call);
    const uint8_t *first_codes = input_bytes(&call, out_size(g));
    const float *x = input(&call, planes * x_size(g));
    float *out = output(&call, planes * out_size(g));
    uint8_t *codes = output_bytes(&call, planes * out_size(g));
    long n = number(&call), stop = number(&call);
    int status = 0;
    if (!call.failed && n >= 0 && stop <= planes) {
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
    long planes = number(&call);
    const float *x = input(&call, planes * x_size(g));
    const uint8_t *codes = input_bytes(&call, planes * out_size(g));
    float *out = output(&call, planes * out_size(g));
    long n = number(&call), stop = number(&call);
    int status = 0;
    if (!call.failed && n >= 0 && stop <= planes) {
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
    long planes = number(&call);
    const float *grad = input(&call, planes * out_size(g));
    const uint8_t *codes = input_bytes(&call, planes * out_size(g));
    float *grad_x = output(&call, planes * x_size(g));
    long n = number(&call), stop = number(&call);
    int status = 0;
    if (!call.failed && n >= 0 && stop <= planes) {
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
    long planes = number(&call);
    const float *divisors = input(&call, out_size(g)), *x = input(&call, planes * x_size(g));
    float *out = output(&call, planes * out_size(g));
    long n = number(&call), stop = number(&call);
    int status = 0;
    if (!call.failed && n >= 0 && stop <= planes) {
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
    long planes = number(&call);
    const float *divisors = input(&call, out_size(g)), *grad = input(&call, planes * out_size(g));
    float *grad_x = output(&call, planes * x_size(g));
    long n = number(&call), stop = number(&call);
    int status = 0;
    if (!call.failed && n >= 0 && stop <= planes) {
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
    long planes = number(&call);
    const float *x = input(&call, planes * x_size(g));
    float *out = output(&call, planes * out_size(g));
    long n = number(&call), stop = number(&call);
    if (!call.failed && n >= 0 && stop <= planes) {
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
    long planes = number(&call);
    const float *grad = input(&call, planes * out_size(g));
    float *grad_x = output(&call, planes * x_size(g));
    long n = number(&call), stop = number(&call);
    if (!call.failed && n >= 0 && stop <= planes) {
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
