/* The Python module `_native`: arrays in, kernels called without the GIL.
 *
 * Arrays come by the buffer protocol, C-contiguous float32; their sizes are held against the geometry
 * before anything is read. What is asked for and how it is cut into tiles is decided in Python.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <string.h>

#include "kernels.h"

extern const struct kernels kernels_baseline;
#ifdef __x86_64__
extern const struct kernels kernels_avx2, kernels_avx512;
#endif

static const struct kernels *active = &kernels_baseline;

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
    int count = usable(found);
    for (int i = 0; i < count; i++) {
        if (!PyUnicode_CompareWithASCIIString(name, found[i]->name)) {
            active = found[i];
            Py_RETURN_NONE;
        }
    }
    return PyErr_Format(PyExc_ValueError, "this processor has no instruction set %R", name);
}

/* The arguments of one call, and what has to be given back after it. */
#define MOST_ARRAYS 4
struct call {
    PyObject *const *args;
    Py_ssize_t left;
    Py_buffer views[MOST_ARRAYS];
    int arrays;
    int failed;
};

static PyObject *next(struct call *call) {
    if (call->left-- > 0) return *call->args++;
    if (!call->failed) PyErr_SetString(PyExc_TypeError, "too few arguments");
    call->failed = 1;
    return NULL;
}

static long number(struct call *call) {
    PyObject *arg = next(call);
    long value = arg && !call->failed ? PyLong_AsLong(arg) : 0;
    call->failed |= value == -1 && PyErr_Occurred();
    return value;
}

/* The floats of an array, of which there have to be so many. */
static float *floats(struct call *call, long count, int flags) {
    PyObject *arg = next(call);
    if (!arg || call->failed) return NULL;
    Py_buffer *view = &call->views[call->arrays];
    if (PyObject_GetBuffer(arg, view, flags | PyBUF_C_CONTIGUOUS)) {
        call->failed = 1;
        return NULL;
    }
    call->arrays++;
    if (view->itemsize != sizeof(float) || view->len != count * (long)sizeof(float)) {
        PyErr_Format(PyExc_ValueError, "an array of %ld floats was expected, got %zd bytes",
                     count, view->len);
        call->failed = 1;
    }
    return view->buf;
}

static const float *input(struct call *call, long count) { return floats(call, count, PyBUF_SIMPLE); }
static float *output(struct call *call, long count) { return floats(call, count, PyBUF_WRITABLE); }

static PyObject *done(struct call *call, int status) {
    for (int i = 0; i < call->arrays; i++) PyBuffer_Release(&call->views[i]);
    if (call->failed) return NULL;
    if (status) return PyErr_NoMemory();
    Py_RETURN_NONE;
}

/* Bytes that hold a struct conv. */
static const struct conv *geometry(struct call *call) {
    PyObject *arg = next(call);
    char *bytes = NULL;
    Py_ssize_t size = 0;
    if (!arg || call->failed || PyBytes_AsStringAndSize(arg, &bytes, &size)) {
        call->failed = 1;
        return NULL;
    }
    const struct conv *g = (const struct conv *)bytes;
    if (size != sizeof *g || g->kernel_h * g->kernel_w > MOST_TAPS) {
        PyErr_SetString(PyExc_ValueError, "this is no geometry of a convolution");
        call->failed = 1;
        return NULL;
    }
    return g;
}

static long x_size(const struct conv *g) { return g ? g->c_in * g->height * g->width : 0; }
static long out_size(const struct conv *g) { return g ? g->c_out * g->out_h * g->out_w : 0; }
static long weight_size(const struct conv *g) {
    return g ? g->c_out * g->c_in * g->kernel_h * g->kernel_w : 0;
}

