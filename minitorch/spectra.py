"""Spectra over time, and the frequencies of transforms."""

from __future__ import annotations

import builtins
import math
from typing import Any

import numpy as np

from minitorch.autograd.sites import warn_user
from minitorch.core.dtypes import dtype as DType, is_complex, is_differentiable, not_implemented
from minitorch.creation import AnyDevice, finish, numpy_dtype, ones
from minitorch.nn.functional.padding import pad
from minitorch.ops.arguments import need_tensors, takes_tensors
from minitorch.ops.dims import read_float, read_int
from minitorch.ops.fourier.functions import fft, ifft, irfft, rfft
from minitorch.ops.out import makes_out
from minitorch.ops.shape.as_real import view_as_real
from minitorch.ops.shape.windows import UnfoldGrad
from minitorch.tensor import Tensor


@makes_out
def fftfreq(
    n: int,
    d: float = 1.0,
    *,
    dtype: DType | None = None,
    device: AnyDevice = None,
    requires_grad: builtins.bool = False,
) -> Tensor:
    """Return the frequencies of a transform of n samples ``d`` apart: () -> (n,).

    Raises:
        RuntimeError: for a dtype of integers, or a negative ``n``.
    """
    count = _count(n, "fftfreq", dtype)
    steps = np.arange(count)
    steps[(count + 1) // 2 :] -= count
    return finish(_spread(steps, count * read_float(d, "d"), dtype), requires_grad, device)


@makes_out
def rfftfreq(
    n: int,
    d: float = 1.0,
    *,
    dtype: DType | None = None,
    device: AnyDevice = None,
    requires_grad: builtins.bool = False,
) -> Tensor:
    """Return those of :func:`fftfreq` that are not negative, the last one too: (n // 2 + 1,).

    Raises:
        RuntimeError: as :func:`fftfreq`.
    """
    count = _count(n, "rfftfreq", dtype)
    steps = np.arange(count // 2 + 1)
    return finish(_spread(steps, count * read_float(d, "d"), dtype), requires_grad, device)


def _count(n: Any, name: str, dtype: DType | None) -> int:
    kind = numpy_dtype(dtype)
    if not is_differentiable(kind):
        raise RuntimeError(f"{name} requires a floating point or complex dtype")
    if is_complex(kind):
        raise not_implemented("arange_cpu", kind)
    count = read_int(n, "n")
    if count < 0:
        raise RuntimeError(f"Trying to create tensor with negative dimension {count}: [{count}]")
    return count


def _spread(steps: Any, over: float, dtype: DType | None) -> Any:
    """Multiply, as PyTorch does, in the dtype of the result."""
    kind = numpy_dtype(dtype)
    with np.errstate(all="ignore"):
        return steps.astype(kind) * kind.type(np.float64(1) / over)


_NO_WINDOW = (
    "A window was not provided. A rectangular window will be applied, which is known to cause "
    "spectral leakage. Other windows such as torch.hann_window or torch.hamming_window are "
    "recommended to reduce spectral leakage. To suppress this warning and use a rectangular "
    "window, explicitly set `window=torch.ones(n_fft, device=<device>)`."
)


@takes_tensors
def stft(
    input: Tensor,
    n_fft: int,
    hop_length: int | None = None,
    win_length: int | None = None,
    window: Tensor | None = None,
    center: builtins.bool = True,
    pad_mode: str = "reflect",
    normalized: builtins.bool = False,
    onesided: builtins.bool | None = None,
    return_complex: builtins.bool | None = None,
) -> Tensor:
    """Transform a signal piece by piece: its frequencies (F) over time (T).

    Shapes: (*, L) -> (*, F, T), where * is one dimension or none and F is n_fft, or of ``onesided``
    ones n_fft // 2 + 1.

    Args:
        input: real or complex numbers.
        n_fft: the length of a piece.
        hop_length: from the start of one piece to that of the next; a quarter of ``n_fft``.
        win_length: the length of the window, which stands in the middle of a piece; ``n_fft``.
        window: weights, (win_length); ones, with a warning.
        center: centre pieces on their times: n_fft // 2 are padded on either side.
        pad_mode: how, as in :func:`nn.functional.pad`.
        normalized: divide by the root of n_fft.
        onesided: leave out what the other half tells; True unless something is complex.
        return_complex: False gives real and imaginary parts along a last dimension instead.

    Raises:
        RuntimeError: for sizes that do not fit, or without a ``return_complex`` for real numbers.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.stft.html
    """
    need_tensors(input)
    if window is None:
        warn_user(_NO_WINDOW)
    complex_in = is_complex(input._array.dtype) or _is_complex(window)
    if return_complex is None and not complex_in:
        raise RuntimeError(
            "stft requires the return_complex parameter be given for real inputs, and will further "
            "require that return_complex=True in a future PyTorch release."
        )
    x = input
    if center:
        wide = x.reshape((1,) * (3 - x.ndim) + tuple(x.shape)) if x.ndim < 3 else x
        wide = pad(wide, (n_fft // 2, n_fft // 2), pad_mode)
        x = wide.reshape(tuple(wide.shape[3 - x.ndim :])) if x.ndim < 3 else wide
    hop = n_fft // 4 if hop_length is None else read_int(hop_length, "hop_length")
    length = n_fft if win_length is None else read_int(win_length, "win_length")
    _check_stft(x, n_fft, hop, length, window)
    onesided = not complex_in if onesided is None else onesided
    if onesided and complex_in:
        raise RuntimeError("Cannot have onesided output if window or input is complex")
    pieces: Any = x.unfold(-1, n_fft, hop)
    if window is not None or length < n_fft:
        pieces = pieces * _whole_window(window, length, n_fft, x)
    transform: Any = rfft if onesided else fft
    out = transform(pieces, norm="ortho" if normalized else "backward").transpose(-1, -2)
    return out if return_complex or (return_complex is None) else view_as_real(out)


def _is_complex(window: Tensor | None) -> builtins.bool:
    return window is not None and is_complex(window._array.dtype)


def _whole_window(window: Any, length: int, n_fft: int, like: Any) -> Any:
    """Return the window in the middle of a piece, zeros around it."""
    own = ones(length, dtype=like.dtype.to_real()) if window is None else window
    before = (n_fft - length) // 2
    return pad(own, (before, n_fft - length - before)) if length < n_fft else own


def _check_stft(x: Any, n_fft: int, hop: int, length: int, window: Any) -> None:
    call = f"stft({list(x.shape)}, n_fft={n_fft}, hop_length={hop}, win_length={length})"
    if not is_differentiable(x._array.dtype):
        raise RuntimeError(f"{call}: expected a tensor of floating point or complex values")
    if x.ndim not in (1, 2):
        raise RuntimeError(f"{call}: expected a 1D or 2D tensor")
    size = x.shape[-1]
    if not 0 < n_fft <= size:
        raise RuntimeError(f"{call}: expected 0 < n_fft <= {size}, but got n_fft={n_fft}")
    if hop <= 0:
        raise RuntimeError(f"{call}: expected hop_length > 0, but got hop_length={hop}")
    if not 0 < length <= n_fft:
        raise RuntimeError(f"{call}: expected 0 < win_length <= n_fft, but got {length}")
    if window is not None and tuple(window.shape) != (length,):
        raise RuntimeError(
            f"{call}: expected a 1D window tensor of size equal to win_length={length}, but got "
            f"window with size {list(window.shape)}"
        )


@takes_tensors
def istft(
    input: Tensor,
    n_fft: int,
    hop_length: int | None = None,
    win_length: int | None = None,
    window: Tensor | None = None,
    center: builtins.bool = True,
    normalized: builtins.bool = False,
    onesided: builtins.bool | None = None,
    length: int | None = None,
    return_complex: builtins.bool = False,
) -> Tensor:
    """Return the signal of which :func:`stft`, of the same arguments, has made ``input``.

    Shapes: (*, F, T) -> (*, L).

    Args:
        length: L; what was cut off there is filled up with zeros.
        return_complex: whether the signal is complex.

    The other arguments are those of :func:`stft`.

    Raises:
        RuntimeError: for sizes that do not fit, or a window that is zero somewhere all the time.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.istft.html
    """
    need_tensors(input)
    if window is None:
        warn_user(_NO_WINDOW)
    hop = n_fft // 4 if hop_length is None else read_int(hop_length, "hop_length")
    size = n_fft if win_length is None else read_int(win_length, "win_length")
    onesided = input.shape[-2:-1] != (n_fft,) if onesided is None else onesided
    _check_istft(input, n_fft, hop, size, window, onesided, return_complex)
    pieces: Any = input.transpose(-1, -2)
    norm = "ortho" if normalized else "backward"
    if return_complex:
        pieces = ifft(pieces, n_fft, norm=norm)
    else:
        pieces = irfft(pieces[..., : n_fft // 2 + 1], n_fft, norm=norm)
    weights: Any = _whole_window(window, size, n_fft, pieces)
    reach = n_fft + hop * (pieces.shape[-2] - 1)
    total = _overlapped(pieces * weights, hop, reach)
    envelope = _overlapped((weights**2).expand(pieces.shape[-2], n_fft), hop, reach)
    start = n_fft // 2 if center else 0
    end = start + length if length is not None else reach - start
    envelope = envelope[start:end]
    lowest = float(np.abs(envelope._array).min(initial=math.inf))
    if not lowest > 1e-11:
        raise RuntimeError(
            f"istft({n_fft=}, hop_length={hop}, win_length={size}) window overlap add min: {lowest}"
        )
    signal = total[..., start:end] / envelope
    if end <= reach:
        return signal
    warn_user(
        "The length of signal is shorter than the length parameter. Result is being padded with "
        "zeros in the tail. Please check your center and hop_length settings."
    )
    return pad(signal, (0, end - reach))


def _overlapped(pieces: Any, hop: int, reach: int) -> Any:
    """Add up pieces where they lie in the signal: (*, T, N) -> (*, reach)."""
    lead = tuple(pieces.shape[:-2])
    return UnfoldGrad.apply(pieces, dim=len(lead), step=hop, shape=(*lead, reach))


def _check_istft(
    x: Any,
    n_fft: int,
    hop: int,
    length: int,
    window: Any,
    onesided: builtins.bool,
    return_complex: builtins.bool,
) -> None:
    call = f"istft({list(x.shape)}, n_fft={n_fft}, hop_length={hop}, win_length={length})"
    if not is_complex(x._array.dtype):
        raise RuntimeError(
            f"{call} istft requires a complex-valued input tensor matching the output from stft "
            "with return_complex=True."
        )
    if not x.numel():
        raise RuntimeError(f"{call}: input tensor cannot be empty.")
    if x.ndim not in (2, 3):
        raise RuntimeError(f"{call}: expected a tensor with 2 or 3 dimensions, but got {x.ndim}")
    wanted = n_fft // 2 + 1 if onesided else n_fft
    if x.shape[-2] != wanted:
        raise RuntimeError(
            f"{call}: expected the frequency dimension (2nd to the last) of the input tensor to "
            f"match {'n_fft / 2 + 1' if onesided else 'n_fft'} when onesided={onesided}, but got "
            f"{x.shape[-2]}"
        )
    if not 0 < hop <= length:
        raise RuntimeError(f"{call}: expected 0 < hop_length <= win_length")
    if not 0 < length <= n_fft:
        raise RuntimeError(f"{call}: expected 0 < win_length <= n_fft")
    if window is not None and tuple(window.shape) != (length,):
        raise RuntimeError(
            f"{call}: Invalid window shape. window has to be 1D and length of `win_length`"
        )
    if return_complex and onesided:
        raise RuntimeError("Cannot have onesided output if window or input is complex")
    if not return_complex and _is_complex(window):
        raise RuntimeError("Complex windows are incompatible with return_complex=False")
