"""Picking and writing elements at positions along one dimension, given by an index tensor.

``Gather``, ``Scatter`` and ``ScatterAdd`` form a closed family: each one's gradient is made of the
others.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch import kernels
from minitorch.autograd.conjugates import LINEAR
from minitorch.autograd.op import Array, Grads, Op
from minitorch.autograd.variable import TensorBase
from minitorch.autograd.vmap.example import by_element, is_batched, values_of
from minitorch.core.dtypes import checked_number, scalar_name
from minitorch.core.size import broadcast_shape
from minitorch.ops.arguments import takes_tensors
from minitorch.ops.batches import along_dim
from minitorch.ops.dims import Shape, numpy_names, read_int, wrap_dim
from minitorch.ops.index.advanced import of_winners
from minitorch.ops.index.along import Call, check_bounds, made, with_dim, written
from minitorch.ops.linear_map import LinearMap
from minitorch.ops.order import in_order
from minitorch.ops.out import out_rules, takes_out
from minitorch.ops.shape.narrow import PartGrad

if TYPE_CHECKING:
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor


def positions(index: Array, dim: int) -> tuple[Array, ...]:
    """Return the whole index of each element that ``index`` names along ``dim``."""
    grid = np.indices(index.shape, sparse=True)
    return (*grid[:dim], index, *grid[dim + 1 :])


def combine_at(of: np.ufunc, out: Array, index: Array, values: Array, dim: int) -> None:
    """Combine values into a C-ordered ``out`` where ``index`` names, one after the other.

    One flat index takes the quick road through ``ufunc.at``.
    """
    places = np.ravel_multi_index(positions(index, dim), out.shape)
    of.at(out.reshape(-1), places.reshape(-1), np.broadcast_to(values, index.shape).reshape(-1))


class Gather(LinearMap):
    """out[i][j] = x[index[i][j]][j] for dim 0, and so on: (*), (*I) -> (*I)."""

    complex = LINEAR
    in_own_dtype = True
    saves = (1,)

    @staticmethod
    def forward(x: Array, index: Array, *, dim: int) -> Array:
        return in_order(x[positions(index, dim)])

    batched = classmethod(along_dim)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        (index,) = ctx.unpack()
        base = zeros(grad, ctx.input_shapes[0])
        return ScatterAdd.apply(base, index, grad, dim=ctx.dim), None

    parity = staticmethod(lambda torch, x, index, *, dim: torch.gather(x, dim, index))

    @staticmethod
    def reference(x: Array, index: Array, *, dim: int) -> Array:
        out = np.empty(index.shape, x.dtype)
        for at in np.ndindex(index.shape):
            out[at] = x[(*at[:dim], index[at], *at[dim + 1 :])]
        return out

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(3, 2), s.integers(0, 3, 4, 2), dim=0)
        yield s(s.real(3, 4), s.integers(0, 4, 2, 5), dim=1)
        yield s(s.real(3), s.integers(0, 3, 0), dim=0)


class Scatter(Op):
    """``base`` with src[i][j] at [index[i][j]][j] for dim 0, and so on: (*), (*I), (*S) -> (*)."""

    complex = LINEAR
    saves = (1,)

    @staticmethod
    def forward(base: Array, index: Array, src: Any, *, dim: int) -> Array:
        out = np.array(base, order="C")
        out[positions(index, dim)] = fitted(src, index.shape)
        return out

    batched = classmethod(along_dim)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        (index,) = ctx.unpack()
        needs_base, _, needs_src = ctx.needs_input_grad
        grad_base = ScatterValue.apply(grad, index, 0, dim=ctx.dim) if needs_base else None
        grad_src = _src_grad(ScatterGrad, ctx, grad, index) if needs_src else None
        return grad_base, None, grad_src

    parity = staticmethod(lambda torch, x, index, src, *, dim: torch.scatter(x, dim, index, src))

    @staticmethod
    def reference(base: Array, index: Array, src: Any, *, dim: int) -> Array:
        out = base.copy()
        for at in np.ndindex(index.shape):
            out[(*at[:dim], index[at], *at[dim + 1 :])] = src[at] if np.ndim(src) else src
        return out

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(3, 2), np.array([[0, 2], [2, 1]]), s.real(2, 2), dim=0)
        yield s(s.real(2, 4), np.array([[3, 0], [1, 2]]), s.real(2, 2), dim=1)


class ScatterValue(Scatter):
    """:class:`Scatter` of one number, under PyTorch's name."""

    name = "ScatterBackward1"

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(3, 2), np.array([[0, 2], [2, 1]]), 1.5, dim=0)
        yield s(s.real(2, 4), np.array([[3, 0]]), 0, dim=1)


