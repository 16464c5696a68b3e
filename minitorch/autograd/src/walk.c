/* The walk over a whole graph, with no layer on: the loop of `Walk` in engine.py, which stays the
   reference, and does the walks that have targets or layers. */
#include "walk.h"

/* Rules */

/* Add a note to the error that says of which node it is. */
static void note_place(Node *node)
{
    PyObject *type, *value, *trace;
    PyErr_Fetch(&type, &value, &trace);
    PyErr_NormalizeException(&type, &value, &trace);
    if (trace)
        PyException_SetTraceback(value, trace);
    if (PyObject_IsInstance(value, PyExc_Exception) == 1) {
        PyObject *text = PyObject_CallFunctionObjArgs(core.place, (PyObject *)node, NULL);
        PyObject *done = text ? PyObject_CallMethodObjArgs(value, names.add_note, text, NULL) : NULL;
        Py_XDECREF(text);
        Py_XDECREF(done);
        PyErr_Clear();
    }
    PyErr_Restore(type, value, trace);
}

/* Call a function of hooks.py on the gradients of a stop: as a list, which it may change, and the
   set of slots that nobody else holds. */
static int with_hooks(Stop *stop, PyObject *function, PyObject *hooks)
{
    PyObject *node = (PyObject *)stop->node, *done = NULL;
    PyObject *grads = PyList_New(stop->n), *owned = PySet_New(NULL);
    for (Py_ssize_t i = 0; grads && owned && i < stop->n; i++) {
        PyObject *grad = stop->grads[i] ? stop->grads[i] : Py_None;
        Py_INCREF(grad);
        PyList_SetItem(grads, i, grad);
        PyObject *slot = stop->owned[i] ? Py_BuildValue("(On)", node, i) : NULL;
        if (slot && PySet_Add(owned, slot) < 0)
            Py_CLEAR(owned);
        Py_XDECREF(slot);
    }
    if (grads && owned)
        done = PyObject_CallFunctionObjArgs(function, node, hooks, grads, owned, NULL);
    for (Py_ssize_t i = 0; done && i < stop->n; i++) {
        PyObject *grad = PyList_GetItem(grads, i), *slot = Py_BuildValue("(On)", node, i);
        stop->owned[i] = slot && PySet_Contains(owned, slot) == 1;
        Py_XDECREF(slot);
        if (grad == Py_None)
            grad = NULL;
        Py_XINCREF(grad);
        replace(&stop->grads[i], grad);
    }
    Py_XDECREF(grads);
    Py_XDECREF(owned);
    Py_XDECREF(done);
    return done && !PyErr_Occurred() ? 0 : -1;
}

static PyObject *listed(Stop *stop, int as_tuple)
{
    PyObject *list = as_tuple ? PyTuple_New(stop->n + 1) : PyList_New(stop->n);
    if (list && as_tuple) {
        Py_INCREF((PyObject *)stop->node);
        PyTuple_SetItem(list, 0, (PyObject *)stop->node);
    }
    for (Py_ssize_t i = 0; list && i < stop->n; i++) {
        PyObject *grad = stop->grads[i] ? stop->grads[i] : Py_None;
        Py_INCREF(grad);
        if (as_tuple)
            PyTuple_SetItem(list, i + 1, grad);
        else
            PyList_SetItem(list, i, grad);
    }
    return list;
}

/* Put zeros for outputs that got no gradient, as `_fill_in` in engine.py. */
static int fill_in(Walk *self, Stop *stop)
{
    int missing = 0;
    for (Py_ssize_t i = 0; i < stop->n; i++)
        missing |= !stop->grads[i];
    if (!missing)
        return 0;
    PyObject *grads = listed(stop, 0);
    PyObject *done =
        grads ? PyObject_CallMethodObjArgs(self->walk, names._fill_in, stop->node, grads, NULL)
              : NULL;
    for (Py_ssize_t i = 0; done && i < stop->n; i++) {
        PyObject *grad = PyList_GetItem(grads, i);
        if (!stop->grads[i] && grad != Py_None) {
            Py_INCREF(grad);
            stop->grads[i] = grad;
        }
    }
    Py_XDECREF(grads);
    Py_XDECREF(done);
    return done ? 0 : -1;
}

