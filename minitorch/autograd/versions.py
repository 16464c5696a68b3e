"""Version cells: how a saved tensor finds out that it was written to."""

from __future__ import annotations

from minitorch.autograd.variable import TensorBase


class VersionCell:
    """Counts writes to one buffer; shared by its views and ``detach()``ed tensors.

    ``rewrites`` counts the in-place operations on views that changed the base's history.
    """

    __slots__ = ("rewrites", "version")

    def __init__(self) -> None:
        self.version = 0
        self.rewrites = 0


def cell_of(tensor: TensorBase) -> VersionCell:
    """Return the tensor's cell; made at first need, because most results are never shared."""
    cell = tensor._version_cell
    if cell is None:
        cell = tensor._version_cell = VersionCell()
    return cell


def bump(tensor: TensorBase) -> None:
    """Count a write to the tensor's buffer."""
    cell_of(tensor).version += 1