class ScatterGrad(Op):
    """:class:`Gather`, but 0 for what a later position replaced in :class:`Scatter`: (*) -> (*I).

    See :class:`~minitorch.ops.index.advanced.IndexPutGrad`.
    """

    complex = LINEAR
    saves = (1,)

    @staticmethod
    def forward(grad: Array, index: Array, *, dim: int) -> Array:
        return of_winners(grad, positions(index, dim))

    batched = classmethod(along_dim)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        (index,) = ctx.unpack()
        base = zeros(grad, ctx.input_shapes[0])
        return Scatter.apply(base, index, grad, dim=ctx.dim), None

    @staticmethod
    def reference(grad: Array, index: Array, *, dim: int) -> Array:
        out = np.empty(index.shape, grad.dtype)
        seen = set()
        for at in reversed(list(np.ndindex(index.shape))):
            place = (*at[:dim], index[at], *at[dim + 1 :])
            out[at] = 0 if place in seen else grad[place]
            seen.add(place)
        return out

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(3, 2), np.array([[0, 2], [2, 1], [0, 1]]), dim=0)
        yield s(s.real(2, 3), np.array([[1, 1, 1, 0]]), dim=1)
        yield s(s.real(3), np.array([], np.int64), dim=0)


class ScatterReduce(Op):
    """``base`` with src[i][j] added to, or times, what is there: (*), (*I), (*S) -> (*).

    As in PyTorch it has no derivative; sums have one as :class:`ScatterAdd`.
    """

    name = "NotImplemented"

    @staticmethod
    def forward(base: Array, index: Array, src: Any, *, dim: int, reduce: str) -> Array:
        out = np.array(base, order="C")
        values = np.asarray(fitted(src, index.shape)).astype(out.dtype)
        combine_at(REDUCTIONS[reduce], out, index, values, dim)
        return out

    batched = classmethod(along_dim)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        raise RuntimeError(
            "derivative for aten::scatter is not implemented: of the forms with reduce; use "
            "scatter_add() for sums"
        )

    @staticmethod
    def parity(torch: Any, x: Any, index: Any, src: Any, *, dim: int, reduce: str) -> Any:
        with warnings.catch_warnings():  # for a tensor src PyTorch would have scatter_reduce
            warnings.simplefilter("ignore", UserWarning)
            return torch.scatter(x, dim, index, src, reduce=reduce)

    @staticmethod
    def reference(base: Array, index: Array, src: Any, *, dim: int, reduce: str) -> Array:
        out = base.copy()
        for at in np.ndindex(index.shape):
            to, value = (*at[:dim], index[at], *at[dim + 1 :]), src[at] if np.ndim(src) else src
            out[to] = out[to] + value if reduce == "add" else out[to] * value
        return out

    @staticmethod
    def samples(s: Sampler) -> Samples:
        x, index = s.integers(0, 9, 3, 2), s.integers(0, 3, 4, 2)
        yield s(x, index, s.integers(0, 9, 5, 2), dim=0, reduce="add")
        yield s(x, index, s.integers(0, 9, 4, 2), dim=0, reduce="multiply")
        yield s(x, index, 3, dim=0, reduce="multiply")


REDUCTIONS = {"add": np.add, "multiply": np.multiply}


