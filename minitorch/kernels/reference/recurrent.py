"""Recurrent layers, one sequence's step after the other."""

import math
from typing import Any

import numpy as np

from minitorch.kernels.arrays import Array
from minitorch.kernels.contract.recurrent import BatchSizes, Gradients, Recurrent


def _visits(batch_sizes: BatchSizes, reverse: bool) -> list[tuple[int, int]]:
    """(row, sequence) in the order of computing."""
    visits, first = [], 0
    for count in batch_sizes:
        visits.append([(first + n, n) for n in range(count)])
        first += count
    return [visit for step in (visits[::-1] if reverse else visits) for visit in step]


def _wide(*arrays: Array | None) -> list[Any]:
    """Copies in float64."""
    return [None if a is None else np.array(a, np.float64, order="C") for a in arrays]


def _narrow(dtype: Any, *arrays: Array | None) -> Any:
    return tuple([None if a is None else a.astype(dtype) for a in arrays])


def _zeros_for_none(like: tuple[Array, ...], *grads: Array | None) -> list[Array]:
    return [np.zeros_like(x) if g is None else g for x, g in zip(like, grads, strict=True)]


def _sum(*vectors: Array | None) -> Array:
    return np.sum([v for v in vectors if v is not None], axis=0)


@np.vectorize
def _sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x))


