"""Layers as functions: arguments are checked here, computed in ``minitorch.ops``."""

from typing import Any as _Any

from minitorch.nn.functional.activation import (
    elu as elu,
    elu_ as elu_,
    gelu as gelu,
    leaky_relu as leaky_relu,
    leaky_relu_ as leaky_relu_,
    log_softmax as log_softmax,
    relu as relu,
    relu_ as relu_,
    sigmoid as sigmoid,
    silu as silu,
    softmax as softmax,
    softplus as softplus,
    tanh as tanh,
)
from minitorch.nn.functional.affine import linear as linear
from minitorch.nn.functional.attention import (
    scaled_dot_product_attention as scaled_dot_product_attention,
)
from minitorch.nn.functional.conv import conv2d as conv2d, pad as pad
from minitorch.nn.functional.loss import (
    binary_cross_entropy_with_logits as binary_cross_entropy_with_logits,
    cross_entropy as cross_entropy,
    l1_loss as l1_loss,
    mse_loss as mse_loss,
    nll_loss as nll_loss,
)
from minitorch.nn.functional.multi_head import (
    multi_head_attention_forward as multi_head_attention_forward,
)
from minitorch.nn.functional.noise import dropout as dropout
from minitorch.nn.functional.norm import batch_norm as batch_norm
from minitorch.nn.functional.normalization import (
    group_norm as group_norm,
    layer_norm as layer_norm,
    rms_norm as rms_norm,
)
from minitorch.nn.functional.pooling import (
    adaptive_avg_pool2d as adaptive_avg_pool2d,
    avg_pool2d as avg_pool2d,
    max_pool2d as max_pool2d,
)
from minitorch.nn.functional.shares import gumbel_softmax as gumbel_softmax, softmin as softmin
from minitorch.nn.functional.sparse import embedding as embedding
from minitorch.ops.index.gather import one_hot as one_hot
from minitorch.ops.linalg.bilinear import bilinear as bilinear
from minitorch.ops.linalg.distances import (
    cosine_similarity as cosine_similarity,
    pairwise_distance as pairwise_distance,
    pdist as pdist,
)
from minitorch.ops.shape.shuffle import (
    channel_shuffle as channel_shuffle,
    native_channel_shuffle as native_channel_shuffle,
    pixel_shuffle as pixel_shuffle,
    pixel_unshuffle as pixel_unshuffle,
)

__all__ = [  # what `import *` takes: no files of the package
    "adaptive_avg_pool2d",
    "avg_pool2d",
    "batch_norm",
    "bilinear",
    "binary_cross_entropy_with_logits",
    "channel_shuffle",
    "conv2d",
    "cosine_similarity",
    "cross_entropy",
    "dropout",
    "elu",
    "elu_",
    "embedding",
    "gelu",
    "group_norm",
    "gumbel_softmax",
    "l1_loss",
    "layer_norm",
    "leaky_relu",
    "leaky_relu_",
    "linear",
    "log_softmax",
    "max_pool2d",
    "mse_loss",
    "multi_head_attention_forward",
    "native_channel_shuffle",
    "nll_loss",
    "one_hot",
    "pad",
    "pairwise_distance",
    "pdist",
    "pixel_shuffle",
    "pixel_unshuffle",
    "relu",
    "relu_",
    "rms_norm",
    "scaled_dot_product_attention",
    "sigmoid",
    "silu",
    "softmax",
    "softmin",
    "softplus",
    "tanh",
]


def __getattr__(name: str) -> _Any:
    from minitorch.core.errors import missing_attribute

    raise missing_attribute(__name__, name)
