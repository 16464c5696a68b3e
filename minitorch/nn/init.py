"""Initial values: functions that fill a tensor in place and return it.

They draw from the default generator, or from ``generator=``, the numbers that PyTorch draws.

Source: https://docs.pytorch.org/docs/stable/nn.init.html
"""

from __future__ import annotations

import functools
import math
import warnings
from collections.abc import Callable
from typing import Any, ParamSpec

import numpy as np

from minitorch.autograd.grad_mode import no_grad
from minitorch.autograd.vmap.randomness import layout
from minitorch.autograd.writes.inplace import overwritten
from minitorch.core.dtypes import Array
from minitorch.core.errors import missing_attribute
from minitorch.generator import Generator, default_generator, memory_order, trunc_normal
from minitorch.ops.linalg.checks import check_wide
from minitorch.ops.linalg.qr import qr
from minitorch.random import randperm
from minitorch.tensor import Tensor

_Arguments = ParamSpec("_Arguments")


def _fill(tensor: Tensor, values: Array) -> Tensor:
    """Write without recording, as under ``no_grad``."""
    tensor._array[...] = values
    overwritten(tensor)
    return tensor


def uniform_(
    tensor: Tensor, a: float = 0.0, b: float = 1.0, generator: Generator | None = None
) -> Tensor:
    """Draw from the uniform distribution over [a, b)."""
    with no_grad():
        return tensor.uniform_(a, b, generator=generator)


def normal_(
    tensor: Tensor, mean: float = 0.0, std: float = 1.0, generator: Generator | None = None
) -> Tensor:
    """Draw from the normal distribution."""
    with no_grad():
        return tensor.normal_(mean, std, generator=generator)


def trunc_normal_(
    tensor: Tensor,
    mean: float = 0.0,
    std: float = 1.0,
    a: float = -2.0,
    b: float = 2.0,
    generator: Generator | None = None,
) -> Tensor:
    """Draw from the normal distribution, cut to [a, b]."""
    if mean < a - 2 * std or mean > b + 2 * std:
        warnings.warn(
            "mean is more than 2 std from [a, b] in nn.init.trunc_normal_. The distribution of "
            "values may be incorrect.",
            stacklevel=2,
        )
    layout(tensor._array, in_place=True)  # refuses what vmap does not allow
    array = tensor._array
    target = memory_order(array)
    target[...] = trunc_normal(
        generator or default_generator,
        target.shape,
        *(mean, std, a, b, target.dtype),
        contiguous=array.flags.c_contiguous,
        in_order=np.empty_like(array).flags.c_contiguous,
    )
    overwritten(tensor)
    return tensor


def constant_(tensor: Tensor, val: float) -> Tensor:
    """Fill with one value."""
    with no_grad():
        return tensor.fill_(val)


def ones_(tensor: Tensor) -> Tensor:
    """Fill with ones."""
    return constant_(tensor, 1.0)


def zeros_(tensor: Tensor) -> Tensor:
    """Fill with zeros."""
    return constant_(tensor, 0.0)


def eye_(tensor: Tensor) -> Tensor:
    """Fill a matrix with the identity: a linear layer then passes on what it can."""
    _require_matrix(tensor)
    return _fill(tensor, np.eye(*tensor.shape))


def _require_matrix(tensor: Tensor) -> None:
    if tensor.ndim != 2:
        raise ValueError(
            f"Only tensors with 2 dimensions are supported, but got shape {list(tensor.shape)}"
        )


