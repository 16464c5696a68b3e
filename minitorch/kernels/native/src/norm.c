#include "call.h"

/* images, channels, places, then the images n .. n_stop and the channels c .. c_stop to work on. */
static struct part part(struct call *call) {
    struct part p = {0};
    long *numbers[] = {&p.images, &p.channels, &p.places, &p.n, &p.n_stop, &p.c, &p.c_stop};
    for (int i = 0; i < 7; i++) *numbers[i] = number(call);
    if (!call->failed && (p.n < 0 || p.n_stop > p.images || p.c < 0 || p.c_stop > p.channels)) {
        PyErr_SetString(PyExc_ValueError, "these images or channels are not there");
        call->failed = 1;
    }
    return p;
}

static long size_of(const struct part *p) { return p->images * p->channels * p->places; }

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
    double *sums = doubles(&call, 2 * p.channels);
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
    const double *sums = doubles(&call, 2 * p.channels);
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
    double *sums = doubles(&call, 2 * p.channels);
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
    const double *sums = doubles(&call, 2 * p.channels);
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

/* A number of groups into which the channels can be divided. */
static long groups_of(struct call *call, const struct part *p) {
    long groups = number(call);
    if (!call->failed && (groups < 1 || p->channels % groups)) {
        PyErr_SetString(PyExc_ValueError, "the channels are not a multiple of the groups");
        call->failed = 1;
    }
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
    float *mean = output(&call, p.images * groups), *invstd = output(&call, p.images * groups);
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
    const float *mean = input(&call, p.images * groups), *invstd = input(&call, p.images * groups);
    float *grad_x = output(&call, size_of(&p));
    double *sums = doubles(&call, 2 * p.images * p.channels);
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
    long all = number(&call), length = number(&call);
    const float *x = input(&call, all * length);
    const float *weight = input(&call, length), *bias = input(&call, length);
    double eps = real(&call);
    float *out = output(&call, all * length);
    float *mean = is_none(&call) ? NULL : output(&call, all), *inverse = output(&call, all);
    long m = number(&call), stop = number(&call);
    if (!call.failed && m >= 0 && stop <= all) {
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
    long all = number(&call), length = number(&call);
    const float *grad = input(&call, all * length), *x = input(&call, all * length);
    const float *weight = input(&call, length), *mean = optional(&call, all);
    const float *inverse = input(&call, all);
    float *grad_x = output(&call, all * length);
    double *sums = doubles(&call, 2 * length);
    long m = number(&call), stop = number(&call);
    int status = 0;
    if (!call.failed && m >= 0 && stop <= all) {
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
