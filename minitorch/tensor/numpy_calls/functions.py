"""NumPy's functions and ours of the same meaning: one table, small functions where they differ.

A row says what ours is called, and its names for keywords of NumPy's (``axis=dims``; ``dim`` and
``keepdim`` go without saying). Ours is looked up when it is called.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

import numpy as np

_REDUCED = "axis=axis keepdims=keepdims"


class NoCounterpart(Exception):
    """There is no function here for a call of NumPy's, so NumPy computes."""


torch: Any = importlib.import_module("minitorch")

_SAME = """
amax amin argmax argmin argwhere atleast_1d atleast_2d atleast_3d bincount
broadcast_to column_stack corrcoef diff dsplit dstack einsum empty_like fliplr flipud
full_like hsplit hstack inner isneginf isposinf kron mean moveaxis nan_to_num nanmean nansum
ones_like real reshape round sinc stack sum swapaxes tile vsplit vstack zeros_like
linalg.cholesky linalg.det linalg.eig linalg.eigvals linalg.eigvalsh linalg.inv linalg.matmul
linalg.matrix_norm linalg.matrix_power linalg.multi_dot linalg.qr linalg.slogdet linalg.svdvals
linalg.vecdot linalg.vector_norm
"""

_Row = str | Callable[..., Any]

FUNCTIONS: dict[str, _Row] = {
    **{name: name for name in _SAME.split()},
    **{name: f"array_api.{name} {_REDUCED}" for name in ("all", "any", "count_nonzero", "prod")},
    "array_split": "tensor_split",
    "around": "round",
    "broadcast_arrays": "broadcast_tensors",
    "concat": "cat",
    "copy": "clone",
    "cumulative_prod": "cumprod",
    "cumulative_sum": "cumsum",
    "diag": "diag k=diagonal",
    "diagflat": "diagflat k=offset",
    "diagonal": "diagonal offset=offset axis1=dim1 axis2=dim2",
    "fix": "trunc",
    "isin": "isin assume_unique=assume_unique invert=invert",
    "linalg.cond": "linalg.cond p=p",
    "linalg.diagonal": "linalg.diagonal offset=offset",
    "linalg.eigh": "linalg.eigh UPLO=UPLO",
    "linalg.lstsq": "linalg.lstsq rcond=rcond",
    "linalg.matrix_rank": "linalg.matrix_rank tol=tol",
    "linalg.norm": "linalg.norm ord=ord",
    "linalg.outer": "outer",
    "linalg.pinv": "linalg.pinv rcond=rtol",
    "linalg.solve": "linalg.solve",
    "linalg.tensorinv": "linalg.tensorinv ind=ind",
    "linalg.tensorsolve": "linalg.tensorsolve axes=dims",
    "max": "amax",
    "min": "amin",
    "nan_to_num": "nan_to_num nan=nan posinf=posinf neginf=neginf",
    "permute_dims": "permute",
    "ravel": "ravel",
    "roll": "roll axis=dims",
    "rot90": "rot90 k=k axes=dims",
    "squeeze": "squeeze",
    "tril": "tril k=diagonal",
    "triu": "triu k=diagonal",
    "unstack": "unbind",
    "vdot": "vdot",
}


