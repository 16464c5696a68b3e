"""vmap as a layer, and the ops that enter and leave a level.

Note [Entering a level again]
~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
What ``FromBatched`` returns has left its level, and vmap may be over when somebody walks back from
there. The gradient that comes to that node enters the level again, and all that the walk has yet to
do meets batched gradients. So the rule puts the level back on (``enter_again``): for the rest of
the walk, which switches it off at its end. Sums may not be formed in place any more then
(``reuse``), because a gradient of fewer levels has no room for one of more.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

import numpy as np

from minitorch.autograd import layers
from minitorch.autograd.conjugates import LINEAR, of_complex
from minitorch.autograd.engine import current_walk
from minitorch.autograd.grad_mode import current_mode
from minitorch.autograd.layers import Layer
from minitorch.autograd.op import Grads, Op, read, record, unrecorded
from minitorch.autograd.variable import TensorBase
from minitorch.autograd.vmap.batch import levels_of, lift, missing_in
from minitorch.autograd.vmap.compute import compute
from minitorch.autograd.vmap.example import Example, Level, Levels, in_order, values_of
from minitorch.core.dtypes import Array, complex_seen
from minitorch.core.silence import quiet
from minitorch.kernels.sums import add_floats


class Vmap(Layer):
    """While this is on, ops on batched tensors compute all examples (Note [Batched tensors])."""

    order: ClassVar[int] = 30

    def __init__(self, levels: Levels) -> None:
        self.levels = levels  # the outermost first

    def apply(self, op: type[Op], inputs: tuple[Any, ...], params: dict[str, Any]) -> Any:
        arrays, requires_grad, cut = read(inputs)
        levels = levels_of(arrays, params)
        if not levels:
            return NotImplemented
        if op.call_batched is not None:  # a custom function, which decides for itself
            return op.call_batched(inputs, levels)
        if complex_seen:
            op = of_complex(op, arrays, params)
        changes_levels = issubclass(op, LevelOp)
        if requires_grad and not changes_levels:
            inputs = lifted(inputs, levels)
            arrays = [x._array if isinstance(x, TensorBase) else x for x in inputs]
        if changes_levels:
            out = op.forward(*arrays, **params)
        else:
            out = compute(op, arrays, params, levels)
        if requires_grad and op.differentiable and current_mode()[0]:
            return record(op, inputs, params, out)
        return unrecorded(op, inputs, out, requires_grad, cut)


def running() -> Levels:
    """Return the levels that are on."""
    layer = layers.find(Vmap)
    return () if layer is None else layer.levels


def switch_to(levels: Levels) -> None:
    """Have these levels on, and no others."""
    layers.exchange(Vmap, Vmap(levels) if levels else None)


@contextmanager
def inside(size: int, randomness: str = "error") -> Iterator[Level]:
    """Be inside one more vmap."""
    outer = running()
    level = Level(sum([known.is_open for known in outer]) + 1, size, randomness)
    switch_to((*outer, level))
    try:
        yield level
    finally:
        level.is_open = False
        switch_to(outer)


def enter_again(level: Level) -> None:
    """Let the rest of a walk meet batched gradients (Note [Entering a level again])."""
    levels = running()
    if level not in levels:
        switch_to(in_order((*levels, level)))
    walk = current_walk()
    if walk is not None:
        walk.reuse = False


def for_each_example(x: Any) -> Any:
    """Return a tensor that is another one in each example of the vmaps that are running.

    What a gradient is taken by inside vmap must be such, or it gets the sum over all examples.
    """
    missing = missing_in(x._array, tuple([level for level in running() if level.is_open]))
    return Lift.apply(x, levels=missing) if missing else x


def lifted(inputs: tuple[Any, ...], levels: Levels) -> tuple[Any, ...]:
    """Return a call's inputs, those that require grad in all levels of the call.

    The very tuple that came goes back where there is nothing to lift.
    """
    result = inputs
    for i, x in enumerate(inputs):
        if isinstance(x, TensorBase) and x._requires_grad:
            missing = missing_in(x._array, levels)
            if missing:
                result = (*result[:i], Lift.apply(x, levels=missing), *result[i + 1 :])
    return result


class LevelOp(Op):
    """Base of the ops that change the levels of a tensor: they see the batched arrays as such."""

    complex = LINEAR
    linear = True


class ToBatched(LevelOp):
    """One dimension becomes a level: (*, B, *) -> (*) of B examples."""

    @staticmethod
    def forward(x: Array, *, dim: int, level: Level) -> Array:
        levels: Levels = x.levels if isinstance(x, Example) else ()
        x = values_of(x)
        every = in_order([*levels, level])
        return Example(_moved(x, dim + len(levels), every.index(level)), every)

    @staticmethod
    def backward(ctx: Any, grad: Any) -> Grads:
        return FromBatched.apply(grad, dim=ctx.dim, level=ctx.level)


class FromBatched(LevelOp):
    """A level becomes a dimension: (*) of B examples -> (*, B, *)."""

    @staticmethod
    def forward(x: Array, *, dim: int, level: Level) -> Array:
        levels: Levels = ()
        payload = x
        if isinstance(x, Example):
            payload, levels = x.payload, x.levels
        lead = len(levels)
        if level not in levels:  # the same for all examples
            at = (*payload.shape[:lead], level.size, *payload.shape[lead:])
            payload = np.broadcast_to(np.expand_dims(payload, lead), at)
        else:
            lead -= 1
            payload = _moved(payload, levels.index(level), lead)
            levels = tuple([known for known in levels if known is not level])
        payload = _moved(payload, lead, lead + dim)
        return Example(payload, levels) if levels else payload

    @staticmethod
    def backward(ctx: Any, grad: Any) -> Grads:
        enter_again(ctx.level)
        return ToBatched.apply(grad, dim=ctx.dim, level=ctx.level)


def leave(x: Any, levels: Levels) -> Any:
    """Turn levels into dimensions, the first ones."""
    for level in reversed(levels):
        x = FromBatched.apply(x, dim=0, level=level)
    return x


def enter(x: Any, levels: Levels) -> Any:
    """Undo :func:`leave`."""
    for level in levels:
        x = ToBatched.apply(x, dim=0, level=level)
    return x


class Lift(LevelOp):
    """The same for all examples of further levels: (*) -> (*)."""

    @staticmethod
    def forward(x: Array, *, levels: Levels) -> Array:
        full = lift(x, levels)
        payload = full.payload[...]
        payload.flags.writeable = False  # it is no view, so history would not know of writes
        return Example(payload, full.levels)

    @staticmethod
    def backward(ctx: Any, grad: Any) -> Grads:
        return Lower.apply(grad, levels=ctx.levels)


class Lower(LevelOp):
    """Sum over the examples of levels: (*) -> (*)."""

    @staticmethod
    @quiet  # sums of float16 overflow
    def forward(x: Array, *, levels: Levels) -> Array:
        full = lift(x, levels)
        axes = tuple([i for i, level in enumerate(full.levels) if level in levels])
        rest = tuple([level for level in full.levels if level not in levels])
        total = add_floats(full.payload, axes).astype(full.dtype, copy=False)
        return Example(total, rest) if rest else np.asarray(total)

    @staticmethod
    def backward(ctx: Any, grad: Any) -> Grads:
        for level in ctx.levels:
            enter_again(level)
        return Lift.apply(grad, levels=ctx.levels)


def _moved(x: Array, source: int, to: int) -> Array:
    return x if source == to else np.moveaxis(x, source, to)
