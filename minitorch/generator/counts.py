"""Counts drawn by rejection, Poisson's and binomial ones: one after the other, as PyTorch does.

How many uniforms a count takes depends on the uniforms: so they are drawn ahead, and the stream is
set back to where the last count ended.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from minitorch.generator.generator import Generator
from minitorch.generator.transforms import Array

Uniform = Callable[[], float]

_AHEAD = 4096  # uniforms drawn at once


def poisson(generator: Generator, rates: Array) -> NDArray[np.float64]:
    """Draw a count for each rate, in the order of a flat array.

    Raises:
        RuntimeError: for a rate that is negative or no number.
    """
    if not (rates >= 0).all():
        raise RuntimeError("invalid Poisson rate, expected rate to be non-negative")
    values = rates.ravel().tolist()
    return _counts(generator, rates.shape, lambda uniform: [_poisson(x, uniform) for x in values])


def binomial(generator: Generator, counts: Array, chances: Array) -> NDArray[np.float64]:
    """Draw how many of ``counts`` trials succeed, in the order of flat arrays of one shape."""
    pairs = list(zip(counts.ravel().tolist(), chances.ravel().tolist(), strict=True))
    return _counts(
        generator, counts.shape, lambda uniform: [_binomial(n, p, uniform) for n, p in pairs]
    )


def _counts(generator: Generator, shape: Any, draw: Callable[[Uniform], list[float]]) -> Any:
    before, used = generator.get_state(), 0
    ahead: list[float] = []

    def uniform() -> float:
        nonlocal ahead, used
        if not used % _AHEAD:
            ahead = generator.rand((_AHEAD,), np.float64).tolist()
        used += 1
        return ahead[(used - 1) % _AHEAD]

    drawn = draw(uniform)
    generator.set_state(before)
    generator.rand((used,), np.float64)
    return np.array(drawn, np.float64).reshape(shape)


def _poisson(rate: float, uniform: Uniform) -> float:
    if rate >= 10:
        return _poisson_by_rejection(rate, uniform)
    if rate == 0:
        return 0.0
    count, product, least = 0, uniform(), math.exp(-rate)
    while product > least:
        count += 1
        product *= uniform()
    return float(count)


def _poisson_by_rejection(rate: float, uniform: Uniform) -> float:
    """W. Hörmann, "The transformed rejection method for generating Poisson random variables"."""
    log_rate = math.log(rate)
    b = 0.931 + 2.53 * math.sqrt(rate)
    a = -0.059 + 0.02483 * b
    inverse_alpha = 1.1239 + 1.1328 / (b - 3.4)
    most = 0.9277 - 3.6224 / (b - 2)
    while True:
        u, v = uniform() - 0.5, uniform()
        room = 0.5 - abs(u)
        k = math.floor((2 * a / room + b) * u + rate + 0.43)
        if room >= 0.07 and v <= most:
            return float(k)
        if k < 0 or (room < 0.013 and v > room):
            continue
        share = math.log(v) + math.log(inverse_alpha) - math.log(a / (room * room) + b)
        if share <= -rate + k * log_rate - math.lgamma(k + 1.0):
            return float(k)


def _binomial(n: float, p: float, uniform: Uniform) -> float:
    if n <= 0 or p <= 0:
        return 0.0
    if p >= 1:
        return n
    if math.isnan(p):
        return math.nan
    if p > 0.5:
        return n - _of_rare(n, 1 - p, uniform)
    return _of_rare(n, p, uniform)


def _of_rare(n: float, p: float, uniform: Uniform) -> float:
    if n * p >= 10:
        return _binomial_by_rejection(n, p, uniform)
    count, tried, log_failure = -1, 0.0, math.log1p(-p)
    while tried <= n:  # each success is as many trials after the last as a geometric number
        tried += math.ceil(math.log(uniform()) / log_failure)
        count += 1
    return float(count)


def _binomial_by_rejection(n: float, p: float, uniform: Uniform) -> float:
    """W. Hörmann, "The generation of binomial random variates", algorithm BTRS."""
    deviation = math.sqrt(n * p * (1 - p))
    b = 1.15 + 2.53 * deviation
    a = -0.0873 + 0.0248 * b + 0.01 * p
    most, odds = 0.92 - 4.2 / b, p / (1 - p)
    alpha = (2.83 + 5.1 / b) * deviation
    mode = math.floor((n + 1) * p)
    while True:
        u, v = uniform() - 0.5, uniform()
        room = 0.5 - abs(u)
        k = math.floor((2 * a / room + b) * u + (n * p + 0.5))
        if room >= 0.07 and v <= most:
            return float(k)
        if k < 0 or k > n:
            continue
        bound = (
            (mode + 0.5) * math.log((mode + 1) / (odds * (n - mode + 1)))
            + (n + 1) * math.log((n - mode + 1) / (n - k + 1))
            + (k + 0.5) * math.log(odds * (n - k + 1) / (k + 1))
            + _stirling_tail(mode)
            + _stirling_tail(n - mode)
            - _stirling_tail(k)
            - _stirling_tail(n - k)
        )
        if math.log(v * alpha / (a / (room * room) + b)) <= bound:
            return float(k)


_TAILS = (
    0.0810614667953272, 0.0413406959554092, 0.0276779256849983, 0.02079067210376509,
    0.0166446911898211, 0.0138761288230707, 0.0118967099458917, 0.0104112652619720,
    0.00925546218271273, 0.00833056343336287,
)  # fmt: skip


def _stirling_tail(k: float) -> float:
    """What Stirling's formula lacks of log k!."""
    if k <= 9:
        return _TAILS[int(k)]
    square = (k + 1) * (k + 1)
    return (1 / 12 - (1 / 360 - 1 / 1260 / square) / square) / (k + 1)
