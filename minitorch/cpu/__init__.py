"""The CPU as a device among others, which programs for any device ask."""

from __future__ import annotations

import typing as _typing
from contextlib import AbstractContextManager, nullcontext
from typing import Any


def is_available() -> bool:
    """Return True."""
    return True


def is_initialized() -> bool:
    """Return True."""
    return True


def device_count() -> int:
    """Return 1."""
    return 1


def current_device() -> str:
    """Return "cpu"."""
    return "cpu"


def set_device(device: Any) -> None:
    """Do nothing: there is one."""


def synchronize(device: Any = None) -> None:
    """Do nothing: every result is there when its function returns."""


def current_stream(device: Any = None) -> None:
    """Return None: one call is made after the other."""


def stream(stream: Any) -> AbstractContextManager[None]:
    """Return a context that changes nothing."""
    return nullcontext()


if _typing.TYPE_CHECKING:
    from minitorch.cpu import amp as amp
else:
    from minitorch.core.late import late as _late

    __getattr__, __dir__, _ = _late(__name__, "", {"minitorch.cpu.amp": ""})
