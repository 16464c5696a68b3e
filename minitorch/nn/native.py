"""Layers as the root has them: with the arguments of PyTorch's native functions, all given."""

from __future__ import annotations

from minitorch.nn.functional import noise, norm
from minitorch.tensor import Tensor


def dropout(input: Tensor, p: float, train: bool) -> Tensor:
    """Return :func:`nn.functional.dropout`, with all arguments given: (*) -> (*)."""
    return noise.dropout(input, p, train)


def dropout_(input: Tensor, p: float, train: bool) -> Tensor:
    """Write :func:`dropout` into the input: (*) -> (*)."""
    return noise.dropout(input, p, train, inplace=True)


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