def _entering(states: Array, initial: Array, visits: list[tuple[int, int]]) -> Array:
    """The state that each row began with."""
    before, state = np.empty_like(states), initial.copy()
    for row, n in visits:
        before[row] = state[n]
        state[n] = states[row]
    return before


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
    """H = f(w_ih x + b_ih + w_hh h + b_hh)."""
    dtype = x.dtype
    x, h, w_ih, w_hh, b_ih, b_hh = _wide(x, h, w_ih, w_hh, b_ih, b_hh)
    hidden = np.empty((len(x), h.shape[1]))
    for row, n in _visits(batch_sizes, reverse):
        a = _sum(w_ih @ x[row], b_ih, w_hh @ h[n], b_hh)
        h[n] = hidden[row] = np.maximum(a, 0) if relu else np.tanh(a)
    return _narrow(dtype, hidden, h)


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
    """The chain rule, backwards."""
    dtype = x.dtype
    grad_out, grad_h, x, h, w_ih, w_hh, hidden = _wide(
        *_zeros_for_none((hidden, h), grad_out, grad_h), x, h, w_ih, w_hh, hidden
    )
    visits = _visits(batch_sizes, reverse)
    before = _entering(hidden, h, visits)
    grad_x, grad_ih, grad_hh = np.zeros_like(x), np.zeros_like(w_ih), np.zeros_like(w_hh)
    grad_b = np.zeros(len(w_ih))
    for row, n in visits[::-1]:
        slope = hidden[row] > 0 if relu else 1 - hidden[row] ** 2
        a = (grad_h[n] + grad_out[row]) * slope
        grad_x[row], grad_h[n] = a @ w_ih, a @ w_hh
        grad_ih += np.outer(a, x[row])
        grad_hh += np.outer(a, before[row])
        grad_b += a
    of_weights = (grad_ih, grad_hh, grad_b, grad_b) if needs_weights else (None,) * 4
    return _narrow(dtype, grad_x if needs_x else None, grad_h, *of_weights)


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
    """C = f c + i g; h = o tanh(c)."""
    dtype = x.dtype
    x, h, c, w_ih, w_hh, b_ih, b_hh, w_hr = _wide(x, h, c, w_ih, w_hh, b_ih, b_hh, w_hr)
    hidden, cells = np.empty((len(x), h.shape[1])), np.empty((len(x), c.shape[1]))
    gates = np.empty((len(x), len(w_ih)))
    for row, n in _visits(batch_sizes, reverse):
        i, f, g, o = np.split(_sum(w_ih @ x[row], b_ih, w_hh @ h[n], b_hh), 4)
        i, f, g, o = _sigmoid(i), _sigmoid(f), np.tanh(g), _sigmoid(o)
        c[n] = f * c[n] + i * g
        h[n] = o * np.tanh(c[n]) if w_hr is None else w_hr @ (o * np.tanh(c[n]))
        hidden[row], cells[row], gates[row] = h[n], c[n], np.concatenate((i, f, g, o))
    return _narrow(dtype, hidden, h, c, gates, cells)


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
    """The chain rule, backwards."""
    dtype = x.dtype
    grad_out, grad_h, grad_c, x, h, c, w_ih, w_hh, w_hr, hidden, gates, cells = _wide(
        *_zeros_for_none((hidden, h, c), grad_out, grad_h, grad_c),
        *(x, h, c, w_ih, w_hh, w_hr, hidden, gates, cells),
    )
    visits = _visits(batch_sizes, reverse)
    before_h, before_c = _entering(hidden, h, visits), _entering(cells, c, visits)
    grad_x, grad_ih, grad_hh = np.zeros_like(x), np.zeros_like(w_ih), np.zeros_like(w_hh)
    grad_b, grad_hr = np.zeros(len(w_ih)), None if w_hr is None else np.zeros_like(w_hr)
    for row, n in visits[::-1]:
        (i, f, g, o), through_cell = np.split(gates[row], 4), np.tanh(cells[row])
        grad = grad_h[n] + grad_out[row]
        if w_hr is not None:
            grad_hr += np.outer(grad, o * through_cell)
            grad = grad @ w_hr
        grad_cell = grad_c[n] + grad * o * (1 - through_cell**2)
        a = np.concatenate(
            (
                grad_cell * g * i * (1 - i),
                grad_cell * before_c[row] * f * (1 - f),
                grad_cell * i * (1 - g**2),
                grad * through_cell * o * (1 - o),
            )
        )
        grad_x[row], grad_h[n], grad_c[n] = a @ w_ih, a @ w_hh, grad_cell * f
        grad_ih += np.outer(a, x[row])
        grad_hh += np.outer(a, before_h[row])
        grad_b += a
    of_weights = (grad_ih, grad_hh, grad_b, grad_b, grad_hr) if needs_weights else (None,) * 5
    return _narrow(dtype, grad_x if needs_x else None, grad_h, grad_c, *of_weights)


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
    """H = (1 - z) n + z h."""
    dtype = x.dtype
    x, h, w_ih, w_hh, b_ih, b_hh = _wide(x, h, w_ih, w_hh, b_ih, b_hh)
    hidden, gates = np.empty((len(x), h.shape[1])), np.empty((len(x), 4 * h.shape[1]))
    for row, n in _visits(batch_sizes, reverse):
        x_r, x_z, x_n = np.split(_sum(w_ih @ x[row], b_ih), 3)
        h_r, h_z, h_n = np.split(_sum(w_hh @ h[n], b_hh), 3)
        r, z = _sigmoid(x_r + h_r), _sigmoid(x_z + h_z)
        new = np.tanh(x_n + r * h_n)
        h[n] = (1 - z) * new + z * h[n]
        hidden[row], gates[row] = h[n], np.concatenate((r, z, new, h_n))
    return _narrow(dtype, hidden, h, gates)


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
    """The chain rule, backwards."""
    dtype = x.dtype
    grad_out, grad_h, x, h, w_ih, w_hh, hidden, gates = _wide(
        *_zeros_for_none((hidden, h), grad_out, grad_h), x, h, w_ih, w_hh, hidden, gates
    )
    visits = _visits(batch_sizes, reverse)
    before = _entering(hidden, h, visits)
    grad_x, grad_ih, grad_hh = np.zeros_like(x), np.zeros_like(w_ih), np.zeros_like(w_hh)
    grad_b_ih, grad_b_hh = np.zeros(len(w_ih)), np.zeros(len(w_ih))
    for row, n in visits[::-1]:
        r, z, new, h_n = np.split(gates[row], 4)
        grad = grad_h[n] + grad_out[row]
        a_n = grad * (1 - z) * (1 - new**2)
        a_r, a_z = a_n * h_n * r * (1 - r), grad * (before[row] - new) * z * (1 - z)
        a_ih, a_hh = np.concatenate((a_r, a_z, a_n)), np.concatenate((a_r, a_z, a_n * r))
        grad_x[row], grad_h[n] = a_ih @ w_ih, grad * z + a_hh @ w_hh
        grad_ih += np.outer(a_ih, x[row])
        grad_hh += np.outer(a_hh, before[row])
        grad_b_ih += a_ih
        grad_b_hh += a_hh
    of_weights = (grad_ih, grad_hh, grad_b_ih, grad_b_hh) if needs_weights else (None,) * 4
    return _narrow(dtype, grad_x if needs_x else None, grad_h, *of_weights)


RECURRENT = Recurrent(
    rnn=rnn, rnn_grad=rnn_grad, lstm=lstm, lstm_grad=lstm_grad, gru=gru, gru_grad=gru_grad
)
