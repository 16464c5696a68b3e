"""What functions of matrices ask of their inputs, in PyTorch's words."""

from __future__ import annotations

from typing import Any

from minitorch.core.dtypes import (
    is_complex,
    is_differentiable,
    not_implemented,
    scalar_name,
)
from minitorch.ops.linalg import lapack


def check_matrix(name: str, x: Any, argument: str = "A") -> None:
    """Raise PyTorch's RuntimeError for fewer than two dimensions."""
    if x._array.ndim < 2:
        raise RuntimeError(f"{name}: The input tensor {argument} must have at least 2 dimensions.")


def check_square(name: str, x: Any, argument: str = "A") -> None:
    """Raise PyTorch's RuntimeError for what is no square matrix, or a batch of them."""
    check_matrix(name, x, argument)
    *_, m, n = x._array.shape
    if m != n:
        raise RuntimeError(
            f"{name}: {argument} must be batches of square matrices, but they are {m} by {n} "
            "matrices"
        )


def check_float(name: str, x: Any, kernel: str = "") -> None:
    """Raise PyTorch's error for integers, and for float16 if a kernel's name is given.

    Raises:
        RuntimeError: for integers and bools.
        NotImplementedError: for float16 and bfloat16.
    """
    if not is_differentiable(x._array.dtype):
        raise RuntimeError(
            f"{name}: Expected a floating point or complex tensor as input. Got "
            f"{scalar_name(x._array)}. Convert it with .float()."
        )
    if kernel:
        check_wide(x, kernel)


def check_wide(x: Any, kernel: str, *, takes_complex: bool = False) -> None:
    """Raise PyTorch's NotImplementedError for what is neither float32 nor float64.

    Complex numbers are refused, too, where a function is made of ops with transposed matrices that
    would have to be conjugated, or computes by itself.
    """
    if is_complex(x._array.dtype):
        if takes_complex:
            return
        raise not_implemented(kernel, x._array.dtype)
    if scalar_name(x._array) not in ("Float", "Double"):
        raise NotImplementedError(
            f"\"{kernel}\" not implemented for '{scalar_name(x._array)}': convert with .float()"
        )


def check_not_low(name: str, x: Any) -> None:
    """Raise PyTorch's RuntimeError for integers, float16 and bfloat16."""
    check_float(name, x)
    if scalar_name(x._array) not in ("Float", "Double", "ComplexFloat", "ComplexDouble"):
        raise RuntimeError(
            f"{name}: Low precision dtypes not supported. Got {scalar_name(x._array)}"
        )


def check_solver(name: str, a: Any, b: Any, left: bool = True) -> None:
    """Raise PyTorch's RuntimeError for A and B of which AX = B (or XA = B) makes no sense."""
    check_square(name, a)
    check_matrix(name, b, "B")
    side = -2 if left else -1
    if a._array.shape[side] != b._array.shape[side]:
        (m, n), (p, q) = a._array.shape[-2:], b._array.shape[-2:]
        raise RuntimeError(
            f"{name}: Incompatible shapes of A and B for the equation "
            f"{'AX = B' if left else 'XA = B'} ({m}x{n} and {p}x{q})"
        )


def check_same_dtype(name: str, a: Any, b: Any) -> None:
    """Raise PyTorch's RuntimeError for matrices A and B of different dtypes."""
    if a._array.dtype != b._array.dtype:
        raise RuntimeError(
            f"{name}: Expected A and B to have the same dtype, but found A of type "
            f"{scalar_name(a._array)} and B of type {scalar_name(b._array)} instead"
        )


def check_old_solver(name: str, a: Any, b: Any) -> None:
    """Raise the RuntimeError of PyTorch's older solvers, to which B is known as b."""
    if a._array.dtype != b._array.dtype:
        raise RuntimeError(
            f"Expected b and A to have the same dtype, but found b of type {scalar_name(b._array)} "
            f"and A of type {scalar_name(a._array)} instead."
        )
    *_, m, n = a._array.shape
    if m != n:
        raise RuntimeError(
            f"A must be batches of square matrices, but they are {m} by {n} matrices"
        )
    *_, p, q = b._array.shape
    if p != m:
        raise RuntimeError(
            f"Incompatible matrix sizes for {name}: each A matrix is {m} by {m} but each b matrix "
            f"is {p} by {q}"
        )


def check_pivots(says: str, pivots: Any, count: int, bounds: tuple[str, str]) -> None:
    """Raise a RuntimeError for exchanged rows, from 1, that are below or above those there are."""
    rows = lapack.examples(pivots)
    for is_wrong, bound in zip((rows < 1, rows > count), bounds, strict=True):
        if is_wrong.any():
            raise RuntimeError(says.format(bound))
