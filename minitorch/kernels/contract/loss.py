"""Losses and their gradients."""

from dataclasses import dataclass
from typing import Protocol

from minitorch.kernels.arrays import Array, Shape


class Nll(Protocol):
    """Per sample -weight[target] * log_probs[target], 0 where ignored.

    By `reduction` these ("none"), their sum ("sum"), or that over the sum of the weights of the
    samples that are not ignored ("mean").

    Raises:
        IndexError: for a target that is no class, nor `ignore_index`.
    """

    def __call__(
        self,
        log_probs: Array,
        target: Array,
        weight: Array | None,
        ignore_index: int,
        reduction: str,
    ) -> Array:
        """(N, K, *S), (N, *S), (K) or None -> (N, *S), or () if reduced."""


class NllGrad(Protocol):
    """Gradient of what `Nll` returns with respect to log_probs; targets are classes or ignored."""

    def __call__(
        self,
        grad: Array,
        target: Array,
        weight: Array | None,
        ignore_index: int,
        reduction: str,
        input_shape: Shape,
    ) -> Array:
        """(N, *S) or () if reduced, (N, *S), (K) or None -> input_shape: (N, K, *S)."""


class Ctc(Protocol):
    """Connectionist temporal classification: -log of the probability of a target's alignments.

    Besides the losses it returns the logarithms of the probabilities with which alignments begin so
    far and are in each of the 2S + 1 states (blank, first label, blank, ...): of all steps and
    states, those beyond a sequence's lengths, too. Labels there must be classes, for example blank.
    """

    def __call__(
        self,
        log_probs: Array,
        targets: Array,
        input_lengths: Array,
        target_lengths: Array,
        blank: int,
    ) -> tuple[Array, Array]:
        """(T, N, C), (N, S), (N), (N) -> losses (N), log_alpha (T, N, 2S + 1)."""


class CtcGrad(Protocol):
    """Gradient of the losses of `Ctc`, as if log_probs came out of a log-softmax with no sums left.

    That is grad * (exp(log_probs) - the share of alignments that go through a label): what reaches
    the softmax's input. It is 0 after a sequence's end, NaN where the loss is not finite or
    log_probs is -inf.
    """

    def __call__(
        self,
        grad: Array,
        log_probs: Array,
        targets: Array,
        input_lengths: Array,
        target_lengths: Array,
        blank: int,
        losses: Array,
        log_alpha: Array,
    ) -> Array:
        """(N), and what `Ctc` took and gave -> (T, N, C)."""


@dataclass(frozen=True, eq=False, repr=False)
class Loss:
    """The negative log likelihood of labels, and of sequences of labels (CTC)."""

    nll: Nll
    nll_grad: NllGrad
    ctc: Ctc
    ctc_grad: CtcGrad
