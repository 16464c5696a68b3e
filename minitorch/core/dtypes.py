"""Element types and PyTorch's promotion rules between them.

A ``dtype`` is this package's own object around a NumPy dtype, so that ``minitorch.float32``
compares, prints and passes as an argument the way ``torch.float32`` does.
"""

from math import isfinite
from typing import Any

import numpy as np

from minitorch.core import bfloat16 as _bfloat16
from minitorch.core.layout import copied, in_first_order

Array = np.ndarray[Any, np.dtype[Any]]


def _coded(codes: str) -> set[np.dtype[Any]]:
    return {np.dtype(order + code) for code in codes for order in "<>"}


# The kinds of elements. A new dtype is entered here, and whoever asks for kinds asks below: a look
# into a set costs no more than reading ``.kind``, which is "V" where the dtype is not NumPy's own.
_FLOATS = _coded("efdg")
_COMPLEX = _coded("FD")
_DIFFERENTIABLE = _FLOATS | _COMPLEX
_UNSIGNED_INTEGERS = _coded("BHILQ")
_INTEGERS = _coded("bhilq") | _UNSIGNED_INTEGERS
_BOOLS = _coded("?")


def is_float(of: np.dtype[Any]) -> bool:
    """Whether elements are floating-point numbers."""
    return of in _FLOATS


def is_half(of: np.dtype[Any]) -> bool:
    """Whether elements are floating-point numbers of two bytes, which are computed in float32."""
    return of.itemsize == 2 and of in _FLOATS


def is_complex(of: np.dtype[Any]) -> bool:
    """Whether elements are complex numbers."""
    return of in _COMPLEX


def is_differentiable(of: np.dtype[Any]) -> bool:
    """Whether elements have gradients: floating-point and complex numbers."""
    return of in _DIFFERENTIABLE


def is_integer(of: np.dtype[Any]) -> bool:
    """Whether elements are integers, which truth values are not."""
    return of in _INTEGERS


def is_unsigned(of: np.dtype[Any]) -> bool:
    """Whether elements are integers without a sign."""
    return of in _UNSIGNED_INTEGERS


def is_bool(of: np.dtype[Any]) -> bool:
    """Whether elements are truth values."""
    return of in _BOOLS


def is_signed(of: np.dtype[Any]) -> bool:
    """Whether elements may be below zero; PyTorch says so of floating-point numbers, too."""
    return of in _DIFFERENTIABLE or (of in _INTEGERS and of not in _UNSIGNED_INTEGERS)


def category(of: np.dtype[Any]) -> int:
    """Return the rank in promotion: bool, integer, floating-point, complex."""
    return 2 + (of in _COMPLEX) if of in _DIFFERENTIABLE else int(of in _INTEGERS)


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
        return is_float(self.numpy)

    @property
    def is_complex(self) -> bool:
        """Whether elements are complex numbers."""
        return is_complex(self.numpy)

    @property
    def is_signed(self) -> bool:
        """Whether negative values can be held."""
        return is_signed(self.numpy)

    @property
    def abbr(self) -> str:
        """Kind and bits in short: "f32", "i64", "u8", "b8"."""
        return f"{self.name.replace('float', 'f')[0]}{8 * self.itemsize}"

    def to_real(self) -> "dtype":
        """Return the dtype of the real part: of complex numbers the float, else this one."""
        return _REAL.get(self, self)

    def to_complex(self) -> "dtype":
        """Return the dtype of complex numbers with such parts; of them this one.

        Raises:
            RuntimeError: for parts of which no tensor can be: NumPy has no complex32.
        """
        if self in _REAL:
            return self
        for whole, part in _REAL.items():
            if part is self:
                return whole
        raise RuntimeError(
            f"there are no complex numbers with parts of dtype {self}: convert to float32 first."
        )

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
uint16 = dtype("uint16")
uint32 = dtype("uint32")
uint64 = dtype("uint64")
bool_ = dtype("bool")  # the public name is minitorch.bool


# Not empty once a program has met complex numbers (Note [Complex numbers]).
complex_seen: list[bool] = []


def note_complex() -> None:
    """Note that there are complex numbers from now on: ops look out for them."""
    if not complex_seen:
        complex_seen.append(True)


class _Complex(dtype):
    """A dtype of complex numbers; whoever makes an array of it is noticed."""

    __slots__ = ()

    def __init__(self, name: str) -> None:
        self.name = name

    @property
    def numpy(self) -> np.dtype[Any]:  # type: ignore[override]
        """The dtype as NumPy has it."""
        note_complex()
        return np.dtype(self.name)


