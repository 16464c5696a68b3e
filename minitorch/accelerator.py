"""What programs ask of an accelerator before they use it: there is none."""

from typing import Any

from minitorch.core.errors import missing_attribute


def is_available() -> bool:
    """Return False."""
    return False


def device_count() -> int:
    """Return 0."""
    return 0


def current_accelerator(check_available: bool = False) -> None:
    """Return None."""


def __getattr__(name: str) -> Any:
    raise missing_attribute(__name__, name)
