/* Recording: the node of a call, as `record` in op.py makes it. */
#include "door.h"

/* The edge to where an input's gradient goes: a new reference. */
static PyObject *edge_of(PyObject *x)
{
    static PyObject *first;
    if (!is_tensor(x) || !((Tensor *)x)->requires_grad) {
        Py_INCREF(Py_None);
        return Py_None;
    }
    Tensor *tensor = (Tensor *)x;
    PyObject *end;
    Py_ssize_t index = 0;
    if (is_something(tensor->grad_fn)) {
        end = tensor->grad_fn;
        index = tensor->output_index;
        Py_INCREF(end);
    } else if (is_something(tensor->view)) {
        end = PyObject_CallMethodObjArgs(tensor->view, names.end, x, NULL);
    } else {
        end = is_something(tensor->accumulator) ? PyWeakref_GetObject(tensor->accumulator) : Py_None;
        if (end && end != Py_None)
            Py_INCREF(end);
        else if (end)
            end = PyObject_CallFunctionObjArgs(core.new_accumulator, x, NULL);
    }
    if (!end)
        return NULL;
    if (!first)
        first = PyLong_FromLong(0);
    PyObject *number = index ? PyLong_FromSsize_t(index) : first;
    PyObject *edge = number ? PyTuple_Pack(2, end, number) : NULL;
    if (index)
        Py_XDECREF(number);
    Py_DECREF(end);
    return edge;
}

static PyObject *shape_of(PyObject *array)
{
    int n = array_of(array)->nd;
    PyObject *shape = PyTuple_New(n);
    for (int i = 0; shape && i < n; i++) {
        PyObject *size = PyLong_FromSsize_t(array_of(array)->dimensions[i]);
        if (!size)
            Py_CLEAR(shape);
        else
            PyTuple_SetItem(shape, i, size);
    }
    return shape;
}

int has_shape(PyObject *array, PyObject *shape)
{
    int n = array_of(array)->nd;
    if (PyTuple_Size(shape) != n)
        return 0;
    for (int i = 0; i < n; i++)
        if (PyLong_AsSsize_t(PyTuple_GetItem(shape, i)) != array_of(array)->dimensions[i])
            return 0;
    return 1;
}

/* ((shape, dtype),) of a single output. Chains of ops have outputs that are all alike: these share
   one. */
static PyObject *outputs_of(PyObject *array)
{
    static PyObject *last;
    PyObject *dtype = (PyObject *)array_of(array)->descr;
    if (last) {
        PyObject *about = PyTuple_GetItem(last, 0);
        if (PyTuple_GetItem(about, 1) == dtype && has_shape(array, PyTuple_GetItem(about, 0))) {
            Py_INCREF(last);
            return last;
        }
    }
    PyObject *shape = shape_of(array);
    PyObject *about = shape ? PyTuple_Pack(2, shape, dtype) : NULL;
    PyObject *outputs = about ? PyTuple_Pack(1, about) : NULL;
    Py_XDECREF(shape);
    Py_XDECREF(about);
    if (outputs) {
        PyObject *old = last;
        Py_INCREF(outputs);
        last = outputs;
        Py_XDECREF(old);
    }
    return outputs;
}

static int is_differentiable(PyObject *array)
{
    switch (array_of(array)->descr->type_num) {
    case NPY_HALF:
    case NPY_FLOAT:
    case NPY_DOUBLE:
    case NPY_LONGDOUBLE:
    case NPY_CFLOAT:
    case NPY_CDOUBLE:
        return 1;
    }
    return 0;
}

static int attach_output(PyObject *result, PyObject *node, Py_ssize_t index)
{
    if (Py_TYPE(result) == (PyTypeObject *)core.result_class && ((Tensor *)result)->array &&
        is_differentiable(((Tensor *)result)->array)) {
        Tensor *tensor = (Tensor *)result;
        Py_INCREF(node);
        replace(&tensor->grad_fn, node);
        tensor->requires_grad = 1;
        if (index)
            tensor->output_index = index;
        return 0;
    }
    PyObject *done = PyObject_CallFunction(core.attach_output, "OOn", result, node, index);
    Py_XDECREF(done);
    return done ? 0 : -1;
}

