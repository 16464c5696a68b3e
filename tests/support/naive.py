"""A naive autograd: values that never change, memory as a cell that holds the latest of them.

A tensor is a place in a cell. Reading gathers from the cell's value, writing puts a new value
there, made of the old one and of what was written; so views need no thought. Gradients are summed
by plain recursion over all paths. Slow and obvious: the oracle of the state machine.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Rule = Callable[[np.ndarray], np.ndarray]


class Value:
    """An array, and for each value it was computed from, how a gradient goes back to it."""

    def __init__(self, array: Any, parents: list[tuple[Value, Rule]] | None = None) -> None:
        self.array = np.array(array, np.float64)
        self.parents = parents or []
        self.factor = 1.0  # what hooks multiply its gradient by

    def send(self, grads: dict[Value, np.ndarray], grad: np.ndarray) -> None:
        """Add a gradient to this value and, path by path, to all it was computed from."""
        grad = grad * self.factor
        grads[self] = grads.get(self, 0) + grad
        for parent, rule in self.parents:
            parent.send(grads, rule(grad))


class Cell:
    """Memory: the numbers in it, and the flat value that is their history."""

    base: Tensor

    def __init__(self, value: Value) -> None:
        self.value = value
        self.array = value.array


class Tensor:
    """Places in a cell; ``cut`` if what is read there has no history."""

    def __init__(self, cell: Cell, places: np.ndarray, cut: bool = False) -> None:
        self.cell = cell
        self.places = places
        self.cut = cut
        self._seen: tuple[Any, Value] | None = None

    @classmethod
    def of(cls, array: Any, parents: list[tuple[Value, Rule]] | None = None) -> Tensor:
        """A tensor in memory of its own."""
        whole = Value(array, parents)
        shape = whole.array.shape
        flat = Value(whole.array.reshape(-1), [(whole, lambda g: g.reshape(shape))])
        tensor = cls(Cell(flat), np.arange(whole.array.size).reshape(shape))
        tensor.cell.base = tensor
        tensor._seen = (flat, whole)
        return tensor

    def array(self) -> np.ndarray:
        return self.cell.array[self.places]

    def history(self) -> Value:
        """Where gradients go.

        The same object until a write is recorded in the cell; for a view, which is read out of its
        base then (hooks of the base included), until anything is written.
        """
        flat, base = self.cell.value, self.cell.base
        key = flat if self is base else self.cell.array
        if self._seen is None or self._seen[0] is not key:
            source, places = (flat if self is base else base.history()), self.places
            size, shape = source.array.size, source.array.shape
            back = [(source, lambda g: spread(g, places, size).reshape(shape))]
            self._seen = (key, Value(self.array(), [] if self.cut else back))
        return self._seen[1]

    def value(self) -> Value:
        """What stands here now, with its history."""
        history = self.history()
        if self is not self.cell.base or self.cell.array is self.cell.value.array:
            return history
        return Value(self.array(), [] if self.cut else [(history, lambda g: g)])

    def view(self, pick: Callable[[np.ndarray], np.ndarray]) -> Tensor:
        """A view: made of this tensor's value, until a write is recorded; then read anew."""
        whole = self.history()
        shape, size = whole.array.shape, whole.array.size
        own = pick(np.arange(size).reshape(shape))
        back = [(whole, lambda g: spread(g, own, size).reshape(shape))]
        view = Tensor(self.cell, pick(self.places), self.cut)
        view._seen = (self.cell.array, Value(pick(self.array()), [] if self.cut else back))
        return view

    def detach(self) -> Tensor:
        return Tensor(self.cell, self.places, cut=True)

    def write(self, value: Value) -> None:
        """Put a value here, with its history."""
        flat, places = self.cell.value, self.places
        array = self.cell.array.copy()
        array[places] = value.array

        def rest(g: np.ndarray) -> np.ndarray:
            g = g.copy()
            g[places] = 0
            return g

        self.cell.value = Value(array, [(flat, rest), (value, lambda g: g[places])])
        self.cell.array = self.cell.value.array

    def write_unrecorded(self, array: np.ndarray) -> None:
        """Put numbers here; history stays as it was."""
        new = self.cell.array.copy()
        new[self.places] = array
        self.cell.array = new


def spread(grad: np.ndarray, places: np.ndarray, size: int) -> np.ndarray:
    total = np.zeros(size)
    np.add.at(total, places, grad)
    return total


def reduce_to(grad: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Undo broadcasting."""
    while grad.ndim > len(shape):
        grad = grad.sum(0)
    for i, n in enumerate(shape):
        if n == 1:
            grad = grad.sum(i, keepdims=True)
    return grad


def apply(out: Any, *parts: tuple[Value, Callable[[np.ndarray], np.ndarray]]) -> Value:
    """A value computed element by element: its parts, and each part's gradient."""
    return Value(
        out,
        [(v, lambda g, v=v, r=r: reduce_to(np.asarray(r(g)), v.array.shape)) for v, r in parts],
    )
