/* The core of autograd in C: Note [Two forms] in minitorch/core/fields.py. */
#ifndef MINITORCH_CORE_H
#define MINITORCH_CORE_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <structmember.h>

#define NPY_NO_DEPRECATED_API NPY_2_0_API_VERSION
#include <numpy/ndarraytypes.h>

/* What `TensorFields` and `NodeFields` of fields.py have, under the same names: NULL is None. */
typedef struct {
    PyObject_HEAD
    PyObject *array, *grad, *grad_fn, *version_cell, *view, *accumulator, *hooks;
    PyObject *post_accumulate_hooks, *tangents, *origin;
    Py_ssize_t output_index;
    char requires_grad;
} Tensor;

typedef struct {
    PyObject_HEAD
    PyObject *op, *edges, *outputs, *saved, *site, *cut, *hooks, *wanted, *original;
    Py_ssize_t sequence;
} Node;

typedef struct {
    PyObject_HEAD
    PyObject *written_at, *written_by, *history;
    Py_ssize_t version;
} Cell;

extern PyTypeObject *tensor_type, *node_type, *cell_type;

/* What the Python files of the core hand over when they are imported (`connect`); each is named
   there as here. */
#define CONNECTED(X) \
    X(result_class) X(VersionCell) X(AccumulateGrad) X(ndarray) X(ufunc_add) X(subclasses) \
    X(entered) X(complex_seen) X(active) X(current_mode) X(get_errors) X(set_errors) \
    X(reset_errors) X(QUIET) X(apply_in_python) X(unrecorded) X(attach_output) X(new_accumulator) \
    X(inside) X(is_inside) X(fit) X(place) X(run_output_hooks) X(run_hooks_before) \
    X(run_hooks_after) X(for_inputs) X(run_tensor_hooks)
#define X(name) PyObject *name;
extern struct core { CONNECTED(X) } core;
#undef X

/* Names of attributes and methods, made once: Python's cache of attributes goes by the very string. */
#define NAMES(X) \
    X(_plan) X(refresh) X(end) X(variable) X(receive) X(f_back) X(f_lasti) X(co_filename) \
    X(reuse) X(backward) X(check_savable) X(clone) X(_array) X(_outputs) X(_op) X(before) \
    X(after) X(add_note) X(_fill_in) X(wrap) X(_unpack) X(_give_history) X(_lost) \
    X(_lock) X(acquire) X(release)
#define X(name) PyObject *name;
extern struct names { NAMES(X) } names;
#undef X

/* What of an op's class a call has to know; made at the first call. */
typedef struct {
    PyObject_HEAD
    PyObject *of; /* the class, not held: it holds this */
    PyObject *forward, *backward, *promotion, *node_class, *saves, *saves_outputs, *saved_for;
    char is_view, differentiable;
} Plan;

int start_fields(PyObject *module);
int start_plans(void);
int start_door(PyObject *module);
int start_walk(PyObject *module);

Plan *plan_of(PyObject *op);

static inline int is_tensor(PyObject *x)
{
    PyTypeObject *type = Py_TYPE(x);
    return (PyObject *)type == core.result_class || PyType_IsSubtype(type, tensor_type);
}

static inline int is_array(PyObject *x)
{
    return (PyObject *)Py_TYPE(x) == core.ndarray;
}

/* Put another reference, which is handed over, in the place of one that is held. */
static inline void replace(PyObject **field, PyObject *value)
{
    PyObject *old = *field;
    *field = value;
    Py_XDECREF(old);
}

static inline int is_something(PyObject *field)
{
    return field && field != Py_None;
}

static inline PyArrayObject_fields *array_of(PyObject *array)
{
    return (PyArrayObject_fields *)array;
}

/* Whether `shape`, a tuple, is that of an array. */
int has_shape(PyObject *array, PyObject *shape);
PyObject *new_tensor(PyObject *array);

int is_recording(void);

#endif
