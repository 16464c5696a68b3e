#include "call.h"

/* images, channels, places, then the images n .. n_stop and the channels c .. c_stop to work on. */
static struct part part(struct call *call) {
    struct part p = {0};
    p.images = positive(call), p.channels = positive(call), p.places = positive(call);
    p.n = number(call), p.n_stop = stop_of(call, p.n, p.images);
    p.c = number(call), p.c_stop = stop_of(call, p.c, p.channels);
    return p;
}

static long size_of(const struct part *p) {
    return product_of(p->images, product_of(p->channels, p->places));
}

/* None, or so many floats. */
static const float *optional(struct call *call, long count) {
    return is_none(call) ? NULL : input(call, count);
}

/* batch_sums(*part, x, sums) */
static PyObject *batch_sums(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    (void)self;
    struct call call = {.args = args, .left = count};
    struct part p = part(&call);
    const float *x = input(&call, size_of(&p));
    double *sums = doubles(&call, product_of(2, p.channels));
    int status = 0;
    if (!call.failed) {
        Py_BEGIN_ALLOW_THREADS
        status = active->norm.batch_sums(&p, x, sums);
        Py_END_ALLOW_THREADS
    }
    return done(&call, status);
}

/* batch(*part, x, sums, weight, bias, eps, out, mean, invstd) */
static PyObject *batch(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    (void)self;
    struct call call = {.args = args, .left = count};
    struct part p = part(&call);
    const float *x = input(&call, size_of(&p));
    const double *sums = doubles(&call, product_of(2, p.channels));
    const float *weight = optional(&call, p.channels), *bias = optional(&call, p.channels);
    double eps = real(&call);
    float *out = output(&call, size_of(&p));
    float *mean = output(&call, p.channels), *invstd = output(&call, p.channels);
    int status = 0;
    if (!call.failed) {
        Py_BEGIN_ALLOW_THREADS
        status = active->norm.batch(&p, x, sums, weight, bias, eps, out, mean, invstd);
        Py_END_ALLOW_THREADS
    }
    return done(&call, status);
}

/* batch_grad_sums(*part, grad, x, mean, sums) */
static PyObject *batch_grad_sums(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    (void)self;
    struct call call = {.args = args, .left = count};
    struct part p = part(&call);
    const float *grad = input(&call, size_of(&p)), *x = input(&call, size_of(&p));
    const float *mean = input(&call, p.channels);
    double *sums = doubles(&call, product_of(2, p.channels));
    int status = 0;
    if (!call.failed) {
        Py_BEGIN_ALLOW_THREADS
        status = active->norm.batch_grad_sums(&p, grad, x, mean, sums);
        Py_END_ALLOW_THREADS
    }
    return done(&call, status);
}

/* batch_grad(*part, grad, x, sums, weight, mean, invstd, grad_x) */
static PyObject *batch_grad(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    (void)self;
    struct call call = {.args = args, .left = count};
    struct part p = part(&call);
    const float *grad = input(&call, size_of(&p)), *x = input(&call, size_of(&p));
    const double *sums = doubles(&call, product_of(2, p.channels));
    const float *weight = optional(&call, p.channels);
    const float *mean = input(&call, p.channels), *invstd = input(&call, p.channels);
    float *grad_x = output(&call, size_of(&p));
    int status = 0;
    if (!call.failed) {
        Py_BEGIN_ALLOW_THREADS
        status = active->norm.batch_grad(&p, grad, x, sums, weight, mean, invstd, grad_x);
        Py_END_ALLOW_THREADS
    }
    return done(&call, status);
}

/* A number of groups into which the channels, all of them, can be divided. */
static long groups_of(struct call *call, const struct part *p) {
    long groups = positive(call);
    require(call, p->c == 0 && p->c_stop == p->channels, "groups are of all channels");
    require(call, call->failed || !(p->channels % groups),
            "the channels are not a multiple of the groups");
    return groups;
}

