"""Parameters, modules, layers and losses: PyTorch's ``torch.nn``."""

from typing import Any as _Any

from minitorch.nn import (
    functional as functional,
    init as init,
    modules as modules,
    parameter as parameter,
    utils as utils,
)
from minitorch.nn.modules.activation import (
    ELU as ELU,
    GELU as GELU,
    LeakyReLU as LeakyReLU,
    LogSoftmax as LogSoftmax,
    ReLU as ReLU,
    Sigmoid as Sigmoid,
    SiLU as SiLU,
    Softmax as Softmax,
    Softplus as Softplus,
    Tanh as Tanh,
)
from minitorch.nn.modules.adaptive import (
    AdaptiveLogSoftmaxWithLoss as AdaptiveLogSoftmaxWithLoss,
)
from minitorch.nn.modules.batchnorm import BatchNorm1d as BatchNorm1d, BatchNorm2d as BatchNorm2d
from minitorch.nn.modules.channelshuffle import ChannelShuffle as ChannelShuffle
from minitorch.nn.modules.container import (
    ModuleDict as ModuleDict,
    ModuleList as ModuleList,
    Sequential as Sequential,
)
from minitorch.nn.modules.conv import Conv2d as Conv2d
from minitorch.nn.modules.distance import (
    CosineSimilarity as CosineSimilarity,
    PairwiseDistance as PairwiseDistance,
)
from minitorch.nn.modules.dropout import Dropout as Dropout
from minitorch.nn.modules.flatten import Flatten as Flatten, Unflatten as Unflatten
from minitorch.nn.modules.linear import (
    Bilinear as Bilinear,
    Identity as Identity,
    Linear as Linear,
)
from minitorch.nn.modules.loss import (
    BCEWithLogitsLoss as BCEWithLogitsLoss,
    CrossEntropyLoss as CrossEntropyLoss,
    L1Loss as L1Loss,
    MSELoss as MSELoss,
    NLLLoss as NLLLoss,
)
from minitorch.nn.modules.module import Module as Module
from minitorch.nn.modules.multihead import MultiheadAttention as MultiheadAttention
from minitorch.nn.modules.normalization import (
    GroupNorm as GroupNorm,
    LayerNorm as LayerNorm,
    RMSNorm as RMSNorm,
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
    AdaptiveAvgPool2d as AdaptiveAvgPool2d,
    AvgPool2d as AvgPool2d,
    MaxPool2d as MaxPool2d,
)
from minitorch.nn.modules.softmax import Softmax2d as Softmax2d, Softmin as Softmin
from minitorch.nn.modules.sparse import Embedding as Embedding
from minitorch.nn.modules.transformer import (
    Transformer as Transformer,
    TransformerDecoder as TransformerDecoder,
    TransformerDecoderLayer as TransformerDecoderLayer,
    TransformerEncoder as TransformerEncoder,
    TransformerEncoderLayer as TransformerEncoderLayer,
)
from minitorch.nn.parameter import Buffer as Buffer, Parameter as Parameter

__all__ = [  # what `import *` takes: no files of the package
    "AdaptiveAvgPool2d",
    "AdaptiveLogSoftmaxWithLoss",
    "AvgPool2d",
    "BCEWithLogitsLoss",
    "BatchNorm1d",
    "BatchNorm2d",
    "Bilinear",
    "Buffer",
    "ChannelShuffle",
    "Conv2d",
    "CosineSimilarity",
    "CrossEntropyLoss",
    "Dropout",
    "ELU",
    "Embedding",
    "Flatten",
    "GELU",
    "GroupNorm",
    "Identity",
    "L1Loss",
    "LayerNorm",
    "LeakyReLU",
    "Linear",
    "LogSoftmax",
    "MSELoss",
    "MaxPool2d",
    "Module",
    "ModuleDict",
    "ModuleList",
    "MultiheadAttention",
    "NLLLoss",
    "PairwiseDistance",
    "Parameter",
    "ParameterDict",
    "ParameterList",
    "PixelShuffle",
    "PixelUnshuffle",
    "RMSNorm",
    "ReLU",
    "Sequential",
    "SiLU",
    "Sigmoid",
    "Softmax",
    "Softmax2d",
    "Softmin",
    "Softplus",
    "Tanh",
    "Transformer",
    "TransformerDecoder",
    "TransformerDecoderLayer",
    "TransformerEncoder",
    "TransformerEncoderLayer",
    "Unflatten",
    "functional",
    "init",
    "modules",
    "parameter",
    "utils",
]


def __getattr__(name: str) -> _Any:
    from minitorch.core.errors import missing_attribute

    raise missing_attribute(__name__, name)
