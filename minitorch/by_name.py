"""Methods called by name, as ``minitorch.exp_(x)``; layers with the arguments of old.

``x.exp_()`` is the usual way to say it.
"""

from __future__ import annotations

from minitorch.nn import functional as F
from minitorch.tensor import Tensor

abs_ = Tensor.abs_
acos_ = Tensor.acos_
arccos_ = Tensor.arccos_
arcsin_ = Tensor.arcsin_
arctan_ = Tensor.arctan_
asin_ = Tensor.asin_
atan_ = Tensor.atan_
ceil_ = Tensor.ceil_
clamp_ = Tensor.clamp_
clamp_max = Tensor.clamp_max
clamp_max_ = Tensor.clamp_max_
clamp_min = Tensor.clamp_min
clamp_min_ = Tensor.clamp_min_
clip_ = Tensor.clip_
cos_ = Tensor.cos_
cosh_ = Tensor.cosh_
erf_ = Tensor.erf_
floor_ = Tensor.floor_
greater = Tensor.greater
greater_equal = Tensor.greater_equal
less = Tensor.less
less_equal = Tensor.less_equal
neg_ = Tensor.neg_
negative_ = Tensor.negative_
not_equal = Tensor.not_equal
reciprocal_ = Tensor.reciprocal_
relu_ = Tensor.relu_
round_ = Tensor.round_
sigmoid_ = Tensor.sigmoid_
sin_ = Tensor.sin_
sinh_ = Tensor.sinh_
square_ = Tensor.square_
tan_ = Tensor.tan_
tanh_ = Tensor.tanh_
trunc_ = Tensor.trunc_


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
