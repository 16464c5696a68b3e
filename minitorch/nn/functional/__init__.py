"""Layers as functions: arguments are checked here, computed in ``minitorch.ops``."""

import typing as _typing

if _typing.TYPE_CHECKING:
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
    from minitorch.nn.functional.attention import (
        scaled_dot_product_attention as scaled_dot_product_attention,
    )
    from minitorch.nn.functional.conv import (
        conv1d as conv1d,
        conv2d as conv2d,
        conv3d as conv3d,
        conv_tbc as conv_tbc,
        conv_transpose1d as conv_transpose1d,
        conv_transpose2d as conv_transpose2d,
        conv_transpose3d as conv_transpose3d,
    )
    from minitorch.nn.functional.fold import fold as fold, unfold as unfold
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
    from minitorch.nn.functional.noise import (
        alpha_dropout as alpha_dropout,
        dropout as dropout,
        dropout1d as dropout1d,
        dropout2d as dropout2d,
        dropout3d as dropout3d,
        feature_alpha_dropout as feature_alpha_dropout,
    )
    from minitorch.nn.functional.norm import (
        batch_norm as batch_norm,
        instance_norm as instance_norm,
    )
    from minitorch.nn.functional.normalization import (
        group_norm as group_norm,
        layer_norm as layer_norm,
        local_response_norm as local_response_norm,
        normalize as normalize,
        rms_norm as rms_norm,
    )
    from minitorch.nn.functional.padding import pad as pad
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
    from minitorch.nn.functional.shares import gumbel_softmax as gumbel_softmax, softmin as softmin
    from minitorch.nn.functional.sparse import embedding as embedding
    from minitorch.ops.elementwise.activation import celu_ as celu_, selu_ as selu_
    from minitorch.ops.elementwise.piecewise import prelu as prelu, threshold_ as threshold_
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
else:
    from minitorch.core.late import late as _late

    _AT_ONCE = ""
    _FILES = {
        "minitorch.nn.functional.activation": (
            "celu elu elu_ gelu glu leaky_relu leaky_relu_ log_softmax logsigmoid mish relu "
            "relu_ selu sigmoid silu softmax softplus softsign tanh tanhshrink"
        ),
        "minitorch.nn.functional.affine": "linear",
        "minitorch.nn.functional.attention": "scaled_dot_product_attention",
        "minitorch.nn.functional.conv": (
            "conv1d conv2d conv3d conv_tbc conv_transpose1d conv_transpose2d conv_transpose3d"
        ),
        "minitorch.nn.functional.fold": "fold unfold",
        "minitorch.nn.functional.loss": (
            "binary_cross_entropy_with_logits cross_entropy l1_loss mse_loss nll_loss"
        ),
        "minitorch.nn.functional.multi_head": "multi_head_attention_forward",
        "minitorch.nn.functional.noise": (
            "alpha_dropout dropout dropout1d dropout2d dropout3d feature_alpha_dropout"
        ),
        "minitorch.nn.functional.norm": "batch_norm instance_norm",
        "minitorch.nn.functional.normalization": (
            "group_norm layer_norm local_response_norm normalize rms_norm"
        ),
        "minitorch.nn.functional.padding": "pad",
        "minitorch.nn.functional.piecewise": (
            "hardshrink hardsigmoid hardswish hardtanh hardtanh_ relu6 rrelu rrelu_ "
            "softshrink threshold"
        ),
        "minitorch.nn.functional.pooling": "adaptive_avg_pool2d avg_pool2d max_pool2d",
        "minitorch.nn.functional.shares": "gumbel_softmax softmin",
        "minitorch.nn.functional.sparse": "embedding",
        "minitorch.ops.elementwise.activation": "celu_ selu_",
        "minitorch.ops.elementwise.piecewise": "prelu threshold_",
        "minitorch.ops.index.gather": "one_hot",
        "minitorch.ops.linalg.bilinear": "bilinear",
        "minitorch.ops.linalg.distances": "cosine_similarity pairwise_distance pdist",
        "minitorch.ops.shape.shuffle": (
            "channel_shuffle native_channel_shuffle pixel_shuffle pixel_unshuffle"
        ),
    }
    __getattr__, __dir__, __all__ = _late(__name__, _AT_ONCE, _FILES)
