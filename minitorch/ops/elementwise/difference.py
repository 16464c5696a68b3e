"""Differences, which refuse truth values."""

from __future__ import annotations

from typing import Any

import numpy as np

from minitorch.core.dtypes import Array, is_bool, promote


def promote_without_bool(operands: list[Any]) -> list[Any]:
    """As :func:`promote`, for differences: they refuse truth values.

    Raises:
        RuntimeError: if an operand is a truth value.
    """
    try:
        cast = promote(operands)
    except RuntimeError:  # of truth values, PyTorch minds the difference more
        _refuse_truths(operands)
        raise
    a, b = operands
    if cast is operands and type(a) is not bool and type(b) is not bool:
        return operands  # of one dtype, and if that is bool the subtraction itself fails
    _refuse_truths(operands)
    return cast


def _refuse_truths(operands: list[Any]) -> None:
    truths = sum(is_bool(np.result_type(x)) for x in operands)
    if truths == 2:
        raise RuntimeError(_NO_DIFFERENCE)
    if truths:
        raise RuntimeError(
            "Subtraction, the `-` operator, with a bool tensor is not supported. If you are "
            "trying to invert a mask, use the `~` or `logical_not()` operator instead."
            " [explain: bool-minus]"
        )


_NO_DIFFERENCE = (
    "Subtraction, the `-` operator, with two bool tensors is not supported. Use the `^` or "
    "`logical_xor()` operator instead."
    " [explain: bool-minus]"
)


def subtract(a: Any, b: Any) -> Array:
    """Return ``a - b``.

    Raises:
        RuntimeError: for truth values.
    """
    try:
        return a - b
    except TypeError:  # NumPy's, for truth values
        raise RuntimeError(_NO_DIFFERENCE) from None
