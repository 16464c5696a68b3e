"""Complex numbers and the pairs of real ones that they are in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from minitorch.autograd.op import Array
from minitorch.autograd.variable import TensorBase
from minitorch.autograd.writes.parts import ViewAsComplex, ViewAsReal
from minitorch.core.dtypes import complex_of, is_complex, scalar_name
from minitorch.core.storage import address_of, elements_strides, owner_of
from minitorch.ops.arguments import takes_tensors
from minitorch.ops.out import takes_out, without_out
from minitorch.ops.shape.expand import broadcast_tensors
from minitorch.ops.shape.joining import stack
from minitorch.ops.shape.narrow import select

if TYPE_CHECKING:
    from minitorch.tensor import Tensor

_stack = without_out(stack)


class Complex(ViewAsComplex):
    """As :class:`ViewAsComplex`, of fresh pairs that nobody else sees: so it counts as no view."""

    is_view = False
    in_own_dtype = True


@takes_tensors
def view_as_real(input: TensorBase) -> Tensor:
    """Return a view with real and imaginary parts along a last dimension: (*) -> (*, 2).

    Raises:
        RuntimeError: for real numbers.
    """
    if not is_complex(input._array.dtype):
        raise RuntimeError(
            "view_as_real is only supported for complex tensors: got "
            f"{scalar_name(input._array)}; of real numbers stack parts by yourself."
        )
    return ViewAsReal.apply(input)


@takes_tensors
def view_as_complex(input: TensorBase) -> Tensor:
    """Return a view of pairs along the last dimension as complex numbers: (*, 2) -> (*).

    Raises:
        RuntimeError: for other dtypes than floating-point ones of 32 or 64 bits, a last dimension
            of another size, or strides between which pairs do not lie.
    """
    x = input._array
    if x.dtype.name not in ("float32", "float64"):
        raise RuntimeError(
            "view_as_complex is only supported for half, float and double tensors, but got a "
            f"tensor of scalar type: {scalar_name(x)}; half precision there is none of here."
        )
    if not x.ndim:
        raise RuntimeError("Input tensor must have one or more dimensions")
    if x.shape[-1] != 2:
        raise RuntimeError(
            f"Tensor must have a last dimension of size 2: got the shape {list(x.shape)}."
        )
    *steps, last = elements_strides(x)
    if last != 1:
        raise RuntimeError("Tensor must have a last dimension with stride 1: use .contiguous().")
    if any([step % 2 for step in steps]):
        raise RuntimeError(
            "Tensor must have a stride divisible by 2 for all but last dimension: use .contiguous()"
        )
    if (address_of(x) - address_of(owner_of(x))) // x.itemsize % 2:
        raise RuntimeError("Tensor must have a storage_offset divisible by 2: use .clone().")
    return ViewAsComplex.apply(input)


def real_part(x: Any) -> Tensor:
    """Return the real parts of complex numbers, in the same memory: (*) -> (*)."""
    return select(ViewAsReal.apply(x), -1, 0)


def imaginary_part(x: Any) -> Tensor:
    """Return the imaginary parts of complex numbers, in the same memory: (*) -> (*)."""
    return select(ViewAsReal.apply(x), -1, 1)


@takes_out
@takes_tensors
def complex(real: TensorBase, imag: TensorBase) -> Tensor:
    """Return the complex numbers of two parts: (*A), (*B) -> (*broadcast(A, B)).

    Raises:
        RuntimeError: for parts that are not both of float32, or both of float64.
    """
    _check_parts(real._array, imag._array)
    return Complex.apply(_stack(broadcast_tensors(real, imag), -1))


@takes_out
@takes_tensors
def polar(abs: TensorBase, angle: TensorBase) -> Tensor:
    """Return abs * (cos(angle) + i sin(angle)): (*A), (*B) -> (*broadcast(A, B)).

    Raises:
        RuntimeError: for parts that are not both of float32, or both of float64.
    """
    _check_parts(abs._array, angle._array)
    length, turn = broadcast_tensors(abs, angle)
    return Complex.apply(_stack([length * turn.cos(), length * turn.sin()], -1))


def _check_parts(first: Array, second: Array) -> None:
    names = [scalar_name(x) for x in (first, second)]
    if not set(names) <= {"Half", "Float", "Double"}:
        raise RuntimeError(
            f"Expected both inputs to be Half, Float or Double tensors but got {names[0]} and "
            f"{names[1]}"
        )
    if names[0] != names[1]:
        raise RuntimeError(
            f"Expected object of scalar type {names[0]} but got scalar type {names[1]} for second "
            "argument"
        )
    complex_of(first.dtype)
