"""``torch.signal.windows``: shapes of M samples, symmetric, or periodic with ``sym=False``."""

from __future__ import annotations

import builtins
import inspect
import math
from collections.abc import Callable, Iterable
from functools import partial, wraps
from typing import Any, Protocol

import numpy as np

from minitorch.core.dtypes import Array, dtype as DType, float32, float64, get_default_dtype
from minitorch.core.strided import layout as Layout, strided
from minitorch.creation import AnyDevice, finish
from minitorch.ops.dims import read_int
from minitorch.tensor import Tensor
from minitorch.windows import cosines, kaiser as over_half_circle, sample, triangle

Flag = builtins.bool


class Window(Protocol):
    """A window of M samples: keywords of its own, and those that all have."""

    @property
    def __name__(self) -> str: ...

    def __call__(
        self,
        M: int,
        *,
        sym: Flag = True,
        dtype: DType | None = None,
        layout: Layout = strided,
        device: AnyDevice = None,
        requires_grad: Flag = False,
        **own: Any,
    ) -> Tensor: ...


def _window(function: Callable[..., Array], name: str = "") -> Window:
    """Make a window of a function that computes its samples in float64.

    Args:
        function: of the length and keywords.
        name: which errors say, if not its own.

    Raises:
        ValueError: for a negative length, a dtype but float32 and float64, or a layout.
    """
    name = name or function.__name__

    @wraps(function)
    def made(
        M: int,
        *,
        dtype: DType | None = None,
        layout: Layout = strided,
        device: AnyDevice = None,
        requires_grad: Flag = False,
        **own: Any,
    ) -> Tensor:
        if M < 0:
            raise ValueError(f"{name} requires non-negative window length, got M={M}")
        if layout is not strided:
            raise ValueError(f"{name} is implemented for strided tensors only, got: {layout}")
        kind = get_default_dtype() if dtype is None else dtype
        if kind not in (float32, float64):
            raise ValueError(f"{name} expects float32 or float64 dtypes, got: {kind}")
        values = function(read_int(M, "M"), **own)
        return finish(values.astype(kind.numpy), requires_grad, device)

    own = inspect.signature(function).parameters.values()
    _, _, _, *common, _ = inspect.signature(Window.__call__).parameters.values()
    signature = inspect.Signature([*own, *common], return_annotation="Tensor")
    made.__dict__["__signature__"] = signature
    return made


_made_of_cosines = partial(_window, name="general_cosine")  # which PyTorch calls for these


@_window
def exponential(
    M: int, *, center: float | None = None, tau: float = 1.0, sym: Flag = True
) -> Array:
    """Return exp(-|n - center| / tau): () -> (M,).

    Raises:
        ValueError: for tau <= 0, or a center given for a symmetric window.
    """
    if tau <= 0:
        raise ValueError(f"Tau must be positive, got: {tau} instead.")
    if sym and center is not None:
        raise ValueError("Center must be None for symmetric windows")
    distances = np.arange(M) - (_middle(M, sym) if center is None else center)
    return np.exp(-np.abs(distances) / tau)


@_window
def cosine(M: int, *, sym: Flag = True) -> Array:
    """Return half a period of a sine, sin(pi (n + 0.5) / M): () -> (M,)."""
    return np.sin(math.pi * (np.arange(M) + 0.5) / (2 * _middle(M, sym) + 1))


@_window
def gaussian(M: int, *, std: float = 1.0, sym: Flag = True) -> Array:
    """Return exp(-(n - middle)² / (2 std²)): () -> (M,).

    Raises:
        ValueError: for std <= 0.
    """
    if std <= 0:
        raise ValueError(f"Standard deviation must be positive, got: {std} instead.")
    return np.exp(-(((np.arange(M) - _middle(M, sym)) / std) ** 2) / 2)


def _middle(M: int, sym: Flag) -> float:
    """The place of the largest sample; a periodic window is one of M + 1 without its last."""
    return (M if not sym and M > 1 else M - 1) / 2


@_window
def kaiser(M: int, *, beta: float = 12.0, sym: Flag = True) -> Array:
    """Return i0(beta sqrt(1 - (2t - 1)²)) / i0(beta), t from 0 to 1: () -> (M,).

    Raises:
        ValueError: for a negative beta.
    """
    if beta < 0:
        raise ValueError(f"beta must be non-negative, got: {beta} instead.")
    return sample(M, not sym, over_half_circle(beta))


@_window
def general_cosine(M: int, *, a: Iterable[float], sym: Flag = True) -> Array:
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
    return sample(M, not sym, cosines(*weights))


@_made_of_cosines
def general_hamming(M: int, *, alpha: float = 0.54, sym: Flag = True) -> Array:
    """Return alpha - (1 - alpha) cos(2 pi t), t from 0 to 1: () -> (M,)."""
    return sample(M, not sym, cosines(alpha, 1.0 - alpha))


@_made_of_cosines
def hamming(M: int, *, sym: Flag = True) -> Array:
    """Return Hamming's window, 0.54 - 0.46 cos(2 pi t): () -> (M,)."""
    return sample(M, not sym, cosines(0.54, 0.46))


@_made_of_cosines
def hann(M: int, *, sym: Flag = True) -> Array:
    """Return Hann's window, 0.5 - 0.5 cos(2 pi t): () -> (M,)."""
    return sample(M, not sym, cosines(0.5, 0.5))


@_window
def blackman(M: int, *, sym: Flag = True) -> Array:
    """Return Blackman's window, 0.42 - 0.5 cos(2 pi t) + 0.08 cos(4 pi t): () -> (M,)."""
    return sample(M, not sym, cosines(0.42, 0.5, 0.08))


@_made_of_cosines
def nuttall(M: int, *, sym: Flag = True) -> Array:
    """Return Nuttall's window, of four cosines: () -> (M,)."""
    return sample(M, not sym, cosines(0.3635819, 0.4891775, 0.1365995, 0.0106411))


@_window
def bartlett(M: int, *, sym: Flag = True) -> Array:
    """Return Bartlett's window, a triangle from 0 to 1 to 0: () -> (M,)."""
    return sample(M, not sym, triangle)
