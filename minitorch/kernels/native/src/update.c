#include "call.h"

static long size_of(const struct updated *params, long n) {
    return params[n].stop - (n ? params[n - 1].stop : 0);
}

/* The next arguments: so many parameters, their gradients, then of each of `kept` kinds of state an array
 * for each, of the last kind perhaps None. */
static struct updated *take_params(struct call *call, long count, int kept) {
    require(call, 0 <= count && count <= call->left / (2 + kept), "so many parameters are not given");
    if (call->failed) return NULL; /* their sizes would wrap */
    struct updated *params = make_room(call, count * (2 + kept), count * (long)sizeof *params);
    long stop = 0;
    for (long n = 0; n < count && !call->failed; n++) {
        long size;
        params[n].param = output_of_any(call, &size);
        params[n].stop = stop += size;
    }
    for (long n = 0; n < count && !call->failed; n++)
        params[n].grad = input(call, size_of(params, n));
    for (long i = 0; i < kept * count && !call->failed; i++) {
        struct updated *p = &params[i % count];
        int which = (int)(i / count), may_lack = which == kept - 1;
        p->kept[which] = may_lack && is_none(call) ? NULL : output(call, size_of(params, i % count));
    }
    return params;
}

/* Of all parameters. */
static long elements_of(const struct updated *params, long count) {
    return params && count ? params[count - 1].stop : 0;
}

/* update_sgd(count, rule, which of so many begin, params, grads, buffers or Nones, threads, tiles) */
static PyObject *update_sgd(PyObject *self, PyObject *const *args, Py_ssize_t given) {
    (void)self;
    struct call call = {.args = args, .left = given};
    struct update_given u = {0};
    long count = number(&call);
    u.sgd = record(&call, sizeof *u.sgd);
    u.firsts = input_bytes(&call, count);
    u.params = take_params(&call, count, 1);
    struct tiles t = tiles(&call, 1, (long[]){elements_of(u.params, count)});
    return run(&call, active->update.sgd, &u, &t);
}

/* update_adam(count, rule of each, params, grads, averages, squares, most squares or Nones, threads,
 * tiles) */
static PyObject *update_adam(PyObject *self, PyObject *const *args, Py_ssize_t given) {
    (void)self;
    struct call call = {.args = args, .left = given};
    struct update_given u = {0};
    long count = number(&call);
    u.adams = record(&call, (size_t)count * sizeof *u.adams);
    u.params = take_params(&call, count, 3);
    struct tiles t = tiles(&call, 1, (long[]){elements_of(u.params, count)});
    return run(&call, active->update.adam, &u, &t);
}

PyMethodDef update_methods[] = {
    METHOD(update_sgd),
    METHOD(update_adam),
    {NULL, NULL, 0, NULL},
};
