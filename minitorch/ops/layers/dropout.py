"""Dropout: elements are zeroed at random while training."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minitorch.autograd.variable import TensorBase
from minitorch.autograd.vmap.example import values_of
from minitorch.autograd.vmap.randomness import empty_like
from minitorch.generator import default_generator, memory_order
from minitorch.kernels.arrays import working_dtype
from minitorch.ops.elementwise.arithmetic import mul

if TYPE_CHECKING:
    from minitorch.tensor import Tensor


def dropout(input: TensorBase, p: float) -> Tensor:
    """Return the input with each element zeroed with probability ``p``, the others scaled up.

    The mask comes from the default generator, the same as PyTorch's from the same seed.
    """
    x = input._array
    if p == 0 or x.size == 0:
        return input  # type: ignore[return-value]
    if p == 1:  # nothing is drawn
        return mul(input, input._plain(x.dtype.type(0).reshape(())))
    mask = empty_like(x, examples_in_order=True)
    noise = values_of(mask)
    rows = memory_order(noise)  # as PyTorch fills a transposed mask
    rows[...] = default_generator.bernoulli(rows.shape, 1 - p)
    wide = working_dtype(x.dtype).type
    noise *= x.dtype.type(wide(1) / wide(1 - p))
    return mul(input, input._plain(mask))
