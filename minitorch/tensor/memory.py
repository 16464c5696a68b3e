"""Methods about memory and conversion: NumPy, copies, strides, storage, dtypes."""

from __future__ import annotations

import builtins
from typing import TYPE_CHECKING, Any, NoReturn, Self

import numpy as np

from minitorch.autograd.grad_mode import is_grad_enabled
from minitorch.autograd.sites import warn_user
from minitorch.autograd.variable import TensorBase
from minitorch.autograd.vmap.example import refuse_pointer_of
from minitorch.autograd.writes.inplace import requires_grad
from minitorch.core import dlpack, dtypes
from minitorch.core.bfloat16 import is_narrow
from minitorch.core.devices import CPU, check_device, device
from minitorch.core.dtypes import Array
from minitorch.core.layout import is_in_format, suggested_format
from minitorch.core.storage import address_of, elements_strides, owner_of
from minitorch.core.strided import (
    check_format,
    contiguous_format,
    layout,
    memory_format,
    preserve_format,
    read_format,
    strided,
)
from minitorch.ops.arguments import takes_tensors
from minitorch.ops.dims import sizes_of, wrap_dim
from minitorch.ops.elementwise import copies, filling
from minitorch.ops.elementwise.cast import cast
from minitorch.ops.out import method
from minitorch.ops.reduce.sum_to_size import sum_to_size
from minitorch.tensor import queries
from minitorch.tensor.legacy import read_type

if TYPE_CHECKING:
    from minitorch.storage import TypedStorage, UntypedStorage
    from minitorch.tensor import Tensor


