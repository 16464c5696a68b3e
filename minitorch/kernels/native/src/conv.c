#include "call.h"

/* Its output has the size that follows from the rest. */
static int is_convolved(const struct axis *a) {
    if (!is_axis(a)) return 0;
    long spare = a->size + 2 * a->padding - span_of_taps(a);
    return spare >= 0 && a->out == spare / a->stride + 1;
}

/* Bytes that hold a struct conv, in groups. */
static const struct conv *grouped_geometry(struct call *call) {
    const struct conv *g = record(call, sizeof *g);
    if (!g) return NULL;
    struct axis h = {g->height, g->out_h, g->kernel_h, g->stride_h, g->padding_h, g->dilation_h};
    struct axis w = {g->width, g->out_w, g->kernel_w, g->stride_w, g->padding_w, g->dilation_w};
    require(call, is_convolved(&h) && is_convolved(&w) && h.kernel * w.kernel <= MOST_TAPS &&
                      0 < g->c_in && g->c_in <= MOST_SIZE && 0 < g->c_out && g->c_out <= MOST_SIZE &&
                      0 < g->groups && g->groups <= MOST_SIZE,
            "these sizes are not those of a convolution in C");
    return call->failed ? NULL : g;
}

/* Bytes that hold a struct conv without groups. */
static const struct conv *geometry(struct call *call) {
    const struct conv *g = grouped_geometry(call);
    require(call, g && g->groups == 1, "these sizes are in groups");
    return call->failed ? NULL : g;
}

static long x_size(const struct conv *g) {
    return g ? product_of(product_of(g->groups, g->c_in), product_of(g->height, g->width)) : 0;
}
static long out_size(const struct conv *g) {
    return g ? product_of(product_of(g->groups, g->c_out), product_of(g->out_h, g->out_w)) : 0;
}
/* Elements of the weight that belong to one channel of the output. */
static long row_size(const struct conv *g) {
    return g ? product_of(g->c_in, g->kernel_h * g->kernel_w) : 0;
}
static long weight_size(const struct conv *g) {
    return g ? product_of(product_of(g->groups, g->c_out), row_size(g)) : 0;
}

