"""Dropout: elements, or whole channels, are zeroed at random while training."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from minitorch.autograd.variable import TensorBase
from minitorch.autograd.vmap.example import by_element, values_of
from minitorch.autograd.vmap.randomness import drawn, empty_like
from minitorch.core.dtypes import Array
from minitorch.generator import default_generator, memory_order
from minitorch.kernels.arrays import working_dtype
from minitorch.ops.elementwise.arithmetic import mul

if TYPE_CHECKING:
    from minitorch.tensor import Tensor

# The value far below zero of a SELU unit, with the sign turned: what alpha dropout sets units to.
ALPHA = 1.7580993408473766


def dropout(input: TensorBase, p: float, by_channel: bool = False) -> Tensor:
    """Return the input with each element zeroed with probability ``p``, the others scaled up.

    The mask comes from the default generator, the same as PyTorch's from the same seed.

    Args:
        input: (*), or (N, C, *).
        p: probability of a zero.
        by_channel: zero whole channels.
    """
    if p == 0 or input._array.size == 0:
        return input  # type: ignore[return-value]
    return mul(input, scale_of(input, p, by_channel))


def scale_of(input: TensorBase, p: float, by_channel: bool) -> Tensor:
    """Draw what dropout multiplies an input by: zeros, and 1 / (1 − p)."""
    x = input._array
    if p == 1:  # nothing is drawn
        return input._plain(x.dtype.type(0).reshape(()))
    wide = working_dtype(x.dtype).type
    scale = x.dtype.type(wide(1) / wide(1 - p))
    return input._plain(by_element(lambda kept: kept * scale, _kept(x, p, by_channel)))


def affine_of(input: TensorBase, p: float, by_channel: bool) -> tuple[Tensor, Tensor]:
    """Draw what alpha dropout multiplies an input by, and what it adds to that.

    Elements that it sets become the lowest value of SELU; all are scaled and shifted, so that mean
    0 and variance 1 stay as they are.
    """
    x = input._array
    if p == 1:  # nothing is drawn
        zero = input._plain(x.dtype.type(0).reshape(()))
        return zero, zero
    a = 1 / math.sqrt((ALPHA * ALPHA * p + 1) * (1 - p))
    kept = _kept(x, p, by_channel)
    number = x.dtype.type
    factor = by_element(lambda k: k * number(a), kept)
    shift = by_element(lambda k: (k - number(1)) * number(ALPHA * a) + number(ALPHA * a * p), kept)
    return input._plain(factor), input._plain(shift)


def _kept(x: Array, p: float, by_channel: bool) -> Array:
    """Draw ones for what is kept, zeros for what is not."""
    if by_channel:
        shape = x.shape[:2] + (1,) * (x.ndim - 2)
        return drawn(shape, lambda s: default_generator.bernoulli(s, 1 - p).astype(x.dtype))
    mask = empty_like(x, examples_in_order=True)
    rows = memory_order(values_of(mask))  # as PyTorch fills a transposed mask
    rows[...] = default_generator.bernoulli(rows.shape, 1 - p)
    return mask
