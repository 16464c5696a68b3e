"""Recurrences step by step, composed of ops: what their gradients are differentiated by.

Note [Derivatives of recurrences]
    A kernel computes a whole sequence, another one its gradient. What comes after, the gradient of
    the gradient and so on, is asked for rarely: it is left to the engine, which differentiates the
    steps composed here as often as it takes. The rule of a gradient op makes variables of what the
    op was given, runs the steps, takes the gradient and differentiates that.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from minitorch.autograd.differentiate import grad
from minitorch.autograd.grad_mode import is_grad_enabled
from minitorch.autograd.inference import inference_mode
from minitorch.autograd.node import alias
from minitorch.autograd.vmap.levels import for_each_example
from minitorch.ops.elementwise.activation import relu, sigmoid, tanh
from minitorch.ops.shape.joining import cat
from minitorch.ops.shape.view import Alias

if TYPE_CHECKING:
    from minitorch.tensor import Tensor

Steps = Callable[..., tuple[Any, ...]]


def rnn_steps(
    x: Tensor,
    h: Tensor,
    w_ih: Tensor,
    w_hh: Tensor,
    b_ih: Any,
    b_hh: Any,
    *,
    relu: bool,
    **order: Any,
) -> tuple[Tensor, ...]:
    """Return what :class:`Rnn` does."""

    def step(a: Tensor, h: Tensor) -> Any:
        return [_relu(a + _affine(h, w_hh, b_hh)) if relu else tanh(a + _affine(h, w_hh, b_hh))], []

    (hidden,), (h,) = _go_through(step, _affine(x, w_ih, b_ih), [h], **order)
    return hidden, h, hidden


def lstm_steps(
    x: Tensor,
    h: Tensor,
    c: Tensor,
    w_ih: Tensor,
    w_hh: Tensor,
    b_ih: Any,
    b_hh: Any,
    w_hr: Any,
    **order: Any,
) -> tuple[Tensor, ...]:
    """Return what :class:`Lstm` does."""

    def step(a: Tensor, h: Tensor, c: Tensor) -> Any:
        i, f, g, o = (a + _affine(h, w_hh, b_hh)).chunk(4, 1)
        i, f, g, o = sigmoid(i), sigmoid(f), tanh(g), sigmoid(o)
        c = f * c + i * g
        h = o * tanh(c)
        return [h if w_hr is None else h @ w_hr.t(), c], [cat([i, f, g, o], 1)]

    (hidden, cells, gates), (h, c) = _go_through(step, _affine(x, w_ih, b_ih), [h, c], **order)
    return hidden, h, c, hidden, gates, cells


def gru_steps(
    x: Tensor, h: Tensor, w_ih: Tensor, w_hh: Tensor, b_ih: Any, b_hh: Any, **order: Any
) -> tuple[Tensor, ...]:
    """Return what :class:`Gru` does."""

    def step(a: Tensor, h: Tensor) -> Any:
        (x_r, x_z, x_n), (h_r, h_z, h_n) = a.chunk(3, 1), _affine(h, w_hh, b_hh).chunk(3, 1)
        r, z = sigmoid(x_r + h_r), sigmoid(x_z + h_z)
        n = tanh(x_n + r * h_n)
        return [(1 - z) * n + z * h], [cat([r, z, n, h_n], 1)]

    (hidden, gates), (h,) = _go_through(step, _affine(x, w_ih, b_ih), [h], **order)
    return hidden, h, hidden, gates


_relu = relu


def _affine(x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
    product = x @ weight.t()
    return product if bias is None else product + bias


def _go_through(
    step: Callable[..., Any],
    inputs: Tensor,
    states: list[Tensor],
    *,
    batch_sizes: Sequence[int],
    reverse: bool,
) -> tuple[list[Tensor], list[Tensor]]:
    """Return states after all steps, and what else a step gives, packed; and the last states."""
    ends = [sum(batch_sizes[: t + 1]) for t in range(len(batch_sizes))]
    packed: list[list[Tensor]] = []
    for n, end in list(zip(batch_sizes, ends, strict=True))[:: -1 if reverse else 1]:
        new, kept = step(inputs[end - n : end], *[state[:n] for state in states])
        states = [cat([a, b[n:]]) for a, b in zip(new, states, strict=True)]
        packed.append([*new, *kept])
    columns = zip(*packed[:: -1 if reverse else 1], strict=True)
    return [cat(list(column)) for column in columns], states


def first_gradient(
    steps: Steps, given: Sequence[Any], grads: Sequence[Any], wanted: Sequence[bool]
) -> tuple[Any, ...]:
    """Return the gradients of what ``steps(*given)`` returns by what is given, where wanted."""
    recording = is_grad_enabled()
    with inference_mode(False):
        own = _variables(given)
        return _gradient(steps(*own), own, grads, wanted, recording)


def second_gradient(
    steps: Steps,
    given: Sequence[Any],
    grads: Sequence[Any],
    wanted: Sequence[bool],
    seeds: Sequence[Any],
    needs: Sequence[bool],
) -> tuple[Any, ...]:
    """Return the gradients of :func:`first_gradient` by ``grads`` and what is given, if needed.

    Args:
        seeds: gradients of the first gradients, for those that are wanted.
        needs: for each of grads, then of what is given.
    """
    recording = is_grad_enabled()
    with inference_mode(False):
        own, own_grads = _variables(given), _variables(grads)
        firsts = _gradient(steps(*own), own, own_grads, wanted, True)
        firsts = tuple([first for first, w in zip(firsts, wanted, strict=True) if w])
        return _gradient(firsts, [*own_grads, *own], seeds, needs, recording)


def _variables(tensors: Sequence[Any]) -> list[Any]:
    """Return tensors to differentiate by: what they were computed from lies behind them."""
    own = []
    for x in tensors:
        if x is not None:
            x = for_each_example(Alias.apply(x) if x.requires_grad else alias(x, None, 0))
            x._requires_grad = True
        own.append(x)
    return own


def _gradient(
    outputs: Sequence[Any],
    inputs: Sequence[Any],
    grads: Sequence[Any],
    wanted: Sequence[bool],
    recording: bool,
) -> tuple[Any, ...]:
    """Return the gradients that are wanted, None for the others."""
    used = [
        (out, g)
        for out, g in zip(outputs, grads, strict=True)
        if g is not None and out is not None and out.requires_grad
    ]
    targets = [x for x, w in zip(inputs, wanted, strict=True) if w]
    if not used or not targets:
        return (None,) * len(inputs)
    outs, starts = zip(*used, strict=True)
    found = iter(
        grad(outs, targets, starts, create_graph=recording, retain_graph=True, allow_unused=True)
    )
    return tuple([next(found) if w else None for w in wanted])
