"""Losses of pairs of elements: Huber's, the smooth absolute error, cross-entropy of two classes."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from minitorch.autograd.op import Array, Grads, Op
from minitorch.core.dtypes import promote, to_common_dtype
from minitorch.kernels.arrays import working_dtype
from minitorch.kernels.tiles import computed
from minitorch.ops.elementwise.activation import Sigmoid
from minitorch.ops.elementwise.clamping import clamp
from minitorch.ops.elementwise.piecewise import InsideGrad
from minitorch.ops.layers.loss import reduced, reduced_of, reference_reduced
from minitorch.ops.out import without_out

if TYPE_CHECKING:
    from minitorch.autograd.vmap.batch import Batch
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor

_clamp = without_out(clamp)


class Pairs:
    """What losses of pairs have in common: (*), (*) -> () or (*).

    A subclass states ``losses``, of arrays, in memory of their own, and for the tests ``scalar``,
    the loss of two numbers; parameters are those of both.
    """

    losses: ClassVar[Any]
    scalar: ClassVar[Any]

    @classmethod
    def forward(cls, x: Array, y: Array, *, reduction: str, **params: Any) -> Array:
        return reduced_of(partial(cls.losses, **params), x, y, reduction)

    @classmethod
    def reference(cls, x: Array, y: Array, *, reduction: str, **params: Any) -> Any:
        x, y = np.broadcast_arrays(x, y)
        pairs = zip(x.flat, y.flat, strict=True)
        return reference_reduced([cls.scalar(a, b, **params) for a, b in pairs], x, reduction)


def _of_pairs(
    cls: Any, /, batch: Batch, x: Array, y: Array, *, reduction: str, **params: Any
) -> Array:
    """All examples of a batch at once."""
    ndim = max([a.ndim - batch.lead * h for a, h in zip((x, y), batch.has, strict=True)])
    x, y = batch.widened(x, ndim, 0), batch.widened(y, ndim, 1)
    return reduced(cls.losses(x, y, **params), reduction, batch.lead)


def _share(ctx: Any, grad: Tensor, x: Tensor) -> Tensor:
    """The gradient of each loss."""
    return grad / max(x._array.size, 1) if ctx.reduction == "mean" else grad


class HuberLoss(Pairs, Op):
    """(x - y)² / 2 up to a distance of delta, beyond it a straight line: (*), (*) -> () or (*)."""

    saves = (0, 1)
    saved_as = {"target": "y"}  # noqa: RUF012 - as declared
    promotion = staticmethod(promote)
    batched = classmethod(_of_pairs)

    @staticmethod
    def losses(x: Array, y: Array, *, delta: float) -> Array:
        # near * (far - near / 2), with near = min(far, delta)
        far = np.asarray(np.subtract(x, y, dtype=working_dtype(x.dtype)))
        np.abs(far, far)
        near = np.minimum(far, delta)
        far -= near * 0.5
        far *= near
        return far.astype(x.dtype, copy=False)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        x, y = ctx.unpack()
        grad_x = HuberGrad.apply(_share(ctx, grad, x), x, y, delta=ctx.delta)
        return grad_x, -grad_x if ctx.needs_input_grad[1] else None

    @staticmethod
    def parity(torch: Any, x: Any, y: Any, *, reduction: str, delta: float) -> Any:
        return torch.nn.functional.huber_loss(x, y, reduction, delta)

    @staticmethod
    def scalar(x: float, y: float, *, delta: float) -> float:
        far = abs(x - y)
        return far**2 / 2 if far < delta else delta * (far - delta / 2)

    @staticmethod
    def samples(s: Sampler) -> Samples:
        for reduction in ("mean", "sum", "none"):
            yield s(s.distinct(3, 4), s.real(3, 4), reduction=reduction, delta=0.6)
        yield s(s.real(), s.real(), reduction="mean", delta=2.0)
        yield s(s.real(0, 2), s.real(0, 2), reduction="sum", delta=1.0)


class SmoothL1Loss(Pairs, Op):
    """:class:`HuberLoss` of delta = beta, over beta: (*), (*) -> () or (*)."""

    saves = (0, 1)
    saved_as = {"target": "y"}  # noqa: RUF012 - as declared
    promotion = staticmethod(promote)
    batched = classmethod(_of_pairs)

    @staticmethod
    def losses(x: Array, y: Array, *, beta: float) -> Array:
        far = np.asarray(x - y)
        np.abs(far, far)
        near = np.asarray(np.minimum(far, beta))
        far -= near * 0.5
        if beta != 1:
            near /= beta
        far *= near
        return far

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        x, y = ctx.unpack()
        grad_x = HuberGrad.apply(_share(ctx, grad, x) / ctx.beta, x, y, delta=ctx.beta)
        return grad_x, -grad_x if ctx.needs_input_grad[1] else None

    @staticmethod
    def parity(torch: Any, x: Any, y: Any, *, reduction: str, beta: float) -> Any:
        return torch.nn.functional.smooth_l1_loss(x, y, reduction=reduction, beta=beta)

    @staticmethod
    def scalar(x: float, y: float, *, beta: float) -> float:
        return HuberLoss.scalar(x, y, delta=beta) / beta

    @staticmethod
    def samples(s: Sampler) -> Samples:
        for reduction in ("mean", "sum", "none"):
            yield s(s.distinct(3, 4), s.real(3, 4), reduction=reduction, beta=0.6)
        yield s(s.real(), s.real(), reduction="mean", beta=2.0)
        yield s(s.real(0, 2), s.real(0, 2), reduction="sum", beta=1.0)


class HuberGrad(Op):
    """``grad`` times x - y limited to [-delta, delta]: (*), (*), (*) -> (*)."""

    elementwise = True
    saves = (0, 1, 2)

    @staticmethod
    def forward(grad: Array, x: Array, y: Array, *, delta: float) -> Array:
        if grad.ndim:
            return np.asarray(np.clip(x - y, -delta, delta) * grad)

        def grads(x: Array, y: Array) -> Array:
            out = np.asarray(x - y)
            np.clip(out, -delta, delta, out)
            out *= grad
            return out

        return computed(grads, x, y)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        grad_x, x, y = ctx.unpack()
        delta = ctx.delta
        bend = InsideGrad.apply(grad * grad_x, x - y, low=-delta, high=delta)
        return HuberGrad.apply(grad, x, y, delta=delta), bend, -bend

    @staticmethod
    def reference(grad: Array, x: Array, y: Array, *, delta: float) -> Any:
        return grad * np.vectorize(lambda v: min(max(v, -delta), delta), otypes=[float])(x - y)

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(3, 4), s.distinct(3, 4), s.real(3, 4), delta=0.6)
        yield s(s.real(), s.distinct(3, 4), s.real(3, 4), delta=0.6)


class SoftMarginLoss(Pairs, Op):
    """log(1 + exp(-x * y)), reduced; y is a constant: (*), (*) -> () or (*)."""

    saves = (0, 1)
    promotion = staticmethod(to_common_dtype)
    batched = classmethod(_of_pairs)

    @staticmethod
    def losses(x: Array, y: Array) -> Array:
        product = np.asarray(x * y)
        out = np.asarray(np.abs(product))
        np.negative(out, out)
        np.exp(out, out)
        np.log1p(out, out)
        out -= np.minimum(product, 0)
        return out

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        x, y = ctx.unpack()
        needs_x, needs_y = ctx.needs_input_grad
        share = _share(ctx, -grad, x)
        grad_x = SoftMarginGrad.apply(share, x, y) if needs_x else None
        return grad_x, SoftMarginGrad.apply(share, y, x) if needs_y else None

    @staticmethod
    def parity(torch: Any, x: Any, y: Any, *, reduction: str) -> Any:
        return torch.nn.functional.soft_margin_loss(x, y.detach(), reduction=reduction)

    @staticmethod
    def scalar(x: float, y: float) -> float:
        return math.log1p(math.exp(-x * y))

    @staticmethod
    def samples(s: Sampler) -> Samples:
        for reduction in ("mean", "sum", "none"):
            yield s(s.real(3, 4), _signs(s, 3, 4), reduction=reduction)
        yield s(s.real(), _signs(s), reduction="mean")


class SoftMarginGrad(Op):
    """``grad`` times y / (1 + exp(x * y)): (*), (*), (*) -> (*)."""

    elementwise = True
    saves = (0, 1, 2)

    @staticmethod
    def forward(grad: Array, x: Array, y: Array) -> Array:
        def grads(x: Array, y: Array) -> Array:
            out = np.asarray(x * y)
            np.exp(out, out)
            out += 1
            return np.asarray(np.divide(y, out, out))

        if grad.ndim:
            return np.asarray(grads(x, y) * grad)
        return computed(lambda x, y: np.multiply(grads(x, y), grad), x, y)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        grad_x, x, y = ctx.unpack()
        share = Sigmoid.apply(-x * y)
        bend = grad * grad_x * share
        slope = (share - 1) * y
        return grad * share * y, bend * slope * y, bend * (slope * x + 1)

    reference = staticmethod(lambda grad, x, y: grad * y / (1 + np.exp(x * y)))

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(3, 4), s.real(3, 4), s.real(3, 4))
        yield s(s.real(), s.real(3, 4), s.real(3, 4))
        yield s(s.real(), s.real(), s.real())


def _signs(s: Sampler, *shape: int) -> Array:
    return np.asarray(s.integers(0, 2, *shape) * 2 - 1)


class BinaryCrossEntropy(Pairs, Op):
    """-(y * log x + (1 - y) * log(1 - x)) * weight, reduced: (*), (*) -> () or (*).

    Logarithms are at least -100.
    """

    saves = (0, 1)
    saved_as = {"target": "y"}  # noqa: RUF012 - as declared
    batched = classmethod(_of_pairs)

    @classmethod
    def forward(cls, x: Array, y: Array, *, reduction: str, **params: Any) -> Array:
        # Whole: the weight broadcasts, and an error tells of all elements.
        return reduced(cls.losses(x, y, **params), reduction)

    @staticmethod
    def losses(x: Array, y: Array, *, weight: Array | None) -> Array:
        _check_probabilities("input", x)
        _check_probabilities("target", y)
        rest = np.asarray(np.log1p(-x))
        np.maximum(rest, -100, out=rest)
        out = np.asarray(np.log(x))
        np.maximum(out, -100, out=out)
        out = np.asarray((y - 1) * rest - y * out)
        if weight is not None:
            out *= weight
        return out

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        x, y = ctx.unpack()
        needs_x, needs_y = ctx.needs_input_grad
        scale = _share(ctx, grad, x)
        if ctx.weight is not None:
            scale = scale * x._plain(ctx.weight)
        grad_x = BinaryCrossEntropyGrad.apply(scale, x, y) if needs_x else None
        grad_y = None
        if needs_y:
            grad_y = scale * (_clamp((-x).log1p(), -100) - _clamp(x.log(), -100))
        return grad_x, grad_y

    @staticmethod
    def parity(torch: Any, x: Any, y: Any, *, weight: Any, reduction: str) -> Any:
        weight = None if weight is None else torch.as_tensor(weight, dtype=x.dtype)
        return torch.nn.functional.binary_cross_entropy(x, y, weight, reduction=reduction)

    @staticmethod
    def scalar(x: float, y: float, *, weight: Any) -> float:
        return -y * math.log(x) - (1 - y) * math.log(1 - x)

    @classmethod
    def reference(cls, x: Array, y: Array, *, reduction: str, **params: Any) -> Any:
        weight = params["weight"]
        each = np.vectorize(lambda a, b: cls.scalar(a, b, weight=None), otypes=[float])(x, y)
        each = each if weight is None else each * weight
        return reference_reduced(list(each.flat), x, reduction)

    @staticmethod
    def samples(s: Sampler) -> Samples:
        for reduction in ("mean", "sum", "none"):
            yield s(s.inner(3, 4), s.inner(3, 4), weight=None, reduction=reduction)
            weight = s.positive(3, 1)
            yield s(s.inner(3, 4), s.inner(3, 4), weight=weight, reduction=reduction)
        yield s(s.inner(), s.inner(), weight=None, reduction="mean")
        yield s.error(
            RuntimeError,
            "all elements of input should be between 0 and 1",
            s.inner(2) + 1,
            s.inner(2),
            weight=None,
            reduction="mean",
        )


def _check_probabilities(name: str, x: Array) -> None:
    if x.size and not (x.min() >= 0 and x.max() <= 1):  # not so if one is NaN
        raise RuntimeError(
            f"all elements of {name} should be between 0 and 1, but they go from {x.min():g} to "
            f"{x.max():g}"
            " [explain: not-probabilities]"
        )


class BinaryCrossEntropyGrad(Op):
    """grad * (x - y) / (x * (1 - x)), where the divisor is at least 1e-12: (*), (*), (*) -> (*)."""

    elementwise = True
    saves = (0, 1, 2)

    @staticmethod
    def forward(grad: Array, x: Array, y: Array) -> Array:
        divisor = np.asarray((1 - x) * x)
        np.maximum(divisor, 1e-12, out=divisor)
        out = np.asarray(x - y)
        out /= divisor
        return out * grad

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        grad_x, x, y = ctx.unpack()
        both = grad * grad_x
        spread = (x + 1e-12) * (1 - x + 1e-12)
        bend = both * (x * x - x * y * 2 + y) / (spread * spread)
        return grad * (x - y) / spread, bend, -both / _clamp((1 - x) * x, 1e-12)

    reference = staticmethod(lambda grad, x, y: grad * (x - y) / (x * (1 - x)))

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(3, 4), s.inner(3, 4), s.inner(3, 4))
        yield s(s.real(), s.inner(), s.inner())
