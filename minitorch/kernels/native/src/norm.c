#include "call.h"

/* images, channels, places */
static struct batch batch_of(struct call *call) {
    struct batch of;
    of.images = positive(call), of.channels = positive(call), of.places = positive(call);
    return of;
}

static long size_of(const struct batch *of) {
    return product_of(of->images, product_of(of->channels, of->places));
}

static double *sums_of(struct call *call, long parts, const struct batch *of) {
    return doubles(call, product_of(parts, product_of(2, of->channels)));
}

/* None, or so many floats. */
static const float *optional(struct call *call, long count) {
    return is_none(call) ? NULL : input(call, count);
}

/* weight, bias, eps, out, mean, inverse */
static void take_rest(struct call *call, struct norm_given *p, long means) {
    p->weight = optional(call, p->of.channels), p->bias = optional(call, p->of.channels);
    p->eps = real(call);
    p->out = output(call, size_of(&p->of));
    p->mean = output(call, means), p->inverse = output(call, means);
}

/* batch_sums(*batch, parts, x, sums, threads, tiles of parts, images and channels) */
static PyObject *batch_sums(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    (void)self;
    struct call call = {.args = args, .left = count};
    struct norm_given p = {.of = batch_of(&call)};
    long parts = positive(&call);
    p.x = input(&call, size_of(&p.of));
    p.sums = sums_of(&call, parts, &p.of);
    struct tiles t = tiles(&call, 3, (long[]){parts, p.of.images, p.of.channels});
    return run(&call, active->norm.batch_sums, &p, &t);
}

/* batch(*batch, x, sums of all, weight, bias, eps, out, mean, invstd, threads, tiles as above, with no more
 * parts than images) */
static PyObject *batch(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    (void)self;
    struct call call = {.args = args, .left = count};
    struct norm_given p = {.of = batch_of(&call)};
    p.x = input(&call, size_of(&p.of));
    p.sums = sums_of(&call, 1, &p.of);
    take_rest(&call, &p, p.of.channels);
    struct tiles t = tiles(&call, 3, (long[]){p.of.images, p.of.images, p.of.channels});
    return run(&call, active->norm.batch, &p, &t);
}

/* batch_grad_sums(*batch, parts, grad, x, mean, sums, threads, tiles of parts, images and channels) */
static PyObject *batch_grad_sums(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    (void)self;
    struct call call = {.args = args, .left = count};
    struct norm_grad_given p = {.of = batch_of(&call)};
    long parts = positive(&call);
    p.grad = input(&call, size_of(&p.of)), p.x = input(&call, size_of(&p.of));
    p.mean = input(&call, p.of.channels);
    p.sums = sums_of(&call, parts, &p.of);
    struct tiles t = tiles(&call, 3, (long[]){parts, p.of.images, p.of.channels});
    return run(&call, active->norm.batch_grad_sums, &p, &t);
}

/* batch_grad(*batch, grad, x, sums of all, weight, mean, invstd, grad_x, threads, tiles as above) */
static PyObject *batch_grad(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    (void)self;
    struct call call = {.args = args, .left = count};
    struct norm_grad_given p = {.of = batch_of(&call)};
    p.grad = input(&call, size_of(&p.of)), p.x = input(&call, size_of(&p.of));
    p.sums = sums_of(&call, 1, &p.of);
    p.weight = optional(&call, p.of.channels);
    p.mean = input(&call, p.of.channels), p.inverse = input(&call, p.of.channels);
    p.grad_x = output(&call, size_of(&p.of));
    struct tiles t = tiles(&call, 3, (long[]){p.of.images, p.of.images, p.of.channels});
    return run(&call, active->norm.batch_grad, &p, &t);
}

/* A number of groups into which the channels can be divided. */
static long groups_of(struct call *call, const struct batch *of) {
    long groups = positive(call);
    require(call, call->failed || !(of->channels % groups),
            "the channels are not a multiple of the groups");
    return groups;
}

/* group(*batch, groups, x, weight, bias, eps, out, mean, invstd, threads, tiles of images) */
static PyObject *group(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    (void)self;
    struct call call = {.args = args, .left = count};
    struct norm_given p = {.of = batch_of(&call)};
    p.groups = groups_of(&call, &p.of);
    p.x = input(&call, size_of(&p.of));
    take_rest(&call, &p, product_of(p.of.images, p.groups));
    struct tiles t = tiles(&call, 1, (long[]){p.of.images});
    return run(&call, active->norm.group, &p, &t);
}

/* group_grad(*batch, groups, grad, x, weight, mean, invstd, grad_x, sums, threads, tiles of images) */
static PyObject *group_grad(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    (void)self;
    struct call call = {.args = args, .left = count};
    struct norm_grad_given p = {.of = batch_of(&call)};
    p.groups = groups_of(&call, &p.of);
    long means = product_of(p.of.images, p.groups);
    p.grad = input(&call, size_of(&p.of)), p.x = input(&call, size_of(&p.of));
    p.weight = optional(&call, p.of.channels);
    p.mean = input(&call, means), p.inverse = input(&call, means);
    p.grad_x = output(&call, size_of(&p.of));
    p.sums = doubles(&call, product_of(2, product_of(p.of.images, p.of.channels)));
    struct tiles t = tiles(&call, 1, (long[]){p.of.images});
    return run(&call, active->norm.group_grad, &p, &t);
}

/* rows(*batch, x, weight, bias, eps, out, mean or None, inverse, threads, tiles of rows) */
static PyObject *rows(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    (void)self;
    struct call call = {.args = args, .left = count};
    struct norm_given p = {.of = batch_of(&call)};
    p.x = input(&call, size_of(&p.of));
    p.weight = input(&call, p.of.channels), p.bias = input(&call, p.of.channels);
    p.eps = real(&call);
    p.out = output(&call, size_of(&p.of));
    p.mean = is_none(&call) ? NULL : output(&call, p.of.images);
    p.inverse = output(&call, p.of.images);
    struct tiles t = tiles(&call, 1, (long[]){p.of.images});
    return run(&call, active->norm.rows, &p, &t);
}

/* rows_grad(*batch, parts, grad, x, weight, mean or None, inverse, grad_x, sums, threads, tiles of parts
 * and rows); sums are 0 */
static PyObject *rows_grad(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    (void)self;
    struct call call = {.args = args, .left = count};
    struct norm_grad_given p = {.of = batch_of(&call)};
    long parts = positive(&call);
    p.grad = input(&call, size_of(&p.of)), p.x = input(&call, size_of(&p.of));
    p.weight = input(&call, p.of.channels), p.mean = optional(&call, p.of.images);
    p.inverse = input(&call, p.of.images);
    p.grad_x = output(&call, size_of(&p.of));
    p.sums = sums_of(&call, parts, &p.of);
    struct tiles t = tiles(&call, 2, (long[]){parts, p.of.images});
    return run(&call, active->norm.rows_grad, &p, &t);
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