static PyObject *wrapped(Call *call, PyObject *inputs, PyObject *array, int several)
{
    if (!several && is_array(array) && !call->plan->is_view)
        return new_tensor(array);
    return PyObject_CallMethodObjArgs(call->op, names.wrap, inputs, array,
                                      several ? Py_True : Py_False, NULL);
}

/* Wrap what forward returned, attach it, and note its shapes at the node. */
static PyObject *give_outputs(Call *call, Node *node, PyObject *out)
{
    PyObject *inputs = NULL, *results = NULL;
    if (PyTuple_CheckExact(out) || call->plan->is_view || !is_array(out)) {
        inputs = tuple_of(call->inputs, call->n);
        if (!inputs)
            return NULL;
    }
    if (!PyTuple_CheckExact(out)) {
        results = wrapped(call, inputs, out, 0);
        Py_XDECREF(inputs);
        if (!results)
            return NULL;
        node->outputs = outputs_of(((Tensor *)results)->array);
        if (!node->outputs || attach_output(results, (PyObject *)node, 0) < 0)
            Py_CLEAR(results);
        return results;
    }
    Py_ssize_t n = PyTuple_Size(out);
    results = PyTuple_New(n);
    node->outputs = PyTuple_New(n);
    for (Py_ssize_t i = 0; results && node->outputs && i < n; i++) {
        PyObject *result = wrapped(call, inputs, PyTuple_GetItem(out, i), 1);
        PyObject *array = result ? ((Tensor *)result)->array : NULL;
        PyObject *shape = array ? shape_of(array) : NULL;
        PyObject *about = shape ? PyTuple_Pack(2, shape, array_of(array)->descr) : NULL;
        Py_XDECREF(shape);
        if (result)
            PyTuple_SetItem(results, i, result);
        if (about)
            PyTuple_SetItem(node->outputs, i, about);
        else
            Py_CLEAR(results);
    }
    for (Py_ssize_t i = 0; results && i < n; i++)
        if (attach_output(PyTuple_GetItem(results, i), (PyObject *)node, i) < 0)
            Py_CLEAR(results);
    Py_DECREF(inputs);
    return results;
}

/* (array, cell, version) of a tensor: a new reference. */
static PyObject *saved_tensor(PyObject *x)
{
    Tensor *tensor = (Tensor *)x;
    if (!is_something(tensor->version_cell)) {
        PyObject *cell = PyType_GenericAlloc((PyTypeObject *)core.VersionCell, 0);
        if (!cell)
            return NULL;
        replace(&tensor->version_cell, cell);
    }
    PyObject *cell = tensor->version_cell;
    if ((PyObject *)Py_TYPE(cell) != core.VersionCell) { /* it counts nothing, and refuses */
        PyObject *done = PyObject_CallMethodObjArgs(cell, names.check_savable, NULL);
        Py_XDECREF(done);
        if (!done)
            return NULL;
    }
    PyObject *version = PyLong_FromSsize_t(((Cell *)cell)->version);
    PyObject *saved = version ? PyTuple_Pack(3, tensor->array, cell, version) : NULL;
    Py_XDECREF(version);
    return saved;
}

/* Whether a gradient that is asked for reads this input: 1, 0 or an error. */
static int is_read(Call *call, Node *node, PyObject *i)
{
    PyObject *readers = PyDict_Check(call->plan->saved_for)
                            ? PyDict_GetItemWithError(call->plan->saved_for, i)
                            : NULL;
    if (!readers)
        return PyErr_Occurred() ? -1 : 1;
    for (Py_ssize_t k = 0; k < PyTuple_Size(readers); k++) {
        Py_ssize_t reader = PyLong_AsSsize_t(PyTuple_GetItem(readers, k));
        if (PyTuple_GetItem(node->edges, reader) != Py_None)
            return 1;
    }
    return 0;
}

