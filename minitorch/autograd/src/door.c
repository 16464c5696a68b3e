/* The door: `Op.apply` for what is usual. Its reference is `Op.apply_in_python` in op.py, which is
   called for whatever is rare, and again where a forward fails, to say why. */
#include "door.h"

enum { FAILED = -1, DONE = 0, RARE = 1 };

/* As `read` in op.py. */
static int read_inputs(Call *call)
{
    for (Py_ssize_t i = 0; i < call->n; i++) {
        PyObject *x = call->inputs[i];
        if (!is_tensor(x)) {
            Py_INCREF(x);
            call->arrays[i] = x;
            continue;
        }
        Tensor *tensor = (Tensor *)x;
        if (is_something(tensor->view)) {
            PyObject *done = PyObject_CallMethodObjArgs(tensor->view, names.refresh, x, NULL);
            if (!done)
                return FAILED;
            Py_DECREF(done);
        }
        if (!tensor->array) /* it has none yet, and says so */
            return RARE;
        Py_INCREF(tensor->array);
        call->arrays[i] = tensor->array;
        if (tensor->requires_grad)
            call->requires_grad = 1;
        else if (is_something(tensor->origin)) {
            PyObject *kind = PyTuple_GetItem(tensor->origin, 0);
            if (!kind || PyUnicode_CompareWithASCIIString(kind, "volatile") == 0)
                return kind ? RARE : FAILED;
            if (!call->cut) {
                Py_INCREF(tensor->origin);
                call->cut = tensor->origin;
            }
        }
    }
    return DONE;
}

/* Whether no promotion would change the arrays: floats of one dtype, in order in memory. */
static int goes_as_it_is(Call *call)
{
    PyArray_Descr *dtype = NULL;
    for (Py_ssize_t i = 0; i < call->n; i++) {
        PyArrayObject_fields *array = array_of(call->arrays[i]);
        if (!is_array(call->arrays[i]) || !(array->flags & NPY_ARRAY_C_CONTIGUOUS) ||
            (dtype && array->descr != dtype))
            return 0;
        dtype = array->descr;
    }
    return dtype && (dtype->type_num == NPY_FLOAT || dtype->type_num == NPY_DOUBLE);
}

static int promote(Call *call)
{
    PyObject *promotion = call->plan->promotion;
    if (promotion == Py_None || goes_as_it_is(call))
        return 0;
    PyObject *arrays = PyList_New(call->n);
    if (!arrays)
        return -1;
    for (Py_ssize_t i = 0; i < call->n; i++) {
        Py_INCREF(call->arrays[i]);
        PyList_SetItem(arrays, i, call->arrays[i]);
    }
    PyObject *cast = PyObject_CallFunctionObjArgs(promotion, arrays, NULL);
    Py_DECREF(arrays);
    if (!cast)
        return -1;
    for (Py_ssize_t i = 0; i < call->n; i++) {
        PyObject *array = PyList_GetItem(cast, i);
        if (!array)
            break;
        Py_INCREF(array);
        replace(&call->arrays[i], array);
    }
    Py_DECREF(cast);
    return PyErr_Occurred() ? -1 : 0;
}

PyObject *tuple_of(PyObject *const *items, Py_ssize_t n)
{
    PyObject *tuple = PyTuple_New(n);
    for (Py_ssize_t i = 0; tuple && i < n; i++) {
        Py_INCREF(items[i]);
        PyTuple_SetItem(tuple, i, items[i]);
    }
    return tuple;
}

static PyObject *call_forward(Call *call)
{
    PyObject *forward = call->plan->forward, **a = call->arrays;
    if (!call->params) {
        if (call->n == 1)
            return PyObject_CallFunctionObjArgs(forward, a[0], NULL);
        if (call->n == 2)
            return PyObject_CallFunctionObjArgs(forward, a[0], a[1], NULL);
    }
    PyObject *arrays = tuple_of(a, call->n);
    PyObject *out = arrays ? PyObject_Call(forward, arrays, call->params) : NULL;
    Py_XDECREF(arrays);
    return out;
}

