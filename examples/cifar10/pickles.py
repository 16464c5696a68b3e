"""Reads the pickles of CIFAR-10, and of whoever writes such files, so that nothing in them can run.

Note [What a CIFAR-10 pickle may name]
~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
A pickle names the functions that rebuild its objects, and so can run any. These files hold one kind
of object, a uint8 array, written as numpy's _reconstruct(ndarray, ...), a dtype and the bytes. The
reader answers those three names with stand-ins of its own, which keep the bytes and do nothing
else; it refuses every other name. NumPy's own functions are never called.

Note [What a pickle may do to its reader]
~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
A pickle is a program, and nine bytes are enough for one that asks for 8 GB. So a file that is not
known by its checksum is gone through first, one instruction at a time and without doing any:

* only what a dict of numbers, text, lists and arrays takes, in binary form;
* few containers, and none is used twice: what comes out is a shallow tree, so that hashing and
  printing it take as long as reading it;
* integers of 64 bits: many longer ones could have one hash;
* notes (the memo) under small numbers: the pickle machine makes a list as long as the largest.
"""

import io
import math
import pickle
import pickletools

import numpy as np

_MAX_INSTRUCTIONS = 500_000  # a batch of 10,000 images has 40,000
_MAX_CONTAINERS = 100  # it has ten: the dict, its lists, the tuples that describe the array

# What the pickle machine raises on bytes that were cut off, changed, or never were a pickle.
BROKEN = (
    pickle.UnpicklingError, EOFError, ValueError, TypeError, AttributeError, KeyError, IndexError,
    OverflowError,
)  # fmt: skip

# Each puts a value on the stack that may be used again: none has others in it.
_VALUES = {
    "NONE", "NEWTRUE", "NEWFALSE", "BININT", "BININT1", "BININT2", "LONG1", "BINFLOAT",
    "SHORT_BINSTRING", "BINSTRING", "SHORT_BINBYTES", "BINBYTES", "BINBYTES8",
    "SHORT_BINUNICODE", "BINUNICODE", "BINUNICODE8", "GLOBAL", "STACK_GLOBAL", "REDUCE",
    "BINGET", "LONG_BINGET",
}  # fmt: skip
_CONTAINERS = {"EMPTY_DICT", "EMPTY_LIST", "EMPTY_TUPLE", "TUPLE", "TUPLE1", "TUPLE2", "TUPLE3"}
_OTHERS = {
    "PROTO", "FRAME", "STOP", "MARK", "APPEND", "APPENDS", "SETITEM", "SETITEMS", "BUILD",
    "BINPUT", "LONG_BINPUT", "MEMOIZE",
}  # fmt: skip
_KNOWN = _VALUES | _CONTAINERS | _OTHERS


def check(content: bytes) -> None:
    """Goes through a pickle as Note [What a pickle may do to its reader] says.

    Raises:
        pickle.UnpicklingError, ValueError: it does more than that, or is no pickle.
    """
    containers, before = 0, ""
    notes: dict[int, bool] = {}  # number -> whether it may be used again
    for count, (opcode, argument, position) in enumerate(pickletools.genops(content)):
        name = opcode.name
        containers += name in _CONTAINERS
        if (
            name not in _KNOWN
            or count > _MAX_INSTRUCTIONS
            or containers > _MAX_CONTAINERS
            or (name == "LONG1" and not -(2**63) <= argument < 2**63)
            or (name in ("BINPUT", "LONG_BINPUT") and argument > count)
            or (name in ("BINGET", "LONG_BINGET") and not notes.get(argument))
        ):
            raise pickle.UnpicklingError(
                f"{name} at byte {position}, which no such file needs there"
            )
        if name in ("BINPUT", "LONG_BINPUT", "MEMOIZE"):
            notes[len(notes) if argument is None else argument] = before in _VALUES
        before = name


def load(content: bytes) -> object:
    """Unpickles plain values and byte arrays.

    Raises:
        ForeignName: the content names something else.
        BROKEN: it is no pickle, or a damaged one.
    """
    return _Unpickler(io.BytesIO(content), encoding="bytes").load()


def text(value: object) -> object:
    """Python 2 wrote its strings as bytes."""
    return value.decode("ascii", "replace") if isinstance(value, bytes) else value


class ForeignName(pickle.UnpicklingError):
    """The pickle names something that these files do not hold."""


class _Inert:
    """A stand-in that a pickle can call and set, with no effect beyond its own fields."""

    __slots__ = ()

    def __setstate__(self, state: object) -> None:
        pass


class _Dtype(_Inert):
    __slots__ = ("code",)

    def __init__(self, code: object, *_: object) -> None:
        self.code = text(code)


class ByteArray(_Inert):
    __slots__ = ("array",)

    def __init__(self) -> None:
        self.array: np.ndarray | None = None

    def __setstate__(self, state: object) -> None:
        _, shape, dtype, is_fortran, content = state
        if not isinstance(dtype, _Dtype) or dtype.code not in ("u1", "|u1", "uint8"):
            raise pickle.UnpicklingError("an array whose elements are not uint8")
        if len(shape) > 4 or any(type(size) is not int for size in shape):
            raise pickle.UnpicklingError(f"an array of shape {shape!r:.80}")
        if not isinstance(content, bytes) or math.prod(shape) != len(content):
            raise pickle.UnpicklingError(f"an array of shape {shape} that lacks its bytes")
        order = "F" if is_fortran else "C"
        self.array = np.frombuffer(content, np.uint8).reshape(shape, order=order)


class _MakeDtype(_Inert):
    __slots__ = ()

    def __call__(self, *arguments: object) -> _Dtype:
        return _Dtype(*arguments)


class _MakeArray(_Inert):
    __slots__ = ()

    def __call__(self, *_: object) -> ByteArray:
        return ByteArray()


class _Unpickler(pickle.Unpickler):
    """Admits what Note [What a CIFAR-10 pickle may name] lists."""

    _stand_ins = {  # noqa: RUF012 - read only
        ("numpy.core.multiarray", "_reconstruct"): _MakeArray(),  # NumPy 1, the published files
        ("numpy._core.multiarray", "_reconstruct"): _MakeArray(),  # NumPy 2
        ("numpy", "ndarray"): _Inert(),
        ("numpy", "dtype"): _MakeDtype(),
    }

    def find_class(self, module: str, name: str) -> object:
        try:
            return self._stand_ins[module, name]
        except KeyError:
            raise ForeignName(f"{module}.{name}") from None

    def persistent_load(self, pid: object) -> object:
        raise ForeignName(f"a persistent object ({pid!r})")
