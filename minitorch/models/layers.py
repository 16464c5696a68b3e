"""Layers that several models are made of, by torchvision's names, which show in what is printed.

Sources: "Squeeze-and-Excitation Networks", Hu et al. 2017, https://arxiv.org/abs/1709.01507; "Deep
Networks with Stochastic Depth", Huang et al. 2016, https://arxiv.org/abs/1603.09382; and
torchvision's ``ops``.
"""

from collections.abc import Callable, Sequence
from typing import Any

from minitorch import nn
from minitorch.creation import empty
from minitorch.nn import functional as F
from minitorch.tensor import Tensor

Layer = Callable[..., nn.Module]


def make_divisible(v: float, divisor: int, min_value: int | None = None) -> int:
    """Round a number of channels to a multiple of the divisor, down by a tenth at most.

    Args:
        v: the number, which may be none of integers.
        divisor: of what is returned.
        min_value: the least that is returned; the divisor by default.
    """
    nearest = int(v + divisor / 2) // divisor * divisor
    rounded = max(divisor if min_value is None else min_value, nearest)
    return rounded + divisor if rounded < 0.9 * v else rounded


def check_setting(setting: Any, name: str, of: type) -> None:
    """Refuse what is no sequence of what stages or blocks are described by.

    Raises:
        ValueError: it is empty.
        TypeError: it is no sequence, or has elements of another class.
    """
    if not setting:
        raise ValueError(f"The {name} should not be empty")
    if not isinstance(setting, Sequence) or not all(isinstance(each, of) for each in setting):
        raise TypeError(f"The {name} should be List[{of.__name__.strip('_')}], got {setting!r}")


def initialise(model: nn.Module, linear: Callable[[Tensor], Tensor]) -> None:
    """Draw weights, of convolutions by He's rule, of linear layers by ``linear``; zero biases."""
    for module in model.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, mode="fan_out")
        elif isinstance(module, nn.Linear):
            linear(module.weight)
        else:
            continue
        if module.bias is not None:
            nn.init.zeros_(module.bias)


class Conv2dNormActivation(nn.Sequential):
    """A convolution, a norm, an activation: (N, in_channels, H, W) -> (N, out_channels, OH, OW).

    Args:
        in_channels: C_in.
        out_channels: C_out.
        kernel_size: height and width.
        stride: of the convolution.
        padding: by default what an odd kernel needs to keep height and width, but for the stride.
        groups: of the convolution.
        norm_layer: called with a number of channels; None for none.
        activation_layer: called with ``inplace``; None for none.
        dilation: of the convolution.
        inplace: whether the activation writes into what it is given; None to call it without.
        bias: of the convolution, which by default has one where there is no norm.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | tuple[int, int] = 3,
        stride: int | tuple[int, int] = 1,
        padding: int | tuple[int, int] | str | None = None,
        groups: int = 1,
        norm_layer: Layer | None = nn.BatchNorm2d,
        activation_layer: Layer | None = nn.ReLU,
        dilation: int | tuple[int, int] = 1,
        inplace: bool | None = True,
        bias: bool | None = None,
    ) -> None:
        conv = nn.Conv2d(
            in_channels,
            out_channels,
            kernel_size,
            stride,
            groups=groups,
            dilation=dilation,
            padding=_same(kernel_size, dilation) if padding is None else padding,
            bias=norm_layer is None if bias is None else bias,
        )
        layers: list[nn.Module] = [conv]
        if norm_layer is not None:
            layers.append(norm_layer(out_channels))
        if activation_layer is not None:
            layers.append(activation_layer(**_writing(inplace)))
        super().__init__(*layers)
        self.out_channels = out_channels


def _same(
    kernel_size: int | tuple[int, int], dilation: int | tuple[int, int]
) -> int | tuple[int, int]:
    KH, KW = (kernel_size,) * 2 if isinstance(kernel_size, int) else kernel_size
    DH, DW = (dilation,) * 2 if isinstance(dilation, int) else dilation
    return (KH - 1) // 2 * DH, (KW - 1) // 2 * DW


def _writing(inplace: bool | None) -> dict[str, Any]:
    return {} if inplace is None else {"inplace": inplace}


class SqueezeExcitation(nn.Module):
    """Scales each channel by what two 1×1 convolutions make of all means: (N, C, H, W) -> the same.

    Args:
        input_channels: C.
        squeeze_channels: between the two.
        activation: called without arguments, returns what stands between the two.
        scale_activation: called without arguments, returns what stands behind them.
    """

    def __init__(
        self,
        input_channels: int,
        squeeze_channels: int,
        activation: Layer = nn.ReLU,
        scale_activation: Layer = nn.Sigmoid,
    ) -> None:
        super().__init__()
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc1 = nn.Conv2d(input_channels, squeeze_channels, 1)
        self.fc2 = nn.Conv2d(squeeze_channels, input_channels, 1)
        self.activation = activation()
        self.scale_activation = scale_activation()

    def forward(self, input: Tensor) -> Tensor:
        scale = self.activation(self.fc1(self.avgpool(input)))  # (N, squeeze_channels, 1, 1)
        return self.scale_activation(self.fc2(scale)) * input


class MLP(nn.Sequential):
    """Linear layers, activations between them, dropout behind each: (*, E) -> (*, last of hidden).

    Args:
        in_channels: E.
        hidden_channels: out of each linear layer.
        norm_layer: called with a number of channels, stands before each activation; None for none.
        activation_layer: called with ``inplace``.
        inplace: whether activations and dropout write into what they are given; None for what each
            does by default.
        bias: whether the linear layers have one.
        dropout: the probability that an element is dropped.
    """

    def __init__(
        self,
        in_channels: int,
        hidden_channels: Sequence[int],
        norm_layer: Layer | None = None,
        activation_layer: Layer = nn.ReLU,
        inplace: bool | None = None,
        bias: bool = True,
        dropout: float = 0.0,
    ) -> None:
        writing = _writing(inplace)
        layers: list[nn.Module] = []
        for channels in hidden_channels[:-1]:
            layers.append(nn.Linear(in_channels, channels, bias=bias))
            if norm_layer is not None:
                layers.append(norm_layer(channels))
            layers += [activation_layer(**writing), nn.Dropout(dropout, **writing)]
            in_channels = channels
        layers += [
            nn.Linear(in_channels, hidden_channels[-1], bias=bias),
            nn.Dropout(dropout, **writing),
        ]
        super().__init__(*layers)


def initialise_mlp(mlp: nn.Module) -> None:
    """Draw weights by Glorot's rule, biases next to zero, as those of transformers are."""
    for module in mlp.modules():
        if isinstance(module, nn.Linear):
            nn.init.xavier_uniform_(module.weight)
            if module.bias is not None:
                nn.init.normal_(module.bias, std=1e-6)


