"""How an op is computed on the examples of a batch.

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
from typing import Any

import numpy as np

from minitorch.autograd.op import Op
from minitorch.autograd.vmap.batch import Batch, levels_of, lift, without_repeats
from minitorch.autograd.vmap.example import Example, Level, Levels, examples_in, shared
from minitorch.core.silence import quiet
from minitorch.core.size import check_broadcast


@quiet
def compute(op: type[Op], arrays: Any, params: dict[str, Any], levels: Levels) -> Any:
    """Compute an op on arrays of which some are batched (Note [Batched tensors]).

    Dtypes are decided by what one example shows: a batch of 0-d tensors still counts as one.
    """
    if op.promotion is not None:
        arrays = op.promotion(list(arrays))
    if _has_repeats(arrays, params):
        arrays = [without_repeats(x) for x in arrays]
        params = {name: without_repeats(value) for name, value in params.items()}
        needed = levels_of(arrays, params)
        if needed and needed != levels:  # compute once what repeats along a level
            out = compute(op, arrays, params, needed)
            again = [lift(x, levels) for x in _listed(out)]
            return tuple(again) if type(out) is tuple else again[0]
    batch = Batch(levels, arrays)
    has_batched_params = any(map(examples_in, params.values()))
    try:
        if not any(batch.has) and not has_batched_params:  # each example is the same
            return _repeated_results(op.forward(*arrays, **params), batch)
        out = NotImplemented
        if 0 in batch.sizes and not op.is_view:
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
    if isinstance(out, np.ndarray) and out.shape[: batch.lead] == batch.sizes:  # the usual case
        return Example(out, levels)
    return _example(out, batch)


def _has_repeats(arrays: Any, params: dict[str, Any]) -> bool:
    """Whether some array may repeat one example along a level: a step of 0 says so."""
    for x in arrays:
        if type(x) is Example and 0 in x.payload.strides[: len(x.levels)]:
            return True
    for value in params.values():
        if type(value) is Example or type(value) is tuple:
            for x in examples_in(value):
                if 0 in x.payload.strides[: len(x.levels)]:
                    return True
    return False


def _repeated_results(out: Any, batch: Batch) -> Any:
    results = [np.asarray(x) for x in _listed(out)]
    copies = [Example(shared(x, batch.sizes + x.shape), batch.levels) for x in results]
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
    out = np.asarray(out)
    if out.shape[: batch.lead] != batch.sizes:
        out = batch.full(out)
    return Example(out, batch.levels)


def _by_element(op: type[Op], batch: Batch, arrays: Any, params: dict[str, Any]) -> Any:
    """Call an op once, the dimensions of batches in front of those that broadcast."""
    ndim = 0
    for x in arrays:
        if isinstance(x, np.ndarray) and x.ndim > ndim:
            ndim = x.ndim
    aligned = list(arrays)
    for i, x in enumerate(arrays):
        if type(x) is Example:
            same = x.levels == batch.levels
            payload = x.payload if same else batch.align(x)
            aligned[i] = payload if x.ndim == ndim else batch.widened(payload, ndim, i)
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
