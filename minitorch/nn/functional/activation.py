"""Activations."""

from __future__ import annotations

import warnings

from minitorch import ops
from minitorch.autograd.writes.inplace import write_
from minitorch.core.dtypes import dtype as DType
from minitorch.nn.functional.checks import require_float, require_tensors
from minitorch.ops.elementwise.activation import Elu, LeakyRelu, Silu
from minitorch.ops.layers import softmax as shares
from minitorch.ops.out import method
from minitorch.tensor import Tensor

_softmax, _log_softmax = method(shares.softmax), method(shares.log_softmax)


def relu(input: Tensor, inplace: bool = False) -> Tensor:
    """Return max(x, 0): (*) -> (*)."""
    require_tensors("relu(input)", input)
    return input.relu_() if inplace else ops.relu(input)


def relu_(input: Tensor) -> Tensor:
    """Set x to max(x, 0)."""
    return relu(input, inplace=True)


def leaky_relu(input: Tensor, negative_slope: float = 0.01, inplace: bool = False) -> Tensor:
    """Return x where x > 0, else negative_slope · x: (*) -> (*)."""
    require_tensors("leaky_relu(input)", input)
    require_float("leaky_relu_cpu", input._array)
    if inplace:
        written: Tensor = write_(LeakyRelu, input, slope=negative_slope)
        return written
    return ops.leaky_relu(input, negative_slope)


def leaky_relu_(input: Tensor, negative_slope: float = 0.01) -> Tensor:
    """Multiply x by negative_slope where x <= 0."""
    return leaky_relu(input, negative_slope, inplace=True)


def elu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """Return x where x > 0, else alpha · (exp(x) − 1): (*) -> (*)."""
    require_tensors("elu(input)", input)
    require_float("elu_cpu", input._array)
    if inplace:
        written: Tensor = write_(Elu, input, alpha=alpha)
        return written
    return ops.elu(input, alpha)


def elu_(input: Tensor, alpha: float = 1.0) -> Tensor:
    """Set x to alpha · (exp(x) − 1) where x <= 0."""
    return elu(input, alpha, inplace=True)


def silu(input: Tensor, inplace: bool = False) -> Tensor:
    """Return x · sigmoid(x): (*) -> (*)."""
    require_tensors("silu(input)", input)
    require_float("silu_cpu", input._array)
    if inplace:
        written: Tensor = write_(Silu, input)
        return written
    return ops.silu(input)


def softplus(input: Tensor, beta: float = 1.0, threshold: float = 20.0) -> Tensor:
    """Return log(1 + exp(beta · x)) / beta, which is x itself beyond the threshold: (*) -> (*)."""
    require_tensors("softplus(input)", input)
    require_float("softplus_cpu", input._array)
    return ops.softplus(input, beta, threshold)


def sigmoid(input: Tensor) -> Tensor:
    """Return 1 / (1 + exp(−x)): (*) -> (*)."""
    require_tensors("sigmoid(input)", input)
    return ops.sigmoid(input)


def tanh(input: Tensor) -> Tensor:
    """Return the hyperbolic tangent: (*) -> (*)."""
    require_tensors("tanh(input)", input)
    return ops.tanh(input)


def gelu(input: Tensor, approximate: str = "none") -> Tensor:
    """Return x · Φ(x), with the normal distribution function or its "tanh" approximation.

    Source: https://arxiv.org/abs/1606.08415
    """
    require_tensors("gelu(input)", input)
    require_float("GeluKernelImpl", input._array)
    return ops.gelu(input, approximate)


def softmax(
    input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: DType | None = None
) -> Tensor:
    """Return exp(x) over its sum along ``dim``: (*) -> (*).

    Args:
        input: (*).
        dim: the dimension whose values shall sum to 1.
        _stacklevel: frames between the warning and who is warned.
        dtype: converted to first, against overflow.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.softmax.html
    """
    require_tensors("softmax(input)", input)
    if dim is None:
        dim = _implicit_dim("softmax", input, _stacklevel)
    return _softmax(input, dim, dtype)


def log_softmax(
    input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: DType | None = None
) -> Tensor:
    """Return the logarithm of the softmax along ``dim``, computed stably: (*) -> (*).

    Args:
        input: (*).
        dim: the dimension whose exponentials shall sum to 1.
        _stacklevel: frames between the warning and who is warned.
        dtype: converted to first, against overflow.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.log_softmax.html
    """
    require_tensors("log_softmax(input)", input)
    if dim is None:
        dim = _implicit_dim("log_softmax", input, _stacklevel)
    return _log_softmax(input, dim, dtype)


def _implicit_dim(function: str, input: Tensor, stacklevel: int) -> int:
    """Choose the dimension that old programs expect."""
    warnings.warn(
        f"Implicit dimension choice for {function} has been deprecated. Change the call to "
        "include dim=X as an argument.",
        stacklevel=stacklevel,
    )
    return 0 if input._array.ndim in (0, 1, 3) else 1
