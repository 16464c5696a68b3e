"""Version cells: how a saved tensor finds out that it was written to."""

from __future__ import annotations

import re

from minitorch.autograd.grad_mode import is_inference_mode_enabled
from minitorch.autograd.sites import Site, here
from minitorch.autograd.variable import TensorBase


class VersionCell:
    """Counts writes to one buffer; shared by its views and ``detach()``ed tensors.

    It remembers the last write: where in the user's program, by what, and of the last one that was
    recorded the node's name.
    """

    version = 0
    written_at: Site | None = None
    written_by: str | None = None
    history: str | None = None

    def writer(self) -> str:
        """Return what wrote last as the user called it: ``add_()``, not ``AddBackward0``."""
        name, node, _ = (self.written_by or "").partition("Backward")
        if node:
            return re.sub(r"(?<=.)(?=[A-Z])", "_", name).lower() + "_()"
        return f"{name}()" if name.endswith("_") else name


class _InferenceCell(VersionCell):
    """The cell of all inference tensors: they count no versions."""

    @property
    def version(self) -> int:  # type: ignore[override]
        raise InferenceTensorError("Inference tensors do not track version counter.")


class InferenceTensorError(RuntimeError):
    """An inference tensor was used where only tensors with a version will do."""


INFERENCE = _InferenceCell()


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
    cell = cell_of(tensor)
    if cell is INFERENCE:
        check_writable(tensor)  # in inference mode, nobody counts
        return
    cell.version += 1
    cell.written_by = by
    cell.written_at = here(skip)


def check_writable(tensor: TensorBase) -> None:
    """Refuse to write to an inference tensor outside of the mode.

    Raises:
        RuntimeError: saying what to do.
    """
    if tensor._version_cell is INFERENCE and not is_inference_mode_enabled():
        raise RuntimeError(
            "Inplace update to inference tensor outside InferenceMode is not allowed.You can make "
            "a clone to get a normal tensor before doing inplace update."
        )
