"""Results with names: ``x.max(0).values``, printed as PyTorch prints them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from minitorch.tensor import Tensor


class _Choice(NamedTuple):
    values: Tensor
    indices: Tensor

    def __repr__(self) -> str:
        name = type(self).__name__
        return f"torch.return_types.{name}(\nvalues={self.values!r},\nindices={self.indices!r})"


class max(_Choice):
    """What ``max(dim)`` returns."""


class min(_Choice):
    """What ``min(dim)`` returns."""


class sort(_Choice):
    """What ``sort`` returns."""


class topk(_Choice):
    """What ``topk`` returns."""


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
