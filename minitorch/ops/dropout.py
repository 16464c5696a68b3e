"""Dropout: elements are zeroed at random while training."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minitorch.autograd.variable import TensorBase
from minitorch.generator import default_generator
from minitorch.ops.arithmetic import mul

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
    noise = default_generator.bernoulli(x.shape, 1 - p).astype(x.dtype)
    noise /= x.dtype.type(1 - p)
    return mul(input, input._plain(noise))
