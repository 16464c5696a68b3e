"""Parameters, modules, layers and losses: PyTorch's ``torch.nn``."""

import typing as _typing

from minitorch.nn import (
    attention as attention,
    functional as functional,
    init as init,
    modules as modules,
    parameter as parameter,
    utils as utils,
)
from minitorch.nn.modules.container import (
    ModuleDict as ModuleDict,
    ModuleList as ModuleList,
    Sequential as Sequential,
)
from minitorch.nn.modules.module import Module as Module
from minitorch.nn.parameter import (
    Buffer as Buffer,
    Parameter as Parameter,
    UninitializedBuffer as UninitializedBuffer,
    UninitializedParameter as UninitializedParameter,
)

if _typing.TYPE_CHECKING:
    from minitorch.nn import common_types as common_types
    from minitorch.nn.modules.activation import (
        CELU as CELU,
        ELU as ELU,
        GELU as GELU,
        GLU as GLU,
        SELU as SELU,
        Hardshrink as Hardshrink,
        Hardsigmoid as Hardsigmoid,
        Hardswish as Hardswish,
        Hardtanh as Hardtanh,
        LeakyReLU as LeakyReLU,
        LogSigmoid as LogSigmoid,
        LogSoftmax as LogSoftmax,
        Mish as Mish,
        PReLU as PReLU,
        ReLU as ReLU,
        ReLU6 as ReLU6,
        RReLU as RReLU,
        Sigmoid as Sigmoid,
        SiLU as SiLU,
        Softmax as Softmax,
        Softplus as Softplus,
        Softshrink as Softshrink,
        Softsign as Softsign,
        Tanh as Tanh,
        Tanhshrink as Tanhshrink,
        Threshold as Threshold,
    )
    from minitorch.nn.modules.adaptive import (
        AdaptiveLogSoftmaxWithLoss as AdaptiveLogSoftmaxWithLoss,
    )
    from minitorch.nn.modules.batchnorm import (
        BatchNorm1d as BatchNorm1d,
        BatchNorm2d as BatchNorm2d,
        BatchNorm3d as BatchNorm3d,
        SyncBatchNorm as SyncBatchNorm,
    )
    from minitorch.nn.modules.channelshuffle import ChannelShuffle as ChannelShuffle
    from minitorch.nn.modules.conv import (
        Conv1d as Conv1d,
        Conv2d as Conv2d,
        Conv3d as Conv3d,
        ConvTranspose1d as ConvTranspose1d,
        ConvTranspose2d as ConvTranspose2d,
        ConvTranspose3d as ConvTranspose3d,
    )
    from minitorch.nn.modules.distance import (
        CosineSimilarity as CosineSimilarity,
        PairwiseDistance as PairwiseDistance,
    )
    from minitorch.nn.modules.dropout import (
        AlphaDropout as AlphaDropout,
        Dropout as Dropout,
        Dropout1d as Dropout1d,
        Dropout2d as Dropout2d,
        Dropout3d as Dropout3d,
        FeatureAlphaDropout as FeatureAlphaDropout,
    )
    from minitorch.nn.modules.flatten import Flatten as Flatten, Unflatten as Unflatten
    from minitorch.nn.modules.fold import Fold as Fold, Unfold as Unfold
    from minitorch.nn.modules.instancenorm import (
        InstanceNorm1d as InstanceNorm1d,
        InstanceNorm2d as InstanceNorm2d,
        InstanceNorm3d as InstanceNorm3d,
    )
    from minitorch.nn.modules.lazy import (
        LazyBatchNorm1d as LazyBatchNorm1d,
        LazyBatchNorm2d as LazyBatchNorm2d,
        LazyBatchNorm3d as LazyBatchNorm3d,
        LazyConv1d as LazyConv1d,
        LazyConv2d as LazyConv2d,
        LazyConv3d as LazyConv3d,
        LazyConvTranspose1d as LazyConvTranspose1d,
        LazyConvTranspose2d as LazyConvTranspose2d,
        LazyConvTranspose3d as LazyConvTranspose3d,
        LazyInstanceNorm1d as LazyInstanceNorm1d,
        LazyInstanceNorm2d as LazyInstanceNorm2d,
        LazyInstanceNorm3d as LazyInstanceNorm3d,
        LazyLinear as LazyLinear,
    )
    from minitorch.nn.modules.linear import (
        Bilinear as Bilinear,
        Identity as Identity,
        Linear as Linear,
    )
    from minitorch.nn.modules.linear_cross_entropy_options import (
        LinearCrossEntropyOptions as LinearCrossEntropyOptions,
    )
    from minitorch.nn.modules.loss import (
        BCELoss as BCELoss,
        BCEWithLogitsLoss as BCEWithLogitsLoss,
        CosineEmbeddingLoss as CosineEmbeddingLoss,
        CrossEntropyLoss as CrossEntropyLoss,
        CTCLoss as CTCLoss,
        GaussianNLLLoss as GaussianNLLLoss,
        HingeEmbeddingLoss as HingeEmbeddingLoss,
        HuberLoss as HuberLoss,
        KLDivLoss as KLDivLoss,
        L1Loss as L1Loss,
        LinearCrossEntropyLoss as LinearCrossEntropyLoss,
        MarginRankingLoss as MarginRankingLoss,
        MSELoss as MSELoss,
        MultiLabelMarginLoss as MultiLabelMarginLoss,
        MultiLabelSoftMarginLoss as MultiLabelSoftMarginLoss,
        MultiMarginLoss as MultiMarginLoss,
        NLLLoss as NLLLoss,
        NLLLoss2d as NLLLoss2d,
        PoissonNLLLoss as PoissonNLLLoss,
        SmoothL1Loss as SmoothL1Loss,
        SoftMarginLoss as SoftMarginLoss,
        TripletMarginLoss as TripletMarginLoss,
        TripletMarginWithDistanceLoss as TripletMarginWithDistanceLoss,
    )
    from minitorch.nn.modules.multihead import MultiheadAttention as MultiheadAttention
    from minitorch.nn.modules.normalization import (
        CrossMapLRN2d as CrossMapLRN2d,
        GroupNorm as GroupNorm,
        LayerNorm as LayerNorm,
        LocalResponseNorm as LocalResponseNorm,
        RMSNorm as RMSNorm,
    )
    from minitorch.nn.modules.padding import (
        CircularPad1d as CircularPad1d,
        CircularPad2d as CircularPad2d,
        CircularPad3d as CircularPad3d,
        ConstantPad1d as ConstantPad1d,
        ConstantPad2d as ConstantPad2d,
        ConstantPad3d as ConstantPad3d,
        ReflectionPad1d as ReflectionPad1d,
        ReflectionPad2d as ReflectionPad2d,
        ReflectionPad3d as ReflectionPad3d,
        ReplicationPad1d as ReplicationPad1d,
        ReplicationPad2d as ReplicationPad2d,
        ReplicationPad3d as ReplicationPad3d,
        ZeroPad1d as ZeroPad1d,
        ZeroPad2d as ZeroPad2d,
        ZeroPad3d as ZeroPad3d,
    )
    from minitorch.nn.modules.parameters import (
        ParameterDict as ParameterDict,
        ParameterList as ParameterList,
    )
    from minitorch.nn.modules.pixelshuffle import (
        PixelShuffle as PixelShuffle,
        PixelUnshuffle as PixelUnshuffle,
    )
    from minitorch.nn.modules.pooling import (
        AvgPool1d as AvgPool1d,
        AvgPool2d as AvgPool2d,
        AvgPool3d as AvgPool3d,
        MaxPool1d as MaxPool1d,
        MaxPool2d as MaxPool2d,
        MaxPool3d as MaxPool3d,
    )
    from minitorch.nn.modules.pooling_adaptive import (
        AdaptiveAvgPool1d as AdaptiveAvgPool1d,
        AdaptiveAvgPool2d as AdaptiveAvgPool2d,
        AdaptiveAvgPool3d as AdaptiveAvgPool3d,
        AdaptiveMaxPool1d as AdaptiveMaxPool1d,
        AdaptiveMaxPool2d as AdaptiveMaxPool2d,
        AdaptiveMaxPool3d as AdaptiveMaxPool3d,
    )
    from minitorch.nn.modules.rnn import GRU as GRU, LSTM as LSTM, RNN as RNN, RNNBase as RNNBase
    from minitorch.nn.modules.rnn_cells import (
        GRUCell as GRUCell,
        LSTMCell as LSTMCell,
        RNNCell as RNNCell,
        RNNCellBase as RNNCellBase,
    )
    from minitorch.nn.modules.softmax import Softmax2d as Softmax2d, Softmin as Softmin
    from minitorch.nn.modules.sparse import Embedding as Embedding, EmbeddingBag as EmbeddingBag
    from minitorch.nn.modules.transformer import (
        Transformer as Transformer,
        TransformerDecoder as TransformerDecoder,
        TransformerDecoderLayer as TransformerDecoderLayer,
        TransformerEncoder as TransformerEncoder,
        TransformerEncoderLayer as TransformerEncoderLayer,
    )
    from minitorch.nn.modules.unpooling import (
        FractionalMaxPool2d as FractionalMaxPool2d,
        FractionalMaxPool3d as FractionalMaxPool3d,
        LPPool1d as LPPool1d,
        LPPool2d as LPPool2d,
        LPPool3d as LPPool3d,
        MaxUnpool1d as MaxUnpool1d,
        MaxUnpool2d as MaxUnpool2d,
        MaxUnpool3d as MaxUnpool3d,
    )
    from minitorch.nn.modules.upsampling import (
        Upsample as Upsample,
        UpsamplingBilinear2d as UpsamplingBilinear2d,
        UpsamplingNearest2d as UpsamplingNearest2d,
    )
    from minitorch.nn.parallel import DataParallel as DataParallel
    from minitorch.nn.summaries import summary as summary
