"""Layers as functions: arguments are checked here, computed in ``minitorch.ops``."""

from typing import Any as _Any

from minitorch.nn.functional.activation import (
    elu,
    elu_,
    gelu,
    leaky_relu,
    leaky_relu_,
    log_softmax,
    relu,
    relu_,
    sigmoid,
    silu,
    softmax,
    softplus,
    tanh,
)
from minitorch.nn.functional.affine import linear
from minitorch.nn.functional.conv import conv2d, pad
from minitorch.nn.functional.loss import (
    binary_cross_entropy_with_logits,
    cross_entropy,
    l1_loss,
    mse_loss,
    nll_loss,
)
from minitorch.nn.functional.noise import dropout
from minitorch.nn.functional.norm import batch_norm
from minitorch.nn.functional.pooling import adaptive_avg_pool2d, avg_pool2d, max_pool2d
from minitorch.ops.index.gather import one_hot

__all__ = [
    "adaptive_avg_pool2d",
    "avg_pool2d",
    "batch_norm",
    "binary_cross_entropy_with_logits",
    "conv2d",
    "cross_entropy",
    "dropout",
    "elu",
    "elu_",
    "gelu",
    "l1_loss",
    "leaky_relu",
    "leaky_relu_",
    "linear",
    "log_softmax",
    "max_pool2d",
    "mse_loss",
    "nll_loss",
    "one_hot",
    "pad",
    "relu",
    "relu_",
    "sigmoid",
    "silu",
    "softmax",
    "softplus",
    "tanh",
]


def __getattr__(name: str) -> _Any:
    from minitorch.core.errors import missing_attribute

    raise missing_attribute(__name__, name)
