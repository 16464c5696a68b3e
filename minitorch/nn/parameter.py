"""``Parameter`` and ``Buffer``: tensors that a module recognises when they are assigned to it.

Each has an uninitialised kind, whose shape is not known yet: what lazy modules hold.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any, ClassVar, NoReturn, Self, TypeGuard

import numpy as np

from minitorch.autograd.versions import cell_of
from minitorch.core import dtypes
from minitorch.core.dtypes import Array, get_default_dtype
from minitorch.core.layout import copied, packed, unpacked
from minitorch.core.size import Size
from minitorch.core.strided import memory_format
from minitorch.creation import empty
from minitorch.tensor import Tensor


def _alias(cls: type[Tensor], data: Tensor | None) -> Any:
    """Make a leaf of class ``cls`` that shares the memory and the version cell of ``data``."""
    if data is None:
        return cls._wrap(np.empty(0, get_default_dtype().numpy))
    if not isinstance(data, Tensor):
        raise TypeError(
            f"{cls.__name__}() expects a Tensor, but got {type(data).__name__}. "
            "Make a tensor of it first, for example with torch.tensor(data)."
        )
    alias = cls._wrap(data._array)
    alias._version_cell = cell_of(data)
    return alias


class Parameter(Tensor):
    """A tensor to be trained: assigned to a module, it becomes one of its parameters.

    It shares memory with ``data``. Results of operations on it are plain tensors.

    Args:
        data: the values; an empty tensor if left out.
        requires_grad: whether gradients are to be computed; frozen parameters say False.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.parameter.Parameter.html

    Example:
        >>> self.scale = nn.Parameter(torch.ones(3))
    """

    _keeps_class = False

    def __new__(cls, data: Tensor | None = None, requires_grad: bool = True) -> Parameter:
        parameter: Parameter = _alias(cls, data)
        if requires_grad:
            parameter.requires_grad = True  # refuses integers
        return parameter

    # mypy takes keyword-only arguments of a dunder for incompatible with themselves.
    def __repr__(self, *, tensor_contents: object = None) -> str:  # type: ignore[override]
        return "Parameter containing:\n" + super().__repr__()

    def __deepcopy__(self, memo: dict[int, Any]) -> Parameter:
        """Return a copy in memory of its own, with the user's attributes (PyTorch forgets them)."""
        known: Parameter | None = memo.get(id(self))
        if known is None:
            known = memo[id(self)] = _rebuild(type(self), copied(self._array), self.requires_grad)
            vars(known).update(deepcopy(self._attributes(), memo))
        return known

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        about = (type(self), packed(self._array), self.requires_grad)
        return _rebuild, about, self._attributes() or None


def _rebuild(cls: type[Parameter], pickled: Any, requires_grad: bool) -> Parameter:
    return cls(Tensor._wrap(unpacked(pickled)), requires_grad)


def reset_grad(tensor: Tensor, set_to_none: bool) -> None:
    """Forget the gradient, or set it to zero where it stands."""
    grad = tensor.grad
    if set_to_none:
        tensor.grad = None
    elif grad is not None:
        if grad.grad_fn is None:
            grad.requires_grad_(False)
        else:
            grad.detach_()
        grad.zero_()


class Buffer(Tensor):
    """A tensor that belongs to a module's state but is not trained, such as a running mean.

    Args:
        data: the values; an empty tensor if left out.
        persistent: whether ``state_dict`` holds it.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.parameter.Buffer.html
    """

    persistent: bool
    _keeps_class = False

    def __new__(cls, data: Tensor | None = None, *, persistent: bool = True) -> Buffer:
        buffer: Buffer = _alias(cls, data)
        buffer.persistent = persistent
        return buffer

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        about = (packed(self._array), self.requires_grad, self.persistent)
        return _rebuild_buffer, about, self._attributes()


def _rebuild_buffer(pickled: Any, requires_grad: bool, persistent: bool) -> Buffer:
    buffer = Buffer(Tensor._wrap(unpacked(pickled)), persistent=persistent)
    buffer.requires_grad = requires_grad
    return buffer


# Uninitialised


