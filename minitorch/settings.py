"""Switches of the whole process that programs set first: PyTorch's answers on a CPU.

Every result here is deterministic and every product in full precision, whatever they say; they are
kept so that a program reads back what it set.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from minitorch.autograd.sites import warn_user
from minitorch.core import dtypes
from minitorch.core.devices import CPU, check_device, device
from minitorch.tensor.legacy import TensorType, read_type

_MODES = ("default", "warn", "error")
_PRECISIONS = ("highest", "high", "medium")


@dataclass
class _Set:
    debug_mode: int = 0  # an index of _MODES
    precision: str = "highest"


_set = _Set()


def use_deterministic_algorithms(mode: bool, *, warn_only: bool = False) -> None:
    """Ask for results that are the same in every run, which they are anyway.

    Args:
        mode: what :func:`are_deterministic_algorithms_enabled` says from now on.
        warn_only: whether PyTorch would warn rather than raise where it has no such algorithm.

    Raises:
        TypeError: for what is no bool.
    """
    for name, value in (("mode", mode), ("warn_only", warn_only)):
        if not isinstance(value, bool):
            raise TypeError(
                f"_set_deterministic_algorithms(): argument '{name}' must be bool, not "
                f"{type(value).__name__}"
            )
    _set.debug_mode = 0 if not mode else 1 if warn_only else 2


def are_deterministic_algorithms_enabled() -> bool:
    """Return whether :func:`use_deterministic_algorithms` asked for them."""
    return _set.debug_mode > 0


def is_deterministic_algorithms_warn_only_enabled() -> bool:
    """Return whether a warning was to do where there is no deterministic algorithm."""
    return _set.debug_mode == 1


def set_deterministic_debug_mode(debug_mode: int | str) -> None:
    """Set :func:`use_deterministic_algorithms` by one word: "default", "warn" or "error".

    Raises:
        TypeError: for what is neither a word nor 0, 1 or 2.
        RuntimeError: for another word or number.
    """
    if not isinstance(debug_mode, int | str):
        raise TypeError(f"debug_mode must be str or int, but got {type(debug_mode)}")
    if isinstance(debug_mode, str):
        if debug_mode not in _MODES:
            raise RuntimeError(
                "invalid value of debug_mode, expected one of `default`, `warn`, `error`, but got "
                f"{debug_mode}"
            )
        debug_mode = _MODES.index(debug_mode)
    if debug_mode not in range(3):
        raise RuntimeError(
            f"invalid value of debug_mode, expected 0, 1, or 2, but got {debug_mode}"
        )
    _set.debug_mode = int(debug_mode)


def get_deterministic_debug_mode() -> int:
    """Return 0 for "default", 1 for "warn" or 2 for "error"."""
    return _set.debug_mode


def set_float32_matmul_precision(precision: str) -> None:
    """Set what :func:`get_float32_matmul_precision` returns: products stay in float32.

    Args:
        precision: "highest", "high" or "medium"; for another there is a warning.

    Raises:
        RuntimeError: for what is no word.
    """
    if not isinstance(precision, str):
        raise RuntimeError(
            f"set_float32_matmul_precision expects a str, but got {type(precision).__name__}"
        )
    if precision not in _PRECISIONS:
        warn_user(
            f"{precision} is not one of 'highest', 'high', or 'medium'; the current "
            "setFloat32MatmulPrecision call has no effect."
        )
        return
    _set.precision = precision


def get_float32_matmul_precision() -> str:
    """Return "highest", or what :func:`set_float32_matmul_precision` set."""
    return _set.precision


def set_flush_denormal(mode: bool) -> bool:
    """Return False: NumPy computes with denormal numbers, and nothing here can change that.

    Raises:
        RuntimeError: for what is no bool.
    """
    if not isinstance(mode, bool):
        raise RuntimeError(f"flush_denormal expects a bool, but got {type(mode).__name__}")
    return False


def set_default_device(device: device | str | int | None) -> None:
    """Make new tensors on a device: on the CPU, as they are anyway.

    Raises:
        AssertionError: for a CUDA device (PyTorch raises it when the first tensor is made).
        RuntimeError: for another device, or none that there is.
    """
    check_device(device)


def get_default_device() -> device:
    """Return the CPU."""
    return CPU


def set_default_tensor_type(t: Any) -> None:
    """Set the default dtype the old way: ``set_default_tensor_type(torch.DoubleTensor)``.

    Raises:
        TypeError: for a type that is not floating-point, or of a GPU.
    """
    if isinstance(t, str) and ".cuda." in t:
        raise TypeError(f"type {t} not available. Torch not compiled with CUDA enabled.")
    if not isinstance(t, str | TensorType):
        raise TypeError("invalid type object: only floating-point types are supported as the "
                        f"default type, got {t!r}")  # fmt: skip
    dtype = read_type(t)
    if not dtype.is_floating_point:
        raise TypeError("only floating-point types are supported as the default type")
    dtypes.set_default_dtype(dtype)
