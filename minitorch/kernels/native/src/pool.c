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

/* The first arguments of each function: geometry, planes, x, out, or (is_back) grad, grad_x. */
static struct pool_given given(struct call *call, int is_back) {
    struct pool_given p = {.g = geometry(call)};
    p.planes = positive(call);
    p.from = input(call, product_of(p.planes, is_back ? out_size(p.g) : x_size(p.g)));
    p.to = output(call, product_of(p.planes, is_back ? x_size(p.g) : out_size(p.g)));
    return p;
}

/* The last ones: threads, tiles of planes. */
static PyObject *pool(struct call *call, tile_kernel *work, const struct pool_given *p) {
    struct tiles t = tiles(call, 1, &p->planes);
    return run(call, work, p, &t);
}

/* pool_max(.., first codes, codes, ..) */
static PyObject *pool_max(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    (void)self;
    struct call call = {.args = args, .left = count};
    struct pool_given p = given(&call, 0);
    p.first_codes = input_bytes(&call, out_size(p.g));
    p.found = output_bytes(&call, product_of(p.planes, out_size(p.g)));
    return pool(&call, active->pool.max, &p);
}

/* pool_gather(.., codes, ..) */
static PyObject *pool_gather(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    (void)self;
    struct call call = {.args = args, .left = count};
    struct pool_given p = given(&call, 0);
    p.codes = input_bytes(&call, product_of(p.planes, out_size(p.g)));
    return pool(&call, active->pool.gather, &p);
}

/* pool_scatter(.., codes, ..) */
static PyObject *pool_scatter(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    (void)self;
    struct call call = {.args = args, .left = count};
    struct pool_given p = given(&call, 1);
    p.codes = input_bytes(&call, product_of(p.planes, out_size(p.g)));
    return pool(&call, active->pool.scatter, &p);
}

/* pool_average(.., divisors, ..) */
static PyObject *pool_average(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    (void)self;
    struct call call = {.args = args, .left = count};
    struct pool_given p = given(&call, 0);
    p.divisors = input(&call, out_size(p.g));
    return pool(&call, active->pool.average, &p);
}

/* pool_average_grad(.., divisors, ..) */
static PyObject *pool_average_grad(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    (void)self;
    struct call call = {.args = args, .left = count};
    struct pool_given p = given(&call, 1);
    p.divisors = input(&call, out_size(p.g));
    return pool(&call, active->pool.average_grad, &p);
}

static PyObject *pool_adaptive_average(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    (void)self;
    struct call call = {.args = args, .left = count};
    struct pool_given p = given(&call, 0);
    return pool(&call, active->pool.adaptive_average, &p);
}

static PyObject *pool_adaptive_average_grad(PyObject *self, PyObject *const *args,
                                            Py_ssize_t count) {
    (void)self;
    struct call call = {.args = args, .left = count};
    struct pool_given p = given(&call, 1);
    return pool(&call, active->pool.adaptive_average_grad, &p);
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
