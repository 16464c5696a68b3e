/* Stops of a walk: found by their node, counted, and those that are ready. */
#include "walk.h"

static Stop **place_of(Walk *self, Node *node)
{
    size_t at = ((size_t)node >> 4) * (size_t)0x9E3779B97F4A7C15u;
    for (at = at >> 20 & self->mask; self->table[at]; at = (at + 1) & self->mask)
        if (self->table[at]->node == node)
            break;
    return &self->table[at];
}

Stop *stop_at(Walk *self, PyObject *node)
{
    return self->table ? *place_of(self, (Node *)node) : NULL;
}

static int grow(Walk *self)
{
    size_t size = self->table ? 2 * (self->mask + 1) : 64;
    Stop **old = self->table, **end = old ? old + self->mask + 1 : old;
    Stop **table = PyMem_Calloc(size, sizeof *table);
    if (!table) {
        PyErr_NoMemory();
        return -1;
    }
    self->table = table;
    self->mask = size - 1;
    for (Stop **s = old; s < end; s++)
        if (*s)
            *place_of(self, (*s)->node) = *s;
    PyMem_Free(old);
    return 0;
}

static Stop *add_stop(Walk *self, PyObject *node)
{
    if ((!self->table || 2 * self->used > self->mask) && grow(self) < 0)
        return NULL;
    Stop *stop = PyMem_Calloc(1, sizeof *stop);
    if (!stop) {
        PyErr_NoMemory();
        return NULL;
    }
    Py_INCREF(node);
    stop->node = (Node *)node;
    *place_of(self, stop->node) = stop;
    self->used++;
    return stop;
}

void forget_grads(Stop *stop)
{
    PyObject **grads = stop->grads;
    Py_ssize_t n = stop->n;
    stop->n = 0;
    stop->grads = NULL;
    for (Py_ssize_t i = 0; i < n; i++)
        Py_CLEAR(grads[i]);
    if (n > 1)
        PyMem_Free(grads);
}

static int check_node(PyObject *node)
{
    if (PyType_IsSubtype(Py_TYPE(node), node_type))
        return 0;
    PyErr_Format(PyExc_TypeError, "a graph is made of nodes, not of %R", Py_TYPE(node));
    return -1;
}

/* As `count_users` in reach.py. */
int count_users(Walk *self, PyObject *roots)
{
    size_t room = 64, waiting = 0;
    Stop **stack = PyMem_Malloc(room * sizeof *stack);
    Py_ssize_t k = 0, n = PySequence_Size(roots);
    for (; stack && k < n; k++) {
        PyObject *root = PySequence_GetItem(roots, k);
        PyObject *node = root ? PyTuple_GetItem(root, 0) : NULL;
        Stop *stop = !node || check_node(node) < 0 ? NULL : stop_at(self, node);
        int known = stop != NULL;
        if (node && !PyErr_Occurred() && !known)
            stop = add_stop(self, node);
        Py_XDECREF(root);
        if (!stop)
            break;
        if (known)
            continue;
        for (stack[waiting++] = stop; waiting;) {
            PyObject *edges = stack[--waiting]->node->edges;
            Py_ssize_t m = edges ? PyTuple_Size(edges) : 0;
            if (waiting + (size_t)m > room) {
                room = 2 * (waiting + (size_t)m);
                Stop **more = PyMem_Realloc(stack, room * sizeof *stack);
                if (!more)
                    goto failed;
                stack = more;
            }
            for (Py_ssize_t i = 0; i < m; i++) {
                PyObject *edge = PyTuple_GetItem(edges, i);
                if (edge == Py_None)
                    continue;
                PyObject *end = PyTuple_GetItem(edge, 0);
                Stop *found = stop_at(self, end);
                if (!found) {
                    found = check_node(end) < 0 ? NULL : add_stop(self, end);
                    if (!found)
                        goto failed;
                    stack[waiting++] = found;
                }
                found->users++;
            }
        }
    }
failed:
    if (!stack || (k < n && !PyErr_Occurred()))
        PyErr_NoMemory();
    PyMem_Free(stack);
    return PyErr_Occurred() ? -1 : 0;
}

/* The heap of what is ready */

static int is_later(Stop *a, Stop *b)
{
    return a->node->sequence > b->node->sequence;
}

int make_ready(Walk *self, Stop *stop)
{
    if (self->ready == self->room) {
        size_t room = self->room ? 2 * self->room : 32;
        Stop **more = PyMem_Realloc(self->heap, room * sizeof *more);
        if (!more) {
            PyErr_NoMemory();
            return -1;
        }
        self->heap = more;
        self->room = room;
    }
    size_t at = self->ready++;
    for (; at && is_later(stop, self->heap[(at - 1) / 2]); at = (at - 1) / 2)
        self->heap[at] = self->heap[(at - 1) / 2];
    self->heap[at] = stop;
    return 0;
}

Stop *next_ready(Walk *self)
{
    Stop *top = self->heap[0], *last = self->heap[--self->ready];
    size_t at = 0;
    for (size_t child; (child = 2 * at + 1) < self->ready; at = child) {
        if (child + 1 < self->ready && is_later(self->heap[child + 1], self->heap[child]))
            child++;
        if (!is_later(self->heap[child], last))
            break;
        self->heap[at] = self->heap[child];
    }
    self->heap[at] = last;
    return top;
}
