/* The Python module `_native`: arrays in, kernels called without the GIL.
 *
 * What is computed here and how it is cut into tiles is decided in Python, beside this folder.
 */
#include "call.h"

extern const struct kernels kernels_baseline;
#ifdef __x86_64__
extern const struct kernels kernels_avx2, kernels_avx512;
#endif

const struct kernels *active = &kernels_baseline;

/* Those this processor can run, the best one first. */
static int usable(const struct kernels **found) {
    int count = 0;
#ifdef __x86_64__
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw"))
        found[count++] = &kernels_avx512;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        found[count++] = &kernels_avx2;
#endif
    found[count++] = &kernels_baseline;
    return count;
}

static PyObject *instruction_sets(PyObject *self, PyObject *none) {
    (void)self, (void)none;
    const struct kernels *found[3];
    int count = usable(found);
    PyObject *names = PyList_New(count);
    for (int i = 0; names && i < count; i++)
        PyList_SetItem(names, i, PyUnicode_FromString(found[i]->name));
    return names;
}

static PyObject *use(PyObject *self, PyObject *name) {
    (void)self;
    const struct kernels *found[3];
    int count = PyUnicode_Check(name) ? usable(found) : 0;
    for (int i = 0; i < count; i++) {
        if (!PyUnicode_CompareWithASCIIString(name, found[i]->name)) {
            active = found[i];
            Py_RETURN_NONE;
        }
    }
    return PyErr_Format(PyExc_ValueError, "this processor has no instruction set %R", name);
}

static PyObject *instruction_set(PyObject *self, PyObject *none) {
    (void)self, (void)none;
    return PyUnicode_FromString(active->name);
}

static PyObject *lanes(PyObject *self, PyObject *none) {
    (void)self, (void)none;
    return PyLong_FromLong(active->lanes);
}

static PyObject *shared(PyObject *self, PyObject *none) {
    (void)self, (void)none;
    return PyLong_FromLong(jobs_shared());
}

static PyMethodDef methods[] = {
    {"instruction_sets", instruction_sets, METH_NOARGS, "Those of this processor, the best first."},
    {"instruction_set", instruction_set, METH_NOARGS, "The one in use."},
    {"use", use, METH_O, "Use the kernels for one of them."},
    {"lanes", lanes, METH_NOARGS, "Floats in a vector of the instruction set in use."},
    {"shared", shared, METH_NOARGS, "Jobs so far to which other threads were called."},
    {NULL, NULL, 0, NULL},
};

/* A family's functions, in its own file. */
extern PyMethodDef attention_methods[], conv_methods[], elementwise_methods[], index_methods[],
    loss_methods[], norm_methods[], pool_methods[], product_methods[], recurrent_methods[],
    reduce_methods[], softmax_methods[], update_methods[];
static PyMethodDef *const families[] = {
    attention_methods, conv_methods,      elementwise_methods, index_methods,
    loss_methods,      norm_methods,      pool_methods,        product_methods,
    recurrent_methods, reduce_methods,    softmax_methods,     update_methods,
};

/* The docstring holds what it was compiled of: by that setup.py knows it again. */
#define NAME_(x) #x
#define NAME(x) NAME_(x)

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT,
    "_native",
    "Kernels in C, of " NAME(COMPILED_OF),
    -1,
    methods,
    NULL,
    NULL,
    NULL,
    NULL,
};

PyMODINIT_FUNC PyInit__native(void) {
    const struct kernels *found[3];
    usable(found);
    active = found[0];
    if (start_sharing()) return PyErr_NoMemory();
    PyObject *self = PyModule_Create(&module);
    for (size_t i = 0; self && i < sizeof families / sizeof *families; i++) {
        if (PyModule_AddFunctions(self, families[i])) {
            Py_DECREF(self);
            return NULL;
        }
    }
    return self;
}