/* conv_forward(geometry, images, x, weight, bias, out, n, stop) */
static PyObject *conv_forward(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    (void)self;
    struct call call = {.args = args, .left = count};
    const struct conv *g = geometry(&call);
    long images = number(&call);
    const float *x = input(&call, images * x_size(g)), *weight = input(&call, weight_size(g));
    const float *bias = NULL;
    if (call.left && *call.args == Py_None)
        next(&call);
    else
        bias = input(&call, g ? g->c_out : 0);
    float *out = output(&call, images * out_size(g));
    long n = number(&call), stop = number(&call);
    int status = 0;
    if (!call.failed && n >= 0 && stop <= images) {
        Py_BEGIN_ALLOW_THREADS
        status = active->conv_forward(g, x, weight, bias, out, n, stop);
        Py_END_ALLOW_THREADS
    }
    return done(&call, status);
}

/* conv_input_grad(geometry, images, grad, weight, grad_x, n, stop); grad_x is 0 */
static PyObject *conv_input_grad(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    (void)self;
    struct call call = {.args = args, .left = count};
    const struct conv *g = geometry(&call);
    long images = number(&call);
    const float *grad = input(&call, images * out_size(g)), *weight = input(&call, weight_size(g));
    float *grad_x = output(&call, images * x_size(g));
    long n = number(&call), stop = number(&call);
    int status = 0;
    if (!call.failed && n >= 0 && stop <= images) {
        Py_BEGIN_ALLOW_THREADS
        status = active->conv_input_grad(g, grad, weight, grad_x, n, stop);
        Py_END_ALLOW_THREADS
    }
    return done(&call, status);
}

/* conv_weight_grad(geometry, images, grad, x, grad_weight, n, stop) */
static PyObject *conv_weight_grad(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    (void)self;
    struct call call = {.args = args, .left = count};
    const struct conv *g = geometry(&call);
    long images = number(&call);
    const float *grad = input(&call, images * out_size(g)), *x = input(&call, images * x_size(g));
    float *grad_weight = output(&call, weight_size(g));
    long n = number(&call), stop = number(&call);
    int status = 0;
    if (!call.failed && n >= 0 && stop <= weight_size(g) / g->c_out) {
        Py_BEGIN_ALLOW_THREADS
        status = active->conv_weight_grad(g, grad, x, images, grad_weight, n, stop);
        Py_END_ALLOW_THREADS
    }
    return done(&call, status);
}

/* In C the numbers of channels are those of the call; blocks and panels follow from them. */
static long blocks_of(long channels) { return (channels + active->lanes - 1) / active->lanes; }
static long padded(long channels) { return blocks_of(channels) * active->lanes; }
static long padded_twice(long channels) {
    long panel = 2 * active->lanes;
    return (channels + panel - 1) / panel * panel;
}
static long tiles_of(const struct conv *g) {
    return g ? ((g->out_h + 3) / 4) * ((g->out_w + 3) / 4) : 0;
}

/* lanes() -> floats in a vector: u takes 36 * padded(c_in) * padded(c_out) of them, and so on */
static PyObject *lanes(PyObject *self, PyObject *none) {
    (void)self, (void)none;
    return PyLong_FromLong(active->lanes);
}

/* winograd_weights(out, in, row, channel, turned, weight, u, n, stop) */
static PyObject *winograd_weights(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    (void)self;
    struct call call = {.args = args, .left = count};
    long out = number(&call), in = number(&call), row = number(&call), channel = number(&call);
    int turned = (int)number(&call);
    const float *weight = input(&call, out * in * 9);
    float *u = output(&call, 36 * padded(in) * padded_twice(out));
    long n = number(&call), stop = number(&call);
    if (!call.failed && n >= 0 && stop * 2 * active->lanes <= padded_twice(out)) {
        Py_BEGIN_ALLOW_THREADS
        active->winograd_weights(out, in, row, channel, turned, weight, u, n, stop);
        Py_END_ALLOW_THREADS
    }
    return done(&call, 0);
}