def dirac_(tensor: Tensor, groups: int = 1) -> Tensor:
    """Fill a convolution's weight (C_out, C_in, ...) so that each group passes on its channels."""
    if tensor.ndim not in (3, 4, 5):
        raise ValueError(
            f"Only tensors with 3, 4, or 5 dimensions are supported, but got {tensor.ndim}"
        )
    c_out, c_in, *kernel = tensor.shape
    if c_out % groups:
        raise ValueError(f"dim 0 must be divisible by groups, but got {c_out} and groups={groups}")
    values = np.zeros(tensor.shape)
    centre = [size // 2 for size in kernel]
    per_group = c_out // groups
    for group in range(groups):
        for channel in range(min(per_group, c_in)):
            values[(group * per_group + channel, channel, *centre)] = 1
    return _fill(tensor, values)


def calculate_gain(nonlinearity: str, param: float | None = None) -> float:
    """Return the factor by which weights before this nonlinearity keep the variance of activations.

    Raises:
        ValueError: for an unknown name, or a slope that is no number.
    """
    if nonlinearity == "leaky_relu":
        slope = 0.01 if param is None else param
        if isinstance(slope, bool) or not isinstance(slope, int | float):
            raise ValueError(f"negative_slope {slope} not a valid number")
        return math.sqrt(2.0 / (1 + slope**2))
    if nonlinearity not in _GAINS:
        raise ValueError(f"Unsupported nonlinearity {nonlinearity}; known are {[*_GAINS]}")
    return _GAINS[nonlinearity]


_GAINS = {
    "linear": 1,
    "conv1d": 1,
    "conv2d": 1,
    "conv3d": 1,
    "conv_transpose1d": 1,
    "conv_transpose2d": 1,
    "conv_transpose3d": 1,
    "sigmoid": 1,
    "tanh": 5.0 / 3,
    "relu": math.sqrt(2.0),
    "leaky_relu": math.sqrt(2.0 / (1 + 0.01**2)),
    "selu": 3.0 / 4,
}


def _calculate_fan_in_and_fan_out(tensor: Tensor) -> tuple[int, int]:
    """Count the inputs of an output and the outputs of an input: (C_out, C_in, KH, KW)."""
    if tensor.ndim < 2:
        raise ValueError(
            "Fan in and fan out can not be computed for tensor with fewer than 2 dimensions, "
            f"but got shape {list(tensor.shape)}"
        )
    c_out, c_in, *kernel = tensor.shape
    return c_in * math.prod(kernel), c_out * math.prod(kernel)


def _calculate_correct_fan(tensor: Tensor, mode: str) -> int:
    mode = mode.lower()
    if mode not in ("fan_in", "fan_out"):
        raise ValueError(f"Mode {mode} not supported, please use one of ['fan_in', 'fan_out']")
    fan_in, fan_out = _calculate_fan_in_and_fan_out(tensor)
    return fan_in if mode == "fan_in" else fan_out


def xavier_uniform_(
    tensor: Tensor, gain: float = 1.0, generator: Generator | None = None
) -> Tensor:
    """Draw uniformly within ±gain·√(6 / (fan_in + fan_out)).

    Source: Glorot and Bengio 2010, equation 16.
    """
    bound = math.sqrt(3.0) * _xavier_std(tensor, gain)
    return uniform_(tensor, -bound, bound, generator)


def xavier_normal_(tensor: Tensor, gain: float = 1.0, generator: Generator | None = None) -> Tensor:
    """Draw normally with standard deviation gain·√(2 / (fan_in + fan_out)).

    Source: Glorot and Bengio 2010.
    """
    return normal_(tensor, 0.0, _xavier_std(tensor, gain), generator)


def _xavier_std(tensor: Tensor, gain: float) -> float:
    fan_in, fan_out = _calculate_fan_in_and_fan_out(tensor)
    return gain * math.sqrt(2.0 / (fan_in + fan_out))


def kaiming_uniform_(
    tensor: Tensor,
    a: float = 0,
    mode: str = "fan_in",
    nonlinearity: str = "leaky_relu",
    generator: Generator | None = None,
) -> Tensor:
    """Draw uniformly within ±gain·√(3 / fan).

    Args:
        tensor: to fill.
        a: slope below zero, for "leaky_relu".
        mode: "fan_in" keeps the variance in the forward pass, "fan_out" in the backward pass.
        nonlinearity: what follows the layer.
        generator: source of the numbers; the default one if left out.

    Source: He et al. 2015, https://arxiv.org/abs/1502.01852
    """
    if tensor.numel() == 0:
        return _nothing_to_do(tensor)
    bound = math.sqrt(3.0) * _kaiming_std(tensor, a, mode, nonlinearity)
    return uniform_(tensor, -bound, bound, generator)


def kaiming_normal_(
    tensor: Tensor,
    a: float = 0,
    mode: str = "fan_in",
    nonlinearity: str = "leaky_relu",
    generator: Generator | None = None,
) -> Tensor:
    """Draw normally with standard deviation gain / √fan; the arguments are ``kaiming_uniform_``'s.

    Source: He et al. 2015, https://arxiv.org/abs/1502.01852
    """
    if tensor.numel() == 0:
        return _nothing_to_do(tensor)
    return normal_(tensor, 0.0, _kaiming_std(tensor, a, mode, nonlinearity), generator)


def _nothing_to_do(tensor: Tensor) -> Tensor:
    warnings.warn("Initializing zero-element tensors is a no-op", stacklevel=3)
    return tensor


def _kaiming_std(tensor: Tensor, a: float, mode: str, nonlinearity: str) -> float:
    fan = _calculate_correct_fan(tensor, mode)
    return calculate_gain(nonlinearity, a) / math.sqrt(fan)


def orthogonal_(tensor: Tensor, gain: float = 1, generator: Generator | None = None) -> Tensor:
    """Fill with ``gain`` times a matrix (C_out, *) whose rows or columns are orthonormal.

    Raises:
        NotImplementedError: for numbers of two bytes.

    Source: Saxe et al. 2013, https://arxiv.org/abs/1312.6120
    """
    if tensor.ndim < 2:
        raise ValueError(
            "Only tensors with 2 or more dimensions are supported, "
            f"but got shape {list(tensor.shape)}"
        )
    if tensor.numel() == 0:
        return tensor
    check_wide(tensor, "geqrf_cpu")
    rows, columns = tensor.shape[0], tensor.numel() // tensor.shape[0]
    with no_grad():
        drawn = tensor.new_empty((rows, columns)).normal_(generator=generator)
        q, r = qr(drawn if rows >= columns else drawn.t())
        q = q * r.diagonal().sign()  # makes the choice uniform: Mezzadri, math-ph/0609050
        return tensor.copy_((q if rows >= columns else q.t()).reshape(tensor.shape)).mul_(gain)


def sparse_(
    tensor: Tensor, sparsity: float, std: float = 0.01, generator: Generator | None = None
) -> Tensor:
    """Draw a matrix normally and set the share ``sparsity`` of each column to zero.

    Source: Martens 2010.
    """
    _require_matrix(tensor)
    rows, columns = tensor.shape
    zeros = math.ceil(sparsity * rows)
    normal_(tensor, 0.0, std, generator)
    with no_grad():
        for column in range(columns):
            # From the default generator, as PyTorch does it whatever `generator` says.
            tensor[randperm(rows)[:zeros], column] = 0
    return tensor


def _old_name(function: Callable[_Arguments, Tensor]) -> Callable[_Arguments, Tensor]:
    """Offer a function under the name it had before PyTorch 0.4, with a warning."""
    new = function.__name__

    @functools.wraps(function)
    def deprecated(*args: _Arguments.args, **kwargs: _Arguments.kwargs) -> Tensor:
        warnings.warn(
            f"`nn.init.{new[:-1]}` is now deprecated in favor of `nn.init.{new}`.",
            FutureWarning,
            stacklevel=2,
        )
        return function(*args, **kwargs)

    return deprecated


uniform = _old_name(uniform_)
normal = _old_name(normal_)
constant = _old_name(constant_)
eye = _old_name(eye_)
dirac = _old_name(dirac_)
xavier_uniform = _old_name(xavier_uniform_)
xavier_normal = _old_name(xavier_normal_)
kaiming_uniform = _old_name(kaiming_uniform_)
kaiming_normal = _old_name(kaiming_normal_)
orthogonal = _old_name(orthogonal_)
sparse = _old_name(sparse_)


def __getattr__(name: str) -> Any:
    raise missing_attribute(__name__, name)
