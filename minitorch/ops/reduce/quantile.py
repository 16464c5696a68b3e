"""Quantiles: sorted elements, and what lies between two of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from minitorch.autograd.variable import TensorBase
from minitorch.autograd.vmap.example import is_batched
from minitorch.core.dtypes import int64
from minitorch.ops.dims import numpy_names, wrap_dim
from minitorch.ops.out import out_rules, takes_out

if TYPE_CHECKING:
    from minitorch.tensor import Tensor

_BETWEEN = ("linear", "lower", "higher", "midpoint", "nearest")


@takes_out
@numpy_names
@out_rules(casts="none")
def quantile(
    input: TensorBase,
    q: Any,
    dim: int | None = None,
    keepdim: bool = False,
    *,
    interpolation: str = "linear",
) -> Tensor:
    """Return the values below which the shares ``q`` of the elements lie, of all or along ``dim``.

    Shapes: (*), () -> (*) without ``dim``, or with 1 in its place; (*), (Q,) -> (Q, *).

    Args:
        input: a float32 or float64 tensor.
        q: a share in [0, 1], or a tensor of them in the dtype of ``input``.
        dim: the dimension; None for all elements.
        keepdim: leave it with size 1.
        interpolation: between two elements, "linear", "lower", "higher", "midpoint", "nearest".

    Raises:
        RuntimeError: for other dtypes or words, shares outside [0, 1], or no elements.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.quantile.html
    """
    return _quantile("quantile", input, q, dim, keepdim, interpolation)


@takes_out
@numpy_names
@out_rules(casts="none")
def nanquantile(
    input: TensorBase,
    q: Any,
    dim: int | None = None,
    keepdim: bool = False,
    *,
    interpolation: str = "linear",
) -> Tensor:
    """Return :func:`quantile` of the elements that are not NaN; NaN if there are none.

    Shapes: (*), () -> (*) without ``dim``, or with 1 in its place; (*), (Q,) -> (Q, *).
    """
    return _quantile("nanquantile", input, q, dim, keepdim, interpolation)


def _quantile(name: str, x: Any, q: Any, dim: int | None, keepdim: bool, between: str) -> Tensor:
    x, q = _checked(name, x, q, between)
    shape = x._array.shape
    d = None if dim is None else wrap_dim(dim, len(shape))
    kept = [1 if d is None or i == d else n for i, n in enumerate(shape)]
    reduced = kept if keepdim else [n for i, n in enumerate(shape) if d is not None and i != d]
    is_flat = d is None or not shape
    rows = x.reshape(-1) if is_flat else x.unsqueeze(-1).transpose(d, -1)
    ranked = rows.sort(-1).values
    ranked = ranked.reshape(*reduced, ranked.shape[-1])
    picked = _interpolated(ranked, _ranks(name, ranked, q.reshape(-1)), between)  # (*, Q)
    if q.dim() == 0:
        return picked.squeeze(-1)
    return picked.unsqueeze(0).transpose(0, -1).squeeze(-1)


def _checked(name: str, x: Any, q: Any, between: str) -> tuple[Any, Any]:
    if x._array.size == 0:
        raise RuntimeError(f"{name}() input tensor must be non-empty")
    if x._array.dtype.name not in ("float32", "float64"):
        raise RuntimeError(f"{name}() input tensor must be either float or double dtype")
    if isinstance(q, TensorBase):
        if q._array.ndim > 1:
            raise RuntimeError(f"{name}() q must be a scalar or 1D tensor")
        if q._array.dtype != x._array.dtype:
            raise RuntimeError(f"{name}() q tensor must be same dtype as the input tensor")
        if not is_batched(q._array) and not ((q._array >= 0) & (q._array <= 1)).all():
            raise RuntimeError(f"{name}() q values must be in the range [0, 1]")
    else:
        if not isinstance(q, int | float):
            raise TypeError(f"{name}(): argument 'q' must be Tensor, not {type(q).__name__}")
        if not 0 <= q <= 1:
            raise RuntimeError(f"{name}() q must be in the range [0, 1] but got {q}")
        q = x.new_tensor(q)
    if between not in _BETWEEN:
        raise RuntimeError(
            f"{name}() interpolation must be one of linear, lower, higher, midpoint or nearest, "
            f"but got {between}"
        )
    return x, q


def _ranks(name: str, ranked: Any, q: Any) -> Any:
    """Return how far from the smallest element of each row the shares are: (*, n), (Q,) -> (*, Q).

    NaN, which stand last, are what a quantile is where there are any, and do not count otherwise.
    """
    if name == "nanquantile":
        return q * (ranked == ranked).sum(-1, True).sub(1).clamp_min(0)
    last = ranked.shape[-1] - 1
    return (q * last).masked_fill(ranked.isnan().any(-1, True), last)


def _interpolated(ranked: Any, ranks: Any, between: str) -> Any:
    """Return what stands at ranks, fractions among them: (*, n), (*, Q) -> (*, Q)."""
    if between == "lower":
        ranks = ranks.floor()
    elif between == "higher":
        ranks = ranks.ceil()
    elif between == "nearest":
        ranks = ranks.round()
    below = ranks.to(int64)
    low = ranked.gather(-1, below)
    if between not in ("linear", "midpoint"):
        return low
    high = ranked.gather(-1, ranks.ceil().to(int64))
    return low.lerp(high, 0.5 if between == "midpoint" else ranks - below)