static PyObject *call_rule(Stop *stop)
{
    PyObject *node = (PyObject *)stop->node, *op = stop->node->op, *result = NULL;
    if (op)
        Py_INCREF(op);
    else
        op = PyObject_GetAttr(node, names._op); /* of custom functions it is the class's */
    Plan *plan = op ? plan_of(op) : NULL;
    if (plan && !plan->backward)
        Py_XDECREF(PyObject_GetAttr(op, names.backward)); /* which raises the error */
    if (plan && plan->backward && stop->n == 1) {
        result = PyObject_CallFunctionObjArgs(plan->backward, node,
                                              stop->first ? stop->first : Py_None, NULL);
    } else if (plan && plan->backward) {
        PyObject *arguments = listed(stop, 1);
        result = arguments ? PyObject_Call(plan->backward, arguments, NULL) : NULL;
        Py_XDECREF(arguments);
    }
    Py_XDECREF((PyObject *)plan);
    Py_XDECREF(op);
    if (!result)
        note_place(stop->node);
    return result;
}

/* The results of a node's rule, a tuple: as `_results_of` in engine.py. `watched` are the node's
   hooks, or NULL. `arrived` becomes the list of what hooks have seen, where there are any. */
static PyObject *results_of(Walk *self, Stop *stop, PyObject *watched, PyObject **arrived)
{
    Node *node = stop->node;
    PyObject *after = NULL;
    if (watched) {
        if (with_hooks(stop, core.run_output_hooks, watched) < 0)
            return NULL;
        PyObject *before = PyObject_GetAttr(watched, names.before);
        after = PyObject_GetAttr(watched, names.after);
        int first = before ? PyObject_IsTrue(before) : -1, last = after ? PyObject_IsTrue(after) : -1;
        Py_XDECREF(before);
        Py_XDECREF(after);
        after = last > 0 ? after : NULL;
        if (first < 0 || last < 0 ||
            ((first || last) && with_hooks(stop, core.run_hooks_before, watched) < 0))
            return NULL;
    }
    if (stop->n > 1 && fill_in(self, stop) < 0)
        return NULL;
    PyObject *results = call_rule(stop);
    if (!results)
        return NULL;
    if (is_something(node->saved) && !self->keep_graph && PyObject_IsTrue(node->saved) == 1) {
        Py_INCREF(Py_None);
        replace(&node->saved, Py_None);
    }
    if (!PyTuple_CheckExact(results))
        replace(&results, PyTuple_Pack(1, results));
    if (results && after) {
        *arrived = listed(stop, 0);
        PyObject *fits = PyObject_CallFunctionObjArgs(core.for_inputs, (PyObject *)node, results, NULL);
        PyObject *changed = fits && *arrived ? PyObject_CallFunctionObjArgs(core.run_hooks_after, watched, fits,
                                                                *arrived, NULL)
                                 : NULL;
        Py_XDECREF(fits);
        replace(&results, changed);
    }
    return results;
}

/* Hand the results of a rule, if it was called, to the ends of the node's edges. */
static int hand_on(Walk *self, Stop *stop, PyObject *results, PyObject **arrived, Py_ssize_t n)
{
    PyObject *edges = stop->node->edges;
    Py_ssize_t m = edges ? PyTuple_Size(edges) : 0, i = 0;
    Py_XINCREF(edges); /* the hooks of a leaf may do anything */
    for (; i < m; i++) {
        PyObject *edge = PyTuple_GetItem(edges, i);
        if (edge == Py_None)
            continue;
        Stop *end = stop_at(self, PyTuple_GetItem(edge, 0));
        if (!end)
            continue;
        PyObject *grad = results ? PyTuple_GetItem(results, i) : Py_None;
        if (!grad)
            break;
        int leaf = is_leaf(end->node);
        if (grad != Py_None) {
            Py_ssize_t index = PyLong_AsSsize_t(PyTuple_GetItem(edge, 1));
            if (add_grad(self, end, index, grad) < 0)
                break;
            if ((leaf || is_something(end->node->hooks)) && is_new(results, i, arrived, n))
                end->owned[index] = 1;
        }
        if (--end->users == 0 && (leaf ? finish_leaf(self, end) : make_ready(self, end)) < 0)
            break;
    }
    Py_XDECREF(edges);
    return i < m ? -1 : 0;
}

static int run_node(Walk *self, Stop *stop)
{
    PyObject *results = NULL, *list = NULL;
    if (stop->n) {
        PyObject *watched = is_something(stop->node->hooks) ? stop->node->hooks : NULL;
        Py_XINCREF(watched);
        results = results_of(self, stop, watched, &list);
        Py_XDECREF(watched);
        if (!results) {
            Py_XDECREF(list);
            return -1;
        }
    }
    int done;
    if (list) {
        Py_ssize_t n = PyList_Size(list);
        PyObject **arrived = PyMem_Calloc((size_t)n + 1, sizeof *arrived);
        for (Py_ssize_t i = 0; arrived && i < n; i++)
            arrived[i] = PyList_GetItem(list, i);
        if (!arrived)
            PyErr_NoMemory();
        done = arrived ? hand_on(self, stop, results, arrived, n) : -1;
        PyMem_Free(arrived);
    } else {
        done = hand_on(self, stop, results, stop->grads, stop->n);
    }
    forget_grads(stop);
    Py_XDECREF(list);
    Py_XDECREF(results);
    return done;
}

