#include "call.h"

static PyObject *next(struct call *call) {
    if (call->left-- > 0) return *call->args++;
    if (!call->failed) PyErr_SetString(PyExc_TypeError, "too few arguments");
    call->failed = 1;
    return NULL;
}

long number(struct call *call) {
    PyObject *arg = next(call);
    long value = arg && !call->failed ? PyLong_AsLong(arg) : 0;
    call->failed |= value == -1 && PyErr_Occurred();
    return value;
}

double real(struct call *call) {
    PyObject *arg = next(call);
    double value = arg && !call->failed ? PyFloat_AsDouble(arg) : 0;
    call->failed |= value == -1 && PyErr_Occurred();
    return value;
}

long positive(struct call *call) {
    long value = number(call);
    require(call, value > 0, "a number above 0 was expected");
    return value;
}

int flag(struct call *call) {
    long value = number(call);
    require(call, value == 0 || value == 1, "0 or 1 was expected");
    return (int)value;
}

long stop_of(struct call *call, long start, long count) {
    long stop = number(call);
    require(call, 0 <= start && start <= stop && stop <= count, "this range is not there");
    return stop;
}

void require(struct call *call, int is_so, const char *otherwise) {
    if (is_so || call->failed) return;
    PyErr_SetString(PyExc_ValueError, otherwise);
    call->failed = 1;
}

long product_of(long a, long b) {
    long product;
    if (a < 0 || b < 0 || __builtin_mul_overflow(a, b, &product)) return -1;
    return product <= MOST_ITEMS ? product : -1;
}

static int is_size(long value) { return 0 < value && value <= MOST_SIZE; }

int is_axis(const struct axis *a) {
    return is_size(a->size) && is_size(a->out) && is_size(a->kernel) && a->kernel <= MOST_TAPS &&
           is_size(a->stride) && is_size(a->dilation) && (!a->padding || is_size(a->padding));
}

long span_of_taps(const struct axis *a) { return (a->kernel - 1) * a->dilation + 1; }

static Py_buffer *view_at(struct call *call, long i) {
    return i < MOST_ARRAYS ? &call->views[i] : &call->more[i - MOST_ARRAYS];
}

/* What the next argument shows of itself, held until done(). */
static Py_buffer *view_of_next(struct call *call, int flags) {
    PyObject *arg = next(call);
    if (!arg || call->failed) return NULL;
    Py_buffer *view = view_at(call, call->arrays);
    call->failed = PyObject_GetBuffer(arg, view, flags) < 0;
    call->arrays += !call->failed;
    return call->failed ? NULL : view;
}

/* What is in an array, of which there have to be so many. */
static void *items(struct call *call, long count, size_t size, int flags) {
    Py_buffer *view = view_of_next(call, flags | PyBUF_C_CONTIGUOUS);
    if (!view) return NULL;
    if (view->itemsize != (Py_ssize_t)size || view->len != product_of(count, (long)size)) {
        PyErr_Format(PyExc_ValueError, "an array of %ld times %zu bytes was expected, got %zd bytes",
                     count, size, view->len);
        call->failed = 1;
    }
    return view->buf;
}

const float *input(struct call *call, long count) {
    return items(call, count, sizeof(float), PyBUF_SIMPLE);
}
float *output(struct call *call, long count) {
    return items(call, count, sizeof(float), PyBUF_WRITABLE);
}
float *output_of_any(struct call *call, long *count) {
    Py_buffer *view = view_of_next(call, PyBUF_WRITABLE | PyBUF_C_CONTIGUOUS);
    require(call, view && view->itemsize == sizeof(float), "an array of floats was expected");
    *count = call->failed ? 0 : (long)(view->len / view->itemsize);
    return call->failed ? NULL : view->buf;
}

void *make_room(struct call *call, long arrays, long bytes) {
    if (call->failed) return NULL;
    size_t views = (size_t)arrays * sizeof(Py_buffer);
    call->more = PyMem_Malloc(views + (size_t)bytes);
    if (!call->more) PyErr_NoMemory();
    call->failed = !call->more;
    return call->more ? (char *)call->more + views : NULL;
}
double *doubles(struct call *call, long count) {
    return items(call, count, sizeof(double), PyBUF_WRITABLE);
}

