/* Gradients on their way: what arrives at a stop is fitted and added up; leaves keep it. */
#include <string.h>

#include "walk.h"

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
    int is = own && is_array(own) && is_array(array) &&
             array_of(own)->nd == array_of(array)->nd &&
             array_of(own)->descr == array_of(array)->descr;
    for (int i = 0; is && i < array_of(own)->nd; i++)
        is = array_of(own)->dimensions[i] == array_of(array)->dimensions[i];
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

int add_grad(Walk *self, Stop *stop, Py_ssize_t index, PyObject *grad)
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
int is_new(PyObject *results, Py_ssize_t index, PyObject **arrived, Py_ssize_t n)
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

int finish_leaf(Walk *self, Stop *stop)
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
