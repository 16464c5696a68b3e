"""Random numbers in place of a tensor's: they owe nothing to it, so its gradient is zero."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.conjugates import LINEAR
from minitorch.autograd.op import Array, Grads, Op
from minitorch.ops.elementwise.constant import flat, no_slope

if TYPE_CHECKING:
    from minitorch.autograd.vmap.batch import Batch
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor


class Draw(Op):
    """The numbers that were drawn: (*) -> (*)."""

    batched_params = True

    @staticmethod
    def forward(x: Array, *, drawn: Array) -> Array:
        return drawn.astype(x.dtype, copy=False)

    @staticmethod
    def batched(batch: Batch, x: Array, *, drawn: Array) -> Array:
        return batch.whole(drawn).astype(x.dtype)

    @staticmethod
    def into(out: Array, *, drawn: Array) -> bool:
        np.copyto(out, drawn, casting="unsafe")
        return True

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        return no_slope(grad)

    reference = staticmethod(lambda x, *, drawn: drawn)

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(2, 3), drawn=s.real(2, 3))
        yield s(s.real(), drawn=s.real())


class Uniform(Draw):
    """Numbers drawn by ``uniform_``."""

    complex = LINEAR


class Normal(Draw):
    """Numbers drawn by ``normal_``."""

    complex = LINEAR


class Exponential(Draw):
    """Numbers drawn by ``exponential_``."""


class Cauchy(Draw):
    """Numbers drawn by ``cauchy_``."""


class Geometric(Draw):
    """Numbers drawn by ``geometric_``."""


class LogNormal(Draw):
    """Numbers drawn by ``log_normal_``."""


class Poisson(Draw):
    """Counts drawn by ``poisson``."""


class Random(Draw):
    """Numbers drawn by ``random_``."""

    name = "RandomBackward2"


class Bernoulli(Draw):
    """Zeros and ones drawn by ``bernoulli_``, or by ``bernoulli``."""

    name = "BernoulliBackward2"


class BernoulliOf(Bernoulli):
    """Zeros and ones drawn by the probabilities that the tensor holds."""

    name = "BernoulliBackward0"


class BernoulliBy(Op):
    """Zeros and ones drawn by the probabilities of another tensor: (*), (*A) -> (*)."""

    name = "BernoulliBackward1"
    batched_params = True

    @staticmethod
    def forward(x: Array, p: Array, *, drawn: Array) -> Array:
        return drawn.astype(x.dtype, copy=False)

    @staticmethod
    def batched(batch: Batch, x: Array, p: Array, *, drawn: Array) -> Array:
        return batch.whole(drawn).astype(x.dtype)

    @staticmethod
    def into(out: Array, p: Array, *, drawn: Array) -> bool:
        np.copyto(out, drawn, casting="unsafe")
        return True

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        return no_slope(grad), flat(ctx, 1)

    reference = staticmethod(lambda x, p, *, drawn: drawn)

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(2, 3), s.real(3), drawn=s.real(2, 3))


class Binomial(BernoulliBy):
    """Counts drawn by ``binomial``, of trials and their probabilities; not differentiated."""

    name = "NotImplemented"

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        raise RuntimeError("derivative for aten::binomial is not implemented")


class BernoulliLike(Bernoulli):
    """Zeros and ones drawn with one probability, in the shape of the tensor; not differentiated."""

    name = "NotImplemented"

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        raise RuntimeError("derivative for aten::bernoulli is not implemented")
