#include "call.h"

/* Floats of all panels of (depth, columns); 2^56 columns are refused before, with what they are of. */
static long size_of_panels(long depth, long columns) {
    long wide = PANEL_VECS * active->lanes;
    return product_of(depth, product_of((columns + wide - 1) / wide, wide));
}

/* recurrent_pack(depth, columns, is_turned, b, panels, first, stop) */
static PyObject *recurrent_pack(PyObject *self, PyObject *const *args, Py_ssize_t given) {
    (void)self;
    struct call call = {.args = args, .left = given};
    long depth = positive(&call), columns = positive(&call);
    int is_turned = flag(&call);
    const float *b = input(&call, product_of(depth, columns));
    float *panels = output(&call, call.failed ? 0 : size_of_panels(depth, columns));
    long first = number(&call), wide = PANEL_VECS * active->lanes;
    long stop = stop_of(&call, first, call.failed ? 0 : (columns + wide - 1) / wide);
    if (!call.failed) {
        Py_BEGIN_ALLOW_THREADS
        active->recurrent.pack(depth, columns, is_turned, b, panels, first, stop);
        Py_END_ALLOW_THREADS
    }
    return done(&call, 0);
}

static int is_size(long value) { return 0 < value && value <= MOST_SIZE; }

/* A struct recurrence. */
static const struct recurrence *layer_of(struct call *call) {
    static const struct recurrence none;
    const struct recurrence *r = record(call, sizeof *r);
    if (call->failed) return &none;
    int is_so = RNN_TANH <= r->kind && r->kind <= GRU && is_size(r->steps) && is_size(r->rows) &&
                is_size(r->batch) && is_size(r->inputs) && is_size(r->units) &&
                (r->is_reverse == 0 || r->is_reverse == 1);
    require(call, is_so, "these sizes cannot be those of a recurrent layer");
    return is_so ? r : &none;
}

/* The first rows of its steps, none of which has more than the batch, and the end. */
static const int64_t *steps_of(struct call *call, const struct recurrence *r) {
    const int64_t *first = input_longs(call, r->steps + 1);
    if (call->failed) return first;
    int is_so = first[0] == 0 && first[r->steps] == r->rows;
    for (long t = 0; t < r->steps; t++)
        is_so &= first[t] <= first[t + 1] && first[t + 1] <= first[t] + r->batch;
    require(call, is_so, "these rows cannot be those of the steps");
    return first;
}

static float *output_if(struct call *call, int is_wanted, long count) {
    require(call, is_wanted || is_none(call), "None was expected");
    return is_wanted ? output(call, count) : NULL;
}
static const float *input_if(struct call *call, int is_wanted, long count) {
    require(call, is_wanted || is_none(call), "None was expected");
    return is_wanted ? input(call, count) : NULL;
}

/* recurrent(layer, first, x, w_ih, w_hh, bias, h, c, hidden, gates, cells, n, stop); what a kind has
 * not is None */
static PyObject *recurrent(PyObject *self, PyObject *const *args, Py_ssize_t given) {
    (void)self;
    struct call call = {.args = args, .left = given};
    const struct recurrence *r = layer_of(&call);
    int has_cells = r->kind == LSTM, has_gates = has_cells || r->kind == GRU;
    long width = rows_of_unit(r->kind) * r->units, parts = parts_of_unit(r->kind) * r->units;
    long states = product_of(r->batch, r->units), all = product_of(r->rows, r->units);
    const int64_t *first = steps_of(&call, r);
    const float *x = input(&call, product_of(r->rows, r->inputs));
    const float *w_ih = input(&call, size_of_panels(r->inputs, width));
    const float *w_hh = input(&call, size_of_panels(r->units, width));
    const float *bias = input(&call, parts);
    float *h = output(&call, states), *c = output_if(&call, has_cells, states);
    float *hidden = output(&call, all);
    float *gates = output_if(&call, has_gates, product_of(r->rows, parts));
    float *cells = output_if(&call, has_cells, all);
    long n = number(&call), stop = stop_of(&call, n, r->batch);
    int status = 0;
    if (!call.failed) {
        Py_BEGIN_ALLOW_THREADS
        status = active->recurrent.forward(r, first, x, w_ih, w_hh, bias, h, c, hidden, gates,
                                           cells, n, stop);
        Py_END_ALLOW_THREADS
    }
    return done(&call, status);
}

/* recurrent_grad(layer, first, grad_out or None, w_ih or None, w_hh, h, c, hidden, gates, cells,
 * grad_h, grad_c, grads, sums, grad_x or None, n, stop); what a kind has not is None */
static PyObject *recurrent_grad(PyObject *self, PyObject *const *args, Py_ssize_t given) {
    (void)self;
    struct call call = {.args = args, .left = given};
    const struct recurrence *r = layer_of(&call);
    int has_cells = r->kind == LSTM, has_gates = has_cells || r->kind == GRU;
    long width = rows_of_unit(r->kind) * r->units, parts = parts_of_unit(r->kind) * r->units;
    long states = product_of(r->batch, r->units), all = product_of(r->rows, r->units);
    const int64_t *first = steps_of(&call, r);
    const float *grad_out = is_none(&call) ? NULL : input(&call, all);
    int needs_x = !is_none(&call);
    const float *w_ih = needs_x ? input(&call, size_of_panels(width, r->inputs)) : NULL;
    const float *w_hh = input(&call, size_of_panels(width, r->units));
    const float *h = input(&call, states), *c = input_if(&call, has_cells, states);
    const float *hidden = input(&call, all);
    const float *gates = input_if(&call, has_gates, product_of(r->rows, parts));
    const float *cells = input_if(&call, has_cells, all);
    float *grad_h = output(&call, states), *grad_c = output_if(&call, has_cells, states);
    float *grads = output(&call, product_of(r->rows, parts));
    double *sums = doubles(&call, parts);
    float *grad_x = output_if(&call, needs_x, product_of(r->rows, r->inputs));
    long n = number(&call), stop = stop_of(&call, n, r->batch);
    int status = 0;
    if (!call.failed) {
        Py_BEGIN_ALLOW_THREADS
        status = active->recurrent.grad(r, first, grad_out, w_ih, w_hh, h, c, hidden, gates, cells,
                                        grad_h, grad_c, grads, sums, grad_x, n, stop);
        Py_END_ALLOW_THREADS
    }
    return done(&call, status);
}

/* recurrent_weight_grad(count, width, columns, grads, x, m, stop, out) */
static PyObject *recurrent_weight_grad(PyObject *self, PyObject *const *args, Py_ssize_t given) {
    (void)self;
    struct call call = {.args = args, .left = given};
    long count = positive(&call), width = positive(&call), columns = positive(&call);
    const float *grads = input(&call, product_of(count, width));
    const float *x = input(&call, product_of(count, columns));
    long m = number(&call), stop = stop_of(&call, m, width);
    float *out = output(&call, call.failed ? 0 : product_of(stop - m, columns));
    if (!call.failed) {
        Py_BEGIN_ALLOW_THREADS
        active->recurrent.weight_grad(count, width, columns, grads, x, out, m, stop);
        Py_END_ALLOW_THREADS
    }
    return done(&call, 0);
}

PyMethodDef recurrent_methods[] = {
    METHOD(recurrent_pack),
    METHOD(recurrent),
    METHOD(recurrent_grad),
    METHOD(recurrent_weight_grad),
    {NULL, NULL, 0, NULL},
};
