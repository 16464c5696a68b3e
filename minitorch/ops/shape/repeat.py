"""Elements several times over: ``repeat``, ``tile``, ``repeat_interleave``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.conjugates import LINEAR
from minitorch.autograd.op import Array, Grads
from minitorch.autograd.variable import TensorBase
from minitorch.autograd.vmap.example import refuse_shape_of
from minitorch.core.dtypes import scalar_name
from minitorch.ops.arguments import takes_tensors
from minitorch.ops.dims import Shape, numpy_names, read_int, sizes_of, wrap_dim
from minitorch.ops.linear_map import LinearMap
from minitorch.ops.order import in_order

if TYPE_CHECKING:
    from minitorch.autograd.vmap.batch import Batch
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor


class Repeat(LinearMap):
    """The whole tensor side by side with itself, ``times`` along each dimension: (*) -> (*)."""

    complex = LINEAR
    in_own_dtype = True

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
        RuntimeError: for fewer numbers than the tensor has dimensions, or negative ones.
    """
    times = sizes_of(sizes, repeats, "repeats")
    if len(times) < input._array.ndim:
        raise RuntimeError(
            "Number of dimensions of repeat dims can not be smaller than number of dimensions of "
            f"tensor: got {list(times)} for shape {list(input._array.shape)}"
        )
    if times and min(times) < 0:
        shape = (1,) * (len(times) - input._array.ndim) + input._array.shape
        size = [m * n for m, n in zip(times, shape, strict=True)]
        raise RuntimeError(
            f"Trying to create tensor with negative dimension {min(size)}: {size}. The tensor is "
            f"to be repeated {list(times)} times."
        )
    return Repeat.apply(input, times=times)


@takes_tensors
def tile(input: TensorBase, *sizes: Any, dims: Any = None) -> Tensor:
    """Return :func:`repeat`, with ones in front of too few numbers: (*) -> (*)."""
    times = sizes_of(sizes, dims, "dims")
    return repeat(input, (1,) * (input._array.ndim - len(times)) + times)


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
        output_size: the size of that dimension in the result, if it is known.

    Raises:
        RuntimeError: for another ``output_size``, negative numbers, or not one for each position.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.repeat_interleave.html
    """
    if input is None or repeats is None:
        return _repeated_positions(repeats if input is None else input, output_size)
    if dim is None:
        return repeat_interleave(input.reshape(-1), repeats, 0, output_size=output_size)
    d = wrap_dim(dim, input._array.ndim, of_scalars=False)
    if isinstance(repeats, TensorBase):
        return input.index_select(d, _repeated_along(repeats, input, d, output_size))
    return _repeated_alike(input, read_int(repeats, "repeats", "Tensor or int"), d, output_size)


def _repeated_alike(x: Any, repeats: int, d: int, output_size: int | None) -> Tensor:
    """Return each position along a dimension equally often."""
    shape = x._array.shape
    size = shape[d] * repeats
    if repeats < 0:
        raise RuntimeError(f"Repeats must be non-negative, got {repeats}")
    if output_size not in (None, size):
        raise RuntimeError(
            f"repeat_interleave: Invalid output_size, expected {size} but got {output_size}"
        )
    apart = (*shape[: d + 1], repeats, *shape[d + 1 :])
    joined = (*shape[:d], size, *shape[d + 1 :])
    return x.unsqueeze(d + 1).expand(apart).clone().contiguous().view(joined)


def _repeated_along(repeats: Any, x: Any, d: int, output_size: int | None) -> Tensor:
    """Return the positions along a dimension, each as often as a tensor says."""
    times, size = repeats._array, x._array.shape[d]
    if times.ndim > 1:
        raise RuntimeError("repeats must be 0-dim or 1-dim tensor")
    if times.size == 1:
        repeats = repeats.reshape(1).expand(size)
    elif times.size != size:
        raise RuntimeError(
            "repeats must have the same size as input along dim, but got repeats.size(0) = "
            f"{times.size} and input.size({d}) = {size}"
        )
    return _repeated_positions(repeats, output_size)


def _repeated_positions(repeats: Any, output_size: int | None) -> Tensor:
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
    if output_size not in (None, times.sum()):
        raise RuntimeError(
            f"allocated size does not match required size: output_size is {output_size}, the "
            f"repeats make {times.sum()}"
        )
    places = np.repeat(np.arange(times.size, dtype=times.dtype), times)
    result: Tensor = repeats._plain(places)
    return result
