"""Functions that draw from the distributions a tensor describes; each is a method, too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minitorch.autograd.variable import TensorBase
from minitorch.autograd.vmap.randomness import drawn_from, empty_like
from minitorch.core.dtypes import Array
from minitorch.generator import Generator, default_generator
from minitorch.ops.layers.random import Bernoulli
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
        return blank.bernoulli_(p, generator=generator)
    drawn = drawn_from(lambda p: source.bernoulli(p.shape, p).astype(p.dtype), array)
    return Bernoulli.apply(input, drawn=drawn)


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


def source_of(generator: Generator | None) -> Generator:
    """Return the generator to draw from: the default one for None."""
    return default_generator if generator is None else generator
