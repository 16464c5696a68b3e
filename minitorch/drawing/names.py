"""What tensors are called: parameters as in their modules, others as the caller's variables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from inspect import CO_OPTIMIZED
from types import FrameType
from typing import Any

from minitorch.autograd.explain.why import place_of
from minitorch.autograd.variable import TensorBase
from minitorch.nn.modules.module import Module
from minitorch.nn.parameter import Parameter

_STRAYS = 20  # parameters in no module: to look for one takes some 20 ms


class Names:
    """Names of tensors and modules.

    Args:
        given: names that the user gave: they come first.
        frame: where ``draw`` was called: what its variables are called.
    """

    def __init__(self, given: Mapping[str, Any], frame: FrameType | None) -> None:
        self.roots: dict[int, tuple[Module, str]] = {}
        self.variables: dict[int, str] = {}
        self._outputs: dict[Any, dict[int, str]] = {}  # of nodes and calls, by output
        self._parameters: dict[int, tuple[Module, str]] = {}
        spaces = [given, *([] if frame is None else _spaces(frame))]
        self._modules = [
            (value, name)
            for space in spaces
            for name, value in list(space.items())
            if isinstance(value, Module)
        ]
        for space in spaces:
            for name, value in list(space.items()):
                if isinstance(value, TensorBase) and not name.startswith("_"):
                    self._add(name, value)

    def _add(self, name: str, tensor: Any) -> None:
        if tensor._grad_fn is None:
            self.variables.setdefault(id(tensor), name)
        else:
            known = self._outputs.setdefault(tensor._grad_fn, {})
            known.setdefault(tensor._output_index, name)

    def add_inputs(self, tensors: Sequence[Any]) -> None:
        """Let what a module is called with be called that, if it has no other name."""
        for i, tensor in enumerate(tensors, start=1):
            self._add("input" if len(tensors) == 1 else f"input{i}", tensor)

    def add_root(self, root: Module) -> None:
        """Let parameters be called as in this module, which is that of a variable, or of none."""
        if id(root) in self.roots:
            return
        label = next((name for value, name in self._modules if value is root), "")
        self.roots[id(root)] = root, label or type(root).__name__
        for name, tensor in [*root.named_parameters(), *root.named_buffers()]:
            self._parameters.setdefault(id(tensor), (root, name))

    def add_calls(self, made: Iterable[tuple[Any, Any]]) -> None:
        """Let calls that were not recorded be called as their results are."""
        for tensor, call in made:
            if id(tensor) in self.variables:
                known = self._outputs.setdefault(call, {})
                known[len(known)] = self.variables[id(tensor)]

    def look_for_modules(self, tensors: Iterable[Any]) -> None:
        """Find the modules that parameters stand in."""
        strays = 0
        for tensor in tensors:
            is_known = id(tensor) in self._parameters or not isinstance(tensor, Parameter)
            if is_known or strays == _STRAYS:
                continue
            place = place_of(tensor)
            if place is None:
                strays += 1
            else:
                self.add_root(place[0])

    def parameter(self, tensor: Any) -> tuple[Module, str] | None:
        """Return the outermost module of a parameter or buffer, and its name there."""
        return self._parameters.get(id(tensor))

    def of_result(self, source: Any) -> str:
        """Return what the results of a node or a call are called, between commas."""
        return ", ".join([name for _, name in sorted(self._outputs.get(source, {}).items())])

    def of_tensor(self, tensor: Any) -> str:
        """Return what a leaf or an input is called, "" if it has no name."""
        place = self.parameter(tensor)
        if place is None:
            return self.variables.get(id(tensor), "")
        root, name = place
        return self.in_root(root, name)

    def in_root(self, root: Any, name: str) -> str:
        """Return a dotted name, which starts with that of the root where there are several."""
        label = self.roots[id(root)][1]
        if not name:
            return label
        return name if len(self.roots) == 1 else f"{label}.{name}"


def _spaces(frame: FrameType) -> list[Mapping[str, Any]]:
    """Return the variables that can be seen from a frame.

    Up to Python 3.12 a function's frame keeps the dict it gives out, and with it what the function
    has let go of since; so it is emptied, which changes no variable.
    """
    variables = frame.f_locals
    local = dict(variables)
    if type(variables) is dict and frame.f_code.co_flags & CO_OPTIMIZED:
        variables.clear()
    return [local, frame.f_globals]
