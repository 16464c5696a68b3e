"""Recurrent layers: whole sequences in one layer and one direction, and their gradients.

Sequences are packed (``kernels/contract/recurrent.py``): S rows, ``batch_sizes`` for each step.
Beside what users see, the ops return what their gradients need; ``out`` is a copy of the hidden
states kept, because users may write into it.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from minitorch import kernels
from minitorch.autograd.op import Array, Grads, Op
from minitorch.kernels import reference_of
from minitorch.ops.layers.recurrent_steps import (
    Steps,
    first_gradient,
    gru_steps,
    lstm_steps,
    rnn_steps,
    second_gradient,
)

if TYPE_CHECKING:
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor

BatchSizes = tuple[int, ...]


class Recurrence(Op):
    """Base of the layers: their inputs are x, states, weights; the outputs out, states, kept."""

    materializes = False
    states: ClassVar[int] = 1
    kept: ClassVar[int] = 1  # outputs that the gradient needs, the last ones
    settings: ClassVar[tuple[str, ...]] = ("batch_sizes", "reverse")
    gradient: ClassVar[type[RecurrenceGrad]]

    @staticmethod
    def backward(ctx: Any, *grads: Tensor | None) -> Grads:
        op = ctx._op
        settings = {name: getattr(ctx, name) for name in op.settings}
        saved, wanted = ctx.unpack(), ctx.needs_input_grad
        given, kept = saved[: -op.kept], saved[-op.kept :]
        public = len(grads) - op.kept
        if any([g is not None for g in grads[public:]]):  # hardly ever
            steps = partial(op.gradient.steps, **settings)
            return first_gradient(steps, given, grads, wanted)
        found = op.gradient.apply(
            *grads[:public],
            *given,
            **settings,
            kept=tuple([x._array for x in kept]),
            wanted=wanted,
        )
        results = iter(found)
        return tuple([next(results) if w else None for w in wanted])


class RecurrenceGrad(Op):
    """Base of the gradients, as functions of gradients of the outputs and of the layer's inputs.

    ``kept`` is what the layer kept; it follows from its inputs. The results are the gradients that
    are ``wanted``.
    """

    batched_params = True
    layer: ClassVar[type[Recurrence]]
    steps: ClassVar[Steps]

    @staticmethod
    def backward(ctx: Any, *seeds: Tensor) -> Grads:
        op = ctx._op
        settings = {name: getattr(ctx, name) for name in op.layer.settings}
        saved, public = ctx.unpack(), 1 + op.layer.states
        grads, given = saved[:public], saved[public:]

        def steps(*given: Any) -> Any:
            return op.steps(*given, **settings)[:public]

        return second_gradient(steps, given, grads, ctx.wanted, seeds, ctx.needs_input_grad)


def _only(gradients: Any, wanted: tuple[bool, ...]) -> tuple[Array, ...]:
    return tuple([g for g, w in zip(gradients, wanted, strict=True) if w])


class Rnn(Recurrence):
    """h = f(w_ih x + b_ih + w_hh h + b_hh), where f is tanh or relu.

    x (S, I), h (N, H), (H, I), (H, H), (H) twice -> out (S, H), last h (N, H), kept.
    """

    name = "StackBackward0"
    saves = (0, 1, 2, 3, 4, 5)
    saves_outputs = (2,)
    settings = (*Recurrence.settings, "relu")

    @staticmethod
    def forward(
        x: Array,
        h: Array,
        w_ih: Array,
        w_hh: Array,
        b_ih: Array | None,
        b_hh: Array | None,
        *,
        batch_sizes: BatchSizes,
        reverse: bool,
        relu: bool,
    ) -> tuple[Array, Array, Array]:
        hidden, h = kernels.active().recurrent.rnn(
            x, h, w_ih, w_hh, b_ih, b_hh, batch_sizes, reverse, relu
        )
        return hidden.copy(), h, hidden

    @staticmethod
    def reference(*inputs: Any, **settings: Any) -> Any:
        hidden, h = reference_of("recurrent", "rnn")(*inputs, **settings)
        return hidden, h, hidden

    @staticmethod
    def parity(torch: Any, x: Any, h: Any, *weights: Any, relu: bool, **order: Any) -> Any:
        function = torch.rnn_relu if relu else torch.rnn_tanh
        return _parity(function, torch, x, h[None], weights, **order)

    @staticmethod
    def samples(s: Sampler) -> Samples:
        for relu in (False, True):
            for tensors, order in _samples(s, 1):
                yield s(*tensors, **order, relu=relu)


class RnnGrad(RecurrenceGrad):
    """Gradients of :class:`Rnn`."""

    saves = tuple(range(8))
    layer = Rnn
    steps = staticmethod(rnn_steps)

    @staticmethod
    def forward(
        grad_out: Array | None,
        grad_h: Array | None,
        x: Array,
        h: Array,
        w_ih: Array,
        w_hh: Array,
        b_ih: Array | None,
        b_hh: Array | None,
        *,
        batch_sizes: BatchSizes,
        reverse: bool,
        relu: bool,
        kept: tuple[Array, ...] | None,
        wanted: tuple[bool, ...],
    ) -> tuple[Array, ...]:
        active, order = kernels.active().recurrent, (batch_sizes, reverse, relu)
        (hidden,) = kept or active.rnn(x, h, w_ih, w_hh, b_ih, b_hh, *order)[:1]
        needs = (wanted[0], any(wanted[2:]))
        found = active.rnn_grad(grad_out, grad_h, x, h, w_ih, w_hh, hidden, *order, *needs)
        return _only(found, wanted)

    @staticmethod
    def reference(*inputs: Any, wanted: Any, kept: Any, **order: Any) -> Any:
        hidden = reference_of("recurrent", "rnn")(*inputs[2:], **order)[0]
        needs = {"needs_x": wanted[0], "needs_weights": any(wanted[2:])}
        grad = reference_of("recurrent", "rnn_grad")
        return _only(grad(*inputs[:6], hidden, **order, **needs), wanted)

    @staticmethod
    def samples(s: Sampler) -> Samples:
        for tensors, order in _grad_samples(s, 1, 1):
            yield s(*tensors, relu=False, **order)


Rnn.gradient = RnnGrad


class Lstm(Recurrence):
    """i, f, g, o = gates(w_ih x + b_ih + w_hh h + b_hh); c = f c + i g; h = w_hr (o tanh(c)).

    x (S, I), h (N, P), c (N, H), (4H, I), (4H, P), (4H) twice, (P, H) or None ->
    out (S, P), last h (N, P), last c (N, H), kept.
    """

    name = "MkldnnRnnLayerBackward0"
    saves = (0, 1, 2, 3, 4, 5, 6, 7)
    saves_outputs = (3, 4, 5)
    states = 2
    kept = 3

    @staticmethod
    def forward(
        x: Array,
        h: Array,
        c: Array,
        w_ih: Array,
        w_hh: Array,
        b_ih: Array | None,
        b_hh: Array | None,
        w_hr: Array | None,
        *,
        batch_sizes: BatchSizes,
        reverse: bool,
    ) -> tuple[Array, ...]:
        hidden, h, c, gates, cells = kernels.active().recurrent.lstm(
            x, h, c, w_ih, w_hh, b_ih, b_hh, w_hr, batch_sizes, reverse
        )
        return hidden.copy(), h, c, hidden, gates, cells

    @staticmethod
    def reference(*inputs: Any, **order: Any) -> Any:
        hidden, h, c, gates, cells = reference_of("recurrent", "lstm")(*inputs, **order)
        return hidden, h, c, hidden, gates, cells

    @staticmethod
    def parity(torch: Any, x: Any, h: Any, c: Any, *weights: Any, **order: Any) -> Any:
        return _parity(torch.lstm, torch, x, (h[None], c[None]), weights, **order)

    @staticmethod
    def samples(s: Sampler) -> Samples:
        for projected in (False, True):
            for tensors, order in _samples(s, 4, projected):
                yield s(*tensors, **order)


class LstmGrad(RecurrenceGrad):
    """Gradients of :class:`Lstm`."""

    saves = tuple(range(11))
    layer = Lstm
    steps = staticmethod(lstm_steps)

    @staticmethod
    def forward(
        grad_out: Array | None,
        grad_h: Array | None,
        grad_c: Array | None,
        x: Array,
        h: Array,
        c: Array,
        w_ih: Array,
        w_hh: Array,
        b_ih: Array | None,
        b_hh: Array | None,
        w_hr: Array | None,
        *,
        batch_sizes: BatchSizes,
        reverse: bool,
        kept: tuple[Array, ...] | None,
        wanted: tuple[bool, ...],
    ) -> tuple[Array, ...]:
        active, order = kernels.active().recurrent, (batch_sizes, reverse)
        if kept is None:
            hidden, _, _, gates, cells = active.lstm(x, h, c, w_ih, w_hh, b_ih, b_hh, w_hr, *order)
        else:
            hidden, gates, cells = kept
        needs = (wanted[0], any(wanted[3:]))
        grads, tensors = (grad_out, grad_h, grad_c), (x, h, c, w_ih, w_hh)
        found = active.lstm_grad(*grads, *tensors, w_hr, hidden, gates, cells, *order, *needs)
        return _only(found, wanted)

    @staticmethod
    def reference(*inputs: Any, wanted: Any, kept: Any, **order: Any) -> Any:
        hidden, _, _, *rest = reference_of("recurrent", "lstm")(*inputs[3:], **order)
        needs = {"needs_x": wanted[0], "needs_weights": any(wanted[3:])}
        grad = reference_of("recurrent", "lstm_grad")
        return _only(grad(*inputs[:8], inputs[10], hidden, *rest, **order, **needs), wanted)

    @staticmethod
    def samples(s: Sampler) -> Samples:
        for projected in (False, True):
            for tensors, order in _grad_samples(s, 4, 2, projected):
                yield s(*tensors, **order)


Lstm.gradient = LstmGrad


class Gru(Recurrence):
    """r, z = gates; n = tanh(w_in x + b_in + r (w_hn h + b_hn)); h = (1 - z) n + z h.

    x (S, I), h (N, H), (3H, I), (3H, H), (3H) twice -> out (S, H), last h (N, H), kept.
    """

    name = "StackBackward0"
    saves = (0, 1, 2, 3, 4, 5)
    saves_outputs = (2, 3)
    kept = 2

    @staticmethod
    def forward(
        x: Array,
        h: Array,
        w_ih: Array,
        w_hh: Array,
        b_ih: Array | None,
        b_hh: Array | None,
        *,
        batch_sizes: BatchSizes,
        reverse: bool,
    ) -> tuple[Array, ...]:
        hidden, h, gates = kernels.active().recurrent.gru(
            x, h, w_ih, w_hh, b_ih, b_hh, batch_sizes, reverse
        )
        return hidden.copy(), h, hidden, gates

    @staticmethod
    def reference(*inputs: Any, **order: Any) -> Any:
        hidden, h, gates = reference_of("recurrent", "gru")(*inputs, **order)
        return hidden, h, hidden, gates

    @staticmethod
    def parity(torch: Any, x: Any, h: Any, *weights: Any, **order: Any) -> Any:
        return _parity(torch.gru, torch, x, h[None], weights, **order)

    @staticmethod
    def samples(s: Sampler) -> Samples:
        for tensors, order in _samples(s, 3):
            yield s(*tensors, **order)


class GruGrad(RecurrenceGrad):
    """Gradients of :class:`Gru`."""

    saves = tuple(range(8))
    layer = Gru
    steps = staticmethod(gru_steps)

    @staticmethod
    def forward(
        grad_out: Array | None,
        grad_h: Array | None,
        x: Array,
        h: Array,
        w_ih: Array,
        w_hh: Array,
        b_ih: Array | None,
        b_hh: Array | None,
        *,
        batch_sizes: BatchSizes,
        reverse: bool,
        kept: tuple[Array, ...] | None,
        wanted: tuple[bool, ...],
    ) -> tuple[Array, ...]:
        active, order = kernels.active().recurrent, (batch_sizes, reverse)
        if kept is None:
            hidden, _, gates = active.gru(x, h, w_ih, w_hh, b_ih, b_hh, *order)
        else:
            hidden, gates = kept
        grads, needs = (grad_out, grad_h), (wanted[0], any(wanted[2:]))
        found = active.gru_grad(*grads, x, h, w_ih, w_hh, hidden, gates, *order, *needs)
        return _only(found, wanted)

    @staticmethod
    def reference(*inputs: Any, wanted: Any, kept: Any, **order: Any) -> Any:
        hidden, _, gates = reference_of("recurrent", "gru")(*inputs[2:], **order)
        needs = {"needs_x": wanted[0], "needs_weights": any(wanted[2:])}
        grad = reference_of("recurrent", "gru_grad")
        return _only(grad(*inputs[:6], hidden, gates, **order, **needs), wanted)

    @staticmethod
    def samples(s: Sampler) -> Samples:
        for tensors, order in _grad_samples(s, 3, 1):
            yield s(*tensors, **order)


Gru.gradient = GruGrad


_ORDERS = (((2, 2, 2), False), ((3, 2, 1), False), ((2, 2), True), ((0, 0), False))


def _samples(s: Sampler, rows: int, projected: bool = False) -> Any:
    """Yield x, states, weights and settings; ``rows`` of weights for each hidden unit."""
    i, h, p = 3, 3, 2 if projected else 3
    for batch_sizes, reverse in _ORDERS:
        n = batch_sizes[0]
        weights: list[Any] = [s.real(rows * h, i), s.real(rows * h, p)]
        weights += [None, None] if reverse else [s.real(rows * h), s.real(rows * h)]
        states = [s.real(n, p)]
        if rows == 4:
            states.append(s.real(n, h))
            weights.append(s.real(p, h) if projected else None)
        x = s.real(sum(batch_sizes), i)
        yield [x, *states, *weights], {"batch_sizes": batch_sizes, "reverse": reverse}


def _grad_samples(s: Sampler, rows: int, states: int, projected: bool = False) -> Any:
    for k, (tensors, order) in enumerate(_samples(s, rows, projected)):
        x, *of_states = tensors[: 1 + states]
        grads: list[Any] = [
            s.real(len(x), of_states[0].shape[1]),
            *[s.real(*a.shape) for a in of_states],
        ]
        grads[1:] = grads[1:] if k != 1 else [None] * states
        wanted = tuple([a is not None for a in tensors])
        yield [*grads, *tensors], {**order, "kept": None, "wanted": wanted}


def _parity(
    function: Any,
    torch: Any,
    x: Any,
    states: Any,
    weights: Any,
    *,
    batch_sizes: BatchSizes,
    reverse: bool,
) -> Any:
    """What PyTorch gives, which has the reverse direction only beside the other one."""
    given = [w for w in weights if w is not None]
    has_biases = weights[2] is not None
    if reverse:
        n, t = batch_sizes[0], len(batch_sizes)
        x = x.reshape(t, n, -1).flip(0).reshape(t * n, -1)
    sizes = torch.tensor(batch_sizes)
    if not sum(batch_sizes):
        x = x.reshape(len(batch_sizes), 0, x.shape[1])
        out, *last = function(x, states, given, has_biases, 1, 0.0, False, False, False)
        out = out.flatten(0, 1)
    else:
        out, *last = function(x, sizes, states, given, has_biases, 1, 0.0, False, False)
    if reverse:
        out = out.reshape(t, n, -1).flip(0).reshape(t * n, -1)
    return out, *[a[0] for a in last]
