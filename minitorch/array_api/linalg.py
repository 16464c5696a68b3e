"""Linear algebra of the standard: its extension ``linalg``, and what the main namespace has of it.

What is not here is ``minitorch.linalg``'s by the same name and arguments.
"""

from __future__ import annotations

from typing import Any

from minitorch.array_api._package import Axis, alike, axes_of, torch
from minitorch.array_api.data_types import sum_dtype
from minitorch.array_api.shapes import broadcast_arrays

_OURS = (
    *("cholesky", "det", "eigh", "eigvalsh", "inv", "matrix_norm", "matrix_power", "matrix_rank"),
    *("pinv", "qr", "slogdet", "svd", "svdvals"),
)


def __getattr__(name: str) -> Any:
    """Find a function of ``minitorch.linalg``."""
    found = getattr(getattr(torch, "linalg", None), name, None) if name in _OURS else None
    if found is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}.")
    return found


def matmul(x1: Any, x2: Any, /) -> Any:
    """Return matrix products, promoted: (*, A, B), (*, B, C) -> (*, A, C)."""
    return torch.matmul(*alike(x1, x2))


def matrix_transpose(x: Any, /) -> Any:
    """Exchange the last two axes: (*, A, B) -> (*, B, A)."""
    return torch.transpose(x, -2, -1)


def tensordot(x1: Any, x2: Any, /, *, axes: Any = 2) -> Any:
    """Sum products over pairs of axes, or the last and first ``axes`` of them."""
    return torch.tensordot(*alike(x1, x2), dims=axes)


def vecdot(x1: Any, x2: Any, /, *, axis: int = -1) -> Any:
    """Return products of vectors along an axis, counted from the last: (*), (*) -> (*).

    Raises:
        ValueError: if the vectors differ in length.
    """
    if x1.shape[axis] != x2.shape[axis]:
        raise ValueError(f"vecdot() of vectors of {x1.shape[axis]} and {x2.shape[axis]} elements.")
    x1, x2 = alike(x1, x2)
    return torch.sum(x1.conj() * x2, axis, dtype=x1.dtype)


def outer(x1: Any, x2: Any, /) -> Any:
    """Return all products: (A,), (B,) -> (A, B)."""
    return torch.outer(*alike(x1, x2))


def cross(x1: Any, x2: Any, /, *, axis: int = -1) -> Any:
    """Return cross products along an axis of size 3: (*), (*) -> (*)."""
    x1, x2 = broadcast_arrays(*alike(x1, x2))
    return torch.linalg.cross(x1, x2, dim=axis)


def diagonal(x: Any, /, *, offset: int = 0) -> Any:
    """Return diagonals of the last two axes: (*, A, B) -> (*, C)."""
    return torch.diagonal(x, offset, -2, -1)


def trace(x: Any, /, *, offset: int = 0, dtype: Any = None) -> Any:
    """Return sums of diagonals: (*, A, B) -> (*)."""
    return torch.sum(diagonal(x, offset=offset), -1, dtype=sum_dtype(x, dtype))


def solve(x1: Any, x2: Any, /) -> Any:
    """Solve x1 @ x = x2, a vector where x2 has one axis: (*, A, A), (*, A, B) -> (*, A, B)."""
    x1, x2 = alike(x1, x2)
    if x2.ndim == 1:
        return torch.linalg.solve(x1, x2[:, None])[..., 0]
    # What PyTorch takes for vectors is a matrix in the standard.
    return torch.linalg.solve(x1, x2[None] if x1.shape[:-1] == x2.shape else x2)


def vector_norm(x: Any, /, *, axis: Axis = None, keepdims: bool = False, ord: float = 2) -> Any:
    """Return norms of vectors along axes: (*) -> (*) without them."""
    if axis == ():
        return (x != 0).to(x.dtype) if ord == 0 else torch.abs(x)
    return torch.linalg.vector_norm(x, ord, axes_of(x, axis), keepdims)
