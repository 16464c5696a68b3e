"""Methods called by name, as ``minitorch.exp_(x)``; layers with the arguments of old.

``x.exp_()`` is the usual way to say it.
"""

from __future__ import annotations

from minitorch.nn import functional as F
from minitorch.tensor import Tensor

detach = Tensor.detach
detach_ = Tensor.detach_
index_put = Tensor.index_put
index_put_ = Tensor.index_put_
is_same_size = Tensor.is_same_size
is_signed = Tensor.is_signed
masked_scatter = Tensor.masked_scatter
swapaxes = Tensor.swapaxes
swapdims = Tensor.swapdims


def dropout(input: Tensor, p: float, train: bool) -> Tensor:
    """As :func:`nn.functional.dropout`, with all arguments given."""
    return F.dropout(input, p, train)


def dropout_(input: Tensor, p: float, train: bool) -> Tensor:
    """As :func:`dropout`, written into the input."""
    return F.dropout(input, p, train, inplace=True)


def batch_norm(
    input: Tensor,
    weight: Tensor | None,
    bias: Tensor | None,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    training: bool,
    momentum: float,
    eps: float,
    cudnn_enabled: bool,
) -> Tensor:
    """As :func:`nn.functional.batch_norm`, with the arguments in another order."""
    return F.batch_norm(input, running_mean, running_var, weight, bias, training, momentum, eps)