class ScatterAdd(Op):
    """``base`` plus src[i][j] at [index[i][j]][j] for dim 0, and so on: (*), (*I), (*S) -> (*)."""

    complex = LINEAR
    saves = (1,)

    @staticmethod
    def forward(base: Array, index: Array, src: Array, *, dim: int) -> Array:
        values = fitted(src, index.shape)
        return base + kernels.active().index.add(values, positions(index, dim), base.shape)

    batched = classmethod(along_dim)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        (index,) = ctx.unpack()
        needs_src = ctx.needs_input_grad[2]
        return grad, None, _src_grad(Gather, ctx, grad, index) if needs_src else None

    parity = staticmethod(
        lambda torch, x, index, src, *, dim: torch.scatter_add(x, dim, index, src)
    )

    @staticmethod
    def reference(base: Array, index: Array, src: Array, *, dim: int) -> Array:
        out = base.copy()
        for at in np.ndindex(index.shape):
            out[(*at[:dim], index[at], *at[dim + 1 :])] += src[at]
        return out

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(3, 2), s.integers(0, 3, 4, 2), s.real(4, 2), dim=0)
        yield s(s.real(2, 4), s.integers(0, 4, 2, 3), s.real(2, 3), dim=1)


def fitted(src: Any, shape: Shape) -> Any:
    """The corner of ``src`` that an index of this shape reads."""
    return src[tuple([slice(n) for n in shape])] if isinstance(src, np.ndarray) else src


def _src_grad(op: type[Op], ctx: Any, grad: Tensor, index: Tensor) -> Tensor:
    shape = ctx.input_shapes[2]
    picked = op.apply(grad, index, dim=ctx.dim)
    if picked.shape == shape:
        return picked
    return PartGrad.apply(picked, index=tuple([slice(n) for n in index.shape]), shape=shape)


def zeros(like: TensorBase, shape: Shape) -> Tensor:
    """Return zeros of a shape in the dtype of a tensor."""
    return like._plain(np.zeros(shape, like._array.dtype))


@takes_out
@numpy_names
@out_rules(casts="none", apart=True)
def gather(input: TensorBase, dim: int, index: TensorBase) -> Tensor:
    """Return elements picked along a dimension: (*), (*I) -> (*I).

    out[i][j] = input[index[i][j]][j] for dim 0, and so on.

    Raises:
        RuntimeError: if the index has other dimensions, is larger elsewhere, or points outside.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.gather.html
    """
    return _gathered(input, *checked_index("gather", input, dim, index), index._array.shape)


def _gathered(x: TensorBase, d: int, index: TensorBase, shape: Shape) -> Tensor:
    picked: Tensor = Gather.apply(with_dim(x), with_dim(index), dim=d)
    return picked if picked._array.shape == shape else picked.reshape(shape)


@takes_out
@numpy_names
@out_rules(casts="none", apart=True)
def take_along_dim(input: Any, indices: Any, dim: int | None = None) -> Tensor:
    """Return :func:`gather` with other dimensions broadcast: (*), (*I) -> (*broadcast).

    Along a dimension -1 stands for the last position. Without ``dim`` elements of the flat tensor:
    (*), (*I) -> (I,).

    Raises:
        RuntimeError: if the numbers of dimensions differ, for positions outside, and for indices
            that are no int64.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.take_along_dim.html, which takes
    positions outside modulo the size, silently.
    """
    if dim is None:
        flat, places = input.reshape(-1), indices.reshape(-1)
        d, index = checked_index("gather", flat, 0, places)
        return _gathered(flat, d, index, places._array.shape)
    _check_same_dims(input._array, indices._array)
    d = wrap_dim(dim, input._array.ndim)
    own, places = list(input._array.shape), list(indices._array.shape)
    size, own[d], count, places[d] = own[d], 1, places[d], 1
    shape = broadcast_shape(tuple(own), tuple(places))
    check_bounds(indices._array, size, d, RuntimeError, wraps=True)
    wide, shape = [(*shape[:d], n, *shape[d + 1 :]) for n in (size, count)]
    return Gather.apply(input.expand(wide), indices.expand(shape), dim=d)


