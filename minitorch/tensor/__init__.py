"""``Tensor``: fields and properties; its operators and methods are one file per family of ops."""

from __future__ import annotations

import builtins
import warnings
from collections.abc import Callable
from copy import deepcopy
from typing import Any, ClassVar, Self, TypeVar

from minitorch import printing
from minitorch.autograd import differentiate, hooks, origin
from minitorch.autograd.hooks import RemovableHandle
from minitorch.autograd.inference import adopt, check_may_require_grad
from minitorch.autograd.node import Node
from minitorch.autograd.old_names import Variable
from minitorch.autograd.subclasses import as_plain, in_class, known
from minitorch.autograd.transforming import is_transforming
from minitorch.autograd.variable import TensorBase
from minitorch.autograd.versions import cell_of
from minitorch.core import dtypes
from minitorch.core.devices import check_device
from minitorch.core.fields import TENSOR_FIELDS
from minitorch.core.layout import packed, unpacked
from minitorch.core.size import Size
from minitorch.core.storage import deep_copied
from minitorch.ops.shape.view import Alias
from minitorch.tensor import detach as detaching
from minitorch.tensor.creation import CreationMethods
from minitorch.tensor.elementwise import ElementwiseMethods
from minitorch.tensor.index import IndexMethods
from minitorch.tensor.layers import LayerMethods
from minitorch.tensor.legacy import legacy_array
from minitorch.tensor.linalg import LinalgMethods
from minitorch.tensor.memory import MemoryMethods
from minitorch.tensor.numpy_calls import NumpyMethods
from minitorch.tensor.operators import Operators
from minitorch.tensor.random import RandomMethods
from minitorch.tensor.rare import RareMethods
from minitorch.tensor.reduce import ReduceMethods
from minitorch.tensor.resize import LayoutMethods
from minitorch.tensor.shape import ShapeMethods

T = TypeVar("T", bound="Tensor")

_LEAF_ONLY = "you can only change requires_grad flags of leaf variables."


def _check_differentiable(tensor: Tensor, kinds: str) -> None:
    if not dtypes.is_differentiable(tensor._array.dtype):
        raise RuntimeError(
            f"only Tensors of {kinds} can require gradients, this one is {tensor.dtype}: convert "
            "it with .float() first. [explain: integer-grad]"
        )