/* conv_forward(geometry, images, x, weight, bias, out, n, stop, channel, channel_stop) */
static PyObject *conv_forward(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    (void)self;
    struct call call = {.args = args, .left = count};
    const struct conv *g = geometry(&call);
    long images = positive(&call);
    const float *x = input(&call, product_of(images, x_size(g)));
    const float *weight = input(&call, weight_size(g));
    const float *bias = is_none(&call) ? NULL : input(&call, g ? g->c_out : 0);
    float *out = output(&call, product_of(images, out_size(g)));
    long n = number(&call), stop = stop_of(&call, n, images);
    long m = number(&call), m_stop = stop_of(&call, m, g ? g->c_out : 0);
    int status = 0;
    if (!call.failed) {
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
    long images = positive(&call);
    const float *grad = input(&call, product_of(images, out_size(g)));
    const float *weight = input(&call, weight_size(g));
    float *grad_x = output(&call, product_of(images, x_size(g)));
    long n = number(&call), stop = stop_of(&call, n, images);
    long m = number(&call), m_stop = stop_of(&call, m, g ? g->c_in : 0);
    int status = 0;
    if (!call.failed) {
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
    long images = positive(&call);
    const float *grad = input(&call, product_of(images, out_size(g)));
    const float *x = input(&call, product_of(images, x_size(g)));
    float *grad_weight = output(&call, weight_size(g));
    long n = number(&call), stop = stop_of(&call, n, row_size(g));
    int status = 0;
    if (!call.failed) {
        Py_BEGIN_ALLOW_THREADS
        status = active->conv.weight_grad(g, grad, x, images, grad_weight, n, stop);
        Py_END_ALLOW_THREADS
    }
    return done(&call, status);
}

/* Bytes that hold a struct conv of which frames can be made. */
static const struct conv *framed_geometry(struct call *call) {
    const struct conv *g = grouped_geometry(call);
    require(call, g && (g->kernel_h - 1) * g->dilation_h <= MOST_REACH &&
                      (g->kernel_w - 1) * g->dilation_w <= MOST_REACH &&
                      g->stride_h <= MOST_STRIDE && g->stride_w <= MOST_STRIDE,
            "these sizes are not those of a convolution in frames");
    return call->failed ? NULL : g;
}

/* direct_forward(geometry, images, x, weight, bias, out, n, stop, row, row_stop)
 *
 * Units n .. stop: images of the first group, of the second, and so on. */
static PyObject *direct_forward(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    (void)self;
    struct call call = {.args = args, .left = count};
    const struct conv *g = framed_geometry(&call);
    long images = positive(&call);
    const float *x = input(&call, product_of(images, x_size(g)));
    const float *weight = input(&call, weight_size(g));
    const float *bias = is_none(&call) ? NULL : input(&call, g ? product_of(g->groups, g->c_out) : 0);
    float *out = output(&call, product_of(images, out_size(g)));
    long n = number(&call), stop = stop_of(&call, n, g ? product_of(images, g->groups) : 0);
    long row = number(&call), row_stop = stop_of(&call, row, g ? g->out_h : 0);
    int status = 0;
    if (!call.failed) {
        Py_BEGIN_ALLOW_THREADS
        status = active->conv.direct_forward(g, x, weight, bias, out, images, n, stop, row, row_stop);
        Py_END_ALLOW_THREADS
    }
    return done(&call, status);
}

/* direct_input_grad(geometry, images, grad, weight, grad_x, n, stop, row, row_stop)
 *
 * Rows are those a stride apart: row r stands for all from r stride_h to (r + 1) stride_h. */
static PyObject *direct_input_grad(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    (void)self;
    struct call call = {.args = args, .left = count};
    const struct conv *g = framed_geometry(&call);
    long images = positive(&call);
    const float *grad = input(&call, product_of(images, out_size(g)));
    const float *weight = input(&call, weight_size(g));
    float *grad_x = output(&call, product_of(images, x_size(g)));
    long n = number(&call), stop = stop_of(&call, n, g ? product_of(images, g->groups) : 0);
    long row = number(&call);
    long row_stop = stop_of(&call, row, g ? (g->height - 1) / g->stride_h + 1 : 0);
    int status = 0;
    if (!call.failed) {
        Py_BEGIN_ALLOW_THREADS
        status = active->conv.direct_input_grad(g, grad, weight, grad_x, images, n, stop, row, row_stop);
        Py_END_ALLOW_THREADS
    }
    return done(&call, status);
}

/* direct_weight_grad(geometry, images, grad, x, grad_weight, n, stop, group, group_stop)
 *
 * Of images n .. stop. */
static PyObject *direct_weight_grad(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    (void)self;
    struct call call = {.args = args, .left = count};
    const struct conv *g = framed_geometry(&call);
    long images = positive(&call);
    const float *grad = input(&call, product_of(images, out_size(g)));
    const float *x = input(&call, product_of(images, x_size(g)));
    float *grad_weight = output(&call, weight_size(g));
    long n = number(&call), stop = stop_of(&call, n, images);
    long group = number(&call), group_stop = stop_of(&call, group, g ? g->groups : 0);
    int status = 0;
    if (!call.failed) {
        Py_BEGIN_ALLOW_THREADS
        status = active->conv.direct_weight_grad(g, grad, x, grad_weight, images, n, stop, group,
                                                 group_stop);
        Py_END_ALLOW_THREADS
    }
    return done(&call, status);
}

/* In C the numbers of channels are those of the call; blocks and panels follow from them. */
static long in_parts(long channels, long size) { return channels / size + (channels % size > 0); }
static long padded(long channels) {
    return product_of(in_parts(channels, active->lanes), active->lanes);
}
static long panels_of(long channels) { return in_parts(channels, 2 * active->lanes); }
static long padded_twice(long channels) {
    return product_of(panels_of(channels), 2 * active->lanes);
}
/* Of (36, a, b), where 36 places are an odd number of vectors apart; b is whole vectors. */
static long places_size(long a, long b) {
    return product_of(36, product_of(product_of(a, b / active->lanes) | 1, active->lanes));
}
/* Of the transformed weights (36, in, out). */
static long u_size(long in, long out) { return places_size(padded(in), padded_twice(out)); }
static long tiles_of(const struct conv *g) {
    return g ? product_of((g->out_h + 3) / 4, (g->out_w + 3) / 4) : 0;
}

/* Channels that go into a convolution, or into the gradient of x, and those that come out. */
static long in_of(const struct conv *g, int is_grad) { return !g ? 0 : is_grad ? g->c_out : g->c_in; }
static long out_of(const struct conv *g, int is_grad) { return in_of(g, !is_grad); }
/* Of the weights for blocked(), (out, taps, in). */
static long blocked_size(const struct conv *g, int is_grad) {
    return g ? product_of(g->kernel_h * g->kernel_w,
                          product_of(padded(in_of(g, is_grad)), padded_twice(out_of(g, is_grad))))
             : 0;
}

/* blocked_weights(geometry, is_grad, weight, u, n, stop) */
static PyObject *blocked_weights(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    (void)self;
    struct call call = {.args = args, .left = count};
    const struct conv *g = geometry(&call);
    int is_grad = flag(&call);
    const float *weight = input(&call, weight_size(g));
    float *u = output(&call, blocked_size(g, is_grad));
    long n = number(&call), stop = stop_of(&call, n, panels_of(out_of(g, is_grad)));
    if (!call.failed) {
        Py_BEGIN_ALLOW_THREADS
        active->conv.blocked_weights(g, is_grad, weight, u, n, stop);
        Py_END_ALLOW_THREADS
    }
    return done(&call, 0);
}

/* blocked(geometry, images, is_grad, x or grad, u, bias, out or grad_x, n, stop, panel, panel_stop)
 *
 * Places of grad_x that no window sees stay as they are. */
static PyObject *blocked(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    (void)self;
    struct call call = {.args = args, .left = count};
    const struct conv *g = geometry(&call);
    long images = positive(&call);
    int is_grad = flag(&call);
    const float *x = input(&call, product_of(images, is_grad ? out_size(g) : x_size(g)));
    const float *u = input(&call, blocked_size(g, is_grad));
    const float *bias = is_none(&call) ? NULL : input(&call, out_of(g, is_grad));
    float *out = output(&call, product_of(images, is_grad ? x_size(g) : out_size(g)));
    long n = number(&call), stop = stop_of(&call, n, images);
    long k = number(&call), k_stop = stop_of(&call, k, panels_of(out_of(g, is_grad)));
    int status = 0;
    if (!call.failed) {
        Py_BEGIN_ALLOW_THREADS
        status = active->conv.blocked(g, is_grad, x, u, bias, out, n, stop, k, k_stop);
        Py_END_ALLOW_THREADS
    }
    return done(&call, status);
}

/* Bytes that hold a struct conv for which there are tiles. */
static const struct conv *tiled_geometry(struct call *call) {
    const struct conv *g = geometry(call);
    require(call, g && g->kernel_h == 3 && g->kernel_w == 3 && g->stride_h == 1 &&
                      g->stride_w == 1 && g->dilation_h == 1 && g->dilation_w == 1,
            "these sizes are not those of a convolution in tiles");
    return call->failed ? NULL : g;
}

/* The taps of every pair of channels are among those of (out, in, 9). */
static int are_within(long out, long in, long row, long channel) {
    if (out < 1 || in < 1 || row < 9 || channel < 9) return 0;
    long rows = product_of(out - 1, row), channels = product_of(in - 1, channel);
    return rows >= 0 && channels >= 0 && rows + channels + 9 <= product_of(9, product_of(out, in));
}

/* The next arguments: out, in, row, channel, turned, weight. */
static struct taps taps(struct call *call) {
    struct taps t = {0};
    t.out = number(call), t.in = number(call), t.row = number(call), t.channel = number(call);
    t.turned = flag(call);
    require(call, are_within(t.out, t.in, t.row, t.channel), "these channels are not in the weight");
    t.weight = input(call, product_of(9, product_of(t.out, t.in)));
    return t;
}

/* winograd_weights(*taps, u, n, stop) */
static PyObject *winograd_weights(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    (void)self;
    struct call call = {.args = args, .left = count};
    struct taps t = taps(&call);
    float *u = output(&call, u_size(t.in, t.out));
    long n = number(&call), stop = stop_of(&call, n, panels_of(t.out));
    if (!call.failed) {
        Py_BEGIN_ALLOW_THREADS
        active->conv.winograd_weights(&t, u, n, stop);
        Py_END_ALLOW_THREADS
    }
    return done(&call, 0);
}

/* winograd_forward(geometry, images, x, u, bias, out, n, stop) */
static PyObject *winograd_forward(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    (void)self;
    struct call call = {.args = args, .left = count};
    const struct conv *g = tiled_geometry(&call);
    long images = positive(&call);
    const float *x = input(&call, product_of(images, x_size(g)));
    const float *u = input(&call, g ? u_size(g->c_in, g->c_out) : 0);
    const float *bias = is_none(&call) ? NULL : input(&call, g ? g->c_out : 0);
    float *out = output(&call, product_of(images, out_size(g)));
    long n = number(&call), stop = stop_of(&call, n, images);
    int status = 0;
    if (!call.failed) {
        Py_BEGIN_ALLOW_THREADS
        status = active->conv.winograd_forward(g, x, u, bias, out, n, stop);
        Py_END_ALLOW_THREADS
    }
    return done(&call, status);
}

/* winograd_panels(geometry, images, *taps, tiles, bias, out, n, stop, panel, panel_stop) */
static PyObject *winograd_panels(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    (void)self;
    struct call call = {.args = args, .left = count};
    const struct conv *g = tiled_geometry(&call);
    long images = positive(&call);
    struct taps t = taps(&call);
    require(&call, g && t.out == g->c_out && t.in == g->c_in, "the weight has other channels");
    const float *tiles = input(&call, places_size(product_of(images, tiles_of(g)), padded(t.in)));
    const float *bias = is_none(&call) ? NULL : input(&call, t.out);
    float *out = output(&call, product_of(images, out_size(g)));
    long n = number(&call), stop = stop_of(&call, n, images);
    long k = number(&call), k_stop = stop_of(&call, k, panels_of(t.out));
    int status = 0;
    if (!call.failed) {
        Py_BEGIN_ALLOW_THREADS
        status = active->conv.winograd_panels(g, images, &t, tiles, bias, out, n, stop, k, k_stop);
        Py_END_ALLOW_THREADS
    }
    return done(&call, status);
}

/* winograd_tiles(geometry, images, x or grad, is_grad, tiles, n, stop) */
static PyObject *winograd_tiles(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    (void)self;
    struct call call = {.args = args, .left = count};
    const struct conv *g = tiled_geometry(&call);
    long images = positive(&call), tiles = product_of(images, tiles_of(g));
    int is_grad = flag(&call);
    const float *from = input(&call, product_of(images, is_grad ? out_size(g) : x_size(g)));
    long channels = !g ? 0 : is_grad ? padded_twice(g->c_out) : padded(g->c_in);
    float *to = output(&call, places_size(tiles, channels));
    long n = number(&call), stop = stop_of(&call, n, images);
    int status = 0;
    if (!call.failed) {
        Py_BEGIN_ALLOW_THREADS
        status = active->conv.winograd_tiles(g, from, is_grad, tiles, to, n, stop);
        Py_END_ALLOW_THREADS
    }
    return done(&call, status);
}

/* winograd_weight_grad(geometry, images, tiles of x, tiles of grad, is_first, grad_weight, panel,
 * panel_stop, block, block_stop) */
static PyObject *winograd_weight_grad(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    (void)self;
    struct call call = {.args = args, .left = count};
    const struct conv *g = tiled_geometry(&call);
    long tiles = product_of(positive(&call), tiles_of(g));
    long in = g ? g->c_in : 0, out = g ? g->c_out : 0;
    const float *x = input(&call, places_size(tiles, padded(in)));
    const float *grad = input(&call, places_size(tiles, padded_twice(out)));
    int is_first = flag(&call);
    float *grad_weight = output(&call, weight_size(g));
    long n = number(&call), stop = stop_of(&call, n, panels_of(out));
    long b = number(&call), b_stop = stop_of(&call, b, in_parts(in, active->lanes));
    int status = 0;
    if (!call.failed) {
        Py_BEGIN_ALLOW_THREADS
        status = active->conv.winograd_weight_grad(g, x, grad, tiles, is_first, grad_weight, n, stop,
                                                   b, b_stop);
        Py_END_ALLOW_THREADS
    }
    return done(&call, status);
}

PyMethodDef conv_methods[] = {
    METHOD(conv_forward),
    METHOD(conv_input_grad),
    METHOD(conv_weight_grad),
    METHOD(direct_forward),
    METHOD(direct_input_grad),
    METHOD(direct_weight_grad),
    METHOD(blocked_weights),
    METHOD(blocked),
    METHOD(winograd_weights),
    METHOD(winograd_forward),
    METHOD(winograd_panels),
    METHOD(winograd_tiles),
    METHOD(winograd_weight_grad),
    {NULL, NULL, 0, NULL},
};
