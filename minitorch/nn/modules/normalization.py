"""Normalisation within an example: layers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from minitorch.creation import empty
from minitorch.nn import functional as F, init
from minitorch.nn.functional.normalization import sum_around
from minitorch.nn.modules.module import Module
from minitorch.nn.parameter import Parameter
from minitorch.ops.shape.joining import cat
from minitorch.tensor import Tensor


class _Affine(Module):
    """What these norms share: a scale and a shift."""

    weight: Parameter | None
    bias: Parameter | None

    def _make_affine(self, shape: tuple[int, ...], made: Any, **wanted: bool) -> None:
        for name, is_wanted in wanted.items():
            parameter = Parameter(empty(shape, **made)) if is_wanted else None
            self.register_parameter(name, parameter)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Set scale 1 and shift 0."""
        if self.weight is not None:
            init.ones_(self.weight)
        bias = getattr(self, "bias", None)
        if bias is not None:
            init.zeros_(bias)


def _as_shape(sizes: Any) -> tuple[int, ...]:
    return (sizes,) if hasattr(sizes, "__index__") else tuple(sizes)


class LayerNorm(_Affine):
    """(x − mean) / √(var + eps) · weight + bias over the last dimensions.

    Shapes: (*, *normalized_shape) -> the same.

    Args:
        normalized_shape: sizes of the dimensions that are normalised together; an int for the last.
        eps: added to the (biased) variance.
        elementwise_affine: whether there are weight and bias, of ``normalized_shape``.
        bias: whether an affine layer has a bias.
        device: the CPU.
        dtype: of the parameters; the default dtype if left out.

    Source: https://arxiv.org/abs/1607.06450;
        https://docs.pytorch.org/docs/stable/generated/torch.nn.LayerNorm.html

    Example:
        >>> nn.LayerNorm(3)(torch.tensor([[1.0, 2.0, 3.0]]))
        tensor([[-1.2247,  0.0000,  1.2247]], grad_fn=<NativeLayerNormBackward0>)
    """

    def __init__(
        self,
        normalized_shape: int | Sequence[int],
        eps: float = 1e-5,
        elementwise_affine: bool = True,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.normalized_shape = _as_shape(normalized_shape)
        self.eps = eps
        self.elementwise_affine = elementwise_affine
        self._make_affine(
            self.normalized_shape,
            {"device": device, "dtype": dtype},
            weight=elementwise_affine,
            bias=elementwise_affine and bias,
        )

    def forward(self, input: Tensor) -> Tensor:
        return F.layer_norm(input, self.normalized_shape, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        return (
            f"{self.normalized_shape}, eps={self.eps}, "
            f"elementwise_affine={self.elementwise_affine}, bias={self.bias is not None}"
        )


class RMSNorm(_Affine):
    """x / √(mean(x²) + eps) · weight over the last dimensions.

    Shapes: (*, *normalized_shape) -> the same.

    Args:
        normalized_shape: sizes of the dimensions that are normalised together; an int for the last.
        eps: added to the mean square; the dtype's epsilon if left out.
        elementwise_affine: whether there is a weight, of ``normalized_shape``.
        device: the CPU.
        dtype: of the weight; the default dtype if left out.

    Source: https://arxiv.org/abs/1910.07467;
        https://docs.pytorch.org/docs/stable/generated/torch.nn.RMSNorm.html
    """

    def __init__(
        self,
        normalized_shape: int | Sequence[int],
        eps: float | None = None,
        elementwise_affine: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.normalized_shape = _as_shape(normalized_shape)
        self.eps = eps
        self.elementwise_affine = elementwise_affine
        made = {"device": device, "dtype": dtype}
        self._make_affine(self.normalized_shape, made, weight=elementwise_affine)

    def forward(self, x: Tensor) -> Tensor:
        return F.rms_norm(x, self.normalized_shape, self.weight, self.eps)

    def extra_repr(self) -> str:
        return (
            f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={self.elementwise_affine}"
        )


class GroupNorm(_Affine):
    """(x − mean) / √(var + eps) · weight + bias over groups of channels: (N, C, *) -> (N, C, *).

    Args:
        num_groups: how many groups the channels make, each with a mean and a variance per image.
        num_channels: C.
        eps: added to the (biased) variance.
        affine: whether there are weight and bias, (C) each.
        device: the CPU.
        dtype: of the parameters; the default dtype if left out.
        bias: whether an affine layer has a bias.

    Raises:
        ValueError: if the channels cannot be parted so.

    Source: https://arxiv.org/abs/1803.08494;
        https://docs.pytorch.org/docs/stable/generated/torch.nn.GroupNorm.html
    """

    def __init__(
        self,
        num_groups: int,
        num_channels: int,
        eps: float = 1e-5,
        affine: bool = True,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__()
        if num_channels % num_groups:
            raise ValueError(
                f"num_channels ({num_channels}) must be divisible by num_groups ({num_groups})"
            )
        self.num_groups = num_groups
        self.num_channels = num_channels
        self.eps = eps
        self.affine = affine
        made = {"device": device, "dtype": dtype}
        self._make_affine((num_channels,), made, weight=affine, bias=affine and bias)

    def forward(self, input: Tensor) -> Tensor:
        return F.group_norm(input, self.num_groups, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        return (
            f"{self.num_groups}, {self.num_channels}, eps={self.eps}, affine={self.affine}, "
            f"bias={self.bias is not None}"
        )


class LocalResponseNorm(Module):
    """x / (k + alpha · mean of squares of the ``size`` channels around) ** beta.

    Shapes: (N, C, *) -> (N, C, *).

    Args:
        size: how many channels.
        alpha: weight of the mean.
        beta: exponent.
        k: added to it.

    Source: https://papers.nips.cc/paper/4824 (section 3.3);
        https://docs.pytorch.org/docs/stable/generated/torch.nn.LocalResponseNorm.html
    """

    def __init__(self, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0) -> None:
        super().__init__()
        self.size = size
        self.alpha = alpha
        self.beta = beta
        self.k = k

    def forward(self, input: Tensor) -> Tensor:
        return F.local_response_norm(input, self.size, self.alpha, self.beta, self.k)

    def extra_repr(self) -> str:
        return f"{self.size}, alpha={self.alpha}, beta={self.beta}, k={self.k}"


class CrossMapLRN2d(Module):
    """x / (k + alpha / size · sum of squares of the channels around) ** beta.

    Shapes: (N, C, H, W) -> (N, C, H, W).

    As in PyTorch, the first channel counts among the neighbours of all that are too far from it.
    The gradient is that of this formula, which PyTorch's is not.

    Args:
        size: how many channels, an odd number.
        alpha: weight of their mean square.
        beta: exponent.
        k: added to it.

    Raises:
        ValueError: for inputs of other dimensions.

    Source: https://papers.nips.cc/paper/4824 (section 3.3);
        https://docs.pytorch.org/docs/stable/_modules/torch/nn/modules/normalization.html
    """

    def __init__(self, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1) -> None:
        super().__init__()
        self.size = size
        self.alpha = alpha
        self.beta = beta
        self.k = k

    def forward(self, input: Tensor) -> Tensor:
        if input.ndim != 4:
            raise ValueError(
                f"CrossMapLRN2d: Expected input to be 4D, got {input.ndim}D instead: (N, C, H, W)"
            )
        if not input.is_floating_point():
            raise RuntimeError(
                f"result type Float can't be cast to the desired output type {input.type()}: "
                "convert the input with .float()"
            )
        reach = int((self.size - 1) / 2)
        squares = input * input
        total = sum_around(squares, reach, reach)
        n, channels, height, width = input.shape
        near = min(reach + 1, channels)
        first = squares[:, :1].expand(n, channels - near, height, width)
        total = total + cat([squares.new_zeros(n, near, height, width), first], 1)
        return input * (total * (self.alpha / self.size) + self.k) ** -self.beta

    def extra_repr(self) -> str:
        return f"{self.size}, alpha={self.alpha}, beta={self.beta}, k={self.k}"
