/* The walk over a whole graph, with no layer on: the loop of `Walk` in engine.py, which stays the
   reference, and does the walks that have targets or layers. */
#include <string.h>

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

static Stop **place_of(Walk *self, Node *node)
{
    size_t at = ((size_t)node >> 4) * (size_t)0x9E3779B97F4A7C15u;
    for (at = at >> 20 & self->mask; self->table[at]; at = (at + 1) & self->mask)
        if (self->table[at]->node == node)
            break;
    return &self->table[at];
}

static Stop *stop_at(Walk *self, PyObject *node)
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

static void forget_grads(Stop *stop)
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

static int check_node(PyObject *node)
{
    if (PyType_IsSubtype(Py_TYPE(node), node_type))
        return 0;
    PyErr_Format(PyExc_TypeError, "a graph is made of nodes, not of %R", Py_TYPE(node));
    return -1;
}

/* As `count_users` in reach.py. */
static int count_users(Walk *self, PyObject *roots)
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

static int make_ready(Walk *self, Stop *stop)
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

static Stop *next_ready(Walk *self)
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

/* Gradients on their way */

static int is_leaf(Node *node)
{
    return (PyObject *)Py_TYPE((PyObject *)node) == core.AccumulateGrad;
}

/* The tensor of a leaf's node, which is an attribute that anybody may set: a new reference. */
static PyObject *variable_of(Node *node)
{
    PyObject *variable = PyObject_GetAttr((PyObject *)node, names.variable);
    if (variable && !is_tensor(variable)) {
        PyErr_Format(PyExc_TypeError, "a leaf is a tensor, not %R", Py_TYPE(variable));
        Py_CLEAR(variable);
    }
    return variable;
}

/* Whether an array has the shape and dtype of a leaf. */
static int is_like_leaf(Node *node, PyObject *array)
{
    PyObject *leaf = variable_of(node);
    PyObject *own = leaf ? ((Tensor *)leaf)->array : NULL;
    int n = array_of(array)->nd, is = 0;
    if (own && is_array(own) && is_array(array) && array_of(own)->nd == n &&
        array_of(own)->descr == array_of(array)->descr)
        is = !memcmp(array_of(own)->dimensions, array_of(array)->dimensions,
                     (size_t)n * sizeof(npy_intp));
    Py_XDECREF(leaf);
    PyErr_Clear();
    return is;
}

/* Give a gradient the shape and dtype of what it is the gradient of, as `_add` in engine.py:
   a new reference. */
static PyObject *fitted(Node *node, Py_ssize_t index, PyObject *grad)
{
    PyObject *array = is_tensor(grad) ? ((Tensor *)grad)->array : NULL;
    PyObject *outputs = NULL, *result = NULL;
    if (array && is_leaf(node) && is_like_leaf(node, array)) {
        Py_INCREF(grad);
        return grad;
    }
    if (!array) { /* the error is that of asking for it */
        array = PyObject_GetAttr(grad, names._array);
        if (array)
            PyErr_Format(PyExc_TypeError, "a gradient is a tensor, not %R", Py_TYPE(grad));
        Py_XDECREF(array);
        return NULL;
    }
    if (is_leaf(node)) {
        outputs = PyObject_GetAttr((PyObject *)node, names._outputs);
    } else {
        outputs = node->outputs;
        Py_XINCREF(outputs);
    }
    PyObject *about = outputs ? PyTuple_GetItem(outputs, index) : NULL;
    PyObject *shape = about ? PyTuple_GetItem(about, 0) : NULL;
    PyObject *dtype = shape ? PyTuple_GetItem(about, 1) : NULL;
    if (dtype && is_array(array) && (PyObject *)array_of(array)->descr == dtype &&
        has_shape(array, shape)) {
        Py_INCREF(grad);
        result = grad;
    } else if (dtype) {
        result = PyObject_CallFunctionObjArgs(core.fit, grad, shape, dtype, NULL);
    }
    Py_XDECREF(outputs);
    return result;
}

static int open_stop(Stop *stop)
{
    Py_ssize_t n = is_leaf(stop->node) || !stop->node->outputs ? 1 : PyTuple_Size(stop->node->outputs);
    stop->first = NULL;
    stop->own = 0;
    stop->grads = &stop->first;
    stop->owned = &stop->own;
    if (n > 1) {
        stop->grads = PyMem_Calloc((size_t)n, sizeof *stop->grads + 1);
        if (!stop->grads) {
            PyErr_NoMemory();
            return -1;
        }
        stop->owned = (char *)(stop->grads + n);
    }
    stop->n = n;
    return 0;
}

/* Whether sums may be formed in the memory of a gradient that nobody else holds. */
static int may_reuse(Walk *self)
{
    PyObject *reuse = PyObject_GetAttr(self->walk, names.reuse);
    int may = reuse ? PyObject_IsTrue(reuse) : -1;
    Py_XDECREF(reuse);
    return may;
}

