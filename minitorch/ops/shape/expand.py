"""Broadcasting without a copy: ``expand``, ``broadcast_to``, ``meshgrid``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.op import Array, Grads
from minitorch.autograd.sites import warn_user
from minitorch.autograd.variable import TensorBase
from minitorch.autograd.writes.views import ViewOp
from minitorch.core.bfloat16 import buffer_of
from minitorch.core.dtypes import scalar_name
from minitorch.core.size import Size, broadcast_shape
from minitorch.ops.arguments import takes_tensors
from minitorch.ops.dims import Shape, sizes_of
from minitorch.ops.shape.view import reshape

if TYPE_CHECKING:
    from minitorch.autograd.vmap.batch import Batch
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor


class Expand(ViewOp):
    """Broadcast without a copy, dimensions of size 1 (and new ones) repeated: (*) -> size."""

    @staticmethod
    def forward(x: Array, *, size: Shape) -> Array:
        if x.shape == size:
            return x[...]
        if not x.flags.c_contiguous:
            return np.broadcast_to(x, size)
        # As the general case, but ten times as fast, and it may be written to.
        lead = len(size) - x.ndim
        steps = [0 if n == 1 else s for n, s in zip(x.shape, x.strides, strict=True)]
        return np.ndarray(size, x.dtype, buffer_of(x), 0, (0,) * lead + tuple(steps))

    @staticmethod
    def batched(batch: Batch, x: Array, *, size: Shape) -> Array:
        return Expand.forward(batch.widened(x, len(size)), size=batch.sizes + size)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        return grad  # the engine sums what was repeated

    parity = staticmethod(lambda torch, x, *, size: x.expand(size))

    @staticmethod
    def reference(x: Array, *, size: Shape) -> Array:
        out = np.empty(size, x.dtype)
        for index in np.ndindex(size):
            own = index[len(size) - x.ndim :]
            out[index] = x[tuple(0 if n == 1 else i for i, n in zip(own, x.shape, strict=True))]
        return out

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(2, 1), size=(2, 3))
        yield s(s.real(3), size=(2, 3))
        yield s(s.real(), size=(2, 2))
        yield s(s.real(2, 3), size=(2, 3))
        yield s(s.real(1, 3), size=(0, 3))


@takes_tensors
def expand(input: TensorBase, *sizes: Any, size: Any = None) -> Tensor:
    """Return a view with dimensions of size 1 repeated, and new ones in front: (*) -> size.

    Args:
        input: any tensor.
        sizes: the shape, as ints or as one tuple; -1 keeps a size.
        size: the same by keyword.

    Raises:
        RuntimeError: if another dimension would have to change.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.Tensor.expand.html
    """
    return Expand.apply(input, size=expanded_size(input._array, sizes_of(sizes, size)))


def expanded_size(array: Array, sizes: Shape) -> Shape:
    """Return ``sizes`` with each -1 replaced by the array's size, or raise what expand raises."""
    shape = array.shape
    lead = len(sizes) - len(shape)
    if lead < 0:
        name = scalar_name(array)
        raise RuntimeError(
            f"expand(torch.{name}Tensor{{{list(shape)}}}, size={list(sizes)}): the number of sizes "
            f"provided ({len(sizes)}) must be greater or equal to the number of dimensions in the "
            f"tensor ({len(shape)})"
        )
    target = list(sizes)
    for i, n in enumerate(sizes):
        own = shape[i - lead] if i >= lead else 1
        if n == own:
            continue
        if n == -1 and i >= lead:
            target[i] = own
        elif n == -1:
            raise RuntimeError(
                "The expanded size of the tensor (-1) isn't allowed in a leading, non-existing "
                f"dimension {i}"
            )
        elif own != 1 or n < 0:
            raise RuntimeError(
                f"The expanded size of the tensor ({n}) must match the existing size ({own}) at "
                f"non-singleton dimension {i}.  Target sizes: {list(sizes)}.  "
                f"Tensor sizes: {list(shape)}"
                " [explain: expand-sizes]"
            )
    return tuple(target)


