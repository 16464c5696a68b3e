"""How many rows lie in each cell of a grid."""

from __future__ import annotations

from typing import Any

from minitorch.autograd.variable import TensorBase
from minitorch.autograd.vmap.example import refuse_shape_of
from minitorch.ops import return_types
from minitorch.ops.arguments import takes_tensors
from minitorch.ops.reduce.histograms import check_weight, counted, edges_of


@takes_tensors
def histogramdd(
    input: TensorBase,
    bins: Any,
    range: Any = None,
    weight: TensorBase | None = None,
    density: bool = False,
) -> return_types.histogramdd:
    """Return how many rows lie in each cell of a grid, and the edges along each of its dimensions.

    Shapes: (*, D) -> (B_1, ..., B_D), D of (B + 1,).

    Args:
        input: a float32 or float64 tensor, whose last dimension holds the coordinates.
        bins: how many equal parts along each dimension, one number or D; or D tensors of edges.
        range: 2 D numbers, where each dimension begins and ends.
        weight: what each row counts.
        density: divide by the total and the volumes, so that the integral is 1.

    Raises:
        RuntimeError: for fewer than two dimensions, or bins, ranges and weights that do not fit.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.histogramdd.html
    """
    refuse_shape_of("histogramdd", input._array)
    x = input._array
    if x.ndim < 2:
        raise RuntimeError("torch.histogramdd: input tensor should have at least 2 dimensions")
    several = list(bins) if isinstance(bins, tuple | list) else [bins] * x.shape[-1]
    if len(several) != x.shape[-1]:
        raise RuntimeError(
            "histogramdd: The size of bins must be equal to the innermost dimension of the input."
        )
    check_weight(x, x.shape[:-1], weight)
    rows = x.reshape(-1, x.shape[-1])
    edges = edges_of(rows, several, range)
    hist = input._plain(counted(rows, edges, weight, density))
    return return_types.histogramdd(hist, tuple([input._plain(own) for own in edges]))
