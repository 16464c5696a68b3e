"""``torch.signal.windows``: shapes of M samples, symmetric, or periodic with ``sym=False``."""

from __future__ import annotations

import builtins
import math
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from minitorch.core.dtypes import Array, dtype as DType, float32, float64, get_default_dtype
from minitorch.creation import AnyDevice, finish
from minitorch.kernels.special.bessel import i0
from minitorch.ops.dims import read_int
from minitorch.tensor import Tensor

Flag = builtins.bool


def _checked(name: str, M: int, dtype: DType | None) -> DType:
    if M < 0:
        raise ValueError(f"{name} requires non-negative window length, got M={M}")
    kind = get_default_dtype() if dtype is None else dtype
    if kind not in (float32, float64):
        raise ValueError(f"{name} expects float32 or float64 dtypes, got: {kind}")
    read_int(M, "M")
    return kind


def _sampled(
    name: str,
    M: int,
    sym: Flag,
    shape: Callable[[Array], Array],
    dtype: DType | None,
    device: AnyDevice,
    requires_grad: Flag,
) -> Tensor:
    """Sample a shape over [-1, 1], in float64; a periodic window stops a sample short of 1."""
    kind = _checked(name, M, dtype)
    steps = max(M - 1 if sym else M, 1)
    places = np.arange(M, dtype=np.float64) * (2 / steps) - 1
    values = shape(places) if M > 1 else np.ones(M)
    return finish(values.astype(kind.numpy), requires_grad, device)


def exponential(
    M: int,
    *,
    center: float | None = None,
    tau: float = 1.0,
    sym: Flag = True,
    dtype: DType | None = None,
    device: AnyDevice = None,
    requires_grad: Flag = False,
) -> Tensor:
    """Return exp(-|n - center| / tau): () -> (M,).

    Raises:
        ValueError: for tau <= 0, or a center given for a symmetric window.
    """
    kind = _checked("exponential", M, dtype)
    if tau <= 0:
        raise ValueError(f"Tau must be positive, got: {tau} instead.")
    if sym and center is not None:
        raise ValueError("Center must be None for symmetric windows")
    if center is None:
        center = (M if not sym and M > 1 else M - 1) / 2.0
    values = np.exp(-np.abs(np.arange(M) - center) / tau)
    return finish(values.astype(kind.numpy), requires_grad, device)


def cosine(
    M: int,
    *,
    sym: Flag = True,
    dtype: DType | None = None,
    device: AnyDevice = None,
    requires_grad: Flag = False,
) -> Tensor:
    """Return half a period of a sine, sin(pi (n + 0.5) / M): () -> (M,)."""
    kind = _checked("cosine", M, dtype)
    steps = M + 1 if not sym and M > 1 else M
    values = np.sin(math.pi * (np.arange(M) + 0.5) / max(steps, 1))
    return finish(values.astype(kind.numpy), requires_grad, device)


def gaussian(
    M: int,
    *,
    std: float = 1.0,
    sym: Flag = True,
    dtype: DType | None = None,
    device: AnyDevice = None,
    requires_grad: Flag = False,
) -> Tensor:
    """Return exp(-(n - middle)² / (2 std²)): () -> (M,).

    Raises:
        ValueError: for std <= 0.
    """
    kind = _checked("gaussian", M, dtype)
    if std <= 0:
        raise ValueError(f"Standard deviation must be positive, got: {std} instead.")
    middle = (M if not sym and M > 1 else M - 1) / 2.0
    values = np.exp(-(((np.arange(M) - middle) / std) ** 2) / 2)
    return finish(values.astype(kind.numpy), requires_grad, device)


def kaiser(
    M: int,
    *,
    beta: float = 12.0,
    sym: Flag = True,
    dtype: DType | None = None,
    device: AnyDevice = None,
    requires_grad: Flag = False,
) -> Tensor:
    """Return i0(beta sqrt(1 - t²)) / i0(beta), t from -1 to 1: () -> (M,).

    Raises:
        ValueError: for a negative beta.
    """
    if beta < 0:
        raise ValueError(f"beta must be non-negative, got: {beta} instead.")

    def shape(t: Array) -> Array:
        inside = np.maximum(1 - t * t, 0)
        return i0(beta * np.sqrt(inside)) / i0(np.array(float(beta)))

    return _sampled("kaiser", M, sym, shape, dtype, device, requires_grad)


