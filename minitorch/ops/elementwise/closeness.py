"""Whether two tensors are equal, or as good as equal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from minitorch.autograd.conjugates import LINEAR
from minitorch.autograd.op import Array, Op
from minitorch.autograd.variable import TensorBase
from minitorch.autograd.vmap.example import refuse_outcome_of
from minitorch.core.dtypes import scalar_name
from minitorch.core.layout import in_first_order
from minitorch.ops.arguments import takes_tensors

if TYPE_CHECKING:
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor


class IsClose(Op):
    """Whether |a - b| <= atol + rtol |b|, or both are equal, or (if asked) both NaN."""

    complex = LINEAR
    elementwise = True
    differentiable = False
    promotion = staticmethod(in_first_order)

    @staticmethod
    def forward(a: Array, b: Array, *, rtol: float, atol: float, equal_nan: bool) -> Array:
        close = np.equal(a, b)
        if equal_nan:
            close = close | (np.isnan(a) & np.isnan(b))
        difference = np.abs(np.subtract(a, b, dtype=np.result_type(a, np.int8)))
        return close | (np.isfinite(difference) & (difference <= atol + np.abs(rtol * b)))

    parity = staticmethod(
        lambda torch, a, b, *, rtol, atol, equal_nan: torch.isclose(a, b, rtol, atol, equal_nan)
    )
    reference = staticmethod(
        lambda a, b, *, rtol, atol, equal_nan: np.isclose(a, b, rtol, atol, equal_nan)
    )

    @staticmethod
    def samples(s: Sampler) -> Samples:
        a = np.array([1.0, 1.0, np.nan, np.inf, np.inf, 0.0])
        b = np.array([1.00001, 1.1, np.nan, np.inf, -np.inf, 1e-9])
        for equal_nan in (False, True):
            yield s(a, b, rtol=1e-4, atol=1e-8, equal_nan=equal_nan)
        yield s(s.integers(0, 9, 2, 3), s.integers(0, 9, 3), rtol=0.1, atol=1.0, equal_nan=False)


@takes_tensors
def isclose(
    input: TensorBase,
    other: TensorBase,
    rtol: float = 1e-05,
    atol: float = 1e-08,
    equal_nan: bool = False,
) -> Tensor:
    """Return where two are as good as equal: ``|input - other| <= atol + rtol * |other|``.

    Shapes: (*A), (*B) -> (*broadcast(A, B)).

    Raises:
        RuntimeError: for tensors of two dtypes, or a negative tolerance.
    """
    a, b = input._array, other._array
    if a.dtype != b.dtype:
        raise RuntimeError(
            f"{scalar_name(a)} did not match {scalar_name(b)}: convert one with .to(dtype) first."
        )
    for name, value in (("rtol", rtol), ("atol", atol)):
        if not value >= 0:
            raise RuntimeError(f"{name} must be greater than or equal to zero, but got {value}")
    return IsClose.apply(input, other, rtol=rtol, atol=atol, equal_nan=equal_nan)


@takes_tensors
def allclose(
    input: TensorBase,
    other: TensorBase,
    rtol: float = 1e-05,
    atol: float = 1e-08,
    equal_nan: bool = False,
) -> bool:
    """Return whether :func:`isclose` holds everywhere: (*A), (*B) -> bool."""
    refuse_outcome_of("allclose", input._array, other._array)
    return bool(isclose(input, other, rtol, atol, equal_nan)._array.all())


@takes_tensors
def equal(input: TensorBase, other: TensorBase) -> bool:
    """Return whether shape and elements are the same, whatever the dtypes: (*A), (*B) -> bool."""
    a, b = input._array, other._array
    refuse_outcome_of("equal", a, b)
    return a.shape == b.shape and bool(np.equal(a, b).all())
