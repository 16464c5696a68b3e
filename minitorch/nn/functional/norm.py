"""Normalisation."""

from __future__ import annotations

import math

from minitorch.autograd.saved import packed_last
from minitorch.autograd.writes.inplace import write_
from minitorch.core.dtypes import Array
from minitorch.nn.functional.checks import require_constants, require_float, require_tensors
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
    _check_sizes(input._array, running_mean, running_var, weight, bias)
    require_constants("native_batch_norm", running_mean=running_mean, running_var=running_var)
    if not training:
        if running_mean is None or running_var is None:
            name = "running_mean" if running_mean is None else "running_var"
            raise RuntimeError(
                f"{name} must be defined in evaluation mode; training=True uses the batch's"
            )
        return norm.batch_norm_inference(input, running_mean, running_var, weight, bias, eps)
    _check_batch(input._array, eps)
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
    if not use_input_stats and (running_mean is None or running_var is None):
        raise RuntimeError(
            "Expected running_mean and running_var to be defined when use_input_stats is false"
        )
    if (running_mean is None) is not (running_var is None):
        raise ValueError("running_mean and running_var must either both be None or neither be None")
    return _by_instance(input, given, use_input_stats, momentum, eps)


def _by_instance(
    input: Tensor,
    given: tuple[Tensor | None, ...],
    use_input_stats: bool,
    momentum: float,
    eps: float,
) -> Tensor:
    """Batch norm of the examples' channels side by side: each is one of its own."""
    shape = input._array.shape
    n = shape[0]
    channels = input.reshape(1, n * shape[1], *shape[2:])
    mean, var, scale, shift = (None if x is None else x.repeat(n) for x in given)
    _check_sizes(channels._array, mean, var, scale, shift)
    if not use_input_stats:
        assert mean is not None and var is not None
        out = norm.batch_norm_inference(channels, mean, var, scale, shift, eps)
        return out.reshape(shape)
    with packed_last():
        out, own_mean, invstd = norm.batch_norm(channels, scale, shift, eps)
        if mean is not None and var is not None and channels._array.size:
            running = (mean.detach(), var.detach())
            _move_statistics(channels._array, own_mean, invstd, eps, momentum, running)
            for kept, moved in zip(given[:2], running, strict=True):
                assert kept is not None
                kept.detach().copy_(moved.reshape(n, -1).mean(0))
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


def _check_sizes(x: Array, *per_channel: Tensor | None) -> None:
    if x.ndim < 2:
        raise IndexError(
            f"Dimension out of range (expected to be in range of [-{x.ndim}, {x.ndim - 1}], but "
            f"got 1): batch_norm needs an input (N, C, *), but got {list(x.shape)}"
        )
    require_float("batch_norm", x)
    channels = x.shape[1:2]
    for position, tensor in enumerate(per_channel):
        if tensor is None or (tensor._array.shape == channels and tensor._array.dtype == x.dtype):
            continue
        name = ("running_mean", "running_var", "weight", "bias")[position]
        if tensor._array.shape != channels:
            raise RuntimeError(
                f"{name} should contain {x.shape[1]} elements not {tensor.numel()}: "
                f"the input of shape {list(x.shape)} has {x.shape[1]} channels"
            )
        raise RuntimeError(
            "mixed dtype (CPU): all inputs must share same datatype, but the input is "
            f"{x.dtype} and {name} is {tensor._array.dtype}. Convert one of them, for example "
            "with .float()."
        )


def _check_batch(x: Array, eps: float) -> None:
    if x.shape[0] * math.prod(x.shape[2:]) == 1:
        raise ValueError(
            f"Expected more than 1 value per channel when training, got input size "
            f"torch.Size({list(x.shape)}). Use a larger batch, or eval()."
        )
    if eps <= 0:
        raise ValueError(f"batch_norm eps must be positive during training, but got {eps}")
