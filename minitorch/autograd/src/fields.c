/* The fields of tensors, nodes and version cells, and what is read off them all the time. */
#include "core.h"

PyTypeObject *tensor_type, *node_type, *cell_type;

/* One list of the references that an object holds serves traverse, clear and dealloc. */
#define TENSOR_HOLDS(X) \
    X(array) X(grad) X(grad_fn) X(version_cell) X(view) X(accumulator) X(hooks) \
    X(post_accumulate_hooks) X(tangents) X(origin)
#define NODE_HOLDS(X) \
    X(op) X(edges) X(outputs) X(saved) X(site) X(cut) X(hooks) X(wanted) \
    X(original)
#define CELL_HOLDS(X) X(written_at) X(written_by) X(history)

#define VISIT(field) Py_VISIT(self->field);
#define CLEAR(field) Py_CLEAR(self->field);
#define MEMORY(Type, HOLDS) \
    static int Type##_traverse(PyObject *object, visitproc visit, void *arg) \
    { \
        Type *self = (Type *)object; \
        Py_VISIT(Py_TYPE(object)); \
        HOLDS(VISIT) \
        return 0; \
    } \
    static int Type##_clear(PyObject *object) \
    { \
        Type *self = (Type *)object; \
        HOLDS(CLEAR) \
        return 0; \
    } \
    static void Type##_dealloc(PyObject *object) \
    { \
        PyTypeObject *type = Py_TYPE(object); \
        PyObject_GC_UnTrack(object); \
        Type##_clear(object); \
        ((freefunc)PyType_GetSlot(type, Py_tp_free))(object); \
        Py_DECREF(type); \
    }
MEMORY(Tensor, TENSOR_HOLDS)
MEMORY(Node, NODE_HOLDS)
MEMORY(Cell, CELL_HOLDS)

#define FIELD(Type, field) {"_" #field, T_OBJECT, offsetof(Type, field), 0, NULL}

static PyMemberDef tensor_members[] = {
    {"_array", T_OBJECT_EX, offsetof(Tensor, array), 0, NULL},
    FIELD(Tensor, grad),
    FIELD(Tensor, grad_fn),
    FIELD(Tensor, version_cell),
    FIELD(Tensor, view),
    FIELD(Tensor, accumulator),
    FIELD(Tensor, hooks),
    FIELD(Tensor, post_accumulate_hooks),
    FIELD(Tensor, tangents),
    FIELD(Tensor, origin),
    {"_output_index", T_PYSSIZET, offsetof(Tensor, output_index), 0, NULL},
    {"_requires_grad", T_BOOL, offsetof(Tensor, requires_grad), 0, NULL},
    {NULL, 0, 0, 0, NULL},
};

static PyMemberDef node_members[] = {
    {"_op", T_OBJECT_EX, offsetof(Node, op), 0, NULL},
    {"_edges", T_OBJECT_EX, offsetof(Node, edges), 0, NULL},
    {"_outputs", T_OBJECT_EX, offsetof(Node, outputs), 0, NULL},
    FIELD(Node, site),
    FIELD(Node, cut),
    FIELD(Node, hooks),
    FIELD(Node, wanted),
    FIELD(Node, original),
    {"_sequence", T_PYSSIZET, offsetof(Node, sequence), 0, NULL},
    {NULL, 0, 0, 0, NULL},
};

static PyMemberDef cell_members[] = {
    {"written_at", T_OBJECT, offsetof(Cell, written_at), 0, NULL},
    {"written_by", T_OBJECT, offsetof(Cell, written_by), 0, NULL},
    {"history", T_OBJECT, offsetof(Cell, history), 0, NULL},
    {"version", T_PYSSIZET, offsetof(Cell, version), 0, NULL},
    {NULL, 0, 0, 0, NULL},
};

PyObject *new_tensor(PyObject *array)
{
    Tensor *tensor = (Tensor *)PyType_GenericAlloc((PyTypeObject *)core.result_class, 0);
    if (tensor) {
        Py_INCREF(array);
        tensor->array = array;
    }
    return (PyObject *)tensor;
}

int is_recording(void)
{
    PyObject *mode = PyObject_CallNoArgs(core.current_mode);
    if (!mode)
        return -1;
    PyObject *enabled = PyTuple_GetItem(mode, 0);
    int is = enabled ? PyObject_IsTrue(enabled) : -1;
    Py_DECREF(mode);
    return is;
}

/* self.method(first, i), or without `first` where that is NULL. */
static PyObject *call_with_index(PyObject *self, PyObject *method, PyObject *first, Py_ssize_t i)
{
    PyObject *number = PyLong_FromSsize_t(i);
    PyObject *found = !number ? NULL
                      : first ? PyObject_CallMethodObjArgs(self, method, first, number, NULL)
                              : PyObject_CallMethodObjArgs(self, method, number, NULL);
    Py_XDECREF(number);
    return found;
}

/* Raise the error for what was freed, or for the i-th saved tensor. */
static void raise_lost(PyObject *self, Py_ssize_t i)
{
    PyObject *error = i < 0 ? PyObject_CallMethodObjArgs(self, names._lost, NULL)
                            : call_with_index(self, names._lost, NULL, i);
    if (error) {
        PyErr_SetObject((PyObject *)Py_TYPE(error), error);
        Py_DECREF(error);
    }
}

