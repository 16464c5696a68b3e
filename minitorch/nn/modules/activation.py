"""Activation layers."""

from __future__ import annotations

from typing import Any

from minitorch.autograd.sites import warn_user
from minitorch.creation import empty
from minitorch.nn import functional as F, init
from minitorch.nn.modules.module import Module
from minitorch.nn.modules.multihead import MultiheadAttention as MultiheadAttention
from minitorch.nn.modules.softmax import Softmax2d as Softmax2d, Softmin as Softmin
from minitorch.nn.parameter import Parameter
from minitorch.tensor import Tensor


class ReLU(Module):
    """max(x, 0): (*) -> (*).

    Args:
        inplace: write into the input.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.ReLU.html
    """

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        return F.relu(input, self.inplace)

    def extra_repr(self) -> str:
        return "inplace=True" if self.inplace else ""


class RReLU(Module):
    """x where x > 0, else x times a slope, drawn in training, else the mean: (*) -> (*).

    Args:
        lower: the smallest slope.
        upper: the largest slope.
        inplace: write into the input.

    Source: https://arxiv.org/abs/1505.00853;
        https://docs.pytorch.org/docs/stable/generated/torch.nn.RReLU.html
    """

    def __init__(
        self, lower: float = 1.0 / 8, upper: float = 1.0 / 3, inplace: bool = False
    ) -> None:
        super().__init__()
        self.lower = lower
        self.upper = upper
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        return F.rrelu(input, self.lower, self.upper, self.training, self.inplace)

    def extra_repr(self) -> str:
        return f"lower={self.lower}, upper={self.upper}" + (
            ", inplace=True" if self.inplace else ""
        )


class Hardtanh(Module):
    """x limited to [min_val, max_val]; the slope at the limits is 0: (*) -> (*).

    Args:
        min_val: the lower limit.
        max_val: the upper limit.
        inplace: write into the input.
        min_value: old name of ``min_val``.
        max_value: old name of ``max_val``.

    Raises:
        AssertionError: if the limits are in the wrong order.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Hardtanh.html
    """

    def __init__(
        self,
        min_val: float = -1.0,
        max_val: float = 1.0,
        inplace: bool = False,
        min_value: float | None = None,
        max_value: float | None = None,
    ) -> None:
        super().__init__()
        self.min_val = _renamed("min", min_val, min_value)
        self.max_val = _renamed("max", max_val, max_value)
        self.inplace = inplace
        if self.max_val <= self.min_val:
            raise AssertionError(
                f"max_val ({self.max_val}) must be greater than min_val ({self.min_val})"
            )

    def forward(self, input: Tensor) -> Tensor:
        return F.hardtanh(input, self.min_val, self.max_val, self.inplace)

    def extra_repr(self) -> str:
        return f"min_val={self.min_val}, max_val={self.max_val}" + (
            ", inplace=True" if self.inplace else ""
        )


def _renamed(which: str, value: float, old: float | None) -> float:
    if old is None:
        return value
    warn_user(
        f"keyword argument `{which}_value` is deprecated and renamed to `{which}_val`",
        FutureWarning,
    )
    return old


class ReLU6(Hardtanh):
    """min(max(x, 0), 6): (*) -> (*).

    Args:
        inplace: write into the input.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.ReLU6.html
    """

    def __init__(self, inplace: bool = False) -> None:
        super().__init__(0.0, 6.0, inplace)

    def extra_repr(self) -> str:
        return "inplace=True" if self.inplace else ""


class Threshold(Module):
    """x where x > threshold, else value: (*) -> (*).

    Args:
        threshold: what x must exceed.
        value: what stands in place of the others.
        inplace: write into the input.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Threshold.html
    """

    def __init__(self, threshold: float, value: float, inplace: bool = False) -> None:
        super().__init__()
        self.threshold = threshold
        self.value = value
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        return F.threshold(input, self.threshold, self.value, self.inplace)

    def extra_repr(self) -> str:
        return f"threshold={self.threshold}, value={self.value}" + (
            ", inplace=True" if self.inplace else ""
        )


