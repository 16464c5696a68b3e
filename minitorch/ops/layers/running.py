"""Running statistics of batch norm: a step towards those of the newest batch."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from minitorch.autograd.op import Array, Op

if TYPE_CHECKING:
    from minitorch.ops.samples import Sampler, Samples


_NO_ROOM = (
    "Batch norm got a batched tensor as input while the running_mean or running_var, which "
    "will be updated in place, were not batched.\nIf you are using a module and do not "
    "need eval mode, please set `track_running_stats` to be False."
)


class MoveAverage(Op):
    """running + momentum * (value - running): (*), (*) -> (*). It is written into ``running``."""

    elementwise = True
    differentiable = False
    no_room = _NO_ROOM
    name = "batch_norm()"  # in errors about what wrote
    onto_repeats = True

    @staticmethod
    def forward(running: Array, value: Array, *, momentum: float) -> Array:
        return running * (1 - momentum) + momentum * value

    @staticmethod
    def into(out: Array, value: Array, *, momentum: float) -> bool:
        out *= 1 - momentum
        out += momentum * value
        return True

    @staticmethod
    def reference(running: Array, value: Array, *, momentum: float) -> Array:
        return running + momentum * (value - running)

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.real(3), s.real(3), momentum=0.1)
        yield s(s.real(3), s.real(3), momentum=1.0)


class MoveVariance(Op):
    """The same towards a variance over n - 1, of 1 / sqrt(biased + eps): (*), (*) -> (*)."""

    elementwise = True
    differentiable = False
    no_room = _NO_ROOM
    name = "batch_norm()"  # in errors about what wrote
    onto_repeats = True

    @staticmethod
    def forward(running: Array, invstd: Array, *, momentum: float, count: int, eps: float) -> Array:
        moved = running * (1 - momentum) + momentum * _unbiased(invstd, count, eps)
        return moved.astype(running.dtype)

    @staticmethod
    def into(out: Array, invstd: Array, *, momentum: float, count: int, eps: float) -> bool:
        return MoveAverage.into(out, _unbiased(invstd, count, eps), momentum=momentum)

    @staticmethod
    def reference(
        running: Array, invstd: Array, *, momentum: float, count: int, eps: float
    ) -> Array:
        var = np.array([(1 / s**2 - eps) * count / (count - 1) for s in invstd.flat])
        return MoveAverage.reference(running, var, momentum=momentum)

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.positive(3), s.positive(3), momentum=0.1, count=4, eps=1e-5)


def _unbiased(invstd: Array, count: int, eps: float) -> Array:
    biased = 1 / np.square(invstd.astype(np.float64)) - eps  # float16 would overflow
    if not eps:
        biased[invstd == 0] = 0  # what the kernel gives for a variance of zero
    # Rounding may leave a variance of zero below it.
    return np.maximum(biased, 0) * (count / (count - 1) if count > 1 else math.nan)


class CountUp(Op):
    """n + 1: (*) -> (*). Written into the count of batches, three times as fast as ``add_``."""

    name = "add_"
    elementwise = True
    differentiable = False

    @staticmethod
    def forward(count: Array) -> Array:
        return count + 1

    @staticmethod
    def into(out: Array) -> bool:
        out += 1
        return True

    @staticmethod
    def reference(count: Array) -> Array:
        return np.array([n + 1 for n in count.flat]).reshape(count.shape)

    @staticmethod
    def samples(s: Sampler) -> Samples:
        yield s(s.integers(0, 5))
        yield s(s.integers(0, 5, 2))
