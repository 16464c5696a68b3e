"""The old questions about :class:`autocast`, a name for each device, and what sets it for good."""

from __future__ import annotations

from minitorch.amp.autocast_mode import (
    get_autocast_dtype,
    is_autocast_enabled,
    set_mode,
)
from minitorch.core.dtypes import dtype as DType


def is_autocast_cpu_enabled() -> bool:
    """Return whether an autocast for the CPU is on."""
    return is_autocast_enabled("cpu")


def get_autocast_cpu_dtype() -> DType:
    """Return the dtype of autocast on the CPU."""
    return get_autocast_dtype("cpu")


def get_autocast_gpu_dtype() -> DType:
    """Return the dtype of autocast on a GPU."""
    return get_autocast_dtype("cuda")


def set_autocast_enabled(device_type: str, enabled: bool) -> None:
    """Set whether autocast is on for a type of device."""
    set_mode(device_type, enabled, get_autocast_dtype(device_type))


def set_autocast_dtype(device_type: str, dtype: DType) -> None:
    """Set the dtype of autocast for a type of device."""
    set_mode(device_type, is_autocast_enabled(device_type), dtype)


def set_autocast_cpu_enabled(enabled: bool) -> None:
    """Set whether autocast is on for the CPU."""
    set_autocast_enabled("cpu", enabled)


def set_autocast_cpu_dtype(dtype: DType) -> None:
    """Set the dtype of autocast for the CPU."""
    set_autocast_dtype("cpu", dtype)


def set_autocast_gpu_dtype(dtype: DType) -> None:
    """Set the dtype of autocast for GPUs."""
    set_autocast_dtype("cuda", dtype)


def is_autocast_cache_enabled() -> bool:
    """Return True: there is no cache that could be off."""
    return True


def clear_autocast_cache() -> None:
    """Do nothing: there is no cache."""