/* What the i-th of the values that a node saved stands for: a new reference. */
static PyObject *unpacked(Node *self, PyObject *saved, Py_ssize_t i, int recording)
{
    PyObject *cell = PyTuple_CheckExact(saved) ? PyTuple_GetItem(saved, 1) : NULL;
    if (saved == Py_None) {
        Py_INCREF(saved);
        return saved;
    }
    if (!cell || (PyObject *)Py_TYPE(cell) != core.VersionCell)
        return call_with_index((PyObject *)self, names._unpack, saved, i);
    if (((Cell *)cell)->version != PyLong_AsSsize_t(PyTuple_GetItem(saved, 2))) {
        raise_lost((PyObject *)self, i);
        return NULL;
    }
    Tensor *tensor = (Tensor *)new_tensor(PyTuple_GetItem(saved, 0));
    if (!tensor)
        return NULL;
    Py_INCREF(cell);
    tensor->version_cell = cell;
    if (recording) {
        PyObject *done =
            call_with_index((PyObject *)self, names._give_history, (PyObject *)tensor, i);
        if (!done) {
            Py_DECREF(tensor);
            return NULL;
        }
        Py_DECREF(done);
    }
    return (PyObject *)tensor;
}

static PyObject *node_unpack(PyObject *object, PyObject *nothing)
{
    (void)nothing;
    Node *self = (Node *)object;
    PyObject *saved = self->saved;
    if (saved == Py_None) {
        raise_lost(object, -1);
        return NULL;
    }
    if (!saved || !PyList_Check(saved))
        return PyTuple_New(0);
    int recording = is_recording();
    if (recording < 0)
        return NULL;
    Py_INCREF(saved); /* whatever unpacking calls may free it */
    Py_ssize_t n = PyList_Size(saved);
    PyObject *found = PyTuple_New(n);
    for (Py_ssize_t i = 0; found && i < n; i++) {
        PyObject *kept = PyList_GetItem(saved, i);
        PyObject *one = kept ? unpacked(self, kept, i, recording) : NULL;
        if (!one)
            Py_CLEAR(found);
        else
            PyTuple_SetItem(found, i, one);
    }
    Py_DECREF(saved);
    return found;
}

static PyObject *get_saved(PyObject *object, void *nothing)
{
    (void)nothing;
    PyObject *saved = ((Node *)object)->saved;
    if (!saved)
        return PyTuple_New(0);
    Py_INCREF(saved);
    return saved;
}

static int set_saved(PyObject *object, PyObject *value, void *nothing)
{
    (void)nothing;
    PyObject *old = ((Node *)object)->saved;
    Py_XINCREF(value);
    ((Node *)object)->saved = value;
    Py_XDECREF(old);
    return 0;
}

static PyObject *get_needs_input_grad(PyObject *object, void *nothing)
{
    (void)nothing;
    Node *self = (Node *)object;
    if (is_something(self->wanted)) {
        Py_INCREF(self->wanted);
        return self->wanted;
    }
    Py_ssize_t n = self->edges ? PyTuple_Size(self->edges) : 0;
    PyObject *needs = PyTuple_New(n);
    for (Py_ssize_t i = 0; needs && i < n; i++)
        PyTuple_SetItem(needs, i, PyBool_FromLong(PyTuple_GetItem(self->edges, i) != Py_None));
    return needs;
}

static PyMethodDef node_methods[] = {
    {"unpack", node_unpack, METH_NOARGS, "Return what the op saved: inputs, then outputs."},
    {NULL, NULL, 0, NULL},
};

static PyGetSetDef node_getset[] = {
    {"_saved", get_saved, set_saved, NULL, NULL},
    {"needs_input_grad", get_needs_input_grad, NULL,
     "For each input, whether its gradient is asked for.", NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

#define TYPE(Type, name, ...) \
    static PyType_Slot name##_slots[] = { \
        {Py_tp_traverse, Type##_traverse}, {Py_tp_clear, Type##_clear}, \
        {Py_tp_dealloc, Type##_dealloc}, {Py_tp_members, name##_members}, __VA_ARGS__ {0, NULL}}; \
    static PyType_Spec name##_spec = { \
        "minitorch.core._hot." #Type "Fields", sizeof(Type), 0, \
        Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC, name##_slots}

TYPE(Tensor, tensor, );
TYPE(Node, node, {Py_tp_methods, node_methods}, {Py_tp_getset, node_getset}, );
TYPE(Cell, cell, );

static PyTypeObject *add_type(PyObject *module, PyType_Spec *spec)
{
    PyObject *type = PyType_FromSpec(spec);
    if (type && PyModule_AddType(module, (PyTypeObject *)type) < 0)
        Py_CLEAR(type);
    return (PyTypeObject *)type;
}

int start_fields(PyObject *module)
{
    tensor_type = add_type(module, &tensor_spec);
    node_type = add_type(module, &node_spec);
    cell_type = add_type(module, &cell_spec);
    return tensor_type && node_type && cell_type ? 0 : -1;
}
