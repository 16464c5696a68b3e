"""Methods that fill a tensor with random numbers, in the order of its memory as PyTorch does."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.autograd.grad_mode import is_grad_enabled
from minitorch.autograd.op import Op
from minitorch.autograd.variable import TensorBase
from minitorch.autograd.vmap.example import Example, values_of
from minitorch.autograd.vmap.randomness import chances_for, layout
from minitorch.autograd.writes.inplace import (
    check_no_repeats,
    check_recordable,
    requires_grad,
    write_,
)
from minitorch.core.dtypes import Array, is_complex, not_implemented
from minitorch.core.layout import memory_axes
from minitorch.generator import Generator
from minitorch.ops.layers import random as fills
from minitorch.ops.out import method
from minitorch.ops.shape.expand import expanded_size
from minitorch.tensor import drawing
from minitorch.tensor.drawing import source_of as _of

if TYPE_CHECKING:
    from minitorch.tensor import Tensor

Shape = tuple[int, ...]


class RandomMethods(TensorBase):
    """One method per distribution; each takes the ``generator`` to draw from."""

    def uniform_(
        self,
        low: float = 0.0,
        to: float = 1.0,
        *,
        generator: Generator | None = None,
        **named: float,
    ) -> Tensor:
        """Fill with uniform numbers of [low, to): (*) -> (*).

        The first bound has the name ``from`` in PyTorch, which Python keeps for itself; it may be
        given so in a dict: ``uniform_(**{"from": 1, "to": 2})``.
        """
        low = named.pop("from", low)
        if named:
            raise TypeError(f"uniform_() got an unexpected keyword argument {next(iter(named))!r}")
        dtype = self._array.dtype
        return _fill(
            fills.Uniform, self, lambda shape: _of(generator).uniform(shape, low, to, dtype)
        )

    def normal_(
        self, mean: float = 0.0, std: float = 1.0, *, generator: Generator | None = None
    ) -> Tensor:
        """Fill with normal numbers: (*) -> (*)."""
        dtype, contiguous = self._array.dtype, values_of(self._array).flags.c_contiguous

        def draw(shape: Shape) -> Array:
            return _of(generator).normal(shape, mean, std, dtype, contiguous=contiguous)

        return _fill(fills.Normal, self, draw)

    def exponential_(self, lambd: float = 1.0, *, generator: Generator | None = None) -> Tensor:
        """Fill with numbers of density ``lambd * exp(-lambd * x)``: (*) -> (*)."""
        dtype = self._array.dtype
        return _fill(
            fills.Exponential, self, lambda shape: _of(generator).exponential(shape, lambd, dtype)
        )

    def cauchy_(
        self, median: float = 0.0, sigma: float = 1.0, *, generator: Generator | None = None
    ) -> Tensor:
        """Fill with numbers of density sigma / (pi (sigma² + (x - median)²)): (*) -> (*)."""
        dtype = self._array.dtype
        return _fill(
            fills.Cauchy, self, lambda shape: _of(generator).cauchy(shape, median, sigma, dtype)
        )

    def geometric_(self, p: float, *, generator: Generator | None = None) -> Tensor:
        """Fill with numbers of trials up to the first success, of probability p: (*) -> (*)."""
        dtype = self._array.dtype
        return _fill(fills.Geometric, self, lambda shape: _of(generator).geometric(shape, p, dtype))

    def log_normal_(
        self, mean: float = 1.0, std: float = 2.0, *, generator: Generator | None = None
    ) -> Tensor:
        """Fill with exponentials of normal numbers of this mean and deviation: (*) -> (*)."""
        dtype = self._array.dtype
        return _fill(
            fills.LogNormal, self, lambda shape: _of(generator).log_normal(shape, mean, std, dtype)
        )

    def random_(
        self, *bounds: int, to: int | None = None, generator: Generator | None = None
    ) -> Tensor:
        """Fill with integers of [low, to): ``random_(low, to)``, ``random_(to)`` from 0.

        Shapes: (*) -> (*). ``random_()`` goes up to the largest: that of an integer dtype, of a
        float dtype 2 to the number of its digits.
        """
        dtype = self._array.dtype
        bounds = bounds if to is None else (*bounds, to)
        if is_complex(dtype):
            raise not_implemented("random_kernel_cpu", dtype)
        if not bounds:
            return _fill(fills.Random, self, lambda shape: _of(generator).random(shape, dtype))
        low, high = bounds if len(bounds) > 1 else (0, bounds[0])
        return _fill(
            fills.Random, self, lambda shape: _of(generator).randint(low, high, shape, dtype)
        )

    def bernoulli_(self, p: Any = 0.5, *, generator: Generator | None = None) -> Tensor:
        """Fill with ones with probability ``p``, a number or a tensor, else zeros: (*) -> (*)."""
        if not isinstance(p, TensorBase):
            if not hasattr(p, "__float__"):
                raise TypeError(
                    f"bernoulli_(): argument 'p' (position 1) must be float, not {type(p).__name__}"
                )
            return _fill(
                fills.Bernoulli, self, lambda shape: _of(generator).bernoulli(shape, float(p))
            )
        expanded_size(p._array, self._array.shape)
        chances = chances_for(self._array, p._array)
        axes = memory_axes(layout(self._array, in_place=True)[0])
        return _fill(
            fills.BernoulliBy,
            self,
            lambda shape: _of(generator).bernoulli(shape, chances.transpose(axes)),
            p,
        )

    bernoulli, multinomial = method(drawing.bernoulli), method(drawing.multinomial)


def _fill(op: type[Op], target: Any, draw: Callable[[Shape], Array], *others: TensorBase) -> Tensor:
    """Write what ``draw`` returns for the shape with its axes in the order of memory."""
    check_no_repeats(target._array)  # before anything is drawn
    if is_grad_enabled() and requires_grad(target):
        check_recordable(target)
    like, levels = layout(target._array, in_place=True)
    axes = memory_axes(like)
    drawn = draw(tuple([like.shape[axis] for axis in axes])).transpose(np.argsort(axes))
    return write_(op, target, *others, drawn=Example(drawn, levels) if levels else drawn)