/* group(*part, groups, x, weight, bias, eps, out, mean, invstd) */
static PyObject *group(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    (void)self;
    struct call call = {.args = args, .left = count};
    struct part p = part(&call);
    long groups = groups_of(&call, &p);
    const float *x = input(&call, size_of(&p));
    const float *weight = optional(&call, p.channels), *bias = optional(&call, p.channels);
    double eps = real(&call);
    float *out = output(&call, size_of(&p));
    float *mean = output(&call, product_of(p.images, groups));
    float *invstd = output(&call, product_of(p.images, groups));
    int status = 0;
    if (!call.failed) {
        Py_BEGIN_ALLOW_THREADS
        status = active->norm.group(&p, groups, x, weight, bias, eps, out, mean, invstd);
        Py_END_ALLOW_THREADS
    }
    return done(&call, status);
}

/* group_grad(*part, groups, grad, x, weight, mean, invstd, grad_x, sums) */
static PyObject *group_grad(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    (void)self;
    struct call call = {.args = args, .left = count};
    struct part p = part(&call);
    long groups = groups_of(&call, &p);
    const float *grad = input(&call, size_of(&p)), *x = input(&call, size_of(&p));
    const float *weight = optional(&call, p.channels);
    const float *mean = input(&call, product_of(p.images, groups));
    const float *invstd = input(&call, product_of(p.images, groups));
    float *grad_x = output(&call, size_of(&p));
    double *sums = doubles(&call, product_of(2, product_of(p.images, p.channels)));
    int status = 0;
    if (!call.failed) {
        Py_BEGIN_ALLOW_THREADS
        status = active->norm.group_grad(&p, groups, grad, x, weight, mean, invstd, grad_x, sums);
        Py_END_ALLOW_THREADS
    }
    return done(&call, status);
}

/* rows(count, length, x, weight, bias, eps, out, mean or None, inverse, m, stop) */
static PyObject *rows(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    (void)self;
    struct call call = {.args = args, .left = count};
    long all = positive(&call), length = positive(&call);
    const float *x = input(&call, product_of(all, length));
    const float *weight = input(&call, length), *bias = input(&call, length);
    double eps = real(&call);
    float *out = output(&call, product_of(all, length));
    float *mean = is_none(&call) ? NULL : output(&call, all), *inverse = output(&call, all);
    long m = number(&call), stop = stop_of(&call, m, all);
    if (!call.failed) {
        Py_BEGIN_ALLOW_THREADS
        active->norm.rows(length, x, weight, bias, eps, out, mean, inverse, m, stop);
        Py_END_ALLOW_THREADS
    }
    return done(&call, 0);
}

/* rows_grad(count, length, grad, x, weight, mean or None, inverse, grad_x, sums, m, stop); sums are 0 */
static PyObject *rows_grad(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    (void)self;
    struct call call = {.args = args, .left = count};
    long all = positive(&call), length = positive(&call);
    const float *grad = input(&call, product_of(all, length));
    const float *x = input(&call, product_of(all, length));
    const float *weight = input(&call, length), *mean = optional(&call, all);
    const float *inverse = input(&call, all);
    float *grad_x = output(&call, product_of(all, length));
    double *sums = doubles(&call, product_of(2, length));
    long m = number(&call), stop = stop_of(&call, m, all);
    int status = 0;
    if (!call.failed) {
        Py_BEGIN_ALLOW_THREADS
        status = active->norm.rows_grad(length, grad, x, weight, mean, inverse, grad_x, sums, m, stop);
        Py_END_ALLOW_THREADS
    }
    return done(&call, status);
}

PyMethodDef norm_methods[] = {
    METHOD(batch_sums),
    METHOD(batch),
    METHOD(batch_grad_sums),
    METHOD(batch_grad),
    METHOD(group),
    METHOD(group_grad),
    METHOD(rows),
    METHOD(rows_grad),
    {NULL, NULL, 0, NULL},
};
