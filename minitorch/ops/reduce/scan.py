"""Running sums: each element with those before it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.op import Array, Grads, Op
from minitorch.autograd.variable import TensorBase
from minitorch.autograd.writes.inplace import overwrite_
from minitorch.core.dtypes import dtype as DType, from_numpy, not_implemented, read
from minitorch.ops.batches import along_dim
from minitorch.ops.dims import numpy_names, wrap_dim
from minitorch.ops.out import makes_out, without_out
from minitorch.ops.reduce.reduced_dims import cast_to, cut_to

if TYPE_CHECKING:
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor

_FLOAT16, _FLOAT32, _INT64 = np.dtype(np.float16), np.dtype(np.float32), np.dtype(np.int64)

# What running sums are kept in, as in PyTorch.
_WIDER: dict[np.dtype[Any], np.dtype[Any]] = {_FLOAT16: _FLOAT32, _FLOAT32: np.dtype(np.float64)}


class CumSum(Op):
    """Running sum along a dimension: (*) -> (*)."""

    name = "CumsumBackward0"

    @staticmethod
    def forward(x: Array, *, dim: int) -> Array:
        kind: np.dtype[Any] = x.dtype if x.dtype.kind == "f" else _INT64
        sums = np.array(x, _WIDER.get(kind, kind), order="C")
        if x.ndim:
            np.add.accumulate(sums, dim, out=sums)
        return sums.astype(kind, copy=False)

    batched = classmethod(along_dim)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        return grad.flip(ctx.dim).cumsum(ctx.dim).flip(ctx.dim)

    parity = staticmethod(lambda torch, x, *, dim: torch.cumsum(x, dim))

    @staticmethod
    def reference(x: Array, *, dim: int) -> Array:
        out = x.copy()
        for index in np.ndindex(x.shape):
            if index and index[dim] > 0:
                before = (*index[:dim], index[dim] - 1, *index[dim + 1 :])
                out[index] = out[index] + out[before]
        return out

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(2, 3), dim=0)
        yield s(s.real(2, 3, 2), dim=1)
        yield s(s.real(), dim=0)
        yield s(s.real(0, 3), dim=1)
        yield s(s.integers(0, 5, 4), dim=0)


@makes_out
@numpy_names
def cumsum(input: TensorBase, dim: int, *, dtype: DType | None = None) -> Tensor:
    """Return the running sum along a dimension; of integers in int64.

    Shapes: (*) -> (*).

    Raises:
        NotImplementedError: for ``dtype=bool``.
    """
    x = cast_to(dtype, input)
    dim = wrap_dim(dim, x._array.ndim)
    if dtype is not None and x._array.dtype.kind == "b" and x._array.ndim and x._array.size:
        raise not_implemented("cumsum_out_cpu", x._array.dtype)
    return cut_to(dtype, CumSum.apply(x, dim=dim))


_cumsum = without_out(cumsum)


@numpy_names
def cumsum_(input: TensorBase, dim: int, *, dtype: DType | None = None) -> Tensor:
    """Running sum along a dimension, (*) -> (*), written into ``input``, which is returned.

    Raises:
        RuntimeError: for another dtype than that of ``input``.
    """
    own = from_numpy(input._array.dtype)
    if dtype is not None and read(dtype) is not own:
        raise RuntimeError(
            f"Bad in-place call: input tensor dtype {own} and output tensor "
            f"dtype {read(dtype)} should match"
        )
    return overwrite_("cumsum_", input, lambda x: _cumsum(x, dim, dtype=own))
