"""Names for kinds of arguments, for annotations."""

import os
from collections.abc import Sequence
from typing import IO, TypeAlias

from minitorch.core.devices import device as _device
from minitorch.core.dtypes import dtype as _dtype  # noqa: F401
from minitorch.core.size import Size as _Size
from minitorch.core.strided import layout as _layout  # noqa: F401
from minitorch.storage import Storage as Storage
from minitorch.tensor import Tensor as _Tensor

__all__ = ["Device", "FileLike", "Number", "Storage"]

Number: TypeAlias = int | float | bool
Device: TypeAlias = _device | str | int | None
FileLike: TypeAlias = str | os.PathLike[str] | IO[bytes]

_Number = (int, float, bool)
_bool, _bytes, _complex, _float, _int, _str = bool, bytes, complex, float, int, str
_size: TypeAlias = _Size | list[int] | tuple[int, ...]
_TensorOrTensors: TypeAlias = _Tensor | Sequence[_Tensor]
