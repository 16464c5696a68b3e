"""Products with something added: ``linear``, ``addmm`` and their like."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, cast

from minitorch import kernels
from minitorch.autograd.conjugates import HOLOMORPHIC
from minitorch.autograd.op import CROSSWISE, Array, Grads, Op
from minitorch.autograd.variable import TensorBase
from minitorch.core.dtypes import c_type_name, is_bool, is_differentiable, scalar_name
from minitorch.ops.arguments import factors_first, takes_tensors
from minitorch.ops.elementwise.constant import zeroed
from minitorch.ops.half import rounded_once
from minitorch.ops.in_place import in_place_of
from minitorch.ops.linalg import products
from minitorch.ops.linalg.products import (
    Mm,
    check_batches,
    check_product,
    multiply,
    multiply_batches,
    plain_product,
    rows,
)
from minitorch.ops.out import takes_out, without_out
from minitorch.ops.reduce.sums import SumDim

if TYPE_CHECKING:
    from minitorch.autograd.vmap.batch import Batch
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor

# Without ``out``.
_mm, _mv, _matmul = without_out(products.mm), without_out(products.mv), without_out(products.matmul)
_bmm, _outer = without_out(products.bmm), without_out(products.outer)


class Linear(Op):
    """x @ weight.T + bias: (*, A), (B, A), (B) -> (*, B). The bias may be None."""

    complex = HOLOMORPHIC
    name = "AddmmBackward0"
    saves = (0, 1)
    saved_for = CROSSWISE

    @staticmethod
    def forward(x: Array, weight: Array, bias: Array | None) -> Array:
        out = kernels.active().product.linear(rows(x), weight, bias)  # (N, A) -> (N, B)
        return out if x.ndim == 2 else out.reshape(*x.shape[:-1], weight.shape[0])

    @staticmethod
    def batched(batch: Batch, x: Array, weight: Array, bias: Array | None) -> Array:
        if batch.has[1]:
            lead = x.shape[: batch.lead] if batch.has[0] else ()
            inner = x.shape[len(lead) : -1]
            flat = x.reshape(*lead, math.prod(inner), x.shape[-1])  # (*lead, N, A)
            product = multiply_batches(flat, weight.swapaxes(-2, -1))  # (*sizes, N, B)
            out = product.reshape(*product.shape[: batch.lead], *inner, weight.shape[-2])
        else:
            out = multiply(rows(x), weight.T).reshape(*x.shape[:-1], weight.shape[0])
        if bias is None:
            return out
        own = out.ndim - batch.lead if batch.has[0] or batch.has[1] else out.ndim
        return out + batch.widened(bias, own, 2)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        x, weight = ctx.unpack()
        needs_x, needs_weight, needs_bias = ctx.needs_input_grad
        flat = rows(grad)  # (N, B)
        grad_x = grad_weight = None
        if needs_x:
            grad_x = Mm.apply(flat, weight)
            grad_x = grad_x if grad.ndim == 2 else grad_x.reshape(ctx.input_shapes[0])
        if needs_weight:
            grad_weight = Mm.apply(flat.t(), rows(x))
        grad_bias = SumDim.apply(flat, dims=(0,), keepdim=False) if needs_bias else None
        return grad_x, grad_weight, grad_bias

    parity = staticmethod(
        lambda torch, x, weight, bias: torch.nn.functional.linear(x, weight, bias)
    )

    @staticmethod
    def reference(x: Array, weight: Array, bias: Array | None) -> Array:
        out = plain_product(x, weight.T)
        return out if bias is None else out + bias

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(2, 3), s.real(4, 3), s.real(4))
        yield s(s.real(0, 3), s.real(4, 3), s.real(4))
        yield s(s.real(2, 2, 3), s.real(4, 3), s.real(4))
        yield s(s.real(3), s.real(4, 3), s.real(4))
        yield s(s.real(2, 3), s.real(4, 3), None)


class LinearNoBias(Linear):
    """:class:`Linear` without a bias, under PyTorch's name."""

    name = "MmBackward0"


