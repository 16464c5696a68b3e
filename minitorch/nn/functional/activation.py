"""Activations."""

from __future__ import annotations

import warnings

from minitorch.autograd.writes.inplace import write_
from minitorch.core.dtypes import dtype as DType, is_complex
from minitorch.nn.functional.checks import require_float, require_numbers, require_tensors
from minitorch.ops.dims import wrap_dim
from minitorch.ops.elementwise import activation, gelu as gelus, logistic
from minitorch.ops.layers import softmax as shares
from minitorch.ops.layers.glu import Glu
from minitorch.ops.out import takes_out, without_out
from minitorch.tensor import Tensor

_softmax, _log_softmax = without_out(shares.softmax), without_out(shares.log_softmax)


def relu(input: Tensor, inplace: bool = False) -> Tensor:
    """Return max(x, 0): (*) -> (*).

    Args:
        input: (*).
        inplace: write into the input, and return it.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.relu.html
    """
    require_tensors("relu(input)", input)
    return input.relu_() if inplace else activation.relu(input)


def relu_(input: Tensor) -> Tensor:
    """Set x to max(x, 0), and return it: (*) -> (*).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.relu_.html
    """
    return relu(input, inplace=True)


def leaky_relu(input: Tensor, negative_slope: float = 0.01, inplace: bool = False) -> Tensor:
    """Return x where x > 0, else negative_slope · x: (*) -> (*).

    Args:
        input: (*).
        negative_slope: slope below zero.
        inplace: write into the input, and return it.

    Raises:
        NotImplementedError: for integers and bools.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.leaky_relu.html
    """
    require_tensors("leaky_relu(input)", input)
    require_numbers("leaky_relu", negative_slope=negative_slope)
    require_float("leaky_relu_cpu", input._array)
    if inplace:
        written: Tensor = write_(activation.LeakyRelu, input, slope=negative_slope)
        return written
    return activation.leaky_relu(input, negative_slope)


def leaky_relu_(input: Tensor, negative_slope: float = 0.01) -> Tensor:
    """Multiply x by negative_slope where x <= 0, and return it: (*) -> (*).

    Raises:
        NotImplementedError: for integers and bools.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.leaky_relu_.html
    """
    return leaky_relu(input, negative_slope, inplace=True)


def elu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """Return x where x > 0, else alpha · (exp(x) − 1): (*) -> (*).

    Args:
        input: (*).
        alpha: the result tends to −alpha far below zero.
        inplace: write into the input, and return it.

    Raises:
        NotImplementedError: for integers and bools.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.elu.html
    """
    require_tensors("elu(input)", input)
    require_numbers("elu", alpha=alpha)
    require_float("elu_cpu", input._array)
    if inplace:
        written: Tensor = write_(activation.Elu, input, **activation.elu_scales(alpha))
        return written
    return activation.elu(input, alpha)


def elu_(input: Tensor, alpha: float = 1.0) -> Tensor:
    """Set x to alpha · (exp(x) − 1) where x <= 0, and return it: (*) -> (*).

    Raises:
        NotImplementedError: for integers and bools.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.elu_.html
    """
    return elu(input, alpha, inplace=True)


def celu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """Return x where x > 0, else alpha · (exp(x / alpha) − 1): (*) -> (*).

    Args:
        input: (*).
        alpha: the result tends to −alpha far below zero.
        inplace: write into the input, and return it.

    Raises:
        NotImplementedError: for integers and bools.
        RuntimeError: if alpha is 0.

    Source: https://arxiv.org/abs/1704.07483;
        https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.celu.html
    """
    require_tensors("celu(input)", input)
    require_numbers("celu", alpha=alpha)
    return activation.celu_(input, alpha) if inplace else activation.celu(input, alpha)


def selu(input: Tensor, inplace: bool = False) -> Tensor:
    """Return 1.0507 · (x where x > 0, else 1.6733 · (exp(x) − 1)): (*) -> (*).

    Args:
        input: (*).
        inplace: write into the input, and return it.

    Raises:
        NotImplementedError: for integers and bools.

    Source: https://arxiv.org/abs/1706.02515;
        https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.selu.html
    """
    require_tensors("selu(input)", input)
    return activation.selu_(input) if inplace else activation.selu(input)


