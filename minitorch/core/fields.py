"""What tensors, nodes and version cells consist of; in C, where the core is compiled.

Note [Two forms]
~~~~~~~~~~~~~~~~
An op on a few numbers costs what is around it, so what every call and every node of a walk goes by
has a second form, in C: the fields that are here, ``Op.apply``, ``Node.unpack`` and
``needs_input_grad``, and walks over a whole graph (in ``autograd/src/``: ``door.c``, ``fields.c``,
``walk.c``). It does what is usual, and calls the form in Python for the rest: where a layer is on,
for subclasses and rare dtypes, where a walk has targets, where a forward fails. So what is written
in Python is what holds; without a compiler, or with ``MINITORCH_KERNELS=numpy``, it is all there
is. The tests pass with either. The C reads the attributes of an op's class at its first call: a
``forward`` that is put on the class later is not seen, unless ``_plan`` is taken off it.

``compiled.connect`` tells the C what it is to call and to compare with; each file of the core tells
it of its own.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import weakref

    from minitorch.autograd.hooks import Hooks, NodeHooks
    from minitorch.autograd.leaf import AccumulateGrad
    from minitorch.autograd.node import Edge, Metadata, Node
    from minitorch.autograd.op import Op
    from minitorch.autograd.origin import Cut
    from minitorch.autograd.sites import Site
    from minitorch.autograd.versions import VersionCell
    from minitorch.autograd.writes.views import View
    from minitorch.core.dtypes import Array
    from minitorch.tensor import Tensor

compiled: Any = None
if os.environ.get("MINITORCH_KERNELS") != "numpy":
    try:
        import minitorch.core._hot as _hot

        compiled = _hot
    except ImportError:  # no compiler was there, or it was that of another machine
        pass


if TYPE_CHECKING or compiled is None:

    class TensorFields:
        """Fields have class-level defaults, so a plain result costs one attribute."""

        _array: Array
        _requires_grad: bool = False
        _grad: Tensor | None = None
        _grad_fn: Node | None = None
        _output_index: int = 0
        _version_cell: VersionCell | None = None
        # Of a tensor that shows another's memory: history may be stale (Note [Views and in-place]).
        _view: View | None = None
        # The leaf's graph node, weak: the graph holds the leaf, never the other way round.
        _accumulator: weakref.ref[AccumulateGrad] | None = None
        # A leaf's hooks; those of other tensors are their node's.
        _hooks: Hooks | None = None
        _post_accumulate_hooks: Hooks | None = None
        # Forward mode: the tangent of each level. Why this tensor has no history.
        _tangents: dict[Any, Tensor] | None = None
        _origin: Cut | None = None

    class NodeFields:
        """What a node keeps."""

        _op: type[Op]
        _edges: tuple[Edge | None, ...]
        _outputs: tuple[Metadata, ...]
        _sequence: int
        # For each saved input, then for each saved output: a ``Saved``, a plain number, None where
        # no gradient needs it, or an object with ``unpack(node, i)``. None as a whole once freed.
        _saved: list[Any] | tuple[()] | None = ()
        _site: Site | None = None  # where the call was, of nodes that save something
        _cut: Cut | None = None  # why an input has no edge that might have had one: the first such
        _hooks: NodeHooks | None = None
        # Of the copy that a pruned walk gives to the rule: what is asked for, and of whom it is.
        _wanted: tuple[bool, ...] | None = None
        _original: Node | None = None

    class CellFields:
        """How often a buffer was written to; of the last write where, by what, and the node."""

        version: int = 0
        written_at: Site | None = None
        written_by: str | None = None
        history: str | None = None

else:
    TensorFields, NodeFields = compiled.TensorFields, compiled.NodeFields
    CellFields = compiled.CellFields

# Their names: of a tensor's ``vars``, the rest is the user's. ``_array`` has no default.
TENSOR_FIELDS = frozenset({"_array", *vars(TensorFields)})


def connect(**objects: Any) -> None:
    """Tell the C what it calls by these names, where there is C."""
    if compiled is not None:
        compiled.connect(**objects)
