"""What programs ask of Intel's GPUs before they use them: there are none."""

from typing import Any, NoReturn

from minitorch.core.errors import missing_attribute


def is_available() -> bool:
    """Return False."""
    return False


def is_initialized() -> bool:
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


def synchronize(*args: Any, **kwargs: Any) -> NoReturn:
    """Refuse, as a PyTorch without XPU does; so do all functions that need a GPU."""
    raise AssertionError("Torch not compiled with XPU enabled: all computing is on the CPU.")


current_device = set_device = get_device_name = get_device_properties = synchronize
memory_allocated = max_memory_allocated = current_stream = synchronize


def __getattr__(name: str) -> Any:
    raise missing_attribute(__name__, name)
