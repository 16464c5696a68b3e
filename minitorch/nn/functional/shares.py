"""Kinds of softmax."""

from __future__ import annotations

import warnings
from typing import Any

from minitorch.core.dtypes import scalar_name
from minitorch.creation import empty_like, zeros_like
from minitorch.nn.functional.activation import softmax
from minitorch.tensor import Tensor


def softmin(
    input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None
) -> Tensor:
    """Return the softmax of −x along ``dim``: (*) -> (*).

    Args:
        input: (*).
        dim: the dimension whose values shall sum to 1.
        _stacklevel: frames between the warning and who is warned.
        dtype: converted to first, against overflow.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.softmin.html
    """
    return softmax(-input, dim, _stacklevel + 1, dtype)


def gumbel_softmax(
    logits: Tensor, tau: float = 1, hard: bool = False, eps: float = 1e-10, dim: int = -1
) -> Tensor:
    """Draw from the classes of ``logits``, as shares that have a gradient: (*) -> (*).

    Args:
        logits: logarithms of probabilities, up to a constant.
        tau: the lower, the closer to 0 and 1 the shares are.
        hard: return 1 for the largest share and 0 for the others, with the gradient of the shares.
        eps: without effect.
        dim: the dimension of the classes.

    Raises:
        RuntimeError: for integers.

    Source: https://arxiv.org/abs/1611.00712, https://arxiv.org/abs/1611.01144;
        https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.gumbel_softmax.html
    """
    if not isinstance(logits, Tensor):
        raise TypeError(
            "empty_like(): argument 'input' (position 1) must be Tensor, not "
            f"{type(logits).__name__}"
        )
    if eps != 1e-10:
        warnings.warn("`eps` parameter is deprecated and has no effect.", stacklevel=2)
    if not logits.is_floating_point():
        raise RuntimeError(
            "Exponential distribution is a continuous probability distribution. dtype must be a "
            f"floating point but you specified {scalar_name(logits._array)}"
        )
    gumbels = -empty_like(logits).contiguous().exponential_().log()
    soft = ((logits + gumbels) / tau).softmax(dim)
    if not hard:
        return soft
    index = soft.max(dim, keepdim=True)[1]
    best = zeros_like(logits).contiguous().scatter_(dim, index, 1.0)
    return best - soft.detach() + soft