@takes_tensors
def expand_as(input: TensorBase, other: TensorBase) -> Tensor:
    """Return :func:`expand` to the shape of another tensor: (*A), (*B) -> (*B)."""
    return expand(input, other._array.shape)


@takes_tensors
def broadcast_to(input: TensorBase, *sizes: Any, size: Any = None) -> Tensor:
    """Return :func:`expand` to sizes, as ints, as one tuple, or by keyword: (*) -> size."""
    return expand(input, *sizes, size=size)


def broadcast_tensors(*tensors: Any) -> list[Tensor]:
    """Return tensors, or those of one sequence, expanded to what all broadcast to.

    Shapes: (*A), (*B), ... -> several (*broadcast(A, B, ...)).

    Raises:
        RuntimeError: if they do not broadcast.
    """
    if len(tensors) == 1 and isinstance(tensors[0], tuple | list):
        (tensors,) = tensors
    for number, x in enumerate(tensors):
        if not isinstance(x, TensorBase):
            raise TypeError(
                f"expected Tensor as element {number} in argument 0, but got {type(x).__name__}"
            )
    shape = broadcast_shape(*[x._array.shape for x in tensors])
    return [x if x._array.shape == shape else expand(x, shape) for x in tensors]


def broadcast_shapes(*shapes: Any) -> Size:
    """Return what shapes broadcast to, each an int or a sequence of ints.

    Raises:
        RuntimeError: if they do not broadcast, or sizes are negative.
    """
    read = [sizes_of((shape,)) for shape in shapes]
    for shape in read:
        if min(shape, default=0) < 0:
            raise RuntimeError(
                f"Trying to create tensor with negative dimension ({min(shape)}): ({shape})"
            )
    return Size(broadcast_shape(*read))


def _check_grid(tensors: tuple[Any, ...]) -> None:
    if not tensors:
        raise RuntimeError("meshgrid expects a non-empty TensorList")
    for number, x in enumerate(tensors):
        if not isinstance(x, TensorBase):
            raise TypeError(
                f"expected Tensor as element {number} in argument 0, but got {type(x).__name__}"
            )
        if x._array.ndim > 1:
            raise RuntimeError(
                "torch.meshgrid: Expected 0D or 1D tensor in the tensor list but got: one of shape "
                f"{list(x._array.shape)}"
            )
    if any(x._array.dtype != tensors[0]._array.dtype for x in tensors):
        raise RuntimeError("meshgrid expects all tensors to have the same dtype")


def meshgrid(*tensors: Any, indexing: str | None = None) -> tuple[Tensor, ...]:
    """Return 1-d tensors as coordinates of a grid: (A,), (B,), ... -> several (A, B, ...).

    The i-th varies along dimension i.

    Args:
        tensors: 1-d or 0-d tensors, or one sequence of them.
        indexing: "ij", or "xy" for the first two dimensions swapped.

    Raises:
        RuntimeError: for another ``indexing``, several dtypes, more dimensions, or no tensors.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.meshgrid.html
    """
    if len(tensors) == 1 and isinstance(tensors[0], tuple | list):
        (tensors,) = tensors
    _check_grid(tensors)
    if indexing is None:
        warn_user(
            "torch.meshgrid: in an upcoming release, it will be required to pass the indexing "
            "argument.",
        )
    elif indexing not in ("ij", "xy"):
        raise RuntimeError(
            f'torch.meshgrid: indexing must be one of "xy" or "ij", but received: {indexing}'
        )
    swap = indexing == "xy" and len(tensors) >= 2
    if swap:
        tensors = (tensors[1], tensors[0], *tensors[2:])
    shape = tuple(x._array.size for x in tensors)
    grids = [
        expand(reshape(x, (1,) * i + (-1,) + (1,) * (len(shape) - 1 - i)), shape)
        for i, x in enumerate(tensors)
    ]
    if swap:
        grids = [grids[1], grids[0], *grids[2:]]
    return tuple(grids)
