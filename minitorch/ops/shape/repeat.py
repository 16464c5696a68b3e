"""Elements several times over: ``repeat``, ``tile``, ``repeat_interleave``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.op import Array, Grads, Op
from minitorch.autograd.variable import TensorBase
from minitorch.autograd.vmap.example import refuse_shape_of
from minitorch.core.dtypes import scalar_name
from minitorch.ops.dims import Shape, numpy_names, sizes_of, wrap_dim
from minitorch.ops.order import in_order

if TYPE_CHECKING:
    from minitorch.autograd.vmap.batch import Batch
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor


class Repeat(Op):
    """The whole tensor side by side with itself, ``times`` along each dimension: (*) -> (*)."""

    @staticmethod
    def forward(x: Array, *, times: Shape) -> Array:
        return in_order(np.tile(x, times))

    @staticmethod
    def batched(batch: Batch, x: Array, *, times: Shape) -> Array:
        return Repeat.forward(batch.widened(x, len(times)), times=(1,) * batch.lead + times)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        shape = ctx.input_shapes[0]
        lead = len(ctx.times) - len(shape)
        apart: list[int] = []
        for n, size in zip(ctx.times, (1,) * lead + shape, strict=True):
            apart += [n, size]
        return grad.reshape(apart).sum(tuple(range(0, len(apart), 2))).reshape(shape)

    parity = staticmethod(lambda torch, x, *, times: x.repeat(times))

    @staticmethod
    def reference(x: Array, *, times: Shape) -> Array:
        x = x.reshape((1,) * (len(times) - x.ndim) + x.shape)
        for d, n in enumerate(times):
            x = np.concatenate([x] * n, d) if n else np.take(x, [], d)
        return x

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(2, 3), times=(2, 2))
        yield s(s.real(2, 3), times=(3, 1, 2))
        yield s(s.real(3), times=(0,))
        yield s(s.real(), times=(2,))


def repeat(input: TensorBase, *sizes: Any, repeats: Any = None) -> Tensor:
    """Return the tensor side by side with itself, that many times along each dimension: (*) -> (*).

    Raises:
        RuntimeError: for fewer numbers than the tensor has dimensions.
    """
    times = sizes_of(sizes, repeats)
    if len(times) < input._array.ndim:
        raise RuntimeError(
            "Number of dimensions of repeat dims can not be smaller than number of dimensions of "
            f"tensor: got {list(times)} for shape {list(input._array.shape)}"
        )
    return Repeat.apply(input, times=times)


def tile(input: TensorBase, *sizes: Any, dims: Any = None) -> Tensor:
    """Return :func:`repeat`, with ones in front of too few numbers: (*) -> (*)."""
    times = sizes_of(sizes, dims)
    return Repeat.apply(input, times=(1,) * (input._array.ndim - len(times)) + times)


@numpy_names
def repeat_interleave(
    input: Any = None,
    repeats: Any = None,
    dim: int | None = None,
    *,
    output_size: int | None = None,
) -> Tensor:
    """Return each element, or each position along ``dim``, several times in a row: (*) -> (*).

    Of one tensor, or ``repeats`` alone, it returns the position 0 repeats[0] times, the position 1
    repeats[1] times and so on: (A,) -> (sum,).

    Args:
        input: what to repeat.
        repeats: how often, one number for all or a tensor with one for each.
        dim: the dimension; None flattens first.
        output_size: the size of that dimension in the result, which is found out anyway.

    Raises:
        RuntimeError: of one tensor that is no vector, or has negative numbers.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.repeat_interleave.html
    """
    if input is None or repeats is None:
        return _repeated_positions(repeats if input is None else input)
    if dim is None:
        return repeat_interleave(input.reshape(-1), repeats, 0)
    shape = input._array.shape
    d = wrap_dim(dim, len(shape))
    if isinstance(repeats, TensorBase):
        places = np.repeat(np.arange(shape[d]), repeats._array)
        return input.index_select(d, input._plain(places))
    apart = (*shape[: d + 1], repeats, *shape[d + 1 :])
    joined = (*shape[:d], shape[d] * repeats, *shape[d + 1 :])
    return input.unsqueeze(d + 1).expand(apart).clone().contiguous().view(joined)


def _repeated_positions(repeats: Any) -> Tensor:
    """Return each position of a vector as often as the vector says."""
    refuse_shape_of("repeat_interleave", repeats._array)
    times = repeats._array
    if times.ndim != 1:
        raise RuntimeError("repeat_interleave only accept 1D vector as repeat")
    if times.dtype.name not in ("int64", "int32"):
        raise NotImplementedError(
            f"\"repeat_interleave_cpu\" not implemented for '{scalar_name(times)}': convert it "
            "with .long() first"
        )
    if times.size and times.min() < 0:
        raise RuntimeError("repeats can not be negative")
    places = np.repeat(np.arange(times.size, dtype=times.dtype), times)
    result: Tensor = repeats._plain(places)
    return result
