"""Connectionist temporal classification, state by state.

The states of a target a, b, ... are blank, a, blank, b, ..., blank. A path starts in one of the
first two, ends in one of the last two, and goes on each step to where it is, to the next state, or
past a blank between two labels that differ.
"""

import math
from collections.abc import Iterable

import numpy as np

from minitorch.kernels.arrays import Array

_NOWHERE = -math.inf


def _sum(logs: Iterable[float]) -> float:
    """Logarithm of the sum of numbers whose logarithms are given."""
    terms = list(logs)
    largest = max(terms, default=_NOWHERE)
    if any(map(math.isnan, terms)):
        return math.nan
    if math.isinf(largest):
        return largest
    return largest + math.log(math.fsum(math.exp(x - largest) for x in terms))


def _labels(target: Array, blank: int) -> list[int]:
    """The label of each state."""
    labels = [blank]
    for label in target.tolist():
        labels += [label, blank]
    return labels


def _before(labels: list[int], s: int) -> list[int]:
    """The states from which a path comes to the state s."""
    states = [k for k in (s, s - 1) if k >= 0]
    if s >= 2 and labels[s] != labels[s - 2]:  # two blanks are equal
        states.append(s - 2)
    return states


def ctc_loss(
    log_probs: Array, targets: Array, input_lengths: Array, target_lengths: Array, blank: int
) -> tuple[Array, Array]:
    """Per sequence -log of the probability of all paths, and logarithms for their beginnings."""
    T, N, _ = log_probs.shape
    log_alpha = np.full((T, N, 2 * targets.shape[1] + 1), _NOWHERE, log_probs.dtype)
    losses = np.empty(N, log_probs.dtype)
    for n in range(N):
        labels = _labels(targets[n], blank)
        x = log_probs[:, n].astype(float).tolist()
        alpha: list[float] = []
        for t in range(T):
            if t == 0:
                so_far = [0.0 if s < 2 else _NOWHERE for s in range(len(labels))]
            else:
                so_far = [_sum(alpha[k] for k in _before(labels, s)) for s in range(len(labels))]
            alpha = [a + x[t][label] for a, label in zip(so_far, labels, strict=True)]
            log_alpha[t, n] = alpha
            if t == input_lengths[n] - 1:
                last = 2 * target_lengths[n]
                losses[n] = -_sum(alpha[max(last - 1, 0) : last + 1])
        if input_lengths[n] == 0:
            losses[n] = math.inf if target_lengths[n] else -0.0
    return losses, log_alpha


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
    grad_log_probs = np.zeros_like(log_probs, order="C")
    C = log_probs.shape[2]
    for n in range(log_probs.shape[1]):
        labels, last = _labels(targets[n], blank), 2 * int(target_lengths[n])
        after: list[list[int]] = [[] for _ in labels]
        for s in range(last + 1):
            for k in _before(labels, s):
                after[k].append(s)
        beta: list[float] = []
        for t in reversed(range(int(input_lengths[n]))):
            x = log_probs[t, n].astype(float).tolist()
            if t == input_lengths[n] - 1:
                rest = [0.0 if last - 1 <= s <= last else _NOWHERE for s in range(len(labels))]
            else:
                rest = [_sum(beta[k] for k in after[s]) for s in range(len(labels))]
            beta = [b + x[label] for b, label in zip(rest, labels, strict=True)]
            through = [a + b for a, b in zip(log_alpha[t, n].tolist(), beta, strict=True)]
            for c in range(C):
                paths = _sum(w for w, label in zip(through, labels, strict=True) if label == c)
                share = paths + float(losses[n]) - x[c]
                grad_log_probs[t, n, c] = (math.exp(x[c]) - math.exp(share)) * float(grad[n])
    return grad_log_probs