def silu(input: Tensor, inplace: bool = False) -> Tensor:
    """Return x · sigmoid(x), also called swish: (*) -> (*).

    Args:
        input: (*).
        inplace: write into the input, and return it.

    Raises:
        NotImplementedError: for integers and bools.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.silu.html
    """
    require_tensors("silu(input)", input)
    if not is_complex(input._array.dtype):
        require_float("silu_cpu", input._array)
    if inplace:
        written: Tensor = write_(activation.Silu, input)
        return written
    return activation.silu(input)


def mish(input: Tensor, inplace: bool = False) -> Tensor:
    """Return x · tanh(softplus(x)): (*) -> (*).

    Args:
        input: (*).
        inplace: write into the input, and return it.

    Raises:
        NotImplementedError: for integers and bools.

    Source: https://arxiv.org/abs/1908.08681;
        https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.mish.html
    """
    require_tensors("mish(input)", input)
    require_float("mish_cpu", input._array)
    if inplace:
        written: Tensor = write_(logistic.Mish, input)
        return written
    return logistic.Mish.apply(input)


@takes_out
def logsigmoid(input: Tensor) -> Tensor:
    """Return −log(1 + exp(−x)), computed stably: (*) -> (*).

    Raises:
        NotImplementedError: for integers and bools.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.logsigmoid.html
    """
    require_tensors("log_sigmoid(input)", input)
    require_float("log_sigmoid_cpu", input._array)
    return logistic.LogSigmoid.apply(input)


def softsign(input: Tensor) -> Tensor:
    """Return x / (1 + |x|): (*) -> (*).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.softsign.html
    """
    require_tensors("softsign(input)", input)
    return input / (input.abs() + 1)


def tanhshrink(input: Tensor) -> Tensor:
    """Return x − tanh(x): (*) -> (*).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.tanhshrink.html
    """
    require_tensors("tanhshrink(input)", input)
    return input - activation.Tanh.apply(input)


def glu(input: Tensor, dim: int = -1) -> Tensor:
    """Return the first half along ``dim`` times the sigmoid of the second: (*, 2n, *) -> (*, n, *).

    Args:
        input: (*, 2n, *).
        dim: the dimension that is halved.

    Raises:
        RuntimeError: if its size is odd, or there is none.
        IndexError: if there is no such dimension.
        NotImplementedError: for integers and bools.

    Source: https://arxiv.org/abs/1612.08083;
        https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.glu.html
    """
    require_tensors("glu(input)", input)
    x = input._array
    if x.ndim == 0:
        raise RuntimeError("glu does not support scalars because halving size must be even")
    dim = wrap_dim(dim, x.ndim)
    if x.shape[dim] % 2:
        raise RuntimeError(
            f"Halving dimension must be even, but dimension {dim} is size {x.shape[dim]}"
        )
    require_float("glu_cpu", x)
    return Glu.apply(input, dim=dim)


@takes_out
def softplus(input: Tensor, beta: float = 1.0, threshold: float = 20.0) -> Tensor:
    """Return log(1 + exp(beta · x)) / beta, a smooth ReLU: (*) -> (*).

    Args:
        input: (*).
        beta: steepness of the bend.
        threshold: beta · x beyond which x itself is returned.

    Raises:
        NotImplementedError: for integers and bools.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.softplus.html
    """
    require_tensors("softplus(input)", input)
    require_numbers("softplus", beta=beta, threshold=threshold)
    require_float("softplus_cpu", input._array)
    return activation.softplus(input, beta, threshold)


def sigmoid(input: Tensor) -> Tensor:
    """Return 1 / (1 + exp(−x)): (*) -> (*).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.sigmoid.html
    """
    require_tensors("sigmoid(input)", input)
    return activation.Sigmoid.apply(input)


def tanh(input: Tensor) -> Tensor:
    """Return the hyperbolic tangent: (*) -> (*).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.tanh.html
    """
    require_tensors("tanh(input)", input)
    return activation.Tanh.apply(input)


@takes_out
def gelu(input: Tensor, approximate: str = "none") -> Tensor:
    """Return x · Φ(x), with the standard normal distribution function Φ: (*) -> (*).

    Args:
        input: (*).
        approximate: "none" for Φ itself, "tanh" for the usual approximation of it.

    Raises:
        NotImplementedError: for integers and bools.
        RuntimeError: for another approximation.

    Source: https://arxiv.org/abs/1606.08415;
        https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.gelu.html
    """
    require_tensors("gelu(input)", input)
    require_float("GeluKernelImpl", input._array)
    return gelus.gelu(input, approximate)


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
