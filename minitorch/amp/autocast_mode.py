"""``autocast``: a block in which PyTorch computes in half precision, and minitorch does not.

NumPy computes in half precision by way of float32, and so slower: all results keep the dtype that
they have outside.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Self

from minitorch.autograd.sites import warn_user
from minitorch.core.decorators import Decorating
from minitorch.core.devices import device
from minitorch.core.dtypes import bfloat16, dtype as DType, float16

_AVAILABLE = {"cpu", "cuda", "xpu", "mps", "hpu", "mtia", "maia", "xla", "ipu", "privateuseone"}
_HALF = (bfloat16, float16)


@dataclass(frozen=True)
class _Mode:
    enabled: bool
    dtype: DType


# By type of device, with what is not in it off.
_modes: ContextVar[Mapping[str, _Mode]] = ContextVar("autocast", default=MappingProxyType({}))


class _Said:
    once = False


def _mode(device_type: str) -> _Mode:
    if not isinstance(device_type, str):
        raise ValueError(f"Expected `device_type` of type `str`, got: `{type(device_type)}`")
    name = device(device_type).type
    return _modes.get().get(name) or _Mode(False, bfloat16 if name == "cpu" else float16)


def is_autocast_available(device_type: str) -> bool:
    """Return whether :class:`autocast` takes a type of device.

    Raises:
        RuntimeError: for a type that PyTorch does not know either.
    """
    return device(device_type).type in _AVAILABLE


class autocast(Decorating):
    """Context and decorator in which PyTorch computes in half precision; here nothing changes.

    The first use says so in a warning.

    Args:
        device_type: "cpu"; for "cuda" it is off, with a warning.
        dtype: bfloat16 or float16; for another it is off, with a warning.
        enabled: whether it is on.
        cache_enabled: accepted and without effect.

    Raises:
        ValueError: if the type of device is no string.
        RuntimeError: if PyTorch does not know it, or has no autocast for it.

    Source: https://docs.pytorch.org/docs/stable/amp.html#torch.autocast, but for the dtypes.
    """

    def __init__(
        self,
        device_type: str,
        dtype: DType | None = None,
        enabled: bool = True,
        cache_enabled: bool | None = None,
    ) -> None:
        _mode(device_type)
        self.fast_dtype = get_autocast_dtype(device_type) if dtype is None else dtype
        self.device = device_type
        if not is_autocast_available(device_type):
            raise RuntimeError(
                f"User specified an unsupported autocast device_type '{device_type}'"
            )
        if enabled and device_type == "cuda":
            warn_user("CUDA is not available or torch_xla is imported. Disabling autocast.")
            enabled = False
        elif enabled and self.fast_dtype not in _HALF:
            name = device_type.upper()
            warn_user(
                f"In {name} autocast, but the target dtype is not supported. Disabling autocast.\n"
                f"{name} Autocast only supports dtypes of {bfloat16}, {float16} currently."
            )
            enabled = False
        self._enabled = enabled
        self._before: list[Mapping[str, _Mode]] = []

    def __enter__(self) -> Self:
        if self._enabled and not _Said.once:
            _Said.once = True
            warn_user(
                f"autocast to {self.fast_dtype} changes nothing in minitorch: results keep the "
                "dtype that they have outside of it. This is said once."
            )
        before = _modes.get()
        self._before.append(before)
        _modes.set({**before, self.device: _Mode(self._enabled, self.fast_dtype)})
        return self

    def __exit__(self, *exc_info: object) -> None:
        _modes.set(self._before.pop())

    def __call__(self, func: Any) -> Any:
        """Return a function that runs in this block."""
        if not callable(func):
            raise TypeError(
                f"autocast()(func) requires a callable, but got {type(func).__name__}. Did you "
                "mean to use autocast as a context manager? For example:\n"
                "    with torch.autocast(device_type=...):\n        output = model(input)"
            )
        return super().__call__(func)


def set_mode(device_type: str, enabled: bool, dtype: DType) -> None:
    """Set what holds for a type of device until an :class:`autocast` ends."""
    _modes.set({**_modes.get(), device(device_type).type: _Mode(enabled, dtype)})


def is_autocast_enabled(device_type: str = "cuda") -> bool:
    """Return whether an :class:`autocast` for this type of device is on."""
    return _mode(device_type).enabled


def get_autocast_dtype(device_type: str) -> DType:
    """Return the dtype of the :class:`autocast` that is on, or would be.

    Raises:
        RuntimeError: if there is none for this type of device.
    """
    if not is_autocast_available(device_type):
        raise RuntimeError(f"unsupported scalarType: no autocast for device type '{device_type}'")
    return _mode(device_type).dtype


def custom_fwd(
    fwd: Callable[..., Any] | None = None,
    *,
    device_type: str,
    cast_inputs: DType | None = None,
) -> Any:
    """Decorate ``forward`` of a custom function for :class:`autocast`: it stays as it is.

    Raises:
        ValueError: if the type of device is no string.
    """
    _mode(device_type)
    if fwd is None:
        return functools.partial(custom_fwd, device_type=device_type, cast_inputs=cast_inputs)
    return fwd


def custom_bwd(bwd: Callable[..., Any] | None = None, *, device_type: str) -> Any:
    """Decorate ``backward`` of a custom function for :class:`autocast`: it stays as it is.

    Raises:
        ValueError: if the type of device is no string.
    """
    _mode(device_type)
    if bwd is None:
        return functools.partial(custom_bwd, device_type=device_type)
    return bwd
