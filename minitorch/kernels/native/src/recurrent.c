#include "call.h"

/* Floats of all panels of (depth, columns); 2^56 columns are refused before, with what they are of. */
static long size_of_panels(long depth, long columns) {
    long wide = PANEL_VECS * active->lanes;
    return product_of(depth, product_of((columns + wide - 1) / wide, wide));
}

/* recurrent_pack(depth, columns, is_turned, b, panels, threads, tiles of panels) */
static PyObject *recurrent_pack(PyObject *self, PyObject *const *args, Py_ssize_t given) {
    (void)self;
    struct call call = {.args = args, .left = given};
    struct recurrent_pack_given p;
    p.depth = positive(&call), p.columns = positive(&call);
    p.is_turned = flag(&call);
    p.b = input(&call, product_of(p.depth, p.columns));
    p.panels = output(&call, call.failed ? 0 : size_of_panels(p.depth, p.columns));
    long wide = PANEL_VECS * active->lanes, count = call.failed ? 0 : (p.columns + wide - 1) / wide;
    struct tiles t = tiles(&call, 1, &count);
    return run(&call, active->recurrent.pack, &p, &t);
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

/* recurrent(layer, first, x, w_ih, w_hh, bias, h, c, hidden, gates, cells, threads, tiles of sequences);
 * what a kind has not is None */
static PyObject *recurrent(PyObject *self, PyObject *const *args, Py_ssize_t given) {
    (void)self;
    struct call call = {.args = args, .left = given};
    const struct recurrence *r = layer_of(&call);
    int has_cells = r->kind == LSTM, has_gates = has_cells || r->kind == GRU;
    long width = rows_of_unit(r->kind) * r->units, parts = parts_of_unit(r->kind) * r->units;
    long states = product_of(r->batch, r->units), all = product_of(r->rows, r->units);
    struct recurrent_given p = {.layer = r};
    p.first = steps_of(&call, r);
    p.x = input(&call, product_of(r->rows, r->inputs));
    p.w_ih = input(&call, size_of_panels(r->inputs, width));
    p.w_hh = input(&call, size_of_panels(r->units, width));
    p.bias = input(&call, parts);
    p.h = output(&call, states), p.c = output_if(&call, has_cells, states);
    p.hidden = output(&call, all);
    p.gates = output_if(&call, has_gates, product_of(r->rows, parts));
    p.cells = output_if(&call, has_cells, all);
    struct tiles t = tiles(&call, 1, &r->batch);
    return run(&call, active->recurrent.forward, &p, &t);
}

/* recurrent_grad(layer, first, grad_out or None, w_ih or None, w_hh, h, c, hidden, gates, cells,
 * grad_h, grad_c, grads, before or None, count of tiles, sums, grad_x or None, threads, tiles of their
 * numbers and sequences); what a kind has not is None */
static PyObject *recurrent_grad(PyObject *self, PyObject *const *args, Py_ssize_t given) {
    (void)self;
    struct call call = {.args = args, .left = given};
    const struct recurrence *r = layer_of(&call);
    int has_cells = r->kind == LSTM, has_gates = has_cells || r->kind == GRU;
    long width = rows_of_unit(r->kind) * r->units, parts = parts_of_unit(r->kind) * r->units;
    long states = product_of(r->batch, r->units), all = product_of(r->rows, r->units);
    struct recurrent_grad_given p = {.layer = r};
    p.first = steps_of(&call, r);
    p.grad_out = is_none(&call) ? NULL : input(&call, all);
    int needs_x = !is_none(&call);
    p.w_ih = needs_x ? input(&call, size_of_panels(width, r->inputs)) : NULL;
    p.w_hh = input(&call, size_of_panels(width, r->units));
    p.h = input(&call, states), p.c = input_if(&call, has_cells, states);
    p.hidden = input(&call, all);
    p.gates = input_if(&call, has_gates, product_of(r->rows, parts));
    p.cells = input_if(&call, has_cells, all);
    p.grad_h = output(&call, states), p.grad_c = output_if(&call, has_cells, states);
    p.grads = output(&call, product_of(r->rows, parts));
    p.before = is_none(&call) ? NULL : output(&call, all);
    long count = positive(&call);
    p.sums = doubles(&call, product_of(count, parts));
    p.grad_x = output_if(&call, needs_x, product_of(r->rows, r->inputs));
    struct tiles t = tiles(&call, 2, (long[]){count, r->batch});
    return run(&call, active->recurrent.grad, &p, &t);
}

PyMethodDef recurrent_methods[] = {
    METHOD(recurrent_pack),
    METHOD(recurrent),
    METHOD(recurrent_grad),
    {NULL, NULL, 0, NULL},
};