/* winograd_forward(geometry, images, x, u, out, n, stop) */
static PyObject *winograd_forward(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    (void)self;
    struct call call = {.args = args, .left = count};
    const struct conv *g = geometry(&call);
    long images = number(&call);
    const float *x = input(&call, images * x_size(g));
    const float *u = input(&call, g ? 36 * padded(g->c_in) * padded_twice(g->c_out) : 0);
    float *out = output(&call, images * out_size(g));
    long n = number(&call), stop = number(&call);
    int status = 0;
    if (!call.failed && n >= 0 && stop <= images) {
        Py_BEGIN_ALLOW_THREADS
        status = active->winograd_forward(g, x, u, out, n, stop);
        Py_END_ALLOW_THREADS
    }
    return done(&call, status);
}

/* winograd_tiles(geometry, images, x or grad, is_grad, tiles, n, stop) */
static PyObject *winograd_tiles(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    (void)self;
    struct call call = {.args = args, .left = count};
    const struct conv *g = geometry(&call);
    long images = number(&call), is_grad = number(&call);
    const float *from = input(&call, images * (is_grad ? out_size(g) : x_size(g)));
    long channels = !g ? 0 : is_grad ? padded_twice(g->c_out) : padded(g->c_in);
    float *to = output(&call, 36 * channels * images * tiles_of(g));
    long n = number(&call), stop = number(&call);
    int status = 0;
    if (!call.failed && n >= 0 && stop <= images) {
        Py_BEGIN_ALLOW_THREADS
        status = active->winograd_tiles(g, from, (int)is_grad, images * tiles_of(g), to, n, stop);
        Py_END_ALLOW_THREADS
    }
    return done(&call, status);
}

/* winograd_products(geometry, images, tiles of x, tiles of grad, is_first, sums, n, stop) */
static PyObject *winograd_products(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    (void)self;
    struct call call = {.args = args, .left = count};
    const struct conv *g = geometry(&call);
    long tiles = number(&call) * tiles_of(g);
    long in = g ? padded(g->c_in) : 0, out = g ? padded_twice(g->c_out) : 0;
    const float *x = input(&call, 36 * in * tiles), *grad = input(&call, 36 * out * tiles);
    int is_first = (int)number(&call);
    float *sums = output(&call, 36 * in * out);
    long n = number(&call), stop = number(&call);
    if (!call.failed && n >= 0 && stop <= 36) {
        Py_BEGIN_ALLOW_THREADS
        active->winograd_products(g, x, grad, tiles, is_first, sums, n, stop);
        Py_END_ALLOW_THREADS
    }
    return done(&call, 0);
}

/* winograd_weight_grad(geometry, sums, grad_weight, n, stop) */
static PyObject *winograd_weight_grad(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    (void)self;
    struct call call = {.args = args, .left = count};
    const struct conv *g = geometry(&call);
    const float *sums = input(&call, g ? 36 * padded(g->c_in) * padded_twice(g->c_out) : 0);
    float *grad_weight = output(&call, weight_size(g));
    long n = number(&call), stop = number(&call);
    if (!call.failed && n >= 0 && stop * 2 * active->lanes <= padded_twice(g->c_out)) {
        Py_BEGIN_ALLOW_THREADS
        active->winograd_weight_grad(g, sums, grad_weight, n, stop);
        Py_END_ALLOW_THREADS
    }
    return done(&call, 0);
}

#define METHOD(f) {#f, (PyCFunction)(void (*)(void))f, METH_FASTCALL, NULL}
static PyMethodDef methods[] = {
    {"instruction_sets", instruction_sets, METH_NOARGS, "Those of this processor, the best first."},
    {"use", use, METH_O, "Use the kernels for one of them."},
    METHOD(conv_forward),
    METHOD(conv_input_grad),
    METHOD(conv_weight_grad),
    {"lanes", lanes, METH_NOARGS, "Floats in a vector of the instruction set in use."},
    METHOD(winograd_weights),
    METHOD(winograd_forward),
    METHOD(winograd_tiles),
    METHOD(winograd_products),
    METHOD(winograd_weight_grad),
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT, "_native", "Kernels in C.", -1, methods, NULL, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit__native(void) {
    const struct kernels *found[3];
    usable(found);
    active = found[0];
    return PyModule_Create(&module);
}
