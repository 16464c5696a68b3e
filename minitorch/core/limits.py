"""The limits of dtypes: ``finfo`` and ``iinfo``."""

from typing import Any

import numpy as np

from minitorch.core import bfloat16, dtypes
from minitorch.core.dtypes import dtype as DType


class _Limits:
    """What NumPy knows of a dtype. Equal where the dtypes are."""

    def __init__(self, of: DType, info: Any) -> None:
        self.dtype, self.bits = of.name, int(info.bits)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, _Limits):
            return NotImplemented
        return self.dtype == other.dtype


class finfo(_Limits):
    """Limits of a floating-point dtype, of the default one where none is given.

    ``min max eps tiny smallest_normal resolution bits dtype``.

    Raises:
        TypeError: for a dtype that is not floating-point.
    """

    def __init__(self, type: DType | None = None) -> None:
        of = dtypes.get_default_dtype() if type is None else dtypes.read(type, "type")
        if not of.is_floating_point and not of.is_complex:
            raise TypeError(
                f"torch.finfo() requires a floating point input type. Use torch.iinfo for {of}."
            )
        of = of.to_real()
        info: Any = bfloat16.Limits if of is dtypes.bfloat16 else np.finfo(of.numpy)
        super().__init__(of, info)
        self.min, self.max = float(info.min), float(info.max)
        self.eps, self.tiny = float(info.eps), float(info.tiny)
        self.smallest_normal = self.tiny
        self.resolution = 10.0**-info.precision

    def __repr__(self) -> str:
        return (
            f"finfo(resolution={self.resolution:g}, min={self.min:g}, max={self.max:g}, "
            f"eps={self.eps:g}, smallest_normal={self.tiny:g}, tiny={self.tiny:g}, "
            f"dtype={self.dtype})"
        )


class iinfo(_Limits):
    """Limits of an integer dtype: ``min max bits dtype``.

    Raises:
        TypeError: for a dtype that is not of integers.
    """

    def __init__(self, type: DType) -> None:
        of = dtypes.read(type, "type")
        if of.is_floating_point or of.is_complex:
            raise TypeError(
                f"torch.iinfo() requires an integer input type. Use torch.finfo for {of}."
            )
        if of is dtypes.bool_:
            raise TypeError(f"{of} is not supported by torch.iinfo: a bool is False or True.")
        info = np.iinfo(of.numpy)
        super().__init__(of, info)
        self.min, self.max = info.min, info.max

    def __repr__(self) -> str:
        return f"iinfo(min={self.min:g}, max={self.max:g}, dtype={self.dtype})"
