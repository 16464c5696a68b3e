"""Embeddings: rows of a table that indices name."""

from __future__ import annotations

import numpy as np

from minitorch.autograd.sites import warn_user
from minitorch.nn.functional.checks import require_tensors
from minitorch.ops.layers import embedding as tables, embedding_bag as bags
from minitorch.sequences import arange
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


_MODES = {"sum": bags.SUM, "mean": bags.MEAN, "max": bags.MAX}


def embedding_bag(
    input: Tensor,
    weight: Tensor,
    offsets: Tensor | None = None,
    max_norm: float | None = None,
    norm_type: float = 2,
    scale_grad_by_freq: bool = False,
    mode: str = "mean",
    sparse: bool = False,
    per_sample_weights: Tensor | None = None,
    include_last_offset: bool = False,
    padding_idx: int | None = None,
) -> Tensor:
    """Return sums, means or maxima of bags of rows of a table, zeros for an empty bag.

    Shapes: (B, n), (V, E) -> (B, E), or (n), (V, E), offsets (B) -> (B, E).

    Args:
        input: indices, int64 or int32; a bag in each row, or all of them one after the other.
        weight: the table.
        offsets: where each bag begins, of indices in one dimension.
        max_norm: as in :func:`embedding`, as are ``norm_type``, ``scale_grad_by_freq``, ``sparse``.
        norm_type: p of that norm.
        scale_grad_by_freq: divide the gradient of a row by how often ``input`` names it.
        mode: "sum", "mean" or "max".
        sparse: accepted with a warning.
        per_sample_weights: shaped as ``input``; factors of the rows that "sum" adds up.
        include_last_offset: whether ``offsets`` ends with the end of the last bag.
        padding_idx: a row that is left out of its bags.

    Raises:
        ValueError: if the arguments do not fit each other.
        RuntimeError: if dtypes do not fit, or indices are out of range.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.embedding_bag.html.
        There ``scale_grad_by_freq`` divides by other rows' counts, too, and a mean whose last
        offset is not the number of indices by those beyond it.
    """
    names = "embedding_bag(input, weight, offsets)"
    require_tensors(names, input, weight, offsets, required=2)
    input, weight = _in_order(input, weight)
    _check_bag_shapes(input, weight, offsets, per_sample_weights)
    if input.ndim == 2:
        offsets = arange(0, input.numel(), input.shape[1], dtype=input.dtype)
        include_last_offset = False
        input = input.reshape(-1)
        if per_sample_weights is not None:
            per_sample_weights = per_sample_weights.reshape(-1)
    _check_mode(mode, scale_grad_by_freq, sparse, per_sample_weights)
    if max_norm is not None:
        tables.embedding_renorm_(weight.detach(), input, max_norm, norm_type)
    assert offsets is not None
    about = (scale_grad_by_freq, _MODES[mode], sparse)
    last = (per_sample_weights, include_last_offset, padding_idx)
    return bags.embedding_bag(weight, input, offsets, *about, *last)[0]


def _check_bag_shapes(
    input: Tensor, weight: Tensor, offsets: Tensor | None, factors: Tensor | None
) -> None:
    if factors is not None and factors.shape != input.shape:
        raise ValueError(
            f"embedding_bag: If per_sample_weights ({factors.shape}) is not None, then it must "
            f"have the same shape as the input ({input.shape})"
        )
    if weight.ndim != 2:
        raise ValueError(f"weight has to be a 2D Tensor, but got Tensor of dimension {weight.ndim}")
    if input.ndim not in (1, 2):
        raise ValueError(
            f"input has to be 1D or 2D Tensor, but got Tensor of dimension {input.ndim}"
        )
    if input.ndim == 2 and offsets is not None:
        raise ValueError(
            "if input is 2D, then offsets has to be None, as input is treated is a mini-batch of "
            f"fixed length sequences. However, found offsets of type {type(offsets)}"
        )
    if input.ndim == 1 and (offsets is None or offsets.ndim != 1):
        found = "" if offsets is not None else " but got None"
        raise ValueError(f"offsets has to be a 1D Tensor{found}")


def _check_mode(mode: str, scale_grad_by_freq: bool, sparse: bool, factors: Tensor | None) -> None:
    if mode not in _MODES:
        raise ValueError(f"mode has to be one of sum, mean or max, but got {mode!r}")
    if mode == "max" and scale_grad_by_freq:
        raise ValueError("max mode does not support scaling the gradient by the frequency")
    if mode == "max" and sparse:
        raise ValueError("max mode does not support sparse weights")
    if factors is not None and mode != "sum":
        raise NotImplementedError(
            "embedding_bag: per_sample_weights was not None. per_sample_weights is only supported "
            f"for mode='sum' (got mode='{mode}')"
        )


def _in_order(input: Tensor, weight: Tensor) -> tuple[Tensor, Tensor]:
    """Return indices and table, which stood in the other order once."""
    if weight._array.dtype != np.int64 or not input.is_floating_point():
        return input, weight
    warn_user(
        "Argument order of nn.functional.embedding_bag was changed. Usage "
        "`embedding_bag(weight, input, ...)` is deprecated, and should now be "
        "`embedding_bag(input, weight, ...)`."
    )
    return weight, input
