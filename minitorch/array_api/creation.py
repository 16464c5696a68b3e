"""Creation functions of the standard."""

from __future__ import annotations

from typing import Any

from minitorch.array_api._package import torch

_Shape = int | tuple[int, ...]


def _size(shape: _Shape) -> tuple[int, ...]:
    return (shape,) if isinstance(shape, int) else tuple(shape)


def asarray(obj: Any, /, *, dtype: Any = None, device: Any = None, copy: bool | None = None) -> Any:
    """Return an array of data; ``copy`` says whether memory is shared, as in :func:`asarray`."""
    return torch.asarray(obj, dtype=dtype, device=device, copy=copy)


def from_dlpack(x: Any, /, *, device: Any = None, copy: bool | None = None) -> Any:
    """Return an array in the memory of what offers ``__dlpack__``."""
    return torch.from_dlpack(x, device=device, copy=copy)


def arange(
    start: float,
    /,
    stop: float | None = None,
    step: float = 1,
    *,
    dtype: Any = None,
    device: Any = None,
) -> Any:
    """Return numbers from ``start`` to before ``stop``: () -> (A,); none if it is not ahead."""
    if stop is None:
        start, stop = 0, start
    if (stop - start) * step > 0:
        return torch.arange(start, stop, step, dtype=dtype, device=device)
    whole = all(isinstance(x, int) for x in (start, stop, step))
    return torch.empty(0, dtype=dtype or (torch.int64 if whole else None), device=device)


def linspace(
    start: float,
    stop: float,
    /,
    num: int,
    *,
    dtype: Any = None,
    device: Any = None,
    endpoint: bool = True,
) -> Any:
    """Return numbers at equal distances: () -> (num,)."""
    count = num if endpoint else num + 1
    return torch.linspace(start, stop, count, dtype=dtype, device=device)[:num]


def empty(shape: _Shape, *, dtype: Any = None, device: Any = None) -> Any:
    """Return an uninitialised array: () -> shape."""
    return torch.empty(_size(shape), dtype=dtype, device=device)


def zeros(shape: _Shape, *, dtype: Any = None, device: Any = None) -> Any:
    """Return zeros: () -> shape."""
    return torch.zeros(_size(shape), dtype=dtype, device=device)


def ones(shape: _Shape, *, dtype: Any = None, device: Any = None) -> Any:
    """Return ones: () -> shape."""
    return torch.ones(_size(shape), dtype=dtype, device=device)


def full(shape: _Shape, fill_value: Any, *, dtype: Any = None, device: Any = None) -> Any:
    """Return one number everywhere: () -> shape."""
    return torch.full(_size(shape), fill_value, dtype=dtype, device=device)


def eye(
    n_rows: int, n_cols: int | None = None, /, *, k: int = 0, dtype: Any = None, device: Any = None
) -> Any:
    """Return ones on the diagonal that is ``k`` above the main one: () -> (n_rows, n_cols)."""
    cols = n_rows if n_cols is None else n_cols
    result = torch.zeros(n_rows, cols, dtype=dtype, device=device)
    if -n_rows < k < cols:
        torch.diagonal(result, k).fill_(1)
    return result


def empty_like(x: Any, /, *, dtype: Any = None, device: Any = None) -> Any:
    """Return an uninitialised array of the shape of another: (*) -> (*)."""
    return torch.empty_like(x, dtype=dtype, device=device)


def zeros_like(x: Any, /, *, dtype: Any = None, device: Any = None) -> Any:
    """Return zeros of the shape of another array: (*) -> (*)."""
    return torch.zeros_like(x, dtype=dtype, device=device)


def ones_like(x: Any, /, *, dtype: Any = None, device: Any = None) -> Any:
    """Return ones of the shape of another array: (*) -> (*)."""
    return torch.ones_like(x, dtype=dtype, device=device)


def full_like(x: Any, /, fill_value: Any, *, dtype: Any = None, device: Any = None) -> Any:
    """Return one number everywhere, in the shape of another array: (*) -> (*)."""
    return torch.full_like(x, fill_value, dtype=dtype, device=device)


def meshgrid(*arrays: Any, indexing: str = "xy") -> tuple[Any, ...]:
    """Return coordinates of a grid: (A,), (B,) -> (B, A) twice, for "ij" (A, B)."""
    return tuple(torch.meshgrid(*arrays, indexing=indexing)) if arrays else ()


def tril(x: Any, /, *, k: int = 0) -> Any:
    """Keep what is on and below the diagonal ``k``: (*, A, B) -> (*, A, B)."""
    return torch.tril(x, k)


def triu(x: Any, /, *, k: int = 0) -> Any:
    """Keep what is on and above the diagonal ``k``: (*, A, B) -> (*, A, B)."""
    return torch.triu(x, k)
