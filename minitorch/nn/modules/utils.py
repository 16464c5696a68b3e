"""Helpers of layers under the names that code for PyTorch imports."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import repeat
from typing import Any

__all__ = ["consume_prefix_in_state_dict_if_present"]


def _ntuple(n: int, name: str = "parse") -> Callable[[Any], tuple[Any, ...]]:
    """Return a function that makes n sizes of one, and a tuple of several."""

    def parse(x: Any) -> tuple[Any, ...]:
        return tuple(x) if isinstance(x, Iterable) else tuple(repeat(x, n))

    parse.__name__ = name
    return parse


_single = _ntuple(1, "_single")
_pair = _ntuple(2, "_pair")
_triple = _ntuple(3, "_triple")
_quadruple = _ntuple(4, "_quadruple")


def _reverse_repeat_tuple(t: Sequence[Any], n: int) -> tuple[Any, ...]:
    """Return (c, c, b, b, a, a) of (a, b, c) for n = 2: sizes as ``pad`` takes them."""
    return tuple(x for x in reversed(t) for _ in range(n))


def _list_with_default(out_size: Any, defaults: Sequence[int]) -> Any:
    """Put the last of the defaults where a size is None."""
    if isinstance(out_size, int):
        return out_size
    if len(defaults) <= len(out_size):
        raise ValueError(f"Input dimension should be at least {len(out_size) + 1}")
    last = defaults[-len(out_size) :]
    return [d if v is None else v for v, d in zip(out_size, last, strict=True)]


def consume_prefix_in_state_dict_if_present(state_dict: dict[str, Any], prefix: str) -> None:
    """Take a prefix off all names of a state dict, such as "module." of ``DataParallel``.

    Args:
        state_dict: changed in place, its metadata too.
        prefix: to take off where it stands.
    """
    tables = [state_dict]
    if hasattr(state_dict, "_metadata"):
        tables.append(state_dict._metadata)
    for table in tables:
        for key in list(table):
            is_module_itself = table is not state_dict and key and key == prefix.replace(".", "")
            if key.startswith(prefix) or is_module_itself:
                table[key[len(prefix) :]] = table.pop(key)
