"""``multiprocessing`` of the standard library, by PyTorch's path.

What is sent is pickled: tensors arrive as copies. Batches of a ``DataLoader``'s workers travel in
shared memory.
"""

import multiprocessing as _multiprocessing
from typing import Any

_STRATEGIES = {"file_descriptor", "file_system"}


class _Chosen:
    strategy = "file_descriptor"


def get_all_sharing_strategies() -> set[str]:
    """Return the ways in which PyTorch would share memory."""
    return set(_STRATEGIES)


def get_sharing_strategy() -> str:
    """Return what :func:`set_sharing_strategy` set."""
    return _Chosen.strategy


def set_sharing_strategy(new_strategy: str) -> None:
    """Set what :func:`get_sharing_strategy` returns; nothing depends on it.

    Raises:
        AssertionError: for a way that there is not.
    """
    if new_strategy not in _STRATEGIES:
        raise AssertionError(
            f"invalid sharing strategy: {new_strategy!r}, expected one of {sorted(_STRATEGIES)}"
        )
    _Chosen.strategy = new_strategy


def __getattr__(name: str) -> Any:
    """Return what the standard library exports: of its files, `spawn` has a name of PyTorch's."""
    if name in _multiprocessing.__all__:
        return getattr(_multiprocessing, name)
    from minitorch.core.errors import missing_attribute

    raise missing_attribute(__name__, name)


def __dir__() -> list[str]:
    return __all__


__all__ = sorted(
    {
        *_multiprocessing.__all__,
        "get_all_sharing_strategies",
        "get_sharing_strategy",
        "set_sharing_strategy",
    }
)
