"""Methods that reduce: sums, means, extremes and where they are."""

from __future__ import annotations

from minitorch.autograd.variable import TensorBase
from minitorch.ops.out import method
from minitorch.ops.reduce import (
    any_all,
    extreme,
    product,
    scan,
    sorting,
    sums,
    variance,
    vector_norm,
)


class ReduceMethods(TensorBase):
    """Methods that make fewer elements of many."""

    sum, mean, logsumexp = method(sums.sum), method(sums.mean), method(sums.logsumexp)
    var, std = method(variance.var), method(variance.std)
    norm = method(vector_norm.norm)
    prod = method(product.prod)
    cumsum, cumsum_ = method(scan.cumsum), scan.cumsum_

    max, min = method(extreme.max), method(extreme.min)
    amax, amin = method(extreme.amax), method(extreme.amin)
    argmax, argmin = method(extreme.argmax), method(extreme.argmin)

    any, all = method(any_all.any), method(any_all.all)
    count_nonzero = any_all.count_nonzero

    sort, topk = method(sorting.sort), method(sorting.topk)
    argsort, unique = sorting.argsort, sorting.unique
