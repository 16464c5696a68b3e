"""Affine maps."""

from __future__ import annotations

import math

from minitorch import ops
from minitorch.dtypes import Array, from_numpy
from minitorch.nn.functional.checks import require_tensors
from minitorch.tensor import Tensor

# What messages about matrix products call the dtypes.
_C_NAMES = {
    "float16": "c10::Half", "float32": "float", "float64": "double", "uint8": "unsigned char",
    "int8": "signed char", "int16": "short int", "int32": "int", "int64": "long int",
    "bool": "bool",
}  # fmt: skip


def linear(input: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """Return input · weightᵀ + bias: (*, in), (out, in), (out) -> (*, out); weight may be (in).

    Raises:
        RuntimeError: if sizes or dtypes do not fit.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.linear.html
    """
    require_tensors("linear(input, weight, bias)", input, weight, bias, required=2)
    x, w = input._array, weight._array
    if x.ndim == 0 or x.shape[-1] != w.shape[-1] or x.dtype != w.dtype:
        _refuse(x, w)
    if bias is not None:
        _check_bias(bias, x, w)
    if w.ndim == 1:
        out = input.matmul(weight)
        return out if bias is None else out + bias
    return ops.linear(input, weight, bias)


def _check_bias(bias: Tensor, x: Array, w: Array) -> None:
    b = bias._array
    out = w.shape[:-1]
    if b.shape != out and b.shape not in ((), (1,)):
        target = [*x.shape[:-1], *out]
        raise RuntimeError(
            f"The expanded size of the tensor ({target[-1] if target else 1}) must match the "
            f"existing size ({b.shape[-1]}) at non-singleton dimension {len(target) - 1}.  Target "
            f"sizes: {target}.  Tensor sizes: {list(b.shape)}. The bias of linear has one element "
            "per output feature."
        )
    if b.dtype != x.dtype:
        _refuse_dtypes(x, b)


def _refuse(x: Array, w: Array) -> None:
    if x.ndim == 0 or w.ndim == 0:
        raise RuntimeError(
            f"both arguments to linear need to be at least 1D, but they are {x.ndim}D and {w.ndim}D"
        )
    if x.dtype != w.dtype:
        _refuse_dtypes(x, w)
    rows = math.prod(x.shape[:-1])
    matrix = f"{w.shape[-1]}x{w.shape[0]}" if w.ndim > 1 else f"{w.shape[0]}"
    raise RuntimeError(
        f"mat1 and mat2 shapes cannot be multiplied ({rows}x{x.shape[-1]} and {matrix}): linear "
        f"expects {w.shape[-1]} input features, but got an input of shape {list(x.shape)}"
    )


def _refuse_dtypes(x: Array, other: Array) -> None:
    ours, theirs = from_numpy(x.dtype).name, from_numpy(other.dtype).name
    raise RuntimeError(
        "expected m1 and m2 to have the same dtype, but got: "
        f"{_C_NAMES[ours]} != {_C_NAMES[theirs]}. Convert the input with .to(torch.{theirs}), or "
        "the module with .double(), .float() or .half()."
    )
