"""Parameters, modules, layers and losses: PyTorch's ``torch.nn``."""

from typing import TYPE_CHECKING as _TYPE_CHECKING

from minitorch.nn import (
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
from minitorch.nn.parameter import Buffer as Buffer, Parameter as Parameter

if _TYPE_CHECKING:
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
    from minitorch.nn.modules.batchnorm import (
        BatchNorm1d as BatchNorm1d,
        BatchNorm2d as BatchNorm2d,
    )
    from minitorch.nn.modules.conv import Conv2d as Conv2d
    from minitorch.nn.modules.dropout import Dropout as Dropout
    from minitorch.nn.modules.flatten import Flatten as Flatten, Unflatten as Unflatten
    from minitorch.nn.modules.linear import Identity as Identity, Linear as Linear
    from minitorch.nn.modules.loss import (
        BCEWithLogitsLoss as BCEWithLogitsLoss,
        CrossEntropyLoss as CrossEntropyLoss,
        L1Loss as L1Loss,
        MSELoss as MSELoss,
        NLLLoss as NLLLoss,
    )
    from minitorch.nn.modules.parameters import (
        ParameterDict as ParameterDict,
        ParameterList as ParameterList,
    )
    from minitorch.nn.modules.pooling import (
        AdaptiveAvgPool2d as AdaptiveAvgPool2d,
        AvgPool2d as AvgPool2d,
        MaxPool2d as MaxPool2d,
    )
else:
    from minitorch.core.late import late as _late

    _AT_ONCE = (
        "Buffer Module ModuleDict ModuleList Parameter "
        "Sequential functional init modules parameter utils"
    )
    _FILES = {
        "minitorch.nn.modules.activation": (
            "ELU GELU LeakyReLU LogSoftmax ReLU SiLU Sigmoid Softmax Softplus Tanh"
        ),
        "minitorch.nn.modules.batchnorm": "BatchNorm1d BatchNorm2d",
        "minitorch.nn.modules.conv": "Conv2d",
        "minitorch.nn.modules.dropout": "Dropout",
        "minitorch.nn.modules.flatten": "Flatten Unflatten",
        "minitorch.nn.modules.linear": "Identity Linear",
        "minitorch.nn.modules.loss": "BCEWithLogitsLoss CrossEntropyLoss L1Loss MSELoss NLLLoss",
        "minitorch.nn.modules.parameters": "ParameterDict ParameterList",
        "minitorch.nn.modules.pooling": "AdaptiveAvgPool2d AvgPool2d MaxPool2d",
    }
    __getattr__, __dir__, __all__ = _late(__name__, _AT_ONCE, _FILES)
