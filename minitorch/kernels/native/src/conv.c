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

/* What a convolution is given, or (is_grad) the gradient of x: images, x or grad, weight, bias, out or
 * grad_x. A gradient has no bias. Places of grad_x that no window sees stay as they are. */
static struct conv_given given(struct call *call, const struct conv *g, int is_grad, long weights) {
    struct conv_given c = {.g = g, .is_grad = is_grad};
    c.images = positive(call);
    c.from = input(call, product_of(c.images, is_grad ? out_size(g) : x_size(g)));
    c.weight = input(call, weights);
    if (!is_grad && !is_none(call)) c.bias = input(call, g ? product_of(g->groups, g->c_out) : 0);
    c.to = output(call, product_of(c.images, is_grad ? x_size(g) : out_size(g)));
    return c;
}

/* What the gradient of a weight is given: images, grad, x, parts, sums. */
static struct conv_weight_given given_grads(struct call *call, const struct conv *g, long *parts) {
    struct conv_weight_given c = {.g = g};
    c.images = positive(call);
    c.grad = input(call, product_of(c.images, out_size(g)));
    c.x = input(call, product_of(c.images, x_size(g)));
    *parts = positive(call);
    c.sums = output(call, product_of(*parts, weight_size(g)));
    return c;
}

/* conv_forward(geometry, images, x, weight, bias, out, threads, tiles of images and channels) */
static PyObject *conv_forward(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    (void)self;
    struct call call = {.args = args, .left = count};
    const struct conv *g = geometry(&call);
    struct conv_given c = given(&call, g, 0, weight_size(g));
    struct tiles t = tiles(&call, 2, (long[]){c.images, g ? g->c_out : 0});
    return run(&call, active->conv.forward, &c, &t);
}

/* conv_input_grad(geometry, images, grad, weight, grad_x, threads, tiles of images and channels) */
static PyObject *conv_input_grad(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    (void)self;
    struct call call = {.args = args, .left = count};
    const struct conv *g = geometry(&call);
    struct conv_given c = given(&call, g, 1, weight_size(g));
    struct tiles t = tiles(&call, 2, (long[]){c.images, g ? g->c_in : 0});
    return run(&call, active->conv.input_grad, &c, &t);
}

