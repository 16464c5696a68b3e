"""Recurrent layers in NumPy: one product for all inputs, then one for each step.

Note [Gradients of recurrences]
    What reaches a step's pre-activations is the gradient of its state times a factor that only
    the forward decides, so the factors of many steps are computed at once, where the gradient is
    to stand. Left for each step is to multiply by its state's gradient, and to carry it on by a
    product with the weights.

Note [Beside the steps]
    Steps follow each other, and their products are too small to be shared out. What they leave
    behind, the products for the gradients of inputs and weights, is done beside them, in chunks, by
    a thread that has nothing else to do. The factors are not: made by another core they are
    slower to read than to make.
    BLAS is held around all steps; that each product holds it again costs half a microsecond.
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from minitorch.core import blas
from minitorch.core.silence import quiet
from minitorch.core.threads import Lane, share, slices
from minitorch.kernels.arrays import Array, working_dtype
from minitorch.kernels.contract.recurrent import BatchSizes, Gradients, Recurrent
from minitorch.kernels.matmul import matmul
from minitorch.kernels.sums import add_floats

# Rows of a chunk at least, in whole steps, but for what is left at last: with fewer BLAS is slower,
# and sums over more chunks cost more than their products.
ROWS = 256
MOST_CHUNKS = 4

ALL = slice(None)

Steps = list[tuple[slice, int]]
"""Rows of each step and their number."""
Chunks = list[tuple[slice, Steps]]
"""Rows of steps that follow each other, and those steps."""


def _steps(batch_sizes: BatchSizes, reverse: bool) -> Steps:
    """Rows of each step and their number, in the order of computing."""
    steps, first = [], 0
    for n in batch_sizes:
        steps.append((slice(first, first + n), n))
        first += n
    return steps[::-1] if reverse else steps


def _chunks(steps: Steps) -> Chunks:
    """Steps that follow each other, with all their rows."""
    enough = max(ROWS, -(-sum(n for _, n in steps) // MOST_CHUNKS))
    chunks: Chunks = []
    chunk: Steps = []
    for step in steps:
        chunk.append(step)
        first, last = sorted((chunk[0][0], step[0]), key=lambda rows: rows.start)
        if last.stop - first.start >= enough or step is steps[-1]:
            chunks.append((slice(first.start, last.stop), chunk))
            chunk = []
    return chunks


def entering(states: Array, initial: Array, batch_sizes: BatchSizes, reverse: bool) -> Array:
    """The state that each step began with, from those that the steps ended with."""
    n = batch_sizes[0]
    if n == batch_sizes[-1]:
        return np.concatenate([states[n:], initial] if reverse else [initial, states[:-n]])
    before = np.empty_like(states)
    known, count = slice(0, 0), 0
    for rows, n in _steps(batch_sizes, reverse):
        m = min(n, count)  # in reverse, sequences join on the way
        before[rows][:m] = states[known][:m]
        before[rows][m:] = initial[m:n]
        known, count = rows, n
    return before


def _working(dtype: np.dtype[Any], *arrays: Array | None) -> list[Any]:
    wide = working_dtype(dtype)
    return [None if a is None else np.ascontiguousarray(a, wide) for a in arrays]


def _results(dtype: np.dtype[Any], *arrays: Array | None) -> Any:
    return tuple([None if a is None else a.astype(dtype, copy=False) for a in arrays])


def _transposed(weight: Array) -> Array:
    """In the order in which BLAS multiplies a few rows a third faster."""
    return np.ascontiguousarray(weight.T)


def _inputs(x: Array, w_ih: Array, biases: list[Array | None], out: Array) -> None:
    """Write what inputs and biases add to all steps: (S, E), (G, E), (G) -> (S, G)."""
    bias = sum((b for b in biases if b is not None), np.zeros(len(w_ih), x.dtype))

    def add(rows: slice) -> None:
        matmul(x[rows], w_ih.T, out=out[rows])
        out[rows] += bias

    share(add, slices(len(x), ROWS))


def _state_grad(grad: Array | None, like: Array) -> Array:
    return np.zeros_like(like) if grad is None else grad.copy()


def _back(
    chunks: Chunks, fill: Callable[[slice], None], products: Lane
) -> Iterator[tuple[slice, int]]:
    """Give each step, from the last on, with its factors filled in; then its products are due."""
    for rows, steps in reversed(chunks):
        fill(rows)
        yield from reversed(steps)
        products.add(rows)


class _Products:
    """What gradients of the pre-activations give for inputs and weights, in chunks of rows.

    Args:
        grads: (S, G), of the inputs' part and of the states'.
        ih: Columns of the inputs' part.
        hh: Columns of the states' part.
        x: (S, E).
        before: The states that the steps began with, (S, H).
        w_ih: (columns of ih, E).
    """

    def __init__(
        self,
        grads: Array,
        ih: slice,
        hh: slice,
        x: Array,
        before: Array,
        w_ih: Array,
        needs_x: bool,
        needs_weights: bool,
    ) -> None:
        self._grads_ih, self._grads_hh, self._grads = grads[:, ih], grads[:, hh], grads
        self._x, self._before, self._w_ih = x, before, w_ih
        self.x = np.empty_like(x) if needs_x else None
        self.w_ih: Any = None
        self.w_hh: Any = None
        self.bias: Any = None
        if needs_weights:
            self.w_ih = np.zeros_like(w_ih)
            self.w_hh = np.zeros((len(w_ih), before.shape[1]), x.dtype)
            self.bias = np.zeros(grads.shape[1], x.dtype)  # (G)

    def add(self, rows: slice) -> None:
        if self.x is not None:
            matmul(self._grads_ih[rows], self._w_ih, out=self.x[rows])
        if self.bias is not None:
            self.w_ih += matmul(self._grads_ih[rows].T, self._x[rows])
            self.w_hh += matmul(self._grads_hh[rows].T, self._before[rows])
            self.bias += add_floats(self._grads[rows], (0,))


def _copy(x: Array | None) -> Array | None:
    return None if x is None else x.copy()


@quiet
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
    dtype = x.dtype
    x, h, w_ih, w_hh, b_ih, b_hh = _working(dtype, x, h, w_ih, w_hh, b_ih, b_hh)
    h, w_hh = h.copy(), _transposed(w_hh)
    hidden = np.empty((len(x), h.shape[1]), h.dtype)
    _inputs(x, w_ih, [b_ih, b_hh], hidden)
    product = np.empty_like(h)  # (N, H)
    with blas.held:
        for rows, n in _steps(batch_sizes, reverse):
            state, a = product[:n], hidden[rows]
            matmul(h[:n], w_hh, out=state)
            a += state
            if relu:
                np.maximum(a, 0, out=a)
            else:
                np.tanh(a, out=a)
            h[:n] = a
    return _results(dtype, hidden, h)


@quiet
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
    """Gradients of :func:`rnn` (Note [Gradients of recurrences])."""
    dtype = x.dtype
    grad_out, grad_h, x, h, w_ih, w_hh, hidden = _working(
        dtype, grad_out, grad_h, x, h, w_ih, w_hh, hidden
    )
    steps = _steps(batch_sizes, reverse)
    grads = np.empty_like(hidden)

    def fill(part: slice) -> None:
        factor = grads[part]
        if relu:
            np.greater(hidden[part], 0, out=factor)
        else:
            np.multiply(hidden[part], hidden[part], out=factor)
            np.subtract(1, factor, out=factor)

    grad_h = _state_grad(grad_h, h)
    before = entering(hidden, h, batch_sizes, reverse)
    products = _Products(grads, ALL, ALL, x, before, w_ih, needs_x, needs_weights)
    with blas.held, Lane(products.add) as lane:
        for rows, n in _back(_chunks(steps), fill, lane):
            grad, a = grad_h[:n], grads[rows]
            if grad_out is not None:
                grad += grad_out[rows]
            a *= grad
            matmul(a, w_hh, out=grad)
    w_ih_grad, w_hh_grad, bias = products.w_ih, products.w_hh, products.bias
    return _results(dtype, products.x, grad_h, w_ih_grad, w_hh_grad, bias, _copy(bias))


@quiet
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
    dtype = x.dtype
    x, h, c, w_ih, w_hh, b_ih, b_hh, w_hr = _working(dtype, x, h, c, w_ih, w_hh, b_ih, b_hh, w_hr)
    size = c.shape[1]
    w_ih, w_hh, b_ih, b_hh = _opposite([True, True, False, True], size, w_ih, w_hh, b_ih, b_hh)
    h, c, w_hh = h.copy(), c.copy(), _transposed(w_hh)
    g_part, o_part = slice(2 * size, 3 * size), slice(3 * size, None)
    gates = np.empty((len(x), 4 * size), h.dtype)
    _inputs(x, w_ih, [b_ih, b_hh], gates)
    hidden = np.empty((len(x), h.shape[1]), h.dtype)
    cells = np.empty((len(x), size), h.dtype)
    product, spare = np.empty((len(c), 4 * size), h.dtype), np.empty_like(c)
    with blas.held:
        for rows, n in _steps(batch_sizes, reverse):
            a, gate, cell, g = product[:n], gates[rows], c[:n], spare[:n]
            matmul(h[:n], w_hh, out=a)
            a += gate
            np.tanh(a[:, g_part], out=g)
            _logistic(a, out=gate)  # of all four: one call for neighbours is cheaper than two
            gate[:, g_part] = g
            cell *= gate[:, size : 2 * size]
            g *= gate[:, :size]
            cell += g
            cells[rows] = cell
            np.tanh(cell, out=g)
            if w_hr is None:
                np.multiply(g, gate[:, o_part], out=h[:n])
            else:
                g *= gate[:, o_part]
                matmul(g, w_hr.T, out=h[:n])
            hidden[rows] = h[:n]
    return _results(dtype, hidden, h, c, gates, cells)


def _opposite(gates: list[bool], size: int, *weights: Array | None) -> list[Any]:
    """Turn the signs in the rows of some gates, whose logistic functions want -x."""
    signs = np.repeat(np.where(gates, -1, 1), size)
    return [w if w is None else (w.T * signs.astype(w.dtype)).T for w in weights]


def _logistic(x: Array, out: Array) -> None:
    """Write 1 / (1 + exp(x)) into ``out``; x is lost."""
    np.exp(x, out=x)
    x += 1
    np.reciprocal(x, out=out)


@quiet
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
    """Gradients of :func:`lstm` (Note [Gradients of recurrences])."""
    dtype = x.dtype
    grad_out, grad_h, grad_c, x, h, c, w_ih, w_hh, w_hr, hidden, gates, cells = _working(
        dtype, grad_out, grad_h, grad_c, x, h, c, w_ih, w_hh, w_hr, hidden, gates, cells
    )
    steps, size = _steps(batch_sizes, reverse), c.shape[1]
    grads, through_cell = np.empty_like(gates), np.empty_like(cells)
    cells_before = entering(cells, c, batch_sizes, reverse)

    def fill(part: slice) -> None:
        _lstm_factors(gates[part], cells[part], cells_before[part], grads[part], through_cell[part])

    raw = None if w_hr is None else gates[:, 3 * size :] * np.tanh(cells)  # (S, H), not projected
    grad_hidden = None if w_hr is None else np.empty_like(hidden)
    grad_h, grad_c = _state_grad(grad_h, h), _state_grad(grad_c, c)
    spare, spare_raw = np.empty_like(c), np.empty_like(c)
    both = np.empty((len(c), 4, size), c.dtype)  # gradients of cell, for i, f and g, and state
    before = entering(hidden, h, batch_sizes, reverse)
    products = _Products(grads, ALL, ALL, x, before, w_ih, needs_x, needs_weights)
    with blas.held, Lane(products.add) as lane:
        for rows, n in _back(_chunks(steps), fill, lane):
            grad, grad_cell, a, add = grad_h[:n], grad_c[:n], grads[rows], spare[:n]
            if grad_out is not None:
                grad += grad_out[rows]
            grad_raw = grad
            if grad_hidden is not None:
                grad_hidden[rows] = grad
                grad_raw = matmul(grad, w_hr, out=spare_raw[:n])
            np.multiply(grad_raw, through_cell[rows], out=add)
            grad_cell += add
            both[:n, :3], both[:n, 3] = grad_cell[:, None], grad_raw
            a *= both[:n].reshape(n, 4 * size)
            grad_cell *= gates[rows, size : 2 * size]
            matmul(a, w_hh, out=grad)
    projection = None
    if needs_weights and grad_hidden is not None and raw is not None:
        projection = matmul(grad_hidden.T, raw)
    weights = products.w_ih, products.w_hh, products.bias, _copy(products.bias), projection
    return _results(dtype, products.x, grad_h, grad_c, *weights)


def _lstm_factors(
    gate: Array, cell: Array, before: Array, factor: Array, through_cell: Array
) -> None:
    """Write what the gradients of cell (i, f, g) and state (o, cell) are multiplied with."""
    size = cell.shape[1]
    i, f, g, o = (slice(k * size, (k + 1) * size) for k in range(4))
    np.tanh(cell, out=through_cell)
    np.subtract(1, gate, out=factor)
    factor *= gate
    np.multiply(gate[:, g], gate[:, g], out=factor[:, g])
    np.subtract(1, factor[:, g], out=factor[:, g])
    factor[:, g] *= gate[:, i]
    factor[:, i] *= gate[:, g]
    factor[:, f] *= before
    factor[:, o] *= through_cell
    np.multiply(through_cell, through_cell, out=through_cell)
    np.subtract(1, through_cell, out=through_cell)
    through_cell *= gate[:, o]


@quiet
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
    dtype = x.dtype
    x, h, w_ih, w_hh, b_ih, b_hh = _working(dtype, x, h, w_ih, w_hh, b_ih, b_hh)
    size = h.shape[1]
    w_ih, w_hh, b_ih, b_hh = _opposite([True, True, False], size, w_ih, w_hh, b_ih, b_hh)
    h, w_hh = h.copy(), _transposed(w_hh)
    b_hh = np.zeros(3 * size, h.dtype) if b_hh is None else b_hh
    gates = np.empty((len(x), 4 * size), h.dtype)
    _inputs(x, w_ih, [b_ih], gates[:, : 3 * size])
    hidden = np.empty((len(x), size), h.dtype)
    product, both = np.empty((len(h), 3 * size), h.dtype), np.empty((len(h), 2 * size), h.dtype)
    with blas.held:
        for rows, n in _steps(batch_sizes, reverse):
            a, gate, rz, state = product[:n], gates[rows], both[:n], h[:n]
            r, z = gate[:, :size], gate[:, size : 2 * size]
            new, through_h = gate[:, 2 * size : 3 * size], gate[:, 3 * size :]
            matmul(state, w_hh, out=a)
            a += b_hh
            through_h[...] = a[:, 2 * size :]
            np.add(a[:, : 2 * size], gate[:, : 2 * size], out=rz)
            _logistic(rz, out=gate[:, : 2 * size])
            gated = np.multiply(r, through_h, out=rz[:, :size])
            new += gated
            np.tanh(new, out=new)
            state -= new
            state *= z
            state += new
            hidden[rows] = state
    return _results(dtype, hidden, h, gates)


@quiet
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
    """Gradients of :func:`gru` (Note [Gradients of recurrences])."""
    dtype = x.dtype
    grad_out, grad_h, x, h, w_ih, w_hh, hidden, gates = _working(
        dtype, grad_out, grad_h, x, h, w_ih, w_hh, hidden, gates
    )
    steps, size = _steps(batch_sizes, reverse), h.shape[1]
    before = entering(hidden, h, batch_sizes, reverse)
    grads = np.empty_like(gates)  # hn, r, z, n

    def fill(part: slice) -> None:
        _gru_factors(gates[part], before[part], grads[part])

    ih, hh = slice(size, None), slice(3 * size)
    w_hh = _rolled(w_hh, size)
    grad_h = _state_grad(grad_h, h)
    product = np.empty_like(h)
    products = _Products(grads, ih, hh, x, before, w_ih, needs_x, needs_weights)
    with blas.held, Lane(products.add) as lane:
        for rows, n in _back(_chunks(steps), fill, lane):
            grad, a, carried = grad_h[:n], grads[rows], product[:n]
            if grad_out is not None:
                grad += grad_out[rows]
            each = a.reshape(n, 4, size)
            each *= grad[:, None]
            matmul(a[:, : 3 * size], w_hh, out=carried)
            grad *= gates[rows, size : 2 * size]
            grad += carried
    if not needs_weights:
        return _results(dtype, products.x, grad_h, None, None, None, None)
    w_grads = products.w_ih, _rolled(products.w_hh, -size)
    b_grads = products.bias[ih].copy(), _rolled(products.bias[hh], -size)
    return _results(dtype, products.x, grad_h, *w_grads, *b_grads)


def _gru_factors(gate: Array, before: Array, factor: Array) -> None:
    """Write what the state's gradient is multiplied with for hn, r, z and n."""
    size = before.shape[1]
    r, z, n, h_n = (gate[:, k * size : (k + 1) * size] for k in range(4))
    for_h, for_r, for_z, for_n = (factor[:, k * size : (k + 1) * size] for k in range(4))
    np.subtract(1, z, out=for_z)
    np.multiply(n, n, out=for_n)
    np.subtract(1, for_n, out=for_n)
    for_n *= for_z
    np.multiply(for_n, r, out=for_h)
    np.subtract(1, r, out=for_r)
    for_r *= for_h
    for_r *= h_n
    for_z *= z
    for_z *= before - n


def _rolled(rows: Array, by: int) -> Array:
    """The last ``by`` rows first."""
    return np.roll(rows, by, 0)


RECURRENT = Recurrent(
    rnn=rnn, rnn_grad=rnn_grad, lstm=lstm, lstm_grad=lstm_grad, gru=gru, gru_grad=gru_grad
)
