"""What a file may declare of an array, checked against closed lists before NumPy sees it.

NumPy trusts whoever hands it a dtype, a shape and strides: it divides by an item size of 0, and
strides may overflow in its own checks and lead anywhere in memory.
"""

import math
import re
from collections.abc import Sequence
from typing import Any

import numpy as np

_MAX_DIMENSIONS = 64  # NumPy's, and PyTorch's
# Expanded and other overlapping tensors have more elements than their entry. Written out, one of
# this many would take a terabyte and more: nobody has saved it to compute with it.
MAX_ELEMENTS = 2**40

_NUMBERS = {
    np.dtype(c).str[1:] for c in "?" + np.typecodes["AllInteger"] + np.typecodes["AllFloat"]
}
_TEXT = r"[SU][1-9][0-9]{0,8}"
_TIME = r"[mM]8(\[([1-9][0-9]{0,8})?(Y|M|W|D|h|m|s|ms|us|ns|ps|fs|as)\])?"
_CODE = re.compile(rf"[<>|=]?({'|'.join(sorted(_NUMBERS))}|{_TEXT}|{_TIME})")
_FIELD_NAME = re.compile(r"[^'\\]+")


def declare(dtype: np.dtype[Any]) -> Any:
    """Return what a file says of a dtype: its code, or the names and codes of its fields.

    Raises:
        ValueError: files do not hold such arrays.
    """
    declared = [list(field) for field in dtype.descr] if dtype.names else dtype.str
    if to_dtype(declared) != dtype:
        raise ValueError(f"the dtype {dtype}")
    return declared


def to_dtype(declared: Any) -> np.dtype[Any]:
    """Return the dtype that a file declares.

    Raises:
        ValueError: it is none that ``declare`` returns.
    """
    if isinstance(declared, list) and declared:
        return np.dtype([(_field_name(name), _simple(code)) for name, code in declared])
    return _simple(declared)


def _field_name(name: Any) -> str:
    if not (isinstance(name, str) and _FIELD_NAME.fullmatch(name) and name.isprintable()):
        raise ValueError(f"the field {name!r}")
    return name


def _simple(code: Any) -> np.dtype[Any]:
    if not (isinstance(code, str) and _CODE.fullmatch(code)):
        raise ValueError(f"the dtype {code!r}")
    return np.dtype(code)


def to_shape(declared: Any) -> tuple[int, ...]:
    """Return the shape that a file declares.

    Raises:
        ValueError: no tensor has it.
    """
    shape = _integers(declared)
    if any(size < 0 for size in shape) or math.prod(shape) > MAX_ELEMENTS:
        raise ValueError(f"the shape {list(shape)}")
    return shape


def to_view(view: Any, size: int) -> tuple[tuple[int, ...], np.dtype[Any], int, tuple[int, ...]]:
    """Return shape, dtype, offset and strides (in bytes) of a view on ``size`` bytes.

    Raises:
        ValueError: it leaves them.
    """
    shape, dtype = to_shape(view["shape"]), to_dtype(view["dtype"])
    (offset, *strides) = _integers([view["offset"], *view["strides"]])
    check_view(shape, dtype.itemsize, offset, strides, size)
    return shape, dtype, offset, tuple(strides)


def check_view(
    shape: Sequence[int], itemsize: int, offset: int, strides: Sequence[int], size: int
) -> None:
    """Refuse a view that leaves its ``size`` bytes; offset and strides count bytes.

    Raises:
        ValueError: it does, or no tensor has that shape.
    """
    to_shape(list(shape))
    low, high = offset, offset
    if math.prod(shape):
        steps = [(n - 1) * stride for n, stride in zip(shape, strides, strict=True)]
        low += sum(step for step in steps if step < 0)
        high += sum(step for step in steps if step > 0) + itemsize
    if low < 0 or high > size:
        raise ValueError(f"a view from {low} to {high} of {size} bytes")


def _integers(declared: Any) -> tuple[int, ...]:
    if not isinstance(declared, list) or len(declared) > _MAX_DIMENSIONS + 1:
        raise ValueError("a shape or strides that are no short list")
    if any(type(number) is not int or abs(number) >= 2**63 for number in declared):
        raise ValueError("a shape or strides of other things than integers")
    return tuple(declared)
