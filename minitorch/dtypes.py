"""Element types and PyTorch's promotion rules between them.

A ``dtype`` is this package's own object around a NumPy dtype, so that ``minitorch.float32``
compares, prints and passes as an argument the way ``torch.float32`` does.
"""

from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]


class dtype:
    """Element type of a tensor, for example ``minitorch.float32``."""

    __slots__ = ("name", "numpy")

    def __init__(self, name: str) -> None:
        self.name = name
        self.numpy: np.dtype[Any] = np.dtype(name)

    @property
    def itemsize(self) -> int:
        """Size of one element in bytes."""
        return self.numpy.itemsize

    @property
    def is_floating_point(self) -> bool:
        """Whether elements are floating-point numbers."""
        return self.numpy.kind == "f"

    @property
    def is_complex(self) -> bool:
        """Whether elements are complex numbers: never, there is no complex dtype here."""
        return False

    @property
    def is_signed(self) -> bool:
        """Whether negative values can be held."""
        return self.numpy.kind in "fi"

    def __repr__(self) -> str:
        return f"torch.{self.name}"

    def __reduce__(self) -> str:
        return (
            "bool_" if self.name == "bool" else self.name
        )  # copies and pickles are the one object of this name


float16 = dtype("float16")
float32 = dtype("float32")
float64 = dtype("float64")
uint8 = dtype("uint8")
int8 = dtype("int8")
int16 = dtype("int16")
int32 = dtype("int32")
int64 = dtype("int64")
bool_ = dtype("bool")  # the public name is minitorch.bool

ALL = (float16, float32, float64, uint8, int8, int16, int32, int64, bool_)

# dtype.num is a small integer, so the reverse look-up on every `tensor.dtype` is one dict access.
_BY_NUM = {d.numpy.num: d for d in ALL}
_BY_NUM.update({np.dtype(np.longlong).num: int64, np.dtype(np.intc).num: int32})

# PyTorch's names for tensors of each type, as its messages spell them.
SCALAR_NAMES = {
    float16: "Half", float32: "Float", float64: "Double", uint8: "Byte", int8: "Char",
    int16: "Short", int32: "Int", int64: "Long", bool_: "Bool",
}  # fmt: skip

_default = float32


def from_numpy(numpy_dtype: np.dtype[Any]) -> dtype:
    """Return the dtype object for a NumPy dtype.

    Raises:
        TypeError: if tensors cannot hold such elements (complex, text, objects, unsigned 16 to 64).
    """
    found = _BY_NUM.get(numpy_dtype.num)
    if found is None:
        names = ", ".join(d.name for d in ALL)
        raise TypeError(
            f"can't convert np.ndarray of type numpy.{numpy_dtype}. "
            f"The only supported types are: {names}; convert with .astype() first."
        )
    return found


def scalar_name(array: Array) -> str:
    """Return PyTorch's word for the element type of an array: "Float", "Long", ..."""
    return SCALAR_NAMES[from_numpy(array.dtype)]


def get_default_dtype() -> dtype:
    """Return the dtype that Python floats become; ``float32`` unless changed."""
    return _default


def set_default_dtype(d: dtype) -> None:
    """Set the dtype that Python floats become.

    Raises:
        TypeError: if ``d`` is not a floating-point dtype.
    """
    global _default
    if not isinstance(d, dtype) or not d.is_floating_point:
        raise TypeError(f"only floating-point types are supported as the default type, got {d!r}")
    _default = d


class finfo:
    """Limits of a floating-point dtype: ``min max eps tiny smallest_normal resolution bits``."""

    def __init__(self, type: dtype | None = None) -> None:
        self.dtype = (type or _default).name
        info = np.finfo(self.dtype)
        self.bits = info.bits
        self.min, self.max = info.min.item(), info.max.item()
        self.eps, self.tiny = info.eps.item(), info.tiny.item()
        self.smallest_normal = self.tiny
        self.resolution = info.resolution.item()


