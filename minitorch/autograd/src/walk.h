/* What a walk knows of the nodes it comes to: stops.c, gradients.c, walk.c. */
#ifndef MINITORCH_WALK_H
#define MINITORCH_WALK_H

#include "core.h"

/* A node on the way of the walk: how many users it still waits for, and what has arrived. */
typedef struct {
    Node *node;
    PyObject *first, **grads; /* of each output; `grads` is `&first` where there is one */
    char own, *owned;         /* whether nobody else holds it */
    Py_ssize_t users;
    Py_ssize_t n; /* outputs; 0 before anything has arrived */
} Stop;

/* Stops by node, in an open hash table that is at most half full. */
typedef struct {
    PyObject_HEAD
    Stop **table;
    size_t mask, used;
    Stop **heap; /* those that are ready, the latest recorded on top */
    size_t ready, room;
    PyObject *walk;
    int keep_graph, create_graph;
} Walk;

/* The stop at a node, or NULL. */
Stop *stop_at(Walk *self, PyObject *node);
int count_users(Walk *self, PyObject *roots);
void forget_grads(Stop *stop);
int make_ready(Walk *self, Stop *stop);
Stop *next_ready(Walk *self); /* of which there is one */

int add_grad(Walk *self, Stop *stop, Py_ssize_t index, PyObject *grad);
int is_new(PyObject *results, Py_ssize_t index, PyObject **arrived, Py_ssize_t n);
int finish_leaf(Walk *self, Stop *stop);

static inline int is_leaf(Node *node)
{
    return (PyObject *)Py_TYPE((PyObject *)node) == core.AccumulateGrad;
}

#endif
