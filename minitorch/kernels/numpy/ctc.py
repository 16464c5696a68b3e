"""Connectionist temporal classification in NumPy: a step in time at once for all sequences.

States are as `reference/ctc.py` numbers them; sums of probabilities are kept as logarithms, so that
nothing underflows.
"""

import numpy as np

from minitorch.kernels.arrays import Array, working_dtype

# As the largest of three logarithms: below any there is, so that log(0) minus it is still log(0).
_LOW = -1e30


class _States:
    """The states of a batch of targets, and the steps between them: N rows of L = 2S + 1."""

    def __init__(self, targets: Array, blank: int, classes: int, dtype: np.dtype) -> None:
        N, S = targets.shape
        self.labels = np.full((N, 2 * S + 1), blank, np.intp)  # N, L
        self.labels[:, 1::2] = targets
        self.places = self.labels + classes * np.arange(N)[:, None]  # in a row (N * C) of one step
        # 0 where a path may go from s - 2 to s, else -inf.
        self.skips = np.full((N, 2 * S + 1), -np.inf, dtype)
        self.skips[:, 2:][self.labels[:, 2:] != self.labels[:, :-2]] = 0
        self._term = np.empty(self.labels.shape, dtype)
        self._largest = np.empty(self.labels.shape, dtype)

    def read(self, x: Array, out: Array) -> Array:
        """The logarithms of a step, (N * C), at the labels of the states."""
        return x.take(self.places, out=out, mode="clip")

    def add(self, stay: Array, step: Array, skip: Array, out: Array) -> Array:
        """log(exp(stay) + exp(step) + exp(skip))."""
        term, largest = self._term, self._largest
        np.maximum(stay, step, out=largest)
        np.maximum(largest, skip, out=largest)
        np.maximum(largest, _LOW, out=largest)
        np.exp(np.subtract(stay, largest, out=out), out=out)
        for other in (step, skip):
            np.exp(np.subtract(other, largest, out=term), out=term)
            out += term
        np.log(out, out=out)
        out += largest
        return out


_quiet = np.errstate(divide="ignore", invalid="ignore", over="ignore", under="ignore")


@_quiet
def ctc_loss(
    log_probs: Array, targets: Array, input_lengths: Array, target_lengths: Array, blank: int
) -> tuple[Array, Array]:
    """Per sequence -log of the probability of all paths, and logarithms for their beginnings."""
    T, N, C = log_probs.shape
    x = np.ascontiguousarray(log_probs, working_dtype(log_probs.dtype)).reshape(T, N * C)
    states = _States(targets, blank, C, x.dtype)
    L = states.labels.shape[1]
    log_alpha = np.empty((T, N, L), x.dtype)
    log_alpha[0] = -np.inf
    log_alpha[0, :, :2] = 0
    # The step before, behind two columns from which nothing comes.
    before = np.full((N, L + 2), -np.inf, x.dtype)
    here, step = before[:, 2:], before[:, 1:-1]
    read, skip = np.empty((N, L), x.dtype), np.empty((N, L), x.dtype)
    for t in range(T):
        if t:
            np.add(before[:, :-2], states.skips, out=skip)
            states.add(here, step, skip, out=log_alpha[t])
        np.add(log_alpha[t], states.read(x[t], out=read), out=log_alpha[t])
        here[...] = log_alpha[t]
    losses = _losses(log_alpha, input_lengths, target_lengths)
    return losses.astype(log_probs.dtype), log_alpha.astype(log_probs.dtype, copy=False)


def _losses(log_alpha: Array, input_lengths: Array, target_lengths: Array) -> Array:
    rows = np.arange(log_alpha.shape[1])
    ends = log_alpha[input_lengths - 1, rows, 2 * target_lengths]
    before = log_alpha[input_lengths - 1, rows, np.maximum(2 * target_lengths - 1, 0)]
    ends = np.where(target_lengths > 0, np.logaddexp(ends, before), ends)
    nothing = np.where(target_lengths > 0, -np.inf, 0).astype(ends.dtype)
    return np.asarray(-np.where(input_lengths > 0, ends, nothing))


@_quiet
def ctc_loss_grad(
    grad: Array,
    log_probs: Array,
    targets: Array,
    input_lengths: Array,
    target_lengths: Array,
    blank: int,
    losses: Array,
    log_alpha: Array,
) -> Array:
    """Gradient of the losses: exp(log_probs) less the share of paths through each label."""
    T, N, C = log_probs.shape
    x = np.ascontiguousarray(log_probs, working_dtype(log_probs.dtype)).reshape(T, N * C)
    states = _States(targets, blank, C, x.dtype)
    L = states.labels.shape[1]
    starts: dict[int, list[int]] = {}  # of the way back
    for n, length in enumerate(input_lengths.tolist()):
        starts.setdefault(length - 1, []).append(n)
    # The step after, before two columns from which nothing comes back.
    after = np.full((N, L + 2), -np.inf, x.dtype)
    here, step = after[:, :-2], after[:, 1:-1]
    skips = np.full((N, L), -np.inf, x.dtype)
    skips[:, :-2] = states.skips[:, 2:]
    beta, read, skip = (np.empty((N, L), x.dtype) for _ in range(3))
    nll, scale = losses.astype(x.dtype)[:, None], np.repeat(grad, C)
    out = np.empty((T, N * C), x.dtype)
    for t in reversed(range(T)):
        np.add(after[:, 2:], skips, out=skip)
        states.add(here, step, skip, out=beta)
        for n in starts.get(t, ()):
            last = 2 * target_lengths[n]
            beta[n] = -np.inf  # whatever stands beyond its end, NaN included
            beta[n, max(last - 1, 0) : last + 1] = 0
        np.add(beta, states.read(x[t], out=read), out=here)
        # Alpha has the label's logarithm, beta not yet: in the paths it is once.
        beta += log_alpha[t]
        beta += nll
        shares = np.bincount(states.places.ravel(), np.exp(beta, out=beta).ravel(), N * C)
        np.exp(x[t], out=out[t])
        out[t] -= shares
        out[t] *= scale
    out = out.reshape(T, N, C)
    # As in PyTorch, which divides by each probability.
    out[np.isneginf(log_probs)] = np.nan
    out[:, ~np.isfinite(losses)] = np.nan
    for n, length in enumerate(input_lengths.tolist()):
        out[length:, n] = 0
    return np.array(out, log_probs.dtype)