complex64 = _Complex("complex64")
complex128 = _Complex("complex128")
_REAL: dict[dtype, dtype] = {complex64: float32, complex128: float64}


class _Bfloat16(dtype):
    """A dtype of which another package has the numbers: Note [bfloat16]."""

    __slots__ = ()

    itemsize = 2
    is_floating_point = is_signed = True
    is_complex = False
    abbr = "bf16"

    def __init__(self, name: str) -> None:
        self.name = name

    @property
    def numpy(self) -> np.dtype[Any]:  # type: ignore[override]
        """The dtype of the arrays.

        Raises:
            ModuleNotFoundError: if ml_dtypes is not installed.
        """
        if _bfloat16.entered:
            return _bfloat16.entered[0]
        found = _bfloat16.numpy_dtype()
        _FLOATS.add(found)
        _DIFFERENTIABLE.add(found)
        _BY_NUM[found.num] = self
        return found


bfloat16 = _Bfloat16("bfloat16")

ALL = (
    float16, float32, float64, uint8, int8, int16, int32, int64, bool_, uint16, uint32, uint64,
    bfloat16, complex64, complex128,
)  # fmt: skip

# dtype.num is a small integer, so the reverse look-up on every `tensor.dtype` is one dict access.
_BY_NUM = {d.numpy.num: d for d in ALL if d is not bfloat16 and d not in _REAL}
for _code in "iIqQ":  # of C's int and long long, which are one of these by another number
    _same = np.dtype(_code)
    _BY_NUM[_same.num] = _BY_NUM[np.dtype(_same.name).num]

# PyTorch's names for tensors of each type, as its messages spell them.
SCALAR_NAMES = {
    float16: "Half", float32: "Float", float64: "Double", uint8: "Byte", int8: "Char",
    int16: "Short", int32: "Int", int64: "Long", bool_: "Bool",
    uint16: "UInt16", uint32: "UInt32", uint64: "UInt64", bfloat16: "BFloat16",
    complex64: "ComplexFloat", complex128: "ComplexDouble",
}  # fmt: skip

_default = float32


def from_numpy(numpy_dtype: np.dtype[Any]) -> dtype:
    """Return the dtype object for a NumPy dtype.

    Raises:
        TypeError: if tensors cannot hold such elements (text, objects).
    """
    found = _BY_NUM.get(numpy_dtype.num)
    if found is None and numpy_dtype.name == "bfloat16" and bfloat16.numpy == numpy_dtype:
        return bfloat16
    if found is None and numpy_dtype in _COMPLEX:
        note_complex()
        return complex64 if numpy_dtype.itemsize == 8 else complex128
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


_C_TYPE_NAMES = {
    "float16": "c10::Half", "float32": "float", "float64": "double", "int64": "long int",
    "int32": "int", "int16": "short int", "int8": "signed char", "uint8": "unsigned char",
    "bool": "bool", "uint16": "uint16_t", "uint32": "uint32_t", "uint64": "uint64_t",
    "bfloat16": "c10::BFloat16",
    "complex64": "c10::complex<float>", "complex128": "c10::complex<double>",
}  # fmt: skip


def finfo(of: np.dtype[Any]) -> Any:
    """Return what NumPy says of a floating-point dtype's limits, or would say."""
    return _bfloat16.Limits if of in _bfloat16.entered else np.finfo(of)


def c_type_name(array: Array) -> str:
    """Return the C++ name of the element type, which some of PyTorch's messages have instead."""
    return _C_TYPE_NAMES[array.dtype.name]


def not_implemented(kernel: str, of: np.dtype[Any]) -> NotImplementedError:
    """Build the error for an op that does not exist for a dtype; PyTorch names its kernel."""
    name = SCALAR_NAMES[from_numpy(of)]
    advice = "convert the tensor with .to(dtype) first."
    if is_complex(of):
        advice = "it takes no complex numbers; .real, .imag and .abs() are real."
    return NotImplementedError(f"\"{kernel}\" not implemented for '{name}': {advice}")


def get_default_dtype() -> dtype:
    """Return the dtype that Python floats become; ``float32`` unless changed."""
    return _default


def read(given: Any, name: str = "dtype") -> dtype:
    """Return the dtype that an argument ``dtype=`` means: a dtype, or a class of Python numbers.

    Raises:
        TypeError: for anything else.
    """
    if isinstance(given, dtype):
        return given
    for kind, meant in ((float, float64), (int, int64), (bool, bool_), (complex, complex128)):
        if given is kind:
            return meant
    known = ", ".join(repr(d) for d in ALL)
    raise TypeError(
        f"argument '{name}' must be torch.dtype, not {type(given).__name__}: got {given!r}, "
        f"expected one of {known}."
    )