class LeakyReLU(Module):
    """x where x > 0, else negative_slope · x: (*) -> (*).

    Args:
        negative_slope: slope below zero.
        inplace: write into the input.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.LeakyReLU.html
    """

    def __init__(self, negative_slope: float = 1e-2, inplace: bool = False) -> None:
        super().__init__()
        self.negative_slope = negative_slope
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        return F.leaky_relu(input, self.negative_slope, self.inplace)

    def extra_repr(self) -> str:
        return f"negative_slope={self.negative_slope}" + (", inplace=True" if self.inplace else "")


class ELU(Module):
    """x where x > 0, else alpha · (exp(x) − 1): (*) -> (*).

    Args:
        alpha: the result tends to −alpha far below zero.
        inplace: write into the input.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.ELU.html
    """

    def __init__(self, alpha: float = 1.0, inplace: bool = False) -> None:
        super().__init__()
        self.alpha = alpha
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        return F.elu(input, self.alpha, self.inplace)

    def extra_repr(self) -> str:
        return f"alpha={self.alpha}" + (", inplace=True" if self.inplace else "")


class CELU(Module):
    """x where x > 0, else alpha · (exp(x / alpha) − 1): (*) -> (*).

    Args:
        alpha: the result tends to −alpha far below zero.
        inplace: write into the input.

    Source: https://arxiv.org/abs/1704.07483;
        https://docs.pytorch.org/docs/stable/generated/torch.nn.CELU.html
    """

    def __init__(self, alpha: float = 1.0, inplace: bool = False) -> None:
        super().__init__()
        self.alpha = alpha
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        return F.celu(input, self.alpha, self.inplace)

    def extra_repr(self) -> str:
        return f"alpha={self.alpha}" + (", inplace=True" if self.inplace else "")


class SELU(Module):
    """1.0507 · (x where x > 0, else 1.6733 · (exp(x) − 1)): (*) -> (*).

    Args:
        inplace: write into the input.

    Source: https://arxiv.org/abs/1706.02515;
        https://docs.pytorch.org/docs/stable/generated/torch.nn.SELU.html
    """

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        return F.selu(input, self.inplace)

    def extra_repr(self) -> str:
        return "inplace=True" if self.inplace else ""


class SiLU(Module):
    """x · sigmoid(x), also called swish: (*) -> (*).

    Args:
        inplace: write into the input.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.SiLU.html
    """

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        return F.silu(input, self.inplace)

    def extra_repr(self) -> str:
        return "inplace=True" if self.inplace else ""


class Mish(Module):
    """x · tanh(softplus(x)): (*) -> (*).

    Args:
        inplace: write into the input.

    Source: https://arxiv.org/abs/1908.08681;
        https://docs.pytorch.org/docs/stable/generated/torch.nn.Mish.html
    """

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        return F.mish(input, self.inplace)

    def extra_repr(self) -> str:
        return "inplace=True" if self.inplace else ""


class Hardswish(Module):
    """x · min(max(x + 3, 0), 6) / 6: (*) -> (*).

    Args:
        inplace: write into the input.

    Source: https://arxiv.org/abs/1905.02244;
        https://docs.pytorch.org/docs/stable/generated/torch.nn.Hardswish.html
    """

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        return F.hardswish(input, self.inplace)


class Hardsigmoid(Module):
    """min(max(x + 3, 0), 6) / 6: (*) -> (*).

    Args:
        inplace: write into the input.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Hardsigmoid.html
    """

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        return F.hardsigmoid(input, self.inplace)


class Softplus(Module):
    """log(1 + exp(beta · x)) / beta, a smooth ReLU: (*) -> (*).

    Args:
        beta: steepness of the bend.
        threshold: beta · x beyond which x itself is returned.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Softplus.html
    """

    def __init__(self, beta: float = 1.0, threshold: float = 20.0) -> None:
        super().__init__()
        self.beta = beta
        self.threshold = threshold

    def forward(self, input: Tensor) -> Tensor:
        return F.softplus(input, self.beta, self.threshold)

    def extra_repr(self) -> str:
        return f"beta={self.beta}, threshold={self.threshold}"


class Sigmoid(Module):
    """1 / (1 + exp(−x)): (*) -> (*).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Sigmoid.html
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.sigmoid(input)


class LogSigmoid(Module):
    """−log(1 + exp(−x)), computed stably: (*) -> (*).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.LogSigmoid.html
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.logsigmoid(input)