class LinearFlattened(Linear):
    """:class:`Linear` of more or fewer than two dimensions, whose last step gives them back."""

    name = "ViewBackward0"


class LinearNoBiasFlattened(Linear):
    """:class:`LinearFlattened` without a bias, under PyTorch's name."""

    name = "UnsafeViewBackward0"


def linear(input: TensorBase, weight: TensorBase, bias: TensorBase | None = None) -> Tensor:
    """Return input @ weight.T + bias: (*, A), (B, A), (B) -> (*, B).

    A bias of more dimensions is broadcast.

    Raises:
        RuntimeError: for sizes that do not fit, or different dtypes.
    """
    x, w = input._array, weight._array
    if w.ndim != 2 or x.ndim == 0:
        return _linear_of_vectors(input, weight, bias)
    if x.shape[-1] != w.shape[1] or x.dtype is not w.dtype or is_bool(x.dtype):
        check_product(x, w.T)
    if bias is None:
        plain = LinearNoBias if x.ndim == 2 else LinearNoBiasFlattened
        return plain.apply(input, weight, None)
    _check_bias(x, w, bias._array)
    if bias._array.ndim > 1:
        out, wide = linear(input, weight), cast("Tensor", bias)
        return out + wide.expand(out.shape)
    op = Linear if x.ndim == 2 else LinearFlattened
    return op.apply(input, weight, bias)


def _check_bias(x: Array, weight: Array, bias: Array) -> None:
    if bias.dtype is not weight.dtype and bias.dtype != weight.dtype:
        raise RuntimeError(
            f"self and mat2 must have the same dtype, but got {scalar_name(bias)} and "
            f"{scalar_name(weight)}: bias and weight of a linear layer"
            " [explain: dtype-mismatch]"
        )
    if bias.ndim < 2 and bias.shape not in ((weight.shape[0],), (1,), ()):
        count = math.prod(x.shape[:-1])
        raise RuntimeError(
            f"The expanded size of the tensor ({weight.shape[0]}) must match the existing size "
            f"({bias.shape[-1]}) at non-singleton dimension 1.  Target sizes: "
            f"[{count}, {weight.shape[0]}].  Tensor sizes: {list(bias.shape)}"
        )


def _linear_of_vectors(input: TensorBase, weight: TensorBase, bias: TensorBase | None) -> Tensor:
    if bias is not None:
        raise RuntimeError(
            f"mat2 must be a matrix, got {weight._array.ndim}-D tensor: the weight of a linear "
            f"layer is (out_features, in_features), the input here {list(input._array.shape)}"
        )
    return _matmul(input, weight)


@takes_out
@factors_first
@takes_tensors
@rounded_once
def addmm(
    input: TensorBase, mat1: TensorBase, mat2: TensorBase, *, beta: float = 1, alpha: float = 1
) -> Tensor:
    """Return beta * input + alpha * (mat1 @ mat2): (*), (A, B), (B, C) -> (A, C)."""
    for name, x in (("mat1", mat1), ("mat2", mat2)):
        if x._array.ndim != 2:
            raise RuntimeError(f"{name} must be a matrix, got {x._array.ndim}-D tensor")
    _check_added("self and mat2 must have the same dtype", input, mat2)
    return _added(input, _mm(mat1, mat2), beta, alpha)


@takes_out
@factors_first
@takes_tensors
@rounded_once
def addmv(
    input: TensorBase, mat: TensorBase, vec: TensorBase, *, beta: float = 1, alpha: float = 1
) -> Tensor:
    """Return beta * input + alpha * (mat @ vec): (*), (A, B), (B) -> (A)."""
    if input._array.ndim > 1:
        mat_ndim, ndim = mat._array.ndim, input._array.ndim
        raise RuntimeError(
            f"vector + matrix @ vector expected, got {ndim}, {mat_ndim}, {vec._array.ndim}"
        )
    _check_added("addmv input tensors must have the same dtype", input, mat)
    return _added(input, _mv(mat, vec), beta, alpha)


