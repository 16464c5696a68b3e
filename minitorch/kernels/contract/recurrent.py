"""Recurrent layers: whole sequences, one layer in one direction, and their gradients.

Sequences are packed, the longest first: S rows hold the first step of all, then the second step of
those that have one, and so on. `batch_sizes` says how many have each step, so that T equal numbers
N stand for a batch of N sequences of length T. With `reverse` the last step comes first.
"""

from dataclasses import dataclass
from typing import Protocol

from minitorch.kernels.arrays import Array

BatchSizes = tuple[int, ...]
Gradients = tuple[Array | None, ...]


class Rnn(Protocol):
    """h = f(w_ih x + b_ih + w_hh h + b_hh), where f is tanh, or max(·, 0) for `relu`."""

    def __call__(
        self,
        x: Array,
        h: Array,
        w_ih: Array,
        w_hh: Array,
        b_ih: Array | None,
        b_hh: Array | None,
        batch_sizes: BatchSizes,
        reverse: bool,
        relu: bool,
    ) -> tuple[Array, Array]:
        """(S, I), (N, H), (H, I), (H, H), (H) or None twice -> hidden (S, H), last h (N, H)."""


class RnnGrad(Protocol):
    """Gradients of `Rnn`, from the hidden states it gave.

    Gradients that did not come are None; with `needs_x` and `needs_weights` False so are those
    of x, and of weights and biases.
    """

    def __call__(
        self,
        grad_out: Array | None,
        grad_h: Array | None,
        x: Array,
        h: Array,
        w_ih: Array,
        w_hh: Array,
        hidden: Array,
        batch_sizes: BatchSizes,
        reverse: bool,
        relu: bool,
        needs_x: bool,
        needs_weights: bool,
    ) -> Gradients:
        """(S, H), (N, H), those of `Rnn`, (S, H) -> x, h, w_ih, w_hh, b_ih, b_hh."""


class Lstm(Protocol):
    """i, f, g, o = gates; c = f c + i g; h = o tanh(c), projected by w_hr if there is one.

    The gates are functions of w_ih x + b_ih + w_hh h + b_hh, H rows for each: tanh for g, the
    sigmoid for the others. P is H without a projection.
    """

    def __call__(
        self,
        x: Array,
        h: Array,
        c: Array,
        w_ih: Array,
        w_hh: Array,
        b_ih: Array | None,
        b_hh: Array | None,
        w_hr: Array | None,
        batch_sizes: BatchSizes,
        reverse: bool,
    ) -> tuple[Array, Array, Array, Array, Array]:
        """Return hidden (S, P), last h (N, P), last c (N, H), gates (S, 4H), cells (S, H).

        Of (S, I), (N, P), (N, H), (4H, I), (4H, P), (4H) or None twice, (P, H) or None.
        """


class LstmGrad(Protocol):
    """Gradients of `Lstm`, from the hidden states, gates and cells it gave; as `RnnGrad`."""

    def __call__(
        self,
        grad_out: Array | None,
        grad_h: Array | None,
        grad_c: Array | None,
        x: Array,
        h: Array,
        c: Array,
        w_ih: Array,
        w_hh: Array,
        w_hr: Array | None,
        hidden: Array,
        gates: Array,
        cells: Array,
        batch_sizes: BatchSizes,
        reverse: bool,
        needs_x: bool,
        needs_weights: bool,
    ) -> Gradients:
        """Return those of x, h, c, w_ih, w_hh, b_ih, b_hh, w_hr.

        Of (S, P), (N, P), (N, H), those of `Lstm`, (S, P), (S, 4H), (S, H).
        """


class Gru(Protocol):
    """r, z = sigmoid gates; n = tanh(w_in x + b_in + r (w_hn h + b_hn)); h = (1 - z) n + z h.

    The last of the gates that go out is w_hn h + b_hn.
    """

    def __call__(
        self,
        x: Array,
        h: Array,
        w_ih: Array,
        w_hh: Array,
        b_ih: Array | None,
        b_hh: Array | None,
        batch_sizes: BatchSizes,
        reverse: bool,
    ) -> tuple[Array, Array, Array]:
        """Return hidden (S, H), last h (N, H), gates (S, 4H).

        Of (S, I), (N, H), (3H, I), (3H, H), (3H) or None twice.
        """


class GruGrad(Protocol):
    """Gradients of `Gru`, from the hidden states and gates it gave; as `RnnGrad`."""

    def __call__(
        self,
        grad_out: Array | None,
        grad_h: Array | None,
        x: Array,
        h: Array,
        w_ih: Array,
        w_hh: Array,
        hidden: Array,
        gates: Array,
        batch_sizes: BatchSizes,
        reverse: bool,
        needs_x: bool,
        needs_weights: bool,
    ) -> Gradients:
        """(S, H), (N, H), those of `Gru`, (S, H), (S, 4H) -> x, h, w_ih, w_hh, b_ih, b_hh."""


@dataclass(frozen=True, eq=False, repr=False)
class Recurrent:
    """Layers that go through sequences step by step."""

    rnn: Rnn
    rnn_grad: RnnGrad
    lstm: Lstm
    lstm_grad: LstmGrad
    gru: Gru
    gru_grad: GruGrad
