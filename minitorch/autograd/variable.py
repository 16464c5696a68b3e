"""``TensorBase``: what the autograd layer knows of a tensor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

from minitorch.core.dtypes import Array

if TYPE_CHECKING:
    import weakref

    from minitorch.autograd.hooks import Hooks
    from minitorch.autograd.leaf import AccumulateGrad
    from minitorch.autograd.node import Node
    from minitorch.autograd.origin import Cut
    from minitorch.autograd.versions import VersionCell
    from minitorch.autograd.writes.views import View
    from minitorch.tensor import Tensor


# Users' subclasses of ``Tensor`` that are alive; results keep their class (Note [Subclasses]).
subclasses: list[weakref.ref[type[TensorBase]]] = []


class TensorBase:
    """An array with a place in the graph.

    Fields have class-level defaults, so a plain result costs one attribute. Tensors that require
    grad are either leaves (no ``_grad_fn``) or output ``_output_index`` of the node ``_grad_fn``.
    """

    _array: Array
    _requires_grad: bool = False
    _grad: Tensor | None = None
    _grad_fn: Node | None = None
    _output_index: int = 0
    _version_cell: VersionCell | None = None
    # Of a tensor that shows another one's memory: history may be stale (Note [Views and in-place]).
    _view: View | None = None
    # The leaf's graph node, weak: the graph holds the leaf, never the other way round.
    _accumulator: weakref.ref[AccumulateGrad] | None = None
    # A leaf's hooks; those of other tensors are their node's.
    _hooks: Hooks | None = None
    _post_accumulate_hooks: Hooks | None = None
    # Forward mode: the tangent of each level. Why this tensor has no history.
    _tangents: dict[Any, Tensor] | None = None
    _origin: Cut | None = None

    # The class of op results; a subclass such as Parameter still computes plain tensors, and one of
    # a user's computes its own.
    _result_class: ClassVar[type[Tensor]]

    def __init_subclass__(cls, *, of_results: bool = False) -> None:
        """Remember the class of results: this layer makes tensors, and does not know ``Tensor``."""
        if of_results:
            TensorBase._result_class = cls  # type: ignore[assignment]

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