class MemoryMethods(TensorBase):
    """What a tensor holds, where, and as what."""

    @property
    def device(self) -> device:
        """The device: "cpu", the only one."""
        return CPU

    @property
    def is_cuda(self) -> builtins.bool:
        """Whether the memory is a GPU's: never."""
        return False

    @property
    def is_cpu(self) -> builtins.bool:
        """Whether the memory is the CPU's: always."""
        return True

    # What the memory of other tensors of PyTorch's may be.
    is_sparse = is_sparse_csr = is_quantized = is_nested = is_meta = is_mkldnn = False
    is_mps = is_xpu = is_xla = is_ipu = is_hpu = is_mtia = is_maia = is_vulkan = False

    @property
    def layout(self) -> layout:
        """The layout: ``torch.strided``, the only one."""
        return strided

    def is_pinned(self, device: Any = None) -> builtins.bool:
        """Return False: memory is pinned for a GPU."""
        return False

    def pin_memory(self, device: Any = None) -> NoReturn:
        """Refuse, as a PyTorch does that has no GPU to pin memory for."""
        raise RuntimeError("Cannot access accelerator device when none is available.")

    def get_device(self) -> int:
        """Return -1: the CPU has no number."""
        return -1

    def dim(self) -> int:
        """Return the number of dimensions."""
        return self._array.ndim

    ndimension = dim

    numel = nelement = queries.numel

    def element_size(self) -> int:
        """Return the bytes of one element."""
        return self._array.itemsize

    @property
    def itemsize(self) -> int:
        """The bytes of one element."""
        return self._array.itemsize

    @property
    def nbytes(self) -> int:
        """The bytes of all elements."""
        return self._array.nbytes

    def size(self, dim: int | None = None, *, axis: int | None = None) -> Any:
        """Return the shape, or the size of one dimension, which has the name ``axis`` too."""
        shape = self.shape  # type: ignore[attr-defined]
        if axis is not None:
            dim = axis
        if dim is None:
            return shape
        return shape[wrap_dim(dim, len(shape), of_scalars=False)]

    def stride(self, dim: int | None = None, *, axis: int | None = None) -> Any:
        """Return the steps in memory, in elements, along each dimension or one (or ``axis``)."""
        strides = elements_strides(self._array)
        if axis is not None:
            dim = axis
        if dim is None:
            return strides
        return strides[wrap_dim(dim, len(strides), of_scalars=False)]

    def storage_offset(self) -> int:
        """Return where in its storage the tensor starts, in elements."""
        start = address_of(owner_of(self._array))
        return (address_of(self._array) - start) // self._array.itemsize

    def share_memory_(self) -> Self:
        """Move to memory that processes share which are forked later; views of it do not move."""
        from minitorch.core.shared import in_shared_memory

        self._array = in_shared_memory(self._array, {})
        return self

    def is_shared(self) -> builtins.bool:
        """Return whether processes forked later see what is written, and write it."""
        from minitorch.core.shared import is_shared

        return is_shared(self._array)

    def storage(self) -> TypedStorage:
        """Return the memory that this tensor shares with its views, in elements."""
        refuse_pointer_of(self._array)
        from minitorch.storage import TypedStorage

        return TypedStorage.of(self._array)

    def untyped_storage(self) -> UntypedStorage:
        """Return the memory that this tensor shares with its views, byte by byte."""
        return self.storage().untyped()

    def data_ptr(self) -> int:
        """Return the address of the first element; 0 where there is none."""
        refuse_pointer_of(self._array)
        return address_of(self._array) if self._array.size else 0

    def is_contiguous(self, memory_format: memory_format = contiguous_format) -> builtins.bool:
        """Whether elements stand in memory in the order of their indices, without gaps.

        Args:
            memory_format: another order, for example ``torch.channels_last``.
        """
        check_format(memory_format, "is_contiguous")
        return is_in_format(self._array, memory_format)

    contiguous, clone = copies.contiguous, method(copies.clone)

    def numpy(self, *, force: builtins.bool = False) -> Array:
        """Return an array that shares memory with the tensor.

        Args:
            force: detach first where the tensor requires grad.

        Raises:
            RuntimeError: if the tensor requires grad.
            TypeError: for bfloat16, which NumPy has not.
        """
        if is_narrow(self._array):
            raise TypeError("Got unsupported ScalarType BFloat16: convert with .float() first.")
        if not force and is_grad_enabled() and requires_grad(self):
            raise RuntimeError(
                "Can't call numpy() on Tensor that requires grad. "
                "Use tensor.detach().numpy() instead."
                " [explain: numpy-of-grad]"
            )
        return self._array[...]  # a new object: its shape and flags may be changed

    def __array__(self, dtype: Any = None, copy: builtins.bool | None = None) -> Array:
        """Return what ``numpy.asarray`` makes of the tensor: its memory, or a converted copy."""
        return np.array(self.numpy(), dtype, copy=copy)

    def __dlpack__(self, *, stream: Any = None, **kwargs: Any) -> Any:
        """Return a capsule that shares the memory with other libraries.

        Raises:
            BufferError: if the tensor requires grad.
            AssertionError: for a stream, which is a GPU's.
        """
        if self._requires_grad:
            raise BufferError("Can't export tensors that require gradient, use tensor.detach()")
        if stream is not None:
            raise AssertionError("stream should be None on cpu.")
        return dlpack.capsule_of(self._array, **kwargs)

    def __dlpack_device__(self) -> tuple[int, int]:
        """Return the kind of device and its number, as DLPack counts them."""
        return self._array.__dlpack_device__()

    def item(self) -> Any:
        """Return the one element as a Python number.

        Raises:
            RuntimeError: if there is not exactly one.
        """
        if self._array.size != 1:
            raise RuntimeError(
                f"a Tensor with {self._array.size} elements cannot be converted to Scalar: its "
                f"shape is {list(self._array.shape)}; use .tolist(), or index or reduce it."
                " [explain: item-of-many]"
            )
        return self._array.item()

    def tolist(self) -> Any:
        """Return the elements as nested lists of Python numbers."""
        return self._array.tolist()

    def __float__(self) -> float:
        """Return the one element as a Python float, with a warning where that cuts a graph.

        Raises:
            ValueError: if there is not exactly one.
        """
        return builtins.float(_real_number(self._scalar(warns=True), "double"))

    def __complex__(self) -> complex:
        """Return the one element as a Python complex number, as :meth:`__float__` does."""
        return complex(self._scalar(warns=True))

    def __int__(self) -> int:
        """Return the one element as a Python int.

        Raises:
            ValueError: if there is not exactly one.
        """
        return builtins.int(_real_number(self._scalar(), "int64_t"))

    def _scalar(self, warns: builtins.bool = False) -> Any:
        if self._array.size != 1:
            raise ValueError(
                "only one element tensors can be converted to Python scalars: the shape is "
                f"{list(self._array.shape)}; use .tolist(), or index or reduce it."
            )
        if warns and self._requires_grad:
            warn_user(
                "Converting a tensor with requires_grad=True to a scalar may lead to unexpected "
                "behavior.\nConsider using tensor.detach() first."
            )
        return self._array.item()

    def __index__(self) -> int:
        """Return the one element of an integer tensor, for use as an index.

        Raises:
            TypeError: for other dtypes, or not exactly one element.
        """
        if self._array.size != 1 or dtypes.is_differentiable(self._array.dtype):
            raise TypeError("only integer tensors of a single element can be converted to an index")
        return builtins.int(self._array.item())

    def to(
        self,
        *args: Any,
        device: Any = None,
        dtype: dtypes.dtype | None = None,
        non_blocking: builtins.bool = False,
        copy: builtins.bool = False,
        memory_format: memory_format | None = None,
        tensor: Tensor | None = None,
    ) -> Tensor:
        """Convert: ``to(dtype)``, ``to(device)``, ``to(device, dtype)`` or ``to(tensor)``.

        By position ``non_blocking``, which changes nothing here, and ``copy`` follow. With
        ``memory_format`` the result is laid out in it, a copy where the tensor is in another.

        Raises:
            AssertionError: for a CUDA device.
            RuntimeError: for another device than "cpu".
            TypeError: for what is neither a dtype nor a device nor a tensor.
        """
        to_dtype, copy = _parse_to((*args, tensor), device, dtype, copy)
        result = self if to_dtype is None else cast(self, to_dtype)
        format = read_format(memory_format, self._array.ndim, "to")
        if format is preserve_format:
            keeps = result is not self or not copy
        else:
            keeps = result is self and not copy and suggested_format(self._array) is format
        return result if keeps else copies.in_order(result, format)  # type: ignore[return-value]

    def type(self, dtype: Any = None, non_blocking: builtins.bool = False) -> Any:
        """Return the name of the type, or convert to a dtype, also by such a name.

        ``non_blocking`` changes nothing on the CPU.

        Raises:
            ValueError: for an unknown name.
        """
        if dtype is None:
            return f"torch.{dtypes.scalar_name(self._array)}Tensor"
        return cast(self, read_type(dtype))

    @takes_tensors
    def type_as(self, other: Tensor) -> Tensor:
        """Return the tensor in the dtype of another: (*) -> (*)."""
        return cast(self, other.dtype)

    def float(self, memory_format: memory_format | None = None) -> Tensor:
        """Return the tensor itself if its dtype is float32, else a copy that is: (*) -> (*)."""
        return _cast(self, dtypes.float32, memory_format)

    def cfloat(self, memory_format: memory_format | None = None) -> Tensor:
        """Return the tensor itself if its dtype is complex64, else a copy that is: (*) -> (*)."""
        return _cast(self, dtypes.complex64, memory_format)

    def cdouble(self, memory_format: memory_format | None = None) -> Tensor:
        """Return the tensor itself if its dtype is complex128, else a copy that is: (*) -> (*)."""
        return _cast(self, dtypes.complex128, memory_format)

    def double(self, memory_format: memory_format | None = None) -> Tensor:
        """Return the tensor itself if its dtype is float64, else a copy that is: (*) -> (*)."""
        return _cast(self, dtypes.float64, memory_format)

    def half(self, memory_format: memory_format | None = None) -> Tensor:
        """Return the tensor itself if its dtype is float16, else a copy that is: (*) -> (*)."""
        return _cast(self, dtypes.float16, memory_format)

    def bfloat16(self, memory_format: memory_format | None = None) -> Tensor:
        """Return the tensor itself if its dtype is bfloat16, else a copy that is: (*) -> (*)."""
        return _cast(self, dtypes.bfloat16, memory_format)

    def long(self, memory_format: memory_format | None = None) -> Tensor:
        """Return the tensor itself if its dtype is int64, else a copy that is: (*) -> (*)."""
        return _cast(self, dtypes.int64, memory_format)

    def int(self, memory_format: memory_format | None = None) -> Tensor:
        """Return the tensor itself if its dtype is int32, else a copy that is: (*) -> (*)."""
        return _cast(self, dtypes.int32, memory_format)

    def short(self, memory_format: memory_format | None = None) -> Tensor:
        """Return the tensor itself if its dtype is int16, else a copy that is: (*) -> (*)."""
        return _cast(self, dtypes.int16, memory_format)

    def byte(self, memory_format: memory_format | None = None) -> Tensor:
        """Return the tensor itself if its dtype is uint8, else a copy that is: (*) -> (*)."""
        return _cast(self, dtypes.uint8, memory_format)

    def char(self, memory_format: memory_format | None = None) -> Tensor:
        """Return the tensor itself if its dtype is int8, else a copy that is: (*) -> (*)."""
        return _cast(self, dtypes.int8, memory_format)

    def bool(self, memory_format: memory_format | None = None) -> Tensor:
        """Return the tensor itself if its dtype is bool, else a copy that is: (*) -> (*)."""
        return _cast(self, dtypes.bool_, memory_format)

    def cpu(self, memory_format: memory_format | None = None) -> Tensor:
        """Return the tensor itself, which is on the CPU, or one in a memory format."""
        return self.to(memory_format=memory_format)

    def cuda(
        self,
        device: Any = None,
        non_blocking: builtins.bool = False,
        memory_format: memory_format | None = None,
    ) -> Tensor:
        """Refuse, as a PyTorch without CUDA does."""
        return self.to("cuda" if device is None else device)

    def xpu(
        self,
        device: Any = None,
        non_blocking: builtins.bool = False,
        memory_format: memory_format | None = None,
    ) -> Tensor:
        """Refuse, as a PyTorch without XPU does."""
        return self.to("xpu" if device is None else device)

    is_floating_point, is_complex = queries.is_floating_point, queries.is_complex
    is_signed, is_nonzero = queries.is_signed, queries.is_nonzero
    is_same_size, is_inference = queries.is_same_size, queries.is_inference
    is_set_to = queries.is_set_to

    copy_ = copies.copy_
    fill_, zero_ = filling.fill_, filling.zero_

    def sum_to_size(self, *sizes: Any, size: Any = None) -> Tensor:
        """Return the sum over what a size was broadcast along: (*A) -> size.

        It is given as ints, as one tuple, or by keyword.

        Raises:
            RuntimeError: if ``size`` does not broadcast to this shape.
        """
        return sum_to_size(self, sizes_of(sizes, size))


