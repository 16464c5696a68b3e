"""``TensorBase``: what the autograd layer knows of a tensor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

from minitorch.core.dtypes import Array
from minitorch.core.fields import TensorFields, connect

if TYPE_CHECKING:
    import weakref

    from minitorch.tensor import Tensor


# Users' subclasses of ``Tensor`` that are alive; results keep their class (Note [Subclasses]).
subclasses: list[weakref.ref[type[TensorBase]]] = []


class TensorBase(TensorFields):
    """An array with a place in the graph; its fields are in ``core/fields.py``.

    Tensors that require grad are either leaves (no ``_grad_fn``) or output ``_output_index`` of the
    node ``_grad_fn``.
    """

    # The class of op results; a subclass such as Parameter still computes plain tensors, and one of
    # a user's computes its own.
    _result_class: ClassVar[type[Tensor]]

    def __init_subclass__(cls, *, of_results: bool = False) -> None:
        """Remember the class of results: this layer makes tensors, and does not know ``Tensor``."""
        if of_results:
            TensorBase._result_class = cls  # type: ignore[assignment]
            connect(result_class=cls, subclasses=subclasses)

    @classmethod
    def _wrap(cls, array: Array) -> Self:
        """Make a tensor of this class around an array, without copying or checking."""
        tensor = object.__new__(cls)
        tensor._array = array
        return tensor

    def _plain(self, array: Array) -> Any:
        """Make a tensor of the class that results have."""
        return self._result_class._wrap(array)


def __getattr__(name: str) -> Any:
    if name == "Variable":  # `from torch.autograd.variable import Variable`, in old code
        from minitorch.autograd.old_names import Variable

        return Variable
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