class Tanh(Module):
    """Hyperbolic tangent: (*) -> (*).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Tanh.html
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.tanh(input)


class Tanhshrink(Module):
    """x − tanh(x): (*) -> (*).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Tanhshrink.html
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.tanhshrink(input)


class Softsign(Module):
    """x / (1 + |x|): (*) -> (*).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Softsign.html
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.softsign(input)


class Hardshrink(Module):
    """x where |x| > lambd, else 0: (*) -> (*).

    Args:
        lambd: half the width of the gap.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Hardshrink.html
    """

    def __init__(self, lambd: float = 0.5) -> None:
        super().__init__()
        self.lambd = lambd

    def forward(self, input: Tensor) -> Tensor:
        return F.hardshrink(input, self.lambd)

    def extra_repr(self) -> str:
        return f"{self.lambd}"


class Softshrink(Module):
    """x moved by lambd towards 0, and 0 where it would pass it: (*) -> (*).

    Args:
        lambd: at least 0.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Softshrink.html
    """

    def __init__(self, lambd: float = 0.5) -> None:
        super().__init__()
        self.lambd = lambd

    def forward(self, input: Tensor) -> Tensor:
        return F.softshrink(input, self.lambd)

    def extra_repr(self) -> str:
        return f"{self.lambd}"


class GELU(Module):
    """x · Φ(x), with the standard normal distribution function Φ: (*) -> (*).

    Args:
        approximate: "none" for Φ itself, "tanh" for the usual approximation of it.

    Source: https://arxiv.org/abs/1606.08415;
        https://docs.pytorch.org/docs/stable/generated/torch.nn.GELU.html
    """

    def __init__(self, approximate: str = "none") -> None:
        super().__init__()
        self.approximate = approximate

    def forward(self, input: Tensor) -> Tensor:
        return F.gelu(input, self.approximate)

    def extra_repr(self) -> str:
        return f"approximate={self.approximate!r}"


class GLU(Module):
    """First half along ``dim`` times the sigmoid of the second: (*, 2n, *) -> (*, n, *).

    Args:
        dim: the dimension that is halved.

    Source: https://arxiv.org/abs/1612.08083;
        https://docs.pytorch.org/docs/stable/generated/torch.nn.GLU.html
    """

    def __init__(self, dim: int = -1) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, input: Tensor) -> Tensor:
        return F.glu(input, self.dim)

    def extra_repr(self) -> str:
        return f"dim={self.dim}"


class PReLU(Module):
    """x where x > 0, else weight · x: (N, C, *) -> (N, C, *).

    Args:
        num_parameters: 1, or C for a weight for each channel.
        init: the weights' initial value.
        device: "cpu" or None.
        dtype: of the weights.

    Source: https://arxiv.org/abs/1502.01852;
        https://docs.pytorch.org/docs/stable/generated/torch.nn.PReLU.html
    """

    def __init__(
        self,
        num_parameters: int = 1,
        init: float = 0.25,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.num_parameters = num_parameters
        self.init = init
        self.weight = Parameter(empty(num_parameters, device=device, dtype=dtype))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Set the weights to their initial value."""
        init.constant_(self.weight, self.init)

    def forward(self, input: Tensor) -> Tensor:
        return F.prelu(input, self.weight)

    def extra_repr(self) -> str:
        return f"num_parameters={self.num_parameters}"


class Softmax(Module):
    """exp(x) over its sum along ``dim``: (*) -> (*).

    Args:
        dim: the dimension whose values shall sum to 1.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Softmax.html
    """

    def __init__(self, dim: int | None = None) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, input: Tensor) -> Tensor:
        return F.softmax(input, self.dim, _stacklevel=5)

    def extra_repr(self) -> str:
        return f"dim={self.dim}"


class LogSoftmax(Module):
    """Logarithm of the softmax along ``dim``, computed stably: (*) -> (*).

    Args:
        dim: the dimension whose exponentials shall sum to 1.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.LogSoftmax.html
    """

    def __init__(self, dim: int | None = None) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, input: Tensor) -> Tensor:
        return F.log_softmax(input, self.dim, _stacklevel=5)

    def extra_repr(self) -> str:
        return f"dim={self.dim}"
