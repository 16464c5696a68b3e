"""Dtypes of the standard: kinds, limits, casts, and what this namespace offers."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from minitorch.array_api._package import result_type as result_type, torch
from minitorch.core import dtypes

_KINDS: dict[str, Callable[[Any], bool]] = {
    "bool": dtypes.is_bool,
    "signed integer": lambda of: dtypes.is_integer(of) and not dtypes.is_unsigned(of),
    "unsigned integer": dtypes.is_unsigned,
    "integral": dtypes.is_integer,
    "real floating": dtypes.is_float,
    "complex floating": dtypes.is_complex,
    "numeric": lambda of: not dtypes.is_bool(of),
}


def isdtype(dtype: Any, kind: Any) -> bool:
    """Return whether a dtype is of a kind: a name, a dtype, or a tuple of them.

    Raises:
        ValueError: for a name that the standard has not got.
        TypeError: for what is no dtype.
    """
    dtype = dtypes.read(dtype)
    for one in kind if isinstance(kind, tuple) else (kind,):
        if isinstance(one, str) and one not in _KINDS:
            raise ValueError(f"unknown kind {one!r}: the standard has {', '.join(_KINDS)}.")
        if _KINDS[one](dtype.numpy) if isinstance(one, str) else dtype is one:
            return True
    return False


def sum_dtype(x: Any, dtype: Any) -> Any:
    """Return the dtype that sums and products are asked for: of unsigned integers, their widest."""
    if dtype is None and isdtype(x.dtype, "unsigned integer"):
        return torch.uint64
    return dtype


def astype(x: Any, dtype: Any, /, *, copy: bool = True, device: Any = None) -> Any:
    """Return elements of a dtype: (*) -> (*); without ``copy``, the array itself if it will do."""
    return x.to(device or x.device, dtype, copy=copy)


def can_cast(from_: Any, to: Any, /) -> bool:
    """Return whether promotion may lead from one dtype, or an array's, to another."""
    return result_type(from_, to) is to


def finfo(type: Any, /) -> SimpleNamespace:
    """Return the limits of a floating-point dtype, or of an array's."""
    dtype = type if isinstance(type, torch.dtype) else type.dtype
    found = torch.finfo(dtype)
    names = ("bits", "eps", "max", "min", "smallest_normal")
    return SimpleNamespace(dtype=dtype, **{name: getattr(found, name) for name in names})


def iinfo(type: Any, /) -> SimpleNamespace:
    """Return the limits of an integer dtype, or of an array's."""
    dtype = type if isinstance(type, torch.dtype) else type.dtype
    found = torch.iinfo(dtype)
    return SimpleNamespace(dtype=dtype, bits=found.bits, max=found.max, min=found.min)


class _Info:
    """What this namespace offers, in the standard's words."""

    def capabilities(self) -> dict[str, Any]:
        return {"boolean indexing": True, "data-dependent shapes": True, "max dimensions": 64}

    def default_device(self) -> Any:
        return torch.device("cpu")

    def devices(self) -> list[Any]:
        return [torch.device("cpu")]

    def default_dtypes(self, *, device: Any = None) -> dict[str, Any]:
        found = {"real floating": torch.get_default_dtype()}
        found |= {"integral": torch.int64, "indexing": torch.int64}
        found["complex floating"] = found["real floating"].to_complex()
        return found

    def dtypes(self, *, device: Any = None, kind: Any = None) -> dict[str, Any]:
        """Return the dtypes of a kind, or of one of several, by name."""
        standard = [d for d in dtypes.ALL if d is not torch.float16 and d.name != "bfloat16"]
        return {d.name: d for d in standard if kind is None or isdtype(d, kind)}


def __array_namespace_info__() -> _Info:
    """Return what this namespace offers: dtypes, devices, capabilities."""
    return _Info()
