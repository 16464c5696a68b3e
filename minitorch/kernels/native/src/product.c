#include "call.h"

/* product(a, b, bias or None, out, threads, tiles of examples, rows and columns) */
static PyObject *product(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    (void)self;
    struct call call = {.args = args, .left = count};
    struct product_given p;
    p.a = input_matrices(&call), p.b = input_matrices(&call);
    /* One stands for all, of which there may be none. */
    long all = p.a.count == 1 ? p.b.count : p.a.count;
    require(&call, p.a.columns == p.b.rows && p.a.columns > 0, "the matrices do not fit");
    require(&call, p.b.count == all || p.b.count == 1, "the batches do not fit");
    p.bias = is_none(&call) ? NULL : input(&call, p.b.columns);
    p.out = output(&call, product_of(all, product_of(p.a.rows, p.b.columns)));
    struct tiles t = tiles(&call, 3, (long[]){all, p.a.rows, p.b.columns});
    return run(&call, active->product.product, &p, &t);
}

PyMethodDef product_methods[] = {
    METHOD(product),
    {NULL, NULL, 0, NULL},
};