def _for(name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Put a function in the table. It has NumPy's parameters: those it knows."""

    def enter(function: Callable[..., Any]) -> Callable[..., Any]:
        FUNCTIONS[name] = function
        return function

    return enter


# What a tensor is like.


@_for("shape")
def shape(a: Any) -> tuple[int, ...]:
    return tuple(a.shape)


@_for("ndim")
def ndim(a: Any) -> int:
    return int(a.ndim)


@_for("size")
def size(a: Any, axis: int | None = None) -> int:
    return int(a.numel() if axis is None else a.shape[axis])


@_for("astype")
def astype(x: Any, dtype: Any, copy: bool = True) -> Any:
    wanted = dtype if isinstance(dtype, torch.dtype) else _dtype(dtype)
    return x.to(wanted, copy=copy)


@_for("array_equal")
def array_equal(a1: Any, a2: Any) -> bool:
    a1, a2 = _alike(a1, a2)
    return bool(torch.equal(a1, a2))


@_for("allclose")
def allclose(a: Any, b: Any, rtol: Any = 1e-05, atol: Any = 1e-08, equal_nan: Any = False) -> bool:
    return bool(torch.all(isclose(a, b, rtol, atol, equal_nan)))


@_for("isclose")
def isclose(a: Any, b: Any, rtol: Any = 1e-05, atol: Any = 1e-08, equal_nan: Any = False) -> Any:
    return torch.isclose(*_alike(a, b), rtol, atol, equal_nan)


def _alike(a: Any, b: Any) -> tuple[Any, Any]:
    """Make two operands tensors of one dtype."""
    a, b = torch.as_tensor(a), torch.as_tensor(b)
    dtype = torch.result_type(a, b)
    return a.to(dtype), b.to(dtype)


def _dtype(dtype: Any) -> Any:
    return torch.from_numpy(np.empty(0, dtype)).dtype


# Reductions, which NumPy lets go over all elements.


@_for("std")
def std(
    a: Any, axis: Any = None, ddof: int = 0, keepdims: bool = False, correction: int = 0
) -> Any:
    return torch.std(a, axis, correction=ddof or correction, keepdim=keepdims)


@_for("var")
def var(
    a: Any, axis: Any = None, ddof: int = 0, keepdims: bool = False, correction: int = 0
) -> Any:
    return torch.var(a, axis, correction=ddof or correction, keepdim=keepdims)


@_for("ptp")
def ptp(a: Any, axis: Any = None, keepdims: bool = False) -> Any:
    dim = () if axis is None else axis
    return torch.amax(a, dim, keepdims) - torch.amin(a, dim, keepdims)


@_for("average")
def average(a: Any, axis: Any = None, weights: Any = None, keepdims: bool = False) -> Any:
    if weights is None:
        return torch.mean(a, axis, keepdims)
    weights = torch.as_tensor(weights)
    if weights.ndim != a.ndim:  # one weight for each index of the axis
        weights = weights.reshape([-1 if i == axis % a.ndim else 1 for i in range(a.ndim)])
        weights = weights.expand(a.shape)
    return torch.sum(a * weights, axis, keepdims) / torch.sum(weights, axis, keepdims)


@_for("median")
def median(a: Any, axis: Any = None, keepdims: bool = False) -> Any:
    return quantile(a, 0.5, axis, keepdims=keepdims)  # the mean of the two in the middle


@_for("percentile")
def percentile(
    a: Any, q: Any, axis: Any = None, method: str = "linear", keepdims: bool = False
) -> Any:
    numbers = isinstance(q, int | float | torch.Tensor)
    return quantile(a, (q if numbers else np.asarray(q)) / 100, axis, method, keepdims)


@_for("quantile")
def quantile(
    a: Any, q: Any, axis: Any = None, method: str = "linear", keepdims: bool = False
) -> Any:
    q = q if isinstance(q, int | float) else torch.as_tensor(q).to(a.dtype)
    return torch.quantile(a, q, axis, keepdim=keepdims, interpolation=method)


@_for("cumsum")
def cumsum(a: Any, axis: int | None = None, dtype: Any = None) -> Any:
    return torch.cumsum(*_along(a, axis, 0), dtype=dtype)


@_for("cumprod")
def cumprod(a: Any, axis: int | None = None, dtype: Any = None) -> Any:
    return torch.cumprod(*_along(a, axis, 0), dtype=dtype)


def _along(a: Any, axis: int | None, of_all: int) -> tuple[Any, int]:
    """Return the tensor and the axis; all elements in a row if there is none."""
    return (torch.ravel(a), of_all) if axis is None else (a, axis)


@_for("clip")
def clip(a: Any, a_min: Any = None, a_max: Any = None, min: Any = None, max: Any = None) -> Any:
    low, high = (min if a_min is None else a_min), (max if a_max is None else a_max)
    return torch.clamp(a, low, high)


# Joining and shapes.


@_for("concatenate")
def concatenate(arrays: Any, axis: int | None = 0, dtype: Any = None) -> Any:
    parts = [torch.ravel(x) for x in arrays] if axis is None else list(arrays)
    return _to(torch.cat(parts, axis or 0), dtype)


@_for("append")
def append(arr: Any, values: Any, axis: int | None = None) -> Any:
    return concatenate([torch.as_tensor(arr), torch.as_tensor(values)], axis)


def _to(x: Any, dtype: Any) -> Any:
    return x if dtype is None else x.to(dtype)


@_for("split")
def split(ary: Any, indices_or_sections: Any, axis: int = 0) -> Any:
    if isinstance(indices_or_sections, int) and ary.shape[axis] % indices_or_sections:
        raise ValueError(
            f"array split does not result in an equal division: {ary.shape[axis]} into "
            f"{indices_or_sections} parts; use np.array_split."
        )
    return list(torch.tensor_split(ary, indices_or_sections, axis))


@_for("transpose")
def transpose(a: Any, axes: Any = None) -> Any:
    return torch.permute(a, tuple(range(a.ndim))[::-1] if axes is None else tuple(axes))


@_for("matrix_transpose")
@_for("linalg.matrix_transpose")
def matrix_transpose(x: Any) -> Any:
    return torch.transpose(x, -2, -1)


@_for("expand_dims")
def expand_dims(a: Any, axis: Any) -> Any:
    axes = (axis,) if isinstance(axis, int) else tuple(axis)
    new = sorted([i % (a.ndim + len(axes)) for i in axes])
    for i in new:
        a = torch.unsqueeze(a, i)
    return a


@_for("flip")
def flip(m: Any, axis: Any = None) -> Any:
    axes = tuple(range(m.ndim)) if axis is None else axis
    return torch.flip(m, (axes,) if isinstance(axes, int) else axes)


@_for("repeat")
def repeat(a: Any, repeats: Any, axis: int | None = None) -> Any:
    if isinstance(repeats, list | tuple):
        repeats = torch.tensor(repeats)
    return torch.repeat_interleave(a, repeats, axis)


@_for("meshgrid")
def meshgrid(*xi: Any, indexing: str = "xy") -> Any:
    return torch.meshgrid(*xi, indexing=indexing)


@_for("pad")
def pad(array: Any, pad_width: Any, mode: str = "constant", constant_values: Any = 0) -> Any:
    widths = np.broadcast_to(np.asarray(pad_width), (array.ndim, 2))
    flat = [int(n) for n in widths[::-1].reshape(-1)]  # the last dimension comes first
    if mode == "constant" and isinstance(constant_values, int | float):
        return torch.nn.functional.pad(array, flat, mode, constant_values)
    ours = {"edge": "replicate", "reflect": "reflect", "wrap": "circular"}.get(mode)
    if ours is None or not 1 <= array.ndim <= 3:
        raise NoCounterpart
    return torch.nn.functional.pad(array[None, None], flat, ours)[0, 0]


@_for("trace")
def trace(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1, dtype: Any = None) -> Any:
    return torch.sum(torch.diagonal(a, offset, axis1, axis2), -1, dtype=dtype)


@_for("linalg.trace")
def linalg_trace(x: Any, offset: int = 0, dtype: Any = None) -> Any:
    return trace(x, offset, -2, -1, dtype)


# Sorting, searching, indices.


@_for("where")
def where(condition: Any, x: Any = None, y: Any = None) -> Any:
    if x is None and y is None:
        return nonzero(condition)
    return torch.where(torch.as_tensor(condition).bool(), x, y)


@_for("nonzero")
def nonzero(a: Any) -> Any:
    return tuple(torch.nonzero(a, as_tuple=True))


@_for("flatnonzero")
def flatnonzero(a: Any) -> Any:
    return torch.nonzero(torch.ravel(a))[:, 0]


@_for("sort")
def sort(a: Any, axis: int | None = -1, stable: bool = False) -> Any:
    a, axis = _along(a, axis, -1)
    return torch.sort(a, dim=axis, stable=stable)[0]


@_for("argsort")
def argsort(a: Any, axis: int | None = -1, stable: bool = False) -> Any:
    a, axis = _along(a, axis, -1)
    return torch.argsort(a, dim=axis, stable=stable)


@_for("unique")
def unique(
    ar: Any,
    return_inverse: bool = False,
    return_counts: bool = False,
    axis: int | None = None,
) -> Any:
    return torch.unique(ar, True, return_inverse, return_counts, axis)


@_for("searchsorted")
def searchsorted(a: Any, v: Any, side: str = "left", sorter: Any = None) -> Any:
    return torch.searchsorted(torch.as_tensor(a), v, side=side, sorter=sorter)


@_for("take_along_axis")
def take_along_axis(arr: Any, indices: Any, axis: int | None = -1) -> Any:
    arr, axis = _along(arr, axis, 0)
    return torch.array_api.take_along_axis(arr, torch.as_tensor(indices), axis=axis)


@_for("take")
def take(a: Any, indices: Any, axis: int | None = None) -> Any:
    a, axis = _along(a, axis, 0)
    indices = torch.as_tensor(indices)
    found = torch.array_api.take(a, torch.ravel(indices), axis=axis)
    return torch.reshape(
        found, (*a.shape[:axis], *indices.shape, *found.shape[axis % a.ndim + 1 :])
    )


@_for("extract")
def extract(condition: Any, arr: Any) -> Any:
    return torch.masked_select(torch.ravel(arr), torch.ravel(torch.as_tensor(condition)).bool())


# Linear algebra.


@_for("dot")
def dot(a: Any, b: Any) -> Any:
    if not (isinstance(a, torch.Tensor) and isinstance(b, torch.Tensor) and a.ndim and b.ndim):
        return a * b
    if a.ndim == 1 or b.ndim <= 2:
        return torch.matmul(a, b)
    return torch.tensordot(a, b, dims=([-1], [-2]))


@_for("outer")
def outer(a: Any, b: Any) -> Any:
    return torch.outer(torch.ravel(a), torch.ravel(b))


@_for("tensordot")
@_for("linalg.tensordot")
def tensordot(a: Any, b: Any, axes: Any = 2) -> Any:
    if isinstance(axes, tuple | list):
        axes = [[i] if isinstance(i, int) else list(i) for i in axes]
    return torch.tensordot(a, b, dims=axes)


@_for("linalg.cross")
@_for("cross")
def cross(a: Any, b: Any, axis: int = -1) -> Any:
    a, b = torch.broadcast_tensors(a, b)
    return torch.linalg.cross(a, b, dim=axis)


@_for("linalg.svd")
def svd(a: Any, full_matrices: bool = True, compute_uv: bool = True) -> Any:
    if not compute_uv:
        return torch.linalg.svdvals(a)
    return torch.linalg.svd(a, full_matrices)


@_for("trapezoid")
def trapezoid(y: Any, x: Any = None, dx: float = 1.0, axis: int = -1) -> Any:
    if x is None:
        return torch.trapezoid(y, dx=dx, dim=axis)
    return torch.trapezoid(y, x, dim=axis)