def _check_same_dims(x: Array, indices: Array) -> None:
    if indices.ndim != x.ndim:
        raise RuntimeError(
            "torch.take_along_dim(): input and indices should have the same number of dimensions, "
            f"but got {x.ndim} dimensions for input, and {indices.ndim} dimensions for indices"
        )
    if indices.dtype.name != "int64":
        raise RuntimeError(
            "torch.take_along_dim(): dtype of indices should be Long but got "
            f"{scalar_name(indices)}: convert them with .long()"
        )
    if x.ndim == 0:
        raise IndexError("Dimension specified as 0 but tensor has no dimensions")


@takes_tensors
def one_hot(input: TensorBase, num_classes: int = -1) -> Tensor:
    """Return int64 rows of zeros with a 1 at each class index: (*) -> (*, K).

    Args:
        input: class indices, int64.
        num_classes: K; -1 for one more than the largest index.

    Raises:
        RuntimeError: for another dtype, an index outside [0, K), or no index and no K.
    """
    labels, num_classes = values_of(input._array), read_int(num_classes, "num_classes")
    if labels.dtype != np.int64:
        raise RuntimeError(
            "one_hot is only applicable to index tensor of type LongTensor, got "
            f"{scalar_name(labels)}"
        )
    if labels.size == 0 and num_classes <= 0:
        raise RuntimeError(
            "Can not infer total number of classes from empty tensor: give num_classes."
        )
    if labels.size and labels.min() < 0:
        raise RuntimeError(f"Class values must be non-negative, got {labels.min()}.")
    if num_classes == -1 and is_batched(input._array):
        raise RuntimeError(
            "When vmap-ing torch.nn.functional.one_hot, please provide an explicit positive "
            "num_classes argument: the largest label is another in each example."
        )
    if num_classes == -1:
        num_classes = int(labels.max()) + 1
    elif num_classes < 1:
        raise RuntimeError(f"num_classes should be positive, got {num_classes}.")
    elif labels.size and labels.max() >= num_classes:
        raise RuntimeError(
            f"Class values must be smaller than num_classes: got {labels.max()} of {num_classes}."
        )
    return input._plain(
        by_element(
            lambda x: in_order(x[..., None] == np.arange(num_classes)).astype(np.int64),
            input._array,
        )
    )


def checked_index(name: str, x: TensorBase, dim: int, index: TensorBase) -> tuple[int, TensorBase]:
    """Return the dimension and the index; of no elements, one that fits whatever it was."""
    shape, places = x._array.shape or (1,), index._array.shape or (1,)
    d = wrap_dim(dim, len(shape))
    if index._array.size == 0:
        return d, index._plain(np.empty((*shape[:d], 0, *shape[d + 1 :]), np.int64))
    if index._array.dtype.name not in ("int64", "int32"):
        raise RuntimeError(
            f"{name}(): Expected dtype int32/int64 for index, got {scalar_name(index._array)}"
        )
    if len(places) != len(shape):
        raise RuntimeError(
            "Index tensor must have the same number of dimensions as "
            f"{'input' if name == 'gather' else 'self'} tensor, got {list(places)} for "
            f"{list(shape)}"
        )
    for i, (m, n) in enumerate(zip(places, shape, strict=True)):
        if m > n and i != d:
            raise RuntimeError(
                f"Size does not match at dimension {i} expected index {list(places)} to be no "
                f"larger than self {list(shape)} apart from dimension {d}"
            )
    check_bounds(index._array, shape[d], d, RuntimeError)
    return d, index


@takes_out
@numpy_names
def scatter(
    input: TensorBase,
    dim: int,
    index: TensorBase,
    src: Any = None,
    *,
    value: Any = None,
    reduce: str | None = None,
) -> Tensor:
    """Return ``input`` with elements of ``src``, or one number, written along a dimension.

    Shapes: (*), (*I), (*S) -> (*). out[index[i][j]][j] = src[i][j] for dim 0, and so on.

    Args:
        input: any tensor.
        dim: the dimension.
        index: positions along it.
        src: a tensor at least as large as the index, or a number.
        value: a number, instead of ``src``.
        reduce: "add" or "multiply", for what is there with ``src``; this has no derivative.

    Raises:
        RuntimeError: if the index does not fit, points outside, or ``src`` has another dtype; for
            another word.
        TypeError: without ``src`` and ``value``.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.Tensor.scatter_.html
    """
    return made(input, _scattered(input, dim, index, src, value, reduce))


