"""Elementwise functions: one table of the standard's names and ours."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from minitorch.array_api._package import alike, torch

_UNARY = """
abs acos acosh asin asinh atan atanh ceil conj cos cosh exp expm1 floor imag isfinite isinf isnan
log log1p log2 log10 logical_not negative positive real reciprocal round sign signbit sin sinh
square sqrt tan tanh trunc
"""
_BINARY = """
add atan2 bitwise_and bitwise_left_shift bitwise_or bitwise_right_shift bitwise_xor copysign divide
floor_divide greater greater_equal hypot less less_equal logaddexp logical_and logical_or
logical_xor maximum minimum multiply nextafter not_equal pow remainder subtract
"""

_ONE = {name: name for name in _UNARY.split()} | {"bitwise_invert": "bitwise_not"}
_TWO = {name: name for name in _BINARY.split()} | {"equal": "eq"}

NAMES = (*_ONE, *_TWO, "clip")


@cache
def function(name: str) -> Callable[..., Any]:
    """Return the function of the standard's name.

    Raises:
        AttributeError: if the package has not got it.
    """
    if name in ("clip", "sign"):
        return clip if name == "clip" else sign
    ours: Callable[..., Any] = getattr(torch, _ONE.get(name) or _TWO[name])

    def of_one(x: Any, /) -> Any:
        return ours(x)

    def of_two(x1: Any, x2: Any, /) -> Any:
        return ours(*alike(x1, x2))

    found = of_one if name in _ONE else of_two
    found.__name__ = found.__qualname__ = name
    found.__doc__ = f"Compute {name} elementwise, as ``minitorch.{ours.__name__}`` does."
    return found


def sign(x: Any, /) -> Any:
    """Return the sign of each element; NaN of NaN."""
    found = torch.sgn(x)
    return torch.where(torch.isnan(x), x, found) if x.is_floating_point() else found


def clip(x: Any, /, min: Any = None, max: Any = None) -> Any:
    """Bring elements into bounds, which are arrays or numbers; the dtype stays."""
    bounds = [b if b is None else torch.as_tensor(b, dtype=x.dtype) for b in (min, max)]
    return torch.clone(x) if min is None and max is None else torch.clamp(x, *bounds)
