"""Modules whose variables are flags: a misspelt one would be set and never read."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import GenericAlias, ModuleType
from typing import Any, get_origin

from minitorch.core.errors import missing_attribute


class Flags(ModuleType):
    """A module that takes its own flags alone, with values of the kinds they are annotated with."""

    def __getattr__(self, name: str) -> Any:
        raise missing_attribute(self.__name__, name)

    def __setattr__(self, name: str, value: Any) -> None:
        if not name.startswith("_"):
            if name not in vars(self):
                raise missing_attribute(self.__name__, name)
            kind = self.__annotations__.get(name)
            kind = get_origin(kind) if isinstance(kind, GenericAlias) else kind
            if kind is not None and not isinstance(value, kind):
                library = self.__name__.rpartition(".")[2]
                raise RuntimeError(
                    f"set_{name}_{library} expects a {getattr(kind, '__name__', kind)}, but got "
                    f"{type(value).__name__}"
                )
        super().__setattr__(name, value)


def seal(module: str) -> None:
    """Take no other flags from now on than the variables that a module has."""
    sys.modules[module].__class__ = Flags


def set_flags(module: str, **values: Any) -> tuple[Any, ...]:
    """Set flags of a module, those that are not None, and return what all of them were."""
    flags = sys.modules[module]
    before = {name: getattr(flags, name) for name in values}
    try:
        for name, value in values.items():
            if value is not None:
                setattr(flags, name, value)
    except RuntimeError:  # of one that is of another kind: those before it are set already
        vars(flags).update(before)
        raise
    return tuple(before.values())


@contextmanager
def flags(module: str, **values: Any) -> Iterator[None]:
    """Set flags of a module for a ``with`` block."""
    before = dict(zip(values, set_flags(module, **values), strict=True))
    try:
        yield
    finally:
        for name, value in before.items():
            setattr(sys.modules[module], name, value)
