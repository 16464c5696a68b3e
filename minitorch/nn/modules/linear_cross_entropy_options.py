"""Options of the cross-entropy of an affine map."""

from __future__ import annotations

import dataclasses
from typing import Any

from minitorch.core.dtypes import dtype, float16, float32, float64

_POLICIES = ("auto", "accurate", "balanced", "compact")
_DTYPES = (None, float16, float32, float64)


@dataclasses.dataclass(slots=True, frozen=True)
class LinearCrossEntropyOptions:
    """How PyTorch computes :func:`nn.functional.linear_cross_entropy` in pieces of the batch.

    Here the numbers are those without options: the loss and its gradients do not depend on them.
    They are checked, and refused where PyTorch refuses them.

    Args:
        allow_retain_graph: whether PyTorch may walk the graph twice; here it always may be.
        batch_chunk_size: rows of a piece.
        chunking_method: how the size of a piece is found: "auto", "aspect_ratio" or
            "aspect_ratio:N", N times smaller.
        acc_policy: what is summed up in ``acc_dtype``: "auto", "accurate", "balanced", "compact".
        acc_dtype: to sum up in.

    Raises:
        ValueError: for what is none of these.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.LinearCrossEntropyOptions.html
    """

    allow_retain_graph: bool = False
    batch_chunk_size: int | None = None
    chunking_method: str | None = "auto"
    acc_policy: str = "auto"
    acc_dtype: dtype | None = None

    def __post_init__(self) -> None:
        if self.acc_policy not in _POLICIES:
            raise ValueError(
                f"invalid acc_policy: {self.acc_policy!r} is none of {', '.join(_POLICIES)}"
            )
        if self.chunking_method not in (None, "auto") and not self._parts():
            raise ValueError(
                f"invalid chunking_method: {self.chunking_method!r} is none of 'auto', "
                "'aspect_ratio', 'aspect_ratio:N' and None"
            )
        size = self.batch_chunk_size
        if size is not None and not (isinstance(size, int) and size > 0):
            raise ValueError(f"batch_chunk_size must be positive int or None, got {size!r}")
        if self.acc_dtype not in _DTYPES:
            raise ValueError(
                f"acc_dtype must be one of {{None, torch.float16, torch.float32, torch.float64}}, "
                f"got {self.acc_dtype!r}"
            )

    def _parts(self) -> int | None:
        """N of "aspect_ratio:N"; None where it is not that."""
        name, colon, parts = (self.chunking_method or "").partition(":")
        parts = parts if colon else "1"
        is_known = name == "aspect_ratio" and parts.isdigit() and int(parts) > 0
        return int(parts) if is_known else None

    def check(self, rows: int, features: int, classes: int, input_dtype: Any) -> None:
        """Refuse what PyTorch refuses for an input (rows, features) of that dtype.

        Raises:
            ValueError: if size and method of the pieces contradict each other.
            RuntimeError: if ``acc_dtype`` does not go with the input's dtype.
        """
        acc_dtype = self.acc_dtype
        if acc_dtype not in (None, input_dtype) and (input_dtype, acc_dtype) != (float16, float32):
            raise RuntimeError(
                "linear_cross_entropy supports float32 acc_dtype with float16/bfloat16 inputs, but "
                f"got {acc_dtype} acc_dtype and {input_dtype} inputs."
            )
        size, parts = self.batch_chunk_size, self._parts()
        if size is None or parts is None:
            return
        share = -(-rows // -(-classes // features))
        found = min((1 << (share - 1).bit_length()) // parts, rows)
        if size != found:
            raise ValueError(
                f"batch_chunk_size (={size}) and chunking_method ('{self.chunking_method}') give "
                f"different chunk sizes ({size} vs {found}); pass only one."
            )