def set_default_dtype(d: dtype) -> None:
    """Set the dtype that Python floats become.

    Raises:
        TypeError: if ``d`` is not a floating-point dtype.
        ModuleNotFoundError: for bfloat16, if ml_dtypes is not installed.
    """
    global _default
    if not isinstance(d, dtype) or not d.is_floating_point:
        raise TypeError(
            "invalid dtype object: only floating-point types are supported as the default type, "
            f"got {d!r}"
        )
    assert d.numpy  # or its error
    _default = d


_BOOL, _INT64, _UINT64 = np.dtype(np.bool_), np.dtype(np.int64), np.dtype(np.uint64)


def is_storable(from_: np.dtype[Any], to: np.dtype[Any]) -> bool:
    """Whether an in-place result may be stored: never down a category (complex to bool)."""
    return category(from_) <= category(to)


def can_cast(from_: dtype, to: dtype) -> bool:
    """Return whether promotion may turn one dtype into the other: never down a category."""
    return _category(read(from_, "from_")) <= _category(read(to, "to"))


def _category(d: dtype) -> int:
    return 2 if d is bfloat16 else category(d.numpy)


def promote_types(type1: dtype, type2: dtype) -> dtype:
    """Return the dtype that holds both, by PyTorch's table: integer + float = that float.

    Raises:
        RuntimeError: for an unsigned integer of 16 bits or more beside another integer or bool.
    """
    return from_numpy(_promote(read(type1, "type1").numpy, read(type2, "type2").numpy))


def _promote(a: np.dtype[Any], b: np.dtype[Any]) -> np.dtype[Any]:
    if a == b:
        return a
    if category(a) != category(b) and is_differentiable(a if category(a) > category(b) else b):
        higher, lower = (a, b) if category(a) > category(b) else (b, a)
        return np.promote_types(higher, lower) if is_float(lower) and not is_half(lower) else higher
    if is_float(a) and a.itemsize == b.itemsize:  # bfloat16 has fewer digits, and more range
        return float32.numpy
    for unsigned in (a, b):
        if is_unsigned(unsigned) and unsigned.itemsize > 1:
            names = " and ".join(SCALAR_NAMES[from_numpy(x)] for x in (a, b))
            raise RuntimeError(
                "Promotion for uint16, uint32, uint64 types is not supported, attempted to promote "
                f"{names}: convert one with .to(dtype)."
            )
    return np.promote_types(a, b)


def scalar_dtype(value: object) -> np.dtype[Any]:
    """Return the dtype that a number counts as.

    Raises:
        TypeError: if it is no number that a tensor can hold.
    """
    if isinstance(value, bool | np.bool_):
        return _BOOL
    if isinstance(value, int | np.integer):
        return _INT64
    if isinstance(value, float) or (isinstance(value, np.generic) and is_float(value.dtype)):
        return _default.numpy
    if isinstance(value, complex | np.complexfloating):
        return complex_dtype()
    raise TypeError(
        f"argument must be Tensor, not {type(value).__name__}: expected a tensor or a number."
    )


def complex_dtype() -> np.dtype[Any]:
    """Return the dtype that Python's complex numbers become: with parts of the default one."""
    return (complex128 if _default is float64 else complex64).numpy


def refuse_complex(x: Any, refusal: str) -> None:
    """Raise PyTorch's RuntimeError for a tensor of complex numbers."""
    if is_complex(x._array.dtype):
        raise RuntimeError(refusal)


