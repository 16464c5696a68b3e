"""Updates in NumPy that look at a parameter as a whole: Adafactor and Muon."""

from collections.abc import Callable
from functools import partial

import numpy as np

from minitorch.core.threads import share, slices
from minitorch.kernels.arrays import Array
from minitorch.kernels.matmul import matmul
from minitorch.kernels.numpy import in_slices
from minitorch.kernels.numpy.in_slices import temporary, widened


def adafactor_(
    param: Array,
    grad: Array,
    row_var: Array | None,
    col_var: Array | None,
    variance: Array | None,
    step: float,
    lr: float,
    beta2_decay: float,
    eps1: float,
    eps2: float,
    d: float,
    weight_decay: float,
) -> None:
    """One step of PyTorch's Adafactor in place, in slices of the first axis."""
    if not param.size:
        return
    arrays: list[Array | None] = [param, grad, row_var, col_var, variance]
    if not param.ndim:
        arrays = [None if a is None else a[None] for a in arrays]
    size = min(lr, step**-0.5)
    update_ = partial(_adafactor_, step**beta2_decay, size, eps1, eps2, d, 1 - lr * weight_decay)
    (widened(update_) if param.itemsize == 2 else update_)(*arrays)


def _adafactor_(
    new: float,
    size: float,
    eps1: float,
    eps2: float,
    d: float,
    kept: float,
    param: Array,
    grad: Array,
    row_var: Array | None,
    col_var: Array | None,
    variance: Array | None,
) -> None:
    """`adafactor_` of what has an axis: ``new`` is the share of this gradient in the moments."""
    tiles = slices(len(param), max(1, in_slices.CHUNK * len(param) // param.size))

    def direction(part: slice) -> Array:
        """Return g / √v of a slice, in working memory."""
        g = grad[part]
        out = temporary(g)
        if row is None or col_var is None:
            np.maximum(variance[part], eps1 * eps1, out=out)  # type: ignore[index]
        else:
            np.multiply(row[part], col_var if g.ndim == 2 else col_var[part], out)
            np.maximum(out, eps1 * eps1, out=out)
        np.sqrt(out, out)
        return np.divide(g, out, out)

    def write(part: slice) -> None:
        step = direction(part)
        step *= rate
        param[part] -= step

    rate = max(eps2, _rms(lambda part: param[part], tiles, param.size)) * size
    if kept != 1:
        param *= kept
    if variance is not None:
        _moment_(variance, grad, new, tiles)
    row = None
    if row_var is not None and col_var is not None:
        _moments_(row_var, col_var, grad, new, tiles)
        row = row_var / np.maximum(row_var.mean(-2, keepdims=True), eps1)
    rate /= max(1.0, _rms(direction, tiles, param.size) / d)
    share(write, tiles, products=False)


def _rms(values: Callable[[slice], Array], tiles: list[slice], size: int) -> float:
    """The root mean square of what the slices give."""
    squares = [0.0] * len(tiles)

    def add_up(index: int) -> None:
        x = values(tiles[index])
        squares[index] = float(np.multiply(x, x, temporary(x, "update.squares")).sum())

    share(add_up, range(len(tiles)), products=False)
    return (sum(squares) / size) ** 0.5


def _moment_(variance: Array, grad: Array, new: float, tiles: list[slice]) -> None:
    """Bring new·g² into the variance: v ← (1 − new)·v + new·g²."""

    def update_part(part: slice) -> None:
        g, v = grad[part], variance[part]
        work = np.multiply(g, g, temporary(g))
        work -= v
        work *= new
        v += work

    share(update_part, tiles, products=False)


def _moments_(row: Array, column: Array, grad: Array, new: float, tiles: list[slice]) -> None:
    """The same for the means of g² along rows and columns; a matrix has its columns cut."""
    columns = [np.zeros(0)] * len(tiles)

    def update_part(index: int) -> None:
        part = tiles[index]
        g = grad[part]
        work = np.multiply(g, g, temporary(g))
        row[part] += new * (work.mean(-1, keepdims=True) - row[part])
        columns[index] = work.sum(-2, keepdims=True)

    share(update_part, range(len(tiles)), products=False)
    means = sum(columns) if grad.ndim == 2 else np.concatenate(columns)
    column += new * (means / np.float32(grad.shape[-2]) - column)


def muon_(
    param: Array,
    grad: Array,
    momentum_buffer: Array,
    lr: float,
    scale: float,
    weight_decay: float,
    momentum: float,
    nesterov: bool,
    coefficients: tuple[float, float, float],
    steps: int,
    eps: float,
) -> None:
    """One step of PyTorch's Muon in place; the product of matrices is what takes the time."""

    def update_(param: Array, grad: Array, buffer: Array) -> None:
        buffer += (1 - momentum) * (grad - buffer)
        direction = grad + momentum * (buffer - grad) if nesterov else buffer
        param *= 1 - lr * weight_decay
        step = _orthogonalized(direction, coefficients, steps, eps).astype(param.dtype)
        param -= (lr * scale) * step

    (widened(update_) if param.itemsize == 2 else update_)(param, grad, momentum_buffer)


def _orthogonalized(
    matrix: Array, coefficients: tuple[float, float, float], steps: int, eps: float
) -> Array:
    """Bring all singular values near 1 by Newton and Schulz's iteration, rounding as PyTorch does.

    It keeps each matrix in bfloat16, of which float32 holds the numbers.
    """
    a, b, c = coefficients
    is_tall = matrix.shape[0] > matrix.shape[1]
    x = _rounded(matrix.T if is_tall else matrix)
    norm = _rounded(np.array(np.sqrt((x * x).sum())))
    x = _rounded(x / np.maximum(norm, _rounded(np.array(eps))))
    for _ in range(steps):
        gram = _rounded(matmul(x, x.T))
        polynomial = _rounded(b * gram + c * matmul(gram, gram))
        x = _rounded(a * x + matmul(polynomial, x))
    return x.T if is_tall else x


def _rounded(x: Array) -> Array:
    """The nearest number of bfloat16, the even one of two, as float32."""
    bits = np.array(x, np.float32, order="C").view(np.uint32)
    odd = (bits >> 16) & 1
    bits += odd + np.uint32(0x7FFF)
    bits &= np.uint32(0xFFFF0000)
    rounded = bits.view(np.float32)
    np.copyto(rounded, np.nan, where=np.isnan(x))  # some carry over into the sign
    return rounded