/* Python's side */

static PyTypeObject *walk_type;

static int walk_traverse(PyObject *object, visitproc visit, void *arg)
{
    Walk *self = (Walk *)object;
    Py_VISIT(Py_TYPE(object));
    for (size_t i = 0; self->table && i <= self->mask; i++) {
        Stop *stop = self->table[i];
        if (!stop)
            continue;
        Py_VISIT((PyObject *)stop->node);
        for (Py_ssize_t k = 0; k < stop->n; k++)
            Py_VISIT(stop->grads[k]);
    }
    return 0;
}

static int walk_clear(PyObject *object)
{
    Walk *self = (Walk *)object;
    Stop **table = self->table;
    size_t size = table ? self->mask + 1 : 0;
    self->table = NULL;
    self->ready = 0;
    for (size_t i = 0; i < size; i++) {
        if (!table[i])
            continue;
        forget_grads(table[i]);
        Py_DECREF((PyObject *)table[i]->node);
        PyMem_Free(table[i]);
    }
    PyMem_Free(table);
    PyMem_Free(self->heap);
    self->heap = NULL;
    return 0;
}

static void walk_dealloc(PyObject *object)
{
    PyTypeObject *type = Py_TYPE(object);
    PyObject_GC_UnTrack(object);
    walk_clear(object);
    ((freefunc)PyType_GetSlot(type, Py_tp_free))(object);
    Py_DECREF(type);
}

/* Users(roots): how many edges lead to each node that can be reached. */
static PyObject *new_users(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    PyObject *roots;
    (void)kwargs;
    if (!PyArg_ParseTuple(args, "O", &roots))
        return NULL;
    Walk *self = (Walk *)PyType_GenericAlloc(type, 0);
    if (self && count_users(self, roots) < 0)
        Py_CLEAR(self);
    return (PyObject *)self;
}

static int contains(PyObject *object, PyObject *node)
{
    return stop_at((Walk *)object, node) != NULL;
}

/* walk(walk, roots, grads, keep_graph, create_graph): as `start` in engine.py. */
static PyObject *run_walk(PyObject *object, PyObject *args)
{
    Walk *self = (Walk *)object;
    PyObject *walk, *roots, *grads;
    if (!PyArg_ParseTuple(args, "OOOpp", &walk, &roots, &grads, &self->keep_graph,
                          &self->create_graph))
        return NULL;
    self->walk = walk; /* which holds this, and calls it */
    Py_ssize_t n = PySequence_Size(roots);
    for (Py_ssize_t i = 0; i < n; i++) {
        PyObject *root = PySequence_GetItem(roots, i), *grad = PySequence_GetItem(grads, i);
        Stop *stop = root ? stop_at(self, PyTuple_GetItem(root, 0)) : NULL;
        int added = stop && grad
                        ? add_grad(self, stop, PyLong_AsSsize_t(PyTuple_GetItem(root, 1)), grad)
                        : -1;
        Py_XDECREF(root);
        Py_XDECREF(grad);
        if (added < 0)
            return NULL;
    }
    for (Py_ssize_t i = 0; i < n; i++) {
        PyObject *root = PySequence_GetItem(roots, i);
        Stop *stop = root ? stop_at(self, PyTuple_GetItem(root, 0)) : NULL;
        Py_XDECREF(root);
        if (!stop)
            return NULL;
        if (stop->users)
            continue;
        stop->users = -1; /* once, however many roots it is */
        if ((is_leaf(stop->node) ? finish_leaf(self, stop) : make_ready(self, stop)) < 0)
            return NULL;
    }
    while (self->ready)
        if (run_node(self, next_ready(self)) < 0)
            return NULL;
    Py_RETURN_NONE;
}

static PyMethodDef walk_methods[] = {
    {"walk", run_walk, METH_VARARGS, "Run the roots and all that becomes ready by it."},
    {NULL, NULL, 0, NULL},
};
static PyType_Slot walk_slots[] = {
    {Py_tp_new, new_users},         {Py_tp_traverse, walk_traverse}, {Py_tp_clear, walk_clear},
    {Py_tp_dealloc, walk_dealloc},  {Py_tp_methods, walk_methods},   {Py_sq_contains, contains},
    {0, NULL},
};
static PyType_Spec walk_spec = {
    "minitorch.core._hot.Users", sizeof(Walk), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    walk_slots};

int start_walk(PyObject *module)
{
    walk_type = (PyTypeObject *)PyType_FromSpec(&walk_spec);
    return walk_type ? PyModule_AddType(module, walk_type) : -1;
}
