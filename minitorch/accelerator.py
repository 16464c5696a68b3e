"""What programs ask of an accelerator before they use it: there is none."""

from typing import Any, NoReturn

from minitorch.core.errors import missing_attribute


def is_available() -> bool:
    """Return False."""
    return False


def device_count() -> int:
    """Return 0."""
    return 0


def current_accelerator(check_available: bool = False) -> None:
    """Return None."""


def synchronize(*args: Any, **kwargs: Any) -> NoReturn:
    """Refuse, as PyTorch does where there is none; so do all functions that need one."""
    raise RuntimeError("Cannot access accelerator device when none is available: use the CPU.")


current_device_index = current_device_idx = set_device_index = set_device_idx = synchronize
device_index = current_stream = set_stream = empty_cache = memory_allocated = synchronize
memory_reserved = max_memory_allocated = max_memory_reserved = memory_stats = synchronize
reset_peak_memory_stats = reset_accumulated_memory_stats = get_memory_info = synchronize


def __getattr__(name: str) -> Any:
    raise missing_attribute(__name__, name)
