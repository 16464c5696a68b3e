"""The oldest way to make a tensor, ``Tensor(2, 3)`` or ``FloatTensor([1, 2])``, and its classes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from minitorch.autograd.inference import adopt
from minitorch.autograd.variable import TensorBase
from minitorch.core import dtypes
from minitorch.core.dtypes import Array
from minitorch.core.size import Size
from minitorch.tensor.data import read_size, to_array

if TYPE_CHECKING:
    from minitorch.tensor import Tensor


def legacy_array(args: tuple[Any, ...], dtype: np.dtype[Any]) -> Array:
    """Read the arguments of ``Tensor(...)``: sizes make memory as it is, a sequence its numbers.

    Raises:
        TypeError: for a single number that is no size.
    """
    if not args:
        return np.empty(0, dtype)
    first = args[0]
    if len(args) > 1 or isinstance(first, Size):
        return np.empty(read_size(args, "Tensor"), dtype)
    if isinstance(first, bool | float) or first is None:
        raise TypeError(
            f"new(): data must be a sequence (got {type(first).__name__}): Tensor(3) makes three "
            "numbers, tensor(3.0) makes the number 3."
        )
    if isinstance(first, int | np.integer):
        return np.empty(read_size((first,), "Tensor"), dtype)
    if hasattr(first, "untyped"):  # a storage, in whose memory it is
        array: Array = first.untyped()._elements.view(dtype)
        return array
    return to_array(first, dtype, copy=False)


class TensorType:
    """What came before dtypes: ``FloatTensor([1, 2])``, ``isinstance(x, FloatTensor)``.

    It is no class: every tensor is a :class:`Tensor`.
    """

    def __init__(self, dtype: dtypes.dtype, module: str = "torch") -> None:
        self.dtype = dtype
        self.__name__ = f"{dtypes.SCALAR_NAMES[dtype]}Tensor"
        self.__module__ = module
        self.name = f"{module}.{self.__name__}"

    def __call__(self, *args: Any) -> Tensor:
        """Make a tensor of this dtype from sizes or from a sequence."""
        if len(args) == 1 and isinstance(args[0], TensorBase):
            given = dtypes.from_numpy(args[0]._array.dtype)
            if given is not self.dtype:
                raise TypeError(
                    f"expected {self.name} (got {given}): convert with .to({self.dtype})."
                )
        from minitorch.tensor import Tensor  # only here: it imports this module

        return adopt(Tensor._wrap(legacy_array(args, self.dtype.numpy)))

    def __instancecheck__(self, instance: object) -> bool:
        return (
            isinstance(instance, TensorBase)
            and dtypes.from_numpy(instance._array.dtype) is self.dtype
        )

    def __repr__(self) -> str:
        return f"<class '{self.name}'>"


FloatTensor = TensorType(dtypes.float32)
DoubleTensor = TensorType(dtypes.float64)
HalfTensor = TensorType(dtypes.float16)
BFloat16Tensor = TensorType(dtypes.bfloat16)
ByteTensor = TensorType(dtypes.uint8)
CharTensor = TensorType(dtypes.int8)
ShortTensor = TensorType(dtypes.int16)
IntTensor = TensorType(dtypes.int32)
LongTensor = TensorType(dtypes.int64)
BoolTensor = TensorType(dtypes.bool_)


class CudaTensorType(TensorType):
    """``cuda.FloatTensor`` and its like, of which there are no tensors."""

    def __init__(self, dtype: dtypes.dtype) -> None:
        super().__init__(dtype, "torch.cuda")

    def __call__(self, *args: Any) -> NoReturn:
        """Refuse, as a PyTorch without CUDA does."""
        raise TypeError(f"type {self.name} not available. Torch not compiled with CUDA enabled.")

    def __instancecheck__(self, instance: object) -> bool:
        return False


def read_type(given: Any) -> dtypes.dtype:
    """Return the dtype that ``tensor.type(given)`` converts to: of a dtype, a name or a class.

    Raises:
        ValueError: for anything else.
    """
    if isinstance(given, dtypes.dtype):
        return given
    if isinstance(given, TensorType):
        return given.dtype
    name = given if isinstance(given, str) else getattr(given, "__name__", type(given).__name__)
    for dtype, word in dtypes.SCALAR_NAMES.items():
        if name == f"torch.{word}Tensor":
            return dtype
    raise ValueError(f"invalid type: {name!r}: expected a dtype, or such as 'torch.FloatTensor'.")