def general_cosine(
    M: int,
    *,
    a: Iterable[float],
    sym: Flag = True,
    dtype: DType | None = None,
    device: AnyDevice = None,
    requires_grad: Flag = False,
) -> Tensor:
    """Return a[0] - a[1] cos(2 pi t) + a[2] cos(4 pi t) - ..., t from 0 to 1: () -> (M,).

    Raises:
        TypeError: for coefficients that are no sequence.
        ValueError: for none.
    """
    if not isinstance(a, Iterable):
        raise TypeError("Coefficients must be a list/tuple")
    weights = [*a]
    if not weights:
        raise ValueError("Coefficients cannot be empty")
    return _cosines(M, weights, sym, dtype, device, requires_grad)


def _cosines(M: int, weights: list[float], sym: Flag, *others: Any) -> Tensor:
    def shape(t: Array) -> Array:
        # cos(2 pi k (t + 1) / 2) = (-1)^k cos(pi k t), which the signs in turn undo.
        return np.sum([w * np.cos(math.pi * k * t) for k, w in enumerate(weights)], 0)

    return _sampled("general_cosine", M, sym, shape, *others)


def general_hamming(
    M: int,
    *,
    alpha: float = 0.54,
    sym: Flag = True,
    dtype: DType | None = None,
    device: AnyDevice = None,
    requires_grad: Flag = False,
) -> Tensor:
    """Return alpha - (1 - alpha) cos(2 pi t), t from 0 to 1: () -> (M,)."""
    weights = [alpha, 1.0 - alpha]
    return _cosines(M, weights, sym, dtype, device, requires_grad)


def hamming(
    M: int,
    *,
    sym: Flag = True,
    dtype: DType | None = None,
    device: AnyDevice = None,
    requires_grad: Flag = False,
) -> Tensor:
    """Return Hamming's window, 0.54 - 0.46 cos(2 pi t): () -> (M,)."""
    return _cosines(M, [0.54, 0.46], sym, dtype, device, requires_grad)


def hann(
    M: int,
    *,
    sym: Flag = True,
    dtype: DType | None = None,
    device: AnyDevice = None,
    requires_grad: Flag = False,
) -> Tensor:
    """Return Hann's window, 0.5 - 0.5 cos(2 pi t): () -> (M,)."""
    return _cosines(M, [0.5, 0.5], sym, dtype, device, requires_grad)


def blackman(
    M: int,
    *,
    sym: Flag = True,
    dtype: DType | None = None,
    device: AnyDevice = None,
    requires_grad: Flag = False,
) -> Tensor:
    """Return Blackman's window, 0.42 - 0.5 cos(2 pi t) + 0.08 cos(4 pi t): () -> (M,)."""
    _checked("blackman", M, dtype)
    return _cosines(M, [0.42, 0.5, 0.08], sym, dtype, device, requires_grad)


def nuttall(
    M: int,
    *,
    sym: Flag = True,
    dtype: DType | None = None,
    device: AnyDevice = None,
    requires_grad: Flag = False,
) -> Tensor:
    """Return Nuttall's window, of four cosines: () -> (M,)."""
    weights = [0.3635819, 0.4891775, 0.1365995, 0.0106411]
    return _cosines(M, weights, sym, dtype, device, requires_grad)


def bartlett(
    M: int,
    *,
    sym: Flag = True,
    dtype: DType | None = None,
    device: AnyDevice = None,
    requires_grad: Flag = False,
) -> Tensor:
    """Return Bartlett's window, a triangle from 0 to 1 to 0: () -> (M,)."""
    return _sampled("bartlett", M, sym, lambda t: 1 - np.abs(t), dtype, device, requires_grad)
