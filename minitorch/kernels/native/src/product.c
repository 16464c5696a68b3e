#include "call.h"

/* So many examples, or one for all. */
static int fits(long count, long most) { return count == most || count == 1; }

/* product(a, b, bias or None, out, n, n_stop, i, i_stop, j, j_stop) */
static PyObject *product(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    (void)self;
    struct call call = {.args = args, .left = count};
    struct matrices a = input_matrices(&call), b = input_matrices(&call);
    long most = a.count > b.count ? a.count : b.count;
    require(&call, a.columns == b.rows && a.columns > 0, "the matrices do not fit");
    require(&call, fits(a.count, most) && fits(b.count, most), "the batches do not fit");
    const float *bias = is_none(&call) ? NULL : input(&call, b.columns);
    float *out = output(&call, product_of(most, product_of(a.rows, b.columns)));
    struct part_of_product part;
    part.n = number(&call), part.n_stop = stop_of(&call, part.n, most);
    part.i = number(&call), part.i_stop = stop_of(&call, part.i, a.rows);
    part.j = number(&call), part.j_stop = stop_of(&call, part.j, b.columns);
    int status = 0;
    if (!call.failed) {
        Py_BEGIN_ALLOW_THREADS
        status = active->product.multiply(&a, &b, bias, out, &part);
        Py_END_ALLOW_THREADS
    }
    return done(&call, status);
}

PyMethodDef product_methods[] = {
    METHOD(product),
    {NULL, NULL, 0, NULL},
};
