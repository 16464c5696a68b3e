"""``UntypedStorage`` and ``TypedStorage``: the memory that a tensor and its views share."""

from __future__ import annotations

import operator
from collections.abc import Iterator
from typing import Any, NoReturn, Self

import numpy as np

from minitorch.core import dtypes
from minitorch.core.devices import CPU, check_device, device
from minitorch.core.dtypes import Array
from minitorch.core.layout import copied
from minitorch.core.silence import quiet
from minitorch.core.storage import address_of, bytes_of, deep_copied
from minitorch.core.strided import check_memory

__all__ = ["Storage", "TypedStorage", "UntypedStorage"]


class Storage:
    """What both have in common: elements one after the other, written to by all who share them."""

    _elements: Array  # one-dimensional

    @classmethod
    def _wrap(cls, elements: Array) -> Self:
        storage = object.__new__(cls)
        storage._elements = elements
        return storage

    @property
    def device(self) -> device:
        """The device: "cpu", the only one."""
        return CPU

    is_cuda = False

    def data_ptr(self) -> int:
        """Return the address of the first byte; 0 where there is none."""
        return address_of(self._elements) if self._elements.size else 0

    def nbytes(self) -> int:
        """Return the size in bytes."""
        return self._elements.nbytes

    def element_size(self) -> int:
        """Return the bytes of one element."""
        return self._elements.itemsize

    def size(self) -> int:
        """Return the number of elements."""
        return self._elements.size

    __len__ = size

    def tolist(self) -> list[Any]:
        """Return the elements, in the order of memory."""
        return self._elements.tolist()

    def __iter__(self) -> Iterator[Any]:
        return iter(self.tolist())

    def __getitem__(self, index: Any) -> Any:
        """Return one element; of untyped storages a slice is another storage of the same bytes.

        Raises:
            IndexError: if there is no such element.
        """
        if isinstance(index, slice):
            return self._part(index)
        return self._elements[self._place(index)].item()

    @quiet
    def __setitem__(self, index: Any, value: Any) -> None:
        """Write elements, of which all tensors hear that lie here."""
        place = index if isinstance(index, slice) else self._place(index)
        kind = self._elements.dtype
        numbers = value.tolist() if isinstance(value, Storage) else value
        self._elements[place] = np.asarray(numbers).astype(kind)

    def _place(self, index: Any) -> int:
        place, size = operator.index(index), self._elements.size
        if not -size <= place < size:
            raise IndexError(f"index {place} out of range for storage of size {size}")
        return place

    def _part(self, index: slice) -> Any:
        raise RuntimeError("slices are only supported in UntypedStorage.__getitem__")

    def fill_(self, value: Any) -> Self:
        """Write one number everywhere."""
        self[:] = value
        return self

    def copy_(self, source: Storage, non_blocking: bool | None = None) -> Self:
        """Take over the elements of another storage of as many."""
        if source.size() != self.size():
            raise RuntimeError(
                f"size does not match, self was {self.size()} but got {source.size()}"
            )
        self[:] = source
        return self

    def clone(self) -> Self:
        """Return the elements in memory of their own."""
        return self._wrap(copied(self._elements))

    __copy__ = clone

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """Return a copy that is shared by the copies of what shares this."""
        return memo.setdefault(id(self), self._wrap(deep_copied(self._elements, memo)))

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self._elements)

    def cpu(self) -> Self:
        """Return this storage, which is on the CPU."""
        return self

    def cuda(self, device: Any = None, non_blocking: bool = False) -> NoReturn:
        """Refuse, as a PyTorch without CUDA does."""
        check_device("cuda")
        raise AssertionError("unreachable")

    def pin_memory(self, device: Any = None) -> NoReturn:
        """Refuse, as a PyTorch does that has no GPU to pin memory for."""
        check_memory(None, True, "pin_memory")
        raise AssertionError("unreachable")

    def is_pinned(self, device: Any = None) -> bool:
        """Return False: memory is pinned for a GPU."""
        return False

    def share_memory_(self) -> Self:
        """Move to memory that processes share which are forked later; tensors do not move."""
        from minitorch.core.shared import in_shared_memory  # at use: not every Python has mmap

        self._elements = in_shared_memory(self._elements, {})
        return self

    def is_shared(self) -> bool:
        """Return whether processes forked later see what is written, and write it."""
        from minitorch.core.shared import is_shared

        return is_shared(self._elements)

    def _about(self) -> str:
        return f"device={self.device}"

    def __repr__(self) -> str:
        numbers = " " + "\n ".join(map(str, self.tolist()))
        kind = f"torch.storage.{type(self).__name__}"
        return f"{numbers}\n[{kind}({self._about()}) of size {self.size()}]"


