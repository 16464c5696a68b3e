"""The Python array API, version 2024.12, on tensors: its names, arguments and results.

``x.__array_namespace__()`` is this module, which libraries written over the standard ask for. Every
function is ours by the standard's name: gradients, transforms and devices are the tensors' own.
Shapes, errors and promotion between kinds of numbers are PyTorch's where the standard leaves
them open.

Source: https://data-apis.org/array-api/2024.12/
"""

from __future__ import annotations

import math
import sys
from typing import Any

from minitorch.array_api import elementwise, linalg as linalg
from minitorch.array_api._package import torch
from minitorch.array_api.creation import (
    arange as arange,
    asarray as asarray,
    empty as empty,
    empty_like as empty_like,
    eye as eye,
    from_dlpack as from_dlpack,
    full as full,
    full_like as full_like,
    linspace as linspace,
    meshgrid as meshgrid,
    ones as ones,
    ones_like as ones_like,
    tril as tril,
    triu as triu,
    zeros as zeros,
    zeros_like as zeros_like,
)
from minitorch.array_api.data_types import (
    __array_namespace_info__ as __array_namespace_info__,
    astype as astype,
    can_cast as can_cast,
    finfo as finfo,
    iinfo as iinfo,
    isdtype as isdtype,
    result_type as result_type,
)
from minitorch.array_api.linalg import (
    matmul as matmul,
    matrix_transpose as matrix_transpose,
    tensordot as tensordot,
    vecdot as vecdot,
)
from minitorch.array_api.reductions import (
    all as all,
    any as any,
    argmax as argmax,
    argmin as argmin,
    count_nonzero as count_nonzero,
    cumulative_prod as cumulative_prod,
    cumulative_sum as cumulative_sum,
    max as max,
    mean as mean,
    min as min,
    prod as prod,
    std as std,
    sum as sum,
    var as var,
)
from minitorch.array_api.searching import (
    argsort as argsort,
    nonzero as nonzero,
    searchsorted as searchsorted,
    sort as sort,
    take as take,
    take_along_axis as take_along_axis,
    unique_all as unique_all,
    unique_counts as unique_counts,
    unique_inverse as unique_inverse,
    unique_values as unique_values,
    where as where,
)
from minitorch.array_api.shapes import (
    broadcast_arrays as broadcast_arrays,
    broadcast_to as broadcast_to,
    concat as concat,
    diff as diff,
    expand_dims as expand_dims,
    flip as flip,
    moveaxis as moveaxis,
    permute_dims as permute_dims,
    repeat as repeat,
    reshape as reshape,
    roll as roll,
    squeeze as squeeze,
    stack as stack,
    tile as tile,
    unstack as unstack,
)

__array_api_version__ = "2024.12"

e, pi, inf, nan, newaxis = math.e, math.pi, math.inf, math.nan, None

# They are the package's own.
_OURS = (
    *("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
    *("float32", "float64", "complex64", "complex128", "fft"),
)


def __getattr__(name: str) -> Any:
    """Find an elementwise function or a dtype."""
    if name in elementwise.NAMES:
        return elementwise.function(name)
    if name in _OURS:
        return getattr(torch, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}.")


def __dir__() -> list[str]:
    names = [name for name in vars(sys.modules[__name__]) if not name.startswith("_")]
    names += [*_OURS, *elementwise.NAMES]
    return sorted([*names, "__array_namespace_info__", "__array_api_version__"])
