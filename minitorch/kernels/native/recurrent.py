"""Recurrent layers over whole sequences of float32 in C; projections and other dtypes as in NumPy.

Sequences of a batch never meet, so a tile is some of them through all steps. Products for the
gradients of weights come last, over all steps at once.
"""

import struct
from functools import lru_cache
from typing import Any

import numpy as np

from minitorch.core.threads import available
from minitorch.kernels.arrays import Array
from minitorch.kernels.contract.recurrent import BatchSizes, Gradients, Recurrent
from minitorch.kernels.native import _native
from minitorch.kernels.native.product import PRODUCT
from minitorch.kernels.native.tiles import numbered, slices
from minitorch.kernels.numpy import NUMPY
from minitorch.kernels.numpy.scratch import scratch

RNN_TANH, RNN_RELU, LSTM, GRU = range(4)  # of src/recurrent.h
GATED = (LSTM, GRU)

# Sequences of a tile at most: all weights are read once for each step of it. With fewer at least
# than this a product is slower by more than a second thread gains.
MOST_SEQUENCES = 16
LEAST_SEQUENCES = 4
# Multiplications of a tile that are worth waking somebody for.
LARGE = 1 << 22
PACKED = 1 << 15  # weights of a tile, if possible


def is_native(x: Array, *others: Array | None) -> bool:
    arrays = [x, *[a for a in others if a is not None]]
    return all([a.dtype == np.float32 and a.size > 0 for a in arrays])


def floats(x: Array | None) -> Any:
    return None if x is None else np.ascontiguousarray(x, np.float32)


def state(x: Array | None, like: Array) -> Array:
    """A copy, or zeros for None."""
    return np.zeros(like.shape, np.float32) if x is None else np.array(x, np.float32, order="C")