@numpy_names
def scatter_(
    input: TensorBase,
    dim: int,
    index: TensorBase,
    src: Any = None,
    *,
    value: Any = None,
    reduce: str | None = None,
) -> Tensor:
    """Write elements of ``src``, or one number, along a dimension; see :func:`scatter`.

    Shapes: (*), (*I), (*S) -> (*).
    """
    return written(input, _scattered(input, dim, index, src, value, reduce))


def _scattered(
    x: TensorBase, dim: int, index: TensorBase, src: Any, value: Any, reduce: str | None
) -> Call:
    """Check the arguments of ``scatter`` and ``scatter_`` and return the call they make."""
    if (src is None) is (value is None):
        raise TypeError("scatter() takes a tensor src, or a number value: give one of them.")
    src = value if src is None else src
    d, index = checked_index("scatter", x, dim, index)
    is_tensor = isinstance(src, TensorBase)
    if is_tensor:
        src = checked_src(x, index, src, d)
    elif isinstance(src, complex):
        src = checked_number(src, x._array.dtype)
    if reduce is not None:
        if reduce not in REDUCTIONS:
            raise RuntimeError(f"reduce argument must be either add or multiply, got {reduce!r}.")
        params = {"dim": d, "reduce": reduce}
        return ScatterReduce, (with_dim(x), with_dim(index), src), params
    op = Scatter if is_tensor else ScatterValue
    return op, (with_dim(x), with_dim(index), src), {"dim": d}


def checked_src(x: TensorBase, index: TensorBase, src: Any, dim: int) -> Any:
    """Return a source that the index fits into; where nothing is read, one of no elements."""
    if src._array.dtype != x._array.dtype:
        raise RuntimeError(
            "scatter(): Expected self.dtype to be equal to src.dtype, got "
            f"{scalar_name(x._array)} and {scalar_name(src._array)}"
        )
    if index._array.size == 0:
        return src.reshape(-1)[:0].reshape(index._array.shape)
    places, given = index._array.shape or (1,), src._array.shape or (1,)
    if len(places) != len(given):
        raise RuntimeError(
            "Index tensor must have the same number of dimensions as src tensor, got "
            f"{list(places)} for {list(given)}"
        )
    if any(m > n for m, n in zip(places, given, strict=True)):
        raise RuntimeError(
            f"Expected index {list(places)} to be no larger than self {list(x._array.shape)} apart "
            f"from dimension {dim} and to be no larger size than src {list(given)}"
        )
    return with_dim(src)


@takes_out
@numpy_names
def scatter_add(input: TensorBase, dim: int, index: TensorBase, src: TensorBase) -> Tensor:
    """Return ``input`` with elements of ``src`` added along a dimension, repeats adding up.

    Shapes: (*), (*I), (*S) -> (*). out[index[i][j]][j] += src[i][j] for dim 0, and so on.

    Raises:
        RuntimeError: if the index does not fit, points outside, or ``src`` has another dtype.
    """
    return made(input, _scatter_added(input, dim, index, src))


@numpy_names
def scatter_add_(input: TensorBase, dim: int, index: TensorBase, src: TensorBase) -> Tensor:
    """Add elements of ``src`` along a dimension, in place; see :func:`scatter_add`.

    Shapes: (*), (*I), (*S) -> (*).
    """
    return written(input, _scatter_added(input, dim, index, src))


def _scatter_added(x: TensorBase, dim: int, index: TensorBase, src: TensorBase) -> Call:
    """Check the arguments of ``scatter_add`` and ``scatter_add_`` and return the call they make."""
    d, index = checked_index("scatter_add", x, dim, index)
    src = checked_src(x, index, src, d)
    return ScatterAdd, (with_dim(x), with_dim(index), src), {"dim": d}
