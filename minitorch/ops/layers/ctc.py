"""Connectionist temporal classification: the loss of a sequence without an alignment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch import kernels
from minitorch.autograd.op import Array, Grads, Op
from minitorch.autograd.variable import TensorBase
from minitorch.kernels import reference_of

if TYPE_CHECKING:
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor

Lengths = tuple[int, ...]


class CtcLoss(Op):
    """-log of the probability of all alignments of targets, and of the beginnings of alignments.

    Shapes: (T, N, C), (N, S) or (sum of the lengths) -> (N), (T, N, 2S + 1); the second output is
    for the gradient, which is PyTorch's: that of the softmax's input, as it were.
    """

    saves = (0, 1)
    saves_outputs = (0, 1)

    @staticmethod
    def forward(
        log_probs: Array,
        targets: Array,
        *,
        input_lengths: Lengths,
        target_lengths: Lengths,
        blank: int,
        zero_infinity: bool,
    ) -> tuple[Array, Array]:
        padded = _padded(targets, target_lengths, blank, log_probs.shape[2])
        return kernels.active().loss.ctc(
            log_probs, padded, _array(input_lengths), _array(target_lengths), blank
        )

    @staticmethod
    def backward(ctx: Any, grad: Tensor, grad_log_alpha: Tensor) -> Grads:
        log_probs, targets, losses, log_alpha = ctx.unpack()
        grad_log_probs = CtcLossGrad.apply(
            grad,
            log_probs,
            targets,
            losses,
            log_alpha,
            input_lengths=ctx.input_lengths,
            target_lengths=ctx.target_lengths,
            blank=ctx.blank,
            zero_infinity=ctx.zero_infinity,
        )
        return grad_log_probs, None

    @staticmethod
    def reference(
        log_probs: Array, targets: Array, *, blank: int, zero_infinity: bool, **lengths: Lengths
    ) -> Any:
        sizes = {name: _array(length) for name, length in lengths.items()}
        padded = _padded(targets, lengths["target_lengths"], blank, log_probs.shape[2])
        return reference_of("loss", "ctc")(log_probs, padded, blank=blank, **sizes)

    @staticmethod
    def parity(torch: Any, x: Any, targets: Any, **options: Any) -> Any:
        options["zero_infinity"] = False  # of the gradient alone
        return (torch.ctc_loss(x, targets, reduction=0, **options),)

    @staticmethod
    def samples(s: Sampler) -> Samples:
        for options in _cases():
            yield s(s.real(5, 2, 4), np.array([[1, 2, 2], [3, 1, 0]]), **options)
            yield s(s.real(5, 2, 4), np.array([1, 2, 2, 3]), **options)
        too_large = np.array([1, 2, 4, 1])
        yield s.error(
            IndexError, "Target 4 is out of bounds", s.real(5, 2, 4), too_large, **options
        )


def _cases() -> Any:
    lengths = {"input_lengths": (5, 4), "target_lengths": (3, 1)}
    for zero_infinity in (False, True):
        yield {**lengths, "blank": 0, "zero_infinity": zero_infinity}


class CtcLossGrad(Op):
    """Gradient of :class:`CtcLoss`: (N), (T, N, C), (N, S) or (sum), (N), (T, N, L) -> (T, N, C).

    As in PyTorch it has no derivative.
    """

    name = "NotImplemented"

    @staticmethod
    def forward(
        grad: Array,
        log_probs: Array,
        targets: Array,
        losses: Array,
        log_alpha: Array,
        *,
        input_lengths: Lengths,
        target_lengths: Lengths,
        blank: int,
        zero_infinity: bool,
    ) -> Array:
        padded = _padded(targets, target_lengths, blank, log_probs.shape[2])
        lengths = _array(input_lengths), _array(target_lengths)
        out = kernels.active().loss.ctc_grad(
            grad, log_probs, padded, *lengths, blank, losses, log_alpha
        )
        if zero_infinity:
            out[:, np.isposinf(losses)] = 0
        return out

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Grads:
        raise RuntimeError(
            "derivative for aten::_ctc_loss_backward is not implemented: ctc_loss has no second "
            "derivative, and no tangent in forward mode"
        )

    @staticmethod
    def reference(
        grad: Array,
        log_probs: Array,
        targets: Array,
        losses: Array,
        log_alpha: Array,
        *,
        input_lengths: Lengths,
        target_lengths: Lengths,
        blank: int,
        zero_infinity: bool,
    ) -> Any:
        padded = _padded(targets, target_lengths, blank, log_probs.shape[2])
        lengths = _array(input_lengths), _array(target_lengths)
        return reference_of("loss", "ctc_grad")(
            grad, log_probs, padded, *lengths, blank, losses, log_alpha
        )

    @staticmethod
    def samples(s: Sampler) -> Samples:
        targets = np.array([[1, 2, 2], [3, 1, 0]])
        for options in _cases():
            x = s.real(5, 2, 4)
            yield s(s.real(2), x, targets, *CtcLoss.reference(x, targets, **options), **options)


def _array(lengths: Lengths) -> Array:
    return np.array(lengths, np.int64)


def _padded(targets: Array, lengths: Lengths, blank: int, classes: int) -> Array:
    """Return targets, one under or after another, as (N, S), filled up with blanks.

    Raises:
        IndexError: for a label that is no class.
    """
    out = np.full((len(lengths), max(lengths, default=0)), blank, np.int64)
    counts = np.arange(out.shape[1]) < _array(lengths)[:, None]
    out[counts] = targets if targets.ndim == 1 else targets[:, : out.shape[1]][counts]
    outside = out.view(np.uint64) >= classes
    if outside.any():
        raise IndexError(
            f"Target {out[outside][0]} is out of bounds. The input has {classes} classes: labels "
            f"are 0 to {classes - 1}, of which {blank} is the blank."
            " [explain: target-range]"
        )
    return out


def ctc_loss(
    log_probs: TensorBase,
    targets: TensorBase,
    input_lengths: Lengths,
    target_lengths: Lengths,
    blank: int = 0,
    zero_infinity: bool = False,
) -> Tensor:
    """Return the loss of each sequence; ``zero_infinity`` is of the gradients alone.

    Shapes: (T, N, C), (N, S) or (sum of the target lengths) -> (N).

    Raises:
        IndexError: for a label that is no class.
    """
    losses: Tensor = CtcLoss.apply(
        log_probs,
        targets,
        input_lengths=input_lengths,
        target_lengths=target_lengths,
        blank=blank,
        zero_infinity=zero_infinity,
    )[0]
    return losses
