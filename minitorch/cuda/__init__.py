"""What programs ask of CUDA before they use it: there is none."""

import typing as _typing
from collections import OrderedDict
from typing import Any, NoReturn

from minitorch.cuda.memory import OutOfMemoryError as OutOfMemoryError

has_half = True
has_magma = False
default_generators: tuple[Any, ...] = ()


def is_available() -> bool:
    """Return False."""
    return False


def is_initialized() -> bool:
    """Return False."""
    return False


def is_bf16_supported(including_emulation: bool = True) -> bool:
    """Return False."""
    return False


def device_count() -> int:
    """Return 0."""
    return 0


def get_arch_list() -> list[str]:
    """Return []."""
    return []


def manual_seed(seed: int) -> None:
    """Seed no device, as PyTorch does where there is none."""


def manual_seed_all(seed: int) -> None:
    """Seed no device, as PyTorch does where there is none."""


def seed() -> None:
    """Seed no device, as PyTorch does where there is none."""


def seed_all() -> None:
    """Seed no device, as PyTorch does where there is none."""


def get_rng_state_all() -> list[Any]:
    """Return []: the states of no device."""
    return []


def set_rng_state_all(new_states: Any) -> None:
    """Restore the states of no device."""


def empty_cache() -> None:
    """Do nothing: there is no cache."""


def ipc_collect() -> None:
    """Do nothing: no memory of a GPU is shared."""


def memory_allocated(device: Any = None) -> int:
    """Return 0."""
    return 0


max_memory_allocated = memory_reserved = max_memory_reserved = memory_allocated
memory_cached = max_memory_cached = memory_allocated


def memory_stats(device: Any = None) -> OrderedDict[str, Any]:
    """Return no figures."""
    return OrderedDict()


def init(*args: Any, **kwargs: Any) -> NoReturn:
    """Refuse, as a PyTorch without CUDA does; so do all functions that need a GPU."""
    raise AssertionError("Torch not compiled with CUDA enabled: all computing is on the CPU.")


# Asked only by programs that have found a GPU, or did not look.
current_device = get_device_capability = get_device_name = get_device_properties = init
current_stream = default_stream = set_device = set_stream = stream = synchronize = init
device = get_rng_state = set_rng_state = initial_seed = mem_get_info = memory_summary = init
reset_max_memory_allocated = reset_max_memory_cached = reset_peak_memory_stats = init
set_per_process_memory_fraction = init


def Event(*args: Any, **kwargs: Any) -> NoReturn:
    """Refuse, as a PyTorch without CUDA does; so do all classes that need a GPU."""
    raise RuntimeError(
        "Tried to instantiate dummy base class: Torch not compiled with CUDA enabled."
    )


CUDAGraph = ExternalStream = MemPool = Stream = Event

if _typing.TYPE_CHECKING:
    from minitorch.cuda import amp as amp
    from minitorch.cuda.tensors import (
        BFloat16Tensor as BFloat16Tensor,
        BoolTensor as BoolTensor,
        ByteTensor as ByteTensor,
        CharTensor as CharTensor,
        DoubleTensor as DoubleTensor,
        FloatTensor as FloatTensor,
        HalfTensor as HalfTensor,
        IntTensor as IntTensor,
        LongTensor as LongTensor,
        ShortTensor as ShortTensor,
    )
else:
    from minitorch.core.late import late as _late

    _FILES = {
        "minitorch.cuda.amp": "",
        "minitorch.cuda.tensors": (
            "BFloat16Tensor BoolTensor ByteTensor CharTensor DoubleTensor FloatTensor HalfTensor "
            "IntTensor LongTensor ShortTensor"
        ),
    }
    __getattr__, __dir__, _ = _late(__name__, "", _FILES)
