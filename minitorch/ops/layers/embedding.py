"""Rows of a table, as embeddings read them, and the gradient of that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch import kernels
from minitorch.autograd.conjugates import LINEAR
from minitorch.autograd.grad_mode import is_grad_enabled
from minitorch.autograd.op import Array, Grads, Op
from minitorch.autograd.sites import warn_user
from minitorch.autograd.variable import TensorBase
from minitorch.autograd.vmap.example import values_of
from minitorch.autograd.writes.inplace import check_recordable, requires_grad, write_
from minitorch.core.dtypes import is_float, scalar_name
from minitorch.core.layout import copied
from minitorch.ops.linear_map import LinearMap
from minitorch.ops.reduce.vector_norm import VectorNorm

if TYPE_CHECKING:
    from minitorch.autograd.vmap.batch import Batch
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor


class Embedding(LinearMap):
    """Rows of a table, those at ``padding_idx`` without a gradient: (V, E), (*I) -> (*I, E).

    ``scale_grad_by_freq`` divides the gradient of a row by how often the indices name it. Tangents
    know neither.
    """

    complex = LINEAR
    saves = (1,)

    @staticmethod
    def forward(
        weight: Array, indices: Array, *, padding_idx: int, scale_grad_by_freq: bool
    ) -> Array:
        return weight.take(indices, 0)

    @staticmethod
    def batched(batch: Batch, weight: Array, indices: Array, **params: Any) -> Array:
        if not batch.has[0]:
            return weight.take(indices, 0)
        tables = batch.folded(weight, 0)  # (count, V, E)
        return tables.reshape(-1, tables.shape[-1]).take(_apart(batch, indices, tables.shape[1]), 0)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        (indices,) = ctx.unpack()
        count = ctx.input_shapes[0][0]
        grad_weight = EmbeddingGrad.apply(grad, indices, count=count, padding_idx=ctx.padding_idx)
        if ctx.scale_grad_by_freq:
            ones = grad.new_ones((*indices.shape, 1))
            named = EmbeddingGrad.apply(ones, indices, count=count, padding_idx=-1)
            grad_weight = grad_weight / named.clamp(min=1)
        return grad_weight, None

    @staticmethod
    def parity(torch: Any, weight: Any, indices: Any, **params: Any) -> Any:
        return torch.embedding(weight, indices, **params)

    @staticmethod
    def reference(weight: Array, indices: Array, **params: Any) -> Array:
        rows = [weight[i] for i in indices.flat]
        return np.array(rows, weight.dtype).reshape(*indices.shape, weight.shape[1])

    @staticmethod
    def samples(s: Sampler) -> Samples:
        plain = {"padding_idx": -1, "scale_grad_by_freq": False}
        yield s(s.real(4, 3), s.integers(0, 4, 5), **plain)
        yield s(s.real(4, 9), s.integers(0, 4, 2, 3), **plain)
        yield s(s.real(4, 3), s.integers(0, 4), **plain)
        # Of rows without padding, and named once, the gradient is the slope.
        yield s(s.real(4, 2), np.array([[2, 0, 2]]), padding_idx=1, scale_grad_by_freq=False)
        yield s(s.real(4, 2), np.array([2, 0, 1]), padding_idx=3, scale_grad_by_freq=True)


class EmbeddingGrad(LinearMap):
    """Rows added up at their indices, none at ``padding_idx``: (*I, E), (*I) -> (count, E)."""

    complex = LINEAR
    name = "EmbeddingDenseBackwardBackward0"
    saves = (1,)

    @staticmethod
    def forward(grad: Array, indices: Array, *, count: int, padding_idx: int) -> Array:
        out = kernels.active().index.add(grad, indices, (count, grad.shape[-1]))
        if padding_idx >= 0:
            out[padding_idx] = 0
        return out

    @staticmethod
    def batched(
        batch: Batch, grad: Array, indices: Array, *, count: int, padding_idx: int
    ) -> Array:
        grads = batch.folded(grad, 0)
        shape = (batch.count * count, grads.shape[-1])
        places = _apart(batch, indices, count, 1).reshape(grads.shape[:-1])
        out = kernels.active().index.add(grads, places, shape).reshape(*batch.sizes, count, -1)
        if padding_idx >= 0:
            out[..., padding_idx, :] = 0
        return out

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        (indices,) = ctx.unpack()
        if ctx.padding_idx >= 0:
            grad = grad.index_fill(0, grad._plain(np.array(ctx.padding_idx)), 0)
        return Embedding.apply(grad, indices, padding_idx=-1, scale_grad_by_freq=False), None

    @staticmethod
    def reference(grad: Array, indices: Array, *, count: int, padding_idx: int) -> Array:
        out = np.zeros((count, grad.shape[-1]), grad.dtype)
        for place in np.ndindex(indices.shape):
            if indices[place] != padding_idx:
                out[indices[place]] += grad[place]
        return out

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(5, 3), s.integers(0, 4, 5), count=4, padding_idx=-1)
        yield s(s.real(2, 3, 9), s.integers(0, 4, 2, 3), count=5, padding_idx=2)


def _apart(batch: Batch, indices: Array, count: int, index: int = 1) -> Array:
    """Indices into the tables of all examples, one table after the other."""
    whole = batch.full(indices, index)
    first = np.arange(batch.count).reshape(batch.sizes) * count
    return whole + first.reshape(batch.sizes + (1,) * (whole.ndim - batch.lead))


class EmbeddingRenorm(Op):
    """Rows that indices name, scaled down to a norm of ``max_norm``: (V, E), (*I) -> (V, E)."""

    name = "embedding_renorm_"
    differentiable = False

    @staticmethod
    def forward(weight: Array, indices: Array, *, max_norm: float, norm_type: float) -> Array:
        out = copied(weight)
        EmbeddingRenorm.into(out, indices, max_norm=max_norm, norm_type=norm_type)
        return out

    @staticmethod
    def into(out: Array, indices: Array, *, max_norm: float, norm_type: float) -> bool:
        named = np.unique(indices)
        norms = VectorNorm.forward(out[named], p=norm_type, dims=(1,), keepdim=True)
        large = norms[:, 0] > max_norm
        scale = max_norm / (norms[large].astype(np.float64) + 1e-7)
        out[named[large]] *= scale.astype(out.dtype)
        return True

    @staticmethod
    def parity(torch: Any, weight: Any, indices: Any, *, max_norm: float, norm_type: float) -> Any:
        return torch.embedding_renorm_(weight.clone(), indices, max_norm, norm_type)

    @staticmethod
    def reference(weight: Array, indices: Array, *, max_norm: float, norm_type: float) -> Array:
        out = weight.copy()
        for i in set(indices.flat):
            norm = sum(abs(x) ** norm_type for x in weight[i]) ** (1 / norm_type)
            if norm > max_norm:
                out[i] = weight[i] * (max_norm / (norm + 1e-7))
        return out

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(4, 3), np.array([0, 2, 0]), max_norm=0.5, norm_type=2.0)
        yield s(s.real(4, 3), np.array([[1, 2], [1, 3]]), max_norm=1.0, norm_type=1.0)


def embedding(
    weight: TensorBase,
    indices: TensorBase,
    padding_idx: int = -1,
    scale_grad_by_freq: bool = False,
    sparse: bool = False,
) -> Tensor:
    """Return the rows of a table that indices name; see :func:`nn.functional.embedding`.

    Shapes: (V, E), (*I) -> (*I, E).

    Args:
        weight: the table.
        indices: int64 or int32.
        padding_idx: the row that gets no gradient; -1 for none.
        scale_grad_by_freq: divide the gradient of a row by how often it is named.
        sparse: a sparse gradient is asked for; it is dense here, of the same numbers.

    Raises:
        TypeError: for what is no tensor.
        RuntimeError: for a table of other dimensions, or indices of another dtype.
        IndexError: for indices out of range.
    """
    for position, (name, value) in enumerate((("weight", weight), ("indices", indices)), 1):
        if not isinstance(value, TensorBase):
            raise TypeError(
                f"embedding(): argument '{name}' (position {position}) must be Tensor, not "
                f"{type(value).__name__}"
            )
    table, places = weight._array, indices._array
    if table.ndim != 2:
        raise RuntimeError(f"'weight' must be 2-D, but got one of shape {list(table.shape)}")
    check_indices("embedding", places)
    outside = values_of(places)
    if outside.size and (outside.min() < 0 or outside.max() >= len(table)):
        raise IndexError(
            f"index out of range in self: the table has {len(table)} rows, and indices run from "
            f"{outside.min()} to {outside.max()}"
            " [explain: index-range]"
        )
    if sparse and weight._requires_grad and is_grad_enabled():
        warn_user(
            "sparse=True: minitorch has no sparse tensors, the gradient of the weight will be a "
            "dense one of the same numbers"
        )
    return Embedding.apply(
        weight, indices, padding_idx=padding_idx, scale_grad_by_freq=bool(scale_grad_by_freq)
    )


def embedding_renorm_(
    input: TensorBase, indices: TensorBase, max_norm: float, norm_type: float
) -> Tensor:
    """Scale the rows that indices name down to a norm of at most ``max_norm``, in place.

    Shapes: (V, E), (*I) -> (V, E).

    Raises:
        RuntimeError: for a table of other dimensions or integers, indices of another dtype, and
            a leaf that requires grad.
        IndexError: for indices out of range.
    """
    table, places = input._array, indices._array
    if table.ndim != 2:
        raise RuntimeError(
            f"Expected 2-dimensional tensor, but got {table.ndim}-dimensional tensor for argument "
            "#1 'self' (while checking arguments for embedding_renorm_)"
        )
    check_indices("embedding_renorm_", places)
    if not is_float(table.dtype):
        raise RuntimeError(
            "norm(): input dtype should be either floating point or complex. Got "
            f"{scalar_name(table)} instead."
        )
    outside = values_of(places)
    if outside.size and (outside.min() < 0 or outside.max() >= len(table)):
        bad = outside.min() if outside.min() < 0 else outside.max()
        raise IndexError(
            f"select(): index {bad} out of range for tensor of size {list(table.shape)} at "
            "dimension 0"
        )
    if is_grad_enabled() and requires_grad(input):
        check_recordable(input)
        raise NotImplementedError(
            "the derivative for 'embedding_renorm_' is not implemented: call it on "
            "weight.detach(), or under no_grad()"
        )
    return write_(
        EmbeddingRenorm, input, indices, max_norm=float(max_norm), norm_type=float(norm_type)
    )


def check_indices(function: str, places: Array) -> None:
    """Refuse indices that are not int64 or int32.

    Raises:
        RuntimeError: if so.
    """
    if places.dtype.name not in ("int64", "int32"):
        raise RuntimeError(
            "Expected tensor for argument #1 'indices' to have one of the following scalar types: "
            f"Long, Int; but got torch.{scalar_name(places)}Tensor instead (while checking "
            f"arguments for {function})"
        )


def wrapped_padding(padding_idx: int, count: int, name: str = "Padding_idx") -> int:
    """Return a row counted from the front.

    Raises:
        AssertionError: if there is no such row.
    """
    if not (padding_idx == 0 or -count <= padding_idx < count):
        raise AssertionError(
            f"{name} must be within num_embeddings, but got {padding_idx} of {count}"
        )
    return padding_idx + count if padding_idx < 0 else padding_idx