def _parse_to(
    args: tuple[Any, ...], device: Any, dtype: dtypes.dtype | None, copy: builtins.bool
) -> tuple[dtypes.dtype | None, builtins.bool]:
    """Read the arguments of ``to`` in any of their orders."""
    follows = False
    for arg in args:
        if isinstance(arg, dtypes.dtype | builtins.type | TensorBase):
            if dtype is not None:
                raise _given_twice("dtype", dtype, arg)
            array = arg._array if isinstance(arg, TensorBase) else None
            dtype = dtypes.read(arg) if array is None else dtypes.from_numpy(array.dtype)
        elif isinstance(arg, builtins.bool):
            # The first is non_blocking, and nothing is ever asynchronous here; copy follows it.
            copy, follows = arg if follows else copy, True
        elif arg is not None:
            if device is not None:
                raise _given_twice("device", device, arg)
            device = arg
    check_device(device)
    return None if dtype is None else dtypes.read(dtype), copy


def _given_twice(what: str, first: Any, second: Any) -> TypeError:
    return TypeError(
        f"to() received an invalid combination of arguments - got {first!r} and {second!r}: it "
        f"takes one {what}."
    )


def _cast(input: MemoryMethods, dtype: dtypes.dtype, format: memory_format | None) -> Tensor:
    return cast(input, dtype) if format is None else input.to(dtype, memory_format=format)


def _real_number(value: Any, called: str) -> Any:
    """Return a number, a complex one as the real number that it is.

    Raises:
        RuntimeError: if it is none.
    """
    if not isinstance(value, complex):
        return value
    if value.imag:
        raise RuntimeError(
            f"value cannot be converted to type {called} without overflow: {value} is complex."
        )
    return value.real
