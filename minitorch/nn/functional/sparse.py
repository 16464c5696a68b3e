"""Embeddings: rows of a table that indices name."""

from __future__ import annotations

from minitorch.nn.functional.checks import require_tensors
from minitorch.ops.layers import embedding as tables
from minitorch.tensor import Tensor


def embedding(
    input: Tensor,
    weight: Tensor,
    padding_idx: int | None = None,
    max_norm: float | None = None,
    norm_type: float = 2.0,
    scale_grad_by_freq: bool = False,
    sparse: bool = False,
) -> Tensor:
    """Return the rows of a table that indices name: (*), (V, E) -> (*, E).

    Args:
        input: indices, int64 or int32.
        weight: the table.
        padding_idx: a row that gets no gradient; negative ones count from the end.
        max_norm: rows that are named and have a larger norm are first scaled down to it, in place.
        norm_type: p of that norm.
        scale_grad_by_freq: divide the gradient of a row by how often ``input`` names it.
        sparse: a sparse gradient is asked for; it is a dense one of the same numbers here, of
            which a warning tells.

    Raises:
        RuntimeError: for a table of other dimensions, or indices of another dtype.
        IndexError: for indices out of range.
        AssertionError: for a ``padding_idx`` that the table does not have.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.embedding.html.
        Unlike there, second gradients know of ``scale_grad_by_freq``, too.

    Example:
        >>> F.embedding(torch.tensor([2, 0]), torch.eye(3))
        tensor([[0., 0., 1.],
                [1., 0., 0.]])
    """
    require_tensors("embedding(weight, indices)", weight, input)
    if padding_idx is None:
        padding_idx = -1
    else:
        padding_idx = tables.wrapped_padding(padding_idx, len(weight._array))
    if max_norm is not None:
        tables.embedding_renorm_(weight.detach(), input, max_norm, norm_type)
    return tables.embedding(weight, input, padding_idx, scale_grad_by_freq, sparse)
