"""``Binary``: the base of functions of two tensors, or of a tensor and a number."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from minitorch.autograd.op import Array, Op
from minitorch.core.dtypes import is_float, is_half, not_implemented, promote
from minitorch.ops.in_place import function_name

if TYPE_CHECKING:
    from minitorch.ops.samples import Sampler, Samples


def promote_first_tensor(operands: list[Any]) -> list[Any]:
    """Cast as :func:`promote`, where a number may stand in the second place alone."""
    require_array(operands[0], "input", 1)
    return promote(operands)


def require_array(operand: Any, name: str, position: int) -> None:
    """Refuse a number where PyTorch takes tensors alone."""
    if not isinstance(operand, np.ndarray):
        raise TypeError(
            f"argument '{name}' (position {position}) must be Tensor, not {type(operand).__name__}"
        )


Promotion = Callable[[list[Any]], list[Any]]


def both_tensors(promotion: Promotion) -> Promotion:
    """Return a promotion where no number may stand."""

    def of_tensors(operands: list[Any]) -> list[Any]:
        require_array(operands[0], "input", 1)
        require_array(operands[1], "other", 2)
        return promotion(operands)

    return of_tensors


promote_tensors = both_tensors(promote)


class Binary(Op):
    """A function of two elements, with broadcasting: (*A), (*B) -> (*broadcast(A, B)).

    A subclass states ``forward`` and ``backward``, and for the tests the function of two Python
    numbers and where it is smooth. PyTorch has it under the name of the class in small letters, at
    the root or in ``special``.
    """

    elementwise = True
    promotion: ClassVar[Any] = staticmethod(promote)
    scalar: ClassVar[Any]  # number, number -> number
    otypes: ClassVar[Any] = (float,)  # what ``scalar`` returns; None: what its first result is
    domain: ClassVar[str] = "real"  # which numbers of ``Sampler`` to try

    @classmethod
    def parity(cls, torch: Any, a: Any, b: Any) -> Any:
        name = function_name(cls)
        return getattr(torch if hasattr(torch, name) else torch.special, name)(a, b)

    @classmethod
    def reference(cls, a: Any, b: Any) -> Any:
        return np.vectorize(cls.scalar, otypes=cls.otypes)(a, b)

    @classmethod
    def samples(cls, s: Sampler) -> Samples:
        return s.binary(getattr(s, cls.domain))


def of_floats(kernel: str) -> Promotion:
    """Return a promotion of tensors to a floating-point dtype, or PyTorch's error of a kernel."""

    def promotion(operands: list[Any]) -> list[Any]:
        cast = promote(operands)
        dtype = cast[0].dtype
        if not is_float(dtype):
            raise not_implemented(kernel, dtype)
        return cast

    return both_tensors(promotion)


def over(ufunc: np.ufunc) -> Callable[[Array, Any], bool]:
    """Return an ``into`` that writes over the first of two operands, of single or double floats."""

    def into(out: Array, other: Any) -> bool:
        dtype = out.dtype
        if not is_float(dtype) or dtype.itemsize < 4:
            return False
        if type(other) is np.ndarray:
            if other.dtype is not dtype:
                return False
        elif type(other) is not float and type(other) is not int:
            return False
        ufunc(out, other, out)
        return True

    return into


_ndarray, _FLOAT16 = np.ndarray, np.dtype(np.float16)


def keeping_number(promotion: Promotion) -> Promotion:
    """Return a promotion that does not round a number beside half floats, for ``by_wide_number``.

    That is a second operand without dimensions, whatever its dtype was.
    """

    def kept(operands: list[Any]) -> list[Any]:
        cast = promotion(operands)
        if cast is not operands and type(cast[0]) is _ndarray and is_half(cast[0].dtype):
            second = operands[1]
            if type(second) is _ndarray and second.ndim == 0:
                return [cast[0], second.item()]
        return cast

    return kept


def by_wide_number(ufunc: Callable[..., Array], a: Any, b: Any) -> Array:
    """Combine elements; those of float16 with a number in float32, rounded once.

    So PyTorch computes products and quotients; elsewhere the number is rounded to float16 first.
    """
    if type(b) is not _ndarray and a.dtype == _FLOAT16:
        return np.asarray(ufunc(a, np.float32(b))).astype(_FLOAT16)
    found: Array = ufunc(a, b)
    return found
