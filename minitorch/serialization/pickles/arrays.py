"""Arrays, scalars and dtypes of NumPy's out of a file, none of which holds objects."""

from __future__ import annotations

import math
from pickle import UnpicklingError
from typing import Any

import numpy as np

from minitorch.core.dtypes import Array
from minitorch.serialization.declared import to_dtype, to_shape
from minitorch.serialization.pickles.tensors import as_tuple
from minitorch.serialization.refusals import shown


def empty(kind: Any, shape: Any, code: Any) -> Array:
    """Return the array that ``fill`` is called with next."""
    if getattr(kind, "kind", None) is not np.ndarray or shape != (0,):
        raise UnpicklingError("an array that NumPy would not begin so")
    return np.empty(0, np.uint8)


def fill(array: Array, state: Any) -> Array:
    """Give an empty array its content: (version, shape, dtype, is it Fortran's order, bytes)."""
    _, shape, kind, is_fortran, content = as_tuple(state)
    if type(content) is str:  # of Python 2
        content = content.encode("latin-1")
    sizes = _checked(content, kind, shape)
    made: Any = (1, sizes, kind, bool(is_fortran), content)  # NumPy's stubs want its own bool
    array.__setstate__(made)
    return array


def from_buffer(content: Any, kind: Any, shape: Any, order: Any) -> Array:
    """Return an array of these bytes."""
    sizes = _checked(content, kind, shape)
    return np.frombuffer(bytearray(content), kind).reshape(
        sizes, order="F" if order == "F" else "C"
    )


def _checked(content: Any, kind: Any, shape: Any) -> tuple[int, ...]:
    """Return a shape after checking that the bytes are those of such an array."""
    if not isinstance(kind, np.dtype) or kind.hasobject or not kind.itemsize:
        raise UnpicklingError(f"an array of {kind if isinstance(kind, np.dtype) else shown(kind)}")
    sizes = to_shape(list(as_tuple(shape)))
    if type(content) not in (bytes, bytearray) or len(content) != math.prod(sizes) * kind.itemsize:
        raise UnpicklingError(f"an array of {kind} and shape {list(sizes)} of other bytes")
    return sizes


def scalar(kind: Any, content: Any) -> Any:
    """Return one number of NumPy's."""
    return from_buffer(content, kind, (), "C")[()]


def dtype(code: Any, align: Any = False, copy: Any = False) -> np.dtype[Any]:
    """Return a dtype by its code: fields and byte order come with ``dtype_with``."""
    if type(code) is str and code[:1] == "V":
        return np.dtype("V0")
    return np.dtype(to_dtype(code), copy=True)  # each its own: the machine tells them by identity


def dtype_with(kind: np.dtype[Any], state: Any) -> np.dtype[Any]:
    """Return a dtype with the byte order, fields or unit of its state."""
    _, order, _, names, fields, *_ = as_tuple(state)
    if kind.char == "V":
        if not names:
            raise UnpicklingError("a dtype of bytes without a meaning")
        parts = [[name, fields[name][0].str] for name in as_tuple(names)]
        return to_dtype(parts)
    if kind.kind in "mM" and len(state) > 8:
        _, (unit, count, *_) = state[8]
        unit = unit.decode() if isinstance(unit, bytes) else unit
        if unit != "generic":
            kind = to_dtype(f"{kind.char}8[{count}{unit}]")
    if order not in ("<", ">", "=", "|"):
        raise UnpicklingError(f"the byte order {shown(order)}")
    return kind.newbyteorder(order) if order in "<>" else kind