else:
    from minitorch.core.late import late as _late

    _AT_ONCE = (
        "Buffer Module ModuleDict ModuleList Parameter Sequential UninitializedBuffer "
        "UninitializedParameter attention functional init modules parameter utils"
    )
    _FILES = {
        "minitorch.nn.common_types": "",
        "minitorch.nn.modules.activation": (
            "CELU ELU GELU GLU Hardshrink Hardsigmoid Hardswish Hardtanh LeakyReLU "
            "LogSigmoid LogSoftmax Mish PReLU RReLU ReLU ReLU6 SELU SiLU Sigmoid Softmax "
            "Softplus Softshrink Softsign Tanh Tanhshrink Threshold"
        ),
        "minitorch.nn.modules.adaptive": "AdaptiveLogSoftmaxWithLoss",
        "minitorch.nn.modules.batchnorm": "BatchNorm1d BatchNorm2d BatchNorm3d SyncBatchNorm",
        "minitorch.nn.modules.channelshuffle": "ChannelShuffle",
        "minitorch.nn.modules.conv": (
            "Conv1d Conv2d Conv3d ConvTranspose1d ConvTranspose2d ConvTranspose3d"
        ),
        "minitorch.nn.modules.distance": "CosineSimilarity PairwiseDistance",
        "minitorch.nn.modules.dropout": (
            "AlphaDropout Dropout Dropout1d Dropout2d Dropout3d FeatureAlphaDropout"
        ),
        "minitorch.nn.modules.flatten": "Flatten Unflatten",
        "minitorch.nn.modules.fold": "Fold Unfold",
        "minitorch.nn.modules.instancenorm": "InstanceNorm1d InstanceNorm2d InstanceNorm3d",
        "minitorch.nn.modules.lazy": (
            "LazyBatchNorm1d LazyBatchNorm2d LazyBatchNorm3d LazyConv1d LazyConv2d "
            "LazyConv3d LazyConvTranspose1d LazyConvTranspose2d LazyConvTranspose3d "
            "LazyInstanceNorm1d LazyInstanceNorm2d LazyInstanceNorm3d LazyLinear"
        ),
        "minitorch.nn.modules.linear": "Bilinear Identity Linear",
        "minitorch.nn.modules.linear_cross_entropy_options": "LinearCrossEntropyOptions",
        "minitorch.nn.modules.loss": (
            "BCELoss BCEWithLogitsLoss CTCLoss CosineEmbeddingLoss CrossEntropyLoss "
            "GaussianNLLLoss HingeEmbeddingLoss HuberLoss KLDivLoss L1Loss "
            "LinearCrossEntropyLoss MSELoss MarginRankingLoss MultiLabelMarginLoss "
            "MultiLabelSoftMarginLoss MultiMarginLoss NLLLoss NLLLoss2d PoissonNLLLoss "
            "SmoothL1Loss SoftMarginLoss TripletMarginLoss TripletMarginWithDistanceLoss"
        ),
        "minitorch.nn.modules.multihead": "MultiheadAttention",
        "minitorch.nn.modules.normalization": (
            "CrossMapLRN2d GroupNorm LayerNorm LocalResponseNorm RMSNorm"
        ),
        "minitorch.nn.modules.padding": (
            "CircularPad1d CircularPad2d CircularPad3d ConstantPad1d ConstantPad2d "
            "ConstantPad3d ReflectionPad1d ReflectionPad2d ReflectionPad3d ReplicationPad1d "
            "ReplicationPad2d ReplicationPad3d ZeroPad1d ZeroPad2d ZeroPad3d"
        ),
        "minitorch.nn.modules.parameters": "ParameterDict ParameterList",
        "minitorch.nn.modules.pixelshuffle": "PixelShuffle PixelUnshuffle",
        "minitorch.nn.modules.pooling": (
            "AvgPool1d AvgPool2d AvgPool3d MaxPool1d MaxPool2d MaxPool3d"
        ),
        "minitorch.nn.modules.pooling_adaptive": (
            "AdaptiveAvgPool1d AdaptiveAvgPool2d AdaptiveAvgPool3d AdaptiveMaxPool1d "
            "AdaptiveMaxPool2d AdaptiveMaxPool3d"
        ),
        "minitorch.nn.modules.rnn": "GRU LSTM RNN RNNBase",
        "minitorch.nn.modules.rnn_cells": "GRUCell LSTMCell RNNCell RNNCellBase",
        "minitorch.nn.modules.softmax": "Softmax2d Softmin",
        "minitorch.nn.modules.sparse": "Embedding EmbeddingBag",
        "minitorch.nn.modules.transformer": (
            "Transformer TransformerDecoder TransformerDecoderLayer TransformerEncoder "
            "TransformerEncoderLayer"
        ),
        "minitorch.nn.modules.unpooling": (
            "FractionalMaxPool2d FractionalMaxPool3d LPPool1d LPPool2d LPPool3d MaxUnpool1d "
            "MaxUnpool2d MaxUnpool3d"
        ),
        "minitorch.nn.modules.upsampling": "Upsample UpsamplingBilinear2d UpsamplingNearest2d",
        "minitorch.nn.parallel": "DataParallel",
        "minitorch.nn.summaries": "summary",
    }
    __getattr__, __dir__, __all__ = _late(__name__, _AT_ONCE, _FILES)
