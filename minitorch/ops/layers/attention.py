"""Attention: means of values, weighted by how queries and keys agree."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch import kernels
from minitorch.autograd.op import Array, Grads, Op
from minitorch.core.dtypes import is_bool
from minitorch.kernels import reference_of
from minitorch.ops.layers.softmax import softmax
from minitorch.ops.out import without_out

if TYPE_CHECKING:
    from minitorch.autograd.vmap.batch import Batch
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor

_softmax = without_out(softmax)


class Attention(Op):
    """Means of the values, weighted by softmax(query · keyᵀ · scale + mask).

    (N, H, L, E), (N, H, S, E), (N, H, S, V), (N, H, L, S) -> (N, H, L, V), (N, H, L). The second
    result is the logarithm of each query's sum of exponentials, of float16 in float32. The mask
    says where to look, or is added; a query that may look nowhere gets zeros.
    """

    name = "ScaledDotProductFlashAttentionForCpuBackward0"
    saves = (0, 1, 2, 3)
    saves_outputs = wide_outputs = (1,)
    materializes = False

    @staticmethod
    def forward(
        query: Array, key: Array, value: Array, mask: Array | None, *, causal: bool, scale: float
    ) -> tuple[Array, Array]:
        return kernels.active().attention.forward(query, key, value, mask, causal, scale)

    @staticmethod
    def batched(batch: Batch, *arrays: Any, causal: bool, scale: float) -> tuple[Array, Array]:
        out, logsumexp = Attention.forward(*_merged(batch, arrays), causal=causal, scale=scale)
        return batch.split(out), batch.split(logsumexp)

    @staticmethod
    def backward(ctx: Any, grad: Tensor | None, grad_logsumexp: Tensor | None) -> Grads:
        query, key, value, mask, logsumexp = ctx.unpack()
        tensors = (query, key, value, mask)
        params: dict[str, Any] = {"causal": ctx.causal, "scale": ctx.scale}
        grads: list[Any] = [None] * 4
        if grad is not None:
            statistics = logsumexp._array
            grads[:3] = AttentionGrad.apply(grad, *tensors, logsumexp=statistics, **params)
        if ctx.needs_input_grad[3] or grad_logsumexp is not None:  # hardly ever
            weights = attention_weights(query, key, mask, **params)
            slopes = 0.0 * weights
            if grad is not None:
                slopes = _through_softmax(weights, grad @ value.mT)
            grads[3] = slopes
            if grad_logsumexp is not None:
                slopes = weights * grad_logsumexp.to(weights.dtype).unsqueeze(-1)
                grads[3] = grads[3] + slopes
                for_q, for_k = slopes @ key * ctx.scale, slopes.mT @ query * ctx.scale
                grads[0] = for_q if grads[0] is None else grads[0] + for_q
                grads[1] = for_k if grads[1] is None else grads[1] + for_k
        return tuple(grads)

    @staticmethod
    def reference(*arrays: Any, causal: bool, scale: float) -> Any:
        return reference_of("attention", "forward")(*arrays, causal, scale)

    @staticmethod
    def samples(s: Sampler) -> Samples:
        q, k, v = s.real(2, 2, 3, 4), s.real(2, 2, 5, 4), s.real(2, 2, 5, 3)
        yield s(q, k, v, None, causal=False, scale=0.5)
        yield s(q, k, v, None, causal=True, scale=0.5)
        yield s(q, k, v, s.real(2, 2, 3, 5), causal=False, scale=0.7)
        yield s(q[:0], k[:0], v[:0], None, causal=False, scale=0.5)


class AttentionGrad(Op):
    """Gradients of :class:`Attention` for queries, keys and values.

    ``logsumexp`` is its second result where it is known already; it follows from the others.
    """

    name = "ScaledDotProductFlashAttentionForCpuBackwardBackward0"
    saves = (0, 1, 2, 3, 4)
    materializes = False

    @staticmethod
    def forward(
        grad: Array,
        query: Array,
        key: Array,
        value: Array,
        mask: Array | None,
        *,
        causal: bool,
        scale: float,
        logsumexp: Array | None,
    ) -> tuple[Array, Array, Array]:
        active, tensors = kernels.active().attention, (query, key, value, mask)
        if logsumexp is None:
            logsumexp = active.forward(*tensors, causal, scale)[1]
        return active.grad(grad, *tensors, logsumexp, causal, scale)

    batched_params = True

    @staticmethod
    def batched(batch: Batch, *arrays: Any, logsumexp: Array | None, **params: Any) -> Any:
        if logsumexp is not None:
            logsumexp = batch.merged(batch.whole(logsumexp))
        grads = AttentionGrad.forward(*_merged(batch, arrays), logsumexp=logsumexp, **params)
        return tuple([batch.split(x) for x in grads])

    @staticmethod
    def backward(ctx: Any, *vs: Tensor | None) -> Grads:
        # With P the weights, D = grad valueᵀ and S = P * (D - sum(P * D)), the forward is
        # S key scale, Sᵀ query scale, Pᵀ grad. Its inner product with (a, b, c) is that of S with
        # X = (a keyᵀ + query bᵀ) scale, and of P with grad cᵀ.
        grad, query, key, value, mask = ctx.unpack()
        scale = ctx.scale
        weights = attention_weights(query, key, mask, causal=ctx.causal, scale=scale)
        seen = grad @ value.mT  # D
        slopes = _through_softmax(weights, seen)  # S
        a, b, c = [
            x.new_zeros(x.shape) if v is None else v
            for v, x in zip(vs, (query, key, value), strict=True)
        ]
        for_slopes = (a @ key.mT + query @ b.mT) * scale  # X
        for_seen = _through_softmax(weights, for_slopes)
        for_weights = (
            for_slopes * (seen - (weights * seen).sum((-1,), keepdim=True))
            - (weights * for_slopes).sum((-1,), keepdim=True) * seen
            + grad @ c.mT
        )
        for_scores = _through_softmax(weights, for_weights)
        return (
            for_seen @ value + weights @ c,
            (for_scores @ key + slopes @ b) * scale,
            (for_scores.mT @ query + slopes.mT @ a) * scale,
            for_seen.mT @ grad,
            for_scores if ctx.needs_input_grad[4] else None,
        )

    @staticmethod
    def reference(*arrays: Any, causal: bool, scale: float, logsumexp: None) -> Any:
        grad, *tensors = arrays
        _, sums = reference_of("attention", "forward")(*tensors, causal, scale)
        return reference_of("attention", "grad")(grad, *tensors, sums, causal, scale)

    @staticmethod
    def samples(s: Sampler) -> Samples:
        for sample in Attention.samples(s):
            query, _, value, _ = sample.inputs
            grad = s.real(*query.shape[:3], value.shape[3])
            yield s(grad, *sample.inputs, **sample.params, logsumexp=None)


def _merged(batch: Batch, arrays: tuple[Any, ...]) -> list[Any]:
    """Return the examples' examples as those of one larger batch: (count * N, H, *, *)."""
    return [None if x is None else batch.merged(x, i) for i, x in enumerate(arrays)]


