"""Windows that weigh the samples of a signal: symmetric, or periodic as Fourier analysis wants."""

from __future__ import annotations

import builtins
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from minitorch.core import dtypes
from minitorch.core.dtypes import Array, dtype as DType
from minitorch.creation import AnyDevice, finish, numpy_dtype
from minitorch.kernels.special.bessel import i0
from minitorch.ops.dims import read_int
from minitorch.ops.out import makes
from minitorch.tensor import Tensor


def _window(
    name: str,
    length: Any,
    periodic: builtins.bool,
    shape: Callable[[Array], Array],
    dtype: DType | None,
    device: AnyDevice,
    requires_grad: builtins.bool,
) -> Tensor:
    length, kind = read_int(length, "window_length"), numpy_dtype(dtype)
    if not dtypes.is_float(kind):
        raise RuntimeError(f"{name} expects floating point dtypes, got: {dtypes.from_numpy(kind)}")
    if length < 0:
        raise RuntimeError(
            f"{name} requires non-negative window_length, got window_length={length}"
        )
    values = sample(length, periodic, shape)
    return finish(values.astype(kind), requires_grad, device)


def sample(length: int, periodic: builtins.bool, shape: Callable[[Array], Array]) -> Array:
    """Sample a shape over [0, 1], in float64; a periodic window stops a sample short of 1."""
    if length < 2:
        return np.ones(length)
    return shape(np.arange(length, dtype=np.float64) / (length if periodic else length - 1))


@makes
def hann_window(
    window_length: int,
    periodic: builtins.bool = True,
    *,
    dtype: DType | None = None,
    device: AnyDevice = None,
    requires_grad: builtins.bool = False,
) -> Tensor:
    """Return Hann's window, 0.5 - 0.5 cos(2 pi t): () -> (window_length,)."""
    return _window(
        "hann_window", window_length, periodic, cosines(0.5, 0.5), dtype, device, requires_grad
    )


@makes
def hamming_window(
    window_length: int,
    periodic: builtins.bool = True,
    alpha: float = 0.54,
    beta: float = 0.46,
    *,
    dtype: DType | None = None,
    device: AnyDevice = None,
    requires_grad: builtins.bool = False,
) -> Tensor:
    """Return Hamming's window, alpha - beta cos(2 pi t): () -> (window_length,)."""
    shape = cosines(alpha, beta)
    return _window("hamming_window", window_length, periodic, shape, dtype, device, requires_grad)


@makes
def blackman_window(
    window_length: int,
    periodic: builtins.bool = True,
    *,
    dtype: DType | None = None,
    device: AnyDevice = None,
    requires_grad: builtins.bool = False,
) -> Tensor:
    """Return Blackman's window, 0.42 - 0.5 cos(2 pi t) + 0.08 cos(4 pi t): () -> (length,)."""
    shape = cosines(0.42, 0.5, 0.08)
    return _window("blackman_window", window_length, periodic, shape, dtype, device, requires_grad)


@makes
def bartlett_window(
    window_length: int,
    periodic: builtins.bool = True,
    *,
    dtype: DType | None = None,
    device: AnyDevice = None,
    requires_grad: builtins.bool = False,
) -> Tensor:
    """Return Bartlett's window, a triangle from 0 to 1 to 0: () -> (window_length,)."""
    return _window(
        "bartlett_window", window_length, periodic, triangle, dtype, device, requires_grad
    )


@makes
def kaiser_window(
    window_length: int,
    periodic: builtins.bool = True,
    beta: float = 12.0,
    *,
    dtype: DType | None = None,
    device: AnyDevice = None,
    requires_grad: builtins.bool = False,
) -> Tensor:
    """Return Kaiser's window, i0(beta sqrt(1 - (2t - 1)²)) / i0(beta): () -> (window_length,)."""
    shape = kaiser(beta)
    return _window("kaiser_window", window_length, periodic, shape, dtype, device, requires_grad)


def cosines(*weights: float) -> Callable[[Array], Array]:
    """Cosines of 0, 1, 2, ... periods, with signs in turn."""

    def shape(t: Array) -> Array:
        waves = [(-1) ** k * w * np.cos(2 * math.pi * k * t) for k, w in enumerate(weights)]
        return np.sum(waves, 0)

    return shape


def triangle(t: Array) -> Array:
    """Rise from 0 to 1 and fall back."""
    return 1 - np.abs(2 * t - 1)


def kaiser(beta: float) -> Callable[[Array], Array]:
    """The Bessel function i0 over a half circle of radius beta, 1 in the middle."""

    def shape(t: Array) -> Array:
        inside = np.maximum(1 - (2 * t - 1) ** 2, 0)
        return i0(beta * np.sqrt(inside)) / i0(np.array(float(beta)))

    return shape
