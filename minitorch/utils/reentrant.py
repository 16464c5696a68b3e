"""The re-entrant checkpoint: a node whose rule runs the forward again, and then backward."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

from minitorch.autograd.differentiate import backward
from minitorch.autograd.engine import current_walk
from minitorch.autograd.function.function import Function
from minitorch.autograd.grad_mode import enable_grad, no_grad
from minitorch.random import fork_rng, get_rng_state, set_rng_state
from minitorch.tensor import Tensor


class CheckpointFunction(Function):
    """What ``checkpoint(..., use_reentrant=True)`` records of the whole function."""

    @staticmethod
    def forward(
        ctx: Any, function: Callable[..., Any], preserve_rng_state: bool, *args: Any
    ) -> Any:
        if not any([isinstance(x, Tensor) and x.requires_grad for x in args]):
            warnings.warn(
                "None of the inputs have requires_grad=True. Gradients will be None: with "
                "use_reentrant=False, parameters inside get theirs.",
                UserWarning,
                stacklevel=4,
            )
        ctx.function = function
        ctx.random_state = get_rng_state() if preserve_rng_state else None
        # Tensors are saved as such; the others, and None in the tensors' places, as attributes.
        ctx.others = [None if isinstance(x, Tensor) else x for x in args]
        ctx.places = [i for i, x in enumerate(args) if isinstance(x, Tensor)]
        ctx.save_for_backward(*[args[i] for i in ctx.places])
        with no_grad():
            return function(*args)

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        walk = current_walk()
        if walk is not None and walk.pruned:
            raise RuntimeError(
                "When use_reentrant=True, torch.utils.checkpoint is incompatible with .grad() or "
                "passing an `inputs` parameter to .backward(). To resolve this error, you can "
                "either set use_reentrant=False, or call .backward() without passing the `inputs` "
                "argument."
            )
        inputs = list(ctx.others)
        for i, x in zip(ctx.places, ctx.saved_tensors, strict=True):
            inputs[i] = x.detach()
            inputs[i].requires_grad = x.requires_grad
        with fork_rng(enabled=ctx.random_state is not None), enable_grad():
            if ctx.random_state is not None:
                set_rng_state(ctx.random_state)
            outputs = ctx.function(*inputs)
        pairs = [
            (y, grad)
            for y, grad in zip(
                outputs if isinstance(outputs, tuple) else (outputs,), grads, strict=True
            )
            if isinstance(y, Tensor) and y.requires_grad
        ]
        if not pairs:
            raise RuntimeError(
                "none of output has requires_grad=True, this checkpoint() is not necessary"
            )
        backward([y for y, _ in pairs], [grad for _, grad in pairs])
        return (None, None, *[x.grad if isinstance(x, Tensor) else None for x in inputs])
