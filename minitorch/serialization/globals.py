"""Classes that files may hold objects of, beside those of the closed list."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

_Global = Callable[..., Any] | tuple[Callable[..., Any], str]
_safe: list[_Global] = []


def add_safe_globals(safe_globals: list[_Global]) -> None:
    """Add classes and functions to those that a file may hold.

    Args:
        safe_globals: each, or a pair of it and the name by which files know it.
    """
    _safe.extend(x for x in safe_globals if x not in _safe)


def clear_safe_globals() -> None:
    """Forget all that were added."""
    _safe.clear()


def get_safe_globals() -> list[_Global]:
    """Return those that were added."""
    return list(_safe)


class safe_globals:
    """Context in which more classes and functions are among those that a file may hold."""

    def __init__(self, safe_globals: list[_Global]) -> None:
        self.safe_globals = safe_globals

    def __enter__(self) -> None:
        self._before = get_safe_globals()
        add_safe_globals(self.safe_globals)

    def __exit__(self, *exc_info: object) -> None:
        _safe[:] = self._before


def path_of(cls: type) -> str:
    """Return the name by which files know a class: ours by PyTorch's."""
    module = cls.__module__
    if module.split(".")[0] == "minitorch":
        module = "torch" + module.removeprefix("minitorch")
    return f"{module}.{cls.__qualname__}"


def safe_classes(more: Iterable[Any] = ()) -> dict[str, Any]:
    """Return what was added, and ``more``, by the names by which files know them.

    Raises:
        TypeError: something of ``more`` is no class; functions have to be added by name.
    """
    more = tuple(more)
    for x in more:
        admitted = x[0] if isinstance(x, tuple) else x
        if not isinstance(admitted, type):
            raise TypeError(
                f"classes are to be classes, got {admitted!r}. If a file may call it, with "
                "anything that stands in the file, there is serialization.add_safe_globals."
            )
    pairs = (x if isinstance(x, tuple) else (x, path_of(x)) for x in (*_safe, *more))
    return {name: found for found, name in pairs}
