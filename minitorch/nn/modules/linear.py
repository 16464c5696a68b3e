"""``Linear`` and ``Identity``."""

from __future__ import annotations

import math
from typing import Any

from minitorch.core.late import late
from minitorch.creation import empty
from minitorch.nn import functional as F, init
from minitorch.nn.modules.module import Module
from minitorch.nn.parameter import Parameter
from minitorch.tensor import Tensor


class Identity(Module):
    """Return the input: (*) -> (*); the constructor takes and ignores any arguments.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Identity.html
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__()

    def forward(self, input: Any) -> Any:
        return input


class Linear(Module):
    """Affine map y = x Wᵀ + b: (*, in_features) -> (*, out_features).

    Weight (out_features, in_features) and bias (out_features) start uniform within
    ±1/√in_features.

    Args:
        in_features: size of the last dimension of the input.
        out_features: size of the last dimension of the output.
        bias: whether to add b.
        device: the CPU.
        dtype: of the parameters; the default dtype if left out.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Linear.html

    Example:
        >>> nn.Linear(4, 2)(torch.randn(3, 4)).shape
        torch.Size([3, 2])
    """

    bias: Parameter | None

    def __init__(
        self,
        in_features: int,
        out_features: int,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.in_features = in_features
        self.out_features = out_features
        self.weight = Parameter(empty(out_features, in_features, device=device, dtype=dtype))
        if bias:
            self.bias = Parameter(empty(out_features, device=device, dtype=dtype))
        else:
            self.register_parameter("bias", None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw new values: first the weight's, then the bias's."""
        init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            bound = 1 / math.sqrt(self.in_features) if self.in_features > 0 else 0
            init.uniform_(self.bias, -bound, bound)

    def forward(self, input: Tensor) -> Tensor:
        return F.linear(input, self.weight, self.bias)

    def extra_repr(self) -> str:
        return (
            f"in_features={self.in_features}, out_features={self.out_features}, "
            f"bias={self.bias is not None}"
        )


class NonDynamicallyQuantizableLinear(Linear):
    """A ``Linear`` under the name that attention's last projection has in PyTorch.

    Shapes: (*, in_features) -> (*, out_features).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Linear.html
    """


class Bilinear(Module):
    """Bilinear map x1ᵀ W_k x2 + b_k: (*, in1_features), (*, in2_features) -> (*, out_features).

    Weight (out_features, in1_features, in2_features) and bias (out_features) start uniform within
    ±1/√in1_features.

    Args:
        in1_features: size of the last dimension of the first input.
        in2_features: of the second.
        out_features: of the result.
        bias: whether to add b.
        device: the CPU.
        dtype: of the parameters; the default dtype if left out.

    Raises:
        ValueError: if in1_features is not positive.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Bilinear.html
    """

    bias: Parameter | None

    def __init__(
        self,
        in1_features: int,
        in2_features: int,
        out_features: int,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        if in1_features <= 0:
            raise ValueError(f"in1_features must be > 0, but got (in1_features={in1_features})")
        self.in1_features = in1_features
        self.in2_features = in2_features
        self.out_features = out_features
        sizes = (out_features, in1_features, in2_features)
        self.weight = Parameter(empty(sizes, device=device, dtype=dtype))
        if bias:
            self.bias = Parameter(empty(out_features, device=device, dtype=dtype))
        else:
            self.register_parameter("bias", None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw new values: first the weight's, then the bias's."""
        bound = 1 / math.sqrt(self.in1_features)
        init.uniform_(self.weight, -bound, bound)
        if self.bias is not None:
            init.uniform_(self.bias, -bound, bound)

    def forward(self, input1: Tensor, input2: Tensor) -> Tensor:
        return F.bilinear(input1, input2, self.weight, self.bias)

    def extra_repr(self) -> str:
        return (
            f"in1_features={self.in1_features}, in2_features={self.in2_features}, "
            f"out_features={self.out_features}, bias={self.bias is not None}"
        )


# The lazy kinds are found here, too, where PyTorch has them.
_LAZY = "LazyLinear"
__getattr__ = late(__name__, "", {"minitorch.nn.modules.lazy": _LAZY})[0]
