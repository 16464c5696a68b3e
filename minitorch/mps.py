"""What programs ask of Apple's GPUs before they use them: there are none."""

from typing import Any, NoReturn

from minitorch.core.errors import missing_attribute


def is_available() -> bool:
    """Return False."""
    return False


def device_count() -> int:
    """Return 0."""
    return 0


def manual_seed(seed: int) -> None:
    """Seed no device, as PyTorch does where there is none."""


def seed() -> None:
    """Seed no device, as PyTorch does where there is none."""


def synchronize(*args: Any, **kwargs: Any) -> NoReturn:
    """Refuse, as a PyTorch without MPS does; so do all functions that need a GPU."""
    raise RuntimeError("Cannot execute this without MPS backend: all computing is on the CPU.")


empty_cache = current_allocated_memory = driver_allocated_memory = synchronize
recommended_max_memory = set_per_process_memory_fraction = get_rng_state = set_rng_state = (
    synchronize
)


def __getattr__(name: str) -> Any:
    raise missing_attribute(__name__, name)
