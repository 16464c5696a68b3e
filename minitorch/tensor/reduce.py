"""Methods that reduce: sums, means, extremes and where they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, overload

from minitorch.autograd.variable import TensorBase
from minitorch.ops.out import method
from minitorch.ops.reduce import (
    any_all,
    extreme,
    histograms,
    product,
    quantile as quantiles,
    ranks,
    scan,
    sorting,
    sums,
    unique as uniques,
    variance,
    vector_norm,
    without_nan,
)

if TYPE_CHECKING:
    from minitorch.ops import return_types
    from minitorch.tensor import Tensor


class ReduceMethods(TensorBase):
    """Methods that make fewer elements of many."""

    sum, mean, logsumexp = method(sums.sum), method(sums.mean), method(sums.logsumexp)
    var, std = method(variance.var), method(variance.std)
    norm = method(vector_norm.norm)
    prod = method(product.prod)
    cumsum, cumsum_ = method(scan.cumsum), scan.cumsum_
    cumprod, cumprod_ = method(scan.cumprod), scan.cumprod_
    cummax, cummin = method(scan.cummax), method(scan.cummin)
    logcumsumexp = method(scan.logcumsumexp)
    nansum, nanmean = method(without_nan.nansum), method(without_nan.nanmean)

    if TYPE_CHECKING:
        # ``method`` cannot hand on what has several signatures.
        @overload
        def max(
            self, dim: TensorBase | None = None, *, other: TensorBase | None = None
        ) -> Tensor: ...
        @overload
        def max(self, dim: int, keepdim: bool = False) -> return_types.max: ...
        @overload
        def max(self, *, axis: int, keepdims: bool = False) -> return_types.max: ...
        def max(self, *args: Any, **kwargs: Any) -> Any: ...
        @overload
        def min(
            self, dim: TensorBase | None = None, *, other: TensorBase | None = None
        ) -> Tensor: ...
        @overload
        def min(self, dim: int, keepdim: bool = False) -> return_types.min: ...
        @overload
        def min(self, *, axis: int, keepdims: bool = False) -> return_types.min: ...
        def min(self, *args: Any, **kwargs: Any) -> Any: ...
    else:
        max, min = method(extreme.max), method(extreme.min)
    amax, amin = method(extreme.amax), method(extreme.amin)
    aminmax = method(extreme.aminmax)
    argmax, argmin = method(extreme.argmax), method(extreme.argmin)
    kthvalue, mode = method(ranks.kthvalue), method(ranks.mode)
    median, nanmedian = method(ranks.median), method(ranks.nanmedian)
    quantile, nanquantile = method(quantiles.quantile), method(quantiles.nanquantile)

    any, all = method(any_all.any), method(any_all.all)
    count_nonzero = any_all.count_nonzero

    sort, topk = method(sorting.sort), method(sorting.topk)
    argsort, msort = sorting.argsort, method(sorting.msort)
    unique, unique_consecutive = uniques.unique, uniques.unique_consecutive

    bincount = histograms.bincount
    histc, histogram = method(histograms.histc), method(histograms.histogram)
