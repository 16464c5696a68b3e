"""``torch.jit``: there is no TorchScript; what would be scripted or traced runs as it is.

Source: https://docs.pytorch.org/docs/stable/jit.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NoReturn, TypeVar

from minitorch.core.errors import missing_attribute
from minitorch.nn.modules.module import Module

__all__ = [
    "Final",
    "ScriptModule",
    "annotate",
    "export",
    "freeze",
    "ignore",
    "interface",
    "is_scripting",
    "is_tracing",
    "load",
    "optimize_for_inference",
    "save",
    "script",
    "script_if_tracing",
    "script_method",
    "trace",
    "trace_module",
    "unused",
]

T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., Any])


class ScriptModule(Module):
    """A module, as any other."""


def script(obj: T, optimize: None = None, **options: Any) -> T:
    """Return a function, class or module as it is."""
    return obj


def trace(func: T, example_inputs: Any = None, optimize: None = None, **options: Any) -> T:
    """Return a function or module as it is; the examples are not looked at."""
    return func


def trace_module(mod: T, inputs: Any, optimize: None = None, **options: Any) -> T:
    """Return a module as it is; the examples are not looked at."""
    return mod


def script_method(fn: F) -> F:
    """Return a method as it is."""
    return fn


def script_if_tracing(fn: F) -> F:
    """Return a function as it is."""
    return fn


def export(fn: F) -> F:
    """Return a method as it is."""
    return fn


def unused(fn: F) -> F:
    """Return a method as it is."""
    return fn


def interface(obj: T) -> T:
    """Return a class as it is."""
    return obj


def ignore(drop: Any = False, **options: Any) -> Any:
    """Return a method as it is; called with options, a decorator that does."""
    return drop if callable(drop) else lambda fn: fn


def freeze(mod: T, preserved_attrs: Any = None, optimize_numerics: bool = True) -> T:
    """Return a module as it is."""
    return mod


def optimize_for_inference(mod: T, other_methods: Any = None) -> T:
    """Return a module as it is."""
    return mod


def annotate(the_type: Any, the_value: T) -> T:
    """Return the value."""
    return the_value


def is_scripting() -> bool:
    """Return False."""
    return False


def is_tracing() -> bool:
    """Return False."""
    return False


def save(m: Any, f: Any, _extra_files: Any = None) -> NoReturn:
    """Refuse: there is no program to save.

    Raises:
        RuntimeError: always, with what to do instead.
    """
    raise RuntimeError(
        "jit.save() needs TorchScript, which minitorch does not have: save "
        "module.state_dict() with torch.save(), and build the module again where it is loaded."
    )


def load(f: Any, map_location: Any = None, **options: Any) -> NoReturn:
    """Refuse: a saved program cannot be run.

    Raises:
        RuntimeError: always, with what to do instead.
    """
    raise RuntimeError(
        "jit.load() needs TorchScript, which minitorch does not have: where the module was made, "
        "save its state_dict() with torch.save(), and load that into the module's own class."
    )


def __getattr__(name: str) -> Any:
    raise missing_attribute(__name__, name)