/* Bytes in items, where that comes out even. */
static long in_items(struct call *call, Py_ssize_t bytes, size_t size) {
    require(call, bytes % (Py_ssize_t)size == 0, "items lie across each other");
    return (long)(bytes / (Py_ssize_t)size);
}

void *strided(struct call *call, int flags, size_t size, int dims, long *sizes, long *steps) {
    Py_buffer *view = view_of_next(call, flags | PyBUF_STRIDES);
    if (!view) return NULL;
    int missing = dims - view->ndim;
    require(call, (missing == 0 || missing == 1) && view->itemsize == (Py_ssize_t)size,
            "an array of other dimensions or another dtype was expected");
    for (int i = 0; i < dims && !call->failed; i++) {
        int is_there = i >= missing;
        sizes[i] = is_there ? (long)view->shape[i - missing] : 1;
        steps[i] = is_there && sizes[i] > 1 ? in_items(call, view->strides[i - missing], size) : 0;
    }
    in_items(call, (Py_ssize_t)((uintptr_t)view->buf % size), size);
    return view->buf;
}

struct matrices input_matrices(struct call *call) {
    long sizes[3] = {0}, steps[3] = {0};
    const float *data = strided(call, PyBUF_SIMPLE, sizeof(float), 3, sizes, steps);
    return (struct matrices){data, sizes[0], sizes[1], sizes[2], steps[0], steps[1], steps[2]};
}

const uint8_t *input_bytes(struct call *call, long count) {
    return items(call, count, 1, PyBUF_SIMPLE);
}
uint8_t *output_bytes(struct call *call, long count) {
    return items(call, count, 1, PyBUF_WRITABLE);
}
const int64_t *input_longs(struct call *call, long count) {
    return items(call, count, sizeof(int64_t), PyBUF_SIMPLE);
}

struct tiles tiles(struct call *call, int axes, const long *most) {
    struct tiles t = {.threads = positive(call), .width = 2 * axes};
    require(call, t.threads <= MOST_THREADS, "no machine has so many threads");
    PyObject *arg = next(call);
    char *bytes = NULL;
    Py_ssize_t length = 0, size = t.width * (Py_ssize_t)sizeof(int64_t);
    if (!arg || call->failed) return t;
    if (PyBytes_AsStringAndSize(arg, &bytes, &length)) {
        call->failed = 1;
        return t;
    }
    require(call, length % size == 0, "tiles of another number of axes were expected");
    t.numbers = (const int64_t *)bytes, t.count = length / size;
    for (long i = 0; i < t.count * axes && !call->failed; i++) {
        int64_t start = t.numbers[2 * i], stop = t.numbers[2 * i + 1];
        require(call, 0 <= start && start < stop && stop <= most[i % axes], "this tile is not there");
    }
    return t;
}

PyObject *run(struct call *call, tile_kernel *work, const void *given, const struct tiles *tiles) {
    int status = 0;
    if (!call->failed) {
        Py_BEGIN_ALLOW_THREADS
        status = share(work, given, tiles);
        Py_END_ALLOW_THREADS
    }
    return done(call, status);
}

PyObject *done(struct call *call, int status) {
    for (long i = 0; i < call->arrays; i++) PyBuffer_Release(view_at(call, i));
    PyMem_Free(call->more);
    if (call->failed) return NULL;
    if (status) return PyErr_NoMemory();
    Py_RETURN_NONE;
}

int is_none(struct call *call) {
    if (call->failed || call->left < 1 || *call->args != Py_None) return 0;
    next(call);
    return 1;
}

const void *record(struct call *call, size_t size) {
    PyObject *arg = next(call);
    char *bytes = NULL;
    Py_ssize_t length = 0;
    if (!arg || call->failed) return NULL;
    if (PyBytes_AsStringAndSize(arg, &bytes, &length) || (size_t)length != size) {
        if (!PyErr_Occurred())
            PyErr_Format(PyExc_ValueError, "a record of %zu bytes was expected, got %zd", size, length);
        call->failed = 1;
        return NULL;
    }
    return bytes;
}