def _rebuild(cls: type[Storage], elements: Array) -> Storage:
    return cls._wrap(elements)


class UntypedStorage(Storage):
    """Memory, byte by byte.

    Args:
        bytes: how many, or a sequence of numbers from 0 to 255.
        device: "cpu" or None.

    Source: https://docs.pytorch.org/docs/stable/storage.html
    """

    def __init__(self, bytes: Any = 0, *, device: Any = None) -> None:
        check_device(device)
        self._elements = _memory(bytes, np.dtype(np.uint8))

    def _part(self, index: slice) -> UntypedStorage:
        if index.step not in (None, 1):
            raise RuntimeError(
                f"Trying to slice with a step of {index.step}, but only a step of 1 is supported"
            )
        return self._wrap(self._elements[index])

    def untyped(self) -> UntypedStorage:
        """Return this storage."""
        return self


class TypedStorage(Storage):
    """Memory as elements of a dtype.

    Args:
        elements: how many, or a sequence of numbers.
        wrap_storage: the bytes to read as elements, instead of new ones.
        dtype: that of the elements; the default dtype if left out.
        device: "cpu" or None.

    Source: https://docs.pytorch.org/docs/stable/storage.html#torch.TypedStorage; PyTorch warns that
    it will be removed.
    """

    def __init__(
        self,
        elements: Any = 0,
        *,
        wrap_storage: UntypedStorage | None = None,
        dtype: dtypes.dtype | None = None,
        device: Any = None,
    ) -> None:
        check_device(device)
        kind = (dtypes.get_default_dtype() if dtype is None else dtypes.read(dtype)).numpy
        if wrap_storage is not None:
            self._elements = wrap_storage._elements.view(kind)
        else:
            self._elements = _memory(elements, kind)

    @classmethod
    def of(cls, array: Array) -> TypedStorage:
        """Return the memory that an array lies in."""
        memory = bytes_of(array)
        return cls._wrap(memory[: len(memory) - len(memory) % array.itemsize].view(array.dtype))

    @property
    def dtype(self) -> dtypes.dtype:
        """The dtype of the elements."""
        return dtypes.from_numpy(self._elements.dtype)

    def untyped(self) -> UntypedStorage:
        """Return the same memory byte by byte."""
        return UntypedStorage._wrap(self._elements.view(np.uint8))

    def type(self) -> str:
        """Return the name of the type, ``"torch.FloatStorage"``."""
        return f"torch.{dtypes.SCALAR_NAMES[self.dtype]}Storage"

    def _about(self) -> str:
        return f"dtype={self.dtype}, device={self.device}"

    @quiet
    def _to(self, dtype: dtypes.dtype) -> TypedStorage:
        return self._wrap(copied(self._elements, dtype.numpy))

    def float(self) -> TypedStorage:
        """Return a copy of dtype float32."""
        return self._to(dtypes.float32)

    def double(self) -> TypedStorage:
        """Return a copy of dtype float64."""
        return self._to(dtypes.float64)

    def half(self) -> TypedStorage:
        """Return a copy of dtype float16."""
        return self._to(dtypes.float16)

    def bfloat16(self) -> TypedStorage:
        """Return a copy of dtype bfloat16."""
        return self._to(dtypes.bfloat16)

    def long(self) -> TypedStorage:
        """Return a copy of dtype int64."""
        return self._to(dtypes.int64)

    def int(self) -> TypedStorage:
        """Return a copy of dtype int32."""
        return self._to(dtypes.int32)

    def short(self) -> TypedStorage:
        """Return a copy of dtype int16."""
        return self._to(dtypes.int16)

    def char(self) -> TypedStorage:
        """Return a copy of dtype int8."""
        return self._to(dtypes.int8)

    def byte(self) -> TypedStorage:
        """Return a copy of dtype uint8."""
        return self._to(dtypes.uint8)

    def bool(self) -> TypedStorage:
        """Return a copy of dtype bool."""
        return self._to(dtypes.bool_)


def _memory(given: Any, kind: np.dtype[Any]) -> Array:
    """Return so many elements as the memory holds them, or those of a sequence."""
    if hasattr(given, "__index__"):
        return np.empty(operator.index(given), kind)
    return np.asarray(list(given)).astype(kind)


def is_storage(obj: object) -> bool:
    """Return whether this is a storage."""
    return isinstance(obj, Storage)
