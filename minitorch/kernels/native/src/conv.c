#include "call.h"

static int is_positive(int64_t a, int64_t b) { return a > 0 && b > 0; }

/* Bytes that hold a struct conv. */
static const struct conv *geometry(struct call *call) {
    const struct conv *g = record(call, sizeof *g);
    if (!g) return NULL;
    if (!is_positive(g->c_in, g->c_out) || !is_positive(g->height, g->width) ||
        !is_positive(g->kernel_h, g->kernel_w) || !is_positive(g->out_h, g->out_w) ||
        !is_positive(g->stride_h, g->stride_w) || !is_positive(g->dilation_h, g->dilation_w) ||
        g->padding_h < 0 || g->padding_w < 0 || g->kernel_h * g->kernel_w > MOST_TAPS) {
        PyErr_SetString(PyExc_ValueError, "these sizes are not those of a convolution in C");
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

/* conv_forward(geometry, images, x, weight, bias, out, n, stop, channel, channel_stop) */
static PyObject *conv_forward(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    (void)self;
    struct call call = {.args = args, .left = count};
    const struct conv *g = geometry(&call);
    long images = number(&call);
    const float *x = input(&call, images * x_size(g)), *weight = input(&call, weight_size(g));
    const float *bias = is_none(&call) ? NULL : input(&call, g ? g->c_out : 0);
    float *out = output(&call, images * out_size(g));
    long n = number(&call), stop = number(&call), m = number(&call), m_stop = number(&call);
    int status = 0;
    if (!call.failed && n >= 0 && stop <= images && m >= 0 && m_stop <= g->c_out) {
        Py_BEGIN_ALLOW_THREADS
        status = active->conv.forward(g, x, weight, bias, out, n, stop, m, m_stop);
        Py_END_ALLOW_THREADS
    }
    return done(&call, status);
}

/* conv_input_grad(geometry, images, grad, weight, grad_x, n, stop, channel, channel_stop)
 *
 * Places of grad_x that no window sees stay as they are. */
static PyObject *conv_input_grad(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    (void)self;
    struct call call = {.args = args, .left = count};
    const struct conv *g = geometry(&call);
    long images = number(&call);
    const float *grad = input(&call, images * out_size(g)), *weight = input(&call, weight_size(g));
    float *grad_x = output(&call, images * x_size(g));
    long n = number(&call), stop = number(&call), m = number(&call), m_stop = number(&call);
    int status = 0;
    if (!call.failed && n >= 0 && stop <= images && m >= 0 && m_stop <= g->c_in) {
        Py_BEGIN_ALLOW_THREADS
        status = active->conv.input_grad(g, grad, weight, grad_x, n, stop, m, m_stop);
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
        status = active->conv.weight_grad(g, grad, x, images, grad_weight, n, stop);
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

/* winograd_weights(out, in, row, channel, turned, weight, u, n, stop) */
static PyObject *winograd_weights(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    (void)self;
    struct call call = {.args = args, .left = count};
    long out = number(&call), in = number(&call), row = number(&call), channel = number(&call);
    int turned = (int)number(&call);
    int is_within = out > 0 && in > 0 && row >= 9 && channel >= 9 &&
                    (out - 1) * row + (in - 1) * channel + 9 <= out * in * 9;
    const float *weight = input(&call, out * in * 9);
    float *u = output(&call, 36 * padded(in) * padded_twice(out));
    long n = number(&call), stop = number(&call);
    if (!call.failed && is_within && n >= 0 && stop * 2 * active->lanes <= padded_twice(out)) {
        Py_BEGIN_ALLOW_THREADS
        active->conv.winograd_weights(out, in, row, channel, turned, weight, u, n, stop);
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
        status = active->conv.winograd_forward(g, x, u, out, n, stop);
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
        status = active->conv.winograd_tiles(g, from, (int)is_grad, images * tiles_of(g), to, n, stop);
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
        active->conv.winograd_products(g, x, grad, tiles, is_first, sums, n, stop);
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
        active->conv.winograd_weight_grad(g, sums, grad_weight, n, stop);
        Py_END_ALLOW_THREADS
    }
    return done(&call, 0);
}

PyMethodDef conv_methods[] = {
    METHOD(conv_forward),
    METHOD(conv_input_grad),
    METHOD(conv_weight_grad),
    METHOD(winograd_weights),
    METHOD(winograd_forward),
    METHOD(winograd_tiles),
    METHOD(winograd_products),
    METHOD(winograd_weight_grad),
    {NULL, NULL, 0, NULL},
};