def real_of(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """Return the dtype of the parts of complex numbers; of real ones the very dtype."""
    return from_numpy(dtype).to_real().numpy


def complex_of(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """Return the dtype of complex numbers whose parts are such; of complex ones the very dtype.

    Raises:
        RuntimeError: for what are no parts of any.
    """
    return from_numpy(dtype).to_complex().numpy


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
            rank, found = 0, scalar_dtype(x)
            if found is _INT64 and x >= 2**63:
                found = _UINT64  # which stands beside no other integer
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
    if category(lower) > category(higher):
        if is_complex(lower) and is_float(higher):  # whose digits count
            return complex_of(higher) if higher.itemsize >= 4 else complex64.numpy
        return _promote(higher, lower)
    return higher


_ndarray = np.ndarray
_NUMBERS = (float, int, bool)


def promote(operands: list[Any]) -> list[Any]:
    """Cast arrays to their common dtype, and have the first decide on the order in memory.

    The very list that came goes back where there is nothing to do.
    """
    if len(operands) == 2:  # the usual cases first
        a, b = operands
        if type(a) is _ndarray:
            if type(b) is _ndarray:
                if a.dtype is b.dtype:
                    if a.flags.c_contiguous or a.strides == b.strides:
                        return operands
                    return in_first_order(operands)
            elif type(b) in _NUMBERS and is_float(a.dtype):
                return operands
        elif type(b) is _ndarray and type(a) in _NUMBERS and is_float(b.dtype):
            return operands
    return in_first_order(to_common_dtype(operands))


def to_common_dtype(operands: list[Any]) -> list[Any]:
    """Cast arrays to their common dtype; NumPy's weak promotion does the rest for numbers."""
    result = result_dtype(*operands)
    for x in operands:
        if isinstance(x, _ndarray):
            break
    else:
        kinds = " and ".join(type(x).__name__ for x in operands)
        raise TypeError(f"argument 'input' must be Tensor: one operand at least, got {kinds}.")
    return [cast_operand(x, result) for x in operands]


def promote_to_float(operands: list[Any]) -> list[Any]:
    """As :func:`promote`, with the default dtype where the result were not floating-point."""
    if len(operands) == 1 and is_float(operands[0].dtype):
        return operands
    cast = promote(operands)
    for x in cast:
        if isinstance(x, np.ndarray) and is_differentiable(x.dtype):
            return cast
    return in_first_order([cast_operand(x, _default.numpy) for x in operands])


def cast_operand(x: Any, to: np.dtype[Any]) -> Any:
    """Take an operand into the dtype of the result; a Python float stays one, NumPy rounds it."""
    if isinstance(x, np.ndarray):
        if x.flags.c_contiguous or x.dtype == to:
            return x.astype(to, copy=False)
        return copied(x, to)
    number = x.item() if isinstance(x, np.generic) else x
    return number if is_differentiable(to) else wrap_integer(number, to)


def wrap_integer(value: int, to: np.dtype[Any]) -> Any:
    """Take an integer into an integer dtype (or bool) as C does: modulo its range.

    Raises:
        OverflowError: if it has more than 64 bits.
    """
    if is_bool(to):
        return bool(value)
    if 0 <= value < 128:  # fits anywhere
        return int(value)
    check_64_bits(value)
    return np.array(value % 2**64, np.uint64).astype(to)


def check_64_bits(value: int) -> None:
    """Require an integer that a tensor may be given, signed or not.

    Raises:
        OverflowError: if it has more than 64 bits.
    """
    if value >= 2**64:
        raise OverflowError(f"int too big to convert: {value} has more than 64 bits.")
    if value < -(2**63):
        raise OverflowError(
            f"can't convert negative int to unsigned: {value} has more than 64 bits."
        )


_C_NAMES = {
    "float16": "c10::Half", "float32": "float", "float64": "double", "uint8": "uint8_t",
    "int8": "int8_t", "int16": "int16_t", "int32": "int", "int64": "int64_t",
    "uint16": "uint16_t", "uint32": "uint32_t", "uint64": "uint64_t",
    "bfloat16": "c10::BFloat16",
}  # fmt: skip


def checked_number(value: Any, to: np.dtype[Any], called: str = "") -> Any:
    """Return a number as a dtype can hold it: a float loses its fraction, bytes wrap below zero.

    ``called`` is the dtype's name in the message; the C type's if left out.

    Raises:
        RuntimeError: if it is out of the dtype's range.
        OverflowError: if it is an integer of more than 64 bits.
        TypeError: if it is no number.
    """
    scalar_dtype(value)
    number = value.item() if isinstance(value, np.generic) else value
    if isinstance(number, int):
        check_64_bits(number)
    if is_bool(to):
        return bool(number)
    if isinstance(number, complex) and not is_complex(to):
        if number.imag:
            raise _overflow(number, to, called)
        number = number.real
    if is_float(to):
        largest = float(finfo(to).max)
        if -largest <= number <= largest or (isinstance(number, float) and not isfinite(number)):
            return number
    elif is_complex(to):
        part = real_of(to)
        checked_number(number.real, part, called or _C_NAMES[part.name])
        checked_number(number.imag, part, called or _C_NAMES[part.name])
        return number
    else:
        info = np.iinfo(to)
        wraps = is_unsigned(to) and isinstance(number, int)
        lowest = -info.max if wraps else info.min
        if lowest <= number <= info.max:
            return wrap_integer(int(number), to)
    raise _overflow(number, to, called)


def _overflow(number: Any, to: np.dtype[Any], called: str) -> RuntimeError:
    return RuntimeError(
        f"value cannot be converted to type {called or _C_NAMES[to.name]} without overflow: "
        f"got {number!r} for dtype {from_numpy(to)}."
    )
