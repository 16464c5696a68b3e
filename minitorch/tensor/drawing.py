"""Functions that draw from the distributions a tensor describes; each is a method, too."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from minitorch.autograd.grad_mode import is_grad_enabled
from minitorch.autograd.variable import TensorBase
from minitorch.autograd.vmap.randomness import drawn_from, empty_like
from minitorch.core.dtypes import Array, is_float, is_half, not_implemented, scalar_name
from minitorch.generator import Generator, checks, default_generator
from minitorch.ops.arguments import need_tensors, takes_tensors
from minitorch.ops.layers.random import BernoulliLike, BernoulliOf, Binomial, Poisson
from minitorch.ops.out import out_rules, takes_out

if TYPE_CHECKING:
    from minitorch.tensor import Tensor


@takes_out
@out_rules(casts="all")
def bernoulli(
    input: TensorBase, p: float | None = None, *, generator: Generator | None = None
) -> Tensor:
    """Return ones with the probabilities that ``input`` holds, zeros else: (*) -> (*).

    Args:
        input: probabilities.
        p: a probability for all elements, instead.
        generator: source of the numbers.
    """
    source = source_of(generator)
    array = input._array
    if p is not None:
        blank: Tensor = input._plain(empty_like(array, contiguous=True))
        blank.bernoulli_(p, generator=generator)
        if input._requires_grad and is_grad_enabled():
            return BernoulliLike.apply(input, drawn=blank._array)
        return blank
    drawn = drawn_from(lambda p: source.bernoulli(p.shape, p).astype(p.dtype), array)
    return BernoulliOf.apply(input, drawn=drawn)


@takes_out
@out_rules(casts="none")
def multinomial(
    input: TensorBase,
    num_samples: int,
    replacement: bool = False,
    *,
    generator: Generator | None = None,
) -> Tensor:
    """Return indices of categories drawn with probabilities in proportion to their weights.

    Shapes: (K,) -> (num_samples,), (N, K) -> (N, num_samples).

    Raises:
        RuntimeError: for weights that make no distribution, or too few to draw from.
    """

    def draw(weights: Array) -> Array:
        rows = weights  # those of all examples are drawn as rows of one matrix
        if weights.ndim > input._array.ndim:
            rows = weights.reshape(-1, weights.shape[-1])
        picked = source_of(generator).multinomial(rows, num_samples, replacement)
        return picked.reshape(*weights.shape[:-1], num_samples)

    return input._plain(drawn_from(draw, input._array))


@takes_tensors
def poisson(input: TensorBase, generator: Generator | None = None) -> Tensor:
    """Return counts of Poisson distributions with the rates that ``input`` holds: (*) -> (*).

    Raises:
        RuntimeError: for a negative rate.
    """
    from minitorch.generator import counts

    need_tensors(input)
    checks.check_floating(input._array.dtype, "poisson_cpu")

    def draw(rates: Array) -> Array:
        return counts.poisson(source_of(generator), rates).astype(rates.dtype)

    return Poisson.apply(input, drawn=drawn_from(draw, input._array))


@takes_tensors
def binomial(count: TensorBase, prob: TensorBase, generator: Generator | None = None) -> Tensor:
    """Return how many of ``count`` trials succeed with the probability ``prob``, as a float.

    Shapes: (*A), (*B) -> (*broadcast(A, B)), without derivative.

    Raises:
        ValueError: for integers.
        RuntimeError: for tensors of two dtypes.
    """
    from minitorch.generator import counts

    need_tensors(count, prob)
    kind = count._array.dtype
    if not is_float(kind):
        name = scalar_name(count._array)
        raise ValueError(f"binomial only supports floating-point dtypes for count, got: {name}")
    if is_half(kind):
        raise not_implemented("binomial_cpu", kind)
    if prob._array.dtype != kind:
        words = [scalar_name(x._array) for x in (prob, count)]
        raise RuntimeError(f"Found dtype {words[0]} but expected {words[1]}")

    def draw(trials: Array, chances: Array) -> Array:
        both = np.broadcast_arrays(trials, chances)
        return counts.binomial(source_of(generator), *both).astype(kind)

    drawn = drawn_from(draw, count._array, prob._array)
    return Binomial.apply(count, prob, drawn=drawn)


def source_of(generator: Generator | None) -> Generator:
    """Return the generator to draw from: the default one for None."""
    return default_generator if generator is None else generator