/* conv_weight_grad(geometry, images, grad, x, parts, sums, threads, tiles of parts, images and columns) */
static PyObject *conv_weight_grad(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    (void)self;
    struct call call = {.args = args, .left = count};
    const struct conv *g = geometry(&call);
    long parts;
    struct conv_weight_given c = given_grads(&call, g, &parts);
    struct tiles t = tiles(&call, 3, (long[]){parts, c.images, row_size(g)});
    return run(&call, active->conv.weight_grad, &c, &t);
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

/* Images of the first group, of the second, and so on. */
static long units_of(const struct conv *g, long images) { return g ? product_of(images, g->groups) : 0; }

/* direct_forward(geometry, images, x, weight, bias, out, threads, tiles of units and rows) */
static PyObject *direct_forward(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    (void)self;
    struct call call = {.args = args, .left = count};
    const struct conv *g = framed_geometry(&call);
    struct conv_given c = given(&call, g, 0, weight_size(g));
    struct tiles t = tiles(&call, 2, (long[]){units_of(g, c.images), g ? g->out_h : 0});
    return run(&call, active->conv.direct_forward, &c, &t);
}

/* direct_input_grad(geometry, images, grad, weight, grad_x, threads, tiles of units and rows)
 *
 * Rows are those a stride apart: row r stands for all from r stride_h to (r + 1) stride_h. */
static PyObject *direct_input_grad(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    (void)self;
    struct call call = {.args = args, .left = count};
    const struct conv *g = framed_geometry(&call);
    struct conv_given c = given(&call, g, 1, weight_size(g));
    long rows = g ? (g->height - 1) / g->stride_h + 1 : 0;
    struct tiles t = tiles(&call, 2, (long[]){units_of(g, c.images), rows});
    return run(&call, active->conv.direct_input_grad, &c, &t);
}

/* direct_weight_grad(geometry, images, grad, x, parts, sums, threads, tiles of parts, images and
 * groups) */
static PyObject *direct_weight_grad(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    (void)self;
    struct call call = {.args = args, .left = count};
    const struct conv *g = framed_geometry(&call);
    long parts;
    struct conv_weight_given c = given_grads(&call, g, &parts);
    struct tiles t = tiles(&call, 3, (long[]){parts, c.images, g ? g->groups : 0});
    return run(&call, active->conv.direct_weight_grad, &c, &t);
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

/* blocked_weights(geometry, is_grad, weight, u, threads, tiles of panels) */
static PyObject *blocked_weights(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    (void)self;
    struct call call = {.args = args, .left = count};
    struct conv_given c = {.g = geometry(&call)};
    c.is_grad = flag(&call);
    c.weight = input(&call, weight_size(c.g));
    c.to = output(&call, blocked_size(c.g, c.is_grad));
    struct tiles t = tiles(&call, 1, (long[]){panels_of(out_of(c.g, c.is_grad))});
    return run(&call, active->conv.blocked_weights, &c, &t);
}

/* blocked(geometry, is_grad, images, x or grad, u, bias of x, out or grad_x, threads, tiles of images
 * and panels) */
static PyObject *blocked(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    (void)self;
    struct call call = {.args = args, .left = count};
    const struct conv *g = geometry(&call);
    int is_grad = flag(&call);
    struct conv_given c = given(&call, g, is_grad, blocked_size(g, is_grad));
    struct tiles t = tiles(&call, 2, (long[]){c.images, panels_of(out_of(g, is_grad))});
    return run(&call, active->conv.blocked, &c, &t);
}

/* Bytes that hold a struct conv for which there are tiles. */
static const struct conv *tiled_geometry(struct call *call) {
    const struct conv *g = geometry(call);
    require(call, g && g->kernel_h == 3 && g->kernel_w == 3 && g->stride_h == 1 &&
                      g->stride_w == 1 && g->dilation_h == 1 && g->dilation_w == 1,
            "these sizes are not those of a convolution in tiles");
    return call->failed ? NULL : g;
}

/* The next arguments: turned, weight. That is (out, in, 3, 3), or turned (in, out, 3, 3). */
static struct taps taps(struct call *call, long out, long in) {
    struct taps t = {.out = out, .in = in};
    t.turned = flag(call);
    t.row = t.turned ? 9 : 9 * in, t.channel = t.turned ? 9 * out : 9;
    t.weight = input(call, product_of(9, product_of(out, in)));
    return t;
}

/* winograd_weights(geometry, turned, weight, u, threads, tiles of panels) */
static PyObject *winograd_weights(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    (void)self;
    struct call call = {.args = args, .left = count};
    const struct conv *g = tiled_geometry(&call);
    long in = in_of(g, 0), out = out_of(g, 0);
    struct conv_given c = {.taps = taps(&call, out, in)};
    c.to = output(&call, u_size(in, out));
    struct tiles t = tiles(&call, 1, (long[]){panels_of(out)});
    return run(&call, active->conv.winograd_weights, &c, &t);
}

/* What a function in tiles returns: whether all results are finite. */
static PyObject *run_sound(struct call *call, tile_kernel *work, struct conv_given *c,
                           const struct tiles *t) {
    int is_spoiled = 0;
    c->is_spoiled = &is_spoiled;
    PyObject *nothing = run(call, work, c, t);
    Py_XDECREF(nothing);
    return nothing ? PyBool_FromLong(!is_spoiled) : NULL;
}

/* winograd_forward(geometry, images, x, u, bias, out, threads, tiles of images) */
static PyObject *winograd_forward(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    (void)self;
    struct call call = {.args = args, .left = count};
    const struct conv *g = tiled_geometry(&call);
    struct conv_given c = given(&call, g, 0, u_size(in_of(g, 0), out_of(g, 0)));
    struct tiles t = tiles(&call, 1, &c.images);
    return run_sound(&call, active->conv.winograd_forward, &c, &t);
}

/* winograd_panels(geometry, images, turned, weight, tiles, bias, out, threads, tiles of images and
 * panels) */
static PyObject *winograd_panels(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    (void)self;
    struct call call = {.args = args, .left = count};
    const struct conv *g = tiled_geometry(&call);
    long in = in_of(g, 0), out = out_of(g, 0);
    struct conv_given c = {.g = g};
    c.images = positive(&call);
    c.taps = taps(&call, out, in);
    c.from = input(&call, places_size(product_of(c.images, tiles_of(g)), padded(in)));
    c.bias = is_none(&call) ? NULL : input(&call, out);
    c.to = output(&call, product_of(c.images, out_size(g)));
    struct tiles t = tiles(&call, 2, (long[]){c.images, panels_of(out)});
    return run_sound(&call, active->conv.winograd_panels, &c, &t);
}

/* winograd_tiles(geometry, images, is_grad, x or grad, tiles, threads, tiles of images) */
static PyObject *winograd_tiles(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    (void)self;
    struct call call = {.args = args, .left = count};
    const struct conv *g = tiled_geometry(&call);
    struct conv_given c = {.g = g};
    c.images = positive(&call);
    c.is_grad = flag(&call);
    c.from = input(&call, product_of(c.images, c.is_grad ? out_size(g) : x_size(g)));
    long channels = c.is_grad ? padded_twice(out_of(g, 0)) : padded(in_of(g, 0));
    c.to = output(&call, places_size(product_of(c.images, tiles_of(g)), channels));
    struct tiles t = tiles(&call, 1, &c.images);
    return run(&call, active->conv.winograd_tiles, &c, &t);
}

/* winograd_weight_grad(geometry, images, tiles of grad, tiles of x, is_first, grad_weight, threads,
 * tiles of panels and blocks) */
static PyObject *winograd_weight_grad(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    (void)self;
    struct call call = {.args = args, .left = count};
    const struct conv *g = tiled_geometry(&call);
    long in = in_of(g, 0), out = out_of(g, 0);
    struct conv_weight_given c = {.g = g};
    c.images = positive(&call);
    long tiles_in_all = product_of(c.images, tiles_of(g));
    c.grad = input(&call, places_size(tiles_in_all, padded_twice(out)));
    c.x = input(&call, places_size(tiles_in_all, padded(in)));
    c.is_first = flag(&call);
    c.sums = output(&call, weight_size(g));
    struct tiles t = tiles(&call, 2, (long[]){panels_of(out), in_parts(in, active->lanes)});
    return run(&call, active->conv.winograd_weight_grad, &c, &t);
}

/* winograd_parts(geometry, images, grad, x, parts, sums, group, threads, tiles of parts and images)
 *
 * The same from images, of which so many are transformed at a time. */
static PyObject *winograd_parts(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    (void)self;
    struct call call = {.args = args, .left = count};
    const struct conv *g = tiled_geometry(&call);
    long parts;
    struct conv_weight_given c = given_grads(&call, g, &parts);
    c.group = positive(&call);
    require(&call, c.group <= c.images, "there are not so many images");
    struct tiles t = tiles(&call, 2, (long[]){parts, c.images});
    return run(&call, active->conv.winograd_parts, &c, &t);
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
    METHOD(winograd_parts),
    {NULL, NULL, 0, NULL},
};
