"""What programs ask of CUDA before they use it: there is none."""

from typing import Any

from minitorch.core.errors import missing_attribute


def is_available() -> bool:
    """Return False."""
    return False


def device_count() -> int:
    """Return 0."""
    return 0


def manual_seed(seed: int) -> None:
    """Seed no device, as PyTorch does where there is none."""


def manual_seed_all(seed: int) -> None:
    """Seed no device, as PyTorch does where there is none."""


def empty_cache() -> None:
    """Do nothing: there is no cache."""


def __getattr__(name: str) -> Any:
    raise missing_attribute(__name__, name)