def _through_softmax(weights: Tensor, grad: Tensor) -> Tensor:
    """Return the gradient for scores of one for their weights."""
    slopes: Tensor = weights * (grad - (weights * grad).sum((-1,), keepdim=True))
    return slopes


def attention_weights(
    query: Tensor, key: Tensor, mask: Tensor | None, *, causal: bool, scale: float
) -> Tensor:
    """Return the weights themselves, in ops: (N, H, L, E), (N, H, S, E) -> (N, H, L, S).

    Queries and keys are scaled by the root each, as PyTorch does where it computes them. Where a
    query may look nowhere they are zero.
    """
    root = math.sqrt(abs(scale))
    scores = (query * (root if scale >= 0 else -root)) @ (key * root).mT
    if causal:
        past = scores._plain(np.tri(*scores.shape[-2:], dtype=np.bool_))
        scores = scores.masked_fill(past.logical_not(), -math.inf)
    if mask is None:
        return _softmax(scores, -1)
    if is_bool(mask._array.dtype):
        scores = scores.masked_fill(mask.logical_not(), -math.inf)
    else:
        scores = scores + mask
    nowhere = (scores == -math.inf).all(-1, keepdim=True)
    weights = _softmax(scores.masked_fill(nowhere, 0.0), -1)
    return weights.masked_fill(nowhere, 0.0)