/* Promote and compute, with NumPy's warnings off as in op.py. */
static PyObject *compute(Call *call)
{
    PyObject *state = PyObject_CallFunctionObjArgs(core.get_errors, Py_None, NULL), *token = NULL;
    if (!state)
        return NULL;
    Py_DECREF(state); /* a context holds it */
    if (state != core.QUIET) {
        token = PyObject_CallFunctionObjArgs(core.set_errors, core.QUIET, NULL);
        if (!token)
            return NULL;
    }
    PyObject *out = promote(call) < 0 ? NULL : call_forward(call);
    if (token) {
        PyObject *type, *value, *trace;
        PyErr_Fetch(&type, &value, &trace);
        Py_XDECREF(PyObject_CallFunctionObjArgs(core.reset_errors, token, NULL));
        Py_DECREF(token);
        PyErr_Restore(type, value, trace);
    }
    return out;
}

/* The door */

static PyObject *by_python(Call *call)
{
    PyObject *arguments = PyTuple_New(call->n + 1);
    if (!arguments)
        return NULL;
    Py_INCREF(call->op);
    PyTuple_SetItem(arguments, 0, call->op);
    for (Py_ssize_t i = 0; i < call->n; i++) {
        Py_INCREF(call->inputs[i]);
        PyTuple_SetItem(arguments, i + 1, call->inputs[i]);
    }
    PyObject *result = PyObject_Call(core.apply_in_python, arguments, call->params);
    Py_DECREF(arguments);
    return result;
}

static int is_rare(Call *call)
{
    if (call->n > MOST || PyList_Size(core.subclasses) || PyList_Size(core.entered) ||
        PyList_Size(core.complex_seen))
        return RARE;
    PyObject *stack = PyObject_CallNoArgs(core.active);
    if (!stack)
        return FAILED;
    Py_DECREF(stack);
    return stack == Py_None ? DONE : RARE;
}

static PyObject *finish(Call *call, PyObject *out)
{
    int recording = call->requires_grad && call->plan->differentiable ? is_recording() : 0;
    if (recording < 0)
        return NULL;
    if (recording)
        return record(call, out);
    if (!call->requires_grad && !call->cut && is_array(out) && !call->plan->is_view)
        return new_tensor(out);
    PyObject *inputs = tuple_of(call->inputs, call->n);
    PyObject *result =
        inputs ? PyObject_CallFunctionObjArgs(
                     core.unrecorded, call->op, inputs, out,
                     call->requires_grad ? Py_True : Py_False, call->cut ? call->cut : Py_None, NULL)
               : NULL;
    Py_XDECREF(inputs);
    return result;
}

static PyObject *apply(PyObject *op, PyObject *const *args, Py_ssize_t n, PyObject *names)
{
    Call call = {.op = op, .inputs = args, .n = n};
    PyObject *result = NULL, *out = NULL;
    if (names && PyTuple_Size(names)) {
        call.params = PyDict_New();
        for (Py_ssize_t i = 0; call.params && i < PyTuple_Size(names); i++)
            if (PyDict_SetItem(call.params, PyTuple_GetItem(names, i), args[n + i]) < 0)
                Py_CLEAR(call.params);
        if (!call.params)
            return NULL;
    }
    int found = is_rare(&call);
    if (found == DONE) {
        call.plan = plan_of(op);
        found = !call.plan ? FAILED : call.plan->forward ? read_inputs(&call) : RARE;
    }
    if (found == DONE) {
        out = compute(&call);
        if (!out && (PyErr_ExceptionMatches(PyExc_IndexError) ||
                     PyErr_ExceptionMatches(PyExc_ValueError))) {
            PyErr_Clear(); /* sizes that do not fit, perhaps: it is Python's to say so */
            found = RARE;
        }
    }
    if (out)
        result = finish(&call, out);
    else if (found == RARE)
        result = by_python(&call);
    for (Py_ssize_t i = 0; call.plan && i < n; i++)
        Py_XDECREF(call.arrays[i]);
    Py_XDECREF(out);
    Py_XDECREF(call.cut);
    Py_XDECREF((PyObject *)call.plan);
    Py_XDECREF(call.params);
    return result;
}

static PyMethodDef apply_method = {
    "apply", (PyCFunction)(void (*)(void))apply, METH_CLASS | METH_FASTCALL | METH_KEYWORDS,
    "Compute the op on tensors (or plain numbers); record it where gradients may be asked."};
static PyMethodDef functions[] = {
    {"next_sequence", next_sequence, METH_NOARGS, "Return the number of the next node."},
    {NULL, NULL, 0, NULL},
};

int start_door(PyObject *module)
{
    if (start_plans() < 0 || PyModule_AddFunctions(module, functions) < 0)
        return -1;
    PyObject *method = PyDescr_NewClassMethod(&PyBaseObject_Type, &apply_method);
    return method ? PyModule_AddObjectRef(module, "apply", method) : -1;
}
