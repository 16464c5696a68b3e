"""Results with names: ``x.max(0).values``, printed as PyTorch prints them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from minitorch.ops.results import (
        aminmax as aminmax,
        frexp as frexp,
        histogram as histogram,
        histogramdd as histogramdd,
    )
    from minitorch.tensor import Tensor


def printed(result: Any) -> str:
    """Print a result with its fields' names, as PyTorch does."""
    fields = ",\n".join([f"{name}={x!r}" for name, x in zip(result._fields, result, strict=True)])
    return f"torch.return_types.{type(result).__name__}(\n{fields})"


class _Choice(NamedTuple):
    values: Tensor
    indices: Tensor

    def __repr__(self) -> str:
        return printed(self)


class max(_Choice):
    """What ``max(dim)`` returns."""


class min(_Choice):
    """What ``min(dim)`` returns."""


class sort(_Choice):
    """What ``sort`` returns."""


class topk(_Choice):
    """What ``topk`` returns."""


class kthvalue(_Choice):
    """What ``kthvalue`` returns."""


class median(_Choice):
    """What ``median(dim)`` returns."""


class nanmedian(_Choice):
    """What ``nanmedian(dim)`` returns."""


class mode(_Choice):
    """What ``mode`` returns."""


class cummax(_Choice):
    """What ``cummax`` returns."""


class cummin(_Choice):
    """What ``cummin`` returns."""


def __getattr__(name: str) -> type:
    """Find what few programs ask for, which is imported with it."""
    from minitorch.ops import results

    try:
        return vars(results)[name]
    except KeyError:
        from minitorch.core.errors import missing_attribute

        raise missing_attribute(__name__, name) from None
