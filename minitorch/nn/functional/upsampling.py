"""Resampling to another size."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from minitorch.core.dtypes import Array
from minitorch.nn.functional.checks import require_float, require_tensors
from minitorch.nn.functional.pooling_adaptive import (
    adaptive_avg_pool1d,
    adaptive_avg_pool2d,
    adaptive_avg_pool3d,
)
from minitorch.ops.dims import read_int
from minitorch.ops.layers.resample import resample
from minitorch.ops.layers.taps import make_taps
from minitorch.tensor import Tensor

Sizes = tuple[int, ...]

# For each mode: what it is along an axis, for how many of them, and the name of PyTorch's node.
_MODES: dict[str, tuple[str, tuple[int, ...], str]] = {
    "nearest": ("nearest", (1, 2, 3), "UpsampleNearest"),
    "nearest-exact": ("nearest-exact", (1, 2, 3), "UpsampleNearestExact"),
    "linear": ("linear", (1,), "UpsampleLinear"),
    "bilinear": ("linear", (2,), "UpsampleBilinear"),
    "trilinear": ("linear", (3,), "UpsampleTrilinear"),
    "bicubic": ("cubic", (2,), "UpsampleBicubic"),
    "lanczos": ("lanczos", (2,), "UpsampleLanczos"),
}
_SMOOTH = ("bilinear", "bicubic", "lanczos")
_AREA = {3: adaptive_avg_pool1d, 4: adaptive_avg_pool2d, 5: adaptive_avg_pool3d}


def interpolate(
    input: Tensor,
    size: int | Sequence[int] | None = None,
    scale_factor: float | Sequence[float] | None = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
    recompute_scale_factor: bool | None = None,
    antialias: bool = False,
) -> Tensor:
    """Return the input at another size: (N, C, *S) -> (N, C, *size).

    Args:
        input: lines, planes or volumes.
        size: of the output, one number or one for each spatial dimension.
        scale_factor: or how many times as large it is.
        mode: ``nearest`` (with PyTorch's first version of it, that of OpenCV), ``nearest-exact``
            or ``area``; ``linear`` for lines, ``bilinear``, ``bicubic`` and ``lanczos`` for planes,
            ``trilinear`` for volumes.
        align_corners: in the latter modes, let the corner elements' centers lie on each other
            instead of the corners themselves.
        recompute_scale_factor: go by the quotient of the sizes, not by `scale_factor`.
        antialias: in the modes for planes but nearest, widen the filter where the image shrinks.

    Raises:
        ValueError: if arguments contradict each other or the input's dimensions.
        NotImplementedError: for a mode that is not for so many dimensions, and for integers other
            than uint8.
        RuntimeError: for empty inputs and outputs, and factors that are no finite number.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.interpolate.html
    """
    require_tensors("interpolate(input)", input)
    shape = input._array.shape
    wanted, factors = _read_sizes(shape, size, scale_factor, recompute_scale_factor)
    if mode in ("nearest", "area", "nearest-exact") and align_corners is not None:
        raise ValueError(
            "align_corners option can only be set with the interpolating modes: linear | bilinear "
            f"| bicubic | trilinear, not with mode={mode!r}"
        )
    if antialias and not (mode in _SMOOTH and len(shape) == 4):
        raise ValueError(
            "Anti-alias option is restricted to bilinear, bicubic, and lanczos modes and requires "
            f"a 4-D tensor as input, but got mode={mode!r} and shape {list(shape)}"
        )
    if mode == "area" and len(shape) in _AREA:
        return _AREA[len(shape)](input, wanted)
    _check(input._array, wanted, mode, bool(align_corners), antialias)
    if mode == "nearest" and len(wanted) == 2:  # PyTorch does not look at these scales
        ratios = zip(shape[2:], wanted, factors, strict=True)
        factors = [None if out in (n, 2 * n) else factor for n, out, factor in ratios]
    along, _, name = _MODES[mode]
    is_double = input._array.dtype == np.float64 and not mode.startswith("nearest")
    kind = np.float64 if is_double else np.float32
    axes = tuple(
        [
            make_taps(along, n, out, factor, bool(align_corners), antialias, kind)
            for n, out, factor in zip(shape[2:], wanted, factors, strict=True)
        ]
    )
    return resample(input, f"{name}{len(wanted)}D{'Aa' * antialias}Backward0", axes)


def _read_sizes(
    shape: Sizes, size: Any, scale_factor: Any, recompute_scale_factor: bool | None
) -> tuple[Sizes, Sequence[float | None]]:
    """Return the sizes of the output, and the factors to go by where there are any."""
    if size is not None and scale_factor is not None:
        raise ValueError("only one of size or scale_factor should be defined")
    if size is not None:
        if recompute_scale_factor:
            raise ValueError("recompute_scale_factor is not meaningful with an explicit size.")
        wanted = _read_size(size, shape)
        return wanted, (None,) * len(wanted)
    if scale_factor is None:
        raise ValueError("either size or scale_factor should be defined")
    factors = _read_factors(scale_factor, shape)
    lengths = [n * factor for n, factor in zip(shape[2:], factors, strict=True)]
    if not all(map(math.isfinite, lengths)):
        raise RuntimeError(
            "value cannot be converted to type int64_t without overflow: the output would be of "
            f"size {lengths} with scale_factor={scale_factor}"
        )
    wanted = tuple(map(int, lengths))
    return wanted, (None,) * len(wanted) if recompute_scale_factor else factors


def _read_size(size: Any, shape: Sizes) -> Sizes:
    if not isinstance(size, tuple | list):
        return (_integer(size),) * (len(shape) - 2)
    if len(size) != len(shape) - 2:
        raise ValueError(
            "Input and output must have the same number of spatial dimensions, but got input with "
            f"spatial dimensions of {list(shape[2:])} and output size of {size}. Please provide "
            "input tensor in (N, C, d1, d2, ...,dK) format and output size in (o1, o2, ...,oK) "
            "format."
        )
    return tuple([_integer(n) for n in size])


def _integer(size: Any) -> int:
    try:
        return read_int(size, "size")
    except TypeError:
        raise TypeError(
            "expected size to be one of int or Tuple[int] or Tuple[int, int] or "
            f"Tuple[int, int, int], but got size with types {[type(size)]}"
        ) from None


def _read_factors(scale_factor: Any, shape: Sizes) -> tuple[float, ...]:
    if not isinstance(scale_factor, tuple | list):
        return (float(scale_factor),) * (len(shape) - 2)
    if len(scale_factor) != len(shape) - 2:
        raise ValueError(
            "Input and scale_factor must have the same number of spatial dimensions, but got input "
            f"with spatial dimensions of {list(shape[2:])} and scale_factor of shape "
            f"{scale_factor}. Please provide input tensor in (N, C, d1, d2, ...,dK) format and "
            "scale_factor in (s1, s2, ...,sK) format."
        )
    return tuple([float(factor) for factor in scale_factor])


def _check(x: Array, wanted: Sizes, mode: str, align_corners: bool, antialias: bool) -> None:
    dims = x.ndim - 2
    if mode == "lanczos" and dims == 2 and (align_corners or not antialias):
        problem = "does not support align_corners=True" if align_corners else "requires antialias"
        raise ValueError(f"Lanczos mode {problem}; call it with antialias=True alone")
    if mode not in _MODES or dims not in _MODES[mode][1]:
        if mode in ("linear", "bilinear", "trilinear") and dims in (1, 2, 3):
            needed = _MODES[mode][1][0] + 2
            raise NotImplementedError(f"Got {x.ndim}D input, but {mode} mode needs {needed}D input")
        raise NotImplementedError(
            f"Input Error: Only 3D, 4D and 5D input Tensors supported (got {x.ndim}D) for the "
            "modes: nearest | linear | bilinear | bicubic | trilinear | lanczos | area | "
            f"nearest-exact (got {mode})"
        )
    if min(x.shape[2:]) < 1 or min(wanted) < 1:
        raise RuntimeError(
            "Input and output sizes should be greater than 0, but got input "
            f"{list(x.shape[2:])} output {list(wanted)}"
        )
    if 0 in x.shape[1:]:
        raise RuntimeError(
            f"Non-empty {x.ndim}D data tensor expected but got a tensor with sizes {list(x.shape)}"
        )
    if x.dtype != np.uint8 or mode in ("linear", "trilinear"):
        require_float(_MODES[mode][2], x)


def upsample(
    input: Tensor,
    size: int | Sequence[int] | None = None,
    scale_factor: float | Sequence[float] | None = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
) -> Tensor:
    """Return the input at another size: :func:`interpolate` by its deprecated name.

    Shapes: (N, C, *S) -> (N, C, *size).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.upsample.html
    """
    _warn("upsample")
    return interpolate(input, size, scale_factor, mode, align_corners)


def upsample_nearest(
    input: Tensor,
    size: int | Sequence[int] | None = None,
    scale_factor: float | Sequence[float] | None = None,
) -> Tensor:
    """Return the input at another size: :func:`interpolate` with mode nearest; deprecated.

    Shapes: (N, C, *S) -> (N, C, *size).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.upsample_nearest.html
    """
    _warn("upsample_nearest")
    return interpolate(input, size, scale_factor, mode="nearest")


def upsample_bilinear(
    input: Tensor,
    size: int | Sequence[int] | None = None,
    scale_factor: float | Sequence[float] | None = None,
) -> Tensor:
    """Return planes at another size: :func:`interpolate`, bilinear, corners aligned; deprecated.

    Shapes: (N, C, H, W) -> (N, C, *size).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.upsample_bilinear.html
    """
    _warn("upsample_bilinear")
    return interpolate(input, size, scale_factor, mode="bilinear", align_corners=True)


def _warn(function: str) -> None:
    warnings.warn(
        f"`nn.functional.{function}` is deprecated. Use `nn.functional.interpolate` instead.",
        stacklevel=3,
    )