class UninitializedTensorMixin(Tensor):
    """A tensor without a shape: it has a dtype, and takes one for :meth:`materialize`.

    Anything else is refused, at the one place that all of it comes by: the array.
    """

    cls_to_become: ClassVar[type[Tensor]]

    @property
    def _array(self) -> NoReturn:
        raise ValueError(
            "Attempted to use an uninitialized parameter. This error happens when you are using a "
            "`LazyModule` or explicitly manipulating `torch.nn.parameter."
            f"{type(self).__name__}` objects. When using LazyModules Call `forward` with a dummy "
            "batch to initialize the parameters before calling torch functions"
        )

    @_array.setter
    def _array(self, array: Array) -> None:
        vars(self)["_dtype_holder"] = array

    @classmethod
    def _without_shape(cls, requires_grad: bool, device: Any, dtype: Any) -> Self:
        made = cls._wrap(empty(0, device=device, dtype=dtype)._array)
        made._requires_grad = requires_grad
        return made

    @property
    def data(self) -> Tensor:
        """A tensor of no elements, which has the dtype."""
        return Tensor._wrap(vars(self)["_dtype_holder"])

    @data.setter
    def data(self, value: Tensor) -> None:
        self._array = value._array

    @property
    def dtype(self) -> dtypes.dtype:
        """The dtype that the elements will have."""
        return self.data.dtype

    def is_floating_point(self) -> bool:
        """Return whether the elements will be floating-point numbers."""
        return self.dtype.is_floating_point

    @property
    def shape(self) -> Size:
        """Refuse: there is none yet."""
        raise RuntimeError(
            "Can't access the shape of an uninitialized parameter or buffer. This error usually "
            "happens in `load_state_dict` when trying to load an uninitialized parameter into an "
            "initialized one. Call `forward` to initialize the parameters before accessing their "
            "attributes."
        )

    def to(self, *args: Any, **kwargs: Any) -> Self:
        """Return one of another dtype, or this one; the arguments are ``Tensor.to``'s."""
        dtype = self.data.to(*args, **kwargs).dtype
        if dtype == self.dtype:
            return self
        make, (requires_grad, device, _, *more) = self.__reduce_ex__(2)
        made: Self = make(requires_grad, device, dtype, *more)
        return made

    def half(self, memory_format: memory_format | None = None) -> Self:
        """Return one of float16."""
        return self.to(dtypes.float16)

    def bfloat16(self, memory_format: memory_format | None = None) -> Self:
        """Return one of bfloat16."""
        return self.to(dtypes.bfloat16)

    def float(self, memory_format: memory_format | None = None) -> Self:
        """Return one of float32."""
        return self.to(dtypes.float32)

    def double(self, memory_format: memory_format | None = None) -> Self:
        """Return one of float64."""
        return self.to(dtypes.float64)

    def requires_grad_(self, requires_grad: bool = True) -> Self:
        """Say whether gradients are to be computed."""
        self._requires_grad = requires_grad
        return self

    def materialize(self, shape: Any, device: Any = None, dtype: Any = None) -> None:
        """Become an ordinary one of this shape; its elements are whatever the memory holds.

        Args:
            shape: a tuple of ints.
            device: the CPU.
            dtype: another than what was said when it was made.
        """
        array = empty(shape, device=device, dtype=dtype or self.dtype)._array
        # mypy would have a class for good.
        self.__class__ = self.cls_to_become  # type: ignore[assignment]
        del vars(self)["_dtype_holder"]
        self._array = array

    def share_memory_(self) -> NoReturn:
        """Refuse: there is no memory yet."""
        raise RuntimeError(
            "Can't share memory on an uninitialized parameter or buffer. Call `forward` to "
            "initialize the parameters before calling `module.share_memory()`."
        )

    # As of Parameter's.
    def __repr__(self, *, tensor_contents: object = None) -> str:  # type: ignore[override]
        return f"<{type(self).__name__}>"

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        make, arguments = self.__reduce_ex__(2)
        return memo.setdefault(id(self), make(*arguments))

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        return type(self), (self.requires_grad, None, self.dtype)


def is_lazy(param: Any) -> TypeGuard[UninitializedTensorMixin]:
    """Return whether this is an uninitialised parameter or buffer."""
    return isinstance(param, UninitializedTensorMixin)


# Again the keyword-only argument of both their __repr__.
class UninitializedParameter(UninitializedTensorMixin, Parameter):  # type: ignore[misc]
    """A parameter whose shape is not known yet; see ``nn.LazyLinear``.

    Args:
        requires_grad: whether gradients are to be computed.
        device: the CPU.
        dtype: that it will have; the default dtype if left out.

    Source: https://docs.pytorch.org/docs/stable/generated/
        torch.nn.parameter.UninitializedParameter.html
    """

    cls_to_become = Parameter

    def __new__(
        cls, requires_grad: bool = True, device: Any = None, dtype: Any = None
    ) -> UninitializedParameter:
        return cls._without_shape(requires_grad, device, dtype)


class UninitializedBuffer(UninitializedTensorMixin, Buffer):
    """A buffer whose shape is not known yet; see ``nn.LazyLinear``.

    Args:
        requires_grad: whether gradients are to be computed.
        device: the CPU.
        dtype: that it will have; the default dtype if left out.
        persistent: whether ``state_dict`` holds it.

    Source: https://docs.pytorch.org/docs/stable/generated/
        torch.nn.parameter.UninitializedBuffer.html
    """

    cls_to_become = Tensor

    def __new__(
        cls,
        requires_grad: bool = False,
        device: Any = None,
        dtype: Any = None,
        persistent: bool = True,
    ) -> UninitializedBuffer:
        buffer = cls._without_shape(requires_grad, device, dtype)
        buffer.persistent = persistent
        return buffer

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        make, arguments = super().__reduce_ex__(protocol)
        return make, (*arguments, self.persistent)
