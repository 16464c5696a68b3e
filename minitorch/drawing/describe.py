"""What is written in a box, and what is said where there is room for a sentence."""

from __future__ import annotations

import os
import re
import sys
from contextlib import suppress
from dataclasses import dataclass
from os.path import basename
from typing import Any

import numpy as np

from minitorch.autograd.explain.why import why
from minitorch.autograd.hooks import is_retained
from minitorch.autograd.origin import Cut
from minitorch.autograd.saved import names_of
from minitorch.autograd.sites import Site, describe, file_of, line_of
from minitorch.core.dtypes import from_numpy
from minitorch.drawing.boxes import Box, module_of
from minitorch.drawing.names import Names
from minitorch.drawing.vertices import Vertex
from minitorch.nn.summaries import size_text

CUT_OFF = "cut off"
_NOT_REACHED = "no gradient comes here"  # behind a cut
_CUTS = {
    "detach": "detach()",
    "no_grad": "no_grad()",
    "inference": "inference_mode()",
    "integer": "has no slope",
    "no gradient": "has no slope",
    "frozen": "frozen",
    "volatile": "volatile",
    "function": "inside of a Function",
    "marked": "mark_non_differentiable()",
}


@dataclass
class Label:
    """The words of a box.

    Attributes:
        name: a name of the user's, or "".
        what: an op, a kind of leaf, the class of a module.
        shape: of its result, with the dtype if that is not float32; "" where there is none.
        notes: what else there is to know, in a few words each.
        story: whole sentences.
    """

    name: str
    what: str
    shape: str
    notes: list[str]
    story: list[str]
    is_frozen: bool = False  # of a leaf, or of all parameters of a module


def label(box: Box, names: Names, calls: dict[Any, list[int]]) -> Label:
    """Describe a box; ``calls`` has the serial numbers of a module's calls, in order."""
    words = _label(box, names, calls)
    words.story = [with_short_paths(sentence) for sentence in words.story]
    return words


def _label(box: Box, names: Names, calls: dict[Any, list[int]]) -> Label:
    if box.kind == "module":
        return _of_module(box, names, calls)
    if box.kind == "earlier":
        return _of_the_rest(box)
    (vertex,) = box.vertices
    if vertex.kind in ("computed", "cut"):
        return _of_call(vertex, names)
    words = (_of_result if vertex.kind == "result" else _of_tensor)(vertex, names)
    if vertex.requires_grad and not vertex.is_reached:
        words.notes.append(_NOT_REACHED)
    return words


def _of_result(vertex: Vertex, names: Names) -> Label:
    node = vertex.what
    site = vertex.call.site if node._site is None and vertex.call is not None else node._site
    notes, story = [], [f"{node.name()} passes gradients on."]
    if node._saved is None:
        notes.append("saved tensors freed")
        story.append("backward() has freed what it saved.")
    elif saved := _saved(node):
        notes.append("saves " + ", ".join(saved))
    notes += _hooks(node)
    _add_place(site, "", notes, story)
    shape = _shape(*node._outputs[0])
    if len(node._outputs) > 1:
        shape += f" and {len(node._outputs) - 1} more"
    return Label(names.of_result(node), node.name(), shape, notes, story)


def _saved(node: Any) -> list[str]:
    kept = [
        i
        for i, x in enumerate(node._saved)
        if x is not None and not isinstance(x, int | float | complex)
    ]
    op = node._op
    if not (op.saves or op.saves_outputs):  # a function of the user's
        return _counted(len(kept), "tensor")
    places = {place: name for name, place in names_of(op).items() if type(place) is int}
    return [places[i] for i in kept]


def _hooks(node: Any) -> list[str]:
    hooks = node._hooks
    if hooks is None:
        return []
    count = len(hooks.before) + len(hooks.after) + sum(map(len, hooks.of_outputs.values()))
    retained = [ref() for ref in hooks.retained.values()]
    notes = _counted(count, "hook")
    if any([x is not None and is_retained(x) for x in retained]):
        has_grad = any([x is not None and x._grad is not None for x in retained])
        notes.append("retain_grad, has .grad" if has_grad else "retain_grad")
    return notes


def _counted(count: int, what: str) -> list[str]:
    return [f"{count:,} {what}{'s' if count > 1 else ''}"] if count else []


def _of_call(vertex: Vertex, names: Names) -> Label:
    call = vertex.what
    name = names.of_result(call)
    shape = _shape(call.shape, call.dtype)
    notes: list[str] = []
    if vertex.kind == "cut":
        story = ["Gradients stop here: detach() gives a tensor without history."]
        _add_place(call.site, "", notes, story)
        return Label(name, "detach", shape, notes, story)
    story = ["It was not recorded: no gradient comes through here."]
    site, word = call.site, ""
    if call.cut is not None and any([how == "cut" for _, how in vertex.inputs]):
        word = _CUTS[call.cut.kind]
        site = call.cut.site or site
        story = [f"Gradients stop here: {word}."]
        notes.append(word)
    _add_place(site, "", notes, story)
    return Label(name, re.sub(r"Backward\d*$", "", call.name), shape, notes, story)


def _of_tensor(vertex: Vertex, names: Names) -> Label:
    tensor = vertex.tensor
    if isinstance(vertex.what, Cut):
        return _of_cut(vertex, names)
    if tensor is None:
        array = vertex.what
        story = ["A tensor that requires no grad, or that was cut off; it is gone."]
        return Label("", "requires no grad", _shape(array.shape, array.dtype), [], story)
    name = names.of_tensor(tensor)
    shape = _shape(tensor._array.shape, tensor._array.dtype)
    notes: list[str] = []
    if vertex.kind == "leaf":
        if tensor._grad is not None:
            notes.append("has .grad")
        node_hooks = vertex.what._hooks
        count = len(tensor._hooks or ()) + len(tensor._post_accumulate_hooks or ())
        if node_hooks is not None:
            count += len(node_hooks.before) + len(node_hooks.after)
        notes += _counted(count, "hook")
        what = "parameter" if names.parameter(tensor) else "leaf"
        return Label(name, f"{what}, requires grad", shape, notes, ["Gradients end here."])
    return _of_input(tensor, name, shape)