class Tensor(
    Operators,
    ElementwiseMethods,
    LayerMethods,
    MemoryMethods,
    CreationMethods,
    RandomMethods,
    ReduceMethods,
    ShapeMethods,
    IndexMethods,
    LinalgMethods,
    LayoutMethods,
    RareMethods,
    NumpyMethods,
    Variable,
    of_results=True,
):
    """An array with a place in the graph; :func:`minitorch.tensor` makes one from data.

    Shapes: ``shape`` is any tuple of ints, () for a single number.
    Source: https://docs.pytorch.org/docs/stable/tensors.html
    """

    # What repr() opens with; a subclass of the user's shows its own name.
    _opening = "tensor("
    # Whether results of ops on a user's subclass are of that class.
    _keeps_class: ClassVar[bool] = True

    def __init_subclass__(cls) -> None:
        """Let a user's subclass print under its own name, and be the class of results."""
        if not cls.__module__.startswith("minitorch."):
            cls._opening = f"{cls.__name__}("
            if cls._keeps_class:
                known(cls)

    @classmethod
    def __torch_function__(
        cls, func: Callable[..., Any], types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        """Call a function as on plain tensors, and give results this class (Note [Subclasses])."""
        if not all(issubclass(cls, kind) for kind in types):
            return NotImplemented
        return in_class(as_plain(func, *args, **(kwargs or {})), cls)

    def as_subclass(self, cls: type[T]) -> T:
        """Return a view of the same elements, with their history, of a subclass: (*) -> (*).

        Raises:
            TypeError: for what is no subclass of ``Tensor``.
        """
        _check_subclass(cls, "as_subclass")
        result: Any = as_plain(Alias.apply, self)
        result.__class__ = cls
        return result

    @staticmethod
    def _make_subclass(cls: type[T], data: Tensor, require_grad: bool = False) -> T:
        """Make a leaf of a subclass that shares a tensor's memory."""
        _check_subclass(cls, "_make_subclass")
        leaf = cls._wrap(data._array)
        leaf._version_cell = cell_of(data)
        leaf.requires_grad = require_grad
        return leaf

    def __new__(cls, *args: Any, size: Any = None, device: Any = None) -> Self:
        """Make a tensor the oldest way: ``Tensor(2, 3)`` uninitialised, ``Tensor([1, 2])`` of data.

        Elements are of the default dtype. A tensor or a storage gives one that shares its memory.
        """
        check_device(device)
        args = args if size is None else (Size(size),)
        if len(args) == 1 and isinstance(args[0], TensorBase):
            alias = cls._wrap(args[0]._array)
            alias._version_cell = cell_of(args[0])
            return alias
        return adopt(cls._wrap(legacy_array(args, dtypes.get_default_dtype().numpy)))

    @property
    def shape(self) -> Size:
        """The sizes of the dimensions, a tuple: () for a single number."""
        return tuple.__new__(Size, self._array.shape)  # which are ints: no check

    @property
    def dtype(self) -> dtypes.dtype:
        """The dtype of the elements, such as ``minitorch.float32``."""
        return dtypes.from_numpy(self._array.dtype)

    @property
    def ndim(self) -> int:
        """The number of dimensions."""
        return self._array.ndim

    @property
    def requires_grad(self) -> bool:
        """Whether gradients are computed for this tensor; may be set on leaves."""
        view = self._view
        if view is not None and (view.lost or not self._requires_grad):
            return view.base._requires_grad
        return self._requires_grad

    @requires_grad.setter
    def requires_grad(self, value: bool) -> None:
        if not isinstance(value, bool):
            raise RuntimeError(f"requires_grad must be a bool, not {type(value).__name__}")
        if self.grad_fn is not None:
            if not value:
                raise RuntimeError(
                    f"{_LEAF_ONLY} If you want to use a computed variable in a subgraph that "
                    "doesn't require differentiation use var_no_grad = var.detach()."
                    " [explain: non-leaf-frozen]"
                )
            return
        if value:
            _check_differentiable(self, "floating point and complex dtype")
            check_may_require_grad(self)
            self._origin = None
            if self._view is not None:
                self._view.lost = False  # a leaf of its own
        elif self._requires_grad:
            origin.frozen(self)
        self._requires_grad = value

    def requires_grad_(self, requires_grad: bool = True) -> Tensor:
        """Ask for the gradient of this leaf, or no longer; return the tensor.

        Raises:
            TypeError: for what is no bool.
            RuntimeError: for integers, or False on a tensor that is no leaf; inside ``func.grad``
                and its like, which would not see through.
        """
        if not isinstance(requires_grad, bool):
            raise TypeError(
                "requires_grad_(): argument 'requires_grad' (position 1) must be bool, not "
                f"{type(requires_grad).__name__}"
            )
        if is_transforming():
            raise RuntimeError(
                "You are attempting to call Tensor.requires_grad_() (or perhaps using "
                "torch.autograd.functional.* APIs) inside of a function being transformed by a "
                "functorch transform. This is unsupported, please attempt to use the functorch "
                "transforms (e.g. grad, vjp, jacrev, jacfwd, hessian) or call requires_grad_() "
                "outside of a function being transformed instead."
            )
        if requires_grad and self.grad_fn is None:
            # PyTorch has a text for this, and another for setting the attribute.
            _check_differentiable(self, "floating point dtype")
        self.requires_grad = requires_grad
        return self

    @property
    def grad_fn(self) -> Node | None:
        """The node that computed this tensor, and knows its gradient; None for leaves."""
        if self._view is not None:
            self._view.refresh(self)
        return self._grad_fn

    @property
    def output_nr(self) -> int:
        """Which output of ``grad_fn`` this is."""
        return self._output_index

    @property
    def is_leaf(self) -> bool:
        """Whether no recorded op computed this tensor: gradients end here, in :attr:`grad`."""
        return self.grad_fn is None

    @property
    def grad(self) -> Tensor | None:
        """The gradient, of this tensor's shape and dtype, that ``backward()`` adds to; else None.

        That of a tensor that is no leaf is kept only after :meth:`retain_grad`.
        """
        if (
            self._grad is None
            and self._requires_grad
            and self._grad_fn is not None
            and not hooks.is_retained(self)
        ):
            warnings.warn(
                "The .grad attribute of a Tensor that is not a leaf Tensor is being accessed. Its "
                ".grad attribute won't be populated during autograd.backward(). If you indeed want "
                "the .grad field to be populated for a non-leaf Tensor, use .retain_grad() on it; "
                "minitorch.why(tensor) says what stands between it and the leaves."
                " [explain: non-leaf-grad]",
                UserWarning,
                stacklevel=2,
            )
        return self._grad

    @grad.setter
    def grad(self, value: Tensor | None) -> None:
        if value is not None:
            self._check_grad(value)
        self._grad = value

    @grad.deleter
    def grad(self) -> None:
        self._grad = None

    def _check_grad(self, value: Any) -> None:
        if not isinstance(value, Tensor):
            raise TypeError(
                "assigned grad expected to be a Tensor or None but got grad of type "
                f"{type(value).__name__}"
            )
        if value is self:
            raise RuntimeError("can't assign Variable as its own grad")
        if value._array.shape != self._array.shape:
            raise RuntimeError(
                f"attempting to assign a gradient of size '{list(value.shape)}' to a tensor of "
                f"size '{list(self.shape)}'. Please ensure that the gradient and the tensor are "
                "the same size"
            )
        if value._array.dtype != self._array.dtype:
            raise RuntimeError(
                f"attempting to assign a gradient with dtype '{value.dtype}' to a tensor with "
                f"dtype '{self.dtype}': convert it with .to(tensor.dtype)"
            )

    @property
    def data(self) -> Tensor:
        """The same memory without history, and with a version count of its own."""
        return self._plain(self._array)

    @data.setter
    def data(self, value: Tensor) -> None:
        if not isinstance(value, Tensor):
            raise TypeError(f"Variable data has to be a tensor, but got {type(value).__name__}")
        if self._requires_grad and not dtypes.is_differentiable(value._array.dtype):
            raise RuntimeError(
                "data set to a tensor that requires gradients must be floating point or complex "
                f"dtype, got {value.dtype}."
            )
        self._array = value._array

    @data.deleter
    def data(self) -> None:
        raise RuntimeError("Deleting tensor data is not allowed. Delete tensor instead!")

    detach, detach_ = detaching.detach, detaching.detach_

    @property
    def _version(self) -> int:
        """How often the memory was written to.

        Raises:
            RuntimeError: for inference tensors, whose writes nobody counts.
        """
        return cell_of(self).version

    @property
    def _base(self) -> Tensor | None:
        """The tensor whose memory this view shows; None if this is no view."""
        return None if self._view is None else self._view.base

    def _is_view(self) -> bool:
        """Return whether this is a view of another tensor."""
        return self._view is not None

    def register_hook(self, hook: Callable[[Tensor], Any]) -> RemovableHandle:
        """Call ``hook(grad)`` when this tensor's gradient is complete; it may return another.

        Raises:
            RuntimeError: if the tensor requires no grad.
        """
        if self._view is not None:
            self._view.refresh(self)
        return hooks.register_tensor_hook(self, hook)

    def register_post_accumulate_grad_hook(self, hook: Callable[[Tensor], None]) -> RemovableHandle:
        """Call ``hook(tensor)`` after a gradient was added to this leaf's ``grad``.

        Raises:
            RuntimeError: if the tensor requires no grad, or is no leaf.
        """
        return hooks.register_post_accumulate_grad_hook(self, hook)

    def retain_grad(self) -> None:
        """Keep the gradient in ``grad`` though this is no leaf.

        Raises:
            RuntimeError: if the tensor requires no grad.
        """
        if self._view is not None:
            self._view.refresh(self)
        hooks.retain_grad(self)

    @property
    def retains_grad(self) -> bool:
        """Whether :meth:`retain_grad` was called on this tensor, which is no leaf."""
        return hooks.is_retained(self)

    def backward(
        self,
        gradient: Tensor | None = None,
        retain_graph: bool | None = None,
        create_graph: bool = False,
        inputs: Any = None,
    ) -> None:
        """Add this tensor's gradient to its leaves' ``grad``; see :func:`autograd.backward`."""
        differentiate.backward(self, gradient, retain_graph, create_graph, inputs=inputs)

    def __repr__(self, *, tensor_contents: object = None) -> str:
        """Return the elements as PyTorch prints them; :func:`set_printoptions` says how many."""
        grad_fn = self.grad_fn
        return printing.tensor_repr(
            self._array,
            requires_grad=self._requires_grad,
            grad_fn_name=None if grad_fn is None else grad_fn.name(),
            prefix=self._opening,
        )

    def __format__(self, format_spec: str) -> str:
        """Format the one element of a 0-d tensor; others take no specification.

        Raises:
            TypeError: for a specification on a tensor with dimensions, or of a subclass.
        """
        if type(self) is not Tensor or self._array.ndim:
            return object.__format__(self, format_spec)
        return format(self._array.item(), format_spec)

    def __len__(self) -> int:
        """Return the size of the first dimension.

        Raises:
            TypeError: for a 0-d tensor.
        """
        if self._array.ndim == 0:
            raise TypeError("len() of a 0-d tensor")
        return len(self._array)

    def __bool__(self) -> bool:
        """Return whether the one element is not zero.

        Raises:
            RuntimeError: if there is not exactly one.
        """
        if self._array.size != 1:
            raise RuntimeError(
                "Boolean value of Tensor with no values is ambiguous"
                if self._array.size == 0
                else "Boolean value of Tensor with more than one value is ambiguous: use .any() or "
                f".all(), the shape is {list(self.shape)} [explain: bool-of-many]"
            )
        return builtins.bool(self._array)

    def __reduce_ex__(self, protocol: Any) -> Any:
        """Pickle the elements, whether gradients are wanted, and the user's attributes."""
        about = (type(self), packed(self._array), self.requires_grad)
        return _rebuild, about, self._attributes() or None

    def __deepcopy__(self, memo: dict[int, Any]) -> Tensor:
        """Return a copy of a leaf, with its gradient and the user's attributes.

        Tensors that share memory have copies that do.

        Raises:
            RuntimeError: for a tensor that is no leaf.
        """
        known: Tensor | None = memo.get(id(self))
        if known is not None:
            return known
        if self.grad_fn is not None:
            raise RuntimeError(
                "Only Tensors created explicitly by the user (graph leaves) support the deepcopy "
                "protocol at the moment: use .detach().clone()."
            )
        copy = adopt(type(self)._wrap(deep_copied(self._array, memo)))
        memo[id(self)] = copy
        copy._requires_grad = self._requires_grad
        if self._grad is not None:
            copy._grad = self._grad.__deepcopy__(memo)
        vars(copy).update(deepcopy(self._attributes(), memo))
        return copy

    def _attributes(self) -> dict[str, Any]:
        """What users have put on this tensor."""
        return {name: value for name, value in vars(self).items() if name not in TENSOR_FIELDS}


def _rebuild(cls: type[Tensor], pickled: Any, requires_grad: bool) -> Tensor:
    tensor = cls._wrap(unpacked(pickled))
    tensor._requires_grad = requires_grad
    return tensor


def _check_subclass(cls: Any, function: str) -> None:
    if not isinstance(cls, type):
        raise TypeError(f"{function}(): cls must be a type (got {type(cls).__name__})")
    if not issubclass(cls, Tensor):
        raise TypeError(
            "Creating a Tensor subclass from a class that does not inherit from Tensor is not "
            "possible. Make sure your class inherits from Tensor."
        )
