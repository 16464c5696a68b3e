"""The gradient of a custom function: what its ``backward`` is given, and what it may return."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from sys import getrefcount
from typing import Any, ClassVar

import numpy as np

from minitorch.autograd.function.node import NO_TENSOR, FunctionNode
from minitorch.autograd.grad_mode import is_grad_enabled
from minitorch.autograd.node import alias
from minitorch.autograd.op import Op
from minitorch.autograd.variable import TensorBase
from minitorch.core.layout import is_expanded

_ndarray = np.ndarray


class CustomOp(Op):
    """A custom function as the engine sees it: one subclass for each."""

    function: ClassVar[Any]
    materializes = False  # it is for each call to say, and done here

    @classmethod
    def apply(cls, *inputs: Any, **params: Any) -> Any:
        """Call the function."""
        return cls.function.apply(*inputs)

    @classmethod
    def call_batched(cls, inputs: tuple[Any, ...], levels: Any) -> Any:
        """Call the function on arguments of which some are batched."""
        from minitorch.autograd.function.transforms import apply_to_batch  # what is rare waits

        return apply_to_batch(cls.function, inputs, levels[-1])

    @classmethod
    def with_tangents(cls, args: tuple[Any, ...], tangents: tuple[Any, ...]) -> Any:
        """Call the function on arguments without tangents, and its ``jvp`` on these.

        Returns:
            The result, and a tuple: for each part of it the tangent, or None.
        """
        from minitorch.autograd.function.transforms import with_tangents  # what is rare waits

        return with_tangents(cls.function, args, tangents)

    @classmethod
    def backward(cls, ctx: FunctionNode, *grads: Any) -> Any:
        """Call the user's rule; return a checked gradient for each argument that is a tensor."""
        for g in grads:
            if g is None:
                if ctx.materialize_grads:
                    grads = _materialized(ctx, grads)
                break
        # Of a sum they are expanded: in PyTorch, too, where many a rule comes to grief on them.
        grads = tuple([g.clone() if g is not None and is_expanded(g._array) else g for g in grads])
        results = rule_of(cls.function)(ctx, *grads)
        if not isinstance(results, tuple):
            results = (results,)
        if len(results) != ctx._count:
            results = _without_extra_nones(ctx, results)
        arguments = ctx._arguments
        if len(arguments) != ctx._count:
            _check_others(ctx, results)
            results = tuple([results[i] for i in arguments])
        return _checked(ctx, results, grads)


def rule_of(function: Any) -> Any:
    """Return a function's backward, which may be called ``vjp``.

    Raises:
        RuntimeError: if it has both.
    """
    from minitorch.autograd.function.function import Function

    if function.vjp is Function.vjp:
        return function.backward
    if function.backward is not Function.backward:
        raise RuntimeError(
            "Implementing both 'backward' and 'vjp' for a custom Function is not allowed. You "
            f"should only implement one of them; {function.__name__} has both."
        )
    return function.vjp


def _materialized(ctx: FunctionNode, grads: Sequence[Any]) -> tuple[Any, ...]:
    """Put zeros where no gradient came."""
    wrap = TensorBase._result_class._wrap
    return tuple(
        [
            wrap(np.zeros(*about)) if g is None and about is not NO_TENSOR else g
            for g, about in zip(grads, ctx._outputs, strict=True)
        ]
    )


def _without_extra_nones(ctx: FunctionNode, results: tuple[Any, ...]) -> tuple[Any, ...]:
    expected = ctx._count
    if len(results) > expected and all([r is None for r in results[expected:]]):
        return results[:expected]
    names = argument_names(ctx._forward_cls, expected)
    raise RuntimeError(
        f"function {ctx.name()} returned an incorrect number of gradients (expected {expected}, "
        f"got {len(results)}): one is due for each argument of {ctx._forward_cls.__name__}, "
        f"({', '.join(names)}), None for those without."
        " [explain: function-gradients]"
    )


def _check_others(ctx: FunctionNode, results: tuple[Any, ...]) -> None:
    """Refuse gradients of arguments that are no tensors."""
    for i, grad in enumerate(results):
        if grad is not None and i not in ctx._arguments:
            raise RuntimeError(
                f"function {ctx.name()} returned a gradient different than None at position "
                f"{i + 1}, but the corresponding forward input was not a Variable: return None "
                f"for the argument {_argument(ctx, i)}."
                " [explain: function-gradients]"
            )


def _checked(ctx: FunctionNode, results: tuple[Any, ...], grads: tuple[Any, ...]) -> Any:
    recording = is_grad_enabled()
    replaced: list[Any] | None = None
    for i, edge in enumerate(ctx._edges):
        grad = results[i]
        if grad is None:
            continue
        if not isinstance(grad, TensorBase):
            raise RuntimeError(
                f"expected Variable or None (got {type(grad).__name__}) as the gradient that "
                f"{ctx.name()} returned for the argument {_argument(ctx, ctx._arguments[i])}"
                " [explain: function-gradients]"
            )
        if edge is None:
            continue
        array = grad._array
        shape = edge[0]._outputs[edge[1]][0]
        if array.shape != shape and not _broadcasts(shape, array.shape):
            raise RuntimeError(
                f"Function {ctx.name()} returned an invalid gradient at index {i} - got "
                f"{list(array.shape)} but expected shape compatible with {list(shape)}, that of "
                f"the argument {_argument(ctx, ctx._arguments[i])}."
                " [explain: function-gradients]"
            )
        # The engine may write into what nobody else holds. That is seen by counting: the tuple, a
        # name here and the call hold a tensor; the tensor, a name here and the call its array.
        if not recording and (getrefcount(grad) > 3 or getrefcount(array) > 3):
            for g in grads:
                if g is grad:
                    break
            else:
                replaced = replaced or list(results)
                replaced[i] = _shared(grad)
    return results if replaced is None else tuple(replaced)


def _shared(grad: Any) -> Any:
    """Return another tensor whose array shows that it is not its own."""
    other = alias(grad, grad._grad_fn, grad._output_index)
    if type(grad._array) is _ndarray:
        other._array = grad._array[...]
    return other


def _broadcasts(shape: tuple[int, ...], to: tuple[int, ...]) -> bool:
    """Whether a tensor of one shape broadcasts to another."""
    if len(shape) > len(to):
        return False
    pairs = zip(reversed(shape), reversed(to), strict=False)
    return all([m == n or m == 1 for m, n in pairs])


def argument_names(function: Any, count: int) -> list[str]:
    """Return the names of forward's arguments, as its signature has them."""
    from minitorch.autograd.function.function import Function

    try:
        parameters = list(inspect.signature(function.forward).parameters.values())
    except (TypeError, ValueError):
        parameters = []
    if function.setup_context is Function.setup_context:
        parameters = parameters[1:]  # ctx
    names = [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    rest = next((p.name for p in parameters if p.kind is p.VAR_POSITIONAL), "args")
    return [*names[:count], *[f"{rest}[{i}]" for i in range(count - len(names))]]


def _argument(ctx: FunctionNode, i: int) -> str:
    function = ctx._forward_cls
    return f"'{argument_names(function, ctx._count)[i]}' of {function.__name__}.forward"