class Permute(nn.Module):
    """A view with the dimensions in another order.

    Args:
        dims: which dimension of what is given comes at each place.
    """

    def __init__(self, dims: Sequence[int]) -> None:
        super().__init__()
        self.dims = dims

    def forward(self, x: Tensor) -> Tensor:
        return x.permute(*self.dims)


class LayerNorm2d(nn.LayerNorm):
    """LayerNorm over the channels of every pixel: (N, C, H, W) -> the same."""

    def forward(self, x: Tensor) -> Tensor:
        x = x.permute(0, 2, 3, 1)  # (N, H, W, C)
        x = F.layer_norm(x, self.normalized_shape, self.weight, self.bias, self.eps)
        return x.permute(0, 3, 1, 2)


def stochastic_depth(input: Tensor, p: float, mode: str, training: bool = True) -> Tensor:
    """Zero what a branch adds, and divide what is left by the probability that it is.

    Args:
        input: (N, *).
        p: the probability that it is zeroed.
        mode: ``"row"`` decides for each of N, ``"batch"`` for all at once.
        training: if false, the input is returned.

    Raises:
        ValueError: another mode, or p is no probability.
    """
    if not 0 <= p <= 1:
        raise ValueError(f"drop probability has to be between 0 and 1, but got {p}")
    if mode not in ("batch", "row"):
        raise ValueError(f"mode has to be either 'batch' or 'row', but got {mode}")
    if not training or p == 0:
        return input
    shape = [1] * input.ndim
    if mode == "row":
        shape[0] = input.shape[0]
    scale = empty(shape, dtype=input.dtype, device=input.device).bernoulli_(1 - p)
    return input * (scale / (1 - p) if p < 1 else scale)


class StochasticDepth(nn.Module):
    """See :func:`stochastic_depth`."""

    def __init__(self, p: float, mode: str) -> None:
        super().__init__()
        self.p = p
        self.mode = mode

    def forward(self, input: Tensor) -> Tensor:
        return stochastic_depth(input, self.p, self.mode, self.training)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(p={self.p}, mode={self.mode})"
