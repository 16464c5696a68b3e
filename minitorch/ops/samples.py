"""What an op's ``samples`` are made of. Only the tests use it.

An op's ``samples(s)`` yields calls, made by ``s(*inputs, **params)`` from arrays that ``s`` draws:
domains where the rule is smooth, so that numeric derivatives exist, and edge shapes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from minitorch.core.dtypes import Array


@dataclass(frozen=True)
class Sample:
    """One call: arrays or numbers, keyword parameters, and the error it must raise, if any."""

    inputs: tuple[Any, ...]
    params: Mapping[str, Any]
    error: type[Exception] | None = None
    match: str = ""


Samples = Iterator[Sample]


class Sampler:
    """Draws arrays in float64 (or integers) from a seed of its own."""

    def __init__(self, seed: int = 0) -> None:
        self._random = np.random.default_rng(seed)

    def __call__(self, *inputs: Any, **params: Any) -> Sample:
        """A call that works."""
        return Sample(inputs, params)

    def error(self, error: type[Exception], match: str, *inputs: Any, **params: Any) -> Sample:
        """A call that must raise ``error`` with a message that the pattern ``match`` finds."""
        return Sample(inputs, params, error, match)

    def real(self, *shape: int) -> Array:
        """Normally distributed numbers."""
        return np.asarray(self._random.standard_normal(shape))

    def complex(self, *shape: int) -> Array:
        """Complex numbers, both parts normally distributed."""
        return np.asarray(self.real(*shape) + 1j * self.real(*shape))

    def positive(self, *shape: int) -> Array:
        """Numbers in [0.5, 2)."""
        return np.asarray(self._random.uniform(0.5, 2.0, shape))

    def inner(self, *shape: int) -> Array:
        """Numbers in [0.1, 0.9)."""
        return np.asarray(self._random.uniform(0.1, 0.9, shape))

    def nonzero(self, *shape: int) -> Array:
        """Numbers of either sign with an absolute value in [0.5, 2)."""
        signs = self._random.choice([-1.0, 1.0], shape)
        return np.asarray(self.positive(*shape) * signs)

    def distinct(self, *shape: int) -> Array:
        """Numbers at least 0.1 apart from each other and 0.05 from zero: no ties, no kinks."""
        size = math.prod(shape)
        spread = (np.arange(size) - size // 2) * 0.1 + 0.05
        return np.asarray(self._random.permutation(spread).reshape(shape))

    def integers(self, low: int, high: int, *shape: int) -> Array:
        """int64 numbers in [low, high)."""
        return np.asarray(self._random.integers(low, high, shape))

    def bools(self, *shape: int) -> Array:
        """Truth values."""
        return np.asarray(self._random.random(shape) < 0.5)

    def binary(self, draw: Callable[..., Array]) -> Samples:
        """Calls that every function of two tensors must stand."""
        yield self(draw(2, 3), draw(2, 3))
        yield self(draw(2, 1), draw(3))
        yield self(draw(2, 3), 2.5)
        yield self(-1.5, draw(2))
        yield self(draw(), draw())
        yield self(draw(0, 3), draw(3))
        yield self.error(RuntimeError, "must match the size", draw(2, 3), draw(4))

    def binary_of_tensors(self, draw: Callable[..., Array]) -> Samples:
        """As :func:`binary` for functions that take no numbers."""
        for sample in self.binary(draw):
            if all(isinstance(x, np.ndarray) for x in sample.inputs):
                yield sample

    def unary(self, draw: Callable[..., Array]) -> Samples:
        """Calls that every function of one tensor must stand."""
        yield self(draw(2, 3))
        yield self(draw())
        yield self(draw(0, 2))
        yield self(draw(4, 3).T)

    def pair(self) -> Samples:
        """As :func:`binary` for functions with a kink where both are equal."""
        a = self.distinct(2, 3, 2)
        yield self(a[..., 0], a[..., 1])
        yield self(a[:, :1, 0], a[0, :, 1])
        yield self(self.real(0, 2), self.real(2))