static PyObject *saved_of(Call *call, Node *node, PyObject *results)
{
    Py_ssize_t inputs = PyTuple_Size(call->plan->saves);
    Py_ssize_t outputs = PyTuple_Size(call->plan->saves_outputs);
    PyObject *saved = PyList_New(inputs + outputs);
    for (Py_ssize_t i = 0; saved && i < inputs + outputs; i++) {
        PyObject *which = i < inputs ? PyTuple_GetItem(call->plan->saves, i)
                                     : PyTuple_GetItem(call->plan->saves_outputs, i - inputs);
        Py_ssize_t number = PyLong_AsSsize_t(which);
        PyObject *x = results, *one = NULL;
        int wanted = 1;
        if (i < inputs) {
            if (number >= call->n)
                PyErr_SetString(PyExc_IndexError, "tuple index out of range");
            x = number < call->n ? call->inputs[number] : NULL;
            wanted = !x ? -1 : is_tensor(x) ? is_read(call, node, which) : 1;
        } else if (PyTuple_CheckExact(results)) {
            x = PyTuple_GetItem(results, number);
        }
        if (x && wanted > 0 && is_tensor(x)) {
            one = saved_tensor(x);
        } else if (x && wanted >= 0) {
            one = wanted ? x : Py_None;
            Py_INCREF(one);
        }
        if (one)
            PyList_SetItem(saved, i, one);
        else
            Py_CLEAR(saved);
    }
    return saved;
}

/* Whether a frame's code is the package's: 1, 0 or an error. */
static int is_inside(PyObject *code)
{
    PyObject *file = PyObject_GetAttr(code, names.co_filename);
    if (!file)
        return -1;
    PyObject *inside = PyDict_GetItemWithError(core.inside, file);
    Py_XINCREF(inside);
    if (!inside && !PyErr_Occurred()) {
        inside = PyObject_CallFunctionObjArgs(core.is_inside, file, NULL);
        if (inside && PyDict_SetItem(core.inside, file, inside) < 0)
            Py_CLEAR(inside);
    }
    int is = inside ? inside == Py_True : -1;
    Py_XDECREF(inside);
    Py_DECREF(file);
    return is;
}

/* As `here` in sites.py, called from `record` in op.py: where the caller of the op's function is. */
static PyObject *site(void)
{
    PyObject *function = (PyObject *)PyEval_GetFrame(), *found = NULL;
    if (!function)
        Py_RETURN_NONE;
    Py_INCREF(function);
    PyObject *frame = PyObject_GetAttr(function, names.f_back);
    if (frame == Py_None) { /* called without a function of the package's */
        Py_DECREF(frame);
        frame = function;
    } else {
        Py_DECREF(function);
    }
    while (frame) {
        PyObject *code = (PyObject *)PyFrame_GetCode((PyFrameObject *)frame);
        int inside = is_inside(code);
        PyObject *outer = inside == 1 ? PyObject_GetAttr(frame, names.f_back) : NULL;
        if (!is_something(outer) && !PyErr_Occurred()) {
            PyObject *where = PyObject_GetAttr(frame, names.f_lasti);
            found = where ? PyTuple_Pack(2, code, where) : NULL;
            Py_XDECREF(where);
            Py_CLEAR(outer);
        }
        Py_DECREF(code);
        replace(&frame, outer);
    }
    return found;
}

static Py_ssize_t sequence;

PyObject *next_sequence(PyObject *module, PyObject *nothing)
{
    (void)module, (void)nothing;
    return PyLong_FromSsize_t(sequence++);
}

/* As `record` in op.py. */
PyObject *record(Call *call, PyObject *out)
{
    Plan *plan = call->plan;
    Node *node = (Node *)PyType_GenericAlloc((PyTypeObject *)plan->node_class, 0);
    if (!node)
        return NULL;
    PyObject *results = NULL, *edges = PyTuple_New(call->n);
    for (Py_ssize_t i = 0; edges && i < call->n; i++) {
        PyObject *edge = edge_of(call->inputs[i]);
        if (edge)
            PyTuple_SetItem(edges, i, edge);
        else
            Py_CLEAR(edges);
    }
    if (!edges)
        goto done;
    Py_INCREF(call->op);
    node->op = call->op;
    node->edges = edges;
    node->sequence = sequence++;
    Py_XINCREF(call->cut);
    node->cut = call->cut;
    results = give_outputs(call, node, out);
    if (results && call->params && PyObject_GenericSetDict((PyObject *)node, call->params, NULL) < 0)
        Py_CLEAR(results);
    if (results && PyTuple_Size(plan->saves) + PyTuple_Size(plan->saves_outputs)) {
        node->saved = saved_of(call, node, results);
        node->site = node->saved ? site() : NULL;
        if (!node->site)
            Py_CLEAR(results);
    }
done:
    Py_DECREF(node);
    return results;
}