def packed(key: str, b: Array, is_turned: bool) -> Array:
    """(depth, columns) in panels, of an array that is stored so or turned."""
    columns, depth = b.shape if is_turned else b.shape[::-1]
    width = 2 * _native.lanes()
    count = -(-columns // width)
    panels = scratch(key, (count, depth, width), b.dtype)
    rule = depth, columns, is_turned, b, panels
    tiles = slices(count, max(1, PACKED // (depth * width)))
    _native.recurrent_pack(*rule, available(), tiles)
    return panels


@lru_cache(maxsize=256)
def layer_of(
    kind: int,
    rows: int,
    inputs: int,
    batch: int,
    units: int,
    weights: int,
    batch_sizes: BatchSizes,
    reverse: bool,
) -> tuple[tuple[bytes, Array], int]:
    """What the C is told of a layer in a direction, and how many sequences a tile has."""
    first = np.zeros(len(batch_sizes) + 1, np.int64)
    np.cumsum(batch_sizes, out=first[1:])
    tiles = min(-(-batch // LEAST_SEQUENCES), 2 * -(-batch // (2 * MOST_SEQUENCES)))
    tiles = max(1, min(tiles, rows * weights // LARGE))
    sizes = (kind, len(batch_sizes), rows, batch, inputs, units, reverse)
    return (struct.pack("=7q", *sizes), first), -(-batch // tiles)


def _forward(
    kind: int,
    x: Array,
    h: Array,
    c: Array | None,
    w_ih: Array,
    w_hh: Array,
    bias: Array,
    batch_sizes: BatchSizes,
    reverse: bool,
) -> tuple[Array, Array, Any, Any, Any]:
    """Return hidden, last h, last c, gates, cells; None what the kind has not."""
    x, w_ih, w_hh = floats(x), floats(w_ih), floats(w_hh)
    weights = w_ih.size + w_hh.size
    described, step = layer_of(kind, *x.shape, *h.shape, weights, batch_sizes, reverse)
    shape = len(x), h.shape[1]
    given = x, packed("inputs", w_ih, True), packed("states", w_hh, True), bias
    found: Any = (
        state(h, h),
        None if c is None else state(c, c),
        np.empty(shape, np.float32),
        np.empty((shape[0], 4 * shape[1]), np.float32) if kind in GATED else None,
        None if c is None else np.empty(shape, np.float32),
    )
    _native.recurrent(*described, *given, *found, available(), slices(len(h), step))
    h, c, hidden, gates, cells = found
    return hidden, h, c, gates, cells


def _grad(
    kind: int,
    grads_in: tuple[Array | None, Array | None, Array | None],
    x: Array,
    h: Array,
    c: Array | None,
    w_ih: Array,
    w_hh: Array,
    kept: tuple[Array, Array | None, Array | None],
    batch_sizes: BatchSizes,
    reverse: bool,
    needs_x: bool,
    needs_weights: bool,
) -> tuple[Any, ...]:
    """Return gradients of x, h, c, w_ih, w_hh, b_ih, b_hh."""
    x, h, c, w_ih, w_hh = (floats(a) for a in (x, h, c, w_ih, w_hh))
    units, parts = h.shape[1], 4 if kind in GATED else 1
    weights = w_ih.size + w_hh.size
    described, step = layer_of(kind, *x.shape, *h.shape, weights, batch_sizes, reverse)
    grad_x = np.empty_like(x) if needs_x else None
    if needs_x and kind == GRU:  # in the order of the gradients
        w_ih = np.roll(w_ih, units, 0)
    hidden, gates, cells = (floats(a) for a in kept)
    given = (
        floats(grads_in[0]),
        packed("inputs", w_ih, False) if needs_x else None,
        packed("states", w_hh, False),
        *(h, c, hidden, gates, cells),
    )
    grad_h, grad_c = state(grads_in[1], h), None if c is None else state(grads_in[2], c)
    grads = np.empty((len(x), parts * units), np.float32)
    before = np.empty_like(hidden) if needs_weights else None
    sums = np.zeros((-(-len(h) // step), parts * units))
    found = grad_h, grad_c, grads, before, len(sums), sums, grad_x
    _native.recurrent_grad(*described, *given, *found, available(), numbered(len(h), step))
    if before is None:
        return grad_x, grad_h, grad_c, None, None, None, None
    bias = np.add.reduce(sums, axis=0).astype(np.float32)
    of_inputs, of_states = slice(0, len(w_ih)), slice(grads.shape[1] - len(w_hh), None)
    of_w_ih, of_w_hh = (
        PRODUCT.matmul(grads[:, own].T, a) for own, a in ((of_inputs, x), (of_states, before))
    )
    of_b_ih, of_b_hh = bias[of_inputs], bias[of_states]
    if kind == GRU:
        of_w_ih, of_b_ih = np.roll(of_w_ih, -units, 0), np.roll(of_b_ih, -units)
    return grad_x, grad_h, grad_c, of_w_ih, of_w_hh, of_b_ih.copy(), of_b_hh.copy()


def rnn(
    x: Array,
    h: Array,
    w_ih: Array,
    w_hh: Array,
    b_ih: Array | None,
    b_hh: Array | None,
    batch_sizes: BatchSizes,
    reverse: bool,
    relu: bool,
) -> tuple[Array, Array]:
    """Elman's layer over whole sequences."""
    if not is_native(x, h, w_ih, w_hh):
        return NUMPY.recurrent.rnn(x, h, w_ih, w_hh, b_ih, b_hh, batch_sizes, reverse, relu)
    bias, kind = _bias(b_ih, b_hh, len(w_ih)), RNN_RELU if relu else RNN_TANH
    return _forward(kind, x, h, None, w_ih, w_hh, bias, batch_sizes, reverse)[:2]


def _bias(b_ih: Array | None, b_hh: Array | None, rows: int) -> Array:
    return sum((floats(b) for b in (b_ih, b_hh) if b is not None), np.zeros(rows, np.float32))


def rnn_grad(
    grad_out: Array | None,
    grad_h: Array | None,
    x: Array,
    h: Array,
    w_ih: Array,
    w_hh: Array,
    hidden: Array,
    batch_sizes: BatchSizes,
    reverse: bool,
    relu: bool,
    needs_x: bool,
    needs_weights: bool,
) -> Gradients:
    """Gradients of :func:`rnn`."""
    order, needs = (batch_sizes, reverse), (needs_x, needs_weights)
    if not is_native(x, h, w_ih, w_hh):
        given = grad_out, grad_h, x, h, w_ih, w_hh, hidden
        return NUMPY.recurrent.rnn_grad(*given, *order, relu, *needs)
    kind, kept = RNN_RELU if relu else RNN_TANH, (hidden, None, None)
    grads_in = grad_out, grad_h, None
    found = _grad(kind, grads_in, x, h, None, w_ih, w_hh, kept, *order, *needs)
    return *found[:2], *found[3:]


def lstm(
    x: Array,
    h: Array,
    c: Array,
    w_ih: Array,
    w_hh: Array,
    b_ih: Array | None,
    b_hh: Array | None,
    w_hr: Array | None,
    batch_sizes: BatchSizes,
    reverse: bool,
) -> tuple[Array, Array, Array, Array, Array]:
    """Long short-term memory over whole sequences."""
    if w_hr is not None or not is_native(x, h, c, w_ih, w_hh):
        weights = w_ih, w_hh, b_ih, b_hh, w_hr
        return NUMPY.recurrent.lstm(x, h, c, *weights, batch_sizes, reverse)
    bias = _bias(b_ih, b_hh, len(w_ih))
    return _forward(LSTM, x, h, c, w_ih, w_hh, bias, batch_sizes, reverse)


def lstm_grad(
    grad_out: Array | None,
    grad_h: Array | None,
    grad_c: Array | None,
    x: Array,
    h: Array,
    c: Array,
    w_ih: Array,
    w_hh: Array,
    w_hr: Array | None,
    hidden: Array,
    gates: Array,
    cells: Array,
    batch_sizes: BatchSizes,
    reverse: bool,
    needs_x: bool,
    needs_weights: bool,
) -> Gradients:
    """Gradients of :func:`lstm`."""
    grads_in, kept = (grad_out, grad_h, grad_c), (hidden, gates, cells)
    rest: Any = (batch_sizes, reverse, needs_x, needs_weights)
    if w_hr is not None or not is_native(x, h, c, w_ih, w_hh):
        return NUMPY.recurrent.lstm_grad(*grads_in, x, h, c, w_ih, w_hh, w_hr, *kept, *rest)
    return *_grad(LSTM, grads_in, x, h, c, w_ih, w_hh, kept, *rest), None


def gru(
    x: Array,
    h: Array,
    w_ih: Array,
    w_hh: Array,
    b_ih: Array | None,
    b_hh: Array | None,
    batch_sizes: BatchSizes,
    reverse: bool,
) -> tuple[Array, Array, Array]:
    """Gated recurrent units over whole sequences."""
    if not is_native(x, h, w_ih, w_hh):
        return NUMPY.recurrent.gru(x, h, w_ih, w_hh, b_ih, b_hh, batch_sizes, reverse)
    bias, units = np.zeros((4, h.shape[1]), np.float32), h.shape[1]
    if b_ih is not None:
        bias[:3] += b_ih.reshape(3, units)
    if b_hh is not None:
        bias[[0, 1, 3]] += b_hh.reshape(3, units)
    hidden, h, _, gates, _ = _forward(GRU, x, h, None, w_ih, w_hh, bias, batch_sizes, reverse)
    return hidden, h, gates


def gru_grad(
    grad_out: Array | None,
    grad_h: Array | None,
    x: Array,
    h: Array,
    w_ih: Array,
    w_hh: Array,
    hidden: Array,
    gates: Array,
    batch_sizes: BatchSizes,
    reverse: bool,
    needs_x: bool,
    needs_weights: bool,
) -> Gradients:
    """Gradients of :func:`gru`."""
    rest = batch_sizes, reverse, needs_x, needs_weights
    if not is_native(x, h, w_ih, w_hh):
        given = grad_out, grad_h, x, h, w_ih, w_hh, hidden, gates
        return NUMPY.recurrent.gru_grad(*given, *rest)
    grads_in, kept = (grad_out, grad_h, None), (hidden, gates, None)
    found = _grad(GRU, grads_in, x, h, None, w_ih, w_hh, kept, *rest)
    return *found[:2], *found[3:]


RECURRENT = Recurrent(
    rnn=rnn, rnn_grad=rnn_grad, lstm=lstm, lstm_grad=lstm_grad, gru=gru, gru_grad=gru_grad
)
