"""Weighted sums: of two tensors, or with a product or a quotient, as optimizers write them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.conjugates import HOLOMORPHIC
from minitorch.autograd.op import Array, Grads, Op
from minitorch.autograd.variable import TensorBase
from minitorch.autograd.writes.inplace import overwrite_, write_
from minitorch.core.dtypes import (
    c_type_name,
    from_numpy,
    is_bool,
    is_differentiable,
    is_half,
    not_implemented,
    promote,
    result_dtype,
)
from minitorch.kernels.arrays import working_dtype
from minitorch.ops.arguments import factor_first
from minitorch.ops.elementwise.arithmetic import Mul, add, add_
from minitorch.ops.elementwise.cast import cast
from minitorch.ops.elementwise.division import Div
from minitorch.ops.half import rounded_once
from minitorch.ops.in_place import T
from minitorch.ops.out import takes_out, without_out

if TYPE_CHECKING:
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor

_add = without_out(add)


def _alike(operands: list[Any]) -> list[Any]:
    """As :func:`promote`; but floats of one dtype are asked for, and a number or 0-d weight."""
    start, end, weight = operands
    scalar = not isinstance(weight, np.ndarray) or weight.ndim == 0
    for name, x in (("end", end), ("weight", start if scalar else weight)):
        if isinstance(x, np.ndarray) and x.dtype != start.dtype:
            raise RuntimeError(
                f"expected dtype {c_type_name(start)} for `{name}` but got dtype {c_type_name(x)}"
            )
    if not is_differentiable(start.dtype):
        raise not_implemented(f"lerp_kernel_{'scalar' if scalar else 'tensor'}", start.dtype)
    return promote(operands)


class Lerp(Op):
    """start + weight * (end - start), with broadcasting; the weight may be a number."""

    complex = HOLOMORPHIC
    elementwise = True
    saves = (0, 1, 2)
    promotion = staticmethod(_alike)
    wide_numbers = True

    @staticmethod
    def forward(start: Array, end: Array, weight: Any) -> Array:
        # From the nearer end, as PyTorch rounds it: exact at weight 0 and at weight 1.
        step = np.subtract(end, start, dtype=working_dtype(start.dtype))
        if isinstance(weight, np.ndarray):
            weight = weight.astype(step.dtype, copy=False)
        near_end = end - step * (1 - weight)
        out = np.where(np.less(np.abs(weight), 0.5), start + step * weight, near_end)
        return out.astype(start.dtype, copy=False)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        start, end, weight = ctx.unpack()
        needs_start, needs_end, needs_weight = ctx.needs_input_grad
        return (
            grad * (1 - weight) if needs_start else None,
            grad * weight if needs_end else None,
            grad * (end - start) if needs_weight else None,
        )

    parity = staticmethod(lambda torch, a, b, weight: torch.lerp(a, b, weight))
    reference = staticmethod(np.vectorize(lambda a, b, w: a + (b - a) * w, otypes=[float]))

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(2, 3), s.real(2, 3), 0.3)
        yield s(s.real(2, 3), s.real(3), 0.8)
        yield s(s.real(2, 3), s.real(2, 3), s.real(2, 3))


@takes_out
def lerp(input: TensorBase, end: Any, weight: Any) -> Tensor:
    """Return ``input + weight * (end - input)``: (*A), (*B), (*C) or number -> (*broadcast)."""
    return Lerp.apply(input, end, weight)


def lerp_(input: T, end: Any, weight: Any) -> T:
    """Step towards ``end`` by a weight, which both broadcast: (*A), (*B), (*C) -> (*A)."""
    return write_(Lerp, input, end, weight)


def _of_one_dtype(*operands: Any) -> list[Any]:
    """Cast to the dtype of the sum, which a product in the dtype of its factors might not fit."""
    arrays = [x._array if isinstance(x, TensorBase) else x for x in operands]
    kind = from_numpy(result_dtype(*arrays))
    return [cast(x, kind) if isinstance(x, TensorBase) else x for x in operands]


def _factor_of(x: Any, value: Any) -> Any:
    """Return the factor of a product, of integers its whole part, as PyTorch takes it."""
    if isinstance(value, float) and not is_differentiable(x._array.dtype):
        return int(value)
    return value


@rounded_once
def _addcmul(input: TensorBase, tensor1: Any, tensor2: Any, *, value: Any) -> Tensor:
    if is_bool(input._array.dtype):
        raise not_implemented("addcmul_cpu_out", input._array.dtype)
    value = _factor_of(input, value)
    return _add(input, Mul.apply(tensor1, tensor2), alpha=value)


@takes_out
def addcmul(input: TensorBase, tensor1: Any, tensor2: Any, *old: Any, value: Any = 1) -> Tensor:
    """Return ``input + value * tensor1 * tensor2``: (*A), (*B), (*C) -> (*broadcast)."""
    if old:
        tensor1, tensor2, value = factor_first("addcmul", "value", value, tensor1, tensor2, *old)
    return _addcmul(*_of_one_dtype(input, tensor1, tensor2), value=value)


def addcmul_(input: T, tensor1: Any, tensor2: Any, *old: Any, value: Any = 1) -> T:
    """Add ``value * tensor1 * tensor2``, which broadcasts: (*A), (*B), (*C) -> (*A)."""
    if old:
        tensor1, tensor2, value = factor_first("addcmul_", "value", value, tensor1, tensor2, *old)
    _, tensor1, tensor2 = _of_one_dtype(input, tensor1, tensor2)
    if is_half(input._array.dtype) or is_bool(input._array.dtype):
        return overwrite_("addcmul_", input, lambda x: _addcmul(x, tensor1, tensor2, value=value))
    return add_(input, Mul.apply(tensor1, tensor2), alpha=_factor_of(tensor1, value))


@rounded_once
def _addcdiv(input: TensorBase, tensor1: Any, tensor2: Any, *, value: Any) -> Tensor:
    return _add(input, Div.apply(tensor1, tensor2), alpha=value)


def _check_quotient(tensor1: Any, tensor2: Any) -> None:
    for x in (tensor1, tensor2):
        if not isinstance(x, TensorBase) or is_differentiable(x._array.dtype):
            return
    raise RuntimeError(
        "Integer division with addcdiv is no longer supported, and in a future  release addcdiv "
        "will perform a true division of tensor1 and tensor2. Write input + value * (tensor1 / "
        "tensor2)."
    )


@takes_out
def addcdiv(input: TensorBase, tensor1: Any, tensor2: Any, *old: Any, value: Any = 1) -> Tensor:
    """Return ``input + value * tensor1 / tensor2``: (*A), (*B), (*C) -> (*broadcast).

    Raises:
        RuntimeError: for a quotient of integers.
    """
    if old:
        tensor1, tensor2, value = factor_first("addcdiv", "value", value, tensor1, tensor2, *old)
    _check_quotient(tensor1, tensor2)
    return _addcdiv(*_of_one_dtype(input, tensor1, tensor2), value=value)


def addcdiv_(input: T, tensor1: Any, tensor2: Any, *old: Any, value: Any = 1) -> T:
    """Add ``value * tensor1 / tensor2``, which broadcasts: (*A), (*B), (*C) -> (*A).

    Raises:
        RuntimeError: for a quotient of integers.
    """
    if old:
        tensor1, tensor2, value = factor_first("addcdiv_", "value", value, tensor1, tensor2, *old)
    _check_quotient(tensor1, tensor2)
    _, tensor1, tensor2 = _of_one_dtype(input, tensor1, tensor2)
    if is_half(input._array.dtype):
        return overwrite_("addcdiv_", input, lambda x: _addcdiv(x, tensor1, tensor2, value=value))
    return add_(input, Div.apply(tensor1, tensor2), alpha=value)
