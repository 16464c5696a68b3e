"""Layers as the root has them: with the arguments of PyTorch's native functions, all given."""

from __future__ import annotations

from collections.abc import Sequence

from minitorch.nn.functional import conv, noise, norm, normalization, padding, pooling_adaptive
from minitorch.nn.functional.checks import require_tensors
from minitorch.tensor import Tensor


def adaptive_max_pool1d(input: Tensor, output_size: int | Sequence[int]) -> tuple[Tensor, Tensor]:
    """Return largest values and their positions: (N, C, L) -> twice (N, C, output_size)."""
    return pooling_adaptive.adaptive_max_pool1d_with_indices(input, output_size)


def dropout(input: Tensor, p: float, train: bool) -> Tensor:
    """Return :func:`nn.functional.dropout`, with all arguments given: (*) -> (*)."""
    noise.check_probability(p, RuntimeError)
    return noise.dropout(input, p, train)


def dropout_(input: Tensor, p: float, train: bool) -> Tensor:
    """Write :func:`dropout` into the input: (*) -> (*)."""
    noise.check_probability(p, RuntimeError)
    return noise.dropout(input, p, train, inplace=True)


def feature_dropout(input: Tensor, p: float, train: bool) -> Tensor:
    """Zero whole channels, as :func:`nn.functional.dropout2d`: (N, C, *) -> (N, C, *)."""
    noise.check_probability(p, RuntimeError)
    return noise.drop_channels(input, p, train, inplace=False)


def feature_dropout_(input: Tensor, p: float, train: bool) -> Tensor:
    """Write :func:`feature_dropout` into the input: (N, C, *) -> (N, C, *)."""
    noise.check_probability(p, RuntimeError)
    return noise.drop_channels(input, p, train, inplace=True)


def alpha_dropout(input: Tensor, p: float, train: bool) -> Tensor:
    """Return :func:`nn.functional.alpha_dropout`, with all arguments given: (*) -> (*)."""
    noise.check_probability(p, RuntimeError)
    return noise.alpha_dropout(input, p, train)


def alpha_dropout_(input: Tensor, p: float, train: bool) -> Tensor:
    """Write :func:`alpha_dropout` into the input: (*) -> (*)."""
    noise.check_probability(p, RuntimeError)
    return noise.alpha_dropout(input, p, train, inplace=True)


def feature_alpha_dropout(input: Tensor, p: float, train: bool) -> Tensor:
    """Return :func:`nn.functional.feature_alpha_dropout`: (N, C, *) -> (N, C, *)."""
    noise.check_probability(p, RuntimeError)
    return noise.feature_alpha_dropout(input, p, train)


def feature_alpha_dropout_(input: Tensor, p: float, train: bool) -> Tensor:
    """Write :func:`feature_alpha_dropout` into the input: (N, C, *) -> (N, C, *)."""
    noise.check_probability(p, RuntimeError)
    return noise.feature_alpha_dropout(input, p, train, inplace=True)


def batch_norm(
    input: Tensor,
    weight: Tensor | None,
    bias: Tensor | None,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    training: bool,
    momentum: float,
    eps: float,
    cudnn_enabled: bool,
) -> Tensor:
    """Return :func:`nn.functional.batch_norm`, in another order: (N, C, *) -> (N, C, *)."""
    return norm.batch_norm(input, running_mean, running_var, weight, bias, training, momentum, eps)


def convolution(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    stride: Sequence[int],
    padding: Sequence[int],
    dilation: Sequence[int],
    transposed: bool,
    output_padding: Sequence[int],
    groups: int,
) -> Tensor:
    """Return the convolution over as many dimensions as the weight has beyond two.

    Shapes: those of :func:`nn.functional.conv2d` or of :func:`nn.functional.conv_transpose2d`;
    N cannot be left out.

    Raises:
        RuntimeError: if sizes or dtypes do not fit.
    """
    require_tensors("convolution(input, weight, bias)", input, weight, bias, required=2)
    dims = weight.ndim - 2
    if not 1 <= dims <= 3:
        raise RuntimeError(
            "weight should have at least three dimensions, and five at most, but its size is "
            f"{list(weight.shape)}"
        )
    if input.ndim != dims + 2:
        raise RuntimeError(
            f"Expected {dims + 2}-dimensional input for {dims + 2}-dimensional weight "
            f"{list(weight.shape)}, but got {input.ndim}-dimensional input of size "
            f"{list(input.shape)} instead"
        )
    if transposed:
        spread = (conv.conv_transpose1d, conv.conv_transpose2d, conv.conv_transpose3d)[dims - 1]
        return spread(input, weight, bias, stride, padding, output_padding, groups, dilation)
    convolve = (conv.conv1d, conv.conv2d, conv.conv3d)[dims - 1]
    return convolve(input, weight, bias, stride, padding, dilation, groups)


def constant_pad_nd(input: Tensor, pad: Sequence[int], value: float = 0) -> Tensor:
    """Return :func:`nn.functional.pad` with a constant: (*) -> (*)."""
    return padding.pad(input, pad, "constant", value)


def layer_norm(
    input: Tensor,
    normalized_shape: Sequence[int],
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-5,
    cudnn_enable: bool = True,
) -> Tensor:
    """Return :func:`nn.functional.layer_norm`: (*, *normalized_shape) -> the same."""
    return normalization.layer_norm(input, normalized_shape, weight, bias, eps)


def group_norm(
    input: Tensor,
    num_groups: int,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-5,
    cudnn_enabled: bool = True,
) -> Tensor:
    """Return :func:`nn.functional.group_norm`: (N, C, *) -> (N, C, *)."""
    return normalization.group_norm(input, num_groups, weight, bias, eps)


def instance_norm(
    input: Tensor,
    weight: Tensor | None,
    bias: Tensor | None,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    use_input_stats: bool,
    momentum: float,
    eps: float,
    cudnn_enabled: bool,
) -> Tensor:
    """Return :func:`nn.functional.instance_norm`, in another order: (N, C, *) -> (N, C, *)."""
    given = (input, running_mean, running_var, weight, bias)
    return norm.instance_norm(*given, use_input_stats, momentum, eps)
