"""``compile``: there is no compiler; what would be compiled runs as it is."""

from __future__ import annotations

from collections.abc import Sized
from functools import partial
from typing import Any

from minitorch.nn.modules import hooks
from minitorch.nn.modules.module import Module

_MODES = ("default", "lite", "reduce-overhead", "max-autotune-no-cudagraphs", "max-autotune")


class OptimizedModule(Module):
    """What :func:`compile` makes of a module, which it calls: (*) -> whatever the module returns.

    Attributes are the module's, which is ``_orig_mod``: names in the state dict begin with that, in
    files of PyTorch's compiled modules as well.
    """

    def __init__(self, mod: Module) -> None:
        super().__init__()
        self._modules["_orig_mod"] = mod
        del self.__dict__["training"]  # or it would hide the module's

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        return self._orig_mod(*args, **kwargs)

    def __len__(self) -> int:
        if not isinstance(self._orig_mod, Sized):
            raise TypeError(f"{type(self._orig_mod).__name__} does not support len()")
        return len(self._orig_mod)

    def __getattr__(self, name: str) -> Any:
        if name == "_orig_mod" or name in hooks.TABLES or "_modules" not in self.__dict__:
            return super().__getattr__(name)
        return getattr(self._orig_mod, name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self._orig_mod, name, value)

    def __delattr__(self, name: str) -> None:
        delattr(self._orig_mod, name)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *dir(self._orig_mod)})


def compile(
    model: Any = None,
    *,
    fullgraph: bool = False,
    dynamic: bool | None = None,
    backend: Any = None,
    mode: str | None = None,
    options: dict[str, Any] | None = None,
    name: str | None = None,
    disable: bool = False,
    recompile_limit: int | None = None,
    isolate_recompiles: bool = False,
    shapes_spec: Any = None,
) -> Any:
    """Return a function as it is, and a module as an :class:`OptimizedModule`, which calls it.

    Args:
        model: what would be compiled; left out, a decorator is returned.
        fullgraph: accepted and without effect, as all that is not explained.
        dynamic: see ``fullgraph``.
        backend: see ``fullgraph``.
        mode: one of PyTorch's, without effect.
        options: not together with ``mode``.
        name: see ``fullgraph``.
        disable: whether a module, too, is returned as it is.
        recompile_limit: see ``fullgraph``.
        isolate_recompiles: see ``fullgraph``.
        shapes_spec: see ``fullgraph``.

    Raises:
        AssertionError: for what cannot be called.
        RuntimeError: for an unknown mode, or a mode and options.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.compile.html
    """
    if mode is not None and options is not None:
        raise RuntimeError(
            "Either mode or options can be specified, but both can't be specified at the same time."
        )
    if mode is not None and mode not in _MODES:
        raise RuntimeError(f"Unrecognized mode={mode}, should be one of: {', '.join(_MODES)}")
    if model is None:
        return partial(compile, disable=disable)
    if not callable(model):
        raise AssertionError(f"A callable function is expected, but {type(model)} is provided.")
    is_plain = disable or isinstance(model, OptimizedModule)
    return OptimizedModule(model) if isinstance(model, Module) and not is_plain else model


def disable(fn: Any = None, recursive: bool = True, *, reason: str | None = None) -> Any:
    """Return a function as it is; with options alone, a decorator that does."""
    return (lambda f: f) if fn is None else fn


def allow_in_graph(fn: Any) -> Any:
    """Return a function as it is."""
    return fn


def assume_constant_result(fn: Any) -> Any:
    """Return a function as it is."""
    return fn


def is_compiling() -> bool:
    """Return False."""
    return False


def is_dynamo_compiling() -> bool:
    """Return False."""
    return False


def is_exporting() -> bool:
    """Return False."""
    return False


def list_backends(exclude_tags: Any = ()) -> list[str]:
    """Return []: there is no compiler."""
    return []


def reset() -> None:
    """Do nothing: nothing was compiled."""


def cudagraph_mark_step_begin() -> None:
    """Do nothing: there are no graphs of a GPU."""
