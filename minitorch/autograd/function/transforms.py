"""Custom functions in forward mode and in vmap."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from minitorch.autograd.function.call import call, marked
from minitorch.autograd.function.node import FunctionNode
from minitorch.autograd.variable import TensorBase
from minitorch.autograd.vmap.batch import levels_of
from minitorch.autograd.vmap.example import Example, Level
from minitorch.autograd.vmap.levels import FromBatched, ToBatched, lifted, running, switch_to
from minitorch.core.dtypes import is_differentiable


class VmapInfo(NamedTuple):
    """What a function's own rule for vmap is told."""

    batch_size: int
    randomness: str


# Forward mode


def with_tangents(
    function: Any, args: tuple[Any, ...], tangents: tuple[Any, ...]
) -> tuple[Any, tuple[Any, ...]]:
    """Call a function and its ``jvp``.

    Args:
        function: a subclass of ``Function``.
        args: the arguments, without the tangents of this level.
        tangents: for each argument its tangent, or None.

    Returns:
        What the function returned; and for each part of it the tangent, None where there is none.

    Raises:
        RuntimeError: if ``jvp`` gives the wrong number, or what is no tangent.
    """
    if function._has_setup:  # so the call below may go through other levels
        result = function.apply(*args)
        ctx = object.__new__(function._backward_cls)
        ctx.needs_input_grad = tuple([isinstance(x, TensorBase) and x._requires_grad for x in args])
        function.setup_context(ctx, args, result)
        ctx._apart = marked(ctx, result if isinstance(result, tuple) else (result,))
    else:
        result, ctx = call(function, args)
    outputs = result if isinstance(result, tuple) else (result,)
    return result, _tangents(ctx, function, args, tangents, outputs)


def _tangents(
    ctx: FunctionNode,
    function: Any,
    args: tuple[Any, ...],
    tangents: tuple[Any, ...],
    outputs: tuple[Any, ...],
) -> tuple[Any, ...]:
    if ctx.materialize_grads:
        tangents = tuple(
            [
                _zeros_like(x) if t is None and isinstance(x, TensorBase) else t
                for t, x in zip(tangents, args, strict=True)
            ]
        )
    ctx.saved_for_forward = ctx.saved_for_forward or ()
    try:
        results = function.jvp(ctx, *tangents)
    finally:
        del ctx.saved_for_forward
    if not isinstance(results, tuple):
        results = (results,)
    if len(results) != len(outputs):
        raise RuntimeError(
            "Function's jvp returned an invalid number of forward gradients (expected "
            f"{len(outputs)} but got {len(results)}): {function.__name__}.jvp returns one for each "
            "output of forward."
        )
    for i, (tangent, output) in enumerate(zip(results, outputs, strict=True)):
        _check_tangent(function, i, tangent, output, i in ctx._apart)
    return tuple(results)


def _zeros_like(x: TensorBase) -> Any:
    return x._plain(np.zeros(x._array.shape, x._array.dtype))


def _check_tangent(function: Any, i: int, tangent: Any, output: Any, apart: bool) -> None:
    where = f"{function.__name__}.jvp, output {i}"
    if tangent is None:
        return
    if not isinstance(tangent, TensorBase):
        raise RuntimeError(
            f"expected Variable or None (got {type(tangent).__name__}) for grad output {i}: {where}"
        )
    if not isinstance(output, TensorBase) or not is_differentiable(output._array.dtype) or apart:
        raise RuntimeError(
            f"Function's jvp returned a gradient at position {i}, but the corresponding forward "
            "output is not a differentiable Tensor. You should return None at that position "
            f"instead: {where}."
        )
    if tangent._array.shape != output._array.shape:
        raise RuntimeError(
            "Trying to set a forward gradient that has a different size than that of the original "
            f"Tensor, this is not supported. Tensor is of size {list(output._array.shape)} while "
            f"the given forward gradient is of size {list(tangent._array.shape)}: {where}."
        )


# vmap


def apply_to_batch(function: Any, args: tuple[Any, ...], level: Level) -> Any:
    """Call a function on arguments of which some are batched (Note [Batched tensors]).

    Raises:
        RuntimeError: if it has no rule for that, or two.
    """
    from minitorch.autograd.function.function import Function

    name = function.__name__
    own = function.vmap is not Function.vmap
    if own and function.generate_vmap_rule:
        raise RuntimeError(
            f"You tried to vmap over {name}, but it has both generate_vmap_rule=True and an "
            "overriden vmap staticmethod. Please set generate_vmap_rule=False or delete the "
            "overriden vmap staticmethod to avoid ambiguity. For more details, please see "
            "https://pytorch.org/docs/main/notes/extending.func.html"
        )
    if own:
        return _apply_own_rule(function, args, level)
    if not function.generate_vmap_rule:
        raise RuntimeError(
            f"You tried to vmap over {name}, but it does not have vmap support. Please override "
            "and implement the vmap staticmethod or set generate_vmap_rule=True. For more details, "
            "please see https://pytorch.org/docs/main/notes/extending.func.html"
        )
    arrays = [x._array for x in args if isinstance(x, TensorBase)]
    return call(function, lifted(args, levels_of(arrays, {})))[0]


def _apply_own_rule(function: Any, args: tuple[Any, ...], level: Level) -> Any:
    """Leave the innermost level, let the function's rule compute the batch, and enter again."""
    before = running()
    in_dims = tuple([0 if _is_of(x, level) else None for x in args])
    plain = [
        x if d is None else FromBatched.apply(x, dim=0, level=level)
        for x, d in zip(args, in_dims, strict=True)
    ]
    switch_to(tuple([known for known in before if known is not level]))
    try:
        answer = function.vmap(VmapInfo(level.size, level.randomness), in_dims, *plain)
    finally:
        switch_to(before)
    if not isinstance(answer, tuple) or len(answer) != 2:
        raise RuntimeError(
            f"Expected the vmap staticmethod of {function.__name__} to return a tuple of two, "
            f"(output, out_dims), but got {type(answer).__name__}"
        )
    output, out_dims = answer
    if not isinstance(output, tuple):
        return _entered(function, output, out_dims, level)
    dims = out_dims if isinstance(out_dims, tuple) else (out_dims,) * len(output)
    if len(dims) != len(output):
        raise ValueError(
            f"The vmap staticmethod of {function.__name__} returned {len(output)} outputs, and "
            f"out_dims for {len(dims)}"
        )
    return tuple([_entered(function, x, d, level) for x, d in zip(output, dims, strict=True)])


def _is_of(x: Any, level: Level) -> bool:
    return (
        isinstance(x, TensorBase)
        and isinstance(x._array, Example)
        and any([known is level for known in x._array.levels])
    )


def _entered(function: Any, x: Any, dim: int | None, level: Level) -> Any:
    """Return one output as the examples of a level.

    Raises:
        ValueError: if the dimension that the rule names does not hold them.
    """
    if dim is None or not isinstance(x, TensorBase):
        return x
    shape = x._array.shape
    if not -len(shape) <= dim < len(shape) or shape[dim] != level.size:
        raise ValueError(
            f"The vmap staticmethod of {function.__name__} returned out_dim {dim} for an output of "
            f"shape {list(shape)}, which has no dimension of {level.size} examples there. None "
            "means that it is the same for all."
        )
    return ToBatched.apply(x, dim=dim % len(shape), level=level)
