"""The order of results in memory: PyTorch's are contiguous, NumPy's follow their inputs."""

from __future__ import annotations

from typing import Any

from minitorch.core.dtypes import Array


def in_order(array: Any) -> Array:
    """Return the array, or a copy with its elements in the order of their indices."""
    return array if array.flags.c_contiguous else array.copy()
