"""DLPack with bfloat16, which NumPy's cannot tell: it is handed over as integers of 16 bits.

A capsule holds a struct whose byte for the kind of elements is all that has to be set right.
"""

import ctypes
from typing import Any

import numpy as np

from minitorch.core.bfloat16 import is_narrow
from minitorch.core.dtypes import Array, bfloat16

_UNSIGNED, _BFLOAT = 1, 4  # DLDataTypeCode
# Name of a capsule -> where its struct has the code; the bits of an element follow.
_PLACES = {b"dltensor": 20, b"dltensor_versioned": 52}

_api = ctypes.pythonapi
_api.PyCapsule_GetName.restype = ctypes.c_char_p
_api.PyCapsule_GetName.argtypes = [ctypes.py_object]
_api.PyCapsule_GetPointer.restype = ctypes.c_void_p
_api.PyCapsule_GetPointer.argtypes = [ctypes.py_object, ctypes.c_char_p]


def capsule_of(array: Array, **kwargs: Any) -> Any:
    """Return a capsule that shares an array's memory."""
    if not is_narrow(array):
        return array.__dlpack__(**kwargs)
    capsule = array.view(np.uint16).__dlpack__(**kwargs)
    _exchange(capsule, _UNSIGNED, _BFLOAT)
    return capsule


def array_of(offer: Any, copy: bool | None = None) -> Array:
    """Return an array in the memory of what has ``__dlpack__``, or of a capsule."""
    if isinstance(offer, np.ndarray):
        return np.from_dlpack(offer, copy=copy)
    taken = _Taken(offer)
    array = np.from_dlpack(taken, copy=copy)
    return array.view(bfloat16.numpy) if taken.is_bfloat16 else array


class _Taken:
    """What NumPy takes a capsule from."""

    is_bfloat16 = False

    def __init__(self, offer: Any) -> None:
        self._offer = offer

    def __dlpack__(self, **kwargs: Any) -> Any:
        capsule = self._offer
        if type(capsule).__name__ != "PyCapsule":
            try:
                capsule = self._offer.__dlpack__(**kwargs)
            except TypeError:  # from before the arguments were
                capsule = self._offer.__dlpack__()
        self.is_bfloat16 = _exchange(capsule, _BFLOAT, _UNSIGNED)
        return capsule

    def __dlpack_device__(self) -> tuple[int, int]:
        if type(self._offer).__name__ == "PyCapsule":
            return (1, 0)
        device: tuple[int, int] = self._offer.__dlpack_device__()
        return device


def _exchange(capsule: Any, old: int, new: int) -> bool:
    """Set the code of elements that have the old one and 16 bits."""
    name = _api.PyCapsule_GetName(capsule)
    if name not in _PLACES:  # used before: NumPy says so
        return False
    code = _api.PyCapsule_GetPointer(capsule, name) + _PLACES[name]
    kind = (ctypes.c_uint8 * 2).from_address(code)
    if list(kind) != [old, 16]:
        return False
    kind[0] = new
    return True
