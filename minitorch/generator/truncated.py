"""Normals cut to an interval, by PyTorch's two ways of rejection."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from minitorch.core.silence import silence
from minitorch.generator.generator import Generator
from minitorch.generator.transforms import Array


def trunc_normal(
    generator: Generator,
    shape: Sequence[int],
    mean: float = 0.0,
    std: float = 1.0,
    a: float = -2.0,
    b: float = 2.0,
    dtype: DTypeLike = np.float32,
    *,
    contiguous: bool = True,
    in_order: bool = True,
) -> Array:
    """Draw normals that lie in [a, b], as ``nn.init.trunc_normal_`` of PyTorch 2.13 draws them.

    Where [a, b] holds more than 0.3 of the probability, all normals are drawn until those kept all
    lie inside; else uniforms over [a, b] are accepted in proportion to their density.

    Args:
        generator: source of the numbers.
        shape: shape of the result.
        mean: mean of the normal before the cut.
        std: its standard deviation.
        a: lower end, in the units of the result.
        b: upper end.
        dtype: a floating-point dtype.
        contiguous: see `Generator.normal`.
        in_order: whether a new tensor like the one to fill, without its gaps, is contiguous.
    """
    kind: np.dtype[Any] = np.dtype(dtype)
    if _cdf((b - mean) / std) - _cdf((a - mean) / std) <= 0.3:
        return _from_uniforms(generator, shape, mean, std, a, b, kind)
    low, high = kind.type(a), kind.type(b)
    kept = generator.normal(shape, mean, std, dtype, contiguous=contiguous)
    while (outside := (kept < low) | (kept > high)).any():
        redrawn = generator.normal(shape, mean, std, dtype, contiguous=in_order)
        kept = np.where(outside, redrawn, kept)
    return kept


def _cdf(x: float) -> float:
    return (1.0 + math.erf(x / math.sqrt(2.0))) / 2.0


def _from_uniforms(
    generator: Generator,
    shape: Sequence[int],
    mean: float,
    std: float,
    a: float,
    b: float,
    dtype: np.dtype[Any],
) -> Array:
    mode = max(a, min(mean, b))
    log_peak = -0.5 * ((mode - mean) / std) ** 2
    kept = np.empty(shape, dtype)
    pending = np.ones(shape, np.bool_)
    while pending.any():
        candidates = generator.uniform(shape, a, b, dtype)
        kept = np.where(pending, candidates, kept)
        log_density = ((candidates - mean) / std) ** 2 * -0.5 - log_peak
        with silence():  # log(0) = -inf accepts
            pending = pending & (np.log(generator.rand(shape, dtype)) > log_density)
    return kept