static int add(Walk *self, Stop *stop, Py_ssize_t index, PyObject *grad)
{
    grad = fitted(stop->node, index, grad);
    if (!grad)
        return -1;
    if (!stop->n && open_stop(stop) < 0) {
        Py_DECREF(grad);
        return -1;
    }
    PyObject *known = stop->grads[index], *sum;
    if (!known) {
        stop->grads[index] = grad;
        return 0;
    }
    int reuse = stop->owned[index] ? may_reuse(self) : 0;
    if (reuse < 0) {
        sum = NULL;
    } else if (reuse) {
        PyObject *a = ((Tensor *)known)->array, *b = ((Tensor *)grad)->array;
        sum = PyObject_CallFunctionObjArgs(core.ufunc_add, a, b, a, NULL);
        Py_XDECREF(sum);
    } else {
        sum = PyNumber_Add(known, grad);
        if (sum) {
            replace(&stop->grads[index], sum);
            stop->owned[index] = 1;
        }
    }
    Py_DECREF(grad);
    return sum ? 0 : -1;
}

/* As `is_new` in hooks.py: whether nobody else holds a result. */
static int is_new(PyObject *results, Py_ssize_t index, PyObject **arrived, Py_ssize_t n)
{
    PyObject *grad = PyTuple_GetItem(results, index);
    if (!is_array(((Tensor *)grad)->array) || array_of(((Tensor *)grad)->array)->base)
        return 0;
    for (Py_ssize_t i = 0; i < n; i++)
        if (arrived[i] == grad)
            return 0;
    for (Py_ssize_t i = 0; i < PyTuple_Size(results); i++)
        if (i != index && PyTuple_GetItem(results, i) == grad)
            return 0;
    return 1;
}

/* Whether no walk in another thread is about to set the `grad` of a leaf: 1, 0 or an error. Nothing
   here lets another thread run, so the lock need not be held for longer. */
static int is_unlocked(Node *node)
{
    PyObject *lock = PyObject_GetAttr((PyObject *)node, names._lock);
    PyObject *got = lock ? PyObject_CallMethodObjArgs(lock, names.acquire, Py_False, NULL) : NULL;
    int free = got ? got == Py_True : -1;
    PyObject *done = free > 0 ? PyObject_CallMethodObjArgs(lock, names.release, NULL) : NULL;
    if (free > 0 && !done)
        free = -1;
    Py_XDECREF(done);
    Py_XDECREF(got);
    Py_XDECREF(lock);
    return free;
}

/* As `receive` in leaf.py for a gradient that becomes `grad` as it is: 1, 0 or an error. */
static int is_kept(Walk *self, Node *node, Tensor *leaf, Stop *stop)
{
    PyObject *grad = stop->first;
    if (!stop->own || self->create_graph || is_something(node->hooks) ||
        is_something(leaf->post_accumulate_hooks) || !leaf->requires_grad || !leaf->array ||
        is_something(leaf->grad) || !is_tensor(grad))
        return 0;
    PyObject *a = leaf->array, *b = ((Tensor *)grad)->array;
    if (!is_array(a) || !is_array(b) ||
        !(array_of(a)->flags & array_of(b)->flags & NPY_ARRAY_C_CONTIGUOUS))
        return 0;
    int unlocked = is_unlocked(node);
    if (unlocked > 0) {
        Py_INCREF(grad);
        replace(&leaf->grad, grad);
    }
    return unlocked;
}

static int finish_leaf(Walk *self, Stop *stop)
{
    if (!stop->n)
        return 0;
    Node *node = stop->node;
    PyObject *variable = variable_of(node), *done = NULL;
    if (!variable)
        return -1;
    Tensor *leaf = (Tensor *)variable;
    int hooked = is_something(leaf->hooks) ? PyObject_IsTrue(leaf->hooks) : 0;
    if (hooked > 0) {
        PyObject *given = stop->first; /* to keep and to write to */
        if (stop->own) {
            Py_INCREF(given);
        } else {
            given = PyObject_CallMethodObjArgs(given, names.clone, NULL);
        }
        stop->own = 0;
        PyObject *grad = given ? PyObject_CallFunctionObjArgs(core.run_tensor_hooks, leaf->hooks,
                                                              given, NULL)
                               : NULL;
        Py_XDECREF(given);
        if (!grad) {
            Py_DECREF(variable);
            return -1;
        }
        replace(&stop->first, grad);
    }
    int kept = hooked >= 0 ? is_kept(self, node, leaf, stop) : -1;
    if (kept > 0) {
        Py_INCREF(Py_None);
        done = Py_None;
    } else if (!kept) {
        done = PyObject_CallMethodObjArgs((PyObject *)node, names.receive, stop->first,
                                          self->create_graph ? Py_True : Py_False,
                                          stop->own ? Py_True : Py_False, NULL);
    }
    Py_XDECREF(done);
    Py_DECREF(variable);
    forget_grads(stop);
    return done ? 0 : -1;
}

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
            if (add(self, end, index, grad) < 0)
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
                        ? add(self, stop, PyLong_AsSsize_t(PyTuple_GetItem(root, 1)), grad)
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
