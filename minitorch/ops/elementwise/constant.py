"""The rule of what is constant, or constant piece by piece; gradients that depend on no value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.grad_mode import is_grad_enabled
from minitorch.autograd.node import attach
from minitorch.autograd.variable import TensorBase

if TYPE_CHECKING:
    from minitorch.tensor import Tensor

_ZERO = bytes(16)  # of any dtype; what lies in it cannot be written


def no_slope(grad: Tensor) -> Tensor:
    """Return zeros for the gradient of what is constant, even where ``grad`` is infinite."""
    return grad._plain(np.zeros_like(grad._array))


def zeroed(x: Any) -> Tensor:
    """Return zeros in the place of a tensor that does not count, not even its NaN, with a history.

    Its gradient is zeros.
    """
    return x.masked_fill(x._plain(np.asarray(True)), 0)


def instead(x: Any, value: Any) -> Tensor:
    """Return the numbers of ``value``, whose gradient is handed to ``x`` as it is."""
    return x + (value - x).detach()


def stand_in(ctx: Any, i: int = 0) -> Tensor:
    """Return zeros, without memory of their own, that have shape and history of an input.

    For the rule of what is linear, or linear piece by piece: its gradient is a function of that
    input too, with a slope of 0 (:func:`flat`), though it reads no more than the shape.
    """
    node, index = ctx._edges[i]
    shape, dtype = node._outputs[index]
    zeros = np.ndarray(shape, dtype, _ZERO, 0, (0,) * len(shape))  # np.broadcast_to takes 3 us
    tensor = TensorBase._result_class._wrap(zeros)
    if is_grad_enabled():
        attach(tensor, node, index)
    return tensor


def flat(ctx: Any, i: int) -> Tensor | None:
    """Return the gradient for an input on which only steps depend: zeros, where it is asked for."""
    if not ctx.needs_input_grad[i]:
        return None
    node, index = ctx._edges[i]
    return TensorBase._result_class._wrap(np.zeros(*node._outputs[index]))