class iinfo:
    """Limits of an integer dtype: ``min max bits``."""

    def __init__(self, type: dtype) -> None:
        self.dtype = type.name
        info = np.iinfo(type.numpy)
        self.bits, self.min, self.max = info.bits, info.min, info.max


_CATEGORY = {"b": 0, "u": 1, "i": 1, "f": 2}
_BOOL, _INT64 = np.dtype(np.bool_), np.dtype(np.int64)


def can_cast(from_: np.dtype[Any], to: np.dtype[Any]) -> bool:
    """Whether an in-place result may be stored: never down a category (float, integer, bool)."""
    return _CATEGORY[from_.kind] <= _CATEGORY[to.kind]


def promote_types(type1: dtype, type2: dtype) -> dtype:
    """Return the dtype that holds both, by PyTorch's table: integer + float = that float."""
    return from_numpy(_promote(type1.numpy, type2.numpy))


def _promote(a: np.dtype[Any], b: np.dtype[Any]) -> np.dtype[Any]:
    if a == b:
        return a
    if (a.kind == "f") != (b.kind == "f"):
        return a if a.kind == "f" else b
    return np.promote_types(a, b)


def _scalar_dtype(value: object) -> np.dtype[Any]:
    if isinstance(value, bool | np.bool_):
        return _BOOL
    if isinstance(value, int | np.integer):
        return _INT64
    return _default.numpy


def result_dtype(*operands: Any) -> np.dtype[Any]:
    """Return the NumPy dtype that arrays and Python scalars together give.

    Tensors with dimensions come first; a 0-d tensor, and after it a Python scalar, only counts
    where its category (bool < integer < float) is higher. Source: the "type promotion" section of
    PyTorch's tensor attributes page.
    """
    ranks: list[np.dtype[Any] | None] = [None, None, None]  # scalars, 0-d tensors, the others
    for x in operands:
        if isinstance(x, np.ndarray):
            rank, found = (2 if x.ndim else 1), x.dtype
        else:
            rank, found = 0, _scalar_dtype(x)
        known = ranks[rank]
        ranks[rank] = found if known is None else _promote(known, found)
    result = None
    for lower in ranks:
        result = lower if result is None else _combine(lower, result)
    assert result is not None, "result_dtype needs an operand"
    return result


def _combine(higher: np.dtype[Any] | None, lower: np.dtype[Any]) -> np.dtype[Any]:
    if higher is None:
        return lower
    if _CATEGORY[lower.kind] > _CATEGORY[higher.kind]:
        return _promote(higher, lower)
    return higher


_NUMBERS = (float, int, bool)


def promote(operands: list[Any]) -> list[Any]:
    """Cast arrays to their common dtype; NumPy's weak promotion does the rest for numbers."""
    if len(operands) == 2:  # the usual cases first: nothing to do
        a, b = operands
        if type(a) is np.ndarray and type(b) is np.ndarray:
            if a.dtype is b.dtype:
                return operands
        elif (type(a) is np.ndarray and a.dtype.kind == "f" and type(b) in _NUMBERS) or (
            type(b) is np.ndarray and b.dtype.kind == "f" and type(a) in _NUMBERS
        ):
            return operands
    return _cast_all(operands, result_dtype(*operands))


def promote_to_float(operands: list[Any]) -> list[Any]:
    """As :func:`promote`, with the default dtype where the result were not floating-point."""
    first = operands[0]
    if len(operands) == 1 and first.dtype.kind == "f":
        return operands
    result = result_dtype(*operands)
    if result.kind == "f":
        return promote(operands)
    return _cast_all(operands, _default.numpy)


def _cast_all(operands: list[Any], result: np.dtype[Any]) -> list[Any]:
    return [_cast(x, result) for x in operands]


def _cast(x: Any, result: np.dtype[Any]) -> Any:
    if isinstance(x, np.ndarray):
        return x.astype(result, copy=False)
    return x.item() if isinstance(x, np.generic) else x
