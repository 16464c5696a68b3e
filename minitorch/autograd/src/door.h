/* A call of an op: door.c, record.c. */
#ifndef MINITORCH_DOOR_H
#define MINITORCH_DOOR_H

#include "core.h"

enum { MOST = 8 }; /* inputs; calls with more are Python's */

typedef struct {
    PyObject *op;
    Plan *plan;
    PyObject *const *inputs;
    Py_ssize_t n;
    PyObject *params; /* a dict, or NULL */
    PyObject *arrays[MOST];
    PyObject *cut; /* why one has no history, or NULL */
    int requires_grad;
} Call;

PyObject *tuple_of(PyObject *const *items, Py_ssize_t n);

/* Wrap what forward returned, with a node that knows where it came from. */
PyObject *record(Call *call, PyObject *out);
PyObject *next_sequence(PyObject *module, PyObject *nothing);

#endif
