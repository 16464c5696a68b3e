"""Recurrent layers in NumPy: one product for all inputs, then one for each step.

Note [Gradients of recurrences]
    What reaches a step's pre-activations is the gradient of its state times a factor that only
    the forward decides, so the factors of all steps are computed at once, where the gradient is
    to stand. Left for each step is to multiply by its state's gradient, and to carry it on by a
    product with the weights. Gradients of weights are one product over all steps at the end.
    BLAS is held around all steps; that each product holds it again costs half a microsecond.
"""

from typing import Any

import numpy as np

from minitorch.core import blas
from minitorch.core.silence import quiet
from minitorch.core.threads import share, slices
from minitorch.kernels.arrays import Array, working_dtype
from minitorch.kernels.contract.recurrent import BatchSizes, Gradients, Recurrent
from minitorch.kernels.matmul import matmul
from minitorch.kernels.sums import add_floats

# Elements of gates whose factors are computed at once: for (1280, 512) that saves a quarter.
CHUNK = 1 << 16


def _steps(batch_sizes: BatchSizes, reverse: bool) -> list[tuple[slice, int]]:
    """Rows of each step and their number, in the order of computing."""
    steps, first = [], 0
    for n in batch_sizes:
        steps.append((slice(first, first + n), n))
        first += n
    return steps[::-1] if reverse else steps


def _entering(states: Array, initial: Array, steps: list[tuple[slice, int]]) -> Array:
    """The state that each step began with, from those that the steps ended with."""
    before = np.empty_like(states)
    known, count = slice(0, 0), 0
    for rows, n in steps:
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


def _bias(b_ih: Array | None, b_hh: Array | None, like: Array) -> Array:
    bias = np.zeros(len(like), like.dtype)
    for part in (b_ih, b_hh):
        if part is not None:
            bias += part
    return bias


def _state_grad(grad: Array | None, like: Array) -> Array:
    return np.zeros_like(like) if grad is None else grad.copy()


