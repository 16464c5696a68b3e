"""Version cells: how a saved tensor finds out that it was written to."""

from __future__ import annotations

import re
from typing import ClassVar

from minitorch.autograd.sites import Site, here
from minitorch.autograd.variable import TensorBase
from minitorch.core.fields import CellFields, connect


class VersionCell(CellFields):
    """Counts writes to one buffer; shared by its views and ``detach()``ed tensors.

    It remembers the last write: where in the user's program, by what, and of the last one that was
    recorded the node's name.
    """

    counts: ClassVar[bool] = True  # those of inference tensors do not

    def writer(self) -> str:
        """Return what wrote last as the user called it: ``add_()``, not ``AddBackward0``."""
        name, node, _ = (self.written_by or "").partition("Backward")
        if node:
            return re.sub(r"(?<=.)(?=[A-Z])", "_", name).lower() + "_()"
        return f"{name}()" if name.endswith("_") else name

    def check_writable(self) -> None:
        """Refuse a write where the buffer is not to be written to."""

    def check_savable(self) -> None:
        """Refuse to be saved where no version can be kept."""


connect(VersionCell=VersionCell)


def cell_of(tensor: TensorBase) -> VersionCell:
    """Return the tensor's cell; made at first need, because most results are never shared."""
    cell = tensor._version_cell
    if cell is None:
        cell = tensor._version_cell = VersionCell()
    return cell


def bump(tensor: TensorBase, by: str | None = None, skip: int = 2) -> None:
    """Count a write to the tensor's buffer, and note who wrote and where.

    Args:
        tensor: what was written to.
        by: the name of what wrote.
        skip: this many callers are known to be inside the package.
    """
    count_write(tensor, by, here(skip))


def count_write(tensor: TensorBase, by: str | None, site: Site) -> None:
    """As :func:`bump`, where it is known who called."""
    cell = cell_of(tensor)
    if not cell.counts:
        cell.check_writable()
        return
    cell.version += 1
    cell.written_by = by
    cell.written_at = site
