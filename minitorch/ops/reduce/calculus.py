"""Differences and sums of samples: derivatives and integrals of what they are samples of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from minitorch.autograd.variable import TensorBase
from minitorch.core.dtypes import is_bool
from minitorch.ops.arguments import need_tensors
from minitorch.ops.dims import numpy_names, read_int, refuse_repeats, wrap_dim
from minitorch.ops.elementwise.copies import Clone
from minitorch.ops.elementwise.logical import LogicalXor
from minitorch.ops.out import takes_out, without_out
from minitorch.ops.reduce.scan import cumsum
from minitorch.ops.reduce.sums import sum
from minitorch.ops.shape.joining import cat

if TYPE_CHECKING:
    from minitorch.tensor import Tensor

_cat, _sum, _cumsum = without_out(cat), without_out(sum), without_out(cumsum)


@takes_out
@numpy_names
def diff(
    input: TensorBase,
    n: int = 1,
    dim: int = -1,
    prepend: TensorBase | None = None,
    append: TensorBase | None = None,
) -> Tensor:
    """Return the n-th differences of neighbours along a dimension, of bools where they differ.

    Shapes: (*, L, *) -> (*, L - n, *), empty from n = L on.

    Args:
        input: a tensor of one dimension or more.
        n: how often differences are taken.
        dim: the dimension.
        prepend: what stands before ``input`` along the dimension.
        append: what stands after it.

    Raises:
        RuntimeError: for a 0-d tensor, a negative n, or what does not fit the others.
    """
    need_tensors(input)
    if input._array.ndim < 1:
        raise RuntimeError("diff expects input to be at least one-dimensional")
    dim, n = wrap_dim(dim, input._array.ndim), read_int(n, "n")
    if n < 0:
        raise RuntimeError(f"order must be non-negative but got {n}")
    others = [x for x in (prepend, append) if x is not None]
    for x in others:
        _check_joined(input._array.shape, x._array.shape, dim)
    if n == 0:  # as in PyTorch nothing is joined then
        return Clone.apply(input)
    out: Any = input
    if others:
        out = _cat([x for x in (prepend, input, append) if x is not None], dim)
    for _ in range(min(n, out.shape[dim])):
        after, before = _neighbours(out, dim)
        out = LogicalXor.apply(after, before) if is_bool(out._array.dtype) else after - before
    return out


def _check_joined(shape: Any, other: Any, dim: int) -> None:
    if len(other) != len(shape):
        raise RuntimeError("diff expects prepend or append to be the same dimension as input")
    for i, (size, wanted) in enumerate(zip(other, shape, strict=True)):
        if i != dim and size != wanted:
            raise RuntimeError(
                "diff expects the shape of tensor to prepend or append to match that of input "
                f"except along the differencing dimension; input.size({i}) = {wanted}, but got "
                f"tensor.size({i}) = {size}"
            )


def _neighbours(x: Any, dim: int) -> tuple[Any, Any]:
    """All elements along a dimension but the first, and all but the last."""
    size = max(x.shape[dim] - 1, 0)
    return x.narrow(dim, min(1, x.shape[dim]), size), x.narrow(dim, 0, size)


def _widths(name: str, y: Any, x: Any, dim: int) -> Any:
    """The distances between samples at x, to be multiplied with what is between those of y."""
    if is_bool(x._array.dtype):
        raise RuntimeError(f"{name}: received a bool input for `x`, but bool is not supported")
    if x.dim() == 1:
        if x.shape[0] != y.shape[dim]:
            raise RuntimeError(f"{name}: There must be one `x` value for each sample point")
        x = x.reshape([x.shape[0] if i == dim else 1 for i in range(y.dim())])
    elif x.dim() < y.dim():
        x = x.reshape([1] * (y.dim() - x.dim()) + list(x.shape))
    after, before = _neighbours(x, dim)
    return after - before


def _samples(name: str, y: Any, dim: int) -> int:
    need_tensors(y)
    if is_bool(y._array.dtype):
        raise RuntimeError(f"{name}: received a bool input for `y`, but bool is not supported")
    return wrap_dim(dim, y._array.ndim, of_scalars=False)


@numpy_names
def trapezoid(
    y: TensorBase, x: TensorBase | None = None, *, dx: float = 1, dim: int = -1
) -> Tensor:
    """Return the integral of samples along a dimension, by the rule of trapezoids.

    Shapes: y (*, L, *), x (L) or of y's dimensions, -> (*, *).

    Args:
        y: the samples.
        x: where they are; ``dx`` apart if left out.
        dx: the distance of samples.
        dim: the dimension.

    Raises:
        RuntimeError: for bools, or where x has not one value for each sample.
    """
    dim = _samples("trapezoid", y, dim)
    values: Any = y
    if values.shape[dim] == 0:
        return _sum(y, dim, dtype=values.dtype)
    if x is not None:
        width = _widths("trapezoid", y, x, dim)
        after, before = _neighbours(values, dim)
        return _sum(width * (before + after), dim) / 2
    ends = values.select(dim, 0) + values.select(dim, -1)
    return (_sum(y, dim) - ends * 0.5) * dx


trapz = trapezoid


@numpy_names
def cumulative_trapezoid(
    y: TensorBase, x: TensorBase | None = None, *, dx: float = 1, dim: int = -1
) -> Tensor:
    """Return the integrals of samples up to each but the first, by the rule of trapezoids.

    Shapes: y (*, L, *), x (L) or of y's dimensions, -> (*, L - 1, *).

    Raises:
        RuntimeError: for bools, or where x has not one value for each sample.
    """
    dim = _samples("cumulative_trapezoid", y, dim)
    after, before = _neighbours(y, dim)
    if x is not None:
        return _cumsum(_widths("cumulative_trapezoid", y, x, dim) * (before + after), dim) / 2
    return _cumsum((before + after) * (dx / 2), dim)


@numpy_names
def gradient(
    input: TensorBase, *, spacing: Any = 1, dim: Any = None, edge_order: int = 1
) -> tuple[Tensor, ...]:
    """Return the slopes of samples along each dimension, by central differences.

    Shapes: (*) -> for each dimension (*).

    Args:
        input: the samples.
        spacing: the distance of samples: a number, one for each dimension, or tensors of places.
        dim: a dimension, or several; all if left out.
        edge_order: 1 or 2, of the differences at both ends.

    Raises:
        RuntimeError: for too few samples, another order, or spacings that do not fit.
    """
    need_tensors(input)
    array = input._array
    dims = [*range(array.ndim)] if dim is None else [dim] if isinstance(dim, int) else [*dim]
    spacings = _spacings(spacing, len(dims), array.ndim, dim)
    if edge_order not in (1, 2):
        raise RuntimeError("torch.gradient only supports edge_order=1 and edge_order=2.")
    if array.dtype == "uint8":
        raise RuntimeError("torch.gradient does not support uint8 input.")
    dims = [wrap_dim(d, array.ndim, of_scalars=False) for d in dims]
    refuse_repeats(tuple(dims))
    for d in dims:
        if array.shape[d] < edge_order + 1:
            raise RuntimeError(
                "torch.gradient expected each dimension size to be at least edge_order+1"
            )
    pairs = zip(dims, spacings, strict=True)
    return tuple([_slopes(input, d, step, edge_order) for d, step in pairs])


def _spacings(spacing: Any, count: int, ndim: int, dim: Any) -> list[Any]:
    if not isinstance(spacing, tuple | list):
        is_tensor = isinstance(spacing, TensorBase)
        if not is_tensor or spacing.dim() == 0:
            step = spacing.item() if is_tensor else spacing
            return [1 if step is None else step] * count
        spacing = [spacing]
    if len(spacing) != count:
        whole = f"'self.dim() = {ndim}'" if dim is None else f"its 'dim' argument ({count})"
        raise RuntimeError(
            "torch.gradient expected spacing to be unspecified, a scalar or a list of length equal "
            f"to {whole}, but got a list of length {len(spacing)}"
        )
    return [*spacing]


def _slopes(x: Any, dim: int, step: Any, edge_order: int) -> Tensor:
    """Differences over distances: of both neighbours inside, of the nearest at the ends."""
    size = x.shape[dim]
    if isinstance(step, TensorBase):
        if step._array.shape != (size,):
            raise RuntimeError(
                "torch.gradient expected each element of spacing to have one dimension, of the "
                f"size of its dimension, {size}: got {list(step._array.shape)}"
            )
        shape = [size - 1 if i == dim else 1 for i in range(x.dim())]
        after, before = _neighbours(step, 0)
        widths = (after - before).reshape(shape)
    else:
        widths = None

    def width(at: int, count: int = 1) -> Any:
        if widths is None:
            return step
        return widths.narrow(dim, at % (size - 1), count)

    def part(at: int, count: int = 1) -> Any:
        return x.narrow(dim, at % size, count)

    def three(at: int, count: int, factors: Any) -> Any:
        a, b, c = factors
        return part(at, count) * a + part(at + 1, count) * b + part(at + 2, count) * c

    inside = size - 2
    pieces = [(part(1) - part(0)) / width(0), (part(-1) - part(-2)) / width(-1)]
    if inside > 0:
        u, v = width(0, inside), width(1, inside)
        if widths is None:
            pieces[1:1] = [(part(2, inside) - part(0, inside)) / (2 * step)]
        else:
            a, b, c = -v / (u * (u + v)), (v - u) / (u * v), u / (v * (u + v))
            pieces[1:1] = [three(0, inside, (a, b, c))]
        if edge_order == 2:
            u, v = width(0), width(1)
            first = -(2 * u + v) / (u * (u + v)), (u + v) / (u * v), -u / (v * (u + v))
            u, v = width(-2), width(-1)
            last = v / (u * (u + v)), -(v + u) / (u * v), (2 * v + u) / (v * (u + v))
            pieces[0], pieces[-1] = three(0, 1, first), three(size - 3, 1, last)
    return _cat(pieces, dim)
