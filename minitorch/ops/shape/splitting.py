"""Tensors taken apart into views, each by itself: at positions, or into so many parts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from minitorch.autograd.variable import TensorBase
from minitorch.core.dtypes import scalar_name
from minitorch.ops.dims import numpy_names, read_int, sizes_of, wrap_dim
from minitorch.ops.shape.joining import Split, chunk, split, split_with_sizes
from minitorch.ops.shape.narrow import Slice

if TYPE_CHECKING:
    from minitorch.tensor import Tensor


@numpy_names
def tensor_split(
    input: TensorBase,
    indices_or_sections: Any = None,
    dim: int = 0,
    *,
    indices: Any = None,
    sections: Any = None,
    tensor_indices_or_sections: Any = None,
) -> tuple[Tensor, ...]:
    """Return views cut at positions, or into so many parts of which the first may be longer by 1.

    Shapes: (*, A, *) -> several (*, L, *).

    Args:
        input: any tensor with dimensions.
        indices_or_sections: an int for the number of parts, or positions in a sequence; either may
            be an int64 tensor.
        dim: the dimension to cut.
        indices: the positions by keyword.
        sections: the number of parts by keyword.
        tensor_indices_or_sections: the tensor by keyword.

    Raises:
        RuntimeError: for a 0-d tensor, no parts, or a tensor that is not int64 or has more
            dimensions.
    """
    for other in (indices, sections, tensor_indices_or_sections):
        indices_or_sections = other if indices_or_sections is None else indices_or_sections
    if input._array.ndim == 0:
        raise RuntimeError(
            "tensor_split expected at least a 1-dimensional tensor, but got a tensor with 0 dims"
        )
    d = wrap_dim(dim, input._array.ndim)
    return _cut(input, _cuts(indices_or_sections, input._array.shape[d]), d)


def _cuts(given: Any, size: int) -> tuple[int, ...]:
    """Return the positions to cut at, as the argument of ``tensor_split`` gives them."""
    if isinstance(given, TensorBase):
        array = given._array
        if array.dtype.name != "int64" or array.ndim > 1:
            raise RuntimeError(
                "tensor_split expected tensor_indices_or_sections to be a zero-dimensional or "
                f"one-dimensional Long tensor, but got {scalar_name(array)} with {array.ndim} "
                "dimension(s)"
            )
        given = array.tolist()
    if isinstance(given, tuple | list):
        return sizes_of((given,), None, "indices")
    sections = read_int(given, "sections")
    if sections <= 0:
        raise RuntimeError(f"number of sections must be larger than 0, got {sections}")
    short, longer = divmod(size, sections)
    return tuple([i * short + min(i, longer) for i in range(1, sections)])


def _cut(x: TensorBase, cuts: tuple[int, ...], d: int) -> tuple[Tensor, ...]:
    size = x._array.shape[d]
    before = (slice(None),) * d
    bounds = zip((0, *cuts), (*cuts, size), strict=True)
    return tuple([Slice.apply(x, index=(*before, slice(a, b))) for a, b in bounds])


def hsplit(
    input: TensorBase, *positions: int, indices: Any = None, sections: Any = None
) -> tuple[Tensor, ...]:
    """Return views cut along the second dimension, of 1-d tensors the first.

    Shapes: (A, B, *) -> several (A, L, *). The number of parts, which must divide the size, or
    positions; see :func:`tensor_split`.
    """
    return _split_along("hsplit", 1, input, positions, indices, sections)


def vsplit(
    input: TensorBase, *positions: int, indices: Any = None, sections: Any = None
) -> tuple[Tensor, ...]:
    """Return views of a tensor of two dimensions or more, cut along the first; as :func:`hsplit`.

    Shapes: (A, *) -> several (L, *).
    """
    return _split_along("vsplit", 2, input, positions, indices, sections)


def dsplit(
    input: TensorBase, *positions: int, indices: Any = None, sections: Any = None
) -> tuple[Tensor, ...]:
    """Return views of a tensor of three dimensions or more, cut along the third; as :func:`hsplit`.

    Shapes: (A, B, C, *) -> several (A, B, L, *).
    """
    return _split_along("dsplit", 3, input, positions, indices, sections)


def _split_along(
    name: str, least: int, x: TensorBase, positions: Any, indices: Any, sections: Any
) -> tuple[Tensor, ...]:
    shape = x._array.shape
    if len(shape) < least:
        raise RuntimeError(
            f"torch.{name} requires a tensor with at least {least} dimension"
            f"{'s' if least > 1 else ''}, but got a tensor with {len(shape)} dimensions!"
        )
    d = {"hsplit": min(len(shape) - 1, 1), "vsplit": 0, "dsplit": 2}[name]
    given = indices if sections is None else sections
    if positions:
        given = positions[0] if len(positions) == 1 else positions
    if not isinstance(given, tuple | list):
        given = read_int(given, "sections")
        if given <= 0:
            raise RuntimeError(f"number of sections must be larger than 0, got {given}")
        if shape[d] % given:
            raise RuntimeError(
                f"torch.{name} attempted to split along dimension {d}, but the size of the "
                f"dimension {shape[d]} is not divisible by the split_size {given}!"
            )
    return _cut(x, _cuts(given, shape[d]), d)


class UnsafeSplit(Split):
    """:class:`Split` whose parts share memory but count as no views: so they may be written to."""

    is_view = False


@numpy_names
def unsafe_split(input: TensorBase, split_size: int, dim: int = 0) -> tuple[Tensor, ...]:
    """Return :func:`split` that counts as no views: (*, A, *) -> several (*, L, *)."""
    return _unsafe(input, split(input, read_int(split_size, "split_size"), dim), dim)


@numpy_names
def unsafe_split_with_sizes(
    input: TensorBase, split_sizes: Any, dim: int = 0
) -> tuple[Tensor, ...]:
    """Return :func:`split_with_sizes` that counts as no views: (*, A, *) -> several (*, L, *)."""
    return _unsafe(input, split_with_sizes(input, split_sizes, dim), dim)


@numpy_names
def unsafe_chunk(input: TensorBase, chunks: int, dim: int = 0) -> tuple[Tensor, ...]:
    """Return :func:`chunk` that counts as no views: (*, A, *) -> several (*, L, *)."""
    return _unsafe(input, chunk(input, chunks, dim), dim)


def _unsafe(x: TensorBase, parts: tuple[Tensor, ...], dim: int) -> tuple[Tensor, ...]:
    d = wrap_dim(dim, x._array.ndim)
    return UnsafeSplit.apply(x, lengths=tuple([part._array.shape[d] for part in parts]), dim=d)