@takes_out
@factors_first
@takes_tensors
@rounded_once
def addr(
    input: TensorBase, vec1: TensorBase, vec2: TensorBase, *, beta: float = 1, alpha: float = 1
) -> Tensor:
    """Return beta * input + alpha * (all products of two vectors): (*), (A), (B) -> (A, B)."""
    for name, x in (("vec1", vec1), ("vec2", vec2)):
        if x._array.ndim != 1:
            raise RuntimeError(f"addr: Expected 1-D argument {name}, but got {x._array.ndim}-D")
    for name, factor in (("beta", beta), ("alpha", alpha)):
        if isinstance(factor, float) and not is_differentiable(input._array.dtype):
            raise RuntimeError(
                f"For integral input tensors, argument {name} must not be a floating point number."
            )
    return _added(input, _outer(vec1, vec2), beta, alpha)


@takes_out
@factors_first
@takes_tensors
@rounded_once
def baddbmm(
    input: TensorBase, batch1: TensorBase, batch2: TensorBase, *, beta: float = 1, alpha: float = 1
) -> Tensor:
    """Return beta * input + alpha * (batch1 @ batch2): (*), (N, A, B), (N, B, C) -> (N, A, C)."""
    dtypes = [c_type_name(x._array) for x in (input, batch1, batch2)]
    if len({*dtypes}) > 1:
        raise RuntimeError(
            "Input dtypes must be the same, got: input {}, batch1: {}, batch2: {}".format(*dtypes)
        )
    return _added(input, _bmm(batch1, batch2), beta, alpha)


@takes_out
@factors_first
@takes_tensors
@rounded_once
def addbmm(
    input: TensorBase, batch1: Any, batch2: Any, *, beta: float = 1, alpha: float = 1
) -> Tensor:
    """Return beta * input + alpha * (the sum of batch1 @ batch2 over the batch).

    Shapes: (*), (N, A, B), (N, B, C) -> (A, C).
    """
    _check_added("self and mat2 must have the same dtype", input, batch2)
    if batch1.ndim == batch2.ndim == 3:
        (n, a, b), (m, c, d) = batch1.shape, batch2.shape
        if n != m:
            raise RuntimeError(
                f"batch1 and batch2 must have same number of batches, got {n} and {m}"
            )
        if b != c:
            raise RuntimeError(f"Incompatible matrix sizes for bmm ({a}x{b} and {c}x{d})")
    check_batches(batch1._array, batch2._array)
    left = batch1.transpose(0, 1).reshape(a, n * b)  # one large product instead of N and their sum
    return _added(input, _mm(left, batch2.reshape(n * b, d)), beta, alpha)


def _check_added(phrase: str, input: TensorBase, product: TensorBase) -> None:
    if input._array.dtype != product._array.dtype:
        raise RuntimeError(
            f"{phrase}, but got {scalar_name(input._array)} and {scalar_name(product._array)}"
            " [explain: dtype-mismatch]"
        )


def _added(input: Any, product: Any, beta: float, alpha: float) -> Tensor:
    """Return beta * input + alpha * product; of no input, not even its NaN, where beta is 0."""
    kind = product._array.dtype
    if not is_differentiable(kind):
        beta, alpha = [bool(x) if is_bool(kind) else int(x) for x in (beta, alpha)]
    if input._array.shape != product._array.shape:
        input = input.expand(product._array.shape)
    if beta == 0:
        input, beta = zeroed(input), 1
    product = product if alpha == 1 else product * alpha
    return product + (input if beta == 1 else input * beta)


addmm_, addmv_, addr_ = in_place_of(addmm), in_place_of(addmv), in_place_of(addr)
addbmm_, baddbmm_ = in_place_of(addbmm), in_place_of(baddbmm)
