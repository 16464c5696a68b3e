"""Layers as functions: arguments are checked here, computed in ``minitorch.ops``."""

from typing import Any as _Any

from minitorch.nn.functional.activation import (
    celu as celu,
    elu as elu,
    elu_ as elu_,
    gelu as gelu,
    glu as glu,
    leaky_relu as leaky_relu,
    leaky_relu_ as leaky_relu_,
    log_softmax as log_softmax,
    logsigmoid as logsigmoid,
    mish as mish,
    relu as relu,
    relu_ as relu_,
    selu as selu,
    sigmoid as sigmoid,
    silu as silu,
    softmax as softmax,
    softplus as softplus,
    softsign as softsign,
    tanh as tanh,
    tanhshrink as tanhshrink,
)
from minitorch.nn.functional.affine import linear as linear
from minitorch.nn.functional.conv import conv2d as conv2d, pad as pad
from minitorch.nn.functional.loss import (
    binary_cross_entropy_with_logits as binary_cross_entropy_with_logits,
    cross_entropy as cross_entropy,
    l1_loss as l1_loss,
    mse_loss as mse_loss,
    nll_loss as nll_loss,
)
from minitorch.nn.functional.noise import dropout as dropout
from minitorch.nn.functional.norm import batch_norm as batch_norm
from minitorch.nn.functional.piecewise import (
    hardshrink as hardshrink,
    hardsigmoid as hardsigmoid,
    hardswish as hardswish,
    hardtanh as hardtanh,
    hardtanh_ as hardtanh_,
    relu6 as relu6,
    rrelu as rrelu,
    rrelu_ as rrelu_,
    softshrink as softshrink,
    threshold as threshold,
)
from minitorch.nn.functional.pooling import (
    adaptive_avg_pool2d as adaptive_avg_pool2d,
    avg_pool2d as avg_pool2d,
    max_pool2d as max_pool2d,
)
from minitorch.ops.elementwise.activation import celu_ as celu_, selu_ as selu_
from minitorch.ops.elementwise.piecewise import prelu as prelu, threshold_ as threshold_
from minitorch.ops.index.gather import one_hot as one_hot

__all__ = [  # what `import *` takes: no files of the package
    "adaptive_avg_pool2d",
    "avg_pool2d",
    "batch_norm",
    "binary_cross_entropy_with_logits",
    "celu",
    "celu_",
    "conv2d",
    "cross_entropy",
    "dropout",
    "elu",
    "elu_",
    "gelu",
    "glu",
    "hardshrink",
    "hardsigmoid",
    "hardswish",
    "hardtanh",
    "hardtanh_",
    "l1_loss",
    "leaky_relu",
    "leaky_relu_",
    "linear",
    "log_softmax",
    "logsigmoid",
    "max_pool2d",
    "mish",
    "mse_loss",
    "nll_loss",
    "one_hot",
    "pad",
    "prelu",
    "relu",
    "relu6",
    "relu_",
    "rrelu",
    "rrelu_",
    "selu",
    "selu_",
    "sigmoid",
    "silu",
    "softmax",
    "softplus",
    "softshrink",
    "softsign",
    "tanh",
    "tanhshrink",
    "threshold",
    "threshold_",
]


def __getattr__(name: str) -> _Any:
    from minitorch.core.errors import missing_attribute

    raise missing_attribute(__name__, name)
