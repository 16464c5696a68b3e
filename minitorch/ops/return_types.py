"""Results with names: ``x.max(0).values``, printed as PyTorch prints them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from minitorch.tensor import Tensor


def _printed(result: Any) -> str:
    fields = ",\n".join([f"{name}={getattr(result, name)!r}" for name in result._fields])
    return f"torch.return_types.{type(result).__name__}(\n{fields})"


class _Choice(NamedTuple):
    values: Tensor
    indices: Tensor

    def __repr__(self) -> str:
        return _printed(self)


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


class aminmax(NamedTuple):
    """What ``aminmax`` returns."""

    min: Tensor
    max: Tensor

    def __repr__(self) -> str:
        return _printed(self)


class histogram(NamedTuple):
    """What ``histogram`` returns."""

    hist: Tensor
    bin_edges: Tensor

    def __repr__(self) -> str:
        return _printed(self)


class histogramdd(NamedTuple):
    """What ``histogramdd`` returns."""

    hist: Tensor
    bin_edges: tuple[Tensor, ...]

    def __repr__(self) -> str:
        return _printed(self)


class frexp(NamedTuple):
    """What ``frexp`` returns."""

    mantissa: Tensor
    exponent: Tensor

    def __repr__(self) -> str:
        parts = f"mantissa={self.mantissa!r},\nexponent={self.exponent!r}"
        return f"torch.return_types.frexp(\n{parts})"


def __getattr__(name: str) -> type:
    """Find what functions of matrices return, which is imported with them."""
    from minitorch.ops.linalg import results

    try:
        return vars(results)[name]
    except KeyError:
        from minitorch.core.errors import missing_attribute

        raise missing_attribute(__name__, name) from None
