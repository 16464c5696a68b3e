"""Normalisation."""

from __future__ import annotations

import math

from minitorch.autograd.saved import packed_last
from minitorch.autograd.writes.inplace import write_
from minitorch.core.dtypes import Array, float32
from minitorch.nn.functional.checks import (
    is_mixed,
    require_constants,
    require_float,
    require_numbers,
    require_tensors,
)
from minitorch.ops.dims import wrap_dim
from minitorch.ops.layers import norm
from minitorch.ops.layers.running import MoveAverage, MoveVariance
from minitorch.tensor import Tensor

Running = tuple[Tensor, Tensor]


def batch_norm(
    input: Tensor,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Tensor:
    """Return (input − mean) / √(var + eps) · weight + bias per channel: (N, C, *) -> (N, C, *).

    Args:
        input: the batch.
        running_mean: (C); used in evaluation, moved towards the batch's mean in training.
        running_var: (C); likewise, towards the batch's unbiased variance.
        weight: (C); 1 if left out.
        bias: (C); 0 if left out.
        training: use the batch's mean and (biased) variance.
        momentum: weight of this batch in the running statistics.
        eps: added to the variance.

    Raises:
        ValueError: for a single value per channel in training, whose variance is nothing; for one
            running statistic without the other.
        RuntimeError: if sizes or dtypes do not fit.

    Source: https://arxiv.org/abs/1502.03167;
        https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.batch_norm.html
    """
    require_tensors(
        "batch_norm(input, running_mean, running_var, weight, bias)",
        input,
        running_mean,
        running_var,
        weight,
        bias,
        required=1,
    )
    if training:
        _check_batch(input._array, eps)
    elif eps < 0:
        raise ValueError(f"batch_norm eps must be non-negative, but got {eps}")
    given = (running_mean, running_var, weight, bias)
    return normalise_channels(input, *given, training, momentum, eps)


def normalise_channels(
    input: Tensor,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    weight: Tensor | None,
    bias: Tensor | None,
    training: bool,
    momentum: float,
    eps: float,
) -> Tensor:
    """Return :func:`batch_norm`, of a single value per channel too: (N, C, *) -> (N, C, *)."""
    if input._array.shape == (0,):
        return input.clone()  # where nothing is, PyTorch asks for no channels
    require_numbers("batch_norm", momentum=momentum, eps=eps)
    require_constants("native_batch_norm", running_mean=running_mean, running_var=running_var)
    if _check_mixture(input._array, running_mean, running_var, weight, bias):
        given = (running_mean, running_var, weight, bias)
        wide = normalise_channels(input.to(float32), *given, training, momentum, eps)
        return wide.to(input.dtype)
    if not training:
        if running_mean is None or running_var is None:
            name = "running_mean" if running_mean is None else "running_var"
            raise RuntimeError(
                f"{name} must be defined in evaluation mode; training=True uses the batch's"
            )
        return norm.batch_norm_inference(input, running_mean, running_var, weight, bias, eps)
    if (running_mean is None) is not (running_var is None):
        raise ValueError("running_mean and running_var must either both be None or neither be None")
    with packed_last():
        out, mean, invstd = norm.batch_norm(input, weight, bias, eps)
        if running_mean is not None and running_var is not None and input._array.size:
            running = (running_mean, running_var)
            _move_statistics(input._array, mean, invstd, eps, momentum, running)
    return out


def instance_norm(
    input: Tensor,
    running_mean: Tensor | None = None,
    running_var: Tensor | None = None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    use_input_stats: bool = True,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Tensor:
    """Return (input − mean) / √(var + eps) · weight + bias per channel of each example.

    Shapes: (N, C, *) -> (N, C, *).

    Args:
        input: the batch.
        running_mean: (C); used without ``use_input_stats``, else moved towards the mean over the
            examples of their means.
        running_var: (C); likewise, towards the mean of unbiased variances.
        weight: (C); 1 if left out.
        bias: (C); 0 if left out.
        use_input_stats: normalise by each example's own statistics.
        momentum: weight of this batch in the running statistics.
        eps: added to the variance.

    Raises:
        ValueError: for a single place, whose variance is nothing; for one running statistic without
            the other.
        RuntimeError: if sizes or dtypes do not fit.

    Source: https://arxiv.org/abs/1607.08022;
        https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.instance_norm.html
    """
    given = (running_mean, running_var, weight, bias)
    names = "instance_norm(input, running_mean, running_var, weight, bias)"
    require_tensors(names, input, *given, required=1)
    shape = input._array.shape
    if use_input_stats and math.prod(shape[2:]) == 1:
        raise ValueError(
            "Expected more than 1 spatial element when training, got input size "
            f"torch.Size({list(shape)})"
        )
    return normalise_instances(input, *given, use_input_stats, momentum, eps)


def normalise_instances(
    input: Tensor,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    weight: Tensor | None,
    bias: Tensor | None,
    use_input_stats: bool,
    momentum: float,
    eps: float,
) -> Tensor:
    """Return :func:`instance_norm`, of a single place too: (N, C, *) -> (N, C, *).

    It is the batch norm of the examples' channels side by side, each one of its own.
    """
    if not use_input_stats and (running_mean is None or running_var is None):
        raise RuntimeError(
            "Expected running_mean and running_var to be defined when use_input_stats is false"
        )
    if (running_mean is None) is not (running_var is None):
        raise ValueError("running_mean and running_var must either both be None or neither be None")
    shape = input._array.shape
    n = shape[0]
    channels = input.reshape(1, n * shape[1], *shape[2:])
    dtype = input.dtype if weight is None else weight.dtype
    kept = (running_mean, running_var)
    mean, var = (None if x is None else x.to(dtype).repeat(n) for x in kept)
    scale, shift = (None if x is None else x.repeat(n) for x in (weight, bias))
    if not use_input_stats or mean is None or var is None:
        given = (mean, var, scale, shift)
        out = normalise_channels(channels, *given, use_input_stats, momentum, eps)
        return out.reshape(shape)
    moved = (mean.detach(), var.detach())
    out = normalise_channels(channels, *moved, scale, shift, True, momentum, eps)
    if channels._array.size:
        for running, own in zip(kept, moved, strict=True):
            assert running is not None
            running.detach().copy_(own.reshape(n, -1).mean(0))
    return out.reshape(shape)


def _move_statistics(
    x: Array, mean: Tensor, invstd: Tensor, eps: float, momentum: float, running: Running
) -> None:
    """Step from the running values towards this batch's mean and unbiased variance."""
    running_mean, running_var = running
    write_(MoveAverage, running_mean, _constant(mean), momentum=momentum)
    count = x.size // mean._array.size
    given = _constant(invstd)
    write_(MoveVariance, running_var, given, momentum=momentum, count=count, eps=eps)


def _constant(x: Tensor) -> Tensor:
    return Tensor._wrap(x._array)


def _check_mixture(x: Array, *per_channel: Tensor | None) -> bool:
    """Check sizes and dtypes; return whether only the input is of two-byte numbers."""
    wrap_dim(1, x.ndim, of_scalars=False)
    require_float("batch_norm", x)
    names = ("running_mean", "running_var", "weight", "bias")
    given = {k: t for k, t in zip(names, per_channel, strict=True) if t is not None}
    for name, tensor in given.items():
        if tensor._array.shape != x.shape[1:2]:
            raise RuntimeError(
                f"{name} should contain {x.shape[1]} elements not {tensor.numel()}: "
                f"the input of shape {list(x.shape)} has {x.shape[1]} channels"
                " [explain: norm-shape]"
            )
    return is_mixed("batch_norm", x, given)


def _check_batch(x: Array, eps: float) -> None:
    if x.shape[0] * math.prod(x.shape[2:]) == 1:
        raise ValueError(
            f"Expected more than 1 value per channel when training, got input size "
            f"torch.Size({list(x.shape)}). Use a larger batch, or eval()."
            " [explain: one-value-per-channel]"
        )
    if eps <= 0:
        raise ValueError(f"batch_norm eps must be positive during training, but got {eps}")