def _parts(gates: Array) -> list[slice]:
    """Rows whose factors are computed at once, in the cache (Note [Tiles])."""
    return slices(len(gates), max(1, CHUNK // max(gates.shape[1], 1)))


def _sum_rows(x: Array) -> Array:
    return np.array(add_floats(x, (0,)))


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
    h, bias, w_hh = h.copy(), _bias(b_ih, b_hh, w_hh), _transposed(w_hh)
    hidden = matmul(x, w_ih.T)  # (S, H)
    product = np.empty_like(h)  # (N, H)
    with blas.held:
        for rows, n in _steps(batch_sizes, reverse):
            state, a = product[:n], hidden[rows]
            matmul(h[:n], w_hh, out=state)
            state += bias
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
    if relu:
        grads = np.greater(hidden, 0).astype(hidden.dtype)
    else:
        grads = np.multiply(hidden, hidden)
        np.subtract(1, grads, out=grads)
    grad_h = _state_grad(grad_h, h)
    with blas.held:
        for rows, n in reversed(steps):
            grad, a = grad_h[:n], grads[rows]
            if grad_out is not None:
                grad += grad_out[rows]
            a *= grad
            matmul(a, w_hh, out=grad)
    grad_x = matmul(grads, w_ih) if needs_x else None
    if not needs_weights:
        return _results(dtype, grad_x, grad_h, None, None, None, None)
    before, bias = _entering(hidden, h, steps), _sum_rows(grads)
    weights = matmul(grads.T, x), matmul(grads.T, before)
    return _results(dtype, grad_x, grad_h, *weights, bias, bias.copy())


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
    h, c, bias, w_hh = h.copy(), c.copy(), _bias(b_ih, b_hh, w_hh), _transposed(w_hh)
    size = c.shape[1]
    g_part, o_part = slice(2 * size, 3 * size), slice(3 * size, None)
    gates = matmul(x, w_ih.T)  # (S, 4H)
    hidden = np.empty((len(x), h.shape[1]), h.dtype)
    cells = np.empty((len(x), size), h.dtype)
    product, spare = np.empty((len(c), 4 * size), h.dtype), np.empty_like(c)
    with blas.held:
        for rows, n in _steps(batch_sizes, reverse):
            a, gate, cell, g = product[:n], gates[rows], c[:n], spare[:n]
            matmul(h[:n], w_hh, out=a)
            a += bias
            a += gate
            np.tanh(a[:, g_part], out=g)
            _sigmoid(a, out=gate)  # of all four: one call for neighbours is cheaper than two
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


def _sigmoid(x: Array, out: Array) -> None:
    """Write 1 / (1 + exp(-x)) into ``out``; x is lost."""
    np.negative(x, out=x)
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
    through_cell = np.tanh(cells)
    grads = _lstm_factors(gates, through_cell, _entering(cells, c, steps))
    raw = None if w_hr is None else gates[:, 3 * size :] * through_cell  # (S, H), not projected
    grad_hidden = None if w_hr is None else np.empty_like(hidden)
    np.multiply(through_cell, through_cell, out=through_cell)
    np.subtract(1, through_cell, out=through_cell)
    through_cell *= gates[:, 3 * size :]
    grad_h, grad_c = _state_grad(grad_h, h), _state_grad(grad_c, c)
    spare, spare_raw = np.empty_like(c), np.empty_like(c)
    with blas.held:
        for rows, n in reversed(steps):
            grad, grad_cell, a, add = grad_h[:n], grad_c[:n], grads[rows], spare[:n]
            if grad_out is not None:
                grad += grad_out[rows]
            grad_raw = grad
            if grad_hidden is not None:
                grad_hidden[rows] = grad
                grad_raw = matmul(grad, w_hr, out=spare_raw[:n])
            np.multiply(grad_raw, through_cell[rows], out=add)
            grad_cell += add
            a[:, 3 * size :] *= grad_raw
            rest = a[:, : 3 * size].reshape(n, 3, size)
            rest *= grad_cell[:, None]
            grad_cell *= gates[rows, size : 2 * size]
            matmul(a, w_hh, out=grad)
    grad_x = matmul(grads, w_ih) if needs_x else None
    if not needs_weights:
        return _results(dtype, grad_x, grad_h, grad_c, *[None] * 5)
    bias = _sum_rows(grads)
    weights = matmul(grads.T, x), matmul(grads.T, _entering(hidden, h, steps))
    projection = None if grad_hidden is None or raw is None else matmul(grad_hidden.T, raw)
    return _results(dtype, grad_x, grad_h, grad_c, *weights, bias, bias.copy(), projection)


def _lstm_factors(gates: Array, through_cell: Array, cells: Array) -> Array:
    """What the gradients of cell (i, f, g) and state (o) are multiplied with: (S, 4H)."""
    size = cells.shape[1]
    i, f, g, o = (slice(k * size, (k + 1) * size) for k in range(4))
    factors = np.empty_like(gates)

    def fill(part: slice) -> None:
        gate, factor = gates[part], factors[part]
        np.subtract(1, gate, out=factor)
        factor *= gate
        np.multiply(gate[:, g], gate[:, g], out=factor[:, g])
        np.subtract(1, factor[:, g], out=factor[:, g])
        factor[:, g] *= gate[:, i]
        factor[:, i] *= gate[:, g]
        factor[:, f] *= cells[part]
        factor[:, o] *= through_cell[part]

    share(fill, _parts(gates), products=False)
    return factors


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
    h, size, w_hh = h.copy(), h.shape[1], _transposed(w_hh)
    b_ih = np.zeros(3 * size, h.dtype) if b_ih is None else b_ih
    b_hh = np.zeros(3 * size, h.dtype) if b_hh is None else b_hh
    gates = np.empty((len(x), 4 * size), h.dtype)
    matmul(x, w_ih.T, out=gates[:, : 3 * size])
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
            gate[:, : 3 * size] += b_ih
            np.add(a[:, : 2 * size], gate[:, : 2 * size], out=rz)
            _sigmoid(rz, out=gate[:, : 2 * size])
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
    before = _entering(hidden, h, steps)
    grads = _gru_factors(gates, before)  # hn, r, z, n
    grads_hh, grads_ih = grads[:, : 3 * size], grads[:, size:]
    w_hh = _rolled(w_hh, size)
    grad_h = _state_grad(grad_h, h)
    product = np.empty_like(h)
    with blas.held:
        for rows, n in reversed(steps):
            grad, a, carried = grad_h[:n], grads[rows], product[:n]
            if grad_out is not None:
                grad += grad_out[rows]
            each = a.reshape(n, 4, size)
            each *= grad[:, None]
            matmul(a[:, : 3 * size], w_hh, out=carried)
            grad *= gates[rows, size : 2 * size]
            grad += carried
    grad_x = matmul(grads_ih, w_ih) if needs_x else None
    if not needs_weights:
        return _results(dtype, grad_x, grad_h, None, None, None, None)
    biases = _sum_rows(grads)
    w_grads = matmul(grads_ih.T, x), _rolled(matmul(grads_hh.T, before), -size)
    b_grads = biases[size:].copy(), _rolled(biases[: 3 * size], -size)
    return _results(dtype, grad_x, grad_h, *w_grads, *b_grads)


def _gru_factors(gates: Array, before: Array) -> Array:
    """What the state's gradient is multiplied with for hn, r, z and n: (S, 4H)."""
    size = before.shape[1]
    r, z, n, h_n = (slice(k * size, (k + 1) * size) for k in range(4))
    factors = np.empty_like(gates)

    def fill(part: slice) -> None:
        gate, factor = gates[part], factors[part]
        for_h, for_r, for_z, for_n = (factor[:, k * size : (k + 1) * size] for k in range(4))
        np.subtract(1, gate[:, z], out=for_z)
        np.multiply(gate[:, n], gate[:, n], out=for_n)
        np.subtract(1, for_n, out=for_n)
        for_n *= for_z
        np.multiply(for_n, gate[:, r], out=for_h)
        np.subtract(1, gate[:, r], out=for_r)
        for_r *= for_h
        for_r *= gate[:, h_n]
        for_z *= gate[:, z]
        for_z *= before[part] - gate[:, n]

    share(fill, _parts(gates), products=False)
    return factors


def _rolled(rows: Array, by: int) -> Array:
    """The last ``by`` rows first."""
    return np.roll(rows, by, 0)


RECURRENT = Recurrent(
    rnn=rnn, rnn_grad=rnn_grad, lstm=lstm, lstm_grad=lstm_grad, gru=gru, gru_grad=gru_grad
)
