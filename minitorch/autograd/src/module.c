/* The module, and what the Python files hand over to it. */
#include "core.h"

struct core core;
struct names names;

static int start_names(void)
{
#define X(name) \
    if (!(names.name = PyUnicode_InternFromString(#name))) \
        return -1;
    NAMES(X)
#undef X
    return 0;
}

/* connect(**objects): take what the C calls and compares with. */
static PyObject *connect(PyObject *module, PyObject *args, PyObject *objects)
{
    (void)module, (void)args;
    PyObject *name, *value;
    Py_ssize_t at = 0;
    while (objects && PyDict_Next(objects, &at, &name, &value)) {
        PyObject **field = NULL;
#define X(known) \
    if (PyUnicode_CompareWithASCIIString(name, #known) == 0) \
        field = &core.known;
        CONNECTED(X)
#undef X
        if (!field)
            return PyErr_Format(PyExc_TypeError, "connect() takes nothing called %R", name);
        Py_INCREF(value);
        replace(field, value);
    }
    Py_RETURN_NONE;
}

static PyMethodDef functions[] = {
    {"connect", (PyCFunction)(void (*)(void))connect, METH_VARARGS | METH_KEYWORDS,
     "Take what the C calls and compares with."},
    {NULL, NULL, 0, NULL},
};

/* The docstring holds what it was compiled of: by that setup.py knows it again. */
#define NAME_(x) #x
#define NAME(x) NAME_(x)

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    "_hot",
    "The core of autograd in C, of " NAME(COMPILED_OF),
    -1,
    functions,
    NULL,
    NULL,
    NULL,
    NULL,
};

PyMODINIT_FUNC PyInit__hot(void)
{
    PyObject *module = PyModule_Create(&definition);
    if (module &&
        (start_names() < 0 || start_fields(module) < 0 || start_door(module) < 0 ||
         start_walk(module) < 0))
        Py_CLEAR(module);
    return module;
}
