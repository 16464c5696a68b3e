"""``draw``: from a tensor, or a call of a module, to a picture."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from types import FrameType
from typing import Any

from minitorch.autograd.explain.why import why
from minitorch.autograd.sites import is_inside
from minitorch.autograd.variable import TensorBase
from minitorch.drawing.boxes import Box, assign_modules, fold
from minitorch.drawing.describe import label, with_short_paths
from minitorch.drawing.names import Names
from minitorch.drawing.picture import Item, Picture
from minitorch.drawing.vertices import MOST, Reader, Vertex
from minitorch.drawing.watching import Watch, watch, watching
from minitorch.nn.modules.module import Module
from minitorch.nn.unchanged import unchanged


def draw(
    what: Any,
    *inputs: Any,
    depth: int | None = None,
    limit: int = 30,
    mark: Any = None,
    names: dict[str, Any] | None = None,
) -> Picture:
    """Draw the graph of a result, or of a call: what it is made of, and where gradients flow.

    Of a result only what was recorded is known; of a call, or of a result within
    :class:`minitorch.drawing.watch`, everything: what is frozen, what ran under ``no_grad``, what
    ``detach()`` was called on. A module is called as it is, and has its buffers afterwards, as the
    generator of random numbers has its state. Shapes: any.

    Args:
        what: a tensor, tuples, lists or dicts of them; or a module or function, to be called.
        inputs: what to call it with.
        depth: how deep modules are opened: 0 is one box for a whole model, 1 one for each of its
            children; None: as deep as fits.
        limit: how many boxes fit, about.
        mark: a tensor to point at.
        names: names of tensors and modules; those of the caller's variables are known.

    Returns:
        A :class:`~minitorch.drawing.Picture`: printed it is text, in a notebook a picture;
        ``save("graph.svg")`` writes a file.

    Raises:
        TypeError: if it is neither, or if there is nothing to call it with.
        ValueError: for a limit below 2 or a negative depth.

    Example:
        >>> w = torch.ones(2, requires_grad=True)
        >>> print(minitorch.draw((w * 2).sum()))
         [w]   leaf, requires grad  (2)
         [#1]  MulBackward0         (2)     <- w   saves other; train.py:3
         [#2]  SumBackward0         scalar  <- #1
    """
    if limit < 2 or (depth is not None and depth < 0):
        raise ValueError(f"draw() needs a limit of 2 or more, a depth of 0 or more: {limit, depth}")
    if names is not None and not (isinstance(names, dict) and all(type(n) is str for n in names)):
        raise TypeError(f"names is a dict, of names to tensors and modules, but got {names!r:.80}")
    known = Names(names or {}, _caller())
    if isinstance(what, Module) or (callable(what) and not isinstance(what, TensorBase)):
        if isinstance(what, Module) and not inputs:
            raise TypeError(
                f"a graph comes of a call: draw(model, input) calls {type(what).__name__}, "
                "draw(loss) shows what was recorded. nn.summary() prints a module's layers."
            )
        known.add_inputs(list(_tensors_in(inputs)))
        with unchanged(what if isinstance(what, Module) else None), watch():
            roots = list(_tensors(what(*inputs)))
            return _picture(roots, known, watching(), _Choice(depth, limit, mark, inputs))
    if inputs:
        raise TypeError(f"draw() calls modules and functions, but got {type(what).__name__}")
    return _picture(list(_tensors(what)), known, watching(), _Choice(depth, limit, mark, ()))


class _Choice:
    """What is to be shown."""

    def __init__(self, depth: int | None, limit: int, mark: Any, inputs: Any) -> None:
        self.depth, self.limit, self.mark = depth, limit, mark
        self.given = {id(x) for x in _tensors_in(inputs)}
        if mark is not None and not isinstance(mark, TensorBase):
            raise TypeError(f"mark is a Tensor to point at, but got {type(mark).__name__}")


def _picture(roots: list[Any], names: Names, seen: Watch | None, choice: _Choice) -> Picture:
    reader = Reader(seen)
    vertices = reader.read(roots)
    for vertex in vertices:
        for within in vertex.path:
            names.add_root(within.root)
    names.look_for_modules([v.named for v in vertices if v.named is not None])
    if seen is not None:
        names.add_calls(seen.made.values())
    else:
        assign_modules(vertices, names)
    boxes, hidden = fold(vertices, names, choice.limit, choice.depth, choice.given)
    items = _items(boxes, names)
    remarks = []
    if reader.earlier is not None:
        remarks.append(f"The graph goes on: no more than the last {MOST:,} are looked at.")
    if hidden:
        remarks.append(
            f"{hidden:,} are not shown, the earliest: limit={choice.limit} says how many are."
        )
    if choice.mark is not None:
        remarks.append(with_short_paths(_point(choice.mark, reader, boxes, items)))
    return Picture(items, remarks)


def _items(boxes: list[Box], names: Names) -> list[Item]:
    calls: dict[Any, list[int]] = {}
    for box in boxes:
        if box.kind == "module":
            calls.setdefault((box.path[-1].root, box.path[-1].name), []).append(box.path[-1].serial)
    places = {box: i for i, box in enumerate(boxes)}
    taken: dict[str, None] = {}
    items: list[Item] = []
    for box in boxes:
        words = label(box, names, calls)
        first = words.name.partition(", ")[0]
        key = first if first and first not in taken else f"#{len(items)}"
        taken[key] = None
        inputs = [(places[source], how) for source, how in box.inputs.items()]
        made = [vertex for vertex in box.vertices if vertex.order > 0] or box.vertices
        has_gradient = any([vertex.has_gradient for vertex in made])
        items.append(Item(key, box.kind, has_gradient, words, inputs))
    return items


def _point(tensor: Any, reader: Reader, boxes: list[Box], items: list[Item]) -> str:
    """Mark the box of a tensor; say what there is to say of it."""
    vertex: Vertex | None = reader.find(tensor)
    for box, item in zip(boxes, items, strict=True):
        if vertex is not None and vertex in box.vertices:
            item.is_marked = True
            return f"Marked: [{item.key}]. {why(tensor)}"
    return f"The tensor to be marked is not in this graph. {why(tensor)}"


def _caller() -> FrameType | None:
    """Return the frame outside of the package that called ``draw``."""
    frame: FrameType | None = sys._getframe(2)
    while frame is not None and is_inside(frame.f_code.co_filename):
        frame = frame.f_back
    return frame


def _tensors(value: Any) -> Iterator[Any]:
    """Return the tensors in what is to be drawn.

    Raises:
        TypeError: if there is none.
    """
    found = list(_tensors_in(value))
    if not found:
        raise TypeError(
            f"draw() shows the graph of a Tensor, or calls a module, but got {type(value).__name__}"
        )
    return iter(found)


def _tensors_in(value: Any) -> Iterable[Any]:
    stack, found = [value], []
    while stack:
        item = stack.pop()
        if isinstance(item, TensorBase):
            found.append(item)
        elif isinstance(item, dict):
            stack += reversed(item.values())
        elif isinstance(item, list | tuple):
            stack += reversed(item)
    return found
