"""Layers as the root has them: with the arguments of PyTorch's native functions, all given."""

from __future__ import annotations

from collections.abc import Sequence

from minitorch.nn.functional import noise, norm, normalization
from minitorch.tensor import Tensor


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
