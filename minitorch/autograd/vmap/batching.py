"""How an op is computed on the examples of a batch: vmap is this and nothing else.

Note [Batched tensors]
~~~~~~~~~~~~~~~~~~~~~~
Inside ``vmap`` a tensor's ``_array`` is an ``Example``: it looks like the array of one example, and
its ``payload`` holds all, one leading dimension for each level (a call of vmap) that it belongs to,
the outermost first. Everything that is not computing, recording, saving, edges, checks of shapes,
sees one example and needs no other code. What computes, the forward of an op, is done here:

* an op that is ``elementwise`` is called once, with payloads aligned so that they broadcast;
* an op with a rule, ``batched(batch, *arrays, **params)``, computes all at once, where that pays;
* any other op is called for each example, and the results are stacked.

A gradient rule is written in ops and so needs no second form. But an edge leads to a tensor of the
levels that the gradient has: an input that requires grad and lacks some of a call's levels goes
through ``Lift`` first, whose own rule sums over them. ``ToBatched`` and ``FromBatched`` enter and
leave a level; the gradient enters it again on the way back.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from minitorch.autograd import layers as watching
from minitorch.autograd.engine import current_walk
from minitorch.autograd.grad_mode import is_grad_enabled
from minitorch.autograd.layers import Watch
from minitorch.autograd.op import (
    Array,
    Grads,
    Op,
    _result,
    check_broadcast,
    record,
    refresh,
)
from minitorch.autograd.variable import VOLATILE, TensorBase
from minitorch.autograd.vmap.example import (
    Example,
    Level,
    Levels,
    count,
    examples_in,
    in_order,
    shape_mismatch,
    values_of,
)
from minitorch.core.silence import silence


class Batch:
    """What a ``batched`` rule is told of the batch.

    Arrays that are batched have ``lead`` dimensions in front of those of an example: of the sizes
    ``sizes``, or 1 where the array does not belong to that level.
    """

    __slots__ = ("has", "lead", "levels", "sizes")

    def __init__(self, levels: Levels, arrays: Any = ()) -> None:
        self.levels = levels
        self.sizes = tuple([level.size for level in levels])
        self.lead = len(levels)
        self.has = tuple([isinstance(x, Example) for x in arrays])  # which inputs are batched

    @property
    def count(self) -> int:
        """How many examples there are."""
        return count(self.levels)

    def align(self, x: Any) -> Any:
        """Return the payload of a batched array with all leading dimensions; others as they are."""
        if not isinstance(x, Example):
            return x
        if x.levels == self.levels:
            return x.payload
        lead = tuple([level.size if level in x.levels else 1 for level in self.levels])
        return x.payload.reshape(lead + x.shape)

    def widened(self, x: Any, ndim: int, index: int | None = None) -> Any:
        """Return an array whose examples have ``ndim`` dimensions, the new ones in front."""
        if not isinstance(x, np.ndarray) or (index is not None and not self.has[index]):
            return x  # what is not batched broadcasts by itself
        missing = ndim - (x.ndim - self.lead)
        return x.reshape(x.shape[: self.lead] + (1,) * missing + x.shape[self.lead :])

    def full(self, x: Array, index: int | None = None) -> Array:
        """Return an aligned array in all ``sizes``, also one that is the same for all examples.

        Args:
            x: aligned, or not batched.
            index: which input it is; None for an array known to be batched.
        """
        if index is not None and not self.has[index]:
            return np.broadcast_to(x, self.sizes + x.shape)
        if x.shape[: self.lead] == self.sizes:
            return x
        return np.broadcast_to(x, self.sizes + x.shape[self.lead :])

    def whole(self, param: Array) -> Array:
        """Return an array of a parameter, batched or not, in all ``sizes``."""
        x = self.align(param)
        return np.broadcast_to(x, self.sizes + x.shape) if x is param else self.full(x)

    def folded(self, x: Array, index: int | None = None) -> Array:
        """As :meth:`full`, all examples in one dimension: (count, *)."""
        x = self.full(x, index)
        return x if self.lead == 1 else x.reshape(self.count, *x.shape[self.lead :])

    def merged(self, x: Array, index: int | None = None) -> Array:
        """As :meth:`full`, with the leading dimensions in the example's first: (count * N, *)."""
        x = self.full(x, index)
        return x.reshape(self.count * x.shape[self.lead], *x.shape[self.lead + 1 :])

    def split(self, x: Array) -> Array:
        """Undo :meth:`merged`: (count * N, *) -> (*sizes, N, *)."""
        return x.reshape(*self.sizes, x.shape[0] // max(self.count, 1), *x.shape[1:])

    def unfolded(self, x: Array) -> Array:
        """Undo :meth:`folded`: (count, *) -> (*sizes, *)."""
        return x if self.lead == 1 else x.reshape(self.sizes + x.shape[1:])

    def dim(self, dim: int, x: Array) -> int:
        """Return where dimension ``dim`` of an example is in ``x``, which is aligned."""
        return dim % max(x.ndim - self.lead, 1) + self.lead

    def dims(self, dims: tuple[int, ...], x: Array) -> tuple[int, ...]:
        """As :meth:`dim`, of several."""
        return tuple([self.dim(d, x) for d in dims])

    def inner(self, x: Array) -> tuple[int, ...]:
        """Return all dimensions of an aligned array that are an example's."""
        return tuple(range(self.lead, x.ndim))


def is_needed(arrays: Any, params: dict[str, Any]) -> bool:
    """Whether an array among the operands or parameters is batched."""
    for x in arrays:
        if isinstance(x, Example):
            return True
    return any([examples_in(value) for value in params.values()])


def levels_of(arrays: Any, params: dict[str, Any]) -> Levels:
    """Return all levels that the operands and parameters belong to, the outermost first."""
    batched = [x for value in (arrays, *params.values()) for x in examples_in(value)]
    return in_order([level for x in batched for level in x.levels])


def compute(op: type[Op], arrays: Any, params: dict[str, Any]) -> Any:
    """Compute an op on arrays of which some are batched (Note [Batched tensors]).

    Dtypes are decided by what one example shows: a batch of 0-d tensors still counts as one.
    """
    if issubclass(op, LevelOp):
        return op.forward(*arrays, **params)
    levels = levels_of(arrays, params)
    if op.promotion is not None:
        arrays = op.promotion(list(arrays))
    arrays = [_without_repeats(x) for x in arrays]
    params = {name: _without_repeats(value) for name, value in params.items()}
    needed = levels_of(arrays, params)
    if needed and needed != levels:  # compute once what repeats along a level, and repeat it again
        out = compute(op, arrays, params)
        again = [Lift.forward(x, levels=levels) for x in _listed(out)]
        return tuple(again) if type(out) is tuple else again[0]
    batch = Batch(levels, arrays)
    has_batched_params = any(map(examples_in, params.values()))
    try:
        if not any(batch.has) and not has_batched_params:  # each example is the same
            return _repeated_results(op.forward(*arrays, **params), batch)
        out = NotImplemented
        if not batch.count and not op.is_view:
            pass  # no rule need think of no examples
        elif op.batched_params or not has_batched_params:
            if op.batched is not None:
                out = op.batched(batch, *[batch.align(x) for x in arrays], **params)
            elif op.elementwise:
                out = _by_element(op, batch, arrays, params)
        if out is NotImplemented:
            out = _one_by_one(op, batch, arrays, params)
    except (RuntimeError, ValueError, IndexError, TypeError):
        _complain_of_one(op, batch, arrays, params)
        raise
    if type(out) is tuple:
        return tuple([_example(x, batch) for x in out])
    return _example(out, batch)


def _without_repeats(x: Any) -> Any:
    """Return a batched array without the levels along which it repeats one example.

    Weights are such: gradients for each sample lift them, and would multiply by each copy.
    """
    if isinstance(x, tuple):
        return tuple([_without_repeats(item) for item in x])
    if not isinstance(x, Example):
        return x
    payload, lead = x.payload, len(x.levels)
    steps = list(zip(payload.shape[:lead], payload.strides[:lead], strict=True))
    if not any([n > 1 and step == 0 for n, step in steps]):
        return x
    kept = tuple([level for level, (n, step) in zip(x.levels, steps, strict=True) if step or n < 2])
    once = payload[(*[slice(None) if step or n < 2 else 0 for n, step in steps], ...)]
    return Example(once, kept) if kept else once


def _repeated_results(out: Any, batch: Batch) -> Any:
    results = [np.asarray(x) for x in _listed(out)]
    copies = [Example(np.broadcast_to(x, batch.sizes + x.shape), batch.levels) for x in results]
    return tuple(copies) if type(out) is tuple else copies[0]


def _complain_of_one(op: type[Op], batch: Batch, arrays: Any, params: dict[str, Any]) -> None:
    """Let the forward of one example fail, where it does: its error names sizes the user knows."""
    if not batch.count:
        return
    at: dict[Level, int] = dict.fromkeys(batch.levels, 0)
    operands = [_at(x, at) for x in arrays]
    try:
        op.forward(*operands, **_params_at(params, at))
    except ValueError as error:
        if "broadcast" in str(error):
            check_broadcast(operands)
        raise


def _example(out: Any, batch: Batch) -> Example:
    return Example(batch.full(np.asarray(out)), batch.levels)


def _by_element(op: type[Op], batch: Batch, arrays: Any, params: dict[str, Any]) -> Any:
    """Call an op once, the dimensions of batches in front of those that broadcast."""
    ndim = max([x.ndim for x in arrays if isinstance(x, np.ndarray)])
    aligned = [batch.widened(batch.align(x), ndim, i) for i, x in enumerate(arrays)]
    return op.forward(*aligned, **params)


def _one_by_one(op: type[Op], batch: Batch, arrays: Any, params: dict[str, Any]) -> Any:
    """Call an op for each example, and stack the results."""
    results = [
        op.forward(*[_at(x, places) for x in arrays], **_params_at(params, places))
        for places in _places(batch)
    ]
    if not results:  # what shape would they have?
        out = _of_blanks(op, arrays, params)
        empty = [np.empty((*batch.sizes, *np.shape(x)), np.asarray(x).dtype) for x in _listed(out)]
        return tuple(empty) if type(out) is tuple else empty[0]
    if type(results[0]) is not tuple:
        return np.stack(results).reshape(batch.sizes + np.shape(results[0]))
    parts = [np.stack(part) for part in zip(*results, strict=True)]
    return tuple([x.reshape(batch.sizes + x.shape[1:]) for x in parts])


def _of_blanks(op: type[Op], arrays: Any, params: dict[str, Any]) -> Any:
    """Call an op where there is no example: of zeros, or of ones where those divide."""
    try:
        return op.forward(
            *[_blank(x, 0) for x in arrays], **{k: _blank(v, 0) for k, v in params.items()}
        )
    except (RuntimeError, ValueError, IndexError):
        return op.forward(
            *[_blank(x, 1) for x in arrays], **{k: _blank(v, 1) for k, v in params.items()}
        )


def _listed(out: Any) -> Any:
    return out if type(out) is tuple else (out,)


def _places(batch: Batch) -> Iterator[dict[Level, int]]:
    for index in np.ndindex(batch.sizes):
        yield dict(zip(batch.levels, index, strict=True))


def _at(x: Any, places: dict[Level, int]) -> Any:
    """Return one example of a batched array; what is not batched as it is."""
    if isinstance(x, Example):
        index: Any = (*[places[level] for level in x.levels], ...)
        return x.payload[index]
    if isinstance(x, tuple):
        return tuple([_at(item, places) for item in x])
    return x


def _params_at(params: dict[str, Any], places: dict[Level, int]) -> dict[str, Any]:
    return {name: _at(value, places) for name, value in params.items()}


def _blank(x: Any, value: int) -> Any:
    """Return one value in place of an example, where there is none."""
    if isinstance(x, Example):
        return np.full(x.shape, value, x.dtype)
    return tuple([_blank(item, value) for item in x]) if isinstance(x, tuple) else x


class LevelOp(Op):
    """Base of the ops that change the levels of a tensor: they see the batched arrays as such."""

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


class Lift(LevelOp):
    """The same for all examples of further levels: (*) -> (*)."""

    @staticmethod
    def forward(x: Array, *, levels: Levels) -> Array:
        before: Levels = x.levels if isinstance(x, Example) else ()
        if isinstance(x, Example) and x.levels == levels:
            return x
        every = in_order([*before, *levels])
        batch = Batch(every)
        payload = batch.align(x)
        return Example(batch.full(payload) if before else _repeated(x, batch), every)

    @staticmethod
    def backward(ctx: Any, grad: Any) -> Grads:
        return Lower.apply(grad, levels=ctx.levels)


class Lower(LevelOp):
    """Sum over the examples of levels: (*) -> (*)."""

    @staticmethod
    def forward(x: Array, *, levels: Levels) -> Array:
        full = Lift.forward(x, levels=levels)
        assert isinstance(full, Example), "lifted to a level"
        axes = tuple([i for i, level in enumerate(full.levels) if level in levels])
        rest = tuple([level for level in full.levels if level not in levels])
        total = full.payload.sum(axes, dtype=full.dtype)
        return Example(total, rest) if rest else np.asarray(total)

    @staticmethod
    def backward(ctx: Any, grad: Any) -> Grads:
        for level in ctx.levels:
            enter_again(level)
        return Lift.apply(grad, levels=ctx.levels)


def _repeated(x: Array, batch: Batch) -> Array:
    return np.broadcast_to(x, batch.sizes + x.shape)


def _moved(x: Array, source: int, to: int) -> Array:
    return x if source == to else np.moveaxis(x, source, to)


def apply(op: type[Op], inputs: tuple[Any, ...], params: dict[str, Any], watch: Watch) -> Any:
    """Compute and record an op on batched tensors; NotImplemented where none is batched."""
    if not is_needed([x._array for x in inputs if isinstance(x, TensorBase)], params):
        return NotImplemented
    if not issubclass(op, LevelOp):
        inputs = lifted(inputs, params)
    arrays: list[Any] = []
    marks, requires_grad = 0, False
    for x in inputs:
        if isinstance(x, TensorBase):
            marks |= x._special
            if x._base is not None:
                refresh(x)
            requires_grad = requires_grad or x._requires_grad
        arrays.append(x._array if isinstance(x, TensorBase) else x)
    with silence():
        out = compute(op, arrays, params)
    if requires_grad and op.differentiable and is_grad_enabled() and not marks & VOLATILE:
        return record(op, inputs, params, out)
    from minitorch.autograd import special  # which calls this

    results: Any
    if type(out) is tuple:
        results = tuple([_result(op, inputs, x) for x in out])
    else:
        results = _result(op, inputs, out)
    special.mark(op, inputs, results, marks, requires_grad)
    return results


def facing(own: Array, array: Array) -> tuple[Array, Array]:
    """Return where to write and what, as plain arrays, for a write between batched tensors.

    Raises:
        RuntimeError: if the target has no room for the examples' different values.
    """
    levels: Levels = own.levels if isinstance(own, Example) else ()
    if isinstance(array, Example) and any([level not in levels for level in array.levels]):
        raise shape_mismatch("arithmetic", own, array)
    batch = Batch(levels, (own, array))
    room = values_of(own)
    if any([n > 1 and step == 0 for n, step in zip(room.shape, room.strides, strict=True)]):
        raise RuntimeError(
            "unsupported operation: more than one element of the written-to tensor refers to a "
            "single memory location: all examples of the batch share it. Please clone() the "
            "tensor before performing the operation."
        )
    return room, np.broadcast_to(batch.align(array), room.shape)


@contextmanager
def inside(size: int, randomness: str = "error") -> Iterator[Level]:
    """Be inside one more vmap."""
    watch = watching.current()
    outer = () if watch is None else watch.batch_levels
    level = Level(sum([known.is_open for known in outer]) + 1, size, randomness)
    watching.change(batch_levels=(*outer, level))
    try:
        yield level
    finally:
        level.is_open = False
        watching.change(batch_levels=outer)


def enter_again(level: Level) -> None:
    """Let the rest of a walk meet batched gradients: one has come to where its level was left."""
    watch = watching.current()
    levels = () if watch is None else watch.batch_levels
    if level not in levels:
        watching.change(batch_levels=in_order([*levels, level]))
    walk = current_walk()
    if walk is not None:
        walk.reuse = False


def for_each_example(x: Any) -> Any:
    """Return a tensor that is another one in each example of the vmaps that are running.

    What a gradient is taken by inside vmap must be such, or it gets the sum over all examples.
    """
    watch = watching.current()
    levels = (
        () if watch is None else tuple([known for known in watch.batch_levels if known.is_open])
    )
    own: Levels = x._array.levels if isinstance(x._array, Example) else ()
    missing = tuple([level for level in levels if level not in own])
    return Lift.apply(x, levels=missing) if missing else x


def lifted(inputs: tuple[Any, ...], params: dict[str, Any]) -> tuple[Any, ...]:
    """Return a call's inputs, those that require grad in all levels of the call.

    The very tuple that came goes back where there is nothing to lift.
    """
    arrays = [x._array for x in inputs if isinstance(x, TensorBase)]
    levels = levels_of(arrays, params)
    changed = False
    result = list(inputs)
    for i, x in enumerate(inputs):
        if isinstance(x, TensorBase) and x._requires_grad:
            own: Levels = x._array.levels if isinstance(x._array, Example) else ()
            missing = tuple([level for level in levels if level not in own])
            if missing:
                result[i] = Lift.apply(x, levels=missing)
                changed = True
    return tuple(result) if changed else inputs