def _of_cut(vertex: Vertex, names: Names) -> Label:
    cut, leaf = vertex.what, vertex.named
    notes: list[str] = []
    if leaf is not None:
        story = ["An input is this frozen leaf, or was made of it."]
        _add_place(cut.site, "", notes, story)
        return Label(names.of_tensor(leaf), "frozen, or made of it", "", notes, story, True)
    story = [f"Gradients stop here: {_CUTS[cut.kind]}."]
    _add_place(cut.site, _CUTS[cut.kind] + " ", notes, story)
    return Label("", CUT_OFF, "", notes or [_CUTS[cut.kind]], story)


def _of_input(tensor: Any, name: str, shape: str) -> Label:
    cut: Cut | None = tensor._origin
    if cut is None:
        return Label(name, "requires no grad", shape, [], ["Nobody asked for its gradient."])
    notes: list[str] = []
    if cut.kind == "frozen" and cut.tensor is not None and cut.tensor() is tensor:
        story = ["It is a frozen leaf: requires_grad was switched off."]
        _add_place(cut.site, "", notes, story)
        return Label(name, "frozen", shape, notes, story, True)
    _add_place(cut.site, _CUTS[cut.kind] + " ", notes, [])
    what = "made of what is frozen" if cut.kind == "frozen" else CUT_OFF
    return Label(name, what, shape, notes or [_CUTS[cut.kind]], [why(tensor)])


def _of_module(box: Box, names: Names, calls: dict[Any, list[int]]) -> Label:
    last = box.path[-1]
    serials = calls[last.root, last.name]
    what = module_of(last)._get_name()
    if len(serials) > 1:
        is_known = last.module is not None  # else it may be one call, with others' nodes between
        what += f", {'call' if is_known else 'part'} {serials.index(last.serial) + 1}"
    made = [vertex for vertex in box.vertices if vertex.order > 0]
    sizes = [(p._array.size, p._requires_grad) for p in module_of(last).parameters()]
    count = sum([size for size, _ in sizes])
    frozen = sum([size for size, requires_grad in sizes if not requires_grad])
    ops = _counted(len(made), "op") if len(made) > 1 else []
    if count:
        state = "" if not frozen else " (frozen)" if frozen == count else f" ({frozen:,} frozen)"
        ops.append(f"{count:,} parameters{state}")
    notes = [", ".join(ops)] if ops else []
    saved = {id(array): array.nbytes for vertex in made for array in _arrays(vertex)}
    if saved:
        notes.append(f"saves {size_text(sum(saved.values()))}")
    recorded = [vertex for vertex in made if vertex.requires_grad]
    if recorded and not any([vertex.is_reached for vertex in recorded]):
        notes.append(_NOT_REACHED)
    kinds = dict.fromkeys([_op_name(vertex) for vertex in made])
    return Label(
        names.in_root(last.root, last.name),
        what,
        _shape_of(made[-1]),
        notes,
        [f"Ops: {', '.join(kinds)}."],
        count > 0 and frozen == count,
    )


def _arrays(vertex: Vertex) -> list[Any]:
    if vertex.kind != "result" or not vertex.what._saved:
        return []
    return [kept[0] for kept in vertex.what._saved if type(kept) is tuple]


def _op_name(vertex: Vertex) -> str:
    return str(vertex.what.name() if vertex.kind == "result" else vertex.what.name)


def _shape_of(vertex: Vertex) -> str:
    if vertex.kind == "result":
        return _shape(*vertex.what._outputs[0])
    return _shape(vertex.what.shape, vertex.what.dtype)


def _of_the_rest(box: Box) -> Label:
    count = sum([vertex.kind != "earlier" for vertex in box.vertices])
    older = "" if count == len(box.vertices) else " and all before"
    return Label("", f"{count:,} earlier{older}" if count else "all that is earlier", "", [], [])


def _shape(shape: tuple[int, ...], dtype: Any) -> str:
    if dtype == np.dtype(object):
        return ""
    kind = str(from_numpy(dtype)).removeprefix("torch.")
    sizes = "scalar" if shape == () else f"({', '.join(map(str, shape))})"
    return sizes if kind == "float32" else f"{sizes} {kind}"


def _add_place(site: Site | None, word: str, notes: list[str], story: list[str]) -> None:
    """Add a line of the user's program: short to the notes, in full to the story."""
    if site is not None:
        notes.append(f"{word}{basename(file_of(site))}:{line_of(site)}")
        story.append(f"At {describe(site)}.")


def with_short_paths(text: str) -> str:
    """Return sentences with the files in them as seen from where the user is.

    A picture goes to others: how this machine's folders are called is nothing to them.
    """
    folders: list[str] = []
    with suppress(OSError):  # the folder one is in may be gone
        others = sorted(map(os.path.abspath, sys.path), key=len, reverse=True)
        folders = [os.path.join(folder, "") for folder in (os.getcwd(), *others)]
    home = os.path.join(os.path.expanduser("~"), "")

    def short(found: re.Match[str]) -> str:
        path = found[0]
        folder = next((folder for folder in folders if path.startswith(folder)), "")
        path = path.removeprefix(folder)
        return os.path.join("~", path.removeprefix(home)) if path.startswith(home) else path

    return re.sub(r'(?<=file ")[^"]+', short, text)
