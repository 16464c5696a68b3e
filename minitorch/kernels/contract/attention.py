"""Attention with scaled products of queries and keys, and its gradient.

Letters: N examples, H heads, L queries, S keys and values, E numbers in a query or key, V in a
value.
"""

from dataclasses import dataclass
from typing import Protocol

from minitorch.kernels.arrays import Array


class Forward(Protocol):
    """Means of the values, weighted by the softmax of query times key times ``scale``."""

    def __call__(
        self,
        query: Array,
        key: Array,
        value: Array,
        mask: Array | None,
        causal: bool,
        scale: float,
    ) -> tuple[Array, Array]:
        """(N, H, L, E), (N, H, S, E), (N, H, S, V), (N, H, L, S) -> (N, H, L, V), (N, H, L).

        A mask says where a query may look, or is added to the scores; ``causal``: query i looks at
        keys up to i. A query that may look nowhere gets zeros. The second result is the logarithm
        of each query's sum of exponentials, infinity where there was nothing to add; of float16 in
        float32, as the weights are found again from it.
        """


class Grad(Protocol):
    """Gradients of the means for queries, keys and values."""

    def __call__(
        self,
        grad: Array,
        query: Array,
        key: Array,
        value: Array,
        mask: Array | None,
        logsumexp: Array,
        causal: bool,
        scale: float,
    ) -> tuple[Array, Array, Array]:
        """(N, H, L, V), the arguments and the second result of ``Forward`` -> (N, H, L, E), ..."""


@dataclass(frozen=True, eq=False, repr=False)
class Attention:
    """Means of values and their gradients; results lie in memory as query, key and value do."""

    forward: Forward
    grad: Grad
