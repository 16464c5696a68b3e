"""Nested tuples, lists and dicts: taken apart into leaves, and put together again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Structure:
    """How leaves are nested; prints as nested brackets with ``*`` for each leaf."""

    kind: Any  # the class of a container; None for a leaf
    keys: tuple[Any, ...]  # of a dict
    parts: tuple[Structure, ...]
    size: int  # how many leaves there are

    def __str__(self) -> str:
        if self.kind is None:
            return "*"
        if self.keys:
            inner = [f"{key!r}: {part}" for key, part in zip(self.keys, self.parts, strict=True)]
            return "{" + ", ".join(inner) + "}"
        text = ", ".join(map(str, self.parts))
        if issubclass(self.kind, dict):
            return "{}"
        if issubclass(self.kind, list):
            return f"[{text}]"
        return f"({text},)" if len(self.parts) == 1 else f"({text})"


LEAF = Structure(None, (), (), 1)


def is_container(value: Any) -> bool:
    """Whether a value is a tuple, list or dict, named tuples and ordered dicts included."""
    return isinstance(value, tuple | list | dict)


def flatten(value: Any) -> tuple[list[Any], Structure]:
    """Return the leaves of nested containers from left to right, and how they are nested."""
    if not isinstance(value, tuple | list | dict):
        return [value], LEAF
    keys = tuple(value) if isinstance(value, dict) else ()
    items = list(value.values()) if isinstance(value, dict) else list(value)
    leaves: list[Any] = []
    parts = []
    for item in items:
        found, structure = flatten(item)
        leaves += found
        parts.append(structure)
    return leaves, Structure(type(value), keys, tuple(parts), len(leaves))


def unflatten(leaves: Sequence[Any], structure: Structure) -> Any:
    """Nest leaves as :func:`flatten` found them."""
    if structure.kind is None:
        (leaf,) = leaves
        return leaf
    items, at = [], 0
    for part in structure.parts:
        items.append(unflatten(leaves[at : at + part.size], part))
        at += part.size
    kind = structure.kind
    if issubclass(kind, dict):
        pairs = zip(structure.keys, items, strict=True)
        return dict(pairs) if kind is dict else kind(list(pairs))
    return kind(*items) if hasattr(kind, "_fields") else kind(items)


def spread(prefix: Any, structure: Structure) -> list[Any] | None:
    """Return a leaf of ``prefix`` for each leaf of a structure; None if the two do not fit.

    A leaf of the prefix stands for all leaves below it: 0 for ``(0, 0)``.
    """
    if not is_container(prefix):
        return [prefix] * structure.size
    if (
        structure.kind is None
        or structure.kind is not type(prefix)
        or len(prefix) != len(structure.parts)
    ):
        return None
    items = list(prefix)
    if isinstance(prefix, dict):
        if set(prefix) != set(structure.keys):
            return None
        items = [prefix[key] for key in structure.keys]
    leaves: list[Any] = []
    for item, part in zip(items, structure.parts, strict=True):
        found = spread(item, part)
        if found is None:
            return None
        leaves += found
    return leaves
